"""Where the levers of a stored run stood, and where those of the trials stood."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from analysis.effects.validity import Circumstances, Evidence, Lever
from scenarios.execution.result import RunResult
from sim.regime.levers import LEVERS
from sim.regime.presets import TRIALS, presets
from sim.regime.regime import Origin, Regime

__all__ = ["circumstances", "evidence_of_trials", "levers_table", "positions"]

# The lockdowns of 2020-2022 (sim/data/labour_market.toml) as far as a path without them differs.
_FIRST_LOCKDOWN, _LAST_LOCKDOWN = date(2020, 3, 1), date(2022, 1, 31)


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


def circumstances(result: RunResult) -> list[Circumstances]:
    """Return per scenario when its treatment stops, its labour market, and how far the law is known."""
    recorded = {str(entry.get("name")): entry for entry in result.provenance.scenarios}
    law = result.provenance.law
    beyond, months = int(law.get("months_beyond_known_law", 0)), int(result.months[-1])
    known = months - beyond if beyond else None
    first = date.fromisoformat(str(law["first"]))
    return [_around(recorded.get(name, {}), first, months, known) for name in result.scenarios]


@cache
def evidence_of_trials() -> Evidence:
    """Return what the arms of the trials observed, by the rule of `analysis.effects.validity`."""
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


def _around(entry: Mapping[str, Any], first: date, months: int, known: int | None) -> Circumstances:
    market, lockdown = str(entry.get("market", "historic")), bool(entry.get("lockdown", True))
    last = first.year * 12 + first.month + months - 1
    closed = first <= _LAST_LOCKDOWN and last >= _FIRST_LOCKDOWN.year * 12 + _FIRST_LOCKDOWN.month
    real = market == "historic" and (lockdown or not closed)
    ends = [
        end
        for regime in _regimes(entry)
        if regime.get("after") is None and _moved(regime)
        for end in _last_months(regime, first)
    ]
    before = int(entry.get("start_month", 1)) - 1
    ended = min(end if dated else before + end for end, dated in ends) if ends else None
    return Circumstances(ended, market if market != "historic" else "no lockdown", real, known)


def _last_months(regime: Mapping[str, Any], first: date) -> Iterable[tuple[int, bool]]:
    """Give the last month of a treatment that ends, on its own clock or (True) on that of the run."""
    if regime.get("months") is not None:
        yield int(regime["months"]), False
    if regime.get("to_date"):
        end = date.fromisoformat(str(regime["to_date"]))
        yield (end.year - first.year) * 12 + end.month - first.month + 1, True


def _moved(regime: Mapping[str, Any]) -> Lever:
    values: dict[str, list[float]] = {}
    for levers in (regime.get("levers", {}), *(change.get("levers", {}) for change in regime.get("changes", ()))):
        for name, value in levers.items():
            if name in LEVERS:
                values.setdefault(name, []).append(float(value))
    return {
        name: tuple(found) for name, found in values.items() if any(value != LEVERS[name].regular for value in found)
    }
