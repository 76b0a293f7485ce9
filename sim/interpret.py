"""The month uncompiled: the same stages over whole NumPy arrays, bit for bit what the engine computes.

For small first runs (nothing to compile), for the trace, for debugging and as the benchmark's vectorised
NumPy model.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.layout import COUNTERS, FIXED, LEVELS, ROWS, arguments, row_of
from sim.measures import MEASURES
from sim.month import MECHANISMS, stages
from sim.people.columns import TRAITS
from sim.policy import elementwise
from sim.random_numbers import BLOCKS, DECISIONS, philox
from sim.rows import PLACE
from sim.schedule import LEVER_ROWS
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS

__all__ = ["FIXED", "advance", "measure", "parameter_tuples", "run_stages"]

Rows = dict[str, Any]
Watch = Callable[[int, str, tuple[str, ...], Rows], None]

Month = namedtuple("Month", MONTH_FIELDS)  # type: ignore[misc]


def advance(
    traits: Any,
    levels: Any,
    counters: Any,
    person: Any,
    municipality: Any,
    caseworker: Any,
    instance: Any,
    group: Any,
    load: Any,
    place: Any,
    values: Any,
    levers: Any,
    calendar: Any,
    key: int,
    flip: bool,
    first: int,
    last: int,
    lo: int,
    hi: int,
    chosen: Any,
    sums: Any,
    counts: Any,
    kept: Any,
    flows: Any,
    watch: Watch | None = None,
) -> None:
    """Move the people lo..hi through the months first..last-1: the compiled `advance`, in NumPy.

    `watch(month, stage, writes, rows)` is called after every stage.
    """
    span = slice(lo, hi)
    n = hi - lo
    rows: Rows = {}
    for source, names in ((traits, tuple(TRAITS)), (levels, LEVELS), (counters, COUNTERS)):
        for number, name in enumerate(names):
            rows[name] = source[number, span].astype(np.float64)
    rows["load"] = load[caseworker[span]]
    for number, name in enumerate(PLACE):
        rows[name] = place[number, municipality[span]]
    for name in ROWS:
        if name not in rows:
            rows[name] = np.zeros(n)
    parameters = parameter_tuples(values)
    names = tuple(DECISIONS)
    for index in range(first, last):
        t = index - SETTLE_MONTHS + 1
        lever_row = max(index - SETTLE_MONTHS + 1, 0)
        if index == first or levers.changed[lever_row].any():
            for number, name in enumerate(LEVER_ROWS):
                rows[f"lever_{name}"] = levers.table[lever_row, number][instance[span]]
        month = Month(*calendar[index])
        for block in range(BLOCKS):
            for lane, words in enumerate(philox(key, person[span], t, block)):
                if 4 * block + lane < len(names):
                    drawn = words ^ np.uint64(0xFFFFFFFF) if flip else words
                    rows[f"u_{names[4 * block + lane]}"] = (drawn.astype(np.float64) + 0.5) * (
                        1.0 / 4294967296.0
                    )
        run_stages(rows, parameters, month, watch, t)
        if index >= SETTLE_MONTHS:
            at = index - SETTLE_MONTHS
            here = rows["status"] < 2.5
            who = group[span][here]
            counts[at] += np.bincount(who, minlength=counts.shape[1]).astype(np.int64)
            for position, number in enumerate(chosen):
                x = measure(tuple(MEASURES)[number], rows)[here]
                np.add.at(sums[at, :, position], who, np.floor(x * FIXED + 0.5).astype(np.int64))
    numbers = tuple(ROWS)
    for position, row in enumerate(kept):
        flows[position, span] = rows[numbers[row]]
    for target, columns in ((levels, LEVELS), (counters, COUNTERS)):
        for number, name in enumerate(columns):
            target[number, span] = rows[name]


def run_stages(
    rows: Rows, parameters: Mapping[str, Any], month: Any, watch: Watch | None = None, t: int = 0
) -> None:
    """Run the stages of one month over `rows` (arrays or floats) in place."""
    for mechanism, name, function, reads, writes in _plan():
        given = [
            parameters[mechanism] if read == "p" else month if read == "month" else rows[read]
            for read in reads
        ]
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
    return namedtuple(f"P_{mechanism}", fields)  # type: ignore[misc]


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
