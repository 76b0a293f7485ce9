"""What a figure of a recipe measures on people: a share or a mean, over everybody or over some.

A quantity without an entry here steers the synthesis but is not a share or mean of columns (bounds, shapes).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.people.population import Population
from sim.people.starting import FULL_WEEK
from sim.problems import Say

__all__ = ["QUANTITIES", "Quantity"]

Array = npt.NDArray[np.float64]
Columns = Mapping[str, Array]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Quantity:
    """`values` gives a number per person [n]; `among` who counts; `share` whether the number is 0 or 1.

    `spread`: the figure is the standard deviation of the values, not their mean.
    """

    text: Say
    values: Callable[[Columns, Mapping[str, float]], Array]
    share: bool
    among: Callable[[Columns], Mask] | None = None
    spread: bool = False

    def of(self, population: Population, rows: Mask, figures: Mapping[str, float]) -> Array:
        """Return the values of the people who count among the chosen rows, shape [m]."""
        columns = {name: population[name][rows] for name in population.columns}
        values = np.asarray(self.values(columns, figures), dtype=np.float64)
        return values if self.among is None else values[self.among(columns)]


def _flag(name: str, en: str, nl: str) -> Quantity:
    return Quantity(Say(en, nl), lambda c, f: c[name], True)


def _is(name: str, code: float, en: str, nl: str) -> Quantity:
    return Quantity(Say(en, nl), lambda c, f: _ones(c[name] == code), True)


def _between(name: str, low: float, high: float, en: str, nl: str, among: str | None = None) -> Quantity:
    return Quantity(
        Say(en, nl), lambda c, f: _ones((c[name] >= low) & (c[name] < high)), True, _works if among == "works" else None
    )


def _mean(name: str, en: str, nl: str, *, spread: bool = False) -> Quantity:
    return Quantity(Say(en, nl), lambda c, f: c[name], False, spread=spread)


def _ones(mask: Mask) -> Array:
    return mask.astype(np.float64)


def _works(c: Columns) -> Mask:
    return c["hours"] > 0


def _contract(code: int, en: str, nl: str) -> Quantity:
    return Quantity(Say(en, nl), lambda c, f: _ones(c["contract"] == code), True, _works)


def _impediments(c: Columns) -> Array:
    counted: Array = sum((c[n] for n in ("physical", "mental", "addiction", "low_education")), c["poor_dutch"])
    return counted


def _count(number: int) -> Quantity:
    say = Say(f"{number} of five impediments", f"{number} van vijf belemmeringen")
    return Quantity(say, lambda c, f: _ones(_impediments(c) == number), True)


def _net(c: Columns, f: Mapping[str, float]) -> Array:
    return c["hours"] / FULL_WEEK * f["net_minimum_wage"] * c["wage"]


QUANTITIES: dict[str, Quantity] = {
    "age_mean": _mean("age", "age (years)", "leeftijd (jaren)"),
    "age_sd": _mean("age", "age (sd, years)", "leeftijd (sd, jaren)", spread=True),
    "age_lt27": _between("age", 0, 27, "under 27", "jonger dan 27"),
    "age_27_34": _between("age", 27, 35, "27-34 years", "27-34 jaar"),
    "age_35_44": _between("age", 35, 45, "35-44 years", "35-44 jaar"),
    "age_45_54": _between("age", 45, 55, "45-54 years", "45-54 jaar"),
    "age_55_up": _between("age", 55, 99, "55 and over", "55 en ouder"),
    "male": _flag("male", "men", "mannen"),
    "single": _is("household", 0, "single", "alleenstaand"),
    "single_parent": _is("household", 1, "single parent", "alleenstaande ouder"),
    "couple": _is("household", 2, "couple", "paar"),
    "western": _is("migration", 1, "western migration background", "westerse migratieachtergrond"),
    "non_western": _is("migration", 2, "non-western migration background", "niet-westerse migratieachtergrond"),
    "education_low": _is("education", 0, "low education level", "laag opleidingsniveau"),
    "education_middle": _is("education", 1, "middle education level", "middelbaar opleidingsniveau"),
    "education_high": _is("education", 2, "high education level", "hoog opleidingsniveau"),
    "poor_dutch": _flag("poor_dutch", "speaks Dutch poorly", "spreekt slecht Nederlands"),
    "physical": _flag("physical", "physical complaints", "lichamelijke klachten"),
    "mental": _flag("mental", "mental complaints", "psychische klachten"),
    "addiction": _flag("addiction", "addiction", "verslaving"),
    "low_education": _flag("low_education", "at most MBO level 1", "hoogstens mbo 1"),
    **{f"obstacles_{number}": _count(number) for number in range(6)},
    "care": _flag("care", "care duties", "zorgtaken"),
    "problem_debt": _flag("problem_debt", "problem debt", "problematische schulden"),
    "spell_up_to_1y": _between("spell_months", 0, 13, "on benefit up to 1 year", "tot 1 jaar bijstand"),
    "spell_1_3y": _between("spell_months", 13, 37, "on benefit 1-3 years", "1-3 jaar bijstand"),
    "spell_over_3y": _between("spell_months", 37, 999, "on benefit over 3 years", "meer dan 3 jaar bijstand"),
    "spell_mean": _mean("spell_months", "months on benefit", "maanden bijstand"),
    "spell_sd": _mean("spell_months", "months on benefit (sd)", "maanden bijstand (sd)", spread=True),
    "part_time": Quantity(
        Say("works part-time beside the benefit", "werkt in deeltijd naast de bijstand"),
        lambda c, f: _ones(_works(c)),
        True,
    ),
    "part_time_net_mean": Quantity(
        Say("net earnings of part-time earners (EUR/month)", "netto verdiensten van deeltijders (EUR/maand)"),
        _net,
        False,
        _works,
    ),
    "hours_lt8": _between("hours", 0, 8, "part-timers under 8 hours", "deeltijders onder 8 uur", "works"),
    "hours_8_12": _between("hours", 8, 12, "part-timers 8-12 hours", "deeltijders 8-12 uur", "works"),
    "permanent": _contract(1, "part-timers, permanent", "deeltijders, vast"),
    "temporary": _contract(2, "part-timers, temporary", "deeltijders, tijdelijk"),
    "agency": _contract(3, "part-timers, agency", "deeltijders, uitzendwerk"),
    "self_employed": _contract(4, "part-timers, self-employed", "deeltijders, zelfstandig"),
    "earnings_before_mean": _mean(
        "earnings_before", "net earnings in the year before (EUR/month)", "verdiensten in het jaar ervoor (EUR/maand)"
    ),
    "earnings_before_share": Quantity(
        Say("earned in the year before", "verdiende in het jaar ervoor"),
        lambda c, f: _ones(c["earnings_before"] > 0),
        True,
    ),
    "work_duty_exempt": _flag("work_duty_exempt", "exempted from the work duty", "ontheven van de arbeidsplicht"),
    "employability_mean": _mean("employability", "employability (sd)", "inzetbaarheid (sd)"),
}
