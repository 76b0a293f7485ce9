"""The house's exponential in plain Python: the C library's differs in the last bit."""

from __future__ import annotations


def exp(x: float) -> float:
    """e**x for x within +-40: exp(x / 256) by its Taylor series in Horner form, squared eight times."""
    if x < -40.0:
        x = -40.0
    if x > 40.0:
        x = 40.0
    z = x * (1.0 / 256.0)
    # 1 + z/1 (1 + z/2 (1 + ... (1 + z/10))); each division is a product with the rounded reciprocal.
    inner = z * (1.0 / 9.0) * (1.0 + z * 0.1)
    for reciprocal in (0.125, 1.0 / 7.0, 1.0 / 6.0, 0.2, 0.25, 1.0 / 3.0, 0.5):
        inner = z * reciprocal * (1.0 + inner)
    value = 1.0 + z * (1.0 + inner)
    for _ in range(8):
        value = value * value
    return value


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
