"""Who has which impediments together: the joint distribution of the five of the Nijmegen table 1.

Iterative proportional fitting over (arm x pattern) from a start in which impediments attract each other
(`dependence.toml`), to: arms' sizes, arms' shares, shares of all, and the number of impediments per person.
Where arms and all disagree by rounding or another sample, the arms keep their contrast and all is met.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from sim.people.recipe import Recipe

__all__ = ["FIVE", "Patterns", "patterns"]

FIVE = ("poor_dutch", "physical", "mental", "addiction", "low_education")
_WEIGHT = (1.0, 1.05, 1.1, 1.3, 0.8)
Array = npt.NDArray[np.float64]


class Patterns:
    """Patterns [32, 5] ordered from light to heavy and, per group, their cumulative probabilities [32]."""

    def __init__(self, table: Array, shares: dict[str, Array]) -> None:
        self.table = table
        self.shares = shares
        self._edges = {group: np.cumsum(share)[:-1] for group, share in shares.items()}

    def draw(self, group: str, uniform: Array) -> dict[str, Array]:
        """Return the five flags of people with the given uniforms, each [n]; a high uniform weighs more."""
        rows = np.searchsorted(self._edges[group], uniform, side="right")
        return {name: self.table[rows, column] for column, name in enumerate(FIVE)}


def patterns(recipe: Recipe, odds: dict[str, float], inflow: bool = False) -> Patterns:
    """Return the joint distribution of the impediments, per arm (or of the inflow)."""
    groups = ("inflow",) if inflow else tuple(arm.name for arm in recipe.arms)
    size = np.ones(1) if inflow else np.array([arm.people for arm in recipe.arms], dtype=np.float64)
    size = size / size.sum()
    table = np.array(list(product((0.0, 1.0), repeat=len(FIVE))))
    table = table[np.lexsort((table @ np.array(_WEIGHT), table.sum(axis=1)))]
    number = table.sum(axis=1)
    whole = recipe.values(groups[0] if inflow else "all")
    goal = np.array([[recipe.values(group)[name] for name in FIVE] for group in groups])
    if not inflow:
        pooled = size @ goal
        own = np.array([whole[name] for name in FIVE])
        goal = goal * np.divide(own, pooled, out=np.ones_like(own), where=pooled > 0)
    cells = size[:, None] * np.exp(_attraction(table, odds)) * (number <= whole["obstacles_max"])
    of_number = [whole.get(f"obstacles_{count}") for count in range(len(FIVE) + 1)]
    for _ in range(2000):
        before = cells.copy()
        for column in range(len(FIVE)):
            have = table[:, column] == 1
            for mask, share in ((have, goal[:, column]), (~have, 1 - goal[:, column])):
                total = cells[:, mask].sum(axis=1)
                factor = np.divide(size * share, total, out=np.zeros_like(total), where=total > 0)
                cells[:, mask] *= factor[:, None]
        if not inflow:
            for count, part in enumerate(of_number):
                if part is not None:
                    cells[:, number == count] *= part / cells[:, number == count].sum()
        cells *= (size / cells.sum(axis=1))[:, None]
        if np.abs(cells - before).max() < 1e-13:
            break
    return Patterns(table, {group: cells[row] / size[row] for row, group in enumerate(groups)})


def _attraction(table: Array, odds: dict[str, float]) -> Array:
    total = np.zeros(len(table))
    for pair, value in odds.items():
        first, second = pair.split()
        total += value * table[:, FIVE.index(first)] * table[:, FIVE.index(second)]
    return total
