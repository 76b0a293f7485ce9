"""Both languages for what a profile shows: names of columns and of their groups, with the cuts of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.people.population import Population
from sim.problems import Say

__all__ = ["AMOUNTS", "FLAGS", "GROUPINGS", "Grouping"]


@dataclass(frozen=True)
class Grouping:
    """A column cut into named groups; `cuts` are the lower bounds of all but the first (none for codes)."""

    column: str
    text: Say
    names: tuple[Say, ...]
    cuts: tuple[float, ...] = ()

    def of(self, population: Population) -> npt.NDArray[np.int64]:
        """Return the group number of each person, shape [n]."""
        values = np.asarray(population[self.column], dtype=np.float64)
        return (np.digitize(values, self.cuts) if self.cuts else values).astype(np.int64)


_YES_NO = (Say("no", "nee"), Say("yes", "ja"))


def _same(*names: str) -> tuple[Say, ...]:
    return tuple(Say(name, name) for name in names)


GROUPINGS: Mapping[str, Grouping] = {
    grouping.column: grouping
    for grouping in (
        Grouping("age", Say("age", "leeftijd"), _same("18-26", "27-34", "35-44", "45-54", "55-67"), (27, 35, 45, 55)),
        Grouping("male", Say("sex", "geslacht"), (Say("woman", "vrouw"), Say("man", "man"))),
        Grouping(
            "household",
            Say("household", "huishouden"),
            (Say("single", "alleenstaand"), Say("single parent", "alleenstaande ouder"), Say("couple", "paar")),
        ),
        Grouping(
            "youngest_child_age",
            Say("youngest child at home", "jongste kind thuis"),
            (Say("none", "geen"), *_same("0-4", "5-11", "12-18")),
            (0, 5, 12),
        ),
        Grouping(
            "cost_sharers", Say("adults in the home", "volwassenen in huis"), _same("1", "2", "3", "4+"), (2, 3, 4)
        ),
        Grouping(
            "migration",
            Say("migration background", "migratieachtergrond"),
            (Say("none", "geen"), Say("western", "westers"), Say("non-western", "niet-westers")),
        ),
        Grouping(
            "education",
            Say("education", "opleiding"),
            (Say("low", "laag"), Say("middle", "midden"), Say("high", "hoog")),
        ),
        Grouping(
            "spell_months",
            Say("months on benefit", "maanden bijstand"),
            _same("0-11", "12-23", "24-59", "60-119", "120+"),
            (12, 24, 60, 120),
        ),
        Grouping(
            "hours",
            Say("hours of work per week", "uren werk per week"),
            (Say("none", "geen"), *_same("1-7", "8-11", "12-26", "27+")),
            (0.01, 8, 12, 27),
        ),
    )
}

FLAGS: Mapping[str, Grouping] = {
    column: Grouping(column, text, _YES_NO)
    for column, text in {
        "poor_dutch": Say("poor Dutch", "beperkt Nederlands"),
        "low_education": Say("no more than MBO level 1", "hoogstens mbo 1"),
        "physical": Say("physical complaints", "lichamelijke klachten"),
        "mental": Say("mental complaints", "psychische klachten"),
        "addiction": Say("addiction", "verslaving"),
        "care": Say("care duties", "zorgtaken"),
        "problem_debt": Say("problem debt", "problematische schulden"),
        "work_duty_exempt": Say("exempt from the duty to work", "ontheffing arbeidsplicht"),
    }.items()
}

# Columns of which means and quartiles are shown, with the step they are rounded to.
AMOUNTS: Mapping[str, tuple[Say, float]] = {
    "age": (Say("age (years)", "leeftijd (jaren)"), 1),
    "spell_months": (Say("months on benefit", "maanden bijstand"), 1),
    "hours": (Say("hours of work per week", "uren werk per week"), 1),
    "earnings_before": (Say("earnings before (EUR a month)", "eerdere inkomsten (euro per maand)"), 10),
    "partner_earnings": (Say("partner's earnings (EUR a month)", "inkomsten partner (euro per maand)"), 10),
    "debt": (Say("problem debt (EUR)", "problematische schuld (euro)"), 100),
    "buffer": (Say("savings or arrears (EUR)", "spaargeld of achterstand (euro)"), 100),
    "employability": (Say("employability (standard deviations)", "inzetbaarheid (standaardafwijkingen)"), 0.1),
    "capacity_to_act": (Say("capacity to act (0..1)", "doenvermogen (0..1)"), 0.05),
}
