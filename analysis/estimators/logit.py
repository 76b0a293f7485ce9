"""Logit with predicted margins: the mean chance if everybody were in each arm (Oss 2020, table 3.1.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from analysis.estimators.frame import TrialFrame, sample
from analysis.estimators.linear import design_of
from analysis.estimators.result import LEVEL, Estimate, estimate_of
from analysis.estimators.specifications import covariates_of
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["estimate", "fit", "margins"]

_STEPS = 50


def estimate(
    data: TrialFrame | pd.DataFrame | Mapping[str, Any],
    outcome: str,
    treatment: object,
    *,
    control: object = "control",
    arm: str = "arm",
    specification: str = "raw",
    covariates: Sequence[str] | None = None,
    level: float = LEVEL,
) -> Estimate:
    """Return the difference of predicted margins (share points); error by the delta method.

    Raises:
        InputError: bad data, or an outcome that the covariates predict without error.
    """
    names = covariates_of(specification) if covariates is None else tuple(covariates)
    people = sample(data, outcome, treatment, control=control, arm=arm, covariates=names, binary=True)
    x = design_of(people)
    values, spread = fit(people.outcome, x, path=outcome)
    shares, slopes = margins(values, x, [1], [0, *range(1, 2 + people.others.shape[1])])
    slope = slopes[1] - slopes[0]
    error = float(np.sqrt(max(slope @ spread @ slope, 0.0)))
    return estimate_of("logit", people, float(shares[1] - shares[0]), error, level=level)


def margins(
    values: npt.NDArray[np.float64], x: npt.NDArray[np.float64], arms: Sequence[int], switches: Sequence[int]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the mean chance with all arm indicators off, then with each of `arms` on, and their slopes.

    Args:
        values: coefficients, shape [k].
        x: regressors, shape [n, k]; column 0 is the constant.
        arms: columns of the arms wanted.
        switches: columns of the constant and of all arm indicators.

    Returns:
        margins, shape [1 + arms]; slopes with respect to the coefficients, shape [1 + arms, k].
    """
    shares, slopes = [], []
    for on in (None, *arms):
        counterfactual = x.copy()
        for column in switches[1:]:
            counterfactual[:, column] = 1.0 if column == on else 0.0
        chance = 1.0 / (1.0 + np.exp(-np.clip(counterfactual @ values, -700, 700)))
        shares.append(chance.mean())
        slopes.append((chance * (1.0 - chance)) @ counterfactual / len(x))
    return np.array(shares), np.array(slopes)


def fit(
    y: npt.NDArray[np.float64], x: npt.NDArray[np.float64], *, path: str = "outcome"
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return coefficients [k] and covariance [k, k] of a logit by Newton's method.

    Equal to statsmodels; written out because calibration fits thousands.
    """
    values = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(x @ values, -30, 30)))
        weight = chance * (1.0 - chance)
        information = (x * weight[:, None]).T @ x
        step = np.linalg.pinv(information, hermitian=True) @ (x.T @ (y - chance))
        values += np.clip(step, -10.0, 10.0)
        if np.abs(step).max() < 1e-10:
            return values, np.asarray(np.linalg.pinv(information, hermitian=True), dtype=np.float64)
    allowed = Say(
        "an outcome that no arm and no covariate predicts without error",
        "een uitkomst die geen groep en geen kenmerk foutloos voorspelt",
    )
    raise InputError((Problem(path, "no convergence", allowed),))
