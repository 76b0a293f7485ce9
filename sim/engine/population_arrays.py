"""The population laid out for the engine, shared by all jobs over the same people."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from sim.engine.layout import COUNTERS, LEVELS
from sim.engine.state import Levers
from sim.people.columns import STATES, TRAITS
from sim.people.population import Population
from sim.regime.schedule import LEVER_ROWS, Schedule

__all__ = ["Crowd", "Seats"]

Element = TypeVar("Element", bound=np.generic)

# Lever tables kept for jobs that share a schedule.
_TABLES = 64
# Up to this many people the starting states are kept ready to copy.
_SMALL = 20_000


class Seats(NamedTuple):
    """Who and where people are, in the order in which the engine takes them.

    Attributes:
        person, municipality, caseworker: as in the population.
        begin: row of the calendar of the first month that the person lives, never falling: 0 for the sitting stock;
            who enters later has the twelve settling months before the entry, as the stock has before month 1.
    """

    person: npt.NDArray[np.int64]
    municipality: npt.NDArray[np.int16]
    caseworker: npt.NDArray[np.int32]
    begin: npt.NDArray[np.int16]


class Crowd:
    """People as the engine reads them, in the order in which they begin: whoever has not begun costs nothing.

    Who begin together stand by group, so that a block of people seldom adds to more than one group's sums. Traits
    are in float32, ids and places as they are. `laid_out` brings values into this order, `places` finds them again.
    """

    def __init__(self, population: Population, groups: npt.NDArray[np.int16] | None = None) -> None:
        """Lay out the traits; nothing else is copied. `groups` are those that will be recorded, in any order right."""
        self.population = population
        self.size = len(population)
        later = (population["status"] > 2.5) & (population["entry_month"] > 1.0)
        # Month t stands in row t + 11 of the calendar; twelve rows earlier stands the first of twelve settling months.
        begin = np.where(later, population["entry_month"] - 1.0, 0.0).astype(np.int16)
        keys = [key for key in (groups, begin if later.any() else None) if key is not None and len(key)]
        order = np.lexsort(keys) if keys else None
        stays = order is None or bool((order[1:] > order[:-1]).all())
        self._order: npt.NDArray[np.intp] | None = None if stays else order
        self.traits = np.empty((len(TRAITS), self.size), dtype=np.float32)
        for number, name in enumerate(TRAITS):
            self.traits[number] = self.laid_out(population[name])
        self.seats = Seats(
            self.laid_out(population.person.astype(np.int64, copy=False)),
            self.laid_out(population.municipality.astype(np.int16, copy=False)),
            self.laid_out(population.caseworker.astype(np.int32, copy=False)),
            self.laid_out(begin),
        )
        self.caseworkers = int(population.caseworker.max(initial=-1)) + 1
        self._levers: dict[int, tuple[Schedule, int, Levers]] = {}

    def laid_out(self, values: npt.NDArray[Element]) -> npt.NDArray[Element]:
        """Return values of the people of the population, shape [n], in the order of the engine."""
        return np.ascontiguousarray(values if self._order is None else values[self._order])

    def places(self, people: Any = slice(None)) -> Any:
        """Return where the engine has `people` (rows of the population)."""
        return people if self._order is None else self._found[people]

    def fresh(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
        """Return starting states: what the population holds, else the column's start."""
        if self.size > _SMALL:
            return self._starting()
        levels, counters = self._template
        return levels.copy(), counters.copy()

    def levers(self, schedule: Schedule, months: int) -> Levers:
        """Return the lever table of a schedule, made once for all jobs that use it."""
        found = self._levers.get(id(schedule))
        if found is None or found[0] is not schedule or found[1] != months:
            if len(self._levers) >= _TABLES:
                self._levers.clear()
            found = self._levers[id(schedule)] = (schedule, months, _lever_table(schedule, months))
        return found[2]

    @cached_property
    def sitting(self) -> npt.NDArray[np.float64]:
        """People on benefit at the start, by municipality."""
        on = (self.population["status"] < 0.5).astype(np.float64)
        places = len(self.population.municipalities)
        return np.bincount(self.population.municipality, weights=on, minlength=places).astype(np.float64)

    @cached_property
    def _found(self) -> npt.NDArray[np.intp]:
        found = np.empty(self.size, dtype=np.intp)
        found[self._order] = np.arange(self.size)
        return found

    @cached_property
    def entries(self) -> list[list[float]]:
        """People by month of entry, for each municipality; index 0 is left at 0."""
        entry = self.population["entry_month"].astype(np.int64)
        counted = np.zeros((len(self.population.municipalities), int(entry.max(initial=0)) + 1))
        np.add.at(counted, (self.population.municipality, entry), entry > 0)
        found: list[list[float]] = counted.tolist()
        return found

    @cached_property
    def _template(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
        return self._starting()

    def _starting(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
        levels = np.empty((len(LEVELS), self.size))
        counters = np.empty((len(COUNTERS), self.size), dtype=np.float32)
        given = self.population.columns
        for target, names in ((levels, LEVELS), (counters, COUNTERS)):
            for number, name in enumerate(names):
                target[number] = self.laid_out(given[name]) if name in given else STATES[name].start
        return levels, counters


def _lever_table(schedule: Schedule, months: int) -> Levers:
    """Return the levers with a first row for the settling months: everybody under the background."""
    names = {name: number for number, name in enumerate(LEVER_ROWS)}
    plain = schedule.plan.base[0][schedule.plan.background]
    first = schedule.table[:1].copy()
    first[0, :, : plain.shape[1]] = plain
    for name, number in names.items():
        if name.startswith("bg_"):
            first[0, :, number] = first[0, :, names[name[3:]]]
    first[0, :, names["months_to_end"]] = 999.0
    first[0, :, names["since_start"]] = 999.0
    table = np.concatenate([first, schedule.table[:months]])
    changed = np.ones((len(table), table.shape[2]), dtype=np.int8)
    changed[1:] = (table[1:] != table[:-1]).any(axis=1)
    return Levers(np.ascontiguousarray(table.transpose(0, 2, 1)), changed)
