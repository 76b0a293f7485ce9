"""Engine processes and the questions put to them: one answers previews, one does long work in a queue.

A question is a name and plain data; the answer is plain data. Progress comes back while one waits. A newer
preview of the same visitor replaces the older. Stopping asks first and kills after a second, so that the
processor is free again whatever the engine is doing; a dead process is replaced at once.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

__all__ = ["Engine", "Job", "ReplacedError", "StoppedError", "TooBusyError"]

_PATIENCE = 0.7
_MOST_WAITING = 16
_MOST_COLD = 3


class ReplacedError(Exception):
    """A newer question of the same visitor took the place of this one."""


class StoppedError(Exception):
    """The visitor stopped the work, or it went over its limit of time or memory."""


class TooBusyError(Exception):
    """More questions wait than this machine will answer soon."""


@dataclass(eq=False)
class Job:
    """One question on its way; `progress` is (done, total) as last told."""

    number: int
    visitor: str
    name: str
    data: Mapping[str, Any]
    limit: float
    result: asyncio.Future[Any]
    progress: tuple[int, int] = (0, 0)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def told(self, every: float = 1.0) -> AsyncIterator[tuple[int, int]]:
        """Yield progress at least each `every` seconds until the job is done."""
        while not self.result.done():
            waiting = [asyncio.ensure_future(self.news.wait()), asyncio.ensure_future(asyncio.shield(self.result))]
            await asyncio.wait(waiting, timeout=every, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()
            self.news.clear()
            if not self.result.done():
                yield self.progress


class Engine:
    """One warm process and the questions that wait for it.

    Args:
        label: shown in lists of processes.
        replace: a visitor's newer question replaces his older one (previews).
        memory: most bytes of address space beyond what a warm engine uses.
        environment: settings of the engine (`app.studio.engine.main`): database, folder.
    """

    def __init__(self, label: str, environment: Mapping[str, Any], *, replace: bool, memory: int = 4 << 30) -> None:
        self._label, self._environment, self._replace, self._memory = label, dict(environment), replace, memory
        self._numbers = itertools.count(1)
        self._waiting: list[Job] = []
        self._now: Job | None = None
        self._wake = asyncio.Event()
        self._ready = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process: Any = None
        self._pipe: Connection | None = None
        self._runner: asyncio.Task[None] | None = None
        self._closed = False
        self._cold = 0

    @property
    def ready(self) -> bool:
        """Whether the process is warm."""
        return self._ready.is_set()

    @property
    def pid(self) -> int | None:
        """The process, for tests and for the page on what runs."""
        return self._process.pid if self._process is not None else None

    async def open(self) -> None:
        """Start the process; it warms up while the server answers already."""
        self._loop = asyncio.get_running_loop()
        self._spawn()
        self._runner = asyncio.create_task(self._run())

    async def close(self) -> None:
        """End the process; whoever waits is told."""
        self._closed = True
        if self._runner is not None:
            self._runner.cancel()
        for job in [*self._waiting, *([self._now] if self._now else [])]:
            _fail(job, StoppedError())
        self._kill()

    def ask(self, visitor: str, name: str, data: Mapping[str, Any], *, limit: float) -> Job:
        """Put a question; the answer is ``await job.result``.

        Raises:
            TooBusyError: the queue is full.
        """
        if self._replace:
            for old in [*self._waiting, *([self._now] if self._now else [])]:
                if old.visitor == visitor and old.name == name:
                    self._drop(old, ReplacedError())
        if self._closed or len(self._waiting) >= _MOST_WAITING:
            raise TooBusyError
        assert self._loop is not None
        job = Job(next(self._numbers), visitor, name, data, limit, self._loop.create_future())
        self._waiting.append(job)
        self._wake.set()
        return job

    def stop(self, job: Job) -> None:
        """Stop a question, waiting or under way."""
        self._drop(job, StoppedError())

    def place(self, job: Job) -> int:
        """Return how many questions go before this one."""
        return self._waiting.index(job) + (self._now is not None) if job in self._waiting else 0

    def _drop(self, job: Job, why: Exception) -> None:
        if job in self._waiting:
            self._waiting.remove(job)
        elif job is self._now and self._pipe is not None:
            self._send(("stop", job.number))
            asyncio.get_running_loop().call_later(_PATIENCE, self._force, job)
        _fail(job, why)

    def _force(self, job: Job) -> None:
        """Kill what did not stop by itself."""
        if self._now is job:
            self._kill()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            if not self._waiting:
                self._wake.clear()
                continue
            await self._ready.wait()
            if not self._waiting:
                continue
            job = self._now = self._waiting.pop(0)
            self._ended = asyncio.Event()
            self._send(("ask", job.number, job.name, dict(job.data)))
            try:
                await asyncio.wait_for(self._ended.wait(), job.limit)
            except TimeoutError:
                _fail(job, StoppedError())
                self._kill()
                await self._ended.wait()
            self._now = None

    def _send(self, message: Any) -> None:
        try:
            assert self._pipe is not None
            self._pipe.send(message)
        except (OSError, ValueError, AssertionError):
            self._died(self._process)

    def _spawn(self) -> None:
        context = multiprocessing.get_context("spawn")
        mine, theirs = context.Pipe()
        from app.studio.engine import main

        self._process = context.Process(
            target=main, args=(theirs, self._environment, self._memory), name=self._label, daemon=True
        )
        self._process.start()
        theirs.close()
        self._pipe = mine
        threading.Thread(target=self._listen, args=(mine, self._process), daemon=True).start()

    def _listen(self, pipe: Connection, process: Any) -> None:
        """Hand on what the process says (a thread of its own: pipes block)."""
        assert self._loop is not None
        call = self._loop.call_soon_threadsafe
        try:
            while True:
                call(self._heard, process, pipe.recv())
        except (EOFError, OSError):
            pass
        try:
            call(self._died, process)
        except RuntimeError:  # the loop is closed: the server stops
            return

    def _heard(self, process: Any, message: tuple[Any, ...]) -> None:
        if process is not self._process:
            return
        kind, *rest = message
        if kind == "ready":
            self._ready.set()
            return
        job = self._now
        if job is None or rest[0] != job.number:
            return
        if kind == "progress":
            job.progress = (rest[1], rest[2])
            job.news.set()
            return
        if not job.result.done():
            if kind == "answer":
                job.result.set_result(rest[1])
            else:
                job.result.set_exception(StoppedError())
        self._ended.set()

    def _died(self, process: Any) -> None:
        if process is not self._process or self._closed:
            return
        # An engine that cannot even warm up is not started for ever: three times, then every question is told.
        self._cold = 0 if self._ready.is_set() else self._cold + 1
        self._ready.clear()
        if self._now is not None:
            _fail(self._now, StoppedError())
            self._ended.set()
        self._kill()
        if self._cold < _MOST_COLD:
            self._spawn()
            return
        self._closed = True
        for job in self._waiting:
            _fail(job, StoppedError())
        self._waiting.clear()

    def _kill(self) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.kill()


def _fail(job: Job, why: Exception) -> None:
    if not job.result.done():
        job.result.set_exception(why)
        job.result.exception()  # nobody may be waiting any more
    job.news.set()
