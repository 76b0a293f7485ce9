"""Run a plan: societies by (scenario, draw, seed) on any executor, put together in one fixed order.

A run can stop anywhere: `keep` receives every task as it finishes, `known` gives them back, and what is left
is simulated. The numbers are those of a run that was never stopped.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from scenarios.again import recipe_of
from scenarios.plan import Plan
from scenarios.provenance import Provenance, new_run_id
from scenarios.record import provenance_of
from scenarios.result import Failure, RunResult
from sim.engine import Job, Outcome, Record, simulate
from sim.kernel import is_warm, warm
from sim.people.population import Population
from sim.problems import InputError
from sim.setting import SETTLE_MONTHS, Setting

__all__ = [
    "Finished",
    "Means",
    "Progress",
    "RunFailedError",
    "Simulate",
    "available_workers",
    "begin",
    "execute",
    "finished_tasks",
]

Progress = Callable[[int, int], None]
Means = tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]
Simulate = Callable[..., list[Outcome]]

# Person-months of one task: about a second of work, so that handing out tasks costs nothing.
_TASK = 5_000_000
# Person-months below which NumPy is ready before the compiler is, on a machine where nothing is compiled yet.
_WORTH_COMPILING = 3_000_000


class RunFailedError(Exception):
    """No replicate of a scenario gave numbers; `failures` say why."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        self.failures = tuple(failures)
        super().__init__(f"{len(self.failures)} replicates failed; the first: {self.failures[0].reason}")


@dataclass(frozen=True)
class _Task:
    """Replicates of one scenario that are simulated in one call: indices of draws and seeds."""

    side: int
    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Finished:
    """What a task gave: per (draw, seed) the means and people of one scenario, or why there are none."""

    side: int
    pairs: tuple[tuple[int, int], ...]
    outcomes: tuple[Means | str, ...]


def available_workers() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def begin(plan: Plan, moment: datetime | None = None, run_id: str | None = None) -> RunResult:
    """Return the run before its first replicate: its id, its provenance, every value NaN."""
    started = moment or datetime.now(UTC)
    shape = (len(plan.sides), len(plan.draws), len(plan.keys), len(plan.cells.groups), plan.months)
    made = provenance_of(plan, started, {})
    return RunResult(
        run_id=run_id or new_run_id(started),
        scenarios=tuple(side.scenario.name for side in plan.sides),
        groups=plan.cells.groups,
        months=np.arange(1, plan.months + 1, dtype=np.int64),
        measures=plan.record.series,
        values=np.full((*shape, len(plan.record.series)), np.nan),
        people=np.zeros(shape, dtype=np.int64),
        parameters=plan.draws,
        seeds=tuple(range(1, len(plan.keys) + 1)),
        provenance=replace(made, settings={**made.settings, "recipe": recipe_of(plan)}),
        titles={side.scenario.name: side.scenario.title._asdict() for side in plan.sides},
    )


def execute(
    plan: Plan,
    progress: Progress | None = None,
    executor: Executor | None = None,
    *,
    workers: int = 1,
    chunk: int | None = None,
    simulate: Simulate = simulate,
    start: RunResult | None = None,
    known: Iterable[Finished] = (),
    keep: Callable[[Finished], None] | None = None,
) -> RunResult:
    """Return the result of a plan: bit for bit the same for any executor, number of workers and chunk.

    A replicate that fails, or gives numbers that are not finite, is told in `failures`; its values are NaN.

    Args:
        plan: what to run.
        progress: called with (replicates done, all replicates).
        executor: where tasks run; threads of this process when left out.
        workers: number of those threads.
        chunk: replicates per task; by the size of the society when left out.
        simulate: the engine.
        start: what `begin` gave for this plan, when its id is already stored.
        known: replicates that need not be simulated again.
        keep: called in this thread with every task that finished, before progress is told.

    Raises:
        RunFailedError: when a scenario has no replicate that worked.
    """
    empty = start or begin(plan)
    clock = time.perf_counter()
    values, people = empty.values.copy(), empty.people.copy()
    failures: dict[tuple[int, int, int], Failure] = {}
    met: set[tuple[int, int, int]] = set()

    def place(finished: Finished) -> None:
        for (draw, seed), outcome in zip(finished.pairs, finished.outcomes, strict=True):
            where = (finished.side, draw, seed)
            met.add(where)
            if isinstance(outcome, str):
                failures[where] = Failure(empty.scenarios[finished.side], draw, seed, outcome)
            else:
                values[where], people[where] = outcome

    for finished in known:
        place(finished)
    tasks = finished_tasks(plan, met, executor, workers=workers, chunk=chunk, simulate=simulate)
    for finished in tasks:
        if keep is not None:
            keep(finished)
        place(finished)
        if progress is not None:
            progress(len(met), plan.replicates)
    told = sorted(failures.values(), key=lambda each: (each.scenario, each.draw, each.seed))
    _refuse_empty(plan, told)
    seconds = time.perf_counter() - clock
    return replace(
        empty,
        values=values,
        people=people,
        provenance=_timed(empty.provenance, seconds),
        failures=tuple(told),
    )


def finished_tasks(
    plan: Plan,
    known: Collection[tuple[int, int, int]] = (),
    executor: Executor | None = None,
    *,
    workers: int = 1,
    chunk: int | None = None,
    simulate: Simulate = simulate,
) -> Iterator[Finished]:
    """Yield the tasks of a plan as they finish, in any order, but for the known (side, draw, seed)."""
    tasks = list(_tasks(plan, chunk or _chunk(plan, workers), frozenset(known)))
    if not tasks:
        return
    backend = _backend(plan)
    if backend == "compiled":
        warm()  # once, before threads ask for it together
    threads = 1 if backend == "numpy" else workers  # NumPy's threads would only wait for each other
    own = ThreadPoolExecutor(threads, thread_name_prefix="bijstand") if executor is None else None
    pool = executor or own
    assert pool is not None
    try:
        for task, found in _run_all(plan, tasks, pool, partial(simulate, backend=backend)):
            yield Finished(task.side, task.pairs, tuple(found))
    finally:
        if own is not None:
            own.shutdown(wait=True, cancel_futures=True)


def _timed(provenance: Provenance, seconds: float) -> Provenance:
    before = provenance.timings.get("simulate", 0.0)
    return replace(provenance, timings={**provenance.timings, "simulate": before + seconds})


def run_task(
    population: Population,
    jobs: Sequence[Job],
    setting: Setting,
    record: Record,
    member: npt.NDArray[np.bool_],
    simulate: Simulate = simulate,
) -> list[Means | str]:
    """Return per job the means [group, month, measure] and people [group, month], or why there are none."""
    return [_means(outcome, record, member) for outcome in simulate(population, jobs, setting, record)]


def _run_all(
    plan: Plan, tasks: Sequence[_Task], pool: Executor, simulate: Simulate
) -> Iterator[tuple[_Task, list[Means | str]]]:
    """Yield tasks as they finish; one that breaks is done again, replicate by replicate."""
    waiting: dict[Future[list[Means | str]], _Task] = {}
    left = list(reversed(tasks))

    def hand_out(task: _Task) -> None:
        side = plan.sides[task.side]
        jobs = [
            Job(parameters=side.parameters[draw], schedule=side.schedules[seed], seed=plan.keys[seed])
            for draw, seed in task.pairs
        ]
        arguments = (plan.population, jobs, side.setting, plan.record, plan.cells.member, simulate)
        waiting[pool.submit(run_task, *arguments)] = task

    try:
        while left or waiting:
            while left and len(waiting) < 64:
                hand_out(left.pop())
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                task = waiting.pop(future)
                broken = future.exception()
                if broken is None:
                    yield task, future.result()
                elif isinstance(broken, InputError) or not isinstance(broken, Exception):
                    raise broken
                elif len(task.pairs) == 1:
                    yield task, [f"{type(broken).__name__}: {broken}"]
                else:
                    left += [_Task(task.side, (pair,)) for pair in reversed(task.pairs)]
    finally:
        for future in waiting:
            future.cancel()


def _backend(plan: Plan) -> Literal["compiled", "numpy"]:
    """Return the way of computing that is ready first; both give the same bits."""
    work = plan.replicates * len(plan.population) * (plan.months + SETTLE_MONTHS)
    return "compiled" if is_warm() or work > _WORTH_COMPILING else "numpy"


def _tasks(plan: Plan, chunk: int, known: Collection[tuple[int, int, int]]) -> Iterator[_Task]:
    every = [(draw, seed) for draw in range(len(plan.draws)) for seed in range(len(plan.keys))]
    for side in range(len(plan.sides)):
        pairs = [pair for pair in every if (side, *pair) not in known]
        for start in range(0, len(pairs), chunk):
            yield _Task(side, tuple(pairs[start : start + chunk]))


def _chunk(plan: Plan, workers: int) -> int:
    by_work = max(1, _TASK // (len(plan.population) * plan.months))
    by_worker = math.ceil(plan.replicates / (4 * workers))
    return max(1, min(by_work, by_worker))


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


def _refuse_empty(plan: Plan, failures: Sequence[Failure]) -> None:
    whole = len(plan.draws) * len(plan.keys)
    for side in plan.sides:
        mine = [each for each in failures if each.scenario == side.scenario.name]
        if len(mine) == whole:
            raise RunFailedError(mine)
