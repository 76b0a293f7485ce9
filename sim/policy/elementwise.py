"""Arithmetic that reads the same for a float, a NumPy array and a compiled loop, bit for bit.

Every rule and every mechanism is written with these few functions and with ``+ - * /`` and comparisons,
so that one text serves one household, a million at once (NumPy) and the compiled month. None of them
uses the C library: results are equal to the last bit on each path. Conditions are combined with ``&``
and ``|`` between comparisons, never with ``and`` or ``or``; there is no ``if``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["EXP_LIMIT", "clip", "exp", "floor", "half", "logistic", "maximum", "minimum", "round_cents", "where"]

# A float or an array of floats (or of truth values): one text serves both.
Element = Any

# Arguments of `exp` are clipped here: exp(40) = 2.4e17, beyond any odds that matter.
EXP_LIMIT = 40.0


def where(condition: Element, yes: Element, no: Element) -> Element:
    """Return `yes` where `condition` holds, else `no`. Both have been computed."""
    if isinstance(condition, np.ndarray):
        return np.where(condition, yes, no)
    return yes if condition else no


def floor(x: Element) -> Element:
    """Return the largest whole number not above `x`, as a float."""
    if isinstance(x, np.ndarray):
        return np.floor(x)
    return float(math.floor(x))


def minimum(a: Element, b: Element) -> Element:
    """Return the smaller of two."""
    return where(a < b, a, b)


def maximum(a: Element, b: Element) -> Element:
    """Return the larger of two."""
    return where(a > b, a, b)


def clip(x: Element, low: Element, high: Element) -> Element:
    """Return `x` kept within [low, high]."""
    return minimum(maximum(x, low), high)


def exp(x: Element) -> Element:
    """Return e to the power `x`, `x` clipped to ±EXP_LIMIT; relative error below 1e-12.

    exp(x) = exp(x / 256) ** 256: a Taylor polynomial of degree 10 and eight squarings.
    """
    z = clip(x, -EXP_LIMIT, EXP_LIMIT) * 0.00390625
    y = 1.0 + z * (1.0 / 9.0) * (1.0 + z * 0.1)
    y = 1.0 + z * 0.125 * y
    y = 1.0 + z * (1.0 / 7.0) * y
    y = 1.0 + z * (1.0 / 6.0) * y
    y = 1.0 + z * 0.2 * y
    y = 1.0 + z * 0.25 * y
    y = 1.0 + z * (1.0 / 3.0) * y
    y = 1.0 + z * 0.5 * y
    y = 1.0 + z * y
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    y = y * y
    return y * y


def half(half_life: Element) -> Element:
    """Return what is left after one month of something that halves every `half_life` months."""
    return exp(-0.6931471805599453 / half_life)


def logistic(x: Element) -> Element:
    """Return 1 / (1 + exp(-x)), a probability: above 0, and below 1 up to log-odds of 36."""
    return 1.0 / (1.0 + exp(-x))


def round_cents(euro: Element) -> Element:
    """Return an amount rounded half-up to the cent.

    The small addition absorbs the error of binary fractions (12.505 is 12.50499... in binary); it is far
    below the smallest distance that amounts in cents times rates of six decimals can have from half a cent.
    """
    return floor(euro * 100.0 + 0.5 + 1e-7) / 100.0
