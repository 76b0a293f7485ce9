"""Whoever does the work, the numbers are the same; who dies is replaced; tasks take seconds."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scenarios.description.find import find_scenarios
from scenarios.execution.executors import (
    LostWorkersError,
    WorkerPool,
    open_workers,
    other_program,
    processes,
    threads,
    workers_of,
)
from scenarios.execution.payload import DifferentWorkError, InMemory, OnDisk, Rederived, pack, unpack, work_of
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.run import begin, execute
from scenarios.execution.tasks import _Left, run_task
from sim.engine.simulate import Outcome, simulate

SMALL = Options(people=60, months=3, draws=2, seeds=3)


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(find_scenarios(["regular", "duty_lottery", "tailored"]), SMALL)


@pytest.fixture(scope="module")
def base(made: Plan) -> str:
    return execute(made).digest()


def killing(population: Any, jobs: Sequence[Any], *rest: Any, **options: Any) -> list[Outcome]:
    """Kill the process that works, as often as there are marks left."""
    marks = sorted(Path(os.environ["MARKS"]).iterdir())
    if marks:
        marks[0].unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return simulate(population, jobs, *rest, **options)


def test_threads_and_processes_give_the_bits_of_one_process(made: Plan, base: str) -> None:
    with threads(3) as pool:
        assert execute(made, executor=pool).digest() == base
    with open_workers(2, apart=True) as pool:
        assert execute(made, executor=pool, chunk=2).digest() == base


def test_a_process_that_is_killed_is_replaced(
    made: Plan, base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKS", str(tmp_path))
    for number in range(2):
        (tmp_path / str(number)).write_text("")
    with processes(1) as pool:
        found = execute(made, executor=pool, simulate=killing, chunk=6)
    assert found.digest() == base
    assert not found.failures
    assert not list(tmp_path.iterdir())


def test_a_process_that_always_dies_ends_the_run_with_one_message(
    made: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKS", str(tmp_path))
    monkeypatch.setattr("scenarios.execution.executors._RENEWALS", 1)
    for number in range(9):
        (tmp_path / str(number)).write_text("")
    with processes(1) as pool, pytest.raises(LostWorkersError, match="died 2 times"):
        execute(made, executor=pool, simulate=killing)


def test_the_file_with_people_goes_when_the_work_is_done(made: Plan) -> None:
    with processes(1) as pool:
        payload = pool.send(made)
        assert isinstance(payload, OnDisk)
        assert Path(payload.path).parent.stat().st_mode & 0o077 == 0
        assert len(pickle.dumps(payload)) < 500
        assert payload.open().digest() == payload.key
    assert not Path(payload.path).exists()


def test_a_plan_is_told_in_a_few_words_and_made_again(made: Plan) -> None:
    work = work_of(made)
    told = Rederived(begin(made).provenance.to_dict(), work.digest())
    assert len(pickle.dumps(told)) < len(pack(work))
    assert told.open().digest() == work.digest()
    assert told.open() is told.open()


def test_other_people_than_were_meant_are_refused(made: Plan) -> None:
    told = Rederived(begin(made).provenance.to_dict(), "0" * 64)
    with pytest.raises(DifferentWorkError):
        told.open()


@pytest.mark.parametrize(
    "other", [{"seed": 2}, {"people": 61}, {"months": 4}, {"draws": 3}, {"seeds": 4}, {"population": "oss"}]
)
def test_the_hash_of_the_work_sees_any_change(made: Plan, other: dict[str, Any]) -> None:
    changed = plan(find_scenarios(["regular", "duty_lottery", "tailored"]), replace(SMALL, **other))
    assert work_of(changed).digest() != work_of(made).digest()


def test_the_hash_of_the_work_sees_other_scenarios(made: Plan) -> None:
    words = (["regular", "duty_lottery", "intensive"], ["regular", "tailored", "duty_lottery"], ["regular"])
    found = {work_of(plan(find_scenarios(each), SMALL)).digest() for each in words}
    assert len({work_of(made).digest(), *found}) == 4


def test_packed_work_is_the_same_work(made: Plan) -> None:
    assert unpack(pack(work_of(made))).open().digest() == work_of(made).digest()


def test_another_program_refuses(made: Plan) -> None:
    with pytest.raises(LostWorkersError, match="another version") as caught:
        run_task(InMemory(work_of(made)), 0, ((0, 0),), simulate=simulate, backend="numpy", code="0" * 64)
    assert "andere versie" in pickle.loads(pickle.dumps(caught.value)).text.nl
    other_program(begin(made).provenance.code["sha256"])


def test_tasks_grow_to_seconds_and_shrink_towards_the_end() -> None:
    large = plan(find_scenarios(["regular"]), Options(people=10, months=1, draws=100, seeds=100))
    left = _Left(large, (), None)
    sizes = []
    while left:
        task = left.take(2)
        sizes.append(len(task.pairs))
        left.measured(0.01 * len(task.pairs), len(task.pairs))
    assert sizes[0] == 1
    assert max(sizes) == 300
    assert all(size >= 25 for size in sizes[1:-1])
    assert sizes[-2] < 100
    assert sum(sizes) == 10_000


def test_results_of_one_task_are_never_too_large() -> None:
    large = plan(find_scenarios(["regular"]), Options(people=10, months=600, draws=10, seeds=100))
    left = _Left(large, (), None)
    left.measured(1e-6, 1)
    size = len(left.take(1).pairs)
    measures = len(large.record.series) + 1
    assert size * len(large.cells.groups) * 600 * measures * 8 <= 32_000_000


def test_what_is_known_is_not_done_again() -> None:
    small = plan(find_scenarios(["regular", "null"]), SMALL)
    left = _Left(small, {(0, 0, 0), (1, 1, 2)}, 100)
    found = [(task.side, pair) for task in (left.take(1), left.take(1)) for pair in task.pairs]
    assert len(found) == 10
    assert (0, (0, 0)) not in found
    assert (1, (1, 2)) not in found
    assert not left


def test_work_that_is_taken_away_is_given_to_others(made: Plan, base: str) -> None:
    """An executor that cancels a task now and then, as a cluster does that changes hands."""

    class Moody(WorkerPool):
        renewed = 0

        def submit(self, task: Any, *arguments: Any) -> Any:
            future = super().submit(task, *arguments)
            if self.renewed < 3 and threading.active_count() > 1:
                future.cancel()
            return future

        def renew(self) -> None:
            self.renewed += 1

    with threads(1) as pool:
        block = threading.Event()
        pool.executor.submit(block.wait)  # so that a task still waits when it is cancelled
        moody = Moody(pool.executor, 1)
        threading.Timer(0.3, block.set).start()
        assert execute(made, executor=moody).digest() == base
        assert moody.renewed >= 1


def test_a_pool_that_somebody_shut_is_one_message(made: Plan) -> None:
    with threads(1) as pool:
        block = threading.Event()
        pool.executor.submit(block.wait)
        stop = partial(pool.executor.shutdown, wait=False, cancel_futures=True)
        threading.Timer(0.2, stop).start()
        threading.Timer(0.3, block.set).start()
        with pytest.raises(LostWorkersError, match="stopped before"):
            execute(made, executor=pool, chunk=100)


def test_any_executor_is_a_crew() -> None:
    with threads(2) as pool:
        assert workers_of(pool) is pool
        assert workers_of(pool.executor).slots() == 2
