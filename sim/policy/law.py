"""The law as dated numbers: a step function per parameter and household, refused outside what is known."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from sim.policy.problems import InputError, Problem, Say, one_of

__all__ = ["DATA", "Law", "Parameter", "Row", "half_year", "load_law", "next_half_year"]

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Row:
    """One value of one parameter, from `valid_from` until the next row (or until `until`, not included).

    `verified` is "yes" (read in the law text or an official circular), "secondary" or "memory".
    `added` marks the few rows that this project added to the project source list.
    """

    valid_from: date
    value: float
    article: str
    source: str
    verified: str
    note: str = ""
    until: date | None = None
    added: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named number of the law for one household (or "any"), with all its rows in order of date.

    `renewed` tells how long a row may stand: "half-year" and "year" amounts are set anew each
    half-year or year, so a missing row is a gap; "change" rows stand until the next one.
    """

    name: str
    household: str
    about: str
    unit: str
    renewed: str
    planned: bool
    rows: tuple[Row, ...]

    def at(self, day: date, known_until: date) -> Row | None:
        """Return the row in force on `day`, or None when the law of that day is not known."""
        position = bisect_right(self.rows, day, key=lambda row: row.valid_from) - 1
        if position < 0 or day >= known_until:
            return None
        row = self.rows[position]
        if row.until is not None and day >= row.until:
            return None
        renewal = {"half-year": half_year(day), "year": date(day.year, 1, 1)}.get(self.renewed, date.min)
        return row if row.valid_from >= renewal else None


@dataclass(frozen=True)
class Law:
    """All parameters by (name, household)."""

    parameters: Mapping[tuple[str, str], Parameter]

    @cached_property
    def first(self) -> date:
        """The first day of which the norms are known."""
        return self.parameters["norm_21_to_pension", "single"].rows[0].valid_from

    @cached_property
    def until(self) -> date:
        """The day after the last known half-year."""
        return next_half_year(self.parameters["norm_21_to_pension", "single"].rows[-1].valid_from)

    @cached_property
    def breaks(self) -> tuple[date, ...]:
        """All days within the known range on which any value may change; between them nothing does."""
        days = {self.first}
        day = self.first
        while day < self.until:
            days.add(day)
            day = next_half_year(day)
        for parameter in self.parameters.values():
            for row in parameter.rows:
                days |= {edge for edge in (row.valid_from, row.until) if edge is not None}
        return tuple(sorted(day for day in days if self.first <= day < self.until))

    def parameter(self, name: str, household: str = "any", path: str = "parameter") -> Parameter:
        """Return the parameter for `household`, or for any household.

        Raises:
            InputError: no parameter has this name, or none for this household.
        """
        found = self.parameters.get((name, household)) or self.parameters.get((name, "any"))
        if found is None:
            names = {known for known, _ in self.parameters}
            households = {holder for known, holder in self.parameters if known == name}
            raise InputError([one_of(path, household, households) if households else one_of(path, name, names)])
        return found

    def row(self, name: str, household: str, day: date, path: str = "date") -> Row:
        """Return the row in force on `day`.

        Raises:
            InputError: the value on that day is not known; the message says what is.
        """
        parameter = self.parameter(name, household)
        row = parameter.at(day, self.until) if day >= self.first else None
        if row is None:
            known = ", ".join(f"{start} .. {end}" for start, end in self.known(name, household)) or "-"
            raise InputError(
                [
                    Problem(
                        path,
                        str(day),
                        Say(
                            f"a date on which {name} ({parameter.household}) is known: {known}",
                            f"een datum waarop {name} ({parameter.household}) bekend is: {known}",
                        ),
                    )
                ]
            )
        return row

    def value(self, name: str, household: str, day: date, path: str = "date") -> float:
        """Return the value in force on `day`; errors as in `row`."""
        return self.row(name, household, day, path).value

    def known(self, name: str, household: str = "any") -> list[tuple[date, date]]:
        """Return the periods (first day, last day) in which the value is known."""
        parameter = self.parameter(name, household)
        edges = [*self.breaks, self.until]
        spans: list[tuple[date, date]] = []
        for start, after in pairwise(edges):
            if parameter.at(start, self.until) is None:
                continue
            end = after - timedelta(days=1)
            if spans and spans[-1][1] + timedelta(days=1) == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        return spans


def half_year(day: date) -> date:
    """Return the first day of the half-year of `day`."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def next_half_year(day: date) -> date:
    """Return the first day of the half-year after that of `day`."""
    return date(day.year, 7, 1) if day.month < 7 else date(day.year + 1, 1, 1)


@cache
def load_law(folder: Path = DATA) -> Law:
    """Read all dated files of `folder`, once."""
    parameters: dict[tuple[str, str], Parameter] = {}
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["parameter"]:
            parameter = _parameter(entry)
            if (parameter.name, parameter.household) in parameters:
                raise ValueError(f"{path.name}: {parameter.name} ({parameter.household}) stands twice")
            parameters[parameter.name, parameter.household] = parameter
    return Law(parameters)


def _parameter(entry: Mapping[str, Any]) -> Parameter:
    rows = tuple(
        Row(
            valid_from=row["valid_from"],
            value=float(row["value"]),
            article=row.get("article", entry["article"]),
            source=str(row.get("source", entry["source"])).replace("{valid_from}", str(row["valid_from"])),
            verified=row["verified"],
            note=row.get("note", ""),
            until=row.get("until"),
            added=row.get("added", False),
        )
        for row in entry["rows"]
    )
    if [row.valid_from for row in rows] != sorted({row.valid_from for row in rows}):
        raise ValueError(f"{entry['name']} ({entry['household']}): rows out of order")
    return Parameter(
        name=entry["name"],
        household=entry["household"],
        about=entry["about"],
        unit=entry["unit"],
        renewed=entry["renewed"],
        planned=entry.get("planned", False),
        rows=rows,
    )
