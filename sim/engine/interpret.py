"""The month uncompiled: the same stages over whole NumPy arrays, bit for bit what the engine computes.

For small first runs (nothing to compile), for the trace, for debugging and as the benchmark's vectorised
NumPy model.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.layout import COUNTERS, FIXED, LEVELS, ROWS, arguments, row_of
from sim.engine.rows import PLACE
from sim.engine.state import State
from sim.month import MECHANISMS, stages
from sim.outcomes.measures import MEASURES
from sim.people.columns import TRAITS
from sim.policy import elementwise
from sim.random_numbers import BLOCKS, DECISIONS, philox
from sim.regime.schedule import LEVER_ROWS
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS

__all__ = ["Watch", "advance", "bind", "measure", "parameter_tuples", "run_stages"]

Rows = dict[str, Any]
Watch = Callable[[int, str, tuple[str, ...], Rows], None]

_WORD = np.uint64(0xFFFFFFFF)
_MEASURES = tuple(MEASURES)
_tuple_of: Any = namedtuple
_Month = _tuple_of("Month", MONTH_FIELDS)


def bind(state: State, watch: Watch | None = None) -> Callable[[int, int, int, int, Any, Any], None]:
    """Return ``advance(first, last, lo, hi, sums, counts)``: `advance` for one state."""
    return partial(advance, state, watch=watch)


def advance(
    state: State,
    first: int,
    last: int,
    lo: int,
    hi: int,
    sums: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    watch: Watch | None = None,
) -> None:
    """Move the people lo..hi through the months first..last-1 (rows of the calendar).

    Args:
        state: the society; its states and flows are written.
        first, last, lo, hi: months and people.
        sums: fixed-point sums, shape [months, groups, series], added to; counts: likewise [months, groups].
        watch: called after every stage with (month, stage, rows written, rows).
    """
    span = slice(lo, hi)
    rows: Rows = {name: np.zeros(hi - lo) for name in ROWS}
    for source, names in _held(state):
        for number, name in enumerate(names):
            rows[name] = source[number, span].astype(np.float64)
    rows["load"] = state.load[state.caseworker[span]]
    for number, name in enumerate(PLACE):
        rows[name] = state.place[number, state.municipality[span]]
    parameters = parameter_tuples(state.values)
    begin = state.begin[span]
    for index in range(first, last):
        month = index - SETTLE_MONTHS + 1
        line = max(month, 0)
        _begin_again(rows, state, span, begin >= index)
        for number, name in enumerate(LEVER_ROWS):
            if index == first or state.levers.changed[line, number]:
                rows[f"lever_{name}"] = state.levers.table[line, number][state.instance[span]]
        _draw(rows, state, span, month)
        run_stages(rows, parameters, _Month(*state.calendar[index]), watch, month)
        if index >= SETTLE_MONTHS:
            _record(rows, state, span, sums[index - SETTLE_MONTHS], counts[index - SETTLE_MONTHS])
    numbers = tuple(ROWS)
    begun = begin < last
    for position, row in enumerate(state.kept):
        state.flows[position, span][begun] = rows[numbers[row]][begun]
    for target, names in _held(state)[1:]:
        for number, name in enumerate(names):
            target[number, span][begun] = rows[name][begun]


def _begin_again(rows: Rows, state: State, span: slice, late: npt.NDArray[np.bool_]) -> None:
    """Give those who begin this month or later the states they start with: what they did so far did not happen."""
    if late.any():
        for source, names in _held(state)[1:]:
            for number, name in enumerate(names):
                rows[name] = np.where(late, source[number, span], rows[name])


def _held(state: State) -> tuple[tuple[npt.NDArray[Any], tuple[str, ...]], ...]:
    return (state.traits, tuple(TRAITS)), (state.levels, LEVELS), (state.counters, COUNTERS)


def _draw(rows: Rows, state: State, span: slice, month: int) -> None:
    names = tuple(DECISIONS)
    for block in range(BLOCKS):
        for lane, words in enumerate(philox(state.key, state.person[span], month, block)):
            if 4 * block + lane < len(names):
                drawn = words ^ _WORD if state.flip else words
                rows[f"u_{names[4 * block + lane]}"] = (drawn.astype(np.float64) + 0.5) * (1.0 / 4294967296.0)


def _record(rows: Rows, state: State, span: slice, sums: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> None:
    here = rows["status"] < 2.5
    who = state.group[span][here]
    counts += np.bincount(who, minlength=len(counts)).astype(np.int64)
    for position, number in enumerate(state.chosen):
        fixed = np.floor(measure(_MEASURES[number], rows)[here] * FIXED + 0.5).astype(np.int64)
        if len(counts) == 1:
            sums[0, position] += fixed.sum()
        else:
            np.add.at(sums[:, position], who, fixed)


def run_stages(rows: Rows, parameters: Mapping[str, Any], month: Any, watch: Watch | None = None, t: int = 0) -> None:
    """Run the stages of one month over `rows` (arrays or floats) in place."""
    for mechanism, name, function, reads, writes in _plan():
        given = [parameters[mechanism] if read == "p" else month if read == "month" else rows[read] for read in reads]
        results = function(*given)
        if len(writes) == 1:
            results = (results,)
        for row, result in zip(writes, results, strict=True):
            rows[row] = result if np.ndim(result) == np.ndim(rows[row]) else np.full_like(rows[row], result)
        if watch is not None:
            watch(t, f"{mechanism}.{name}", writes, rows)


def measure(name: str, rows: Rows) -> npt.NDArray[np.float64]:
    """Return a measure from rows (shape [n])."""
    value: npt.NDArray[np.float64] = eval(_code(name), _NAMES, rows)
    return value


def parameter_tuples(values: npt.NDArray[np.float64]) -> dict[str, Any]:
    """Return the parameters of each mechanism as a named tuple of floats."""
    found: dict[str, Any] = {}
    index = 0
    for name, mechanism in MECHANISMS.items():
        size = len(mechanism.parameters)
        found[name] = _tuple(name)(*(float(x) for x in values[index : index + size]))
        index += size
    return found


_NAMES: dict[str, Any] = {
    "__builtins__": {},
    **{name: getattr(elementwise, name) for name in ("where", "minimum", "maximum")},
}


@cache
def _code(name: str) -> Any:
    return compile(MEASURES[name].expression, name, "eval")


@cache
def _tuple(mechanism: str) -> Any:
    fields = [each.name.split(".")[1] for each in MECHANISMS[mechanism].parameters]
    return _tuple_of(f"P_{mechanism}", fields)


@cache
def _plan() -> tuple[tuple[str, str, Callable[..., Any], tuple[str, ...], tuple[str, ...]], ...]:
    return tuple(
        (
            each.mechanism,
            each.name,
            each.function,
            tuple(name if name in ("p", "month") else row_of(name) for name in arguments(each)),
            each.writes,
        )
        for each in stages()
    )
