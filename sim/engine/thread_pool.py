"""Threads that stay, each with turns of its own; who is done takes the last turns of another.

Threads are borrowed: two callers never share one, so that a caller waits for nobody, not for itself either
(a turn may call the engine again). A thread keeps its place: its people are still in its core's cache.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

__all__ = ["share"]

T = TypeVar("T")

# Threads that nobody uses now; the last one is the first of the next crew.
_idle: list[ThreadPoolExecutor] = []

if hasattr(os, "register_at_fork"):  # a forked process has none of the threads
    os.register_at_fork(after_in_child=_idle.clear)


def share(turns: Sequence[int], threads: int, work: Callable[[Iterator[int]], T]) -> list[T]:
    """Give all turns to so many threads; return what `work` made of each thread's turns.

    When a turn fails or the caller is interrupted, no further turn begins, and the error is raised once
    nobody is at work any more. After the main thread has ended nothing new can start: then the caller works.
    """
    threads = max(min(threads, len(turns)), 1)
    portion = -(-len(turns) // threads)
    own = [deque(turns[portion * number : portion * (number + 1)]) for number in range(threads)]

    def take(number: int) -> T:
        try:
            return work(_turns(own, number))
        except BaseException:
            _stop(own)
            raise

    crew = _borrow(threads)
    at_work: list[Future[T]] = []
    mine: list[T] = []
    try:
        try:
            for number, worker in enumerate(crew):
                at_work.append(worker.submit(take, number))
        except RuntimeError:
            mine.append(take(len(at_work)))
        return mine + [done.result() for done in at_work]
    except BaseException:
        _stop(own)
        raise
    finally:
        wait(at_work)
        _idle.extend(reversed(crew))


def _borrow(threads: int) -> list[ThreadPoolExecutor]:
    crew: list[ThreadPoolExecutor] = []
    while len(crew) < threads:
        try:
            crew.append(_idle.pop())
        except IndexError:
            crew.append(ThreadPoolExecutor(1, thread_name_prefix="society"))
    return crew


def _turns(own: Sequence[deque[int]], number: int) -> Iterator[int]:
    """Take a thread's own turns in order, then from the end those that others have left."""
    while own[number]:
        try:
            yield own[number].popleft()
        except IndexError:  # somebody took it in between
            break
    for offset in range(1, len(own)):
        other = own[(number + offset) % len(own)]
        while other:
            try:
                yield other.pop()
            except IndexError:
                break


def _stop(own: Sequence[deque[int]]) -> None:
    for queue in own:
        queue.clear()
