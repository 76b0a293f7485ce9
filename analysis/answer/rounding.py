"""How a number is rounded before it is said: by how sure it is, ends outward, never to a false zero.

People per 1,000: to 10 when half the interval is 100 or more, to 5 from 20, else to 1. Euros a year: from a
million to one decimal of it, else to 100,000, 10,000 or 1,000 by half the interval.
"""

from __future__ import annotations

import math

from analysis.answer.measures import Form, Kind
from analysis.answer.triple import Span

__all__ = ["decimals_of", "plain", "rounded", "step_of", "two_digits", "year_step"]

# Half an interval of at least this is rounded to that, the coarsest first; the last is the finest of the form.
_STEPS: dict[Form, tuple[tuple[float, float], ...]] = {
    "people": ((100.0, 10.0), (20.0, 5.0), (0.0, 1.0)),
    "euros": ((100.0, 10.0), (20.0, 5.0), (0.0, 1.0)),
    "ten": ((0.2, 0.1), (0.0, 0.01)),
    "one": ((2.0, 1.0), (0.0, 0.1)),
    "other": ((0.2, 0.1), (0.0, 0.01)),
}


def step_of(half: float, form: Form) -> float:
    """Return to what a number is rounded whose interval is twice `half` wide, in the unit of the text."""
    return next(step for least, step in _STEPS[form] if half >= least)


def decimals_of(step: float) -> int:
    """Return how many decimals numbers of a step have."""
    return max(0, -math.floor(math.log10(step) + 1e-9))


def rounded(span: Span, kind: Kind) -> tuple[Span, int]:
    """Return an interval in the unit of the text, rounded by its own width, and its decimals."""
    wide = Span(*(value * kind.factor for value in (span.mean, span.low, span.high)))
    return _outward(wide, step_of(wide.half, kind.form), _STEPS[kind.form][-1][1])


def plain(span: Span, kind: Kind) -> tuple[Span, int]:
    """Return an interval in the unit of the text, to the finest step for people: what others printed."""
    wide = Span(*(value * kind.factor for value in (span.mean, span.low, span.high)))
    finest = _STEPS[kind.form][-1][1]
    step = finest if kind.form in ("people", "euros") else step_of(wide.half, kind.form)
    return Span(*(round(value / step) * step + 0.0 for value in (wide.mean, wide.low, wide.high))), decimals_of(step)


def _outward(span: Span, step: float, finest: float) -> tuple[Span, int]:
    low, high = math.floor(span.low / step + 1e-9) * step, math.ceil(span.high / step - 1e-9) * step
    used = step
    if (span.low > 0.0 >= low) or (span.high < 0.0 <= high):
        used = finest
        low = max(math.floor(span.low / finest + 1e-9) * finest, finest) if span.low > 0.0 else low
        high = min(math.ceil(span.high / finest - 1e-9) * finest, -finest) if span.high < 0.0 else high
    low, high = (low, max(high, low)) if span.low > 0.0 else (min(low, high), high)
    mean = min(max(round(span.mean / step) * step, low), high)
    if mean == 0.0 and not span.low <= 0.0 <= span.high:
        mean = low if low > 0.0 else high
    return Span(mean + 0.0, low + 0.0, high + 0.0), decimals_of(used)


def year_step(half: float) -> float:
    """Return to what euros a year below a million are rounded."""
    return 100_000.0 if half >= 100_000.0 else 10_000.0 if half >= 10_000.0 else 1_000.0


def two_digits(value: float) -> int:
    """Return a count of people to two digits."""
    if abs(value) < 100:
        return round(value)
    power: int = 10 ** (math.floor(math.log10(abs(value))) - 1)
    return round(value / power) * power
