"""The views, one file each; this is the list of all addresses."""

from __future__ import annotations

from app.studio.views import ask, budget, calibration, council, evidence, planning, runs
from app.studio.views.shared import State, View

__all__ = ["ROUTES", "State"]

ROUTES: tuple[tuple[str, View, str], ...] = (
    *ask.ROUTES,
    *budget.ROUTES,
    *council.ROUTES,
    *evidence.ROUTES,
    *calibration.ROUTES,
    *planning.ROUTES,
    *runs.ROUTES,
)
