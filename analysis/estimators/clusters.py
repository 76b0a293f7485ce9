"""Errors clustered by group (caseworker, village): what can be told, and a sentence where nothing can.

With one group in an arm nothing can: within an arm residuals add up to zero, so the error would be 0 whatever the data.
Few groups (fewer than 40) get the bias-reduced errors CR2 of Bell and McCaffrey (2002) with the degrees of freedom of
Satterthwaite (Pustejovsky and Tipton 2018); many get the usual sandwich with groups - 1 degrees.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from analysis.estimators.frame import Sample
from sim.problems import Say

__all__ = ["FEW", "clustered", "cr2"]

FEW = 40
# Below this many degrees of freedom the t distribution of Satterthwaite is known to be rough (same paper, section 4).
_ROUGH = 4.0
Floats = npt.NDArray[np.float64]


def clustered(people: Sample, x: Floats) -> tuple[float, float, list[Say]]:
    """Return the standard error of the second regressor, its degrees of freedom and what to say; NaN when untold.

    Args:
        people: the people compared, with `cluster`.
        x: regressors, constant and treatment first, shape [n, k].
    """
    import statsmodels.api as sm

    groups = np.unique(np.asarray(people.cluster, dtype=str), return_inverse=True)[1]
    control = (people.treated == 0) & (people.others.sum(axis=1) == 0)
    counts = [len(np.unique(groups[rows])) for rows in (people.treated == 1, control)]
    many = int(groups.max()) + 1
    if min(counts) < 2 or many < 3:
        note = Say(
            f"no interval: {counts[0]} groups with the treatment, {counts[1]} with the control (at least two each); "
            "one group's own way and the effect of its arm cannot be told apart",
            f"geen interval: {counts[0]} groepen met de behandeling, {counts[1]} met de controle (minstens twee elk); "
            "de eigen manier van één groep en het effect van de arm zijn niet te scheiden",
        )
        return math.nan, math.nan, [note]
    if many >= FEW:
        fitted = sm.OLS(people.outcome, x).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
        return float(fitted.bse[1]), float(many - 1), []
    error, degrees = cr2(people.outcome, x, groups, 1)
    if not (math.isfinite(error) and error > 0 and degrees >= 1.0):
        note = Say(
            f"no interval: {many} groups carry less than one degree of freedom for this effect",
            f"geen interval: {many} groepen geven voor dit effect minder dan één vrijheidsgraad",
        )
        return math.nan, math.nan, [note]
    rough = degrees < _ROUGH
    note = Say(
        f"{many} groups: errors CR2, {degrees:.1f} degrees of freedom"
        + (" (very few: the interval itself is rough)" if rough else ""),
        f"{many} groepen: fouten CR2, {degrees:.1f} vrijheidsgraden".replace(".", ",")
        + (" (heel weinig: het interval zelf is ruw)" if rough else ""),
    )
    return error, degrees, [note]


def cr2(y: Floats, x: Floats, groups: npt.NDArray[np.int64], column: int) -> tuple[float, float]:
    """Return the CR2 standard error of one coefficient and its Satterthwaite degrees of freedom.

    Args:
        y: outcome, shape [n].
        x: regressors of full rank, shape [n, k].
        groups: group of each row, 0 .. G-1, shape [n].
        column: the coefficient.

    The working model has independent errors of one variance: A_g = (I - H_gg)^(-1/2), and the degrees are
    (trace of Omega)^2 / trace of Omega^2 for the quadratic form of the estimated variance.
    """
    inverse = np.linalg.pinv(x.T @ x, hermitian=True)
    residuals = y - x @ (inverse @ (x.T @ y))
    contrast = x @ inverse[:, column]
    places = [np.flatnonzero(groups == group) for group in range(int(groups.max()) + 1)]
    score, vectors = 0.0, []
    for rows in places:
        leverage = np.eye(len(rows)) - x[rows] @ inverse @ x[rows].T
        values, basis = np.linalg.eigh((leverage + leverage.T) / 2.0)
        # A direction with no residual left carries no information on the variance: it gets weight 0.
        root = np.where(values > 1e-10, 1.0 / np.sqrt(np.maximum(values, 1e-300)), 0.0)
        weight = basis @ (root * (basis.T @ contrast[rows]))
        score += float(weight @ residuals[rows]) ** 2
        # (I - H)_g' A_g x_g M c, without the n by n matrix.
        vector = -x @ (inverse @ (x[rows].T @ weight))
        vector[rows] += weight
        vectors.append(vector)
    gram = np.stack(vectors) @ np.stack(vectors).T
    total = float((gram**2).sum())
    return math.sqrt(score), float(np.trace(gram)) ** 2 / total if total > 0 else 0.0
