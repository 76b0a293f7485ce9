"""Take typed values out of a table that somebody else wrote, and keep everything that is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from sim.files import writable
from sim.problems import Problem, Say, nearest_name, one_of, within
from sim.written_numbers import try_number

__all__ = ["NAME", "Fields", "whole_span"]

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_NAME_SAID = Say(
    "1 to 40 of a-z, 0-9, _ and -, starting with a letter or digit",
    "1 tot 40 van a-z, 0-9, _ en -, beginnend met een letter of cijfer",
)


def whole_span(low: int, high: int, unit: str = "") -> Say:
    """Return what is allowed: a whole number within bounds."""
    span = f"{low} .. {high}" + (f" {unit}" if unit else "")
    return Say(f"a whole number in {span}", f"een geheel getal van {span}")


class Fields:
    """A table being read; every problem goes to `problems`, every bad value reads as its default."""

    def __init__(self, data: object, path: str, keys: Collection[str], problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        if not isinstance(data, Mapping):
            self.wrong("", data, Say("a table", "een tabel"))
        for key in self.data:
            if key not in keys:
                self.problems.append(one_of(self.place(key), key, keys))

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def place(self, key: str) -> str:
        """Return where `key` stands, for problems."""
        return ".".join(part for part in (self.path, key) if part)

    def wrong(self, key: str, value: object, allowed: Say, nearest: str | None = None) -> None:
        """Keep a problem."""
        self.problems.append(Problem(self.place(key) or "scenario", value, allowed, nearest))

    def whole(self, key: str, low: int, high: int, default: int | None, unit: str = "") -> int | None:
        """Return a whole number within bounds."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(key, value, whole_span(low, high, unit))
            return default
        if not low <= value <= high:
            self.wrong(key, value if abs(value) < 10**18 else _short(value), whole_span(low, high, unit))
            return default
        return value

    def number(self, key: str, low: float, high: float, default: float, unit: str = "") -> float:
        """Return a finite number within bounds."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, str):
            read = try_number(self.place(key), value, low, high, self.problems, unit)
            return default if read is None else read
        good = not isinstance(value, bool) and isinstance(value, int | float) and math.isfinite(_short(value))
        if not good or not low <= value <= high:
            self.problems.append(within(self.place(key), value, low, high, unit))
            return default
        return float(value)

    def truth(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, value, Say("true or false", "true of false"))
            return default
        return value

    def text(self, key: str, default: str = "") -> str:
        """Return a text of at most 4,000 characters that every store, page and workbook can hold."""
        value = self.data.get(key, default)
        if not isinstance(value, str) or len(value) > 4000:
            self.wrong(key, value, Say("a text of at most 4000 characters", "een tekst van hoogstens 4000 tekens"))
            return default
        if not writable(value):
            self.wrong(key, ascii(value), Say("a text without control characters", "een tekst zonder stuurtekens"))
            return default
        return value

    def name(self, key: str, default: str) -> str:
        """Return a short name that can stand in a table and be a file name."""
        value = self.data.get(key, default)
        if not isinstance(value, str) or not NAME.fullmatch(value):
            self.wrong(key, value, _NAME_SAID)
            return default
        return value

    def choice(self, key: str, names: Collection[str], default: str) -> str:
        """Return one of `names`."""
        value = self.data.get(key, default)
        if not isinstance(value, str) or value not in names:
            self.problems.append(one_of(self.place(key), value, names))
            return default
        return value

    def names(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        """Return a list of different names out of `known`."""
        given = self.data.get(key, [])
        if not isinstance(given, list):
            self.wrong(key, given, Say('a list such as ["a", "b"]', 'een lijst zoals ["a", "b"]'))
            return ()
        found: list[str] = []
        for number, value in enumerate(given, start=1):
            if not isinstance(value, str) or value not in known:
                self.problems.append(one_of(f"{self.place(key)}[{number}]", value, known))
            elif value in found:
                self.wrong(f"{key}[{number}]", value, Say("each name once", "elke naam één keer"))
            else:
                found.append(value)
        return tuple(found)

    def day(self, key: str) -> date | None:
        """Return the first day of a month, or None when it is not given."""
        value = self.data.get(key)
        if isinstance(value, str):
            with suppress(ValueError):
                value = date.fromisoformat(value)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime) or value.day != 1:
            self.wrong(
                key, value, Say("the first day of a month, as 2018-01-01", "de eerste van een maand: 2018-01-01")
            )
            return None
        return value

    def say(self, key: str, default: str) -> Say:
        """Return a text in both languages: one text, or a table with `en` and `nl`."""
        value = self.data.get(key, default)
        if isinstance(value, Mapping):
            both = Fields(value, self.place(key), ("en", "nl"), self.problems)
            first = next((text for text in value.values() if isinstance(text, str)), default)
            return Say(both.text("en", first), both.text("nl", first))
        text = self.text(key, default)
        return Say(text, text)

    def tables(self, key: str) -> Iterator[tuple[str, object]]:
        """Yield the entries of a list of tables, each with its place."""
        given = self.data.get(key, [])
        if not isinstance(given, list):
            self.wrong(key, given, Say("a list of tables", "een lijst met tabellen"))
            return
        for number, entry in enumerate(given, start=1):
            yield f"{self.place(key)}[{number}]", entry

    def table(self, key: str) -> Mapping[str, Any]:
        """Return a table, empty when it is not given."""
        given = self.data.get(key, {})
        if not isinstance(given, Mapping):
            self.wrong(key, given, Say("a table", "een tabel"))
            return {}
        return given

    def needed(self, keys: Sequence[str]) -> None:
        """Keep a problem for each key that is missing."""
        for key in keys:
            if key not in self.data:
                near = nearest_name(key, self.data)
                self.wrong(key, "missing", Say(f"'{key}' must be given", f"'{key}' is verplicht"), near)


def _short(value: int | float) -> float:
    """Return the number as a float; one with hundreds of digits as infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf
