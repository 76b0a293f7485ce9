"""Shrinkage of the effects of small groups: empirical Bayes within a family, spread not taken for known.

The estimate y_g of group g has a chance error of variance v_g (the luck of its people, and which people it
happens to hold). True effects are taken to differ between the groups of a family with spread tau around mu:

    y_g ~ N(theta_g, v_g),   theta_g ~ N(mu, tau^2)
    weight_g = tau^2 / (tau^2 + v_g)
    shrunk_g = mu + weight_g (y_g - mu)
    variance of shrunk_g = weight_g v_g + (1 - weight_g)^2 var(mu)

mu is the mean with weights 1 / (tau^2 + v_g). Few groups say little of tau, and to take one value of it for
known makes intervals too short; everything is therefore averaged over what the groups say of tau (mu and tau
flat beforehand; Gelman et al., "Bayesian Data Analysis", 2013, section 5.4). A small group is drawn to the
others; a large one keeps its own number. Uncertainty of the parameters is added by the caller: it moves all
groups together and is no reason to shrink.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Shrunk", "shrink"]

Array = npt.NDArray[np.float64]
_STEPS = 200


@dataclass(frozen=True)
class Shrunk:
    """Shrunk effects of one family; NaN where a group has no estimate.

    Attributes:
        effect, sd: of each group, shape [groups]; `sd` is what chance leaves.
        linear: ``effect = linear @ y`` for the groups that are known (0 for the others), shape
            [groups, groups]: the same drawing-in for every draw of the parameters.
        weight: of the group's own number (1 = not shrunk), shape [groups].
        tau: mean of what the groups say of the spread.
    """

    effect: Array
    sd: Array
    linear: Array
    weight: Array
    tau: float


def shrink(effect: Array, variance: Array) -> Shrunk:
    """Return the shrunk effects of the groups of one family; `effect` and `variance` of shape [groups]."""
    known = np.isfinite(effect) & np.isfinite(variance)
    nothing = np.full(effect.shape, np.nan)
    linear = np.zeros((len(effect), len(effect)))
    if not known.any():
        return Shrunk(nothing, nothing, linear, nothing, np.nan)
    y, v = effect[known], np.maximum(variance[known], 0.0)
    if len(y) == 1 or not v.any():
        found, sd, matrix, weight, tau = y, np.sqrt(v), np.eye(len(y)), np.ones(len(y)), np.nan
    else:
        found, sd, matrix, weight, tau = _averaged(y, v)
    whole = [nothing.copy() for _ in range(3)]
    for values, part in zip(whole, (found, sd, weight), strict=True):
        values[known] = part
    linear[np.ix_(known, known)] = matrix
    return Shrunk(whole[0], whole[1], linear, whole[2], tau)


def _averaged(y: Array, v: Array) -> tuple[Array, Array, Array, Array, float]:
    """Return effect, sd, linear form, weight and spread, averaged over a grid of tau."""
    most = 4.0 * max(float(y.std()), float(np.sqrt(v.mean())))
    tau = most * (np.arange(_STEPS) + 0.5) / _STEPS
    total = tau[:, None] ** 2 + v[None, :]
    precision = 1.0 / total
    sums = precision.sum(axis=1)
    share = precision / sums[:, None]
    mu = (share * y).sum(axis=1)
    fit = -0.5 * (np.log(total).sum(axis=1) + np.log(sums) + (precision * (y - mu[:, None]) ** 2).sum(axis=1))
    chance = np.exp(fit - fit.max())
    chance = chance / chance.sum()
    weight = tau[:, None] ** 2 * precision
    each = mu[:, None] + weight * (y - mu[:, None])
    spread = weight * v + (1.0 - weight) ** 2 / sums[:, None]
    found: Array = chance @ each
    sd: Array = np.sqrt(chance @ (spread + (each - found) ** 2))
    own: Array = chance @ weight
    linear: Array = np.diag(own) + np.einsum("t,tg,th->gh", chance, 1.0 - weight, share)
    return found, sd, linear, own, float(chance @ tau)
