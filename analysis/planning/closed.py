"""Closed forms: two shares, ANCOVA, clusters, and the smallest effect that can be found; beside every simulated power.

Sources: Cohen (1988) for the arcsine form that statsmodels and G*Power use; Borm, Fransen and Lemmens (2007) for
ANCOVA; Donner and Klar (2000) for the design effect.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

__all__ = ["ancova_power", "arcsine_mde", "arcsine_n", "arcsine_power", "design_effect", "wald_power"]

Array = npt.NDArray[np.float64]


def wald_power(share: npt.ArrayLike, effect: float, treated: float, control: float, alpha: float = 0.05) -> Array:
    """Return the power of the two-sided Wald test of two shares, for every control share (average it over draws).

    Args:
        share: of the control group, any shape.
        effect: as a share; what would pass 0 or 1 stays there.
        treated, control: people.
        alpha: two-sided.
    """
    p0 = np.asarray(share, dtype=np.float64)
    p1 = np.clip(p0 + effect, 0.0, 1.0)
    error = np.sqrt(p1 * (1.0 - p1) / treated + p0 * (1.0 - p0) / control)
    return _normal(p1 - p0, error, alpha)


def ancova_power(
    effect: float, sd: float, correlation: float, treated: float, control: float, alpha: float = 0.05
) -> float:
    """Return the power of an outcome of standard deviation `sd` given a baseline that correlates with it."""
    error = sd * np.sqrt((1.0 - correlation**2) * (1.0 / treated + 1.0 / control))
    return float(_normal(np.asarray(effect), np.asarray(error), alpha))


def design_effect(people: float, correlation: float) -> float:
    """Return by how much a lot of clusters of so many people inflates the variance: 1 + (m - 1) rho."""
    return 1.0 + (people - 1.0) * correlation


def arcsine_power(first: float, second: float, n_first: float, n_second: float, alpha: float = 0.05) -> float:
    """Return the power of two shares by the arcsine form, two-sided."""
    distance = abs(_turned(second) - _turned(first))
    return float(_normal(np.asarray(distance), np.sqrt(1.0 / n_first + 1.0 / n_second), alpha))


def arcsine_mde(share: float, per_arm: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the smallest rise of a share that `per_arm` people find with this power; NaN when none does."""
    if arcsine_power(share, 1.0, per_arm, per_arm, alpha) < power:
        return float("nan")
    return float(brentq(lambda e: arcsine_power(share, share + e, per_arm, per_arm, alpha) - power, 1e-9, 1.0 - share))


def arcsine_n(share: float, effect: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return the people per arm that find this rise of a share with this power."""
    distance = abs(_turned(share + effect) - _turned(share))
    return float(2.0 * ((ndtri(1.0 - alpha / 2.0) + ndtri(power)) / distance) ** 2)


def _turned(share: float) -> float:
    return float(2.0 * np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0))))


def _normal(effect: Array, error: Array, alpha: float) -> Array:
    z = ndtri(1.0 - alpha / 2.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error > 0, effect / error, np.where(effect == 0, 0.0, np.inf * np.sign(effect)))
    found: Array = ndtr(ratio - z) + ndtr(-ratio - z)
    return found
