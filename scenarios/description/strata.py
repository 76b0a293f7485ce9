"""Groups for which outcomes are kept: strata of the people as they stood at the start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.people.columns import codes
from sim.people.population import Population
from sim.problems import InputError, Problem, Say

__all__ = ["ALL", "STRATA", "Cells", "Codes", "Stratum", "cells", "group_title"]

ALL = "all"
# More cells than this would make the record larger than the society.
_MOST_CELLS = 2000

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Stratum:
    """One way to divide people: `divide` gives labels and the index of each person's label."""

    name: str
    text: Say
    divide: Callable[[Population], tuple[tuple[str, ...], Codes]]


@dataclass(frozen=True)
class Cells:
    """The finest division that all strata need, and which cells make up each group.

    Attributes:
        groups: names, ``all`` first, then ``stratum: label``.
        cell: [n] cell of each person.
        member: [groups, cells] 1 where the cell belongs to the group.
    """

    groups: tuple[str, ...]
    cell: npt.NDArray[np.int16]
    member: npt.NDArray[np.bool_]


def cells(population: Population, strata: Sequence[str]) -> Cells:
    """Return the cells of `population` under the named strata.

    Raises:
        InputError: a stratum that does not divide these people, or too many of them together.
    """
    problems: list[Problem] = []
    divided: list[tuple[str, tuple[str, ...], Codes]] = []
    for name in strata:
        labels, index = STRATA[name].divide(population)
        present = np.unique(index)
        if len(present) < 2:
            allowed = Say(
                f"a group that divides these people; all {len(population)} are in one",
                f"een groep die deze mensen verdeelt; alle {len(population)} zitten in één",
            )
            problems.append(Problem("groups", name, allowed))
        divided.append((name, tuple(labels[place] for place in present), np.searchsorted(present, index)))
    InputError.raise_if(problems)
    crossed = np.zeros(len(population), dtype=np.int64)
    for _, labels, index in divided:
        crossed = crossed * len(labels) + index
    found, cell = np.unique(crossed, return_inverse=True)
    if len(found) > _MOST_CELLS:
        allowed = Say(f"groups that cross in at most {_MOST_CELLS} cells", f"hoogstens {_MOST_CELLS} combinaties")
        raise InputError([Problem("groups", ", ".join(strata), allowed)])
    groups, member = [ALL], [np.ones(len(found), dtype=np.bool_)]
    first = np.zeros(len(found), dtype=np.int64)
    first[cell[::-1]] = np.arange(len(population))[::-1]  # one person of each cell
    for name, labels, index in divided:
        for place, label in enumerate(labels):
            groups.append(f"{name}: {label}")
            member.append(index[first] == place)
    return Cells(tuple(groups), cell.astype(np.int16), np.stack(member))


def group_title(group: str, lang: str) -> str:
    """Return how a group is called in a table."""
    if group == ALL:
        return "iedereen" if lang == "nl" else "everybody"
    name, _, label = group.partition(": ")
    text = STRATA[name].text.to(lang) if name in STRATA else name
    return f"{text}: {_LABELS[label].to(lang) if label in _LABELS else label.replace('_', ' ')}"


_LABELS: dict[str, Say] = {
    "none": Say("none", "geen"),
    "single": Say("single", "alleenstaand"),
    "single_parent": Say("single parent", "alleenstaande ouder"),
    "couple": Say("couple", "paar"),
    "western": Say("western", "westers"),
    "non_western": Say("non-western", "niet-westers"),
    "low": Say("low", "laag"),
    "middle": Say("middle", "midden"),
    "high": Say("high", "hoog"),
    "men": Say("men", "mannen"),
    "women": Say("women", "vrouwen"),
    "under 12 months": Say("under 12 months", "korter dan 12 maanden"),
    "12 to 35 months": Say("12 to 35 months", "12 tot 35 maanden"),
    "36 to 59 months": Say("36 to 59 months", "36 tot 59 maanden"),
    "60 months or more": Say("60 months or more", "60 maanden of langer"),
    "under 27": Say("under 27", "jonger dan 27"),
    "27 to 44": Say("27 to 44", "27 tot 44"),
    "45 to 54": Say("45 to 54", "45 tot 54"),
    "55 or older": Say("55 or older", "55 of ouder"),
    "3 or more": Say("3 or more", "3 of meer"),
    "not working": Say("not working", "werkt niet"),
    "working part-time": Say("working part-time", "werkt in deeltijd"),
    "below the middle": Say("below the middle", "onder het midden"),
    "above the middle": Say("above the middle", "boven het midden"),
}


def _coded(column: str) -> Callable[[Population], tuple[tuple[str, ...], Codes]]:
    return lambda population: (codes(column), population[column].astype(np.int64))


def _bands(
    column: str, edges: tuple[float, ...], labels: tuple[str, ...]
) -> Callable[[Population], tuple[tuple[str, ...], Codes]]:
    return lambda population: (labels, np.digitize(population[column], edges).astype(np.int64))


def _arm(population: Population) -> tuple[tuple[str, ...], Codes]:
    return population.arms, population.arm.astype(np.int64)


def _municipality(population: Population) -> tuple[tuple[str, ...], Codes]:
    return population.municipalities, population.municipality.astype(np.int64)


def _obstacles(population: Population) -> tuple[tuple[str, ...], Codes]:
    return ("0", "1", "2", "3 or more"), np.minimum(population.obstacles, 3).astype(np.int64)


def _sex(population: Population) -> tuple[tuple[str, ...], Codes]:
    return ("women", "men"), population["male"].astype(np.int64)


def _work(population: Population) -> tuple[tuple[str, ...], Codes]:
    return ("not working", "working part-time"), (population["hours"] > 0).astype(np.int64)


def _stress(population: Population) -> tuple[tuple[str, ...], Codes]:
    stress = population["stress"]
    return ("below the middle", "above the middle"), (stress > np.median(stress)).astype(np.int64)


_SPELLS = ("under 12 months", "12 to 35 months", "36 to 59 months", "60 months or more")
_AGES = ("under 27", "27 to 44", "45 to 54", "55 or older")

STRATA: dict[str, Stratum] = {
    stratum.name: stratum
    for stratum in (
        Stratum("arm", Say("arm", "groep"), _arm),
        Stratum("municipality", Say("municipality", "gemeente"), _municipality),
        Stratum("household", Say("household", "huishouden"), _coded("household")),
        Stratum("obstacles", Say("obstacles to work", "belemmeringen"), _obstacles),
        Stratum("education", Say("education", "opleiding"), _coded("education")),
        Stratum("migration", Say("migration background", "migratieachtergrond"), _coded("migration")),
        Stratum("sex", Say("sex", "geslacht"), _sex),
        Stratum("age", Say("age", "leeftijd"), _bands("age", (27, 45, 55), _AGES)),
        Stratum("spell", Say("time on benefit", "duur in de bijstand"), _bands("spell_months", (12, 36, 60), _SPELLS)),
        Stratum("work", Say("work at the start", "werk bij de start"), _work),
        Stratum("stress", Say("stress at the start", "stress bij de start"), _stress),
    )
}
