"""Tell parameter uncertainty and Monte Carlo error apart, in a table of draws by seeds.

Every draw of the parameters is run with the same seeds, so a replicate is
``y[d, k] = mean + A[d] + B[k] + E[d, k]``: A is what the parameters do (standard deviation ``parameter_sd``),
B the luck shared by all draws of one seed, E the rest of the luck. With pairs of replicates, half the mean
squared difference estimates without bias

* same draw, other seed:   var B + var E
* same seed, other draw:   var A + var E
* other draw, other seed:  var A + var B + var E

and the three variances follow by subtraction. In a full table this is the classical analysis of variance of
random effects (Searle, Casella and McCulloch, "Variance Components", 1992, chapter 4); with one-way data (no
shared luck, var B = 0) it is the one-way analysis. Replicates that failed (NaN) leave pairs out, and nothing
becomes biased. A negative estimate is set to zero only after every sum has been made.

The interval is meant to hold the expected outcome under one more draw of the parameters: parameter spread,
the error in the mean of the draws, and Monte Carlo error, with Student's t at Satterthwaite's degrees of
freedom.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

__all__ = ["Apart", "Parts", "decompose"]

Array = npt.NDArray[np.float64]


class Apart(IntEnum):
    """What the replicates can tell: which sources of uncertainty the interval holds."""

    NOTHING = 0  # fewer than two replicates: no interval at all
    MONTE_CARLO_ONLY = 1  # one draw: parameter uncertainty is not in the interval
    TOGETHER = 2  # one seed: both are in the interval and cannot be told apart
    BOTH = 3


@dataclass(frozen=True)
class Parts:
    """Mean and uncertainty, each of the shape of one replicate; NaN is what cannot be known.

    Attributes:
        mean: over all replicates that gave a number.
        low: lower end of the interval.
        high: upper end of the interval.
        monte_carlo_se: standard error of `mean` from the luck of the seeds alone.
        parameter_sd: standard deviation over the parameters of the expected outcome.
        parameter_variance: its square, not truncated (may be negative): unbiased.
        share_above: share of the draws whose mean over seeds is above zero.
        share_below: share of the draws whose mean over seeds is below zero.
        used: replicates that gave a number.
        apart: an `Apart` value.
    """

    mean: Array
    low: Array
    high: Array
    monte_carlo_se: Array
    parameter_sd: Array
    parameter_variance: Array
    share_above: Array
    share_below: Array
    used: npt.NDArray[np.int64]
    apart: npt.NDArray[np.int8]


def decompose(values: Array, level: float = 0.9) -> Parts:
    """Return the mean, the interval at `level` and the sources of uncertainty; `values` [draw, seed, ...]."""
    there = np.isfinite(values)
    by_draw, by_seed = there.sum(axis=1), there.sum(axis=0)
    used = by_draw.sum(axis=0)
    draws, seeds = (by_draw > 0).sum(axis=0), (by_seed > 0).sum(axis=0)
    # Deviations from one replicate, not from the mean: equal replicates then give a variance of exactly zero.
    first = _first(values, there)
    away = np.where(there, values - first, 0.0)

    all_pairs = _pairs(away, used[None], (0, 1))
    draw_pairs, seed_pairs = _pairs(away, by_draw, 1), _pairs(away, by_seed, 0)
    n_all, n_draw, n_seed = used * (used - 1), _ordered(by_draw), _ordered(by_seed)
    within = _ratio(draw_pairs, n_draw)
    other = _ratio(all_pairs - draw_pairs - seed_pairs, n_all - n_draw - n_seed)
    across = np.where(n_seed > 0, _ratio(seed_pairs, n_seed), other)
    apart = np.select(
        [used < 2, draws == 1, n_draw == 0], [Apart.NOTHING, Apart.MONTE_CARLO_ONLY, Apart.TOGETHER], Apart.BOTH
    )

    # One draw: only luck. One seed: everything together. Both: three variances by subtraction.
    both = apart == Apart.BOTH
    parameter = np.where(both, other - within, np.nan)
    luck_shared, luck_own = np.where(both, other - across, 0.0), np.where(both, within + across - other, 0.0)
    uneven_draw = _ratio((by_draw.astype(float) ** 2).sum(axis=0), used**2)
    uneven_seed = _ratio((by_seed.astype(float) ** 2).sum(axis=0), used**2)
    monte_carlo = np.where(both, luck_shared * uneven_seed + _ratio(luck_own, used), _ratio(within, used))
    monte_carlo = np.where(apart == Apart.TOGETHER, np.nan, np.maximum(monte_carlo, 0.0))
    total = _ratio(all_pairs, n_all)

    spread = np.maximum(parameter, 0.0) * (1.0 + uneven_draw)
    variance = np.select(
        [both, apart == Apart.MONTE_CARLO_ONLY, apart == Apart.TOGETHER],
        [spread + monte_carlo, monte_carlo, total * (1.0 + _ratio(np.ones(used.shape), used))],
        np.nan,
    )
    freedom = np.where(
        both, _freedom(variance, parameter, luck_shared, luck_own, draws, seeds), np.maximum(used - 1, 1)
    )
    half = stdtrit(freedom, 0.5 + level / 2.0) * np.sqrt(variance)
    mean = first + _ratio(away.sum(axis=(0, 1)), used)
    above, below = _shares(values, there, by_draw)
    return Parts(
        mean=mean,
        low=mean - half,
        high=mean + half,
        monte_carlo_se=np.sqrt(monte_carlo),
        parameter_sd=np.sqrt(np.maximum(parameter, 0.0)),
        parameter_variance=parameter,
        share_above=above,
        share_below=below,
        used=used.astype(np.int64),
        apart=apart.astype(np.int8),
    )


def _first(values: Array, there: npt.NDArray[np.bool_]) -> Array:
    flat = values.reshape(-1, *values.shape[2:])
    where = there.reshape(flat.shape).argmax(axis=0)
    chosen: Array = np.take_along_axis(flat, where[None], axis=0)[0]
    return chosen


def _pairs(away: Array, count: npt.NDArray[np.int64], axis: int | tuple[int, int]) -> Array:
    """Return half the squared differences over all ordered pairs within `axis`, summed."""
    squares, sums = (away**2).sum(axis=axis), away.sum(axis=axis)
    within = np.maximum(count * squares - sums**2, 0.0)
    total: Array = within.sum(axis=0)
    return total


def _ordered(count: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    pairs: npt.NDArray[np.int64] = (count * (count - 1)).sum(axis=0)
    return pairs


def _freedom(
    variance: Array,
    parameter: Array,
    luck_shared: Array,
    luck_own: Array,
    draws: npt.NDArray[np.int64],
    seeds: npt.NDArray[np.int64],
) -> Array:
    """Return Satterthwaite's degrees of freedom, never below those of the shorter side of the table."""
    d, k = np.maximum(draws, 2).astype(float), np.maximum(seeds, 2).astype(float)
    by_draw, by_seed = k * parameter + luck_own, d * luck_shared + luck_own
    a, b = (1.0 + 1.0 / d) / k, 1.0 / (d * k)
    noise = (
        (a * by_draw) ** 2 / (d - 1.0) + (a * luck_own) ** 2 / ((d - 1.0) * (k - 1.0)) + (b * by_seed) ** 2 / (k - 1.0)
    )
    least = np.minimum(d, k) - 1.0
    freedom = np.divide(variance**2, noise, out=least.copy(), where=noise > 0)
    clipped: Array = np.clip(freedom, least, 1e6)
    return clipped


def _shares(values: Array, there: npt.NDArray[np.bool_], by_draw: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    means = _ratio(np.where(there, values, 0.0).sum(axis=1), by_draw)
    known = (by_draw > 0).sum(axis=0)
    return _ratio((means > 0).sum(axis=0).astype(float), known), _ratio((means < 0).sum(axis=0).astype(float), known)


def _ratio(top: Array, bottom: npt.NDArray[np.int64]) -> Array:
    shape = np.broadcast(top, bottom).shape
    ratio: Array = np.divide(top, bottom, out=np.full(shape, np.nan), where=bottom > 0)
    return ratio
