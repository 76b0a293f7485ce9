"""A simulated trial as a frame: the columns that the reports' specifications name, and its outcomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from analysis.estimators.frame import TrialFrame
from sim.trial.data import TrialData

__all__ = ["register_outcome", "survey_columns", "trial_columns", "trial_frame"]

Array = npt.NDArray[np.float64]


def register_outcome(
    data: TrialData, measure: str, month: int, *, cut_off: bool = False, wage_only: bool = False
) -> Array:
    """Return a register outcome, shape [n]; `wage_only` counts the self-employed as 0 (Nijmegen table 3)."""
    value = data.at(measure, month, cut_off=cut_off)
    return value * data.at("wage_work", month, cut_off=cut_off) if wage_only else value


def trial_columns(data: TrialData) -> dict[str, np.ndarray]:
    """Return arm, caseworker and covariates by name, shape [n] each."""
    known = data.covariates
    columns: dict[str, np.ndarray] = {
        "arm": np.array(data.arms, dtype=object)[data.arm],
        "caseworker": data.caseworker.astype(np.float64),
        **known,
    }
    children = known["youngest_child_age"] >= 0
    columns["household_type"] = known["household"] * 2.0 + children
    asked = data.responded[0] if len(data.responded) else np.zeros(len(data), dtype=bool)
    for reason in ("addiction", "physical", "mental"):
        columns[f"reason_{reason}"] = np.where(asked, known[reason], np.nan)
    health = next(
        (data.survey[name][0] for name in ("general_health", "subjective_health") if name in data.survey), None
    )
    columns["health_at_start"] = np.full(len(data), np.nan) if health is None else health
    return columns


def survey_columns(data: TrialData, wave: int, names: Sequence[str] | None = None) -> dict[str, Array]:
    """Return the answers of a wave by item and, after the first wave, their values at the start."""
    found: dict[str, Array] = {}
    for name in names or data.survey:
        found[name] = data.survey[name][wave]
        if wave > 0:
            found[f"{name}_at_start"] = data.survey[name][0]
    return found


def trial_frame(
    data: TrialData,
    outcomes: Mapping[str, Array] | None = None,
    *,
    wave: int | None = None,
    itt: bool = True,
    reference: bool = False,
) -> TrialFrame:
    """Return the people of a trial as columns.

    Args:
        data: one simulated trial.
        outcomes: outcomes by name, shape [n] each (`register_outcome`).
        wave: survey wave whose answers are added.
        itt: only those who belong to the analysis.
        reference: keep the reference group.
    """
    columns = trial_columns(data) | dict(outcomes or {})
    if wave is not None:
        columns |= survey_columns(data, wave)
    keep = data.in_itt.copy() if itt else np.ones(len(data), dtype=bool)
    if not reference:
        keep &= np.array([role != "reference" for role in data.roles])[data.arm]
    return TrialFrame({name: values[keep] for name, values in columns.items()})
