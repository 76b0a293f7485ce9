"""Processes that do tasks of simulation and linear algebra, one thread each; the tasks' numbers are their own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["Pool", "one_thread"]

T = TypeVar("T")


class Pool:
    """Processes that simulate; with one worker everything runs here."""

    def __init__(self, workers: int = 1) -> None:
        self.workers = max(1, workers)
        self._pool: ProcessPoolExecutor | None = None

    def run(self, tasks: Sequence[tuple[Callable[..., T], tuple[object, ...]]]) -> Iterator[tuple[int, T]]:
        """Yield (number, result) of every task as it is done."""
        if self.workers == 1 or len(tasks) < 2:
            for number, (function, arguments) in enumerate(tasks):
                with one_thread():  # as in the processes: threads of linear algebra only wait for each other
                    found = function(*arguments)
                yield number, found
            return
        if self._pool is None:
            from sim.engine.kernel import warm

            warm()  # once here, not once in every process
            with _one_thread_each():
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(
                    self.workers, mp_context=context, initializer=_quiet, initargs=(os.getpid(),)
                )
                list(self._pool.map(_warm, range(self.workers)))
        left = iter(enumerate(tasks))
        running: dict[Future[T], int] = {}
        try:
            while True:
                while len(running) < 2 * self.workers and (following := next(left, None)) is not None:
                    number, (function, arguments) = following
                    running[self._pool.submit(function, *arguments)] = number
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """Stop the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _quiet(parent: int) -> None:
    """Leave the interrupt key to the main process, and stop when that is gone (killed)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _warm(number: int) -> int:
    from sim.trial.run import simulate_many

    return number if callable(simulate_many) else -1


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra of small matrices in one thread (more threads only wait for each other)."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let every process use one thread for linear algebra."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
