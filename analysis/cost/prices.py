"""What things cost: prices with date, source and flag, each of which can be replaced."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from scenarios.description.toml_file import read_toml
from sim.problems import InputError, Problem, Say, nearest_name, within
from sim.written_numbers import try_number

__all__ = ["FLAGS", "Price", "Prices", "default_prices", "read_prices"]

_FILE = Path(__file__).with_name("data") / "prices.toml"

FLAGS: dict[str, Say] = {
    "verified": Say("verified", "nagegaan"),
    "reported": Say("reported", "gerapporteerd"),
    "assumption": Say("assumption, not verified", "aanname, niet nagegaan"),
    "given": Say("given by you", "door u opgegeven"),
}
_KEYS = ("value", "unit", "low", "high", "least", "most", "date", "flag", "source", "en", "nl")


@dataclass(frozen=True)
class Price:
    """One price.

    Attributes:
        name: machine name.
        value, unit: what is reckoned with.
        low, high: a cheap and a dear reading, to show what hangs on it.
        least, most: what is accepted.
        date: of the price level.
        flag: one of `FLAGS`.
        source: where it comes from.
        text: what it is.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    least: float
    most: float
    date: date
    flag: str
    source: str
    text: Say

    @property
    def guessed(self) -> bool:
        """Whether it is an assumption: nobody's figure."""
        return self.flag == "assumption"


@dataclass(frozen=True)
class Prices:
    """All prices by name; ``prices["caseworker_hour"]`` is the value."""

    all: Mapping[str, Price]

    def __getitem__(self, name: str) -> float:
        return self.all[name].value

    def with_value(self, name: str, value: float) -> Prices:
        """Return the prices with another value for one of them, unchecked."""
        return Prices({**self.all, name: replace(self.all[name], value=value)})


@cache
def default_prices() -> Prices:
    """Return the prices that come with the program."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return Prices(
        {
            name: Price(
                name=name,
                text=Say(entry["en"], entry["nl"]),
                **{key: entry[key] for key in _KEYS if key not in ("en", "nl")},
            )
            for name, entry in table.items()
        }
    )


def read_prices(given: Sequence[str] = (), file: Path | None = None) -> Prices:
    """Return the prices, some replaced.

    Args:
        given: texts such as ``caseworker_hour=65``; they go before the file.
        file: a TOML file with ``name = value``, or tables ``[name]`` with `value` and, if wished, `date`,
            `source` and ``flag = "verified"`` or ``"reported"``.

    Raises:
        InputError: unknown names (with the nearest), no numbers, numbers out of bounds: all of them.
    """
    prices = dict(default_prices().all)
    problems: list[Problem] = []
    if file is not None:
        try:
            _, table = read_toml(file)
        except InputError as error:
            problems += error.problems
            table = {}
        for name, entry in table.items():
            _replace(prices, name, entry, f"{file.name}: {name}", problems)
    for text in given:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign:
            allowed = Say("name=value, as in caseworker_hour=65", "naam=waarde, zoals caseworker_hour=65")
            problems.append(Problem("--price", text, allowed))
            continue
        _replace(prices, name, value, f"--price {name}", problems)
    InputError.raise_if(problems)
    return Prices(prices)


def _replace(prices: dict[str, Price], name: str, entry: object, path: str, problems: list[Problem]) -> None:
    if name not in prices:
        listed = ", ".join(prices)
        allowed = Say(f"one of {listed}", f"één van {listed}")
        problems.append(Problem(path, name, allowed, nearest_name(name, prices)))
        return
    old = prices[name]
    table: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"value": entry}
    unknown = [key for key in table if key not in ("value", "date", "source", "flag")]
    problems += [
        Problem(f"{path}.{key}", key, Say("value, date, source or flag", "value, date, source of flag"))
        for key in unknown
    ]
    value = table.get("value")
    if isinstance(value, str):
        value = try_number(path, value, old.least, old.most, problems, old.unit)
        if value is None:
            return
    wrong = isinstance(value, bool) or not isinstance(value, int | float)
    if wrong or not old.least <= float(value or 0.0) <= old.most:
        problems.append(within(path, "missing" if value is None else value, old.least, old.most, old.unit))
        return
    problems += _wrong_words(table, path)
    when = table.get("date", old.date)
    assert isinstance(value, int | float)
    prices[name] = replace(
        old,
        value=float(value),
        date=when if isinstance(when, date) else old.date,
        flag=str(table.get("flag", "given")),
        source=str(table.get("source", "given on the command line" if "--" in path else path)),
    )


def _wrong_words(table: Mapping[str, Any], path: str) -> Iterable[Problem]:
    if "date" in table and not isinstance(table["date"], date):
        allowed = Say("a date, as in 2024-01-01", "een datum, zoals 2024-01-01")
        yield Problem(f"{path}.date", table["date"], allowed)
    if "flag" in table and table["flag"] not in FLAGS:
        listed = ", ".join(FLAGS)
        yield Problem(f"{path}.flag", table["flag"], Say(f"one of {listed}", f"één van {listed}"))
    if "source" in table and not isinstance(table["source"], str):
        yield Problem(f"{path}.source", table["source"], Say("a text", "een tekst"))
