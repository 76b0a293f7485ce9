"""Where everything stands in the work space of the month: one row for each column, drive, lever and draw."""

from __future__ import annotations

import inspect

from sim.engine.rows import DRIVES, PLACE, WORK
from sim.mechanisms.base import Stage
from sim.people.columns import FLOWS, STATES, TRAITS
from sim.random_numbers import DECISIONS
from sim.regime.schedule import LEVER_ROWS

__all__ = ["COUNTERS", "FIXED", "LEVELS", "ROWS", "arguments", "row_of"]

# Sums are kept as whole multiples of 1/FIXED, so that no order of adding changes them.
FIXED = 1048576.0

# Continuous states (float64 between months) and whole-number states (float32, exact).
LEVELS: tuple[str, ...] = tuple(name for name, column in STATES.items() if not column.whole)
COUNTERS: tuple[str, ...] = tuple(name for name, column in STATES.items() if column.whole)

_NAMES = (
    *TRAITS,
    *LEVELS,
    *COUNTERS,
    *FLOWS,
    *DRIVES,
    *WORK,
    *PLACE,
    *(f"lever_{name}" for name in LEVER_ROWS),
    *(f"u_{name}" for name in DECISIONS),
)

# Row number of everything in the work space.
ROWS: dict[str, int] = {name: number for number, name in enumerate(_NAMES)}


def row_of(argument: str) -> str:
    """Return the row that an argument of a stage reads (``bg_x`` and ``lever_x`` are lever rows)."""
    return f"lever_{argument}" if argument.startswith("bg_") else argument


def arguments(stage: Stage) -> tuple[str, ...]:
    """Return the argument names of a stage."""
    return tuple(inspect.signature(stage.function).parameters)
