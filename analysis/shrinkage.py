"""Shrinkage of the effects of small groups: empirical Bayes within a family of groups.

The estimate y_g of group g has a chance error of variance v_g (the luck of its people, and which people it
happens to hold). True effects are taken to differ between the groups of a family with variance tau2 around a
common mean mu:

    y_g ~ N(theta_g, v_g),   theta_g ~ N(mu, tau2)
    weight_g = tau2 / (tau2 + v_g)
    shrunk_g = mu + weight_g (y_g - mu)
    variance of shrunk_g = weight_g v_g + (1 - weight_g)^2 var(mu)

`tau2` solves sum_g (y_g - mu)^2 / (tau2 + v_g) = G - 1 (Paule and Mandel, 1982), zero when the groups differ
no more than chance makes them; mu is the mean with weights 1 / (tau2 + v_g). A small group is drawn to the
others; a large one keeps its own number. Uncertainty of the parameters is added by the caller: it moves all
groups together and is no reason to shrink. Source of the form: Efron and Morris (1975); Morris (1983).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Shrunk", "shrink"]

Array = npt.NDArray[np.float64]
_STEPS = 60


@dataclass(frozen=True)
class Shrunk:
    """Shrunk effects of one family; NaN where a group has no estimate.

    Attributes:
        effect, sd: of each group, shape [groups]; `sd` is what chance leaves.
        linear: ``effect = linear @ y`` for the groups that are known (0 for the others), shape
            [groups, groups]: the same drawing-in for every draw of the parameters.
        weight: of the group's own number (1 = not shrunk), shape [groups].
        mu, tau: mean and standard deviation of the true effects in the family.
    """

    effect: Array
    sd: Array
    linear: Array
    weight: Array
    mu: float
    tau: float


def shrink(effect: Array, variance: Array) -> Shrunk:
    """Return the shrunk effects of the groups of one family; `effect` and `variance` of shape [groups]."""
    known = np.isfinite(effect) & np.isfinite(variance)
    nothing = np.full(effect.shape, np.nan)
    if not known.any():
        return Shrunk(nothing, nothing, np.zeros((len(effect), len(effect))), nothing, np.nan, np.nan)
    y, v = effect[known], np.maximum(variance[known], 0.0)
    tau2 = _between(y, v)
    total = tau2 + v
    exact = total <= 0.0
    precision = np.where(exact, 0.0, 1.0 / np.where(exact, 1.0, total))
    certain = bool(exact.any())
    share = exact / exact.sum() if certain else precision / precision.sum()
    mu = float((share * y).sum())
    mu_variance = 0.0 if certain else float(1.0 / precision.sum())
    alone = exact | (len(y) < 2)
    weight = np.where(alone, 1.0, tau2 * precision)
    shrunk, sd = nothing.copy(), nothing.copy()
    kept = nothing.copy()
    shrunk[known] = mu + weight * (y - mu)
    sd[known] = np.sqrt(weight * v + (1.0 - weight) ** 2 * mu_variance)
    kept[known] = weight
    linear = np.zeros((len(effect), len(effect)))
    linear[np.ix_(known, known)] = np.diag(weight) + (1.0 - weight)[:, None] * share[None, :]
    return Shrunk(shrunk, sd, linear, kept, mu, float(np.sqrt(tau2)))


def _between(y: Array, v: Array) -> float:
    """Return the variance between groups by Paule and Mandel's equation, solved by halving."""
    if len(y) < 2:
        return 0.0

    def excess(tau2: float) -> float:
        total = tau2 + v
        if (total <= 0.0).any():
            return np.inf if np.ptp(y) > 0.0 else -1.0
        mu = (y / total).sum() / (1.0 / total).sum()
        return float(((y - mu) ** 2 / total).sum() - (len(y) - 1))

    if excess(0.0) <= 0.0:
        return 0.0
    low, high = 0.0, float(np.ptp(y) ** 2 + v.max())
    while excess(high) > 0.0:
        high *= 2.0
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    return 0.5 * (low + high)
