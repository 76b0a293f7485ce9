"""Look at every person of a run: what an observer keeps of each society, beside the means that every run keeps.

A run keeps means of groups. Who gains, and what it costs, are questions about persons: the same person under
common random numbers in two scenarios, month by month. An *observer* looks at the people at the end of every
month and keeps a few arrays of each society; people themselves are never stored. It is a part of the one
runner (`scenarios.execution.run`): threads, processes or a cluster do the work, what finished can be kept, and
the run comes out as any run does, with the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt

from sim.engine.job import check
from sim.engine.population_arrays import Crowd
from sim.engine.simulate import Job, Outcome, Record, Society
from sim.people.population import Population
from sim.setting import Setting

if TYPE_CHECKING:
    from scenarios.execution.plan import Plan

__all__ = ["Column", "InOrder", "Look", "Observation", "Observed", "Observer", "Together", "observed_society"]

Column = Callable[[str], npt.NDArray[np.float64]]
# What was kept of one society, by name.
Observation = Mapping[str, npt.NDArray[np.float64]]


class Look(Protocol):
    """Looks at the people of one society, month after month."""

    columns: tuple[str, ...]
    """Columns, work rows or measures that it reads."""

    def look(self, month: int, column: Column) -> None:
        """See the people at the end of `month` (1, 2, ...); `column` gives values of all people by name."""
        ...

    def kept(self) -> Observation:
        """Return what was kept, after the last month."""
        ...


class Observer(Protocol):
    """Gives a fresh look for every society; travels to worker processes, so it must pickle."""

    def open(self, job: Job, setting: Setting) -> Look:
        """Return what looks at the society of `job`."""
        ...


@dataclass(frozen=True)
class Observed:
    """What was kept of one (draw, seed): of every scenario, None where its replicate failed."""

    draw: int
    seed: int
    sides: tuple[Observation | None, ...]

    @property
    def whole(self) -> bool:
        """Whether no scenario failed."""
        return all(side is not None for side in self.sides)


@dataclass(frozen=True)
class Together:
    """Several observers of the same societies; the names of what they keep differ."""

    observers: tuple[Observer, ...]

    def open(self, job: Job, setting: Setting) -> Look:
        """Return the looks of all of them as one."""
        return _Looks([each.open(job, setting) for each in self.observers])


class _Looks:
    def __init__(self, looks: list[Look]) -> None:
        self._looks = looks
        self.columns: tuple[str, ...] = tuple(dict.fromkeys(name for each in looks for name in each.columns))

    def look(self, month: int, column: Column) -> None:
        for each in self._looks:
            each.look(month, column)

    def kept(self) -> Observation:
        return {name: values for each in self._looks for name, values in each.kept().items()}


class InOrder:
    """Hands observations on pair by pair, in the order of draws and seeds, whatever the order of the work.

    Sums over pairs are sums of floating-point numbers: only a fixed order gives the same bits for any number of
    workers. Tasks take the scenarios in turn, so that few pairs wait for each other in memory.
    """

    def __init__(self, plan: Plan, take: Callable[[Observed], None]) -> None:
        self._take, self._sides, self._seeds = take, len(plan.sides), len(plan.keys)
        self._waiting: dict[tuple[int, int], dict[int, Observation | None]] = {}
        self._next = (0, 0)

    def add(self, side: int, draw: int, seed: int, kept: Observation | None) -> None:
        """Take what was kept of one society, and hand on every pair that is complete and next."""
        self._waiting.setdefault((draw, seed), {})[side] = kept
        while len(self._waiting.get(self._next, ())) == self._sides:
            found = self._waiting.pop(self._next)
            self._take(Observed(*self._next, tuple(found[place] for place in range(self._sides))))
            draw, seed = self._next
            self._next = (draw, seed + 1) if seed + 1 < self._seeds else (draw + 1, 0)


def observed_society(
    population: Population,
    job: Job,
    setting: Setting,
    record: Record,
    observer: Observer,
    *,
    backend: Literal["compiled", "numpy"],
    crowd: Crowd,
) -> tuple[Outcome, Observation]:
    """Simulate one society month by month; return its outcome, as of any run, and what the observer kept."""
    look = observer.open(job, setting)
    seeing = replace(record, columns=look.columns)
    check(population, [job], setting, seeing)
    society = Society(population, job, setting, seeing, backend=backend, crowd=crowd)
    for month in range(1, setting.months + 1):
        society.run_to(month)
        held: Mapping[str, npt.NDArray[np.float64]] = _Once(society.column)
        look.look(month, held.__getitem__)
    return replace(society.outcome(), snapshots=np.zeros((0, 0, 0))), look.kept()


class _Once(dict[str, npt.NDArray[np.float64]]):
    """Columns of this month, each fetched once."""

    def __init__(self, fetch: Column) -> None:
        super().__init__()
        self._fetch = fetch

    def __missing__(self, name: str) -> npt.NDArray[np.float64]:
        self[name] = self._fetch(name)
        return self[name]
