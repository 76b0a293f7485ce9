"""Every figure of a trial's report, computed from one simulated trial as the report computed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from analysis.trial.cell import Cell, Found
from analysis.trial.loep import LOEP
from analysis.trial.nijmegen import NIJMEGEN
from analysis.trial.oss import OSS
from sim.trial.data import TrialData

__all__ = ["REPORTS", "cells", "months_needed"]

# Designs without a report of their own (a user's) are shown as the LOEP comparison shows them.
REPORTS: Mapping[str, tuple[Callable[[TrialData], Found], ...]] = MappingProxyType({"nijmegen": NIJMEGEN, "oss": OSS})


def cells(data: TrialData) -> dict[Cell, float]:
    """Return every figure of the report of a trial; NaN where nobody was left to compute it from."""
    return {cell: value for table in REPORTS.get(data.design, LOEP) for cell, value in table(data)}


def months_needed(design: str, months: int) -> tuple[int, ...]:
    """Return the months after the start in which the report's registers must be kept."""
    quarterly = range(0, months + 1, 3) if design == "nijmegen" else ()
    return tuple(sorted({0, *quarterly, *(month for month in (12, 16, 24, months) if month <= months)}))
