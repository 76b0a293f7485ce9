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

__all__ = [
    "EXP_LIMIT",
    "clip",
    "exp",
    "floor",
    "half",
    "logistic",
    "maximum",
    "minimum",
    "power_of_two",
    "round_cents",
    "where",
]

# A float or an array of floats (or of truth values): one text serves both.
Element = Any

# Arguments of `exp` are clipped here: exp(40) = 2.4e17, beyond any odds that matter.
EXP_LIMIT = 40.0

# 1.5 * 2**52: adding and taking it away again rounds to the nearest whole number, half to even.
ROUNDING = 6755399441055744.0

# Adding this to a whole number k writes k + 1023 in the lowest bits of the double: the exponent of 2**k.
EXPONENT = ROUNDING + 1023.0


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


def power_of_two(k: Element) -> Element:
    """Return 2 to the power `k`, exactly; `k` is whole and within ±1022."""
    if isinstance(k, np.ndarray):
        return ((k + EXPONENT).view(np.int64) << 52).view(np.float64)
    return math.ldexp(1.0, int(k))


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
    """Return e to the power `x`, `x` clipped to ±EXP_LIMIT; relative error below 4e-14.

    exp(x) = 2**k * 2**f with x / ln 2 = k + f, k whole and |f| <= 1/2. 2**f = 1 + f q(f); the polynomial q, of
    degree 8, meets (2**f - 1) / f in the nine Chebyshev points of that interval (the tests find its coefficients
    again). Powers are paired (Estrin): half as many steps wait for one another as in Horner's order.
    """
    t = clip(x, -EXP_LIMIT, EXP_LIMIT) * 1.4426950408889634
    k = t + ROUNDING - ROUNDING
    f = t - k
    f2 = f * f
    f4 = f2 * f2
    low = (1.0 + f * 0.6931471805599453) + f2 * (0.2402265069581299 + f * 0.055504108664760424)
    middle = (0.009618129159402565 + f * 0.0013333558179042964) + f2 * (
        0.000154034558524499 + f * 1.5252686846361622e-05
    )
    high = 1.3255224878378114e-06 + f * 1.0203121044278493e-07
    return (low + f4 * (middle + f4 * high)) * power_of_two(k)


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
