"""Random effects with weak priors, on a grid: what a few trials say of a mean, of their spread and of a new town.

theta_t ~ N(mu, tau^2),  mu ~ N(0, 10 points),  tau ~ half-normal(5 points); a number y_t ~ N(theta_t + b_t, s_t^2), a
finding in words P(low < t < high | theta_t + b_t) with the chance that it is told right, b_t ~ N(0, w_t^2) where the
groups of trial t differed. Sums over a grid of (mu, tau), no draws: equal input, equal output. The priors are those of
an effect that is small against 10 points and of towns that differ by some points; with two trials they decide a good
part of the width, which is why intervals stay wide.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

__all__ = ["MEAN_SD", "TAU_SCALE", "Evidence", "Synthesis", "synthesise"]

Array = NDArray[np.float64]
# Priors of effects on shares (10 and 5 points); other outcomes by their standard deviation over that of a share.
MEAN_SD, TAU_SCALE = 0.10, 0.05
_REACH, _STEPS, _SPREADS = 5.0, 401, 101


@dataclass(frozen=True)
class Evidence:
    """One trial: an estimate, or a range of t = estimate / error that was told in words.

    Attributes:
        error: standard error. estimate: None for words.
        low, high: range of t; truth: chance that the words hold for this quantity.
        bias: standard deviation of a shift because the groups differed (0: balanced).
    """

    error: float
    estimate: float | None = None
    low: float = -math.inf
    high: float = math.inf
    truth: float = 1.0
    bias: float = 0.0

    def likelihood(self, effect: Array, spread: Array | float = 0.0) -> Array:
        """Return how well effects with this spread of their own explain it, elementwise."""
        from scipy.special import ndtr

        sd = np.sqrt(np.square(spread) + self.error**2 + self.bias**2)
        if self.estimate is not None:
            return np.asarray(np.exp(-0.5 * np.square((self.estimate - effect) / sd)) / sd)
        inside = ndtr((self.high * self.error - effect) / sd) - ndtr((self.low * self.error - effect) / sd)
        return np.asarray(self.truth * inside + (1.0 - self.truth) * 0.5)


@dataclass(frozen=True)
class Synthesis:
    """Posterior weights on a grid of means and spreads, shape [means, spreads]; intervals at 90%."""

    means: Array
    spreads: Array
    weight: Array
    evidence: tuple[Evidence, ...]
    scale: float

    @property
    def mean(self) -> tuple[float, float, float]:
        """Mean effect with its interval: (mean, low, high)."""
        return _summary(self.means, self.weight.sum(axis=1))

    @property
    def tau(self) -> tuple[float, float, float]:
        """Spread between towns with its interval."""
        return _summary(self.spreads, self.weight.sum(axis=0))

    @property
    def above_zero(self) -> float:
        """Probability that the mean effect is above 0."""
        by_mean = self.weight.sum(axis=1)
        return float(by_mean[self.means > 0].sum() + 0.5 * by_mean[self.means == 0].sum())

    @cached_property
    def _new(self) -> Array:
        return _spread_out(self.means, self.spreads, self.weight)

    @property
    def new_town(self) -> tuple[float, float, float]:
        """Effect in a town that no trial was held in."""
        return _summary(self.means, self._new)

    def town(self, place: int) -> tuple[float, float, float]:
        """Effect in the town of one trial, its own finding and the others together."""
        others = synthesise([one for at, one in enumerate(self.evidence) if at != place], scale=self.scale)
        return _summary(self.means, others._new * self.evidence[place].likelihood(self.means))


def synthesise(evidence: Sequence[Evidence], *, scale: float = 1.0) -> Synthesis:
    """Return the synthesis of trials; `scale` multiplies both priors (1 for effects on shares)."""
    means = scale * MEAN_SD * np.linspace(-_REACH, _REACH, _STEPS)
    spreads = scale * TAU_SCALE * np.linspace(0.0, _REACH, _SPREADS)
    log = -0.5 * np.square(means / (scale * MEAN_SD))[:, None] - 0.5 * np.square(spreads / (scale * TAU_SCALE))
    for one in evidence:
        log = log + np.log(np.maximum(one.likelihood(means[:, None], spreads), 1e-300))
    weight = np.exp(log - log.max())
    weight[:, 0] *= 0.5  # the trapezium rule at tau = 0
    return Synthesis(means, spreads, weight / weight.sum(), tuple(evidence), scale)


def _spread_out(means: Array, spreads: Array, weight: Array) -> Array:
    """Return the mass of N(mu, tau^2), averaged over the grid, in the cells around `means`."""
    from scipy.special import ndtr

    step = float(means[1] - means[0])
    edges = step * (np.arange(2 * len(means)) - len(means) + 0.5)
    total = weight[:, 0].copy()
    for column, tau in enumerate(spreads[1:], start=1):
        kernel = np.diff(ndtr(edges / tau))
        total += np.convolve(weight[:, column], kernel)[len(means) - 1 : 2 * len(means) - 1]
    return np.asarray(total)


def _summary(values: Array, weight: Array) -> tuple[float, float, float]:
    """Return mean, 5% and 95% of values on a grid; each value stands for the cell around it."""
    share = weight / weight.sum()
    below = np.cumsum(share) - 0.5 * share
    low, high = np.interp([0.05, 0.95], below, values)
    return float(share @ values), float(low), float(high)
