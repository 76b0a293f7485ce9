"""The population laid out for the engine, shared by all jobs over the same people."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from sim.engine.layout import COUNTERS, LEVELS
from sim.engine.state import Levers
from sim.people.columns import STATES, TRAITS
from sim.people.population import Population
from sim.regime.schedule import LEVER_ROWS, Schedule

__all__ = ["Crowd"]

# Lever tables kept for jobs that share a schedule.
_TABLES = 64
# Up to this many people the starting states are kept ready to copy.
_SMALL = 20_000


class Crowd:
    """People as the engine reads them: traits in float32, ids and places as they are."""

    def __init__(self, population: Population) -> None:
        """Lay out the traits; nothing else is copied."""
        self.population = population
        self.size = len(population)
        self.traits = np.empty((len(TRAITS), self.size), dtype=np.float32)
        for number, name in enumerate(TRAITS):
            self.traits[number] = population[name]
        self.person = np.ascontiguousarray(population.person, dtype=np.int64)
        self.municipality = np.ascontiguousarray(population.municipality, dtype=np.int16)
        self.caseworker = np.ascontiguousarray(population.caseworker, dtype=np.int32)
        self.caseworkers = int(self.caseworker.max(initial=-1)) + 1
        self._levers: dict[int, tuple[Schedule, int, Levers]] = {}

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
        return np.bincount(self.municipality, weights=on, minlength=places).astype(np.float64)

    @cached_property
    def entries(self) -> list[list[float]]:
        """People by month of entry, for each municipality; index 0 is left at 0."""
        entry = self.population["entry_month"].astype(np.int64)
        counted = np.zeros((len(self.population.municipalities), int(entry.max(initial=0)) + 1))
        np.add.at(counted, (self.municipality, entry), entry > 0)
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
                target[number] = given[name] if name in given else STATES[name].start
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
