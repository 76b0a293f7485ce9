"""A figure of a report, and what every report needs to compute one from a simulated trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.estimators.specifications import covariates_of, matrix
from analysis.estimators.trial_frame import register_outcome, trial_columns
from sim.trial.data import TrialData

__all__ = [
    "WAVES",
    "WORK",
    "Cell",
    "Contrast",
    "Found",
    "contrasts",
    "control",
    "mean",
    "participants",
    "regressors",
    "signed_up",
    "treatments",
    "work",
]

Array = npt.NDArray[np.float64]
Found = Iterator[tuple["Cell", float]]
WAVES = ("m1", "m2", "m3", "m4")

# Register outcomes by their name in the evidence.
WORK: Mapping[str, str] = MappingProxyType(
    {
        "earnings_gt_70pct_wml": "wml_over_70",
        "hours_gt_27": "hours_over_27",
        "hours_gt_12": "hours_over_12",
        "hours_gt_8": "hours_over_8",
        "permanent_contract": "permanent",
    }
)


class Cell(NamedTuple):
    """Which figure of which table."""

    table: str
    outcome: str
    arm: str
    comparator: str = ""
    specification: str = "raw"
    when: str = ""
    subgroup: str = "all"
    sample: str = ""


class Contrast(float):
    """An effect that knows its standard error."""

    error: float

    def __new__(cls, value: float, error: float) -> Contrast:
        """Return the number with its error."""
        made = super().__new__(cls, value)
        made.error = error
        return made


def contrasts(
    table: str,
    outcome: str,
    arms: tuple[str, ...],
    comparator: str,
    values: Array,
    errors: Array,
    specification: str,
    when: str,
    *,
    third: bool,
) -> Found:
    """Give the effect of each arm against `comparator` and, with `third`, of the second against the first."""
    for place, arm in enumerate(arms):
        cell = Cell(table, outcome, arm, comparator, specification, when)
        yield cell, Contrast(float(values[place]), float(errors[place]))
    if third and len(arms) == 2:
        cell = Cell(table, outcome, arms[1], arms[0], specification, when)
        yield cell, float(values[1] - values[0])


def regressors(
    data: TrialData, who: npt.NDArray[np.bool_], arms: tuple[str, ...], specification: str | tuple[str, ...]
) -> Array:
    """Return constant, an indicator for each of `arms`, and covariates, shape [people, k]."""
    names = covariates_of(specification) if isinstance(specification, str) else specification
    columns = trial_columns(data)
    covariates, _ = matrix({name: columns[name][who] for name in names}, int(who.sum()))
    dummies = [1.0 * data.in_arm(arm)[who] for arm in arms]
    return np.column_stack([np.ones(int(who.sum())), *dummies, covariates])


def work(data: TrialData, month: int, *, wage_only: bool) -> Array:
    """Return the outcomes of `WORK` in a month, shape [n, outcomes]."""
    columns = [register_outcome(data, measure, month, cut_off=True, wage_only=wage_only) for measure in WORK.values()]
    return np.stack(columns, axis=1)


def participants(data: TrialData) -> tuple[str, ...]:
    """Return the arms whose people signed up."""
    return tuple(arm for arm, role in zip(data.arms, data.roles, strict=True) if role != "reference")


def treatments(data: TrialData) -> tuple[str, ...]:
    """Return the treated arms."""
    return tuple(arm for arm, role in zip(data.arms, data.roles, strict=True) if role == "treatment")


def control(data: TrialData) -> str:
    """Return the control arm; empty without one."""
    return next((arm for arm, role in zip(data.arms, data.roles, strict=True) if role == "control"), "")


def signed_up(data: TrialData) -> npt.NDArray[np.bool_]:
    """Return who is not of the reference group, shape [n]."""
    signed: npt.NDArray[np.bool_] = np.array([role != "reference" for role in data.roles])[data.arm]
    return signed


def mean(values: Array, who: npt.NDArray[np.bool_]) -> float:
    """Return the mean over some; NaN when there is nobody."""
    return float(values[who].mean()) if who.any() else float("nan")
