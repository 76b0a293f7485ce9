"""Every bad database gives one message with the file and the remedy, and nothing stored is lost."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from scenarios.store.database import connect, masked
from scenarios.store.migrate import APPLICATION, HEAD
from scenarios.store.store import Store, open_store
from sim.problems import InputError
from tests.scenarios.samples import sample


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one run in it."""
    path = tmp_path / "runs.sqlite"
    with open_store(f"sqlite:///{path}", write=True) as store:
        store.save(sample())
    return path


def refused(url: object, words: str, *, write: bool = True, **options: Any) -> None:
    with pytest.raises(InputError, match=words) as caught:
        open_store(str(url), write=write, **options)
    problem = caught.value.problems[0]
    assert problem.path == "--db"
    assert problem.allowed.en != problem.allowed.nl


def intact(path: Path, runs: int = 1) -> None:
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
    with open_store(f"sqlite:///{path}") as store:
        rows = store.runs(limit=10_000)
        assert len(rows) >= runs
        for row in rows:
            assert store.load(row.id).digest() == row.result_sha256


@pytest.mark.parametrize("url", ["", "runs.sqlite", "out/runs.sqlite", ":::", "sqlite:/x"])
def test_what_is_no_url(url: str) -> None:
    refused(url, "sqlite:///")


@pytest.mark.parametrize("url", ["mysql://u@h/d", "oracle://h/d", "postgres://h/d"])
def test_another_kind_of_database(url: str) -> None:
    with pytest.raises(InputError):
        open_store(url, write=True)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_would_be_lost(url: str) -> None:
    refused(url, "a file")


def test_a_folder(tmp_path: Path) -> None:
    refused(f"sqlite:///{tmp_path}", "not a folder")


def test_a_missing_folder(tmp_path: Path) -> None:
    refused(f"sqlite:///{tmp_path}/nowhere/runs.sqlite", "existing folder")
    assert not (tmp_path / "nowhere").exists()


def test_a_missing_file_is_not_made_by_reading(tmp_path: Path) -> None:
    refused(f"sqlite:///{tmp_path}/runs.sqlite", "an existing database", write=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"hello\n" * 400, os.urandom(5000), b"PK\x03\x04" + bytes(4000)])
@pytest.mark.parametrize("write", [True, False])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes, write: bool) -> None:
    path = tmp_path / "runs.sqlite"
    path.write_bytes(content)
    refused(f"sqlite:///{path}", "not a database", write=write)
    assert path.read_bytes() == content


def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as plain:
        plain.execute("CREATE TABLE clients (name TEXT)")
        plain.execute("INSERT INTO clients VALUES ('x')")
    before = path.read_bytes()
    refused(f"sqlite:///{path}", "another program")
    with sqlite3.connect(path) as plain:
        plain.execute("CREATE TABLE alembic_version (version_num TEXT)")
        plain.execute("INSERT INTO alembic_version VALUES ('0001')")
    assert before != path.read_bytes()
    before = path.read_bytes()
    refused(f"sqlite:///{path}", "another program")
    assert path.read_bytes() == before


@pytest.mark.parametrize("write", [True, False])
def test_a_database_of_a_newer_program(path: Path, write: bool) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute("UPDATE alembic_version SET version_num = '9999'")
    refused(f"sqlite:///{path}", "newer bijstand", write=write)
    with sqlite3.connect(path) as plain:
        plain.execute(f"UPDATE alembic_version SET version_num = '{HEAD}'")
    intact(path)


def test_a_locked_database(path: Path) -> None:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    refused(f"sqlite:///{path}", "locked", timeout=0.05)
    refused(f"sqlite:///{path}?timeout=0.05", "locked")
    intact(path)  # readers go on while somebody writes
    holder.execute("ROLLBACK")
    with open_store(f"sqlite:///{path}", write=True, timeout=0.05) as store:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(InputError, match="locked"):
            store.save(sample())
        holder.execute("ROLLBACK")
        store.save(sample())
    intact(path, 2)


def test_a_read_only_database(path: Path) -> None:
    refused(f"sqlite:///file:{path}?mode=ro&uri=true", "may be written to")
    with open_store(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert store.count() == 1
    intact(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_database_without_permission(path: Path) -> None:
    path.chmod(0o400)
    refused(f"sqlite:///{path}", "may be written to")
    path.chmod(0o000)
    refused(f"sqlite:///{path}", "opened", write=False)
    path.chmod(0o600)
    intact(path)


def test_a_damaged_database(path: Path) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = plain.execute("PRAGMA page_size").fetchone()[0]
    healthy = path.read_bytes()
    path.write_bytes(healthy[: page // 2] + os.urandom(len(healthy) - page // 2))
    with pytest.raises(InputError, match="damaged"):
        open_store(f"sqlite:///{path}", write=True).runs()
    path.write_bytes(healthy)
    intact(path)


def test_a_truncated_database(path: Path) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, path.with_suffix(".copy"))
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(InputError, match="damaged"):
        open_store(f"sqlite:///{path}", write=True).runs()
    intact(path.with_suffix(".copy"))


def test_a_full_disk(path: Path) -> None:
    with open_store(f"sqlite:///{path}", write=True) as store:

        @event.listens_for(store._engine, "connect")
        def _small_disk(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA max_page_count = 1")  # SQLite keeps what is there and adds no page

        def _fill() -> None:
            for _ in range(50):
                store.save(sample())

        with pytest.raises(InputError, match="disk is full"):
            _fill()
    before = len(list(open_store(f"sqlite:///{path}").runs(limit=100)))
    intact(path, before)


_WRITER = """
import os, signal, sys
from sqlalchemy import event
from scenarios.store.store import open_store
from tests.scenarios.samples import sample

with open_store(sys.argv[1], write=True) as store:
    if sys.argv[2] != "never":
        @event.listens_for(store._engine, "after_cursor_execute")
        def _die(connection, cursor, statement, *rest):
            if statement.startswith(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
    while True:
        result = sample()
        store.save(result)
        print(result.run_id, flush=True)
"""


@pytest.mark.parametrize("last", ["INSERT INTO runs", "INSERT INTO arrays", "INSERT INTO failures"])
def test_killed_inside_the_transaction_leaves_nothing_of_the_run(path: Path, last: str) -> None:
    found = subprocess.run([sys.executable, "-c", _WRITER, f"sqlite:///{path}", last], capture_output=True, check=False)
    assert found.returncode == -signal.SIGKILL, found.stderr
    intact(path)
    with open_store(f"sqlite:///{path}") as store:
        assert store.count() == 1
    with sqlite3.connect(path) as plain:
        for table in ("provenance", "run_scenarios", "arrays", "failures"):
            runs = plain.execute(f"SELECT count(DISTINCT run_id) FROM {table}").fetchone()[0]
            assert runs == 1, table


@pytest.mark.parametrize("moment", [0.0, 0.013, 0.041, 0.097])
def test_killed_at_any_moment_keeps_what_was_stored(path: Path, moment: float) -> None:
    command = [sys.executable, "-c", _WRITER, f"sqlite:///{path}", "never"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline().strip()
        time.sleep(moment)
        writer.send_signal(signal.SIGKILL)
        told = [first, *writer.stdout.read().split()]
    intact(path, 1 + len(told))
    with open_store(f"sqlite:///{path}") as store:
        stored = {row.id for row in store.runs(limit=10_000)}
    assert set(told) <= stored


def test_the_migrations_make_the_tables_that_the_code_expects(path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from scenarios.store.models import METADATA

    with connect(f"sqlite:///{path}").connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_new_database_is_ours_and_keeps_a_log(path: Path) -> None:
    with sqlite3.connect(path) as plain:
        assert plain.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    engine = connect(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").touch()
    store: Store = open_store(f"sqlite:///{tmp_path}/runs.sqlite", write=True)
    assert store.count() == 0


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://h/x?password=s3cret",
        "postgresql://h/x?sslPassword=s3cret&a=b",
        "postgres//u:s3cret@h",
        "postgresql://u:s3cret@h:abc/x",
        "mysql://u:s3cret@h/x",
        "postgresql://u:s3cret@127.0.0.1:1/x",
        "://u:s3cret@h",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    with pytest.raises(InputError) as error:
        open_store(url, timeout=0.1)
    assert "s3cret" not in str(error.value)
    assert "s3cret" not in masked(url)


@pytest.mark.parametrize("wreck", ["DROP TABLE failures", "ALTER TABLE runs RENAME COLUMN people TO persons"])
def test_a_database_without_a_table_or_column_is_told_as_damaged(tmp_path: Path, wreck: str) -> None:
    path = tmp_path / "x.sqlite"
    with open_store(f"sqlite:///{path}", write=True) as store:
        store.save(result := sample())
    with sqlite3.connect(path) as raw:
        raw.execute(wreck)
    with open_store(f"sqlite:///{path}") as store, pytest.raises(InputError, match="damaged"):
        store.load(result.run_id)


def test_a_database_without_its_version_is_told_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    open_store(f"sqlite:///{path}", write=True).close()
    with sqlite3.connect(path) as raw:
        raw.execute("DELETE FROM alembic_version")
    with pytest.raises(InputError, match="damaged"):
        open_store(f"sqlite:///{path}")


def test_bytes_that_are_no_text_are_told_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with open_store(f"sqlite:///{path}", write=True) as store:
        store.save(result := sample())
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE runs SET population = CAST(x'ff' AS TEXT)")
    with open_store(f"sqlite:///{path}") as store, pytest.raises(InputError):
        store.row(result.run_id)
