"""Run a plan: societies by (scenario, draw, seed) on any executor, put together in one fixed order.

A run can stop anywhere: `keep` receives every task as it finishes, `known` gives them back, and what is left
is simulated. The numbers are those of a run that was never stopped.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Literal, Protocol

import numpy as np

from scenarios.execution.executors import WorkerPool, threads, workers_of
from scenarios.execution.observe import InOrder, Observed, Observer
from scenarios.execution.plan import Plan
from scenarios.execution.result import Failure, Finished, RunResult
from scenarios.execution.tasks import Simulate, run_tasks
from scenarios.reproduction.provenance import Provenance, new_run_id
from scenarios.reproduction.record import provenance_of
from scenarios.reproduction.replan import recipe_of
from sim.engine.kernel import is_warm, warm
from sim.engine.simulate import simulate
from sim.setting import SETTLE_MONTHS

__all__ = ["Progress", "Run", "RunFailedError", "Simulate", "available_workers", "begin", "execute", "finished_tasks"]

Progress = Callable[[int, int], None]


class Run(Protocol):
    """Runs a plan while an observer looks on: `execute`, or one that keeps what finished in a database."""

    def __call__(self, plan: Plan, *, observer: Observer, take: Callable[[Observed], None]) -> RunResult:
        """Return the run; `take` gets what was kept of every (draw, seed), in order."""
        ...


_ENGINE = simulate
# Person-months below which NumPy is ready before the compiler is, on a machine where nothing is compiled yet.
_WORTH_COMPILING = 3_000_000


class RunFailedError(Exception):
    """No replicate of a scenario gave numbers; `failures` say why."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        self.failures = tuple(failures)
        super().__init__(f"{len(self.failures)} replicates failed; the first: {self.failures[0].reason}")


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
        source=plan.source,
    )


def execute(
    plan: Plan,
    progress: Progress | None = None,
    executor: Executor | WorkerPool | None = None,
    *,
    workers: int = 1,
    chunk: int | None = None,
    simulate: Simulate = simulate,
    start: RunResult | None = None,
    known: Iterable[Finished] = (),
    keep: Callable[[Finished], None] | None = None,
    observer: Observer | None = None,
    take: Callable[[Observed], None] | None = None,
) -> RunResult:
    """Return the result of a plan: bit for bit the same for any executor, number of workers and chunk.

    A replicate that fails, or gives numbers that are not finite, is told in `failures`; its values are NaN.

    Args:
        plan: what to run.
        progress: called with (replicates done, all replicates).
        executor: where tasks run (`scenarios.execution.executors`); threads of this process when left out.
        workers: number of those threads.
        chunk: replicates per task; as many as fit in a few seconds when left out.
        simulate: the engine.
        start: what `begin` gave for this plan, when its id is already stored.
        known: replicates that need not be simulated again.
        keep: called in this thread with every task that finished, before progress is told.
        observer: looks at the people of every society; of `known` only what was observed counts then.
        take: called in this thread with what was kept of every (draw, seed), in the order of draws and seeds.

    Raises:
        RunFailedError: when a scenario has no replicate that worked.
    """
    empty = start or begin(plan)
    clock = time.perf_counter()
    values, people = empty.values.copy(), empty.people.copy()
    failures: dict[tuple[int, int, int], Failure] = {}
    met: set[tuple[int, int, int]] = set()

    pairs = InOrder(plan, take) if observer is not None and take is not None else None

    def place(finished: Finished) -> None:
        observed = finished.observed or (None,) * len(finished.pairs)
        for (draw, seed), outcome, kept in zip(finished.pairs, finished.outcomes, observed, strict=True):
            where = (finished.side, draw, seed)
            met.add(where)
            if pairs is not None:
                pairs.add(*where, kept)
            if isinstance(outcome, str):
                failures[where] = Failure(empty.scenarios[finished.side], draw, seed, outcome)
            else:
                values[where], people[where] = outcome

    for finished in known:
        if observer is None or finished.observed:
            place(finished)
    tasks = finished_tasks(plan, met, executor, workers=workers, chunk=chunk, simulate=simulate, observer=observer)
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
        empty, values=values, people=people, provenance=_timed(empty.provenance, seconds), failures=tuple(told)
    )


def finished_tasks(
    plan: Plan,
    known: Collection[tuple[int, int, int]] = (),
    executor: Executor | WorkerPool | None = None,
    *,
    workers: int = 1,
    chunk: int | None = None,
    simulate: Simulate = simulate,
    observer: Observer | None = None,
) -> Iterator[Finished]:
    """Yield the tasks of a plan as they finish, in any order, but for the known (side, draw, seed)."""
    if len(known) >= plan.replicates:
        return
    backend = _backend(plan)
    if executor is None:
        if backend == "compiled":
            warm()  # once, before threads ask for it together
        # NumPy's threads would only wait for each other.
        opened: AbstractContextManager[WorkerPool] = threads(1 if backend == "numpy" else workers)
        inner = workers // (plan.replicates - len(known))
        if simulate is _ENGINE and backend == "compiled" and inner > 1 and observer is None:
            simulate = partial(simulate, threads=inner)  # fewer societies than processors: they share the people
    else:
        opened = nullcontext(workers_of(executor))
    with opened as pool:
        yield from run_tasks(plan, pool, simulate, backend, known, chunk, observer)


def _timed(provenance: Provenance, seconds: float) -> Provenance:
    before = provenance.timings.get("simulate", 0.0)
    return replace(provenance, timings={**provenance.timings, "simulate": before + seconds})


def _backend(plan: Plan) -> Literal["compiled", "numpy"]:
    """Return the way of computing that is ready first; both give the same bits."""
    work = plan.replicates * len(plan.population) * (plan.months + SETTLE_MONTHS)
    return "compiled" if is_warm() or work > _WORTH_COMPILING else "numpy"


def _refuse_empty(plan: Plan, failures: Sequence[Failure]) -> None:
    whole = len(plan.draws) * len(plan.keys)
    for side in plan.sides:
        mine = [each for each in failures if each.scenario == side.scenario.name]
        if len(mine) == whole:
            raise RunFailedError(mine)
