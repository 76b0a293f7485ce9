"""A simulated trial beside its report: mean, sampling interval and published value, figure by figure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import numpy.typing as npt

from analysis.trial.cell import Cell
from analysis.trial.cells import cells
from analysis.trial.text import arm_name, how_name, outcome_name, title_of
from sim.problems import Say
from sim.trial.data import TrialData
from sim.trial.design import TrialDesign

__all__ = ["LEVEL", "Estimates", "Published", "Row", "Table", "collect", "tables"]

Array = npt.NDArray[np.float64]
LEVEL = 0.90
FEWEST = 10
# A published sign counts as outside when fewer replicates than this share have it.
_RARE = 0.05
_SIGNS = {"positive": 1.0, "mostly_positive": 1.0, "negative": -1.0, "mostly_negative": -1.0}


@dataclass(frozen=True)
class Published:
    """A figure of a report: its value (corrected where the report's own numbers say so), or only its sign.

    Attributes:
        value: None where only a sign was published.
        sign: ``positive``, ``negative``, ``mostly_positive`` ... or empty.
        marker: significance as published (``p<0.05``, ``n.s.``), or empty.
        doubts: what to know before using it.
    """

    value: float | None
    sign: str = ""
    marker: str = ""
    doubts: tuple[Say, ...] = ()


@dataclass(frozen=True)
class Row:
    """One figure: mean, spread and 90% sampling interval over replicates, beside what was published.

    `outside`: the published value lies outside the interval (its sign is rare); None without a published one.
    `suppressed`: the group is too small to show.
    """

    cell: Cell
    outcome: Say
    who: Say
    how: Say
    mean: float
    sd: float
    low: float
    high: float
    replicates: int
    published: Published | None
    outside: bool | None
    suppressed: bool = False


@dataclass(frozen=True)
class Table:
    """One table of a report."""

    name: str
    title: Say
    rows: tuple[Row, ...]

    @property
    def compared(self) -> int:
        """Rows with a published value."""
        return sum(row.outside is not None for row in self.rows)

    @property
    def outside(self) -> int:
        """Rows whose published value lies outside the sampling interval."""
        return sum(row.outside is True for row in self.rows)


@dataclass(frozen=True)
class Estimates:
    """A figure in every trial, and its standard error where the report's model gives one: shape [replicates] each."""

    values: Array
    errors: Array


def collect(
    trials: Iterable[TrialData], figures: Callable[[TrialData], Mapping[Cell, float]] = cells
) -> dict[Cell, Estimates]:
    """Return every figure of every trial (NaN: could not be computed).

    `figures` gives those of one trial: the tables of its report when left out.

    Linear algebra is kept on one thread: the matrices are small, and threads of several processes would
    wait for each other.
    """
    threadpool_limits = import_module("threadpoolctl").threadpool_limits

    found: dict[Cell, list[float]] = {}
    with threadpool_limits(limits=1):
        for trial in trials:
            for cell, value in figures(trial).items():
                found.setdefault(cell, []).append(value)
    return {
        cell: Estimates(
            np.array(values, dtype=np.float64), np.array([getattr(value, "error", math.nan) for value in values])
        )
        for cell, values in found.items()
    }


def tables(
    design: TrialDesign,
    found: Mapping[Cell, Estimates],
    published: Mapping[Cell, Published],
    names: Mapping[str, Say] | None = None,
) -> list[Table]:
    """Return the tables of the report in their order; `names`: what outcomes of one's own are called."""
    made: dict[str, list[Row]] = {}
    for cell, each in found.items():
        made.setdefault(cell.table, []).append(_row(design, cell, each.values, published.get(cell), names or {}))
    return [Table(name, title_of(design, name), tuple(rows)) for name, rows in made.items()]


def _row(design: TrialDesign, cell: Cell, values: Array, published: Published | None, names: Mapping[str, Say]) -> Row:
    known = values[np.isfinite(values)]
    mean = sd = low = high = math.nan
    if len(known):
        mean, sd = float(known.mean()), float(known.std(ddof=1)) if len(known) > 1 else math.nan
        low, high = (float(x) for x in np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    who = arm_name(design, cell.arm)
    if cell.comparator:
        other = arm_name(design, cell.comparator)
        who = Say(f"{who.en} v {other.en}", f"{who.nl} t.o.v. {other.nl}")
    small = any(arm.itt < FEWEST for arm in design.participant_arms if arm.name in (cell.arm, cell.comparator))
    return Row(
        cell,
        names.get(cell.outcome) or outcome_name(design, cell.outcome),
        who,
        how_name(design, cell),
        mean,
        sd,
        low,
        high,
        len(known),
        published,
        None if small else _outside(known, low, high, published),
        small,
    )


def _outside(known: Array, low: float, high: float, published: Published | None) -> bool | None:
    if published is None or not len(known):
        return None
    if published.value is not None:
        slack = 1e-12
        return not low - slack <= published.value <= high + slack
    if published.sign in _SIGNS:
        return float(np.mean(np.sign(known) == _SIGNS[published.sign])) < _RARE
    return None
