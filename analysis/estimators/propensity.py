"""Propensity-score matching: the chance of the treatment by logit, then matching on its log-odds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.estimators import logit
from analysis.estimators.frame import TrialFrame, sample
from analysis.estimators.matching import Target, match
from analysis.estimators.nearest_neighbour import check_matching
from analysis.estimators.result import LEVEL, Estimate, estimate_of
from analysis.estimators.specifications import covariates_of, matrix

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["estimate"]


def estimate(
    data: TrialFrame | pd.DataFrame | Mapping[str, Any],
    outcome: str,
    treatment: object,
    *,
    control: object = "control",
    arm: str = "arm",
    specification: str = "loep",
    covariates: Sequence[str] | None = None,
    target: Target = "att",
    neighbours: int = 1,
    correct_bias: bool = True,
    level: float = LEVEL,
) -> Estimate:
    """Return the matched effect of `treatment` against `control`; arguments as in `nearest_neighbour`.

    The error treats the score as known, which is on the safe side for the ATE (Abadie and Imbens 2016).
    """
    names = covariates_of(specification) if covariates is None else tuple(covariates)
    check_matching(target, neighbours, names)
    people = sample(data, outcome, treatment, control=control, arm=arm, covariates=names, only_two=True)
    x, _ = matrix(people.covariates, len(people.outcome))
    scaled = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    full = np.column_stack([np.ones(len(x)), scaled])
    values, _ = logit.fit(people.treated, full, path=arm)
    odds = (full @ values)[:, None]
    found = match(
        people.outcome,
        people.treated,
        odds,
        target=target,
        neighbours=neighbours,
        correct_on=scaled if correct_bias else None,
    )
    return estimate_of(f"propensity {target}", people, found.value, found.standard_error, level=level)
