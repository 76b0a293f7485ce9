"""Surveys: the outcome after the start given its value at the start (McKenzie 2012), and covariates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analysis.estimators import linear
from analysis.estimators.frame import TrialFrame, frame_of
from analysis.estimators.result import LEVEL, Estimate
from analysis.estimators.specifications import covariates_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["estimate"]


def estimate(
    data: TrialFrame | pd.DataFrame | Mapping[str, Any],
    outcome: str,
    treatment: object,
    *,
    baseline: str | None = None,
    control: object = "control",
    arm: str = "arm",
    specification: str = "loep",
    covariates: Sequence[str] | None = None,
    cluster: str | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Return the effect on a survey outcome, given its baseline.

    Args:
        baseline: column of the outcome at the start; `outcome` + "_at_start" when left out. People without
            a baseline stay in, with an indicator.
        data, outcome, treatment, control, arm, specification, covariates, cluster, level: as in `linear`.
    """
    names = covariates_of(specification) if covariates is None else tuple(covariates)
    own = baseline or f"{outcome}_at_start"
    return linear.estimate(
        frame_of(data),
        outcome,
        treatment,
        control=control,
        arm=arm,
        covariates=(*names, own),
        cluster=cluster,
        level=level,
    )
