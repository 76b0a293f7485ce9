"""What the engine process answers: names to functions from plain data to plain data.

Each function takes (data, environment, progress) and returns what JSON could hold. Bad input raises InputError;
the engine makes it data. The numbers are those of the answering layer, digit for digit those of the command line.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from sim.outcomes.measures import HEADLINE
from sim.problems import InputError

__all__ = ["ANSWERS", "problems_of", "warm_up"]

Progress = Callable[[int, int], None]
Answer = Callable[[Mapping[str, Any], Mapping[str, Any], Progress], Any]

# The measures of the chart: one per theme.
_SERIES = ("on_benefit", "hours_over_12", "income", "wellbeing")


def problems_of(error: InputError) -> list[dict[str, Any]]:
    """Return problems as plain data."""
    return [
        {"path": each.path, "value": str(each.value)[:80], "allowed": each.allowed._asdict(), "nearest": each.nearest}
        for each in error.problems
    ]


def warm_up(environment: Mapping[str, Any]) -> None:
    """Import what a preview needs, compile the month and read the posterior, before the first question."""
    from sim.engine.kernel import warm

    warm()
    small = {"sides": [_SMALLEST, _SMALLEST], "people": 100, "draws": 2, "seeds": 1}
    whatif(small, environment, lambda done, total: None)


_SMALLEST = 'name = "a"\npopulation = "nijmegen"\nmonths = 6\nregime = "regular"\n'


@cache
def _source(posterior: str | None, database: str) -> Any:
    from app.answering.posterior import chosen_source
    from sim.problems import Problem

    problems: list[Problem] = []
    source = chosen_source(posterior, database, problems)
    InputError.raise_if(problems)
    return source


def whatif(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Compare the sides of a question.

    Args:
        data: ``sides``: scenario files as texts; ``people``, ``draws``, ``seeds``: sizes.
    """
    from dataclasses import replace

    from analysis.effects.summary import summarise
    from scenarios.description.schema import read_scenario
    from scenarios.execution.plan import Options, plan
    from scenarios.execution.run import execute

    scenarios = [read_scenario(tomllib.loads(text), text=text, place="studio") for text in data["sides"]]
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) < len(names):  # the same ready regime twice
        scenarios = [replace(one, name=f"{one.name[:36]}_{place}") for place, one in enumerate(scenarios)]
    options = Options(
        people=data["people"],
        draws=data["draws"],
        seeds=data["seeds"],
        source=_source(environment["posterior"], environment["database"]),
    )
    result = execute(plan(scenarios, options), progress, chunk=4)
    summary = summarise(result)
    months = list(summary.months)
    last = months[-1]
    rows = [
        asdict(summary.difference(name, measure, last))
        for name in summary.scenarios[1:]
        for measure in summary.measures
        if measure in HEADLINE
    ]
    paths = {
        measure: {
            name: [
                [getattr(summary.level(name, measure, month), part) for month in months]
                for part in ("mean", "low", "high")
            ]
            for name in summary.scenarios
        }
        for measure in _SERIES
    }
    return {
        "run_id": result.run_id,
        "digest": result.digest(),
        "label": dict(result.provenance.label),
        "sizes": {name: data[name] for name in ("people", "draws", "seeds")},
        "months": months,
        "scenarios": list(summary.scenarios),
        "rows": [_plain(row) for row in rows],
        "paths": paths,
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without types of ours."""
    from sim.problems import Say

    kept: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Say):
            kept[name] = value._asdict()
        elif isinstance(value, bool | int | float | str):
            kept[name] = value if type(value) in (bool, int, float, str) else str(value)
        else:
            kept[name] = str(value)
    return kept


ANSWERS: dict[str, Answer] = {"whatif": whatif}
