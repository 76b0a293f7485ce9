"""Explain what differs between two runs: inputs, levers, parameters, code, results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.execution.result import RunResult
from scenarios.reproduction.provenance import Provenance
from sim.problems import Say

__all__ = ["KINDS", "Difference", "input_differences", "result_differences"]

KINDS: dict[str, Say] = {
    "code": Say("code", "code"),
    "environment": Say("environment", "omgeving"),
    "population": Say("people", "mensen"),
    "scenarios": Say("scenarios and levers", "scenario's en knoppen"),
    "law": Say("law", "wet"),
    "parameters": Say("parameters", "parameters"),
    "seeds": Say("seeds", "seeds"),
    "settings": Say("settings", "instellingen"),
    "sources": Say("evidence and posterior", "bewijs en posterior"),
    "results": Say("results", "uitkomsten"),
}
_ABSENT = "-"
# These follow from what is told beside them.
_FOLLOWS = ("place", "word", "parameters_sha256")


@dataclass(frozen=True)
class Difference:
    """One place where two runs are not alike: `a` and `b` are what stands there."""

    kind: str
    path: str
    a: Any
    b: Any


def input_differences(a: Provenance, b: Provenance) -> list[Difference]:
    """Return every difference between what two runs were made with, in the order of `KINDS`."""
    mine, theirs = a.to_dict(), b.to_dict()
    found: list[Difference] = []
    for kind in KINDS:
        if kind == "scenarios":
            found += _scenarios(mine[kind], theirs[kind])
        elif kind != "results":
            found += [Difference(kind, *each) for each in _walk(kind, mine[kind], theirs[kind])]
    return found


def result_differences(a: RunResult, b: RunResult, *, most: int = 20) -> list[Difference]:
    """Return where the numbers of two runs differ: per scenario and measure the place of the largest change.

    Only what both runs have is compared; a different size of an axis is told by itself.
    """
    found = [
        Difference("results", f"results.{name}", _short(mine), _short(theirs))
        for name in ("scenarios", "groups", "measures", "seeds")
        if (mine := getattr(a, name)) != (theirs := getattr(b, name))
    ]
    for name in ("months", "parameters"):
        mine, theirs = getattr(a, name), getattr(b, name)
        if mine.shape != theirs.shape:
            found.append(Difference("results", f"results.{name}", str(mine.shape), str(theirs.shape)))
    largest: list[tuple[float, Difference]] = []
    draws, months = (min(len(getattr(a, n)), len(getattr(b, n))) for n in ("parameters", "months"))
    seeds = min(len(a.seeds), len(b.seeds))
    groups = [name for name in a.groups if name in b.groups]
    for scenario in (name for name in a.scenarios if name in b.scenarios):
        for measure in (name for name in a.measures if name in b.measures):
            one, other = (
                each.measure(measure)[each.scenarios.index(scenario)][:draws, :seeds][
                    :, :, [each.groups.index(name) for name in groups], :months
                ]
                for each in (a, b)
            )
            apart = np.where(_same(one, other), 0.0, np.nan_to_num(np.abs(one - other), nan=np.inf))
            count = int((apart > 0).sum())
            if count:
                place = tuple(int(each) for each in np.unravel_index(int(apart.argmax()), apart.shape))
                draw, seed, group, month = place
                path = (
                    f"results.{scenario}.{measure} ({count} of {apart.size}; the largest: draw {draw + 1}, "
                    f"seed {seed + 1}, {groups[group]}, month {month + 1})"
                )
                different = Difference("results", path, float(one[place]), float(other[place]))
                scale = float(np.nanmax(np.abs(one))) or 1.0
                largest.append((float(apart[place]) / scale, different))
    largest.sort(key=lambda each: -each[0])
    return found + [each for _, each in largest[:most]]


def _scenarios(mine: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[Difference]:
    a, b = ({entry["name"]: entry for entry in entries} for entries in (mine, theirs))
    if list(a) != list(b):
        yield Difference("scenarios", "scenarios", ", ".join(a), ", ".join(b))
    for name in (name for name in a if name in b):
        one, other = (
            {key: value for key, value in entry[name].items() if key not in (*_FOLLOWS, "text", "sha256")}
            for entry in (a, b)
        )
        found = [Difference("scenarios", *each) for each in _walk(f"scenarios.{name}", one, other)]
        yield from found
        texts = (a[name]["text"], b[name]["text"])
        if texts[0] != texts[1]:
            lines = [text.splitlines() for text in texts]
            size = max(len(each) for each in lines)
            padded = [[*each, *[_ABSENT] * (size - len(each))] for each in lines]
            row = next((n for n in range(size) if padded[0][n] != padded[1][n]), 0)
            shown = [each[row] if row < len(each) else _ABSENT for each in padded]
            yield Difference("scenarios", f"scenarios.{name}.text:{row + 1}", *shown)


def _walk(path: str, a: Any, b: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for name in dict.fromkeys([*a, *b]):
            yield from _walk(f"{path}.{name}", a.get(name, _ABSENT), b.get(name, _ABSENT))
    elif isinstance(a, list | tuple) and isinstance(b, list | tuple) and len(a) == len(b):
        for place, (one, other) in enumerate(zip(a, b, strict=True), 1):
            yield from _walk(f"{path}[{place}]", one, other)
    elif a != b and not (isinstance(a, list | tuple) and list(a) == list(b)):
        yield path, _short(a), _short(b)


def _short(value: Any) -> Any:
    if isinstance(value, list | tuple):
        listed = ", ".join(map(str, value[:8]))
        return f"{len(value)}: {listed}" + (", ..." if len(value) > 8 else "")
    return value


def _same(a: Any, b: Any) -> Any:
    return (a == b) | (np.isnan(a) & np.isnan(b))
