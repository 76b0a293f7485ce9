"""Draw a synthetic population, see its make-up, and how well it fits the figures it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    import pandas as pd

    from sim.people.population import Population

__all__ = ["PopulationRequest", "frame_of", "population"]


@dataclass(frozen=True)
class PopulationRequest:
    """Which people.

    Attributes:
        name: a population of `bijstand population list`.
        people: how many; None = the published number.
        seed: which draw.
        inflow_months: months in which new people enter.
    """

    name: str
    people: int | None = None
    seed: int = 1
    inflow_months: int = 0


def population(request: PopulationRequest, problems: Sequence[Problem] = ()) -> Population:
    """Return the people of a request.

    Raises:
        InputError: every problem of name and numbers, and `problems`.
    """
    from scenarios.description.people import imported_folder
    from sim.people import catalogue

    found = list(problems)
    folder = imported_folder(request.name)
    if folder is not None:
        page = folder / "profile.nl.html"
        allowed = Say(
            f"a population that ships with the project; the make-up of this one stands in {page}",
            f"een populatie van het project zelf; de samenstelling van deze staat in {page}",
        )
        raise InputError((*found, Problem("NAME", request.name, allowed)))
    try:
        drawn = catalogue.load(request.name, request.people, request.seed, None, request.inflow_months)
    except InputError as error:
        paths = {"people": "--people", "seed": "--seed", "inflow_months": "--inflow-months", "population": "NAME"}
        found += [replace(one, path=paths.get(one.path, one.path)) for one in error.problems]
        raise InputError(found) from None
    InputError.raise_if(found)
    return drawn


def frame_of(found: Population) -> pd.DataFrame:
    """Return the people as a table: who, where, with whom, and every column."""
    import pandas as pd

    return pd.DataFrame(
        {
            "person": found.person,
            "municipality": [found.municipalities[place] for place in found.municipality],
            "caseworker": found.caseworker,
            "arm": [found.arms[place] for place in found.arm],
            **found.columns,
        }
    )
