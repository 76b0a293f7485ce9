"""Matching with bias correction: Abadie and Imbens (2006, 2011), ATT and ATE.

Each person is compared with the `neighbours` nearest people of the other arm, with replacement; ties share.
What differs within pairs is corrected by a regression of the outcome on the matched variables in the arm that
is imputed from. Distances: inverse variances (``nearest``), or the logit of the propensity (``propensity``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Matched", "Target", "match"]

Array = npt.NDArray[np.float64]
Target = Literal["att", "ate"]
_PIECE = 512


@dataclass(frozen=True)
class Matched:
    """The effect and its error; `uses` is how often a person serves as a match (weights summed)."""

    value: float
    standard_error: float
    uses: Array


def match(
    outcome: Array,
    treated: Array,
    distance_on: Array,
    *,
    target: Target = "att",
    neighbours: int = 1,
    correct_on: Array | None = None,
    spread_from: int | None = 2,
) -> Matched:
    """Return the matched effect.

    Args:
        outcome: shape [n].
        treated: 1 for the treated, shape [n].
        distance_on: variables of the distance, already scaled, shape [n, k].
        target: effect on the treated (``att``) or on all (``ate``).
        neighbours: matches per person.
        correct_on: variables of the bias correction, shape [n, m]; None = no correction.
        spread_from: neighbours of the same arm from which the outcome's own variance is estimated; None = no error
            (NaN), for whoever has the spread over many trials: its search takes three quarters of the time.

    The error is that of Abadie and Imbens (2006) for the effect in the population: the variance of pair
    effects plus the extra variance of people who are used more than once.
    """
    n = len(outcome)
    is_treated = treated > 0.5
    fits = {arm: _fit(outcome, correct_on, is_treated == arm) for arm in (True, False)}
    other, uses, squares = np.zeros((3, n))
    for arm in (True, False) if target == "ate" else (True,):
        pool = np.flatnonzero(is_treated != arm)
        for rows in _pieces(np.flatnonzero(is_treated == arm)):
            weights = _weights(distance_on[rows], distance_on[pool], neighbours)
            other[rows] = weights @ outcome[pool]
            if correct_on is not None:
                other[rows] += (correct_on[rows] - weights @ correct_on[pool]) @ fits[not arm]
            uses[pool] += weights.sum(axis=0)
            squares[pool] += (weights**2).sum(axis=0)
    gain = np.where(is_treated, outcome - other, other - outcome)
    noise = np.full(n, np.nan) if spread_from is None else _noise(outcome, is_treated, distance_on, spread_from)
    if target == "att":
        count = int(is_treated.sum())
        value = float(gain[is_treated].mean())
        between = float(((gain[is_treated] - value) ** 2).sum())
        reuse = float((noise * np.where(is_treated, 0.0, uses**2 - squares)).sum())
        return Matched(value, float(np.sqrt(np.maximum(between + reuse, 0.0))) / count, uses)
    value = float(gain.mean())
    between = float(((gain - value) ** 2).sum())
    reuse = float((noise * (uses**2 + 2.0 * uses - squares)).sum())
    return Matched(value, float(np.sqrt(np.maximum(between + reuse, 0.0))) / n, uses)


def _pieces(rows: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Return rows in pieces whose distances fit in memory."""
    return [rows[first : first + _PIECE] for first in range(0, len(rows), _PIECE)]


def _weights(people: Array, pool: Array, count: int, own: npt.NDArray[np.int64] | None = None) -> Array:
    """Return each person's weights on the pool, shape [people, pool]; ties at the last place share.

    `own`: where each person stands in the pool, [people]; nobody is a neighbour of oneself.
    """
    count = min(count, len(pool))
    # |a - b|^2 = |a|^2 + |b|^2 - 2ab: one product of matrices. What that loses in digits counts as a tie below.
    sizes = (people**2).sum(axis=1, keepdims=True), (pool**2).sum(axis=1)
    far = people @ pool.T
    far *= -2.0
    far += sizes[0]
    far += sizes[1]
    if own is not None:
        far[np.arange(len(people)), own] = np.inf
    reach = far.min(axis=1, keepdims=True) if count == 1 else np.partition(far, count - 1, axis=1)[:, count - 1 : count]
    slack = 1e-12 * (1.0 + sizes[0] + sizes[1].max())
    near = far < reach - slack
    tied = (far <= reach + slack) & ~near
    left = count - near.sum(axis=1, keepdims=True)
    weights: Array = (near + tied * (left / tied.sum(axis=1, keepdims=True))) / count
    return weights


def _fit(outcome: Array, correct_on: Array | None, rows: npt.NDArray[np.bool_]) -> Array:
    if correct_on is None:
        return np.zeros(0)
    x = np.column_stack([np.ones(int(rows.sum())), correct_on[rows]])
    return np.asarray(np.linalg.lstsq(x, outcome[rows], rcond=None)[0][1:], dtype=np.float64)


def _noise(outcome: Array, is_treated: npt.NDArray[np.bool_], on: Array, count: int) -> Array:
    """Return the conditional variance of each person's outcome, from the nearest people of the same arm.

    People at the same distance share, as they do in the effect: which of them comes first in the file is of no account.
    """
    spread = np.zeros(len(outcome))
    for arm in (True, False):
        pool = np.flatnonzero(is_treated == arm)
        most = min(count, len(pool) - 1)
        if most < 1:
            continue
        for rows in _pieces(np.arange(len(pool))):
            weights = _weights(on[pool[rows]], on[pool], most, own=rows)
            gap = outcome[pool[rows]] - weights @ outcome[pool]
            # A mean of neighbours with weights w has variance sum(w^2); two equal ones give the usual 2/3.
            spread[pool[rows]] = gap**2 / (1.0 + (weights**2).sum(axis=1))
    return spread
