"""Where the levers of a stored run stood, and where those of the trials stood."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from analysis.validity import Evidence, Lever
from scenarios.result import RunResult
from sim.levers import LEVERS
from sim.presets import TRIALS, presets
from sim.regime import Origin, Regime

__all__ = ["evidence_of_trials", "levers_table", "positions"]


def positions(result: RunResult) -> list[list[Lever]]:
    """Return per scenario its regimes, each as the levers that differ from the regular regime of 2018."""
    recorded = {str(entry.get("name")): entry for entry in result.provenance.scenarios}
    return [[_moved(regime) for regime in _regimes(recorded.get(name, {}))] for name in result.scenarios]


def levers_table(result: RunResult) -> list[tuple[str, str, tuple[float, ...], float]]:
    """Return (scenario, lever, values, regular value) for every lever that a scenario moves."""
    rows: list[tuple[str, str, tuple[float, ...], float]] = []
    for scenario, regimes in zip(result.scenarios, positions(result), strict=True):
        for name, lever in LEVERS.items():
            values = sorted({value for regime in regimes for value in regime.get(name, ())})
            if values:
                rows.append((scenario, name, tuple(values), lever.regular))
    return rows


@cache
def evidence_of_trials() -> Evidence:
    """Return what the arms of the trials observed, by the rule of `analysis.validity`."""
    known, arms = presets(), [f"{place}.{arm}" for place, names in TRIALS.items() for arm in names]
    regimes = {name: known[name] for name in arms if name in known}
    printed, coded = (
        [_values(one, {"published"}) for one in regimes.values()],
        [_values(one, {"published", "assumption"}) for one in regimes.values()],
    )
    ranges, words = Evidence.of(printed), Evidence.of(coded)
    levers = {
        name: ends if any(name in arm for arm in printed) else words.levers[name]
        for name, ends in ranges.levers.items()
    }
    long = frozenset[str]().union(
        *(arm for name, arm in zip(regimes, coded, strict=True) if name.startswith("amsterdam."))
    )
    return replace(words, levers=levers, long_levers=long, populations=frozenset(TRIALS))


def _values(regime: Regime, kinds: Collection[str]) -> Lever:
    values: dict[str, tuple[float, ...]] = {}
    stages = [(regime.levers, regime.origins), *((one.levers, one.origins) for one in regime.changes)]
    for levers, origins in stages:
        for name, value in levers.items():
            if origins.get(name, Origin()).kind in kinds:
                values[name] = (*values.get(name, ()), float(value))
    return values


def _regimes(entry: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    regimes = entry.get("regimes", {})
    return list(regimes.values()) if isinstance(regimes, Mapping) else list(regimes)


def _moved(regime: Mapping[str, Any]) -> Lever:
    values: dict[str, list[float]] = {}
    for levers in (
        regime.get("levers", {}),
        *(change.get("levers", {}) for change in regime.get("changes", ())),
    ):
        for name, value in levers.items():
            if name in LEVERS:
                values.setdefault(name, []).append(float(value))
    return {
        name: tuple(found)
        for name, found in values.items()
        if any(value != LEVERS[name].regular for value in found)
    }
