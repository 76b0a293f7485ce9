"""Runs that are kept as they go: begin, stop anywhere, take up again, and make larger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scenarios.execution.result import Finished, RunResult
from scenarios.execution.run import Progress, begin, execute
from scenarios.reproduction.diff import Difference, input_differences
from scenarios.reproduction.provenance import Provenance
from scenarios.reproduction.replan import plan_again
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from scenarios.execution.executors import WorkerPool
    from scenarios.execution.observe import Observed, Observer
    from scenarios.execution.plan import Plan
    from scenarios.store.store import Store

__all__ = ["NotStartedError", "expand", "resume", "reused", "run_kept", "stopped_run"]


class NotStartedError(InputError):
    """A run cannot be taken up or enlarged: what it was made with is gone or not the same; wrong sizes."""


def run_kept(
    plan: Plan,
    store: Store,
    *,
    command: str = "run",
    start: RunResult | None = None,
    known: tuple[Finished, ...] = (),
    progress: Progress | None = None,
    executor: Executor | WorkerPool | None = None,
    workers: int = 1,
    chunk: int | None = None,
    observer: Observer | None = None,
    take: Callable[[Observed], None] | None = None,
    save: bool = True,
) -> RunResult:
    """Run a plan and store it: what finished is kept task by task, and shown when all of it is there.

    Args:
        plan: what to run.
        store: where to.
        command: what the user called.
        start: the run as it was stored when it began; a new one when left out.
        known: replicates that need not be simulated again.
        progress, executor, workers, chunk, observer, take: as for `scenarios.execution.run.execute`.
        save: False leaves what finished where it is: an answer that needs more work can still be taken up, and
            whoever gives it saves the run.

    Raises:
        RunFailedError: a scenario without one good replicate; the run stays unfinished.
        InputError: the database takes no more; what finished before is kept.
    """
    empty = start or begin(plan)
    if start is None:
        store.plan(empty, command=command)
    result = execute(
        plan,
        progress,
        executor=executor,
        workers=workers,
        chunk=chunk,
        start=empty,
        known=known,
        keep=lambda finished: store.keep(empty, finished),
        observer=observer,
        take=take,
    )
    if save:
        store.save(result, command=command)
    return result


def stopped_run(store: Store, plan: Plan, command: str) -> tuple[RunResult, tuple[Finished, ...]] | None:
    """Return the newest stopped run of exactly this plan as it began, and what finished of it; None without one."""
    now = begin(plan)
    for row in store.unfinished():
        if row.command != command:
            continue
        _, provenance = store.planned(row.id)
        if not _changed(provenance, now.provenance):
            return replace(now, run_id=row.id, provenance=provenance), tuple(_good(store.tasks(row.id)))
    return None


def resume(
    store: Store,
    run_id: str,
    *,
    progress: Progress | None = None,
    executor: Executor | WorkerPool | None = None,
    workers: int = 1,
    population: str | None = None,
) -> tuple[RunResult, str]:
    """Finish an unfinished run, by its full id: bit for bit as if it had never stopped; return its command.

    Replicates that failed are tried again.

    Raises:
        NotStartedError: the code, the people or another input is not what it was when the run began.
    """
    command, provenance = store.planned(run_id)
    with _before_the_start():
        plan = plan_again(provenance, population=population, source=store.parameter_source(provenance))
        now = begin(plan, run_id=run_id)
        InputError.raise_if(_changed(provenance, now.provenance))
    known = tuple(_good(store.tasks(run_id)))
    start = _with_provenance(now, provenance)
    result = run_kept(
        plan, store, command=command, start=start, known=known, progress=progress, executor=executor, workers=workers
    )
    return result, command


def expand(
    store: Store,
    run_id: str,
    *,
    draws: int | None = None,
    seeds: int | None = None,
    months: int | None = None,
    started: Callable[[str], None] | None = None,
    progress: Progress | None = None,
    executor: Executor | WorkerPool | None = None,
    workers: int = 1,
    population: str | None = None,
) -> tuple[RunResult, str, int]:
    """Make a new run with more draws, seeds or months, equal to one made so from the start.

    Replicates of the old run are used again where they are what the new run would make: more months, other
    code and a single draw (the medians) make them all anew.

    Returns:
        the run, its command, and how many replicates were used again.

    Raises:
        NotStartedError: nothing more is asked for, sizes out of bounds.
    """
    old = store.load(run_id)
    command = store.row(run_id).command
    has = {"draws": len(old.parameters), "seeds": len(old.seeds), "months": len(old.months)}
    asked = {"draws": draws, "seeds": seeds, "months": months}
    given = {name: size for name, size in asked.items() if size is not None}
    with _before_the_start():
        InputError.raise_if(_smaller(has, given))
        plan = plan_again(old.provenance, **given, population=population, source=old.source)
        start = begin(plan)
    known = tuple(reused(old, plan, start))
    store.plan(start, command=command)
    if started is not None:
        started(start.run_id)
    result = run_kept(
        plan, store, command=command, start=start, known=known, progress=progress, executor=executor, workers=workers
    )
    return result, command, sum(len(each.pairs) for each in known)


@contextmanager
def _before_the_start() -> Iterator[None]:
    try:
        yield
    except InputError as error:
        raise NotStartedError(error.problems) from error


def _good(tasks: list[Finished]) -> Iterator[Finished]:
    for task in tasks:
        good = [place for place, outcome in enumerate(task.outcomes) if not isinstance(outcome, str)]
        if good:
            yield Finished(
                task.side,
                tuple(task.pairs[place] for place in good),
                tuple(task.outcomes[place] for place in good),
                tuple(task.observed[place] for place in good if task.observed),
            )


def _with_provenance(now: RunResult, before: Provenance) -> RunResult:
    return replace(now, provenance=before)


def _matters(difference: Difference) -> bool:
    """Return whether a difference can change numbers: the engine, packages and inputs, not where they ran."""
    quiet = ("code.version", "code.sha256", "environment.platform", "population.source")
    return difference.path not in quiet and not difference.path.endswith(".population")


def _changed(before: Provenance, now: Provenance) -> list[Problem]:
    found = [each for each in input_differences(before, now) if _matters(each)]
    allowed = Say(
        "what it was when the run began; put it back, or make the run anew",
        "wat het was toen de run begon; zet het terug, of maak de run opnieuw",
    )
    return [Problem(each.path, f"{each.b} (was {each.a})", allowed) for each in found]


def _smaller(has: dict[str, int], given: dict[str, int]) -> list[Problem]:
    problems = [
        Problem(
            f"--{name}", size, Say(f"at least the {has[name]} that it has", f"ten minste de {has[name]} die er zijn")
        )
        for name, size in given.items()
        if size < has[name]
    ]
    if not problems and all(size == has[name] for name, size in given.items()):
        listed = ", ".join(f"--{name} > {size}" for name, size in has.items())
        problems.append(Problem("expand", "nothing more", Say(f"one of {listed}", f"één van {listed}")))
    return problems


def reused(old: RunResult, plan: Plan, start: RunResult) -> Iterator[Finished]:
    """Give the good replicates of an old run that a plan would make again; none when it differs."""
    draws, seeds = min(len(old.parameters), len(plan.draws)), min(len(old.seeds), len(plan.keys))
    same = (
        old.scenarios == start.scenarios
        and old.groups == start.groups
        and old.measures == start.measures
        and np.array_equal(old.months, start.months)
        and np.array_equal(old.parameters[:draws], plan.draws[:draws])
        and not [each for each in input_differences(old.provenance, start.provenance) if _binds(each)]
    )
    if not same:
        return
    failed = {(each.scenario, each.draw, each.seed) for each in old.failures}
    for side, name in enumerate(old.scenarios):
        pairs = [(d, s) for d in range(draws) for s in range(seeds) if (name, d, s) not in failed]
        outcomes = tuple((old.values[(side, *pair)], old.people[(side, *pair)]) for pair in pairs)
        yield Finished(side, tuple(pairs), outcomes)


def _binds(difference: Difference) -> bool:
    sizes = ("parameters.sha256", "parameters.places_sha256", "parameters.draws", "parameters.source", "seeds.count")
    return _matters(difference) and difference.path not in sizes and ".recipe" not in difference.path
