"""Read the tables of a TOML file and collect everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sim.problems import Problem, Say, one_of, within

__all__ = ["Checker"]


class Checker:
    """Takes values out of tables; what does not fit becomes one of `problems` and a neutral value."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def wrong(self, place: str, value: object, en: str, nl: str) -> None:
        """Add a problem at `place`."""
        self.problems.append(Problem(f"{self.name}:{place}", value, Say(en, nl)))

    def names(self, table: dict[str, Any], place: str, known: Iterable[str]) -> None:
        """Refuse keys that are not known."""
        for key in table:
            if key not in known:
                self.problems.append(one_of(f"{self.name}:{place}{key}", key, known))

    def table(self, top: dict[str, Any], key: str, known: Iterable[str]) -> dict[str, Any]:
        """Return a table, empty when it is none."""
        found = top.get(key, {})
        if not isinstance(found, dict):
            self.wrong(key, type(found).__name__, f"a table [{key}]", f"een tabel [{key}]")
            return {}
        self.names(found, f"{key}.", known)
        return found

    def text(self, table: dict[str, Any], place: str, among: Iterable[str] | None = None) -> str | None:
        """Return a short text, None when it is absent or wrong."""
        value = table.get(place.rsplit(".", 1)[1])
        if value is None:
            return None
        if not isinstance(value, str) or not value or len(value) > 200:
            self.wrong(place, value, "a short text", "een korte tekst")
            return None
        if among is not None and value not in among:
            self.problems.append(one_of(f"{self.name}:{place}", value, among))
            return None
        return value.strip() or value

    def whole(self, table: dict[str, Any], place: str, start: int, low: int, high: int) -> int:
        """Return a whole number in [low, high]."""
        value = table.get(place.rsplit(".", 1)[1], start)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.problems.append(within(f"{self.name}:{place}", value, low, high))
            return start
        return value

    def words(self, table: dict[str, Any], place: str, start: tuple[str, ...]) -> tuple[str, ...]:
        """Return a list of words."""
        value = table.get(place.rsplit(".", 1)[1], list(start))
        if not isinstance(value, list) or not all(isinstance(word, str | int) for word in value):
            self.wrong(place, value, "a list of words", "een lijst woorden")
            return start
        return tuple(str(word) for word in value)
