"""A Dask cluster of real processes: the same bits, workers and schedulers that die, strangers at the door."""

from __future__ import annotations

import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from scenarios.description.find import find_scenarios
from scenarios.execution.cluster import check_address, open_cluster
from scenarios.execution.executors import LostWorkersError
from scenarios.execution.payload import Rederived
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.result import Finished
from scenarios.execution.run import execute
from sim.engine.simulate import Outcome, simulate
from sim.problems import InputError
from tests.scenarios.dask_cluster import Cluster, cluster

pytest.importorskip("distributed")

SMALL = Options(people=60, months=3, draws=4, seeds=3)


def slow(population: Any, jobs: Sequence[Any], *rest: Any, **options: Any) -> list[Outcome]:
    """Take a while, so that there is a middle in which to die."""
    time.sleep(0.2 * len(jobs))
    return simulate(population, jobs, *rest, **options)


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(find_scenarios(["regular", "duty_lottery"]), SMALL)


@pytest.fixture(scope="module")
def base(made: Plan) -> str:
    return execute(made).digest()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask"), 1) as found:
        yield found


def test_a_cluster_gives_the_bits_of_one_process(shared: Cluster, made: Plan, base: str) -> None:
    with open_cluster(shared.address) as pool:
        found = execute(made, executor=pool)
    assert found.digest() == base
    assert not found.failures


def test_shipped_people_are_told_and_others_are_sent(
    shared: Cluster, made: Plan, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_cluster(shared.address) as pool:
        assert isinstance(pool.send(made), Rederived)
        monkeypatch.setattr("scenarios.execution.cluster.is_shipped", lambda name: False)
        assert not isinstance(pool.send(made), Rederived)
        assert execute(made, executor=pool).digest() == base


def test_a_killed_worker_is_survived(tmp_path: Path, made: Plan, base: str) -> None:
    with cluster(tmp_path, 2) as found, open_cluster(found.address) as pool:
        until = time.monotonic() + 30
        while pool.slots() < 2 and time.monotonic() < until:
            time.sleep(0.1)
            pool.look()
        finished: list[Finished] = []

        def keep(task: Finished) -> None:
            finished.append(task)
            if len(finished) == 3:
                found.workers[0].send_signal(signal.SIGKILL)

        result = execute(made, executor=pool, simulate=slow, chunk=2, keep=keep)
        assert found.workers[0].poll() == -signal.SIGKILL
        assert found.workers[1].poll() is None
    assert result.digest() == base
    assert not result.failures
    assert len(finished) == 12


def test_a_lost_scheduler_is_one_message_and_what_was_done_is_kept(
    tmp_path: Path, made: Plan, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.execution.cluster._CONNECT", 2.0)
    monkeypatch.setattr("scenarios.execution.cluster._LOST", 4.0)
    finished: list[Finished] = []
    with cluster(tmp_path, 1) as found:

        def keep(task: Finished) -> None:
            finished.append(task)
            if len(finished) == 2:
                assert found.scheduler is not None
                found.scheduler.send_signal(signal.SIGKILL)

        with (
            open_cluster(found.address) as pool,
            pytest.raises(LostWorkersError, match=r"the scheduler at \S+ is gone") as caught,
        ):
            execute(made, executor=pool, simulate=slow, chunk=2, keep=keep)
    assert "weg" in caught.value.text.nl
    assert 2 <= len(finished) < 12
    assert execute(made, known=finished).digest() == base


def test_a_worker_with_another_program_is_refused(tmp_path: Path) -> None:
    """A worker that finds another source tree first."""
    other = tmp_path / "other"
    root = Path(__file__).resolve().parents[3]
    for package in ("sim", "scenarios", "calibration", "analysis", "app"):
        shutil.copytree(root / package, other / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "scenarios" / "strata.py").open("a") as stream:
        stream.write("\n# changed\n")
    with cluster(tmp_path, 0) as found:
        found.root = other
        found.add_worker()
        with pytest.raises(InputError, match="source") as caught, open_cluster(found.address):
            raise AssertionError("a stranger was let in")
    assert caught.value.problems[0].path.startswith("--cluster: tcp://")


@pytest.mark.parametrize(
    "address", ["", "10.0.0.5:8786", "tcp://", "tcp://host", "tcp://host:0", "tcp://host:99999", "http://a:80", "local"]
)
def test_what_is_no_address(address: str) -> None:
    assert [problem.path for problem in check_address(address)] == ["--cluster"]
    with pytest.raises(InputError), open_cluster(address):
        pass


def test_addresses() -> None:
    for address in ("tcp://10.0.0.5:8786", "tls://dask.example.org:8786", "tcp://[::1]:1"):
        assert not check_address(address)


def test_nobody_and_the_wrong_one_at_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.execution.cluster._CONNECT", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as other:

        def chatter() -> None:
            line, _ = other.accept()
            with line:
                line.sendall(b"220 mail.example.org ready")

        threading.Thread(target=chatter, daemon=True).start()
        for port in (1, silent.getsockname()[1], other.getsockname()[1]):
            with pytest.raises(InputError, match="none answers"), open_cluster(f"tcp://127.0.0.1:{port}"):
                raise AssertionError("somebody was there")


def test_a_scheduler_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.execution.cluster._START", 0.5)
    with (
        cluster(tmp_path, 0) as found,
        pytest.raises(InputError, match="at least one worker"),
        open_cluster(found.address),
    ):
        raise AssertionError("nobody works here")
