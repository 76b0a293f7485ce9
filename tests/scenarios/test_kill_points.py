"""A process is killed at every statement that it sends: all of what it wrote is stored, or nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from scenarios.execution.result import Finished, RunResult
from scenarios.store.store import open_store
from tests.scenarios.samples import sample
from tests.scenarios.servers import fresh


def tasks(result: RunResult) -> Iterator[Finished]:
    for side in range(len(result.scenarios)):
        pairs = tuple((draw, seed) for draw in range(2) for seed in range(3))
        outcomes = [(result.values[(side, *pair)], result.people[(side, *pair)]) for pair in pairs]
        yield Finished(side, pairs, tuple(outcomes))


def _a_whole_life(url: str, result: RunResult, last: int, *, after: bool) -> None:
    """Plan, keep and save a run, and be killed before (or after) the statement or commit number `last`."""
    met = 0

    def here(*_: Any) -> None:
        nonlocal met
        met += 1
        if met == last:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_store(url, write=True) as store:
        names = ("after_cursor_execute",) if after else ("before_cursor_execute", "commit")
        for name in names:
            event.listen(store._engine, name, here)
        store.plan(result, command="run")
        for task in tasks(result):
            store.keep(result, task)
        store.save(result, command="run")


def _killed(url: str, result: RunResult, last: int, *, after: bool) -> bool:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _a_whole_life(url, result, last, after=after)
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0
    return False


@pytest.mark.parametrize(("kind", "after"), [("sqlite", False), ("sqlite", True), ("postgresql", False)])
def test_killed_at_every_statement(kind: str, after: bool, tmp_path: Path) -> None:
    with fresh(kind, tmp_path) as url:
        _kill_everywhere(url, after)


def _kill_everywhere(url: str, after: bool) -> None:
    first = sample()
    with open_store(url, write=True) as store:
        store.save(first)
    last, seen = 0, set()
    alive = False
    while not alive:
        last += 1
        result = sample(seed=last)
        alive = not _killed(url, result, last, after=after)
        with open_store(url, write=True) as store:
            assert store.check() == []
            assert store.load(first.run_id).digest() == first.digest()
            there = {row.id for row in store.runs(limit=1000)}
            begun = {row.id: row.done for row in store.unfinished()}
            assert (result.run_id in there) + (result.run_id in begun) <= 1
            seen.add("stored" if result.run_id in there else begun.get(result.run_id, "nothing"))
            if result.run_id in begun:
                for mine, kept in zip(tasks(result), store.tasks(result.run_id), strict=False):
                    assert kept.pairs == mine.pairs
                store.save(result, command="run")
            if result.run_id in there or result.run_id in begun:
                assert store.load(result.run_id).digest() == result.digest()
    assert seen == {"nothing", 0, 6, 12, "stored"}, "every stage was met"
    assert last > 15
