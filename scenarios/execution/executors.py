"""Who does the work: threads, processes of this machine, or a Dask cluster that somebody else runs.

All are a `concurrent.futures.Executor` with a few words more: how many tasks fit at once, how people are
sent, and what to do when somebody dies. The numbers are the same, bit for bit, whoever does the work.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from scenarios.execution.payload import InMemory, OnDisk, Payload, pack, work_of
from scenarios.execution.plan import Plan
from scenarios.reproduction.provenance import code_hash
from sim.problems import Say

__all__ = ["LostWorkersError", "WorkerPool", "open_workers", "other_program", "processes", "threads", "workers_of"]

# How often a pool of processes that broke is made anew before we believe that it is not an accident.
_RENEWALS = 5


class LostWorkersError(Exception):
    """Nobody is left to do the work; what was finished and stored stays so."""

    def __init__(self, text: Say) -> None:
        self.text = text
        super().__init__(text)

    def __str__(self) -> str:
        return self.text.en


class WorkerPool:
    """Workers behind an executor; this plain one ships everything with every task.

    Attributes:
        code: hash of this program when the workers may run another one.
    """

    code: str | None = None

    def __init__(self, executor: Executor, slots: int) -> None:
        """Work with `executor`, which does `slots` tasks at once."""
        self.executor = executor
        self._slots = slots

    def slots(self) -> int:
        """Return how many tasks are done at once, at least 1."""
        return self._slots

    def send(self, plan: Plan) -> Payload:
        """Return what a task carries to find its people."""
        return InMemory(work_of(plan))

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand out a task."""
        return self.executor.submit(task, *arguments)

    def look(self) -> None:
        """Raise `LostWorkersError` when waiting any longer makes no sense."""

    def read(self, broken: BaseException) -> BaseException:
        """Return what the end of a task means: `LostWorkersError` when it was not the task's own doing."""
        return broken

    def renew(self) -> None:
        """Be ready for work again after workers died, or raise `LostWorkersError`."""
        raise LostWorkersError(
            Say("the workers stopped before the work was done", "de werkers stopten voor het werk klaar was")
        )


class _Processes(WorkerPool):
    """Processes of this machine: the people lie in a file; a process that dies is replaced."""

    def __init__(self, workers: int, folder: Path) -> None:
        self._folder = folder
        self._renewed = 0
        super().__init__(self._pool(workers), workers)

    def send(self, plan: Plan) -> Payload:
        work = work_of(plan)
        key = work.digest()
        path = self._folder / key
        path.write_bytes(pack(work))
        return OnDisk(str(path), key)

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Future[Any]:
        try:
            return super().submit(task, *arguments)
        except BrokenExecutor as error:  # broke between two tasks: told as a task that broke
            future: Future[Any] = Future()
            future.set_exception(error)
            return future

    def renew(self) -> None:
        self.executor.shutdown(wait=False, cancel_futures=True)
        self._renewed += 1
        if self._renewed > _RENEWALS:
            raise LostWorkersError(
                Say(
                    f"a worker process died {self._renewed} times (out of memory?): use fewer workers",
                    f"een werkproces stierf {self._renewed} keer (geheugen vol?): neem minder werkers",
                )
            )
        self.executor = self._pool(self._slots)

    def _pool(self, workers: int) -> Executor:
        return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


@contextmanager
def threads(workers: int) -> Iterator[WorkerPool]:
    """Give threads of this process."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="bijstand")
    try:
        yield WorkerPool(pool, workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def processes(workers: int) -> Iterator[WorkerPool]:
    """Give processes of this machine."""
    with tempfile.TemporaryDirectory(prefix="bijstand-") as folder:
        made = _Processes(workers, Path(folder))
        try:
            yield made
        finally:
            made.executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def open_workers(workers: int, cluster: str | None = None, *, apart: bool = False) -> Iterator[WorkerPool]:
    """Give a cluster by its address, or workers of this machine: threads, or processes when `apart`.

    Raises:
        InputError: an address that is wrong, where nobody answers, or where another program works.
    """
    if cluster is None:
        with processes(workers) if apart else threads(workers) as made:
            yield made
        return
    from scenarios.execution.cluster import open_cluster

    with open_cluster(cluster) as made:
        yield made


def workers_of(executor: Executor | WorkerPool) -> WorkerPool:
    """Return the worker pool of a plain executor."""
    if isinstance(executor, WorkerPool):
        return executor
    return WorkerPool(executor, int(getattr(executor, "_max_workers", 4)))


def other_program(code: str) -> None:
    """Refuse work that was asked by another version of the program than this one."""
    if code != code_hash():
        raise LostWorkersError(
            Say(
                "a worker runs another version of the program: install the same one everywhere",
                "een werker draait een andere versie van het programma: installeer overal dezelfde",
            )
        )
