"""The engine process: warm imports and a compiled month; takes questions from a pipe and answers with plain data.

Kept apart from the server so that a question can be killed, has a limit of memory, and leaves the server light.
Only names of `app.studio.answers.ANSWERS` can be asked; problems of the input are data, not errors.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

__all__ = ["main"]


class _StopError(Exception):
    """The visitor stopped this question."""


def main(pipe: Connection, environment: Mapping[str, Any], memory: int) -> None:
    """Warm up, then answer questions until the pipe closes."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's
    os.nice(5)  # the page stays quick while the engine works
    from app.studio.answers import ANSWERS, problems_of, warm_up
    from sim.problems import InputError

    try:
        warm_up(environment)
    except Exception as error:  # a defect of ours or a damaged installation: one line, and the server counts
        sys.stderr.write(f"the engine of the studio cannot start: {type(error).__name__}: {error}\n")
        os._exit(4)
    _limit(memory)
    questions: queue.Queue[tuple[Any, ...] | None] = queue.Queue()
    stopped: set[int] = set()
    threading.Thread(target=_listen, args=(pipe, questions, stopped), daemon=True).start()
    pipe.send(("ready",))
    while (question := questions.get()) is not None:
        _, number, name, data = question

        def progress(done: int, total: int, number: int = number) -> None:
            if number in stopped:
                raise _StopError
            pipe.send(("progress", number, done, total))

        try:
            if number in stopped:
                raise _StopError
            pipe.send(("answer", number, ANSWERS[name](data, environment, progress)))
        except _StopError:
            pipe.send(("stopped", number))
        except InputError as error:
            pipe.send(("answer", number, {"problems": problems_of(error)}))
        except MemoryError:
            os._exit(3)  # the server replaces the process; what is left of it cannot be trusted
        except Exception as error:  # a defect of ours: told to the visitor and the log by its kind, never its values
            pipe.send(("answer", number, {"defect": type(error).__name__}))


def _listen(pipe: Connection, questions: queue.Queue[tuple[Any, ...] | None], stopped: set[int]) -> None:
    try:
        while True:
            message = pipe.recv()
            if message[0] == "stop":
                stopped.add(message[1])
            else:
                questions.put(message)
    except (EOFError, OSError):
        os._exit(0)  # the server is gone


def _limit(memory: int) -> None:
    """Bound the address space to what a warm engine has, and `memory` bytes more (where the system can)."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, resource.RLIM_INFINITY))
    except (ImportError, OSError, ValueError):
        return  # no such limit on this system: the limit of time still holds
