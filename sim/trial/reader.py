"""Reads the values of a design's tables and collects what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sim.files import writable
from sim.problems import Problem, Say, one_of, within
from sim.regime.rules import read_condition, read_number
from sim.trial.design import Arm, Number, Term, Wave

__all__ = ["Reader"]

_LABELS: dict[str, tuple[str, ...]] = {"municipality": (), "arm": ()}
_TEXT = Say("a text", "een tekst")
_ROLES = ("treatment", "control", "reference")
_NUMBER = ("value", "sd", "kind", "source", "note", "locator")
_TERM = ("name", "of", "coefficient", "arms", "source", "kind", "note")
_ARM = ("name", "regime", "role", "text", "randomised", "itt", "withdrawn", "response", "source", "note", "locator")
_WAVE = ("start", "share", "newest", "reference_share", "source", "note")


class Reader:
    """Reads values and collects what is wrong with them."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.regimes: set[str] = set()

    def known(self, data: Mapping[str, Any], keys: Collection[str], place: str) -> None:
        """Keep every key that means nothing as a problem: a typing error would change the trial without a word."""
        self.problems += [one_of(f"{self.path}.{place}{key}", key, keys) for key in data if key not in keys]

    def table(self, data: Mapping[str, Any], key: str, keys: Collection[str]) -> Mapping[str, Any]:
        """Return a table of `keys`; empty when it is left out or wrong."""
        value = data.get(key, {})
        if isinstance(value, Mapping):
            self.known(value, keys, f"{key}.")
            return value
        self._wrong(key, value, Say("a table", "een tabel"))
        return {}

    def rows(self, data: Mapping[str, Any], key: str, place: str = "") -> list[Mapping[str, Any]]:
        """Return a list of tables."""
        value = data.get(key, [])
        if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
            return value
        self._wrong(place + key, value, Say("a list of tables", "een lijst van tabellen"))
        return []

    def text(self, data: Mapping[str, Any], key: str, otherwise: str, place: str = "") -> str:
        """Return a text."""
        value = data.get(key, otherwise)
        if isinstance(value, str) and writable(value):
            return value
        self._wrong(place + key, ascii(value) if isinstance(value, str) else value, _TEXT)
        return otherwise

    def say(self, data: Mapping[str, Any], key: str, otherwise: Say, place: str = "") -> Say:
        """Return a text in both languages."""
        value = data.get(key, otherwise._asdict())
        if isinstance(value, Mapping) and all(
            isinstance(value.get(lang), str) and writable(value[lang]) for lang in ("en", "nl")
        ):
            return Say(value["en"], value["nl"])
        self._wrong(place + key, value, Say("texts en and nl", "teksten en en nl"))
        return otherwise

    def truth(self, data: Mapping[str, Any], key: str, place: str = "") -> bool:
        """Return true or false; false when it is left out or wrong."""
        value = data.get(key, False)
        if isinstance(value, bool):
            return value
        self._wrong(place + key, value, Say("true or false", "true of false"))
        return False

    def choice(self, data: Mapping[str, Any], key: str, names: Any, place: str = "") -> str:
        """Return one of `names`; the first when it is wrong."""
        value = data.get(key)
        if value in names:
            return str(value)
        self.problems.append(one_of(f"{self.path}.{place}{key}", value if value else "missing", names))
        return str(next(iter(names)))

    def real(
        self,
        data: Mapping[str, Any],
        key: str,
        low: float,
        high: float,
        place: str = "",
        *,
        whole: bool = False,
        otherwise: float | None = None,
    ) -> float:
        """Return a number within bounds; `low` when it is wrong."""
        value = data.get(key, otherwise)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and low <= float(value) <= high and (not whole or float(value).is_integer()):
            return float(value)
        self.problems.append(within(f"{self.path}.{place}{key}", "missing" if value is None else value, low, high))
        return low

    def reals(
        self, data: Mapping[str, Any], key: str, low: float, high: float, place: str = "", *, whole: bool = False
    ) -> list[float]:
        """Return a list of numbers within bounds."""
        values = data.get(key, [])
        if not isinstance(values, list):
            self._wrong(place + key, values, Say("a list of numbers", "een lijst van getallen"))
            return []
        return [self.real({key: value}, key, low, high, place, whole=whole) for value in values]

    def many(self, data: Mapping[str, Any], key: str, place: str = "") -> list[Any]:
        """Return a list of anything."""
        values = data.get(key, [])
        if isinstance(values, list):
            return values
        self._wrong(place + key, values, Say("a list", "een lijst"))
        return []

    def day(self, data: Mapping[str, Any], key: str, place: str) -> date:
        """Return a date."""
        value = data.get(key)
        if isinstance(value, date):
            return value
        self._wrong(place + key, "missing" if value is None else value, Say("a date", "een datum"))
        return date(2018, 1, 1)

    def number(
        self, data: Mapping[str, Any], key: str, low: float, high: float, otherwise: Number, place: str = ""
    ) -> Number:
        """Return a number with its prior spread and source."""
        if key not in data:
            return otherwise
        row = data[key] if isinstance(data[key], Mapping) else {"value": data[key]}
        self.known(row, _NUMBER, f"{place}{key}.")
        return Number(
            self.real(row, "value", low, high, f"{place}{key}."),
            low,
            high,
            self.real(row, "sd", 0.0, 100.0, f"{place}{key}.", otherwise=0.0),
            self.text(row, "kind", "assumption", f"{place}{key}."),
            self.text(row, "source", "", f"{place}{key}."),
        )

    def conditions(self, data: Mapping[str, Any], key: str, place: str = "") -> tuple[str, ...]:
        """Return rules that are true or false."""
        values = data.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self._wrong(place + key, values, Say("a list of rules", "een lijst van regels"))
            return ()
        for number, value in enumerate(values, start=1):
            self.problems += read_condition(value, f"{self.path}.{place}{key}[{number}]", _LABELS)[1]
        return tuple(values)

    def terms(self, data: Mapping[str, Any], key: str, place: str = "") -> tuple[Term, ...]:
        """Return the terms of a score."""
        found = []
        for number, row in enumerate(self.rows(data, key, place), start=1):
            where = f"{place}{key}[{number}]."
            self.known(row, _TERM, where)
            of = self.text(row, "of", "missing", where)
            self.problems += read_number(of, f"{self.path}.{where}of", _LABELS)[1]
            moved = self.number(row, "coefficient", -10.0, 10.0, Number(0.0, -10.0, 10.0), where)
            arms = tuple(str(arm) for arm in self.many(row, "arms", where))
            found.append(Term(self.text(row, "name", f"term{number}", where), of, moved, arms))
        return tuple(found)

    def arm(self, row: Mapping[str, Any], index: int) -> Arm:
        """Return an arm."""
        place = f"arms[{index + 1}]."
        self.known(row, _ARM, place)
        name = self.text(row, "name", "missing", place)
        regime = self.text(row, "regime", "missing", place)
        if regime not in self.regimes:
            self.problems.append(one_of(f"{self.path}.{place}regime", regime, sorted(self.regimes)))
        size = int(self.real(row, "randomised", 1, 1_000_000, place, whole=True))
        return Arm(
            name,
            regime,
            self.choice(row, "role", _ROLES, place),  # type: ignore[arg-type]
            self.say(row, "text", Say(name, name), place),
            size,
            int(self.real(row, "itt", 1, 1_000_000, place, whole=True, otherwise=size)),
            int(self.real(row, "withdrawn", 0, 1_000_000, place, whole=True, otherwise=0)),
            tuple(self.reals(row, "response", 0.0, 1.0, place)),
            self.text(row, "source", "", place),
        )

    def wave(self, row: Mapping[str, Any], index: int) -> Wave:
        """Return a start wave."""
        place = f"waves[{index + 1}]."
        self.known(row, _WAVE, place)
        start = self.day(row, "start", place)
        if start.day != 1:
            self._wrong(f"{place}start", start, Say("the first of a month", "de eerste van een maand"))
        share = self.real(row, "share", 0.0, 1.0, place)
        return Wave(
            start,
            share,
            self.truth(row, "newest", place),
            self.real(row, "reference_share", 0.0, 1.0, place, otherwise=1.0 if index == 0 else 0.0),
        )

    def _wrong(self, key: str, value: object, allowed: Say) -> None:
        self.problems.append(Problem(f"{self.path}.{key}", value, allowed))
