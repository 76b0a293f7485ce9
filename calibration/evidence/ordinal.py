"""Findings told in words as likelihoods: how probable is this sign and this marker, given an effect.

The weakest reading of every statement: "significant" without a level means the ten percent level; "not
significant" means |t| below 1.645 with the sign that was told; where significance was not stated, only the
sign counts; "mostly positive" about several arms at once is right for this arm three times out of four.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.schema import MARKERS, Row

__all__ = ["Reading", "ordinal_log_likelihood", "read_finding"]

Array = NDArray[np.float64]
_TEN_PERCENT = MARKERS["p<0.10"][0]
# A statement about several arms says little about one: the share of arms it is taken to hold for.
_COLLECTIVE = 0.75


@dataclass(frozen=True)
class Reading:
    """The range of t = estimate / s.e. that a finding stands for.

    `truth` is the probability that the statement is about this quantity at all; otherwise it says nothing.
    """

    low: float
    high: float
    truth: float = 1.0


def read_finding(row: Row) -> Reading | None:
    """Return the weakest reading of a finding; None when it says nothing about its own sign or size."""
    window = _window(row)
    sign = row.sign
    if sign in ("positive", "mostly_positive"):
        reading = Reading(*window)
    elif sign in ("negative", "mostly_negative"):
        reading = Reading(-window[1], -window[0])
    elif sign == "zero":
        reading = Reading(-_TEN_PERCENT, _TEN_PERCENT)
    elif row.significant == "mostly_no":  # no sign of its own, but mostly not significant
        return Reading(-_TEN_PERCENT, _TEN_PERCENT, _COLLECTIVE)
    else:
        return None
    if sign.startswith("mostly") or row.use == "ordinal_weak" or row.significant == "mostly_no":
        return Reading(reading.low, reading.high, _COLLECTIVE)
    return reading


def ordinal_log_likelihood(
    effect: Array | float, error: Array | float, reading: Reading, *, bias: float = 0.0
) -> Array:
    """Return log P(sign and marker | effect, error), elementwise.

    Args:
        effect: true effect in the unit of the outcome, any shape.
        error: its standard error, broadcast against `effect`.
        reading: of `read_finding`.
        bias: added to the effect (an imbalanced control group).

    Returns:
        Never -inf: a probability below 1e-300 is cut there, so that a fit can climb out.
    """
    from scipy.special import ndtr

    centre = (np.asarray(effect, float) + bias) / np.asarray(error, float)
    upper, lower = reading.high - centre, reading.low - centre
    # by symmetry: subtract the two smaller tails, or both round to 1 and the difference is lost
    flip = lower > 0
    inside = np.where(flip, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower))
    untold = reading.truth * inside + (1.0 - reading.truth) * 0.5
    return np.asarray(np.log(np.maximum(untold, 1e-300)))


def _window(row: Row) -> tuple[float, float]:
    """Return the range of |t|: a printed level holds from its threshold upwards."""
    if row.marker in ("p<0.10", "p<0.05", "p<0.01"):
        return MARKERS[row.marker]
    if row.significant in ("no", "mostly_no") or row.marker == "n.s.":
        return (0.0, _TEN_PERCENT)
    return (0.0, math.inf)
