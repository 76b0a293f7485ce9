"""Several tests at once (Holm, Benjamini-Hochberg) and several looks (alpha spending of Lan and DeMets)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

__all__ = ["adjusted", "boundaries", "spent"]

Array = npt.NDArray[np.float64]
_GRID = 1201


def adjusted(p: Array, correction: str) -> Array:
    """Return p-values adjusted over the last axis; NaN (no test) takes no part.

    Args:
        p: p-values, shape [..., tests].
        correction: ``none``, ``holm`` (family-wise) or ``benjamini_hochberg`` (false discovery rate).
    """
    if correction == "none":
        return p
    many = np.asarray((~np.isnan(p)).sum(axis=-1, keepdims=True))
    order = np.argsort(p, axis=-1)  # NaN last
    ranked = np.take_along_axis(p, order, axis=-1)
    rank = np.arange(1, p.shape[-1] + 1)
    if correction == "holm":
        scaled = np.fmax.accumulate(ranked * np.maximum(many - rank + 1, 1), axis=-1)
    else:
        raised = ranked * many / rank
        scaled = np.fmin.accumulate(raised[..., ::-1], axis=-1)[..., ::-1]
    scaled = np.where(np.isnan(ranked), np.nan, np.minimum(scaled, 1.0))
    found = np.empty_like(p)
    np.put_along_axis(found, order, scaled, axis=-1)
    return found


def spent(share: float, alpha: float, spending: str) -> float:
    """Return the alpha that may be spent when `share` of the information is there (Lan and DeMets 1983)."""
    if spending == "pocock":
        return float(alpha * np.log(1.0 + (np.e - 1.0) * share))
    return float(2.0 - 2.0 * ndtr(ndtri(1.0 - alpha / 2.0) / np.sqrt(share)))


@lru_cache(maxsize=64)
def boundaries(looks: tuple[float, ...], alpha: float, spending: str) -> tuple[float, ...]:
    """Return the bounds on |z| at each look, two-sided, by integrating the path of z * sqrt(t) look by look.

    Args:
        looks: shares of the information, rising to 1.
        alpha, spending: see `spent`.
    """
    found: list[float] = []
    before, density, points, at = 0.0, np.array([1.0]), np.array([0.0]), 0.0
    for look in looks:
        allowed = spent(look, alpha, spending) - before
        step = np.sqrt(look - at)
        reach = 8.0 * np.sqrt(look)
        where = np.linspace(-reach, reach, _GRID)
        width = np.gradient(points) if len(points) > 1 else np.array([1.0])

        path = (points, density * width, step, np.sqrt(look))
        bound = float(brentq(_excess, 0.01, 9.0, args=(allowed, path))) if allowed > 1e-12 else 9.0
        found.append(bound)
        kernel = np.exp(-0.5 * ((where[:, None] - points[None, :]) / step) ** 2) / (step * np.sqrt(2.0 * np.pi))
        density = kernel @ (density * width)
        inside = np.abs(where) <= bound * np.sqrt(look)
        points, density, at = where[inside], density[inside], look
        before += allowed
    return tuple(found)


def _excess(bound: float, allowed: float, path: tuple[Array, Array, float, float]) -> float:
    """Return the chance to pass the bound at this look, coming from inside the bounds before, minus what is allowed."""
    points, weight, step, root = path
    edge = bound * root
    return float((weight * (ndtr((-edge - points) / step) + ndtr((points - edge) / step))).sum()) - allowed
