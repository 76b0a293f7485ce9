"""Split a plan in tasks of seconds, hand them to workers, and survive those that die.

The first tasks are small and are measured; later ones are as many replicates as fit in a few seconds, fewer
towards the end, so that all workers finish together. How the work is split changes no number.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from scenarios.execution.executors import LostWorkersError, WorkerPool, other_program
from scenarios.execution.observe import Observation, Observer, observed_society
from scenarios.execution.payload import DifferentWorkError, Payload
from scenarios.execution.plan import Plan
from scenarios.execution.result import Finished, Means
from sim.engine.kernel import warm
from sim.engine.simulate import Outcome, Record
from sim.problems import InputError

__all__ = ["Backend", "Pairs", "Simulate", "run_task", "run_tasks"]

Simulate = Callable[..., list[Outcome]]
Backend = Literal["compiled", "numpy"]
Pairs = tuple[tuple[int, int], ...]

# Seconds that a task should take, and the least worth handing out.
_WANTED, _LEAST = 3.0, 0.25
# Bytes of results that one task may send back.
_MOST_BYTES = 32_000_000
# Numbers that an observer may keep of a person, for the size of tasks.
_OBSERVED = 16
# Seconds between looks at the health of the workers.
_LOOK = 2.0


@dataclass(frozen=True)
class _Task:
    """Replicates of one scenario that are simulated in one call: indices of draws and seeds."""

    side: int
    pairs: Pairs


def run_tasks(
    plan: Plan,
    pool: WorkerPool,
    simulate: Simulate,
    backend: Backend,
    known: Collection[tuple[int, int, int]] = (),
    chunk: int | None = None,
    observer: Observer | None = None,
) -> Iterator[Finished]:
    """Yield tasks as they finish, but for the known (scenario, draw, seed).

    A task that breaks is done again replicate by replicate; a replicate that breaks is told by its reason.
    A task whose worker died is done again as it was.

    Args:
        plan: what to run.
        pool: who does it.
        simulate: the engine.
        backend: how the engine computes.
        known: what need not be done again.
        chunk: replicates per task; measured when left out.
        observer: looks at the people of every society.

    Raises:
        LostWorkersError: nobody is left to do the work.
    """
    left = _Left(plan, known, chunk, observer is not None)
    if not left:
        return
    payload = pool.send(plan)
    waiting: dict[Future[tuple[float, Finished]], _Task] = {}
    done = partial(run_task, simulate=simulate, backend=backend, code=pool.code, observer=observer)
    try:
        while left or waiting:
            slots = pool.slots()
            while left and len(waiting) < 2 * slots + 1:
                task = left.take(slots)
                waiting[pool.submit(done, payload, task.side, task.pairs)] = task
            wait(waiting, timeout=_LOOK, return_when=FIRST_COMPLETED)
            # `wait` never tells of a task that was cancelled when its pool was shut
            finished = [future for future in waiting if future.done()]
            pool.look()
            lost = False
            for future in finished:
                task = waiting.pop(future)
                failed = CancelledError() if future.cancelled() else future.exception()
                broken = None if failed is None else pool.read(failed)
                if broken is None:
                    seconds, found = future.result()
                    left.measured(seconds, len(task.pairs))
                    yield found
                elif isinstance(broken, BrokenExecutor | CancelledError):
                    left.back(task)
                    lost = True
                elif _is_for_all(broken):
                    raise broken
                elif len(task.pairs) == 1:
                    none = (None,) if observer is not None else ()
                    yield Finished(task.side, task.pairs, (f"{type(broken).__name__}: {broken}",), none)
                else:
                    left.split(task)
            if lost:
                for future, task in waiting.items():
                    future.cancel()
                    left.back(task)
                waiting.clear()
                pool.renew()
                payload = pool.send(plan)
    finally:
        for future in waiting:
            future.cancel()


def run_task(
    payload: Payload,
    side: int,
    pairs: Pairs,
    *,
    simulate: Simulate,
    backend: Backend,
    code: str | None = None,
    observer: Observer | None = None,
) -> tuple[float, Finished]:
    """Return seconds, and per pair the means [group, month, measure] and people [group, month] or why not.

    Args:
        payload: opens into the people and all else.
        side: number of the scenario.
        pairs: indices of draw and seed.
        simulate: the engine.
        backend: how the engine computes.
        code: hash of the program that asks; another program refuses.
        observer: looks at the people of every society, which then live one after the other.

    Raises:
        LostWorkersError: this worker runs another version of the program.
    """
    if code is not None:
        other_program(code)
    work = payload.open()
    if backend == "compiled":
        warm()
    started = time.perf_counter()
    setting = work.sides[side][2]
    jobs = work.jobs(side, pairs)
    kept: list[Observation | None] = []
    if observer is None:
        found = simulate(work.population, jobs, setting, work.record, backend=backend)
    else:
        look = partial(observed_society, backend=backend, crowd=work.crowd)
        seen = [look(work.population, job, setting, work.record, observer) for job in jobs]
        found, kept = [outcome for outcome, _ in seen], [each for _, each in seen]
    means = tuple(_means(outcome, work.record, work.member) for outcome in found)
    # A society whose numbers are not finite failed: what was seen of it counts no more than its means.
    kept = [None if isinstance(each, str) else one for each, one in zip(means, kept, strict=True)] if kept else []
    return time.perf_counter() - started, Finished(side, pairs, means, tuple(kept))


class _Left:
    """What is still to be done, and how long a replicate takes."""

    def __init__(
        self, plan: Plan, known: Collection[tuple[int, int, int]], chunk: int | None, observed: bool = False
    ) -> None:
        every = [(draw, seed) for draw in range(len(plan.draws)) for seed in range(len(plan.keys))]
        done = frozenset(known)
        self._pairs = [deque(pair for pair in every if (side, *pair) not in done) for side in range(len(plan.sides))]
        self._first: deque[_Task] = deque()
        self._chunk = chunk
        self._seconds = 0.0
        cells = len(plan.cells.groups) * plan.months * (len(plan.record.series) + 1)
        self._in_turn = observed
        self._most = max(1, _MOST_BYTES // (8 * (cells + (_OBSERVED * len(plan.population) if observed else 0))))

    def __bool__(self) -> bool:
        return bool(self._first) or any(self._pairs)

    def take(self, slots: int) -> _Task:
        """Return the next task."""
        if self._first:
            return self._first.popleft()
        sides = range(len(self._pairs))
        # Observations of a pair wait for each other: the scenario that is behind goes first.
        if self._in_turn:
            side = max(sides, key=lambda at: len(self._pairs[at]))
        else:
            side = next(filter(self._pairs.__getitem__, sides))
        pairs, size = self._pairs[side], self._chunk or self._size(slots)
        return _Task(side, tuple(pairs.popleft() for _ in range(min(size, len(pairs)))))

    def back(self, task: _Task) -> None:
        """Take a task back that nobody finished."""
        self._first.append(task)

    def split(self, task: _Task) -> None:
        """Take a task back that broke: one replicate at a time."""
        self._first.extendleft(_Task(task.side, (pair,)) for pair in reversed(task.pairs))

    def measured(self, seconds: float, replicates: int) -> None:
        """Learn from a finished task."""
        each = seconds / replicates
        self._seconds = each if self._seconds == 0.0 else 0.5 * (self._seconds + each)

    def _size(self, slots: int) -> int:
        if self._seconds == 0.0:
            return 1
        wanted, least = (max(1, math.ceil(span / self._seconds)) for span in (_WANTED, _LEAST))
        fair = math.ceil(sum(map(len, self._pairs)) / (3 * slots))
        return min(self._most, max(least, min(wanted, fair)))


def _is_for_all(broken: BaseException) -> bool:
    """Return whether a task broke by what every task shares, and not by its own numbers."""
    return isinstance(broken, InputError | LostWorkersError | DifferentWorkError) or not isinstance(broken, Exception)


def _means(outcome: Outcome, record: Record, member: npt.NDArray[np.bool_]) -> Means | str:
    """Return the means of every group from the sums of its cells, added in the order of the cells."""
    wrong = ~np.isfinite(outcome.sums)
    if wrong.any():
        month, _, measure = (int(place) for place in np.argwhere(wrong)[0])
        return f"{record.series[measure]} is not finite in month {month + 1}"
    months, _, series = outcome.sums.shape
    sums = np.zeros((len(member), months, series))
    people = np.zeros((len(member), months), dtype=np.int64)
    for group, cells in enumerate(member):
        for cell in np.flatnonzero(cells):
            sums[group] += outcome.sums[:, cell]
            people[group] += outcome.counts[:, cell]
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums / np.where(people > 0, people, np.nan)[:, :, None], people
