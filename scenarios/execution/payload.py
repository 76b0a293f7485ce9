"""The work of a plan on its way to whoever does it: in memory, in a file, or by name and hash.

A worker of another process needs the people once, not with every task. Where it can draw the same people
itself it is told how (a few kilobytes) and proves by a hash that it has them; otherwise it gets them whole.
What was opened is kept for the tasks that follow.
"""

from __future__ import annotations

import hashlib
import pickle
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from scenarios.execution.plan import Plan
from sim.engine.population_arrays import Crowd
from sim.engine.simulate import Job, Record
from sim.people.population import Population
from sim.regime.schedule import Schedule
from sim.setting import Setting

__all__ = ["DifferentWorkError", "InMemory", "OnDisk", "Payload", "Rederived", "Work", "pack", "unpack", "work_of"]

# Works kept by a worker at once: two runs at a time on one cluster.
_KEPT = 2

_opened: OrderedDict[str, Work] = OrderedDict()
_lock = threading.Lock()


class DifferentWorkError(Exception):
    """A worker made other people, parameters or regimes out of the same words than those who asked."""


@dataclass(frozen=True)
class Work:
    """What is needed to simulate any replicate of a plan.

    Attributes:
        sides: per scenario its parameters [draws, P], its schedule per replicate, its setting.
        member: [groups, cells] 1 where the cell belongs to the group.
        keys: 64-bit key of each replicate.
        places: shifts of the municipality by name, each [draws].
    """

    population: Population
    sides: tuple[tuple[npt.NDArray[np.float64], tuple[Schedule, ...], Setting], ...]
    record: Record
    member: npt.NDArray[np.bool_]
    keys: tuple[int, ...]
    places: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    @cached_property
    def crowd(self) -> Crowd:
        """The people as the engine wants them, made once for all societies that are observed."""
        return Crowd(self.population)

    def jobs(self, side: int, pairs: tuple[tuple[int, int], ...]) -> list[Job]:
        """Return the societies of one scenario for (draw, seed) indices."""
        parameters, schedules, _ = self.sides[side]
        return [
            Job(parameters=parameters[draw], schedule=schedules[seed], seed=self.keys[seed], place=self._place(draw))
            for draw, seed in pairs
        ]

    def _place(self, draw: int) -> dict[str, npt.NDArray[np.float64]]:
        """Return the shifts of one draw: the same in every municipality of these people."""
        places = len(self.population.municipalities)
        return {name: np.full(places, shifts[draw]) for name, shifts in self.places.items()}

    def digest(self) -> str:
        """Return a hash of everything that can change a number."""
        text = hashlib.sha256(self.population.digest().encode())
        text.update(repr((self.record.series, self.record.n_groups, self.keys)).encode())
        arrays: list[Any] = [self.record.groups, self.member]
        for parameters, schedules, setting in self.sides:
            arrays += [parameters, setting.table]
            for schedule in {id(each): each for each in schedules}.values():
                arrays += [schedule.table, schedule.instance]
                text.update(repr(schedule.reassess and schedule.reassess.every).encode())
        for name, shifts in sorted(self.places.items()):
            text.update(name.encode())
            arrays.append(shifts)
        for array in arrays:
            text.update(f"{array.dtype.str}{array.shape}".encode())
            text.update(np.ascontiguousarray(array).tobytes())
        return text.hexdigest()


class Payload(Protocol):
    """Something that opens into the work."""

    def open(self) -> Work:
        """Return the work, from memory when this worker opened it before."""
        ...


@dataclass(frozen=True)
class InMemory:
    """The work itself: for threads, and for a cluster that carries it once to each worker."""

    work: Work

    def open(self) -> Work:
        """Return the work."""
        return self.work


@dataclass(frozen=True)
class OnDisk:
    """The work in a file of this machine, for its other processes."""

    path: str
    key: str

    def open(self) -> Work:
        """Return the work; the file is read once."""
        return _once(self.key, lambda: unpack(Path(self.path).read_bytes()).work)


@dataclass(frozen=True)
class Rederived:
    """The provenance of the run, from which the plan is made again, and the hash of what must come out."""

    provenance: Mapping[str, Any]
    key: str

    def open(self) -> Work:
        """Return the work, drawn anew by this worker.

        Raises:
            DifferentWorkError: something else came out, as with other versions of the numerical libraries.
        """
        return _once(self.key, self._draw)

    def _draw(self) -> Work:
        from scenarios.reproduction.provenance import Provenance
        from scenarios.reproduction.replan import plan_again

        work = work_of(plan_again(Provenance.from_dict(dict(self.provenance))))
        if work.digest() != self.key:
            raise DifferentWorkError(self.key)
        return work


def work_of(plan: Plan) -> Work:
    """Return the work of a plan."""
    sides = tuple((side.parameters, side.schedules, side.setting) for side in plan.sides)
    return Work(plan.population, sides, plan.record, plan.cells.member, plan.keys, plan.places)


def pack(work: Work) -> bytes:
    """Return the work as bytes."""
    return zlib.compress(pickle.dumps(work, protocol=5), 1)


def unpack(raw: bytes) -> InMemory:
    """Return the work that `pack` wrote: bytes of this program's own making, never of a stranger's."""
    work: Work = pickle.loads(zlib.decompress(raw))
    return InMemory(work)


def _once(key: str, make: Callable[[], Work]) -> Work:
    with _lock:  # the threads of one worker wait for one of them to make it
        if key not in _opened:
            _opened[key] = make()
            while len(_opened) > _KEPT:
                _opened.popitem(last=False)
        _opened.move_to_end(key)
        return _opened[key]
