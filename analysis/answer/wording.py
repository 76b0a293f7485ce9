"""Numbers, times, amounts and people as they are said in a sentence, in both languages."""

from __future__ import annotations

import math

from analysis.answer.rounding import year_step
from analysis.effects.words import number

__all__ = ["capital", "count_word", "euros_a_year", "listed", "people", "period", "signed", "whole"]

_NL = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf")
_EN = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MILLION = 1_000_000.0


def count_word(count: int, lang: str) -> str:
    """Return a count in words up to twelve: for towns and years."""
    words = _NL if lang == "nl" else _EN
    return words[count] if 0 <= count < len(words) else number(count, 0, lang)


def whole(value: float, lang: str) -> str:
    """Return a whole number without sign."""
    return number(abs(value), 0, lang)


def signed(value: float, decimals: int, lang: str) -> str:
    """Return a number with its sign; zero has none."""
    return number(value, decimals, lang, signed=True)


def people(count: float, lang: str) -> str:
    """Return a number of people: 1 mens, 2 mensen."""
    one = round(count) == 1
    word = ("mens" if one else "mensen") if lang == "nl" else ("person" if one else "people")
    return f"{whole(count, lang)} {word}"


def period(months: int, lang: str) -> str:
    """Return a length of time: two years, 16 months."""
    if months % 12 == 0 and 0 < months <= 144:
        years = months // 12
        word = count_word(years, lang)
        return f"{word} jaar" if lang == "nl" else f"{word} year{'s' * (years > 1)}"
    one = months == 1
    word = ("maand" if one else "maanden") if lang == "nl" else ("month" if one else "months")
    return f"{months} {word}"


def euros_a_year(mean: float | None, low: float, high: float, lang: str) -> tuple[str, str]:
    """Return an amount and its range, positive: ("1.9 million euros", "1.5 to 2.4 million").

    The unit of the range stands once, at its end; ends are rounded outward.
    """
    if low < 0.0:
        raise ValueError("amounts are positive here; the sentence says which way")
    step = year_step((high - low) / 2.0)
    ends = [_outward(low, step, math.floor), _outward(high, step, math.ceil)]
    if ends[0] == 0.0 and low > 0.0:
        ends[0] = max(math.floor(low / 1000.0) * 1000.0, min(1000.0, low))
    to = " tot " if lang == "nl" else " to "
    first, last = (_amount(end, lang) for end in ends)
    if ends[0] >= _MILLION:
        first = first.removesuffix(_million(lang))
    unit = " euro" if lang == "nl" else " euros"
    middle = "" if mean is None else _amount(_nearest(mean, step), lang) + unit
    return middle, f"{first}{to}{last}"


def _outward(value: float, step: float, way: object) -> float:
    fine = 100_000.0 if value >= _MILLION else step
    eps = 1e-9 if way is math.floor else -1e-9
    found = (math.floor if way is math.floor else math.ceil)(value / fine + eps) * fine
    return float(found)


def _nearest(value: float, step: float) -> float:
    fine = 100_000.0 if value >= _MILLION else step
    return round(value / fine) * fine


def _million(lang: str) -> str:
    return " miljoen" if lang == "nl" else " million"


def _amount(value: float, lang: str) -> str:
    if value >= _MILLION:
        tenths = round(value / 100_000.0)
        return number(tenths / 10.0, 0 if tenths % 10 == 0 else 1, lang) + _million(lang)
    return number(value, 0, lang)


def listed(parts: list[str], lang: str) -> str:
    """Return parts with commas and a last "and"."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + (" en " if lang == "nl" else " and ") + parts[-1]


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    # In Dutch the accent of "één" goes when its letter is a capital: Eén.
    return "E" + text[1:] if text.startswith("één") else text[:1].upper() + text[1:]
