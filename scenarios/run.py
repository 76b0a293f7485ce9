"""Run a plan: societies by (scenario, draw, seed) on any executor, put together in one fixed order."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from scenarios.plan import Plan
from scenarios.provenance import new_run_id
from scenarios.record import provenance_of
from scenarios.result import Failure, RunResult
from sim.engine import Job, Outcome, Record, simulate
from sim.kernel import is_warm
from sim.people.population import Population
from sim.problems import InputError
from sim.setting import SETTLE_MONTHS, Setting

__all__ = ["Progress", "RunFailedError", "Simulate", "available_workers", "execute"]

Progress = Callable[[int, int], None]
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


def available_workers() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def execute(
    plan: Plan,
    progress: Progress | None = None,
    executor: Executor | None = None,
    *,
    workers: int = 1,
    chunk: int | None = None,
    simulate: Simulate = simulate,
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

    Raises:
        RunFailedError: when a scenario has no replicate that worked.
    """
    started = datetime.now(UTC)
    clock = time.perf_counter()
    tasks = list(_tasks(plan, chunk or _chunk(plan, workers)))
    shape = (len(plan.sides), len(plan.draws), len(plan.keys), len(plan.cells.groups), plan.months)
    values = np.full((*shape, len(plan.record.series)), np.nan)
    people = np.zeros(shape, dtype=np.int64)
    failures: list[Failure] = []
    backend = _backend(plan)
    threads = 1 if backend == "numpy" else workers  # NumPy's threads would only wait for each other
    own = ThreadPoolExecutor(threads, thread_name_prefix="bijstand") if executor is None else None
    pool = executor or own
    assert pool is not None
    done = 0
    try:
        for task, found in _run_all(plan, tasks, pool, partial(simulate, backend=backend)):
            for (draw, seed), outcome in zip(task.pairs, found, strict=True):
                if isinstance(outcome, str):
                    failures.append(Failure(plan.sides[task.side].scenario.name, draw, seed, outcome))
                    continue
                values[task.side, draw, seed], people[task.side, draw, seed] = outcome
            done += len(task.pairs)
            if progress is not None:
                progress(done, plan.replicates)
    finally:
        if own is not None:
            own.shutdown(wait=True, cancel_futures=True)
    failures.sort(key=lambda each: (each.scenario, each.draw, each.seed))
    _refuse_empty(plan, failures)
    names = tuple(side.scenario.name for side in plan.sides)
    return RunResult(
        run_id=new_run_id(started),
        scenarios=names,
        groups=plan.cells.groups,
        months=np.arange(1, plan.months + 1, dtype=np.int64),
        measures=plan.record.series,
        values=values,
        people=people,
        parameters=plan.draws,
        seeds=tuple(range(1, len(plan.keys) + 1)),
        provenance=provenance_of(plan, started, {"simulate": time.perf_counter() - clock}),
        titles={side.scenario.name: side.scenario.title._asdict() for side in plan.sides},
        failures=tuple(failures),
    )


_Means = tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]


def run_task(
    population: Population,
    jobs: Sequence[Job],
    setting: Setting,
    record: Record,
    member: npt.NDArray[np.bool_],
    simulate: Simulate = simulate,
) -> list[_Means | str]:
    """Return per job the means [group, month, measure] and people [group, month], or why there are none."""
    return [_means(outcome, record, member) for outcome in simulate(population, jobs, setting, record)]


def _run_all(
    plan: Plan, tasks: Sequence[_Task], pool: Executor, simulate: Simulate
) -> Iterator[tuple[_Task, list[_Means | str]]]:
    """Yield tasks as they finish; one that breaks is done again, replicate by replicate."""
    waiting: dict[Future[list[_Means | str]], _Task] = {}
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


def _tasks(plan: Plan, chunk: int) -> Iterator[_Task]:
    pairs = [(draw, seed) for draw in range(len(plan.draws)) for seed in range(len(plan.keys))]
    for side in range(len(plan.sides)):
        for start in range(0, len(pairs), chunk):
            yield _Task(side, tuple(pairs[start : start + chunk]))


def _chunk(plan: Plan, workers: int) -> int:
    by_work = max(1, _TASK // (len(plan.population) * plan.months))
    by_worker = math.ceil(plan.replicates / (4 * workers))
    return max(1, min(by_work, by_worker))


def _means(outcome: Outcome, record: Record, member: npt.NDArray[np.bool_]) -> _Means | str:
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
