"""Measures in words: their name, their unit, and how a number of them is written in each language."""

from __future__ import annotations

import math

from sim.outcomes.measures import HEADLINE, MEASURES
from sim.problems import Say

__all__ = [
    "HEADLINE",
    "PATHS",
    "amount",
    "bounds_of",
    "interval",
    "is_share",
    "name_of",
    "number",
    "spoken_unit",
    "unit_of",
]

# One measure per theme, for small multiples over time.
PATHS: tuple[str, ...] = ("on_benefit", "exit_work_ever", "hours_over_12", "income", "stress", "wellbeing")

_SHARES = ("0/1", "share")
_POINTS = Say("pp", "pp")
_UNITS: dict[str, Say] = {
    "months": Say("months", "maanden"),
    "hours/week": Say("hours/week", "uren/week"),
    "EUR": Say("EUR", "euro"),
    "EUR/month": Say("EUR/month", "euro/maand"),
    "per month": Say("per month", "per maand"),
    "contacts/month": Say("contacts/month", "contacten/maand"),
    "0..1": Say("scale 0 to 1", "schaal 0 tot 1"),
    "0..10": Say("scale 0 to 10", "schaal 0 tot 10"),
}


def name_of(measure: str, lang: str) -> str:
    """Return what a measure is called; an unknown one keeps its own name."""
    known = MEASURES.get(measure)
    text = known.text.to(lang) if known is not None else measure
    return text[:1].upper() + text[1:]


def is_share(measure: str) -> bool:
    """Whether the mean of a measure is a share of people."""
    known = MEASURES.get(measure)
    return known is not None and known.unit.startswith(_SHARES)


def bounds_of(measure: str) -> tuple[float, float]:
    """Return the lowest and highest value that the mean of a measure can have."""
    known = MEASURES.get(measure)
    unit = known.unit if known is not None else ""
    if is_share(measure) or unit == "0..1":
        return 0.0, 1.0
    return (0.0, 10.0) if unit == "0..10" else (-math.inf, math.inf)


def unit_of(measure: str, lang: str, *, difference: bool = False) -> str:
    """Return the unit in words: % or percentage points for shares."""
    if is_share(measure):
        return _POINTS.to(lang) if difference else "%"
    known = MEASURES.get(measure)
    unit = known.unit if known is not None else ""
    return _UNITS.get(unit, Say(unit, unit)).to(lang)


def number(value: float, decimals: int, lang: str, *, signed: bool = False) -> str:
    """Return a number as it is written in `lang`: decimal comma in Dutch, a real minus; '?' for unknown."""
    if not math.isfinite(value):
        return "?"
    text = f"{abs(value):,.{decimals}f}"
    if lang == "nl":
        text = text.translate(str.maketrans(",.", ".,"))
    zero = not any(digit in text for digit in "123456789")
    sign = "" if zero else "\N{MINUS SIGN}" if value < 0 else "+" if signed else ""
    return sign + text


def amount(value: float, measure: str, lang: str, *, difference: bool = False) -> str:
    """Return a value of `measure` with the decimals that suit its unit, shares as percentages; no unit."""
    factor, decimals = _scale(measure)
    return number(value * factor, decimals, lang, signed=difference)


def interval(low: float, high: float, measure: str, lang: str, *, difference: bool = False) -> str:
    """Return ``low to high``, or what says that there is no interval; one without zero shows that it is."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "geen" if lang == "nl" else "none"
    factor, decimals = _scale(measure)
    nearest = min(abs(low), abs(high)) * factor if low > 0 or high < 0 else math.inf
    while decimals < 6 and nearest < 0.5 * 10**-decimals:
        decimals += 1
    ends = [number(end * factor, decimals, lang, signed=difference) for end in (low, high)]
    return (" tot " if lang == "nl" else " to ").join(ends)


def spoken_unit(measure: str, lang: str) -> str:
    """Return the unit of a difference as it is said in a sentence."""
    if is_share(measure):
        return Say("percentage points", "procentpunt").to(lang)
    unit = unit_of(measure, lang)
    before = Say("on a ", "op een ").to(lang) if unit.startswith(("scale", "schaal")) else ""
    return before + unit.replace("scale", "scale of", 1) if before and lang != "nl" else before + unit


def _scale(measure: str) -> tuple[float, int]:
    if is_share(measure):
        return 100.0, 1
    known = MEASURES.get(measure)
    unit = known.unit if known is not None else ""
    if unit.startswith("EUR"):
        return 1.0, 0
    return 1.0, 3 if unit == "0..1" else 2
