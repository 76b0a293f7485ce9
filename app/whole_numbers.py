"""Read whole numbers given as texts, so that one message can name all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sim.problems import Problem, Say

__all__ = ["option", "whole_numbers"]

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def whole_numbers(given: Mapping[str, str | None], problems: list[Problem]) -> dict[str, int]:
    """Return the numbers that were given; add a problem for each text that is none."""
    found: dict[str, int] = {}
    for name, word in given.items():
        if word is None:
            continue
        if _WHOLE.fullmatch(word.strip()):
            found[name] = int(word)
        else:
            problems.append(Problem(option(name), word, Say("a whole number", "een geheel getal")))
    return found


def option(name: str) -> str:
    """Return how the command line calls a number: ``inflow_months`` is ``--inflow-months``."""
    return f"--{name.replace('_', '-')}"
