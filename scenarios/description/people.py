"""The people of a run: a shipped population by name, or the folder of an imported client file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from sim.people import catalogue
from sim.people import recipe as recipes
from sim.people.clients.read import read as read_clients
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of

__all__ = [
    "IMPORTED",
    "imported_folder",
    "imported_names",
    "is_population",
    "is_shipped",
    "people_of",
    "population_problem",
    "takes_in",
]

# Where `population import` writes when it is not told where.
IMPORTED = Path("populations")


def is_population(name: str) -> bool:
    """Return whether `name` is a shipped population or the folder of an imported one."""
    return is_shipped(name) or imported_folder(name) is not None


def imported_folder(name: str) -> Path | None:
    """Return the folder of imported people: as given, or the short name under which `population import` wrote it."""
    if not 0 < len(name) < 1000 or "\x00" in name:
        return None
    for folder in (Path(name), IMPORTED / name):
        if (folder / "population.toml").is_file():
            return folder
    return None


def imported_names() -> tuple[str, ...]:
    """Return the short names of the people imported into the usual folder."""
    return tuple(sorted(found.parent.name for found in IMPORTED.glob("[!.]*/population.toml")))


def is_shipped(name: str) -> bool:
    """Return whether a population comes with the program: any installation draws the same one."""
    return name in recipes.names()


def population_problem(path: str, name: str) -> Problem:
    """Return the problem of a name that is no population."""
    problem = one_of(path, name, (*recipes.names(), *imported_names()))
    allowed = Say(
        f"{problem.allowed.en}, or a folder that `bijstand population import` wrote",
        f"{problem.allowed.nl}, of een map die `bijstand population import` schreef",
    )
    return Problem(path, name, allowed, problem.nearest)


def takes_in(name: str) -> bool:
    """Return whether new people enter a population: those of trials and imported clients are closed."""
    return name in recipes.names() and recipes.read(name).values("all")["inflow_per_month"] > 0


def people_of(name: str, people: int | None = None, start: date | None = None, inflow_months: int = 0) -> Population:
    """Return the people.

    Args:
        name: see `is_population`.
        people: how many; None = as many as there are.
        start: first day of month 1; None = the population's own.
        inflow_months: months in which new people enter, where anybody does (see `takes_in`).

    Raises:
        InputError: no such population, a damaged folder, or another number of imported clients.
    """
    if name in recipes.names():
        return catalogue.load(name, people=people, start=start, inflow_months=inflow_months)
    if people is not None:
        allowed = Say(
            "leave it out: imported clients are taken as they are",
            "laat weg: geïmporteerde klanten worden genomen zoals ze zijn",
        )
        raise InputError([Problem("people", people, allowed)])
    population = read_clients(imported_folder(name) or Path(name))
    return population if start is None else replace(population, start=start)
