"""What an estimator returns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.estimators.frame import Sample
from sim.problems import InputError, Say, within

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
        notes: what to know beside the number: who was left out, why there is no interval.
        covariates: what was controlled for or matched on.
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
    notes: tuple[Say, ...] = ()
    covariates: tuple[str, ...] = ()


def estimate_of(
    method: str,
    people: Sample,
    value: float,
    error: float,
    *,
    degrees: float = math.inf,
    level: float = LEVEL,
    notes: Sequence[Say] = (),
) -> Estimate:
    """Return an `Estimate` with interval and p-value from the t (or normal) distribution.

    An error that is not known (NaN) gives neither; nor does an outcome that is the same for everybody, in which
    rounding would pass for an error.
    """
    from scipy.special import ndtr, ndtri, stdtr, stdtrit

    if not 0.0 < level < 1.0:
        raise InputError((within("level", level, 0, 1),))
    told = [*people.notes, *notes]
    if np.ptp(people.outcome) == 0.0:
        value, error = 0.0, math.nan
        told.append(
            Say(
                f"{people.names[0]} is the same for everybody: no error, no interval, no p-value",
                f"{people.names[0]} is voor iedereen gelijk: geen fout, geen interval, geen p-waarde",
            )
        )
    tail = 0.5 + level / 2.0
    normal = math.isinf(degrees)
    reach = float(ndtri(tail) if normal else stdtrit(degrees, tail)) * error
    if error > 0.0:
        z = abs(value) / error
        p_value = float(2.0 * (ndtr(-z) if normal else stdtr(degrees, -z)))
    else:
        p_value = math.nan
    return Estimate(
        method,
        *people.names,
        value,
        error,
        value - reach,
        value + reach,
        p_value,
        *people.sizes,
        degrees,
        level,
        tuple(told),
        tuple(people.covariates),
    )
