"""A population: columns by name for people who live in municipalities and have caseworkers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from sim.people.columns import STATES, TRAITS
from sim.problems import InputError, Problem, Say, nearest_name

__all__ = ["Population"]


@dataclass(frozen=True)
class Population:
    """People as a structure of arrays, shape [n] each, sorted by caseworker.

    Attributes:
        name: short name, e.g. ``nijmegen``.
        start: first day of month 1.
        person: stable ids >= 0, unique; the key of each person's luck.
        municipality: index into `municipalities`.
        caseworker: index of the assigned caseworker (>= 0, non-decreasing).
        arm: index into `arms` (published arms of a trial; one arm ``all`` otherwise).
        columns: traits (all of them) and starting values of states (any of them), by name.
        source: where the figures come from.
    """

    name: str
    start: date
    person: npt.NDArray[np.int64]
    municipality: npt.NDArray[np.int16]
    municipalities: tuple[str, ...]
    caseworker: npt.NDArray[np.int32]
    arm: npt.NDArray[np.int16]
    arms: tuple[str, ...]
    columns: Mapping[str, npt.NDArray[np.float64]]
    source: str = ""

    def __len__(self) -> int:
        return int(self.person.shape[0])

    def __getitem__(self, column: str) -> npt.NDArray[np.float64]:
        """Return a column; a state that was not given stands at its start value."""
        if column in self.columns:
            return self.columns[column]
        return np.full(len(self), STATES[column].start)

    @property
    def obstacles(self) -> npt.NDArray[np.float64]:
        """Number of the five impediments of the Nijmegen table 1 that a person has, shape [n]."""
        names = ("poor_dutch", "physical", "mental", "addiction", "low_education")
        total: npt.NDArray[np.float64] = np.stack([self.columns[name] for name in names]).sum(axis=0)
        return total

    def take(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> Population:
        """Return the population of the chosen rows (order kept; must stay sorted by caseworker)."""
        return replace(
            self,
            person=self.person[rows],
            municipality=self.municipality[rows],
            caseworker=self.caseworker[rows],
            arm=self.arm[rows],
            columns={name: values[rows] for name, values in self.columns.items()},
        )

    def check(self) -> None:
        """Refuse impossible people: every problem at once (column, number of rows, first row, allowed)."""
        problems: list[Problem] = []
        known = TRAITS | STATES
        problems += [
            Problem(f"{self.name}.{name}", "missing", Say("every trait", "elk kenmerk"))
            for name in TRAITS
            if name not in self.columns
        ]
        for name, values in self.columns.items():
            if name not in known:
                allowed = Say("a trait or a state", "een kenmerk of toestand")
                problems.append(Problem(f"{self.name}.{name}", name, allowed, nearest_name(name, known)))
                continue
            column = known[name]
            wrong = ~((values >= column.low) & (values <= column.high))
            if column.whole:
                wrong |= values != np.floor(values)
            if wrong.any():
                row = int(np.argmax(wrong))
                span = f"{column.low:g} .. {column.high:g} {column.unit}"
                shown = f"{values[row]:g} ({int(wrong.sum())} rows, first in row {row + 1})"
                problems.append(Problem(f"{self.name}.{name}", shown, Say(span, span)))
        if len(np.unique(self.person)) != len(self.person):
            problems.append(Problem(f"{self.name}.person", "repeated", Say("unique ids", "unieke nummers")))
        if len(self) and np.any(np.diff(self.caseworker) < 0):
            allowed = Say("sorted by caseworker", "gesorteerd op klantmanager")
            problems.append(Problem(f"{self.name}.caseworker", "not sorted", allowed))
        InputError.raise_if(problems)

    def digest(self) -> str:
        """Return a hash of everything that can change a result."""
        text = hashlib.sha256(f"{self.start}|{self.municipalities}|{self.arms}".encode())
        for values in (self.person, self.municipality, self.caseworker, self.arm):
            text.update(np.ascontiguousarray(values).tobytes())
        for name in sorted(self.columns):
            text.update(name.encode())
            text.update(np.ascontiguousarray(self.columns[name], dtype=np.float64).tobytes())
        return text.hexdigest()
