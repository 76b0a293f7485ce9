"""What the answers share: problems as data, parameters read once, a watch that tells progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from app.answering.request import Watch
from sim.problems import InputError, Problem, Say

__all__ = ["plain", "problems_of", "source_of", "watching"]


def problems_of(error: InputError) -> list[dict[str, Any]]:
    """Return problems as plain data."""
    return [
        {"path": each.path, "value": str(each.value)[:80], "allowed": each.allowed._asdict(), "nearest": each.nearest}
        for each in error.problems
    ]


@cache
def source_of(posterior: str | None, database: str) -> Any:
    """Return the sets of parameters that every answer draws from, read once; a posterior that does not fit is told."""
    from app.answering.posterior import chosen_source

    problems: list[Problem] = []
    source = chosen_source(posterior, database, problems, None)
    InputError.raise_if(problems)
    return source


def posterior_of(environment: Mapping[str, Any]) -> Any:
    """Return what `RunSettings.posterior` takes: the draws, or the word that asks for the prior."""
    source = source_of(environment["posterior"], environment["database"])
    return "prior" if source is None else source


def watching(progress: Callable[[int, int], None], chunk: int | None = None) -> Watch:
    """Return a watch that hands on the number of steps done; a stop is an error raised by `progress`."""

    def step(text: Say, done: int, total: int) -> None:
        progress(done, total)

    return Watch(progress=step, chunk=chunk)


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without types of ours."""
    kept: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Say):
            kept[name] = value._asdict()
        else:
            kept[name] = value if type(value) in (bool, int, float, str, type(None)) else str(value)
    return kept
