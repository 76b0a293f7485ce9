"""Intention to treat by ordinary least squares: the linear probability models of the reports.

All arms are in one regression, each with its own indicator, so that they share the residual variance. Errors:
classical (the default, as the reports imply), robust (HC2) or clustered (by caseworker; see `clusters`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from analysis.estimators.clusters import clustered
from analysis.estimators.frame import Sample, TrialFrame, sample
from analysis.estimators.result import LEVEL, Estimate, estimate_of
from analysis.estimators.specifications import covariates_of, independent, matrix
from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["design_of", "estimate"]

Errors = Literal["classical", "robust", "cluster"]
_ERRORS = ("classical", "robust", "cluster")


def estimate(
    data: TrialFrame | pd.DataFrame | Mapping[str, Any],
    outcome: str,
    treatment: object,
    *,
    control: object = "control",
    arm: str = "arm",
    specification: str = "raw",
    covariates: Sequence[str] | None = None,
    cluster: str | None = None,
    errors: Errors | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Return the effect of being assigned to `treatment` rather than `control`.

    Args:
        data: one person per row (a simulated trial, or anybody's microdata).
        outcome: column of the outcome.
        treatment, control: values of the column `arm`.
        specification: ``raw``, ``basic``, ``loep`` or ``extra``; `covariates` (names of columns) replaces it.
        cluster: column of groups, such as the caseworker; errors are then clustered.
        errors: ``classical``, ``robust`` (HC2) or ``cluster``; by default clustered when `cluster` is given.
        level: coverage of the interval.

    Raises:
        InputError: everything that is wrong with names and data.
    """
    import statsmodels.api as sm

    chosen = errors or ("cluster" if cluster else "classical")
    problems = [one_of("errors", chosen, _ERRORS)] if chosen not in _ERRORS else []
    if chosen == "cluster" and not cluster:
        problems.append(Problem("cluster", "missing", Say("a column of groups", "een kolom met groepen")))
    InputError.raise_if(problems)
    names = covariates_of(specification) if covariates is None else tuple(covariates)
    people = sample(data, outcome, treatment, control=control, arm=arm, covariates=names, cluster=cluster)
    x = design_of(people)
    notes: list[Say] = []
    if chosen == "cluster":
        error, degrees, notes = clustered(people, x)
    else:
        fitted = sm.OLS(people.outcome, x).fit(**({} if chosen == "classical" else {"cov_type": "HC2", "use_t": True}))
        error, degrees = float(fitted.bse[1]), float(fitted.df_resid)
    return estimate_of(
        "linear" if covariates is not None else specification,
        people,
        float(np.linalg.lstsq(x, people.outcome, rcond=None)[0][1]),
        error,
        degrees=degrees,
        level=level,
        notes=notes,
    )


def design_of(people: Sample) -> npt.NDArray[np.float64]:
    """Return the regressors, shape [n, k]: constant, treatment, other arms, covariates that add to them."""
    n = len(people.outcome)
    covariates, _ = matrix(people.covariates, n)
    return independent(np.column_stack([np.ones(n), people.treated, people.others, covariates]))
