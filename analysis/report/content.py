"""Everything a report says, in words and formatted numbers, whatever its file format."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.answer.council import Council, Rule
from analysis.answer.triple import Answer
from analysis.effects.positions import levers_table
from analysis.effects.summary import APART, LEVEL, Row, Summary
from analysis.effects.tables import headline_measures
from analysis.effects.validity import LABELS
from analysis.effects.words import amount, interval, name_of, number, unit_of
from analysis.projection.council import MAIN, council
from analysis.projection.policies import question
from analysis.report.answers import answer_blocks, answer_summary, answer_words, money_of, policy_rows
from analysis.report.face import face
from analysis.report.text import reading, unknowns, words
from scenarios.description.people import takes_in
from scenarios.description.strata import group_title
from scenarios.execution.result import RunResult
from sim.problems import Say
from sim.regime.levers import LEVERS

__all__ = ["Beside", "report_content", "titles_of"]


@dataclass(frozen=True)
class Beside:
    """What a report tells beside the run: who gets what by scenario, and the council page of the same run."""

    policy: Mapping[str, Sequence[Rule]] = field(default_factory=dict)
    page: Council | None = None


def titles_of(result: RunResult, lang: str) -> dict[str, str]:
    """Return the title of every scenario."""
    return {name: result.title(name, lang) for name in result.scenarios}


def report_content(
    result: RunResult,
    summary: Summary,
    lang: str,
    contrasts: Sequence[Row] = (),
    answers: Sequence[Answer] = (),
    beside: Beside | None = None,
) -> dict[str, Any]:
    """Return the parts of a report by name, for the templates and the workbook."""
    titles = titles_of(result, lang)
    population = result.provenance.population
    people = int(population.get("people", int(summary.people[0, 0].max())))
    return {
        "lang": lang,
        "w": words(lang) | answer_words(lang),
        "answers": answer_blocks(answers, lang, titles),
        "policy": policy_rows(beside.policy if beside else {}, lang, titles),
        "labels": _labels(summary, lang, titles),
        **money_of(beside.page if beside else None, lang),
        "run_id": summary.run_id,
        "face": face(result, lang),
        "calibration": result.provenance.label.get(lang, ""),
        "council": answer_summary(answers, lang, titles)
        or council(summary, lang, titles, str(population.get("name", "")), people),
        "headline": _headline(summary, lang, titles),
        "months": summary.key_months(),
        "sure": _sure(summary, lang, titles),
        "holds": _holds(summary, lang),
        "contrasts": [_contrast(row, lang, titles) for row in contrasts],
        "groups": _groups(summary, lang, titles),
        "group_month": _main_month(summary),
        "reading": reading(lang),
        "unknown": [*_own_unknowns(result, summary, lang), *unknowns(lang)],
        "levers": _levers(result, lang, titles),
        "assumed": _assumed(result, lang, titles),
        "validity": [
            (
                titles[name],
                LABELS[labels[-1].label].to(lang),
                number(labels[-1].distance, 2, lang),
                labels[-1].reasons(lang),
            )
            for name, labels in zip(summary.scenarios, summary.validity, strict=True)
        ],
        "provenance": _provenance(result, summary, lang),
        "commands": _commands(result, summary),
        "level": round(LEVEL * 100),
    }


def _labels(summary: Summary, lang: str, titles: Mapping[str, str]) -> str:
    """Return the label of every scenario in one line: it holds for every number of a table."""
    told = []
    for name, labels in zip(summary.scenarios, summary.validity, strict=True):
        months = [(month, labels[summary.months.index(month)].label) for month in summary.key_months()]
        parts = [f"{LABELS[label].to(lang)} ({month})" for month, label in months]
        if len({label for _, label in months}) == 1:
            parts = [LABELS[months[0][1]].to(lang)]
        told.append(f"{titles[name]}: {', '.join(parts)}")
    return f"{summary.calibration.to(lang)}. {'; '.join(told)}"


def _main_month(summary: Summary) -> int:
    return max([month for month in summary.months if month <= 24], default=summary.months[0])


def _headline(summary: Summary, lang: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    blocks = []
    for measure in headline_measures(summary):
        rows = [
            [_cells(summary, scenario, measure, month, "all", lang, titles) for month in summary.key_months()]
            for scenario in summary.scenarios
        ]
        units = (unit_of(measure, lang), unit_of(measure, lang, difference=True))
        blocks.append({"measure": name_of(measure, lang), "unit": " / ".join(dict.fromkeys(units)), "rows": rows})
    return blocks


def _cells(
    summary: Summary, scenario: str, measure: str, month: int, group: str, lang: str, titles: Mapping[str, str]
) -> dict[str, Any]:
    level = summary.level(scenario, measure, month, group)
    effect = summary.difference(scenario, measure, month, group)
    first = scenario == summary.baseline
    shown = level if first else effect
    return {
        "scenario": titles[scenario],
        "month": month,
        "group": group_title(group, lang),
        "first": first,
        "suppressed": shown.suppressed or level.suppressed,
        "mean": amount(level.mean, measure, lang),
        "interval": interval(level.low, level.high, measure, lang),
        "difference": amount(effect.mean, measure, lang, difference=True),
        "difference_interval": interval(effect.low, effect.high, measure, lang, difference=True),
        "differs": effect.differs,
        "label": shown.label(lang),
        "run_id": summary.run_id,
    }


def _contrast(row: Row, lang: str, titles: Mapping[str, str]) -> dict[str, Any]:
    return _sources(row, lang, titles[row.scenario]) | {"question": question(row, titles, lang)}


def _percent(share: float, lang: str) -> str:
    text = number(share * 100, 0, lang)
    return text if text == "?" else f"{text}%"


def _sure(summary: Summary, lang: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    month, rows = _main_month(summary), []
    for measure in headline_measures(summary):
        for scenario in summary.scenarios[1:]:
            row = summary.difference(scenario, measure, month)
            rows.append(_sources(row, lang, titles[scenario]))
    return rows


def _holds(summary: Summary, lang: str) -> str:
    row = summary.difference(summary.scenarios[-1], summary.measures[0], summary.months[-1])
    return f"{words(lang)['holds']}: {APART[row.apart].to(lang)}."


def _sources(row: Row, lang: str, scenario: str) -> dict[str, Any]:
    return {
        "measure": name_of(row.measure, lang),
        "unit": unit_of(row.measure, lang, difference=True),
        "month": row.month,
        "scenario": scenario,
        "difference": amount(row.mean, row.measure, lang, difference=True),
        "interval": interval(row.low, row.high, row.measure, lang, difference=True),
        "luck": _finer(row.monte_carlo_se, row.measure, lang),
        "parameters": _finer(row.parameter_sd, row.measure, lang),
        "above": f"{_percent(row.share_above, lang)} / {_percent(row.share_below, lang)}",
        "replicates": f"{row.replicates} ({row.failed})",
        "suppressed": row.suppressed,
        "label": row.label(lang),
        "run_id": row.run_id,
    }


def _finer(value: float, measure: str, lang: str) -> str:
    shown = amount(value, measure, lang)
    if shown.strip("0,.") or value == 0.0 or shown == "?":
        return shown
    return f"< {shown[:-1]}1"


def _groups(summary: Summary, lang: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    measures = [next((name for name in wanted if name in summary.measures), None) for wanted in MAIN]
    month = _main_month(summary)
    if len(summary.groups) < 2 or len(summary.scenarios) < 2:
        return []
    return [
        {
            "measure": name_of(measure, lang),
            "unit": unit_of(measure, lang, difference=True),
            "rows": [
                _cells(summary, scenario, measure, month, group, lang, titles)
                for group in summary.groups[1:]
                for scenario in summary.scenarios[1:]
            ],
        }
        for measure in measures
        if measure is not None
    ]


def _own_unknowns(result: RunResult, summary: Summary, lang: str) -> list[str]:
    said = []
    apart = summary.difference(summary.scenarios[-1], summary.measures[0], summary.months[0]).apart
    if summary.draws < 2 or summary.seeds < 2:
        text = APART[apart].to(lang)
        said.append(text[:1].upper() + text[1:] + ".")
    failed = sum(summary.failed.values())
    if failed:
        each = "; ".join(f"{one.scenario} {one.draw}/{one.seed}: {one.reason}" for one in result.failures[:5])
        said.append(
            Say(
                f"{failed} replicates failed and were left out of every number ({each}).",
                f"{failed} herhalingen zijn mislukt en uit elk cijfer weggelaten ({each}).",
            ).to(lang)
        )
    beyond = int(result.provenance.law.get("months_beyond_known_law", 0))
    if beyond:
        said.append(
            Say(
                f"{beyond} months lie beyond the law that is known; the last known amounts were carried on.",
                f"{beyond} maanden liggen na de bekende wet; de laatst bekende bedragen zijn doorgetrokken.",
            ).to(lang)
        )
    return said


def _levers(result: RunResult, lang: str, titles: Mapping[str, str]) -> list[tuple[str, str, str, str, str]]:
    def shown(value: float) -> str:
        text = f"{value:g}"
        return (text.replace(".", ",") if lang == "nl" else text).replace("-", "\N{MINUS SIGN}")

    return [
        (
            titles[scenario],
            LEVERS[name].text.to(lang),
            LEVERS[name].unit,
            ", ".join(shown(value) for value in values),
            shown(regular),
        )
        for scenario, name, values, regular in levers_table(result)
    ]


def _assumed(result: RunResult, lang: str, titles: Mapping[str, str]) -> list[tuple[str, str, str]]:
    w, rows = words(lang), []
    for entry in result.provenance.scenarios:
        title = titles.get(str(entry.get("name")), str(entry.get("name")))
        if entry.get("parameters"):
            values = ", ".join(f"{name} = {value:g}" for name, value in entry["parameters"].items())
            rows.append((title, w["set_parameters"], values))
        if entry.get("mechanisms_off"):
            rows.append((title, w["off"], ", ".join(entry["mechanisms_off"])))
    return rows


def _provenance(result: RunResult, summary: Summary, lang: str) -> list[tuple[str, str]]:
    made, w = result.provenance, words(lang)
    people = made.population
    rows = [
        (w["run"], summary.run_id),
        (w["created"], made.created),
        (w["code"], f"{made.code.get('version', '')} ({_short(made.code)})"),
        (
            w["population"],
            f"{people.get('name', '')}, {people.get('people', '')}, {people.get('start', '')} "
            f"({_short(people)}) {people.get('source', '')}",
        ),
        (w["law"], f"{made.law.get('first', '')} - {made.law.get('last', '')} ({_short(made.law)})"),
        (
            w["parameters"],
            f"{made.parameters.get('source', '')}; {made.label.get(lang, '')} ({_short(made.parameters)})",
        ),
        (w["draws"], str(summary.draws)),
        (w["seeds"], str(summary.seeds)),
        (w["seed"], str(made.seeds.get("base", ""))),
        (w["environment"], f"Python {made.environment.get('python', '')}, {made.environment.get('platform', '')}"),
    ]
    rows += [(w["scenario_hash"].format(entry.get("name", "")), _short(entry)) for entry in made.scenarios]
    return rows


def _short(entry: Mapping[str, Any]) -> str:
    """Return the start of a hash."""
    return str(entry.get("sha256", ""))[:16]


def _commands(result: RunResult, summary: Summary) -> list[str]:
    made, verb = result.provenance, "compare" if len(summary.scenarios) > 1 else "run"
    first: Mapping[str, Any] = made.scenarios[0] if made.scenarios else {}
    options = {
        "population": first.get("population", made.population.get("name")),
        "people": first.get("people"),
        "months": made.settings.get("months", summary.months[-1]),
        "draws": summary.draws,
        "seeds": summary.seeds,
        "seed": made.seeds.get("base"),
        "posterior": (made.parameters.get("posterior") or {}).get("name", "prior"),
    }
    words = [str(entry.get("word", entry["name"])) for entry in made.scenarios] or [*summary.scenarios]
    words += [word for name, each in options.items() if each is not None for word in (f"--{name}", str(each))]
    if takes_in(str(options["population"])):
        spans = {0: "--no-inflow", options["months"]: "--inflow"}
        words += [spans[first["inflow_months"]]] if first.get("inflow_months") in spans else []
    again = shlex.join(["bijstand", verb, *words])
    return [again, f"bijstand runs show {summary.run_id}", f"bijstand report {summary.run_id}"]
