"""The make-up of a synthetic population: shares and means, for all and per arm.

Nobody in it is real. Cells with fewer than ten people in or outside them are hidden all the same: they say
more about the draw than about the population.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.people.population import Population
from sim.people.quantities import QUANTITIES
from sim.people.recipe import read
from sim.problems import Say
from sim.small_groups import SMALLEST

__all__ = ["MakeUpRow", "make_up"]

Mask = npt.NDArray[np.bool_]
_SHARES = (
    "age_lt27",
    "age_27_34",
    "age_35_44",
    "age_45_54",
    "age_55_up",
    "male",
    "single",
    "single_parent",
    "couple",
    "western",
    "non_western",
    "education_low",
    "education_middle",
    "education_high",
    "spell_up_to_1y",
    "spell_1_3y",
    "spell_over_3y",
    "poor_dutch",
    "physical",
    "mental",
    "addiction",
    "low_education",
    *(f"obstacles_{number}" for number in range(6)),
    "care",
    "problem_debt",
    "part_time",
    "work_duty_exempt",
)
_MEANS = ("age_mean", "spell_mean", "part_time_net_mean", "earnings_before_mean", "employability_mean")


@dataclass(frozen=True)
class MakeUpRow:
    """One share or mean for all and per arm; None = hidden (fewer than ten people in it or outside it)."""

    quantity: str
    text: Say
    share: bool
    values: tuple[float | None, ...]


def make_up(population: Population) -> tuple[tuple[str, ...], tuple[int | None, ...], list[MakeUpRow]]:
    """Return the groups (all, then the arms), their sizes, and the rows."""
    stock = population["status"] != 3
    groups: dict[str, Mask] = {"all": stock}
    if len(population.arms) > 1:
        groups |= {name: stock & (population.arm == place) for place, name in enumerate(population.arms)}
    figures = read(population.name).values("all")
    rows = [_row(population, groups, name, figures) for name in (*_SHARES, *_MEANS)]
    sizes = tuple(int(mask.sum()) for mask in groups.values())
    return tuple(groups), tuple(size if size >= SMALLEST else None for size in sizes), rows


def _row(population: Population, groups: dict[str, Mask], name: str, figures: dict[str, float]) -> MakeUpRow:
    quantity = QUANTITIES[name]
    cells: list[float | None] = []
    for mask in groups.values():
        people = quantity.of(population, mask, figures)
        few = len(people) < SMALLEST
        if quantity.share and len(people):
            inside = int(people.sum())
            few = few or 0 < inside < SMALLEST or 0 < len(people) - inside < SMALLEST
        cells.append(None if few else float(people.mean()))
    return MakeUpRow(name, quantity.text, quantity.share, tuple(cells))
