"""Make the plan of a stored run again, as it was or larger, from what the run recorded."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from scenarios.description.schema import Scenario, read_scenario
from scenarios.reproduction.provenance import Provenance
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from scenarios.description.parameter_source import ParameterSource
    from scenarios.execution.plan import Plan

__all__ = ["plan_again", "recipe_of"]

# What the command line may say in place of the scenario file.
_SETTABLE = ("population", "people", "months", "inflow", "draws", "seeds")


def recipe_of(plan: Plan) -> list[dict[str, Any]]:
    """Return per scenario what the plan took, whether its file or the command line said so."""
    known = {each.name for each in fields(Scenario)}
    names = [name for name in _SETTABLE if name in known]
    sizes = {"draws": len(plan.draws), "seeds": len(plan.keys), "months": plan.months}
    return [{name: getattr(side.scenario, name) for name in names} | sizes for side in plan.sides]


def plan_again(
    provenance: Provenance,
    *,
    draws: int | None = None,
    seeds: int | None = None,
    months: int | None = None,
    population: str | None = None,
    source: ParameterSource | None = None,
) -> Plan:
    """Return the plan that made a run, with other sizes where they are given.

    Args:
        provenance: what the run recorded.
        draws: number of parameter sets; None = as many as the run had.
        seeds: number of replicates; None = as many as the run had.
        months: length; None = as long as the run was.
        population: folder of the imported people, when it stands elsewhere now.
        source: what the run drew its parameters from, when not from the priors.

    Raises:
        InputError: a scenario text that this program does not read, people that are not there, sizes out of
            bounds.
    """
    from scenarios.execution.plan import Options, plan

    given = Options(draws=draws, seeds=seeds, months=months, seed=provenance.seeds["base"])
    given.check()
    sizes = {"draws": draws, "seeds": seeds, "months": months}
    changed: dict[str, Any] = {name: size for name, size in sizes.items() if size is not None}
    if population is not None:
        changed["population"] = population
    recipes = provenance.settings.get("recipe") or [_old_recipe(provenance)] * len(provenance.scenarios)
    scenarios = [
        replace(_scenario(entry), **{**recipe, **changed})
        for entry, recipe in zip(provenance.scenarios, recipes, strict=True)
    ]
    InputError.raise_if(_other_source(provenance, source))
    return plan(scenarios, Options(seed=provenance.seeds["base"], source=source))


def _other_source(provenance: Provenance, source: ParameterSource | None) -> list[Problem]:
    """Return what is wrong with the parameter sets that are offered for a run."""
    meant = provenance.sources.get("parameters")
    found = None if source is None else source.sha256
    if meant == found:
        return []
    allowed = Say(
        "the parameter sets that the run was made with (" + (meant or "prior")[:12] + ")",
        "de parametersets waarmee de run gemaakt is (" + (meant or "prior")[:12] + ")",
    )
    return [Problem("posterior", (found or "missing")[:12], allowed)]


def _scenario(entry: Mapping[str, Any]) -> Scenario:
    text = str(entry["text"])
    try:
        data = tomllib.loads(text)
        place = str(entry.get("place", ""))
        found = read_scenario(data, text=text, place=place, default_name=str(entry["name"]))
    except tomllib.TOMLDecodeError:
        raise InputError([_unreadable(entry)]) from None
    except InputError as error:
        raise InputError([_unreadable(entry), *error.problems]) from None
    return replace(found, name=str(entry["name"]))


def _unreadable(entry: Mapping[str, Any]) -> Problem:
    allowed = Say(
        "a text that this version of the program reads: make the run again with its own version",
        "een tekst die deze versie van het programma leest: maak de run opnieuw met zijn eigen versie",
    )
    return Problem(f"scenario {entry['name']}", "stored text", allowed)


def _old_recipe(provenance: Provenance) -> dict[str, Any]:
    """Return the recipe of a run from before recipes were recorded."""
    return {
        "population": provenance.population["name"],
        "people": provenance.population["people"],
        "months": provenance.settings["months"],
        "draws": provenance.parameters["draws"],
        "seeds": provenance.seeds["count"],
    }
