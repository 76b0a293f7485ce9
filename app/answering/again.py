"""Stored runs again: finished after they stopped, made larger, or made anew to prove them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.answering.beside import assumed_of_run
from app.answering.compare import Compared, summed_up
from app.answering.request import RunSettings, Watch
from app.answering.runner import SIMULATING, failures_told, open_runner, open_workers_of
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from analysis.answer.build import Place
    from analysis.answer.triple import Span
    from scenarios.execution.result import RunResult
    from scenarios.reproduction.verify import Verified

__all__ = ["expand", "resume", "verify"]

_AGAIN = Say("making again", "opnieuw maken")


def resume(run_id: str, settings: RunSettings, watch: Watch, problems: Sequence[Problem] = ()) -> Compared:
    """Finish a run that stopped: only what is left is simulated, and the numbers are the same.

    Args:
        run_id: id, the beginning of it, or last, last-1, ...
        settings: who works, the database, and where imported people stand now.
        watch: who looks on.
        problems: what is known to be wrong already.
    """
    from scenarios.execution.resume import resume as take_up
    from scenarios.store.store import open_store

    url = _database(settings, problems)
    with open_store(url) as looked:
        found = looked.find_unfinished(run_id)
    with open_store(url, write=True) as store:
        store.planned(found)
        if watch.started is not None:
            watch.started(found)
        with open_workers_of(settings) as pool, failures_told():
            result, _ = take_up(
                store,
                found,
                progress=watch.of(SIMULATING),
                executor=pool,
                workers=settings.threads(),
                population=settings.population,
            )
    return summed_up(result, _assumed(result, settings, watch))


def expand(
    run_id: str, settings: RunSettings, watch: Watch, problems: Sequence[Problem] = ()
) -> tuple[Compared, str, int]:
    """Make a larger run with the draws, seeds and months of `settings`; return it, the old id, replicates reused."""
    from scenarios.execution.resume import expand as enlarge
    from scenarios.store.store import open_store

    with open_store(_database(settings, problems), write=True) as store:
        found = store.find(run_id)
        with open_workers_of(settings) as pool, failures_told():
            result, _, again = enlarge(
                store,
                found,
                draws=settings.draws,
                seeds=settings.seeds,
                months=settings.months,
                started=watch.started,
                progress=watch.of(SIMULATING),
                executor=pool,
                workers=settings.threads(),
                population=settings.population,
            )
    return summed_up(result, _assumed(result, settings, watch)), found, again


def verify(
    run: str, sample: int | None, settings: RunSettings, watch: Watch, problems: Sequence[Problem] = ()
) -> Verified:
    """Make a stored run, or the run of a package, anew and compare it bit for bit.

    Args:
        run: id of a run, or the path of a package.
        sample: replicates to make anew, spread evenly; None = all.
        settings: who works, the database, and where imported people stand now.
        watch: who looks on.
        problems: what is known to be wrong already.
    """
    from scenarios.reproduction.package import read_package
    from scenarios.reproduction.verify import verify as prove
    from scenarios.store.store import open_store

    least = [] if sample is None or sample >= 1 else [_too_small(sample)]
    url = _database(settings, [*problems, *least])
    if run and "\x00" not in run and len(run) < 1000 and Path(run).exists():
        result, _ = read_package(Path(run))
    else:
        with open_store(url) as store:
            result = store.load(store.find(run))
    with open_workers_of(settings) as pool, failures_told():
        return prove(
            result,
            sample=sample,
            progress=watch.of(_AGAIN),
            executor=pool,
            workers=settings.threads(),
            population=settings.population,
        )


def _assumed(result: RunResult, settings: RunSettings, watch: Watch) -> dict[Place, Span]:
    """Return what was assumed of a run that was taken up or enlarged, and keep it with the run."""
    from scenarios.reproduction.replan import plan_again

    if len(result.scenarios) < 2:
        return {}
    plan = plan_again(result.provenance, population=settings.population, source=result.source)
    with open_runner(settings) as runner:
        return assumed_of_run(result, plan, runner, watch)


def _database(settings: RunSettings, problems: Sequence[Problem]) -> str:
    InputError.raise_if([*problems, *settings.worker_problems()])
    assert settings.database is not None, "stored runs are in a database"
    return settings.database


def _too_small(sample: int) -> Problem:
    return Problem("--sample", sample, Say("a whole number of at least 1", "een geheel getal vanaf 1"))
