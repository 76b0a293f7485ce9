"""One prior transform: a standard normal latent to a value and back, for drawing and for fitting alike.

The prior of a parameter is normal, lognormal or logit-normal around its median, truncated to its bounds. A
latent z is the normal score of the share of that truncated law below the value: z = 0 is its median, and z is
exactly N(0, 1) under the prior. Bounds hold for every z.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.mechanisms.base import Parameter

__all__ = ["EDGE", "half_normal", "half_normal_slope", "latent", "support", "value"]

Array = npt.NDArray[np.float64]
# Latents beyond this many standard deviations are held there: their shares are 0 or 1 to the last bit.
EDGE = 8.0


def value(each: Parameter, z: Array) -> Array:
    """Return the values of a parameter at latents of any shape (its quantile function); sd must be above 0."""
    from scipy.special import ndtr, ndtri

    centre, first, last = _law(each)
    share = ndtr(np.clip(np.asarray(z, dtype=np.float64), -EDGE, EDGE))
    step = ndtri(np.clip(first + share * (last - first), 1e-16, 1 - 1e-16))
    return np.asarray(np.clip(_back(each, centre + each.sd * step), each.low, each.high))


def latent(each: Parameter, values: Array) -> Array:
    """Return the latents of values (the cumulative law as a normal score), the inverse of `value`."""
    from scipy.special import ndtr, ndtri

    centre, first, last = _law(each)
    share = (ndtr((_to(each, np.asarray(values, dtype=np.float64)) - centre) / each.sd) - first) / (last - first)
    return np.asarray(np.clip(ndtri(np.clip(share, 1e-15, 1 - 1e-15)), -EDGE, EDGE))


def support(each: Parameter) -> float:
    """Return the probability that the untruncated prior gives to the bounds; 0 = no prior at all."""
    if not (each.low < each.high and each.low <= each.value <= each.high and np.isfinite(each.sd)):
        return 0.0
    _, first, last = _law(each)
    return float(last - first)


def half_normal(z: Array) -> Array:
    """Return the half-normal quantile of standard normal latents: smooth, rising, 0.67 at 0."""
    from scipy.special import ndtr, ndtri

    return np.asarray(-ndtri(0.5 * ndtr(-np.clip(z, -EDGE, EDGE))))


def half_normal_slope(z: Array) -> Array:
    """Return the derivative of `half_normal`."""
    z = np.clip(z, -EDGE, EDGE)  # beyond, the quantile is held too
    tau = half_normal(z)
    return np.asarray(0.5 * np.exp(0.5 * (np.square(tau) - np.square(z))))


def _law(each: Parameter) -> tuple[float, float, float]:
    """Return the centre on the scale on which the prior is normal, and the shares below both bounds."""
    from scipy.special import ndtr

    centre, low, high = (float(_to(each, np.float64(at))) for at in (each.value, each.low, each.high))
    return centre, float(ndtr((low - centre) / each.sd)), float(ndtr((high - centre) / each.sd))


def _to(each: Parameter, values: npt.ArrayLike) -> Array:
    at = np.asarray(values, dtype=np.float64)
    if each.law == "lognormal":
        return np.log(np.maximum(at, 1e-12))
    if each.law == "logit":
        share = np.clip((at - each.low) / (each.high - each.low), 1e-12, 1.0 - 1e-12)
        return np.asarray(np.log(share / (1.0 - share)))
    return at


def _back(each: Parameter, scaled: Array) -> Array:
    if each.law == "lognormal":
        return np.exp(scaled)
    if each.law == "logit":
        return np.asarray(each.low + (each.high - each.low) / (1.0 + np.exp(-scaled)))
    return scaled
