"""What a caseworker can see of a client, as questions that a rule of assignment may ask.

Sex, age and migration background are left out: a rule that treats people unequally by them is not asked for.
What a person is like inside (stress, motivation, capacity to act) is not seen at a desk; `--observe` adds it
for who measures it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.who.policy_tree import Split
from sim.people.columns import COLUMNS, STATES, TRAITS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, nearest_name

__all__ = ["OBSERVED", "check_observed", "splits_of"]

OBSERVED: tuple[str, ...] = (
    "obstacles",
    "poor_dutch",
    "physical",
    "mental",
    "addiction",
    "low_education",
    "care",
    "problem_debt",
    "household",
    "education",
    "spell_months",
    "hours",
    "earnings_before",
    "work_duty_exempt",
)
_CUTS = 9  # of a number: its tenths
_LEFT_OUT = ("male", "migration", "age")


def check_observed(names: Sequence[str]) -> list[Problem]:
    """Return what is wrong with the names of `--observe`."""
    known = [*(name for name in (*TRAITS, *STATES) if name not in _LEFT_OUT), "obstacles"]
    allowed = Say(
        "a trait or a state of docs/regimes.md, or obstacles; not sex, age or migration background",
        "een kenmerk of toestand uit docs/regimes.md, of obstacles; niet sekse, leeftijd of herkomst",
    )
    return [Problem("--observe", name, allowed, nearest_name(name, known)) for name in names if name not in known]


def splits_of(population: Population, names: Sequence[str] = OBSERVED, least: int = 10) -> list[Split]:
    """Return the questions about `names` that divide these people in at least `least` on each side.

    Raises:
        InputError: names that cannot be observed.
    """
    InputError.raise_if(check_observed(names))
    found = [split for name in names for split in _of(population, name)]
    seen: set[bytes] = set()
    kept = []
    for split in found:
        some = int(split.mask.sum())
        key = np.packbits(split.mask if split.mask[0] else ~split.mask).tobytes()
        if some >= least and len(split.mask) - some >= least and key not in seen:
            seen.add(key)
            kept.append(split)
    return kept


def _of(population: Population, name: str) -> Iterator[Split]:
    if name == "obstacles":
        for cut in (1, 2, 3):
            yield Split(f"obstacles >= {cut}", f"obstacles < {cut}", population.obstacles >= cut)
        return
    column, values = COLUMNS[name], population[name]
    if column.unit == "0/1":
        yield Split(name, f"not {name}", values > 0.5)
        return
    for code, label in enumerate(column.codes):
        yield Split(f'{name} == "{label}"', f'{name} != "{label}"', values == code)
    if column.codes:
        return
    if (values == 0.0).any() and (values >= 0.0).all():
        yield Split(f"{name} > 0", f"{name} <= 0", values > 0.0)
    for edge in _cuts(values):
        yield Split(f"{name} >= {edge:g}", f"{name} < {edge:g}", values >= edge)


def _cuts(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
    """Return the tenths of a number, rounded to two digits; where many are zero, of the others too."""
    cuts = set()
    positive = values[values > 0.0]
    for some in (values, positive if len(positive) < 0.9 * len(values) else values):
        if len(some):
            shares = np.arange(1, _CUTS + 1) / (_CUTS + 1.0)
            cuts |= {float(f"{cut:.2g}") for cut in np.quantile(some, shares)}
    return sorted(cuts)
