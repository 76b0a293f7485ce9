"""The house's exponential in plain Python: the C library's differs in the last bit."""

from __future__ import annotations

# (2**f - 1) / f within f = +-1/2, lowest power first.
_COEFFICIENTS = (
    0.6931471805599453,
    0.2402265069581299,
    0.055504108664760424,
    0.009618129159402565,
    0.0013333558179042964,
    0.000154034558524499,
    1.5252686846361622e-05,
    1.3255224878378114e-06,
    1.0203121044278493e-07,
)


def exp(x: float) -> float:
    """e**x for x within +-40: x / ln 2 = whole + f, 2**f by a polynomial."""
    if x < -40.0:
        x = -40.0
    if x > 40.0:
        x = 40.0
    in_twos = x * 1.4426950408889634
    whole = round(in_twos)
    f = in_twos - whole
    c = _COEFFICIENTS
    f2 = f * f
    f4 = f2 * f2
    lowest = (1.0 + f * c[0]) + f2 * (c[1] + f * c[2])
    middle = (c[3] + f * c[4]) + f2 * (c[5] + f * c[6])
    return (lowest + f4 * (middle + f4 * (c[7] + f * c[8]))) * 2.0**whole


def logistic(x: float) -> float:
    """Chance from log-odds."""
    return 1.0 / (1.0 + exp(-x))


def left_after_a_month(half_life: float) -> float:
    """What is left after a month of something that halves every `half_life` months."""
    return exp(-0.6931471805599453 / half_life)


def between(low: float, x: float, high: float) -> float:
    """x kept within low .. high."""
    if x < low:
        return low
    if x > high:
        return high
    return x
