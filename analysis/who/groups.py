"""Groups of people as they stood at the start: for whom an effect is asked.

Each *family* divides everybody in groups that do not overlap (``household``), or sets those who have
something apart from those who do not (``mental``). Thirds are those of the people themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios.description.strata import ALL, STRATA, Codes, Stratum, group_title
from sim.people.columns import OBSTACLES
from sim.people.population import Population
from sim.problems import InputError, Problem, Say
from sim.regime.assignment import columns_of
from sim.regime.rules import read_condition
from sim.small_groups import SMALLEST, hide

__all__ = ["EVERYBODY", "FAMILIES", "Groups", "family_title", "group_of", "groups_of", "title_of_group"]

EVERYBODY = ALL


@dataclass(frozen=True)
class Groups:
    """The people of a population in groups.

    Attributes:
        people: [n] which people count: those who are there at the start.
        names: (family, group) of each group; the first is everybody.
        slices: family -> (first group, number of groups, code of each counted person).
        sizes: [groups] people.
        hidden: [groups] of whom nothing is shown (`sim.small_groups`).
    """

    people: npt.NDArray[np.bool_]
    names: tuple[tuple[str, str], ...]
    slices: tuple[tuple[str, int, int, Codes], ...]
    sizes: npt.NDArray[np.int64]
    hidden: npt.NDArray[np.bool_]

    def means(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the means of groups, shape [..., groups], of values of counted people, shape [..., n]."""
        flat = values.reshape(-1, values.shape[-1])
        sums = np.zeros((len(flat), len(self.names)))
        for row, line in enumerate(flat):
            for _, first, count, codes in self.slices:
                sums[row, first : first + count] = np.bincount(codes, weights=line, minlength=count)
        with np.errstate(invalid="ignore", divide="ignore"):
            means: npt.NDArray[np.float64] = sums / np.where(self.sizes > 0, self.sizes, np.nan)
        return means.reshape(*values.shape[:-1], len(self.names))


def group_of(text: str, population: Population, path: str = "--group") -> npt.NDArray[np.bool_]:
    """Return who falls under a condition, as rules are written (``household == "single" and debt > 0``), shape [n].

    Raises:
        InputError: no such condition; or nobody, everybody, or too few people to show.
    """
    labels = {"municipality": population.municipalities, "arm": population.arms}
    expression, problems = read_condition(text, path, labels)
    InputError.raise_if(problems)
    assert expression is not None
    inside = np.broadcast_to(expression(columns_of(population)), len(population)).astype(bool)
    counted = inside[population["entry_month"] <= 0]
    if hide(np.array([counted.sum(), (~counted).sum()])[:, None]).any() or counted.all() or not counted.any():
        allowed = Say(
            f"a condition that divides these people, {SMALLEST} or more on each side",
            f"een voorwaarde die deze mensen verdeelt, minstens {SMALLEST} aan elke kant",
        )
        raise InputError([Problem(path, text, allowed)])
    return inside


def groups_of(population: Population, conditions: Sequence[str] = ()) -> Groups:
    """Return the groups of the people who are there at the start, in every family that divides them.

    `conditions` (see `group_of`) come first, each as a family of two groups under its own text.

    Raises:
        InputError: what is wrong with the conditions.
    """
    people = population["entry_month"] <= 0
    count = int(people.sum())
    names: list[tuple[str, str]] = [(EVERYBODY, EVERYBODY)]
    slices: list[tuple[str, int, int, Codes]] = [(EVERYBODY, 0, 1, np.zeros(count, dtype=np.int64))]
    sizes = [count]
    own = [Stratum(text, Say(text, text), _by_condition(text)) for text in dict.fromkeys(conditions)]
    for family in (*own, *FAMILIES.values()):
        labels, codes = family.divide(population)
        codes = codes[people]
        found = np.bincount(codes, minlength=len(labels))
        if np.count_nonzero(found) < 2:
            continue
        slices.append((family.name, len(names), len(labels), codes))
        names += [(family.name, label) for label in labels]
        sizes += found.tolist()
    counted = np.array(sizes, dtype=np.int64)
    hidden = counted < SMALLEST
    for _, first, number, _ in slices[1:]:
        of_family = counted[first : first + number]
        hidden[first : first + number] |= hide(of_family[:, None])
    return Groups(people, tuple(names), tuple(slices), counted, hidden)


def _by_condition(text: str) -> Callable[[Population], tuple[tuple[str, ...], Codes]]:
    return lambda population: (("no", "yes"), group_of(text, population).astype(np.int64))


def family_title(family: str, lang: str) -> str:
    """Return what a family is called; a condition is called by its text."""
    if family in FAMILIES:
        return FAMILIES[family].text.to(lang)
    return group_title(family, lang) if family == EVERYBODY or family in STRATA else family


def title_of_group(family: str, group: str, lang: str) -> str:
    """Return what a group is called within its family."""
    if family == EVERYBODY:
        return group_title(EVERYBODY, lang)
    if group in _WORDS:
        return _WORDS[group].to(lang)
    if family in STRATA:
        return group_title(f"{family}: {group}", lang).partition(": ")[2]
    return group


_WORDS: dict[str, Say] = {
    "yes": Say("yes", "ja"),
    "no": Say("no", "nee"),
    "low third": Say("lowest third", "laagste derde"),
    "middle third": Say("middle third", "middelste derde"),
    "high third": Say("highest third", "hoogste derde"),
    "calculating, self-reliant": Say("calculating, self-reliant", "calculerend, zelfredzaam"),
    "calculating, limited": Say("calculating, limited capacity", "calculerend, beperkt doenvermogen"),
    "intrinsic, self-reliant": Say("motivated, self-reliant", "gemotiveerd, zelfredzaam"),
    "intrinsic, limited": Say("motivated, limited capacity", "gemotiveerd, beperkt doenvermogen"),
}
_VIEWS = ("calculating, self-reliant", "calculating, limited", "intrinsic, self-reliant", "intrinsic, limited")


def _flag(column: str) -> Callable[[Population], tuple[tuple[str, ...], Codes]]:
    return lambda population: (("no", "yes"), (population[column] > 0.5).astype(np.int64))


def _thirds(column: str) -> Callable[[Population], tuple[tuple[str, ...], Codes]]:
    def divide(population: Population) -> tuple[tuple[str, ...], Codes]:
        values = population[column]
        edges = np.quantile(values[population["entry_month"] <= 0], (1 / 3, 2 / 3))
        return ("low third", "middle third", "high third"), np.digitize(values, edges).astype(np.int64)

    return divide


def _views(population: Population) -> tuple[tuple[str, ...], Codes]:
    """Motivated against calculating, self-reliant against limited: the model's middle is 0.5 on both."""
    motivated = population["intrinsic_motivation"] > 0.5
    limited = population["capacity_to_act"] < 0.5
    return _VIEWS, (2 * motivated + limited).astype(np.int64)


_OBSTACLES: dict[str, Say] = {
    "poor_dutch": Say("obstacle: poor Dutch", "belemmering: matig Nederlands"),
    "physical": Say("obstacle: physical complaints", "belemmering: lichamelijke klachten"),
    "mental": Say("obstacle: mental complaints", "belemmering: psychische klachten"),
    "addiction": Say("obstacle: addiction", "belemmering: verslaving"),
    "low_education": Say("obstacle: at most MBO level 1", "belemmering: hoogstens mbo 1"),
    "care": Say("obstacle: care duties", "belemmering: zorgtaken"),
    "problem_debt": Say("obstacle: problem debt", "belemmering: problematische schulden"),
}


FAMILIES: dict[str, Stratum] = {
    family.name: family
    for family in (
        STRATA["obstacles"],
        *(Stratum(name, _OBSTACLES[name], _flag(name)) for name in OBSTACLES),
        Stratum("stress_start", Say("stress at the start", "stress bij de start"), _thirds("stress")),
        Stratum("bandwidth_start", Say("bandwidth at the start", "denkruimte bij de start"), _thirds("bandwidth")),
        *(STRATA[name] for name in ("household", "spell", "education")),
        Stratum("view", Say("view of people", "mensbeeld"), _views),
        *(STRATA[name] for name in ("work", "age", "municipality")),
    )
}
