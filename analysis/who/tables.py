"""The numbers of `bijstand who` as rows and as printed tables; small groups stay hidden."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Sequence
from typing import Any

from analysis.effects.summary import APART, Row
from analysis.effects.validity import LABELS
from analysis.effects.words import amount, interval, is_share, number, spoken_unit, unit_of
from analysis.inference.interval import NINETY, Interval
from analysis.who.by_group import Who, WhoRow
from analysis.who.groups import EVERYBODY, family_title, title_of_group
from analysis.who.outcomes import OUTCOMES
from analysis.who.tailor import Tailored
from analysis.who.tailor_rule import regime_of
from scenarios.description.schema import Scenario
from sim.problems import Say

__all__ = [
    "contrast_line",
    "gain_table",
    "name_of_row",
    "rule_comments",
    "stand_out",
    "tailored_record",
    "who_csv",
    "who_records",
    "who_table",
    "worth_of",
]

# Title, headers, rows.
Table = tuple[str, list[str], list[list[str]]]
_FEW = Say("hidden: too few people", "verborgen: te weinig mensen")


def who_table(found: Who, scenario: str, outcome: str, lang: str) -> Table:
    """Return the effects of a scenario on one outcome, by group."""
    each = OUTCOMES[outcome]
    mean = Say(" (mean per month)", " (gemiddeld per maand)").to(lang) if each.monthly else ""
    unit = unit_of(each.measure, lang, difference=True)
    base = found.result.title(found.result.scenarios[0], lang)
    title = Say(
        f"{found.result.title(scenario, 'en')} against {base}, after {found.month} months: "
        f"{each.text.en}{mean} ({unit})",
        f"{found.result.title(scenario, 'nl')} ten opzichte van {base}, na {found.month} maanden: "
        f"{each.text.nl}{mean} ({unit})",
    ).to(lang)
    heads = Say(
        "group|people|effect|90% interval|luck|parameters|shrunk|90% interval|better off|worse off|label",
        "groep|mensen|effect|90%-marge|toeval|parameters|gekrompen|90%-marge|beter af|slechter af|label",
    )
    rows = [_printed(row, found.label(scenario), lang) for row in found.select(scenario, outcome)]
    return title, heads.to(lang).split("|"), rows


def worth_of(outcome: str) -> Say:
    """Return the difference from which somebody counts as better or worse off, in words."""
    each = OUTCOMES[outcome]
    if is_share(each.measure):
        return Say("yes instead of no, or no instead of yes", "wel in plaats van niet, of andersom")
    en, nl = (f"{amount(each.worth, each.measure, lang)} {spoken_unit(each.measure, lang)}" for lang in ("en", "nl"))
    return Say(f"a difference of at least {en}", f"een verschil van ten minste {nl}")


def stand_out(found: Who, scenario: str, outcome: str) -> tuple[list[WhoRow], int]:
    """Return the groups whose shrunk effect clearly differs from everybody's, and how many were looked at."""
    shown = [row for row in found.select(scenario, outcome)[1:] if not row.suppressed]
    clear = [row for row in shown if row.contrast.low > 0.0 or row.contrast.high < 0.0]
    return sorted(clear, key=lambda row: -abs(row.contrast.mean)), len(shown)


def contrast_line(found: Who, scenario: str, outcome: str) -> Say:
    """Say for whom the effect differs from everybody's, and how many groups chance alone would name."""
    clear, shown = stand_out(found, scenario, outcome)
    measure = OUTCOMES[outcome].measure
    texts = []
    for lang in ("en", "nl"):
        unit = unit_of(measure, lang, difference=True)
        listed = "; ".join(
            f"{name_of_row(row, lang)} {amount(row.contrast.mean, measure, lang, difference=True)} "
            f"({interval(row.contrast.low, row.contrast.high, measure, lang, difference=True)})"
            for row in clear
        )
        texts.append((listed, unit))
    by_chance = number(0.1 * shown, 0, "en")
    if not clear:
        return Say(
            f"no group's shrunk effect clearly differs from everybody's ({shown} groups, 90% intervals)",
            f"van geen groep verschilt het gekrompen effect duidelijk van dat van iedereen "
            f"({shown} groepen, 90%-marges)",
        )
    return Say(
        f"shrunk effect against everybody's ({texts[0][1]}), where it clearly differs: {texts[0][0]}; "
        f"{len(clear)} of {shown} groups, where chance alone could name up to {by_chance}",
        f"gekrompen effect tegenover dat van iedereen ({texts[1][1]}), waar het duidelijk verschilt: "
        f"{texts[1][0]}; {len(clear)} van {shown} groepen, waar toeval alleen er tot {by_chance} kan noemen",
    )


def name_of_row(row: WhoRow, lang: str) -> str:
    """Return the name of a group with its family."""
    group = title_of_group(row.family, row.group, lang)
    name = group if row.family == EVERYBODY else f"{family_title(row.family, lang)}: {group}"
    return name[:1].upper() + name[1:]


def gain_table(rule: Tailored, lang: str) -> Table:
    """Return what the rule brings more than one regime for all."""
    title = Say(
        f"The rule against {rule.single} for all, on {rule.tested} people who taught it nothing",
        f"De regel tegenover {rule.single} voor iedereen, bij {rule.tested} mensen waarvan niets is geleerd",
    ).to(lang)
    heads = Say("outcome|unit|gain|90% interval|label", "uitkomst|eenheid|verschil|90%-marge|label")
    label = rule.label.label(lang) if rule.label is not None else ""
    rows = []
    for name, each in OUTCOMES.items():
        gain = rule.gains[name]
        measure = each.measure
        rows.append(
            [
                each.text.to(lang) + (" *" if name == rule.goal else ""),
                unit_of(measure, lang, difference=True),
                amount(gain.mean, measure, lang, difference=True),
                interval(gain.low, gain.high, measure, lang, difference=True),
                label,
            ]
        )
    euros = Say("EUR per person", "euro per persoon").to(lang)
    for text, gain in (
        (Say("account of the municipality", "rekening van de gemeente"), rule.municipality),
        (Say("outlay beside benefits", "uitgaven naast de bijstand"), rule.outlay),
        (Say("account of society", "rekening van de samenleving"), rule.society),
    ):
        span = interval(gain.low, gain.high, "earnings", lang, difference=True)
        rows.append([text.to(lang), euros, number(gain.mean, 0, lang, signed=True), span, label])
    return title, heads.to(lang).split("|"), rows


def who_records(found: Who, lang: str) -> Iterator[dict[str, Any]]:
    """Give every effect with its intervals, its labels and its run."""
    for row in found.rows:
        label = found.label(row.scenario)
        record: dict[str, Any] = {
            "run_id": found.result.run_id,
            "scenario": row.scenario,
            "baseline": found.result.scenarios[0],
            "family": row.family,
            "group": row.group,
            "outcome": row.outcome,
            "unit": unit_of(OUTCOMES[row.outcome].measure, "en"),
            "month": found.month,
            "people": None if row.suppressed else row.people,
            "suppressed": row.suppressed,
        }
        share = 100.0 if unit_of(OUTCOMES[row.outcome].measure, "en") == "%" else 1.0
        for name, estimate, factor in (
            ("effect", row.effect, share),
            ("shrunk", row.shrunk, share),
            ("contrast", row.contrast, share),
            ("better", row.better, 1.0),
            ("worse", row.worse, 1.0),
        ):
            record |= {
                name: _known(estimate.mean * factor),
                f"{name}_low": _known(estimate.low * factor),
                f"{name}_high": _known(estimate.high * factor),
                f"{name}_luck": _known(estimate.monte_carlo_se * factor),
                f"{name}_parameters": _known(estimate.parameter_sd * factor),
            }
        yield record | {
            "weight": _known(row.weight),
            "worth": OUTCOMES[row.outcome].worth * share,
            "interval_holds": APART[row.apart].to(lang),
            "validity": LABELS[label.validity].to(lang),
            "validity_reasons": label.reasons.to(lang),
            "calibration": label.calibration.to(lang),
        }


def who_csv(records: Sequence[dict[str, Any]]) -> str:
    """Return the records as CSV; an unknown or hidden number is an empty cell."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in records)
    return buffer.getvalue()


def tailored_record(rule: Tailored, lang: str) -> dict[str, Any]:
    """Return the rule and what it brings, for JSON."""
    numbers = {
        **rule.gains,
        "municipality_eur": rule.municipality,
        "outlay_eur": rule.outlay,
        "society_eur": rule.society,
    }
    return {
        "goal": rule.goal,
        "against": rule.single,
        "found": rule.scenario is not None,
        "reason": rule.reason.to(lang),
        "rules": [{"when": when or "otherwise", "scenario": name, "share": share} for when, name, share in rule.rules],
        "gains": {
            name: {
                "mean": _known(each.mean),
                "low": _known(each.low),
                "high": _known(each.high),
                "luck_and_people": _known(each.monte_carlo_se),
                "parameters": _known(each.parameter_sd),
            }
            for name, each in numbers.items()
        },
        "gain_where_it_was_learned": _known(rule.learned),
        "people_learned_from": rule.trained,
        "people_tested_on": rule.tested,
        "run_id": rule.result.run_id if rule.result is not None else None,
        "label": rule.label.label(lang) if rule.label is not None else "",
    }


def rule_comments(rule: Tailored, scenarios: Sequence[Scenario], run_id: str, lang: str) -> list[str]:
    """Return the comment lines at the head of the rule's file."""
    each = OUTCOMES[rule.goal]
    gain = rule.gains[rule.goal]
    span = interval(gain.low, gain.high, each.measure, lang, difference=True)
    middle = amount(gain.mean, each.measure, lang, difference=True)
    unit = unit_of(each.measure, lang, difference=True)
    label = rule.label.label(lang) if rule.label is not None else ""
    tested = rule.result.run_id if rule.result is not None else ""
    places = ", ".join(f"{one.name}: {regime_of(one)}" for one in scenarios)
    lines = Say(
        f"A rule learned by bijstand who (run {run_id}) for: {each.text.en}. Regimes: {places}.|"
        f"Against {rule.single} for all, on people, luck and draws it was not learned from (run {tested}):|"
        f"{middle} {unit} (90% interval {span}); {label}.|"
        "It decides about groups in a model; it is no ground to decide about a person.",
        f"Een regel, geleerd door bijstand who (run {run_id}), voor: {each.text.nl}. Regimes: {places}.|"
        f"Tegenover {rule.single} voor iedereen, bij mensen, toeval en trekkingen waarvan niet is geleerd "
        f"(run {tested}):|"
        f"{middle} {unit} (90%-marge {span}); {label}.|"
        "De regel gaat over groepen in een model en is geen grond voor een besluit over een persoon.",
    ).to(lang)
    return lines.split("|")


def _printed(row: WhoRow, label: Row, lang: str) -> list[str]:
    name = name_of_row(row, lang)
    if row.suppressed:
        return [name, _FEW.to(lang), *[""] * 9]
    measure = OUTCOMES[row.outcome].measure
    return [
        name,
        str(row.people),
        amount(row.effect.mean, measure, lang, difference=True),
        interval(row.effect.low, row.effect.high, measure, lang, difference=True),
        _half(row.effect.monte_carlo_se, measure, lang),
        _half(row.effect.parameter_sd, measure, lang),
        amount(row.shrunk.mean, measure, lang, difference=True),
        interval(row.shrunk.low, row.shrunk.high, measure, lang, difference=True),
        _share(row.better, lang),
        _share(row.worse, lang),
        label.label(lang),
    ]


def _half(size: float, measure: str, lang: str) -> str:
    return "?" if math.isnan(size) else f"± {amount(NINETY * size, measure, lang)}"


def _share(share: Interval, lang: str) -> str:
    ends = (
        Say(" to ", " tot ").to(lang).join(number(100.0 * end, 0, lang) for end in (share.low, share.high))
        if math.isfinite(share.low)
        else Say("none", "geen").to(lang)
    )
    return f"{number(100.0 * share.mean, 0, lang)}% ({ends})"


def _known(value: float) -> float | None:
    return float(f"{value:.9g}") if math.isfinite(value) else None
