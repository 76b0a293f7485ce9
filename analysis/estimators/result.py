"""What an estimator returns."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sim.problems import InputError, within

__all__ = ["LEVEL", "Estimate", "estimate_of"]

LEVEL = 0.90


@dataclass(frozen=True)
class Estimate:
    """An effect with its error.

    Attributes:
        method: name of the estimator.
        outcome, treatment, control: what was compared.
        value: the effect, in units of the outcome.
        standard_error: its standard error.
        low, high: interval at `level`.
        p_value: two-sided, against no effect.
        n, n_treatment, n_control: people used.
        degrees: degrees of freedom of the t distribution (infinite: normal).
        level: coverage of the interval.
    """

    method: str
    outcome: str
    treatment: str
    control: str
    value: float
    standard_error: float
    low: float
    high: float
    p_value: float
    n: int
    n_treatment: int
    n_control: int
    degrees: float
    level: float = LEVEL


def estimate_of(
    method: str,
    names: tuple[str, str, str],
    value: float,
    error: float,
    sizes: tuple[int, int, int],
    *,
    degrees: float = math.inf,
    level: float = LEVEL,
) -> Estimate:
    """Return an `Estimate` with interval and p-value from the t (or normal) distribution."""
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    if not 0.0 < level < 1.0:
        raise InputError((within("level", level, 0, 1),))
    tail = 0.5 + level / 2.0
    normal = math.isinf(degrees)
    reach = float(ndtri(tail) if normal else stdtrit(degrees, tail)) * error
    if error > 0.0:
        z = abs(value) / error
        p_value = float(2.0 * (ndtr(-z) if normal else stdtr(degrees, -z)))
    else:
        p_value = math.nan
    return Estimate(method, *names, value, error, value - reach, value + reach, p_value, *sizes, degrees, level)
