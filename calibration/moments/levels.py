"""Levels of groups: what a register or a survey finds, without comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.schema import Row
from calibration.moments.prepared import Prepared, arm_weights

__all__ = ["register_levels", "response_shares", "survey_levels", "withdrawal_shares"]

Array = NDArray[np.float64]


def register_levels(trial: Prepared, rows: Sequence[Row]) -> Array:
    """Return the mean of a register outcome in a group."""
    return np.array([_mean(trial, row, row.arm, trial.register(row)) for row in rows])


def survey_levels(trial: Prepared, rows: Sequence[Row]) -> Array:
    """Return the mean answer of a group in a wave."""
    return np.array([_mean(trial, row, row.arm, trial.survey(row, trial.wave(row))) for row in rows])


def withdrawal_shares(trial: Prepared, rows: Sequence[Row]) -> Array:
    """Return the share of a group that withdrew after assignment."""
    return np.array([_mean(trial, row, row.arm, trial.data.withdrawn.astype(float)) for row in rows])


def response_shares(trial: Prepared, rows: Sequence[Row]) -> Array:
    """Return the share of a group that answered; of who did not withdraw when the row counts those.

    A row with a comparator is the difference of the two shares.
    """
    found = []
    for row in rows:
        answered = trial.data.responded[trial.wave(row)].astype(float)
        if row.sample == "net_participants":
            answered = np.where(trial.data.withdrawn, np.nan, answered)
        value = _mean(trial, row, row.arm, answered)
        found.append(value - _mean(trial, row, row.comparator, answered) if row.comparator else value)
    return np.array(found)


def _mean(trial: Prepared, row: Row, group: str, values: Array) -> float:
    """Return the mean of who is known in a group; NaN when nobody is."""
    inside = arm_weights(row, trial.data, group)[trial.data.arm] > 0
    inside &= trial.people(row.subgroup, reference=True) & ~np.isnan(values)
    return float(values[inside].mean()) if inside.any() else float("nan")
