"""Live the societies of a plan and look at every person on the way: pairs of draw and seed, side by side.

A run keeps means of groups. Who gains, and what it costs, are questions about persons: the same person under
the same luck in two scenarios, month by month. An *eye* looks at the people at the end of a month, and keeps
what it needs; people are never stored. The run itself comes out as any run does, with the same numbers.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from scenarios.execution.payload import Here, work_of
from scenarios.execution.plan import Plan
from scenarios.execution.result import Failure, Means, RunResult
from scenarios.execution.run import RunFailedError, begin
from scenarios.execution.tasks import run_task
from sim.engine.job import check
from sim.engine.kernel import is_warm, warm
from sim.engine.population_arrays import Crowd
from sim.engine.simulate import Job, Outcome, Record, Society
from sim.people.population import Population
from sim.problems import InputError
from sim.setting import SETTLE_MONTHS, Setting

__all__ = ["Column", "Eye", "Lives", "MakeEye", "Seen", "live"]

Column = Callable[[str], npt.NDArray[np.float64]]
# Person-months below which NumPy is ready before the compiler is.
_WORTH_COMPILING = 3_000_000


class Eye(Protocol):
    """Looks at the people of one society."""

    columns: tuple[str, ...]
    """Columns, work rows or measures that it reads."""

    def look(self, month: int, column: Column) -> None:
        """See the people at the end of `month` (1, 2, ...); `column` gives values of all people by name."""
        ...


# (side, draw, seed, job, setting) -> the eye of that society
MakeEye = Callable[[int, int, int, Job, Setting], Eye]


@dataclass(frozen=True)
class Seen:
    """What was seen of one (draw, seed): the eye of every scenario, None where its replicate failed."""

    draw: int
    seed: int
    eyes: tuple[Any, ...]

    @property
    def whole(self) -> bool:
        """Whether no scenario failed."""
        return all(eye is not None for eye in self.eyes)


class Lives:
    """The societies of a plan, lived once in a fixed order; afterwards `result` is the run."""

    def __init__(self, plan: Plan, make: MakeEye, *, workers: int = 1, run_id: str | None = None) -> None:
        """Make ready; nothing is simulated yet."""
        self._plan, self._make, self._workers = plan, make, workers
        self._parcel = Here(work_of(plan))
        self._crowd = Crowd(plan.population)
        self._empty = begin(plan, run_id=run_id)
        self._values, self._people = self._empty.values.copy(), self._empty.people.copy()
        self._failures: list[Failure] = []
        self._seconds = 0.0

    def __iter__(self) -> Iterator[Seen]:
        """Give what was seen, draw by draw and seed by seed, whatever the number of workers.

        Raises:
            RunFailedError: when a scenario has no replicate that worked.
        """
        clock = time.perf_counter()
        backend = self._backend()
        pairs = deque(product(range(len(self._plan.draws)), range(len(self._plan.keys))))
        waiting: deque[tuple[tuple[int, int], Future[tuple[Seen, list[Means | str]]]]] = deque()
        with ThreadPoolExecutor(self._workers if backend == "compiled" else 1) as pool:
            while pairs or waiting:
                while pairs and len(waiting) < 2 * self._workers:
                    pair = pairs.popleft()
                    waiting.append((pair, pool.submit(self._pair, *pair, backend)))
                seen, found = self._outcome(*waiting.popleft())
                self._place(seen, found)
                yield seen
        self._refuse_empty()
        self._seconds = time.perf_counter() - clock

    @property
    def result(self) -> RunResult:
        """The run, complete after the last pair."""
        provenance = self._empty.provenance
        timings = {**provenance.timings, "simulate": self._seconds}
        return replace(
            self._empty,
            values=self._values,
            people=self._people,
            provenance=replace(provenance, timings=timings),
            failures=tuple(sorted(self._failures, key=lambda each: (each.scenario, each.draw, each.seed))),
        )

    def _outcome(
        self, pair: tuple[int, int], done: Future[tuple[Seen, list[Means | str]]]
    ) -> tuple[Seen, list[Means | str]]:
        """Return what a pair gave; one that broke is a failure of all scenarios, told by its reason."""
        broken = done.exception()
        if broken is None:
            return done.result()
        if isinstance(broken, InputError) or not isinstance(broken, Exception):
            raise broken
        sides = len(self._plan.sides)
        return Seen(*pair, (None,) * sides), [f"{type(broken).__name__}: {broken}"] * sides

    def _pair(self, draw: int, seed: int, backend: Literal["compiled", "numpy"]) -> tuple[Seen, list[Means | str]]:
        eyes: list[Any] = []
        found: list[Means | str] = []
        for side, _ in enumerate(self._plan.sides):
            made: list[Eye] = []

            def society(
                population: Population,
                jobs: Sequence[Job],
                setting: Setting,
                record: Record,
                *,
                backend: Literal["compiled", "numpy"],
                side: int = side,
                made: list[Eye] = made,
            ) -> list[Outcome]:
                eye = self._make(side, draw, seed, jobs[0], setting)
                made.append(eye)
                return [_lived(population, jobs[0], setting, record, eye, backend, self._crowd)]

            _, means = run_task(self._parcel, side, ((draw, seed),), simulate=society, backend=backend)
            found.append(means[0])
            eyes.append(None if isinstance(means[0], str) else made[0])
        return Seen(draw, seed, tuple(eyes)), found

    def _place(self, seen: Seen, found: Sequence[Means | str]) -> None:
        for side, outcome in enumerate(found):
            at = (side, seen.draw, seen.seed)
            if isinstance(outcome, str):
                self._failures.append(Failure(self._empty.scenarios[side], seen.draw, seen.seed, outcome))
            else:
                self._values[at], self._people[at] = outcome

    def _backend(self) -> Literal["compiled", "numpy"]:
        """Return the way of computing that is ready first; both give the same bits."""
        plan = self._plan
        work = plan.replicates * len(plan.population) * (plan.months + SETTLE_MONTHS)
        if not is_warm() and work <= _WORTH_COMPILING:
            return "numpy"
        warm()
        return "compiled"

    def _refuse_empty(self) -> None:
        whole = len(self._plan.draws) * len(self._plan.keys)
        for name in self._empty.scenarios:
            mine = [each for each in self._failures if each.scenario == name]
            if len(mine) == whole:
                raise RunFailedError(mine)


def live(
    plan: Plan,
    make: MakeEye,
    take: Callable[[Seen], None],
    *,
    progress: Callable[[int, int], None] | None = None,
    workers: int = 1,
) -> RunResult:
    """Live a plan, give every pair to `take` in order, and return the run."""
    lives = Lives(plan, make, workers=workers)
    whole = len(plan.draws) * len(plan.keys)
    for done, seen in enumerate(lives, start=1):
        take(seen)
        if progress is not None:
            progress(done, whole)
    return lives.result


def _lived(
    population: Population,
    job: Job,
    setting: Setting,
    record: Record,
    eye: Eye,
    backend: Literal["compiled", "numpy"],
    crowd: Crowd,
) -> Outcome:
    seeing = replace(record, columns=eye.columns)
    check(population, [job], setting, seeing)
    society = Society(population, job, setting, seeing, backend=backend, crowd=crowd)
    for month in range(1, setting.months + 1):
        society.run_to(month)
        held: Mapping[str, npt.NDArray[np.float64]] = _Once(society.column)
        eye.look(month, held.__getitem__)
    return replace(society.outcome(), snapshots=np.zeros((0, 0, 0)))


class _Once(dict[str, npt.NDArray[np.float64]]):
    """Columns of this month, each fetched once."""

    def __init__(self, fetch: Callable[[str], npt.NDArray[np.float64]]) -> None:
        super().__init__()
        self._fetch = fetch

    def __missing__(self, name: str) -> npt.NDArray[np.float64]:
        self[name] = self._fetch(name)
        return self[name]
