"""Read whole numbers given as texts, so that one message can name all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from sim.problems import Problem
from sim.written_numbers import try_whole

__all__ = ["option", "whole_numbers"]


def whole_numbers(given: Mapping[str, str | None], problems: list[Problem]) -> dict[str, int]:
    """Return the numbers that were given; add a problem for each text that is none."""
    found: dict[str, int] = {}
    for name, word in given.items():
        if word is None:
            continue
        number = try_whole(option(name), word, problems)
        if number is not None:
            found[name] = number
    return found


def option(name: str) -> str:
    """Return how the command line calls a number: ``inflow_months`` is ``--inflow-months``."""
    return f"--{name.replace('_', '-')}"
