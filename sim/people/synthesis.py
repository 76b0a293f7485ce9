"""Draw a synthetic population from a recipe.

1. Impediments: joint distribution per arm by iterative proportional fitting (`impediments`).
2. Latent normals with a Gaussian copula, quasi-random where figures are published (`latents`).
3. Cuts, found once per arm on fixed reference people, turn latents into shares and means (`cuts`).
4. Traits and starting values in a fixed order (`traits`, `starting`).
5. Caseworkers (`offices`).

Person ``number x arms + arm`` is the `number`-th of the arm: traits depend on (population, seed, arm, number)
only, so a larger population contains the smaller one. Who the caseworker is may change with the size (offices
fill up in order), a caseworker's quality does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.people.columns import TRAITS
from sim.people.cuts import Cuts
from sim.people.impediments import Patterns, patterns
from sim.people.latents import Latents, dependence, latents, reference, sequence
from sim.people.offices import assign
from sim.people.population import Population
from sim.people.recipe import Recipe, read
from sim.people.starting import draw_start
from sim.people.traits import draw_traits
from sim.random_numbers import stream

__all__ = ["INFLOW_ID", "arm_sizes", "draw", "entrants"]

Array = npt.NDArray[np.float64]
INFLOW_ID = 1 << 40
_CHUNK = 16384
_NOT_ENTERED = 3.0


def draw(recipe: Recipe, people: int, seed: int, start: date | None, inflow_months: int) -> Population:
    """Return the population of `people` in stock, and those who enter in months 1 .. `inflow_months`."""
    arms = len(recipe.arms)
    parts: list[dict[str, Array]] = []
    ids: list[npt.NDArray[np.int64]] = []
    arm_of: list[npt.NDArray[np.int64]] = []
    for arm, (group, size) in enumerate(zip(recipe.arms, arm_sizes(recipe, people), strict=True)):
        parts.append(_group(recipe.name, group.name, size, stream("population", recipe.name, seed, group.name)))
        ids.append(np.arange(size, dtype=np.int64) * arms + arm)
        arm_of.append(np.full(size, arm, dtype=np.int64))
    entering = _entries(recipe, people, inflow_months)
    if len(entering):
        arrivals = _group(recipe.name, "inflow", len(entering), stream("population", recipe.name, seed, "inflow"))
        arrivals["entry_month"] = entering
        arrivals["status"] = np.full(len(entering), _NOT_ENTERED)
        arrivals["spell_months"] = np.zeros(len(entering))
        parts.append(arrivals)
        ids.append(INFLOW_ID + np.arange(len(entering), dtype=np.int64))
        arm_of.append(np.zeros(len(entering), dtype=np.int64))
    person, arm_index = np.concatenate(ids), np.concatenate(arm_of)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    caseworker, quality = assign(recipe, arm_index, stream("population", recipe.name, seed, "caseworkers"))
    columns["quality"] = quality
    order = np.argsort(caseworker, kind="stable")
    return Population(
        recipe.name,
        start or recipe.start,
        person[order],
        np.zeros(len(person), dtype=np.int16),
        (recipe.municipality,),
        caseworker[order].astype(np.int32),
        arm_index[order].astype(np.int16),
        tuple(arm.name for arm in recipe.arms),
        {name: values[order] for name, values in columns.items()},
        recipe.source,
    )


def entrants(recipe: Recipe, people: int, seed: int) -> Population:
    """Return `people` who all enter in month 1, for following a cohort of new recipients; no sitting stock."""
    columns = _group(recipe.name, "inflow", people, stream("population", recipe.name, seed, "inflow"))
    arm = np.zeros(people, dtype=np.int64)
    caseworker, columns["quality"] = assign(recipe, arm, stream("population", recipe.name, seed, "caseworkers"))
    columns["entry_month"] = np.ones(people)
    columns["status"] = np.full(people, _NOT_ENTERED)
    order = np.argsort(caseworker, kind="stable")
    return Population(
        f"{recipe.name}, new recipients",
        recipe.start,
        (INFLOW_ID + np.arange(people, dtype=np.int64))[order],
        np.zeros(people, dtype=np.int16),
        (recipe.municipality,),
        caseworker[order].astype(np.int32),
        np.zeros(people, dtype=np.int16),
        (recipe.arms[0].name,),
        {name: values[order] for name, values in columns.items()},
        recipe.source,
    )


def arm_sizes(recipe: Recipe, people: int) -> list[int]:
    """Return the number of people per arm in the published proportions (largest remainders)."""
    exact = np.array([arm.people for arm in recipe.arms]) * people / recipe.people
    sizes = np.floor(exact).astype(int)
    first = np.argsort(-(exact - sizes), kind="stable")[: people - int(sizes.sum())]
    sizes[first] += 1
    return [int(size) for size in sizes]


def _entries(recipe: Recipe, people: int, months: int) -> Array:
    share = recipe.values("all")["inflow_per_month"]
    total = int(np.floor(share * people * months + 0.5))
    entered: Array = np.floor(np.arange(total) / max(share * people, 1e-12)) + 1.0
    return np.minimum(entered, float(months))


def _group(name: str, group: str, size: int, key: int) -> dict[str, Array]:
    figures, joint, cuts = _prepared(name, group)
    chunks = [_columns(figures, joint, group, luck, cuts) for luck in _chunks(key, size)]
    if not chunks:
        chunks = [{column: values[:0] for column, values in _columns(figures, joint, group, reference(), cuts).items()}]
    return {column: np.concatenate([chunk[column] for chunk in chunks]) for column in chunks[0]}


def _chunks(key: int, size: int) -> Iterator[Latents]:
    points = sequence(key, size)
    for first in range(0, size, _CHUNK):
        yield latents(key, points[:, first : first + _CHUNK], first)


@lru_cache(maxsize=64)
def _prepared(name: str, group: str) -> tuple[dict[str, float], Patterns, Cuts]:
    recipe = read(name)
    figures = recipe.values(group)
    joint = patterns(recipe, dependence()[0], inflow=group == "inflow")
    cuts = Cuts()
    _columns(figures, joint, group, reference(), cuts)
    return figures, joint, cuts.close()


def _columns(figures: dict[str, float], joint: Patterns, group: str, luck: Latents, cuts: Cuts) -> dict[str, Array]:
    people = draw_traits(figures, joint, group, luck, cuts)
    draw_start(people, figures, luck, cuts)
    people["entry_month"] = np.zeros(len(people["age"]))
    people["status"] = np.zeros(len(people["age"]))
    people["quality"] = np.zeros(len(people["age"]))
    missing = [trait for trait in TRAITS if trait not in people]
    if missing:
        raise KeyError(f"no synthesis for {missing}")
    return people
