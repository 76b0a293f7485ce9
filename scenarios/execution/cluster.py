"""A Dask cluster that somebody else runs: connect, check that it runs this program, survive its accidents."""

from __future__ import annotations

import logging
import re
import socket
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scenarios.description.people import is_shipped
from scenarios.execution.executors import LostWorkersError, WorkerPool
from scenarios.execution.payload import DifferentWorkError, Payload, Rederived, pack, unpack, work_of
from scenarios.execution.plan import Plan
from scenarios.reproduction.provenance import code_hash, environment
from scenarios.reproduction.record import provenance_of
from scenarios.reproduction.replan import recipe_of
from sim.problems import InputError, Problem, Say

__all__ = ["check_address", "open_cluster"]

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})")
# Seconds to find the scheduler, and to wait for workers at the start and after they are gone.
_CONNECT, _START, _PATIENCE = 10.0, 60.0, 120.0
# Seconds in which a scheduler may come back, and between counts of its workers.
_LOST, _COUNT = 15.0, 5.0
# How often tasks may come back cancelled before we believe that the cluster does not want them.
_RENEWALS = 5


def check_address(address: str) -> list[Problem]:
    """Return what is wrong with the address of a scheduler, before anybody is called."""
    found = _ADDRESS.fullmatch(address)
    if found is not None and 0 < int(found[3]) < 65536:
        return []
    allowed = Say(
        "the address of a Dask scheduler, such as tcp://10.0.0.5:8786",
        "het adres van een Dask-scheduler, zoals tcp://10.0.0.5:8786",
    )
    return [Problem("--cluster", address, allowed)]


@contextmanager
def open_cluster(address: str) -> Iterator[WorkerPool]:
    """Give the workers of a scheduler, when they run this program.

    Raises:
        InputError: no address, nobody who answers there, no workers, or workers with another version of the
            program or of the libraries that make numbers.
    """
    InputError.raise_if(check_address(address))
    logger = logging.getLogger("distributed")
    before, logger.level = logger.level, logging.CRITICAL + 1  # one message of ours in place of pages
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="distributed")
        client = _connect(address)
        try:
            _check_workers(client, address)
            yield _Cluster(client, address)
        finally:
            client.close(timeout=2)
            logger.level = before


class _Cluster(WorkerPool):
    def __init__(self, client: Any, address: str) -> None:
        self._client, self._address = client, address
        self.code = code_hash()
        self._renewed = 0
        self._counted = self._worked = time.monotonic()
        super().__init__(client.get_executor(pure=False), _threads(client))

    def send(self, plan: Plan) -> Payload:
        """Return how to draw the same people, where every worker can; else send them once to each worker.

        The parameter sets of a posterior are no recipe: they are sent with the people.
        """
        work = work_of(plan)
        if is_shipped(plan.sides[0].scenario.population) and plan.source is None:
            made = provenance_of(plan, datetime.now(UTC), {})
            settings = {**made.settings, "recipe": recipe_of(plan)}
            told = Rederived(replace(made, settings=settings).to_dict(), work.digest())
            answers = self._client.run(_can_open, told, on_error="return")
            if answers and all(answer is True for answer in answers.values()):
                return told
        # A task of its own: when the worker that holds the people dies, Dask makes them again from the bytes.
        sent: Payload = self._client.submit(unpack, pack(work), pure=False)
        return sent

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Future[Any]:
        try:
            return super().submit(task, *arguments)
        except (OSError, RuntimeError) as error:  # closed while we were asking: told as a task that was lost
            future: Future[Any] = Future()
            future.set_exception(CancelledError(str(error)))
            return future

    def look(self) -> None:
        now = time.monotonic()
        if self._client.status != "running" or now - self._counted < _COUNT:
            return  # a scheduler that goes takes its tasks along: see `renew`
        self._counted, found = now, _threads(self._client)
        if found:
            self._slots, self._worked = found, now
        elif now - self._worked > _PATIENCE:
            raise LostWorkersError(
                Say(
                    f"the cluster at {self._address} has had no workers for {_PATIENCE:.0f} seconds",
                    f"het cluster op {self._address} heeft al {_PATIENCE:.0f} seconden geen werkers",
                )
            )

    def renew(self) -> None:
        self._renewed += 1
        until = time.monotonic() + _LOST
        while self._client.status == "connecting" and time.monotonic() < until:
            time.sleep(0.2)
        if self._client.status != "running" or self._renewed > _RENEWALS:
            raise LostWorkersError(
                Say(
                    f"the scheduler at {self._address} is gone, or sends the work back",
                    f"de scheduler op {self._address} is weg, of stuurt het werk terug",
                )
            )

    def read(self, broken: BaseException) -> BaseException:
        from distributed import KilledWorker

        if not isinstance(broken, KilledWorker):
            return broken
        return LostWorkersError(
            Say(
                f"the same task killed worker after worker of {self._address} (out of memory?)",
                f"dezelfde taak doodde werker na werker van {self._address} (geheugen vol?)",
            )
        )


def _connect(address: str) -> Any:
    try:
        import dask
        from distributed import Client
    except ImportError:
        allowed = Say(
            'leave it out, or install the extra: pip install "bijstand[cluster]"',
            'laat weg, of installeer de extra: pip install "bijstand[cluster]"',
        )
        raise InputError([Problem("--cluster", address, allowed)]) from None
    try:
        _knock(address)
        with dask.config.set({"distributed.comm.timeouts.connect": _CONNECT}):
            return Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError, ImportError, RuntimeError, TypeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        allowed = Say(
            f"the address of a Dask scheduler that runs and can be reached; none answers there ({reason})",
            f"het adres van een Dask-scheduler die bereikbaar is; daar antwoordt er geen ({reason})",
        )
        raise InputError([Problem("--cluster", address, allowed)]) from None


def _knock(address: str) -> None:
    """Raise OSError unless somebody at the address speaks first, and in few words, as a scheduler does."""
    found = _ADDRESS.fullmatch(address)
    assert found is not None
    with socket.create_connection((found[2].strip("[]"), int(found[3])), timeout=_CONNECT) as line:
        if found[1] == "tls":
            return
        heard = line.recv(8, socket.MSG_WAITALL)  # the length of what follows
    if len(heard) < 8 or int.from_bytes(heard, "little") > 1_000_000:
        raise OSError("no Dask scheduler")


def _threads(client: Any) -> int:
    """Return the number of threads of all workers; 0 when the scheduler does not say."""
    try:
        return int(sum(client.nthreads().values()))
    except (OSError, TimeoutError, RuntimeError):
        return 0


def _check_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_START)
    except TimeoutError:
        allowed = Say(
            f"a cluster with at least one worker; none came within {_START:.0f} seconds",
            f"een cluster met ten minste één werker; er kwam er geen binnen {_START:.0f} seconden",
        )
        raise InputError([Problem("--cluster", address, allowed)]) from None
    mine = _who_am_i()
    problems: list[Problem] = []
    for worker, answer in sorted(client.run(_who_am_i, on_error="return").items()):
        if not isinstance(answer, dict):
            allowed = Say(
                f"a worker with this program and its libraries installed ({answer})",
                f"een werker met dit programma en zijn bibliotheken ({answer})",
            )
            problems.append(Problem(f"--cluster: {worker}", type(answer).__name__, allowed))
            continue
        for name, value in mine.items():
            if answer[name] != value:
                allowed = Say(f"the same {name} as here: {value}", f"dezelfde {name} als hier: {value}")
                problems.append(Problem(f"--cluster: {worker}", f"{name} {answer[name]}", allowed))
    InputError.raise_if(problems)


def _who_am_i() -> dict[str, str]:
    """Return what must be equal for equal numbers: source, Python, libraries."""
    here = environment()
    versions = here["packages"]
    return {
        "source": code_hash()[:16],
        "python": ".".join(str(here["python"]).split(".")[:2]),
        "numpy": versions["numpy"],
        "scipy": versions["scipy"],
    }


def _can_open(payload: Rederived) -> bool:
    """Return whether this worker draws the same people."""
    try:
        payload.open()
    except (DifferentWorkError, InputError):
        return False
    return True
