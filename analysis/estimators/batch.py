"""Least squares for many trials at once: the numbers of statsmodels, a hundred times sooner.

Regressors are centred on their mean (Frisch and Waugh: the constant goes out) and scaled, so that the Cholesky factor
of their products keeps nine digits and more. A trial whose factor says that its columns (nearly) depend on each other
is solved on its own by a singular value decomposition with the rank that statsmodels finds.

Errors: ``classical``; ``hc2`` (MacKinnon and White 1985); ``cluster``: the sandwich of Liang and Zeger (1986) with the
small-sample factor G/(G-1) (n-1)/(n-k), degrees G-1. For few clusters see `analysis.estimators.clusters`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Batch", "Errors", "least_squares", "p_values"]

Array = npt.NDArray[np.float64]
Errors = Literal["classical", "hc2", "cluster"]
# Diagonal of the Cholesky factor of unit columns: below it products of columns lose more digits than we promise.
_WELL = 1e-2
_LEVERAGE = 1e-10


@dataclass(frozen=True)
class Batch:
    """Coefficients of the wanted columns and their errors, [trials, outcomes, wanted]; NaN = cannot be told.

    `n` and `degrees` (of freedom): [trials, outcomes].
    """

    values: Array
    errors: Array
    n: npt.NDArray[np.int64]
    degrees: Array


def least_squares(
    x: Array,
    y: Array,
    wanted: npt.ArrayLike,
    *,
    errors: Errors = "classical",
    groups: npt.NDArray[np.int64] | None = None,
) -> Batch:
    """Return the regressions of every outcome on the regressors, trial by trial.

    Args:
        x: regressors without the constant, which is always there, shape [trials, n, k]. A row with a NaN is left out.
        y: outcomes, shape [trials, n, outcomes]; NaN: this person is left out for this outcome.
        wanted: columns of x whose coefficients are asked.
        errors: see the module.
        groups: cluster of each person, shape [trials, n], numbers from 0; only for ``cluster``.
    """
    columns = np.atleast_1d(np.asarray(wanted, dtype=np.int64))
    trials, _, many = y.shape
    values, spread = np.full((2, trials, many, len(columns)), np.nan)
    n = np.zeros((trials, many), dtype=np.int64)
    degrees = np.full((trials, many), np.nan)
    complete = np.asarray(~np.isnan(x).any(axis=2))
    known = np.asarray(~np.isnan(y) & complete[:, :, None])
    x = np.where(complete[:, :, None], x, 0.0)
    # Outcomes with the same people in every trial share one decomposition.
    patterns: dict[bytes, list[int]] = {}
    for outcome in range(many):
        patterns.setdefault(np.packbits(known[:, :, outcome]).tobytes(), []).append(outcome)
    for outcomes in patterns.values():
        there = known[:, :, outcomes[0]]
        found = _solve(x, np.where(there[:, :, None], y[:, :, outcomes], 0.0), there, columns, errors, groups)
        values[:, outcomes], spread[:, outcomes] = found.values, found.errors
        n[:, outcomes], degrees[:, outcomes] = found.n, found.degrees
    return Batch(values, spread, n, degrees)


def p_values(found: Batch) -> Array:
    """Return two-sided p-values against no effect, [trials, outcomes, wanted]; NaN where there is no error."""
    from scipy.special import stdtr

    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.abs(found.values) / np.where(found.errors > 0, found.errors, np.nan)
        p: Array = 2.0 * stdtr(found.degrees[..., None], -ratio)
    return p


def _solve(
    x: Array,
    y: Array,
    there: npt.NDArray[np.bool_],
    columns: npt.NDArray[np.int64],
    errors: Errors,
    groups: npt.NDArray[np.int64] | None,
) -> Batch:
    weight = there.astype(np.float64)[:, :, None]
    n = there.sum(axis=1)
    trials, _, k = x.shape
    some = np.maximum(n, 1)[:, None, None]
    x = (x - (x * weight).sum(axis=1, keepdims=True) / some) * weight
    y = (y - y.sum(axis=1, keepdims=True) / some) * weight
    size = np.sqrt(np.einsum("rnk,rnk->rk", x, x))
    unit = x / np.where(size > 0, size, 1.0)[:, None, :]
    gram = unit.transpose(0, 2, 1) @ unit
    good = (size > 0).all(axis=1) & (n > k + 1)
    inverse = np.zeros((trials, k, k))
    if good.any():
        lower, fine = _cholesky(gram[good])
        good[np.flatnonzero(good)[~fine]] = False
        root = np.linalg.solve(lower[fine], np.broadcast_to(np.eye(k), (int(fine.sum()), k, k)))
        inverse[good] = root.transpose(0, 2, 1) @ root
    scale = np.where(size > 0, size, 1.0)
    pinv = (inverse @ unit.transpose(0, 2, 1)) / scale[:, :, None]  # [trials, k, n]
    rank = np.full(trials, k)
    for trial in np.flatnonzero(~good & (n > 1)):
        rows = there[trial]
        u, s, vt = np.linalg.svd(x[trial, rows], full_matrices=False)
        # The rank with the constant, by the rule of NumPy's matrix_rank that statsmodels uses.
        full = np.linalg.matrix_rank(np.column_stack([np.ones(int(rows.sum())), x[trial, rows]]))
        kept = s[: full - 1]
        rank[trial] = full - 1
        pinv[trial] = 0.0
        pinv[trial][:, rows] = (vt[: full - 1].T / kept) @ u[:, : full - 1].T
    beta = pinv @ y
    rest = (y - x @ beta) * weight
    degrees = n - rank - 1.0
    enough = degrees > 0
    wanted = pinv[:, columns]  # [trials, wanted, n]
    if errors == "classical":
        variance = np.einsum("rno,rno->ro", rest, rest) / np.maximum(degrees, 1.0)[:, None]
        spread = variance[:, :, None] * np.einsum("rwn,rwn->rw", wanted, wanted)[:, None, :]
    elif errors == "hc2":
        leverage = np.einsum("rnk,rkn->rn", x, pinv) + weight[:, :, 0] / np.maximum(n, 1)[:, None]
        # Whoever is fitted exactly has no residual, and says nothing about the spread.
        free = np.where(1.0 - leverage > _LEVERAGE, 1.0 - leverage, np.inf)
        spread = np.einsum("rno,rwn->row", rest**2 / free[:, :, None], wanted**2)
    else:
        assert groups is not None
        spread, clusters = _sandwich(rest, wanted, groups, there)
        factor = clusters / np.maximum(clusters - 1.0, 1.0) * (n - 1.0) / np.maximum(degrees, 1.0)
        spread *= factor[:, None, None]
        degrees = clusters - 1.0
        enough &= clusters > 1
    values = beta[:, columns].transpose(0, 2, 1).copy()
    found = np.sqrt(np.maximum(spread, 0.0))
    values[~(n > rank)], found[~enough] = np.nan, np.nan
    shape = (trials, y.shape[2])
    return Batch(
        values, found, np.broadcast_to(n[:, None], shape).copy(), np.broadcast_to(degrees[:, None], shape).copy()
    )


def _cholesky(gram: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return the factors, and which of them may be trusted."""
    try:
        lower = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        lower = np.zeros_like(gram)
        for number, one in enumerate(gram):
            try:
                lower[number] = np.linalg.cholesky(one)
            except np.linalg.LinAlgError:
                continue
    fine = np.asarray(lower.diagonal(axis1=1, axis2=2).min(axis=1, initial=1.0) > _WELL)
    return np.asarray(lower, dtype=np.float64), fine


def _sandwich(
    rest: Array, wanted: Array, groups: npt.NDArray[np.int64], there: npt.NDArray[np.bool_]
) -> tuple[Array, Array]:
    """Return the sum over clusters of squared scores [trials, outcomes, wanted], and the clusters [trials]."""
    trials, _, many = rest.shape
    most = int(groups.max()) + 1
    score = np.einsum("rno,rwn->rnow", rest, wanted).reshape(trials, rest.shape[1], -1)
    code = (np.arange(trials)[:, None] * most + groups).ravel()
    size = trials * most
    sums = np.stack(
        [np.bincount(code, weights=score[:, :, place].ravel(), minlength=size) for place in range(score.shape[2])]
    )
    present = np.bincount(code, weights=there.ravel(), minlength=size).reshape(trials, most) > 0
    squares = (sums.reshape(score.shape[2], trials, most) ** 2).sum(axis=2)
    return squares.T.reshape(trials, many, wanted.shape[1]), present.sum(axis=1).astype(np.float64)
