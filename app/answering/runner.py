"""The one place where questions turn into runs: workers and database opened once, every run kept as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from app.answering.request import FailedRunError, RunSettings, Watch
from sim.problems import Say

if TYPE_CHECKING:
    from scenarios.execution.executors import WorkerPool
    from scenarios.execution.observe import Observed, Observer
    from scenarios.execution.plan import Plan
    from scenarios.execution.result import Finished, RunResult
    from scenarios.execution.run import Run
    from scenarios.store.store import Store

__all__ = ["SIMULATING", "Runner", "open_runner", "open_workers_of"]

SIMULATING = Say("simulating", "simuleren")
_NOTHING_STOPPED = Say(
    "no run of exactly these inputs was stopped: a new one begins",
    "geen run met precies deze invoer is gestopt: er begint een nieuwe",
)


class Runner:
    """Runs plans one after the other, with the same workers and in the same database."""

    def __init__(self, settings: RunSettings, pool: WorkerPool | None, store: Store | None) -> None:
        self.settings, self.pool, self.store = settings, pool, store

    def run(
        self,
        plan: Plan,
        command: str,
        watch: Watch,
        *,
        known: tuple[Finished, ...] = (),
        observer: Observer | None = None,
        take: Callable[[Observed], None] | None = None,
        save: bool = True,
    ) -> RunResult:
        """Return the result of a plan; with a database it can be resumed wherever it stops.

        Args:
            plan: what to run.
            command: what the user called; `bijstand runs list` shows it.
            watch: who looks on.
            known: replicates that need not be simulated again.
            observer, take: look at the people of every society (`scenarios.execution.observe`).
            save: False leaves the run unfinished until `save` is called: its answer needs more work.

        Raises:
            FailedRunError: no good replicate of a scenario, or nobody left to do the work.
            InputError: the database takes no more.
        """
        from scenarios.execution.resume import run_kept, stopped_run
        from scenarios.execution.run import begin

        if self.store is None:
            return self.simulate(plan, watch, known=known, observer=observer, take=take)
        stopped = stopped_run(self.store, plan, command) if self.settings.resume else None
        if stopped is not None:
            start, known = stopped
        else:
            start = begin(plan)
            self.store.plan(start, command=command)
            if self.settings.resume and watch.note is not None:
                watch.note(_NOTHING_STOPPED)
        if watch.started is not None:
            watch.started(start.run_id)
        with failures_told():
            return run_kept(
                plan,
                self.store,
                command=command,
                start=start,
                known=known,
                progress=watch.of(SIMULATING),
                executor=self.pool,
                workers=self.settings.threads(),
                chunk=watch.chunk,
                observer=observer,
                take=take,
                save=save,
            )

    def observed(self, command: str, watch: Watch) -> Run:
        """Return what runs plans with an observer; `save` stores them when the answer is whole."""

        def run(plan: Plan, *, observer: Observer, take: Callable[[Observed], None]) -> RunResult:
            return self.run(plan, command, watch, observer=observer, take=take, save=False)

        return run

    def save(self, command: str, results: Sequence[RunResult]) -> None:
        """Store the runs of an answer that is whole."""
        if self.store is not None:
            for result in results:
                self.store.save(result, command=command)

    def simulate(
        self,
        plan: Plan,
        watch: Watch,
        text: Say = SIMULATING,
        *,
        known: tuple[Finished, ...] = (),
        observer: Observer | None = None,
        take: Callable[[Observed], None] | None = None,
    ) -> RunResult:
        """Return the result of a plan that is not stored."""
        from scenarios.execution.run import execute

        with failures_told():
            return execute(
                plan,
                watch.of(text),
                executor=self.pool,
                workers=self.settings.threads(),
                chunk=watch.chunk,
                known=known,
                observer=observer,
                take=take,
            )


@contextmanager
def open_runner(settings: RunSettings) -> Iterator[Runner]:
    """Open workers and database for the runs of one question.

    Raises:
        InputError: a cluster that is not there, has no workers, or runs another program; a database that cannot
            be written.
    """
    from scenarios.store.store import open_store

    with open_workers_of(settings) as pool:
        if settings.out is not None:
            settings.out.mkdir(parents=True, exist_ok=True)
        kept = nullcontext() if settings.database is None else open_store(settings.database, write=True)
        with kept as store:
            yield Runner(settings, pool, store)


@contextmanager
def open_workers_of(settings: RunSettings) -> Iterator[WorkerPool | None]:
    """Give those who do the work; None for threads of this process."""
    if settings.cluster is None and not settings.processes:
        yield None
        return
    from scenarios.execution.executors import open_workers

    with open_workers(settings.threads(), settings.cluster, apart=settings.processes) as pool:
        yield pool


@contextmanager
def failures_told() -> Iterator[None]:
    """Turn the end of a run that nobody could foresee into one sentence in both languages."""
    from scenarios.execution.executors import LostWorkersError
    from scenarios.execution.run import RunFailedError

    try:
        yield
    except LostWorkersError as error:
        raise FailedRunError(error.text) from error
    except RunFailedError as error:
        raise FailedRunError(Say(str(error), str(error))) from error
