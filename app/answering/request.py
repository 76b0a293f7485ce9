"""What every question shares: sizes of a run, who does the work, where it is kept, and who watches.

A request is a frozen dataclass of typed values; answering it prints nothing, and writes nothing that was not
asked for. The command line, the pages, the studio and the Python interface all ask in this way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.output_folder import folder_problems
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from scenarios.description.parameter_source import ParameterSource
    from scenarios.execution.plan import Options

__all__ = [
    "USUAL",
    "CancelledRunError",
    "FailedRunError",
    "RunSettings",
    "Watch",
    "database_problems",
    "folder_database",
]

MOST_WORKERS = 256


class CancelledRunError(Exception):
    """Whoever asked no longer wants the answer; what was stored can be resumed."""


class FailedRunError(Exception):
    """A run that began came to nothing, for a reason that no check of the request could foresee."""

    def __init__(self, text: Say) -> None:
        self.text = text
        super().__init__(text.en)


@dataclass(frozen=True)
class Watch:
    """Who looks on while an answer is made; everything may be left out.

    Attributes:
        progress: called with (what is being done, steps done, all steps).
        started: called with the id of a run when it is stored and can be resumed.
        note: called with a sentence that whoever reads the numbers must know, such as why they are not calibrated.
        cancelled: asked between steps; True ends the work with `CancelledRunError`.
        chunk: replicates per step; small ones end sooner when cancelled. Measured when left out.
    """

    progress: Callable[[Say, int, int], None] | None = None
    started: Callable[[str], None] | None = None
    note: Callable[[Say], None] | None = None
    cancelled: Callable[[], bool] | None = None
    chunk: int | None = None

    def of(self, text: Say) -> Callable[[int, int], None] | None:
        """Return the (done, all) function of one kind of work."""
        if self.progress is None and self.cancelled is None:
            return None

        def step(done: int, whole: int) -> None:
            if self.cancelled is not None and self.cancelled():
                raise CancelledRunError
            if self.progress is not None:
                self.progress(text, done, whole)

        return step


@dataclass(frozen=True)
class RunSettings:
    """How a run is made; None = as the scenario says, or as the command usually does.

    Attributes:
        population: name, or folder of imported people.
        posterior: name, ``.nc`` file, ``prior``, ``shipped``, or draws that were read before; None = the default
            of the database, else the shipped one, else the prior.
        people, months, draws, seeds: sizes.
        seed: base seed; the same seed gives the same numbers.
        inflow: whether new people enter.
        workers: threads (or processes); the numbers do not depend on it. None = all processors.
        processes: workers are processes.
        cluster: address of a Dask scheduler.
        database: URL of the store; None = nothing is stored, and nothing can be resumed.
        resume: take up the stopped run of exactly this request, where the database has one.
        out: folder of files; None = no files.
    """

    population: str | None = None
    posterior: str | ParameterSource | None = None
    people: int | None = None
    months: int | None = None
    draws: int | None = None
    seeds: int | None = None
    seed: int | None = None
    inflow: bool | None = None
    workers: int | None = None
    processes: bool = False
    cluster: str | None = None
    database: str | None = None
    resume: bool = False
    out: Path | None = None

    def problems(self) -> list[Problem]:
        """Return what is wrong with workers, folder and database, before anybody is called or anything made."""
        return self.worker_problems() + folder_problems(self.out) + database_problems(self.database)

    def worker_problems(self) -> list[Problem]:
        """Return what is wrong with those who are to do the work."""
        found: list[Problem] = []
        if self.workers is not None and not 1 <= self.workers <= MOST_WORKERS:
            allowed = Say(f"1 .. {MOST_WORKERS}", f"1 .. {MOST_WORKERS}")
            found.append(Problem("--workers", self.workers, allowed))
        if self.cluster is None:
            return found
        from scenarios.execution.cluster import check_address

        found += check_address(self.cluster)
        allowed = Say("leave it out: the cluster has its own", "laat weg: het cluster heeft zijn eigen")
        if self.processes:
            found.append(Problem("--processes", "given", allowed))
        if self.workers is not None:
            found.append(Problem("--workers", self.workers, allowed))
        return found

    def options(self, problems: list[Problem], watch: Watch | None = None, **usual: int) -> Options:
        """Return the sizes on top of the scenarios; what is out of bounds joins the problems.

        Args:
            problems: what was found wrong so far.
            watch: who is told why numbers are not calibrated.
            usual: sizes where none was given. Usual draws are at most those of the posterior.
        """
        from dataclasses import replace

        from app.answering.posterior import chosen_source
        from scenarios.execution.plan import Options

        names = ("people", "months", "draws", "seeds", "seed")
        given: dict[str, Any] = {name: value for name in names if (value := getattr(self, name)) is not None}
        if self.posterior is None or isinstance(self.posterior, str):
            source = chosen_source(self.posterior, self.database, problems, None if watch is None else watch.note)
        else:
            source = self.posterior
        made = Options(population=self.population, inflow=self.inflow, source=source, **(usual | given))
        if source is not None and "draws" in usual:
            if self.draws is None:
                made = replace(made, draws=min(usual["draws"], len(source)))
            else:
                problems += source.too_many(self.draws)
        try:
            made.check()
        except InputError as error:
            problems += error.problems
        return made

    def threads(self) -> int:
        """Return how many work at once."""
        from scenarios.execution.run import available_workers

        return self.workers or available_workers()


USUAL = RunSettings()


def folder_database(out: str | Path) -> str:
    """Return the database that belongs to a folder of answers."""
    return f"sqlite:///{Path(out) / 'bijstand.sqlite'}"


def database_problems(url: str | None) -> list[Problem]:
    """Return what is wrong with a database, without making one."""
    if url is None:
        return []
    from scenarios.store.database import exists
    from scenarios.store.store import open_store

    try:
        if exists(url):
            open_store(url).close()
    except InputError as error:
        return list(error.problems)
    return []
