"""The fit of a synthetic population: every figure it was made from beside what came out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.people import recipe as recipes
from sim.people.population import Population
from sim.people.quantities import QUANTITIES
from sim.people.recipe import Figure, Recipe

__all__ = ["FitRow", "fit_table"]

_BAND = 1.96
_NOT_ENTERED = 3


@dataclass(frozen=True)
class FitRow:
    """One figure: the published value, the simulated one, and whether they agree within sampling error.

    `standard_error` is that of the published figure (on the persons it was measured on; without a sample, on
    the people drawn). `inside`: nearer than 1.96 standard errors plus half the last printed digit.
    """

    group: str
    quantity: str
    published: float
    simulated: float
    standard_error: float
    inside: bool
    source: str
    kind: str
    people: int
    distance: float


def fit_table(population: Population) -> list[FitRow]:
    """Return the fit of a population of the catalogue (people of the stock only), group by group.

    Assumptions about all that arms replace by their own figures are left out. A population that is not of
    the catalogue is refused with the nearest name.
    """
    recipe = recipes.read(population.name)
    rows: list[FitRow] = []
    for group in ("all", *(arm.name for arm in recipe.arms if arm.name != "all")):
        chosen = population["status"] != _NOT_ENTERED
        if group != "all":
            chosen &= population.arm == population.arms.index(group)
        if not chosen.any():
            continue
        values = recipe.values(group)
        for name, figure in recipe.figures.get(group, {}).items():
            if name not in QUANTITIES or (group == "all" and _replaced(recipe, name, figure)):
                continue
            people = QUANTITIES[name].of(population, chosen, values)
            if len(people):
                rows.append(_row(group, name, figure, people))
    return rows


def _replaced(recipe: Recipe, name: str, figure: Figure) -> bool:
    """Whether this assumption about all is not what was drawn, because arms have figures of their own."""
    arms = [arm.name for arm in recipe.arms if arm.name != "all"]
    return figure.kind == "assumption" and any(name in recipe.figures.get(arm, {}) for arm in arms)


def _row(group: str, name: str, figure: Figure, people: np.ndarray[tuple[int], np.dtype[np.float64]]) -> FitRow:
    quantity = QUANTITIES[name]
    sample = figure.n or len(people)
    simulated = float(people.std() if quantity.spread else people.mean())
    if quantity.share:
        error = float(np.sqrt(figure.value * (1.0 - figure.value) / sample))
    elif quantity.spread:
        error = _error_of_spread(people, sample)
    else:
        error = float(people.std() / np.sqrt(sample))
    digit = 0.5 * 10.0 ** -_decimals(figure.value)
    gap = abs(simulated - figure.value)
    inside = gap <= _BAND * error + digit + 1e-12
    distance = gap / error if error > 0 else (0.0 if gap <= digit else np.inf)
    return FitRow(
        group, name, figure.value, simulated, error, inside, figure.source, figure.kind, len(people), distance
    )


def _error_of_spread(people: np.ndarray[tuple[int], np.dtype[np.float64]], sample: int) -> float:
    """Standard error of a standard deviation, from the fourth moment."""
    centred = people - people.mean()
    variance = float(centred.var())
    fourth = float(np.mean(centred**4))
    return float(np.sqrt(max(fourth - variance**2, 0.0) / sample) / (2.0 * np.sqrt(max(variance, 1e-12))))


def _decimals(value: float) -> int:
    text = f"{value:.6f}".rstrip("0")
    return len(text.split(".")[1])
