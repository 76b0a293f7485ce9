"""Why a benefit is what it is: the article behind each amount, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sim.policy.assess import BenefitCase
from sim.policy.benefit import BY_GENERAL, BY_HOURS_LIMITED, BY_SINGLE_PARENT, disregard_rule
from sim.policy.law import Law, half_year, next_half_year
from sim.policy.problems import Say

__all__ = ["OUT_OF_SCOPE", "law_facts", "reasons"]

OUT_OF_SCOPE = Say(
    "not reckoned: institution (23), partner without a right (24), raise or cut (24a, 25-28), intensive care among "
    "cost sharers (22a.4), pensioners (22), IOAW and IOAZ, allowances and taxes",
    "niet berekend: inrichting (23), niet-rechthebbende partner (24), verhoging of verlaging (24a, 25-28), intensieve "
    "zorg bij kostendelers (22a.4), pensioengerechtigden (22), IOAW en IOAZ, toeslagen en belasting",
)


def reasons(case: BenefitCase, law: Law) -> list[Say]:
    """Return the steps and the caveats of `case`, one sentence each."""
    terms, _ = case.terms(law)
    return [*_norm_reasons(case, law), *_disregard_reasons(case, law), *_caveats(case, law, float(terms.premium_share))]


def law_facts(case: BenefitCase, law: Law) -> dict[str, Any]:
    """Return the law behind `case`, ready for JSON: half-year, disregard, every dated number used."""
    _, used = case.terms(law)
    return {
        "date": str(case.date),
        "half_year": [str(half_year(case.date)), str(next_half_year(case.date) - timedelta(days=1))],
        "regime": case.regime.name,
        "disregard": _letter(case, law) or None,
        "parameters": [
            {
                "name": parameter.name,
                "household": parameter.household,
                "value": row.value,
                "unit": parameter.unit,
                "article": row.article,
                "valid_from": str(row.valid_from),
                "verified": row.verified,
                "source": row.source,
                "note": row.note,
            }
            for parameter, row in used
        ],
    }


def _letter(case: BenefitCase, law: Law) -> str:
    """Return n, r or y, "own" for what a regime puts in its place, or "" when nothing is disregarded."""
    terms, _ = case.terms(law)
    rule = disregard_rule(float(case.months_used), *terms[7:13])
    if rule == BY_GENERAL and not case.regime.letters:
        return "own" if terms.share_n > 0.0 else ""
    return {BY_GENERAL: "n", BY_SINGLE_PARENT: "r", BY_HOURS_LIMITED: "y"}.get(rule, "")


def _tolerance(case: BenefitCase, law: Law) -> list[Say]:
    """What a change of the act that is printed but not in force yet would mean for this household."""
    planned = law.parameter("planned_disregard_rate").rows[0]
    earns = case.net_earnings + case.partner_net_earnings > 0.0
    if case.date.year != planned.valid_from.year - 1 or not case.regime.letters:
        return []
    said: list[Say] = []
    young = min(case.age, case.age if case.partner_age is None else case.partner_age)
    if young < law.value("disregard_min_age", "any", case.date):
        said.append(
            Say(
                "2026 is a year of tolerance: a municipality may already leave earnings and premiums of people under "
                "27 out of account; this is not applied here",
                "2026 is een gedoogjaar: een gemeente mag inkomsten en premies van mensen onder 27 al buiten "
                "beschouwing laten; dat is hier niet toegepast",
            )
        )
    if earns:
        share, months = f"{planned.value:.0%}", int(law.parameter("planned_disregard_max_months").rows[0].value)
        said.append(
            Say(
                f"from {planned.valid_from}: {share} of earnings left out of account for {months} months, without a "
                "cap, at any age (art. 34a); buffer budget (art. 34b)",
                f"vanaf {planned.valid_from}: {share} van de inkomsten vrij gedurende {months} maanden, zonder maximum "
                "en op elke leeftijd (art. 34a); bufferbudget (art. 34b)",
            )
        )
    return said


def _norm_reasons(case: BenefitCase, law: Law) -> list[Say]:
    adult = law.value("norm_full_age", "any", case.date)
    alone = 2 if case.household == "couple" else 1
    ages = (case.age, case.age if case.partner_age is None else case.partner_age)[:alone]
    if min(ages) < adult <= max(ages):
        child = Say(" with a child", " met kind") if case.children else Say("", "")
        shared = Say("", "")
        if case.cost_sharers > alone:
            shared = Say(
                f", {case.cost_sharers} cost sharers (art. 22a.3)", f", {case.cost_sharers} kostendelers (22a.3)"
            )
        return [
            Say(
                f"norm of a couple with one partner at 18-20{child.en} (art. 20){shared.en}: "
                "what the other gets, and what one of 18-20 adds",
                f"norm van een paar met één partner van 18-20 jaar{child.nl} (art. 20){shared.nl}: "
                "wat de ander krijgt, en wat iemand van 18-20 toevoegt",
            )
        ]
    if max(ages) < adult:
        child = Say("", "")
        if alone == 2:
            child = Say(" with a child", " met kind") if case.children else Say(" without children", " zonder kinderen")
        said = [Say(f"norm at 18-20{child.en} (art. 20)", f"norm bij 18-20 jaar{child.nl} (art. 20)")]
        top_up = law.parameter("norm_18_20_top_up").at(case.date, law.until)
        if top_up is not None and alone == 1:
            said.append(
                Say(
                    f"up to {top_up.value:.2f} more when parents cannot be called upon (art. 20.3); not counted here",
                    f"tot {top_up.value:.2f} meer als ouders niet kunnen bijdragen (art. 20.3); hier niet meegeteld",
                )
            )
        if case.cost_sharers > alone:
            said.append(
                Say(
                    "cost sharers do not count: below 21 there is no cost sharers norm (art. 22a)",
                    "kostendelers tellen niet: onder 21 is er geen kostendelersnorm (art. 22a)",
                )
            )
        return said
    if case.cost_sharers <= alone:
        return [Say("norm from 21 to pension age (art. 21)", "norm van 21 jaar tot AOW-leeftijd (art. 21)")]
    counted = law.value("kostendelers_min_age_counted", "any", case.date)
    partner = Say(" (both partners included)", " (beide partners meegeteld)") if alone == 2 else Say("", "")
    return [
        Say(
            f"cost sharers norm (art. 22a) with {case.cost_sharers} people{partner.en}; "
            f"housemates count from age {counted:g} (art. 19a)",
            f"kostendelersnorm (art. 22a) met {case.cost_sharers} personen{partner.nl}; "
            f"huisgenoten tellen mee vanaf {counted:g} jaar (art. 19a)",
        )
    ]


def _disregard_reasons(case: BenefitCase, law: Law) -> list[Say]:
    terms, _ = case.terms(law)
    letter = _letter(case, law)
    share, cap = {"r": (terms.share_r, terms.cap_r), "y": (terms.share_y, terms.cap_y)}.get(
        letter, (terms.share_n, terms.cap_n)
    )
    most = Say("no cap", "geen maximum") if cap == float("inf") else Say(f"at most {cap:.2f}", f"ten hoogste {cap:.2f}")
    if letter == "own":
        return [
            Say(
                f"{share:.1%} of earnings disregarded by the regime, {most.en} per person",
                f"{share:.1%} van de inkomsten vrijgelaten door het regime, {most.nl} per persoon",
            )
        ]
    if letter:
        return [
            Say(
                f"{share:.1%} of earnings disregarded by art. 31.2.{letter}, {most.en} per person",
                f"{share:.1%} van de inkomsten vrijgelaten volgens art. 31.2.{letter}, {most.nl} per persoon",
            )
        ]
    if case.regime.letters and terms.n_applies == 0.0:
        return [
            Say(
                "nothing disregarded: n and r do not hold under 27 (art. 31.5)",
                "niets vrijgelaten: n en r gelden niet onder 27 jaar (art. 31.5)",
            )
        ]
    if case.regime.letters or terms.share_n > 0.0:
        return [
            Say(
                f"nothing disregarded: {case.months_used} months used, age {case.age}",
                f"niets vrijgelaten: {case.months_used} maanden gebruikt, leeftijd {case.age}",
            )
        ]
    return [Say("nothing disregarded by this regime", "dit regime laat niets vrij")]


def _caveats(case: BenefitCase, law: Law, premium_share: float) -> list[Say]:
    said: list[Say] = [*_tolerance(case, law)]
    if case.sanction > 0.0:
        said.append(
            Say(
                f"sanction of {case.sanction:g}% of the norm (as art. 18b and city ordinances count)",
                f"maatregel van {case.sanction:g}% van de norm (zoals art. 18b en verordeningen rekenen)",
            )
        )
    if case.regime.name == "experiment_50":
        if law.parameter("experiment_max_duration_decree").at(case.date, law.until) is None:
            said.append(
                Say(
                    "hypothetical: the experiment decree lapsed on 2021-04-01",
                    "hypothetisch: het experimentenbesluit verviel op 2021-04-01",
                )
            )
        if case.months_used >= law.value("experiment_disregard_max_months", "any", case.date):
            said.append(
                Say(
                    "beyond the 24 months of the experiment decree", "voorbij de 24 maanden van het experimentenbesluit"
                )
            )
    if case.regime.name == "keep_all":
        said.append(Say("hypothetical, not Dutch law", "hypothetisch, geen Nederlands recht"))
    if case.regime.premium_share != 0.0:
        young = case.regime.premium_min_age
        said.append(
            Say(f"no premium below age {young} (art. 31.5)", f"geen premie onder {young} jaar (art. 31.5)")
            if case.age < young
            else Say(
                f"premium of {premium_share:.1%} of earnings on top, while benefit is due",
                f"premie van {premium_share:.1%} van de inkomsten erbovenop, zolang er recht op bijstand is",
            )
        )
    return said
