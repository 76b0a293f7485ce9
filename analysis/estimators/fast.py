"""Many regressions at once, for calibration: the same numbers as `linear` and `ancova`, without their cost.

One decomposition of the regressors serves every outcome with the same people; a baseline of its own for
each outcome (ANCOVA) is added by the Frisch-Waugh theorem.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Contrasts", "regress"]

Array = npt.NDArray[np.float64]
_TOLERANCE = 1e-11


@dataclass(frozen=True)
class Contrasts:
    """Coefficients and errors of the wanted columns, [outcomes, wanted]; `n`, `degrees`: [outcomes]."""

    values: Array
    errors: Array
    n: npt.NDArray[np.int64]
    degrees: npt.NDArray[np.int64]


def regress(outcomes: Array, x: Array, wanted: npt.ArrayLike, *, baselines: Array | None = None) -> Contrasts:
    """Return least-squares coefficients with classical errors of the columns `wanted`, for every outcome.

    Args:
        outcomes: shape [n, outcomes]; NaN = unknown (the person is left out for that outcome).
        x: regressors with a constant, shape [n, k]; may be collinear.
        wanted: columns of x.
        baselines: one further regressor per outcome, shape [n, outcomes]; unknown ones count as the mean of
            the known, with an indicator.
    """
    columns = np.asarray(wanted, dtype=np.int64)
    many = outcomes.shape[1]
    values, errors = np.full((2, many, len(columns)), np.nan)
    n, degrees = np.zeros((2, many), dtype=np.int64)
    known = ~np.isnan(outcomes)
    unknown = np.zeros_like(known) if baselines is None else np.isnan(baselines) & known
    patterns: dict[bytes, list[int]] = {}
    for number in range(many):
        key = np.packbits(known[:, number]).tobytes() + np.packbits(unknown[:, number]).tobytes()
        patterns.setdefault(key, []).append(number)
    for numbers in patterns.values():
        rows = known[:, numbers[0]]
        base = x[rows]
        missing = unknown[rows, numbers[0]]
        if missing.any() and not missing.all():
            base = np.column_stack([base, missing.astype(np.float64)])
        if len(base) <= base.shape[1]:
            continue
        pinv, q, rank = _decomposed(base)
        spread = np.einsum("ij,ij->i", pinv[columns], pinv[columns])
        for number in numbers:
            y = outcomes[rows, number]
            z = None
            if baselines is not None and not missing.all():
                z = baselines[rows, number]
                z = np.where(missing, z[~missing].mean() if missing.any() else 0.0, z)
            own, error, left = _one(y, z, base, pinv, q, rank, columns, spread)
            values[number], errors[number] = own, error
            n[number], degrees[number] = len(y), left
    return Contrasts(values, errors, n, degrees)


def _decomposed(x: Array) -> tuple[Array, Array, int]:
    """Return the pseudo-inverse, an orthonormal basis of the columns, and the rank."""
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    rank = int((s > s[0] * max(x.shape) * np.finfo(float).eps).sum())
    u, s, vt = u[:, :rank], s[:rank], vt[:rank]
    return (vt.T / s) @ u.T, u, rank


def _one(
    y: Array, z: Array | None, x: Array, pinv: Array, q: Array, rank: int, columns: npt.NDArray[np.int64], spread: Array
) -> tuple[Array, Array, int]:
    values = pinv @ y
    rest = y - q @ (q.T @ y)
    variance = spread
    if z is not None:
        apart = z - q @ (q.T @ z)
        apart -= q @ (q.T @ apart)
        size = float(apart @ apart)
        if size > _TOLERANCE * float(z @ z):
            slope = float(apart @ rest) / size
            along = pinv @ z
            values = values - slope * along
            rest = rest - slope * apart
            variance = spread + along[columns] ** 2 / size
            rank += 1
    left = len(y) - rank
    error = np.sqrt(np.maximum(float(rest @ rest) / max(left, 1) * variance, 0.0))
    return values[columns], error, left
