"""What a text of digits and marks means: the grammar of numbers, used by every reader of ours.

`62,50` and `62.50` are one number, `1.400,50` and `1,400.50` are another. A lone group of three (`1.400`, `100,000`)
has two readings; it is refused with both spelled out, unless the place says which mark is decimal: a guess would be
a factor 1000.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

__all__ = ["NOT_A_NUMBER", "decimal_mark", "parse", "toml_float", "toml_number"]

_LONGEST = 40
_MONEY = re.compile(r"^(€|EUR)\s*|\s*(€|EUR|euro)$", re.IGNORECASE)
_DASH = re.compile(r",[-–—]+$")
# One mark at most, of whichever kind; the last part may be empty ("400.") or the first (".5").
_PLAIN = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_GROUPS = {
    ".": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII),
}
_SPACED = re.compile(r"(?<=\d)[ \u00a0\u202f'_](?=\d{3}(?!\d))")
_LONE = re.compile(r"([+-]?)([1-9]\d{0,2})[.,](\d{3})", re.ASCII)
# What is said, in English and in Dutch, of a text that is no number at all.
NOT_A_NUMBER = ("a number", "een getal")


def parse(text: str, decimal: str = "") -> Decimal | tuple[str, str]:
    """Return the number in `text`, or what should have stood there (in English, in Dutch).

    Args:
        text: as somebody typed it; a euro sign and spaces between thousands are passed over.
        decimal: "," or "." when the place knows its decimal mark; the other mark then parts thousands.
    """
    word = _DASH.sub("", _MONEY.sub("", text.strip())).strip().replace("−", "-")
    if not word or len(word) > _LONGEST:
        return NOT_A_NUMBER
    word = _SPACED.sub("", word)
    lone = _LONE.fullmatch(word)
    if lone is not None and not decimal:
        sign, whole, rest = lone.groups()
        many, few = f"{sign}{whole}{rest}", f"{sign}{whole}.{rest[:2]}" + (rest[2] if rest[2] != "0" else "")
        # Three decimals of which the last counts can be written with a fourth: 1.2340 has one reading.
        few = few if len(few.split(".")[1]) == 2 else f"{few}0"
        return (
            f"one reading: write {many}, or {few} if the mark is a decimal one",
            f"één lezing: schrijf {many}, of {few.replace('.', ',')} als het teken een decimaalteken is",
        )
    for mark, pattern in _GROUPS.items():
        if mark != decimal and pattern.fullmatch(word):
            return _decimal(word.replace(mark, "").replace(",", "."))
    if not _PLAIN.fullmatch(word) or (decimal and {".": ",", ",": "."}[decimal] in word):
        return NOT_A_NUMBER
    return _decimal(word.replace(",", "."))


def _decimal(word: str) -> Decimal | tuple[str, str]:
    try:
        return Decimal(word)
    except InvalidOperation:
        return NOT_A_NUMBER


def decimal_mark(texts: Iterable[str]) -> str:
    """Return the decimal mark that the cells of one file agree on, or "" when they leave it open."""
    marks: set[str] = set()
    for text in texts:
        word = text.strip()
        if not _LONE.fullmatch(word) and re.fullmatch(r"[+-−]?(\d{1,3}(\.\d{3})+|\d*),\d+", word):
            marks.add(",")
        elif not _LONE.fullmatch(word) and re.fullmatch(r"[+-−]?(\d{1,3}(,\d{3})+|\d*)\.\d+", word):
            marks.add(".")
    return marks.pop() if len(marks) == 1 else ""


def toml_float(text: str) -> float | str:
    """Read a float of a user's TOML file; a lone group of three stays a text, so that its reader refuses it by place.

    TOML itself reads 1.400 as 1.4; somebody who writes `cap = 1.400` for 1400 would never know.
    """
    return text if _LONE.fullmatch(text) else float(text)


def toml_number(value: float, digits: str = "") -> str:
    """Return a number as it may stand in a file of ours (to `digits`, as ".12g"): never a lone group of three."""
    text = format(value, digits) if digits else repr(value)
    return f"{text}0" if _LONE.fullmatch(text) else text
