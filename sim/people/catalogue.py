"""The populations that ship with the project, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sim.people import recipe as recipes
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of, within

__all__ = ["PopulationInfo", "load", "names"]

LARGEST = 5_000_000
LONGEST = 600


@dataclass(frozen=True)
class PopulationInfo:
    """One population: its published size, arms and how many of its own figures are of which kind."""

    name: str
    title: Say
    people: int
    arms: tuple[str, ...]
    start: date
    published: int
    derived: int
    assumed: int
    source: str


def names() -> list[PopulationInfo]:
    """Return what can be drawn, in the order of the catalogue."""
    return [_info(recipes.read(name)) for name in recipes.names()]


def load(
    name: str, people: int | None = None, seed: int = 1, start: date | None = None, inflow_months: int = 0
) -> Population:
    """Return a synthetic population, sorted by caseworker.

    Args:
        name: one of `names()`.
        people: number of people in the stock; the published number when left out. Person ids are stable:
            a larger draw contains the smaller one.
        seed: chooses the draw; the same seed gives the same people.
        start: first day of month 1; the trial's own when left out.
        inflow_months: months in which new people enter (0 = nobody); trials take nobody in.

    Raises:
        InputError: unknown name, or a number out of bounds (all problems at once).
    """
    problems: list[Problem] = []
    if name not in recipes.names():
        problems.append(one_of("population", name, recipes.names()))
    if people is not None and not 1 <= people <= LARGEST:
        problems.append(within("people", people, 1, LARGEST))
    if not 0 <= inflow_months <= LONGEST:
        problems.append(within("inflow_months", inflow_months, 0, LONGEST))
    if seed < 0:
        problems.append(Problem("seed", seed, Say("a whole number of 0 or more", "een geheel getal van 0 of meer")))
    InputError.raise_if(problems)
    from sim.people.synthesis import draw

    recipe = recipes.read(name)
    return draw(recipe, recipe.people if people is None else people, seed, start, inflow_months)


def _info(recipe: recipes.Recipe) -> PopulationInfo:
    own = [figure.kind for group in recipe.figures.values() for figure in group.values() if not figure.borrowed]
    return PopulationInfo(
        recipe.name,
        recipe.title,
        recipe.people,
        tuple(arm.name for arm in recipe.arms),
        recipe.start,
        own.count("published"),
        own.count("derived"),
        own.count("assumption"),
        recipe.source,
    )
