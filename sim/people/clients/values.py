"""From the words in a client file to our numbers, each distinct word once; what cannot be read is a fault."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from sim.people.clients.mapping import ClientMapping, Source
from sim.people.clients.schemes import IMPORTABLE, fold
from sim.policy.number_text import parse
from sim.problems import Say

__all__ = ["FAULTS", "Converted", "convert", "offending", "shown"]

# fault -> what is allowed; the position is the number in `Converted.faults` (0 = no fault).
FAULTS: Mapping[str, Say] = {
    "": Say("", ""),
    "empty": Say("a value (or a 'blank' rule in the mapping)", "een waarde (of een 'blank'-regel in de koppeling)"),
    "not a number": Say("a number with the declared decimal mark", "een getal met het opgegeven decimaalteken"),
    "two readings": Say(
        'one reading: say decimal = "," or "." under [file]', 'één lezing: zet decimal = "," of "." onder [file]'
    ),
    "not a whole number": Say("a whole number", "een geheel getal"),
    "not a date": Say("a date in the declared format", "een datum in de opgegeven vorm"),
    "date after the reference date": Say("a date up to the reference date", "een datum tot de peildatum"),
    "unknown word": Say("a word of the value table", "een woord uit de waardetabel"),
    "not yes or no": Say("one of the declared yes and no words", "een van de opgegeven ja- en nee-woorden"),
    "out of bounds": Say("a possible value", "een mogelijke waarde"),
}
_NUMBER_OF = {name: number for number, name in enumerate(FAULTS)}

_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")

Answer = tuple[float, str]


@dataclass(frozen=True)
class Converted:
    """One column of a chunk: `values` [n] (NaN where faulty or to be drawn), `faults` [n], `capped` rows."""

    values: npt.NDArray[np.float64]
    faults: npt.NDArray[np.uint8]
    capped: int = 0


def convert(source: Source, cells: Mapping[str, Sequence[object]], mapping: ClientMapping, decimal: str) -> Converted:
    """Return one of our columns from the cells of a chunk."""
    if source.kind == "partner_and_children":
        return _household(source, cells, mapping, decimal)
    column = IMPORTABLE[source.target]
    parse = _parser(source, mapping, decimal)
    capped_word: dict[object, bool] = {}

    def answer(cell: object) -> Answer:
        if isinstance(cell, str) and fold(cell) in mapping.blank_words:
            if source.blank == "refuse":
                return math.nan, "empty"
            return (math.nan, "") if source.blank == "draw" else (float(source.blank), "")
        value, fault = parse(cell)
        if fault:
            return math.nan, fault
        if source.cap and value > column.high:
            capped_word[cell] = True
            return column.high, ""
        if not column.low <= value <= column.high:
            return math.nan, "out of bounds"
        if column.whole and value != math.floor(value):
            return math.nan, "not a whole number"
        return value, ""

    values, faults, firsts, inverse = _each(cells[source.columns[0]], answer)
    capped = np.asarray([capped_word.get(cell, False) for cell in firsts], dtype=bool)
    return Converted(values, faults, int(capped[inverse].sum()) if capped.any() else 0)


def offending(source: Source, cell: object, fault: str, mapping: ClientMapping, decimal: str) -> str:
    """Return what to show of a faulty cell: what it comes to when it could be read, `shown` otherwise."""
    if fault == "out of bounds" and source.kind in ("number", "date"):
        value, _ = _parser(source, mapping, decimal)(cell)
        return f"{value:.5g}"
    return shown(cell, fault)


def shown(cell: object, fault: str) -> str:
    """Return an offending cell as it may stand in a message: short, a pattern where it could name somebody.

    Words of a value table and small numbers stay; in other text 9 stands for a digit and x for a letter.
    """
    text = str(cell).strip()
    digits = sum(character.isdigit() for character in text)
    plain = fault in ("unknown word", "not yes or no", "out of bounds", "not a whole number") and digits < 6
    if not plain:
        text = "".join("9" if c.isdigit() else "x" if c.isalpha() else c for c in text)
    return text if len(text) <= 24 else text[:21] + "..."


def _each(
    cells: Sequence[object], answer: Callable[[object], Answer]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8], list[object], npt.NDArray[np.intp]]:
    import pandas as pd

    held = np.empty(len(cells), dtype=object)
    held[:] = cells
    inverse, firsts = pd.factorize(held)
    answers = [answer(cell) for cell in firsts]
    values = np.asarray([value for value, _ in answers], dtype=np.float64)
    faults = np.asarray([_NUMBER_OF[fault] for _, fault in answers], dtype=np.uint8)
    if not len(values):
        return np.empty(0), np.empty(0, np.uint8), [], np.empty(0, np.intp)
    return values[inverse], faults[inverse], list(firsts), inverse


def _parser(source: Source, mapping: ClientMapping, decimal: str) -> Callable[[object], Answer]:
    column = IMPORTABLE[source.target]

    def number(cell: object) -> Answer:
        value = _number(cell, decimal)
        if value is None:
            unclear = not decimal and any(_number(cell, mark) is not None for mark in ",.")
            return math.nan, "two readings" if unclear else "not a number"
        value = value * source.factor + source.offset
        # A spell of 2.5 years is 30 months; a converted count has no fraction of its own.
        return (float(math.floor(value + 1e-9)) if column.whole and source.factor != 1 else value), ""

    def word(cell: object) -> Answer:
        value = source.table.get(fold(_text(cell)))
        return (math.nan, "unknown word") if value is None else (value, "")

    def yes_no(cell: object) -> Answer:
        value = source.table.get(fold(_text(cell)))
        return (math.nan, "not yes or no") if value is None else (value, "")

    def day(cell: object) -> Answer:
        found = _date(_text(cell), source.formats)
        if found is None:
            return math.nan, "not a date"
        if found > mapping.reference:
            return math.nan, "date after the reference date"
        months = _months(found, mapping.reference)
        return (float(months) if column.unit == "months" else months / 12), ""

    parsers: dict[str, Callable[[object], Answer]] = {"number": number, "codes": word, "yes_no": yes_no, "date": day}
    return parsers[source.kind]


def _household(
    source: Source, cells: Mapping[str, Sequence[object]], mapping: ClientMapping, decimal: str
) -> Converted:
    """Partner -> couple; no partner and a child -> single parent; otherwise single."""
    flag = replace(source, target="male", kind="yes_no", columns=source.columns[:1])
    partner = convert(flag, cells, mapping, decimal)

    def children(cell: object) -> Answer:
        text = fold(_text(cell))
        if text in mapping.blank_words:
            return 0.0, ""
        count = _number(cell, decimal)
        if count is None:
            count = source.table.get(text)
        return (math.nan, "not a number") if count is None or not 0 <= count <= 30 else (count, "")

    count, wrong, _, _ = _each(cells[source.columns[1]], children)
    values = np.where(partner.values == 1, 2.0, np.where(count > 0, 1.0, 0.0))
    values[np.isnan(partner.values) | np.isnan(count)] = np.nan
    if not isinstance(source.blank, str):
        blank = np.isin([fold(_text(cell)) for cell in cells[source.columns[0]]], list(mapping.blank_words))
        values[blank] = source.blank
    return Converted(values, np.where(partner.faults > 0, partner.faults, wrong))


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _number(cell: object, decimal: str) -> float | None:
    if isinstance(cell, int | float):
        value = float(cell) if abs(cell) < 1e300 else math.inf
        return value if math.isfinite(value) else None
    number = parse(str(cell), decimal)
    return None if isinstance(number, tuple) else float(number)


def _date(text: str, formats: tuple[str, ...]) -> date | None:
    for one in (*formats, *_ISO):
        try:
            return datetime.strptime(text.strip(), one).date()
        except ValueError:
            continue
    return None


def _months(first: date, last: date) -> int:
    """Return whole calendar months from `first` to `last`."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
