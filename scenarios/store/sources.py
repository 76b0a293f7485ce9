"""What runs were made from and made: evidence sets, posteriors and data of figures; panels on disk."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from scenarios.store.models import PANELS, RUN_SOURCES, RUNS, SOURCES
from scenarios.store.rows import insert_new
from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "KINDS",
    "Panel",
    "Source",
    "adopt_panel",
    "changed_panel",
    "copy_panels",
    "insert_source",
    "panel_file",
    "read_source",
    "sources_of",
    "write_panel",
]

KINDS = ("evidence", "posterior", "parameters", "figure", "other")


@dataclass(frozen=True)
class Source:
    """One thing by its hash; `media` says what the bytes are, such as ``application/json``."""

    sha256: str
    kind: str
    name: str
    created: str
    media: str


@dataclass(frozen=True)
class Panel:
    """A Parquet file of a run."""

    sha256: str
    run_id: str
    name: str
    place: str
    rows: int
    bytes: int


def insert_source(connection: Connection, kind: str, name: str, data: bytes, media: str, run_id: str | None) -> str:
    """Insert one source, name it as one of a run, and return its hash; the same bytes are kept once."""
    if kind not in KINDS:
        raise InputError([one_of("kind", kind, KINDS)])
    sha = hashlib.sha256(data).hexdigest()
    created = datetime.now(UTC).isoformat(timespec="milliseconds")
    row = {"sha256": sha, "kind": kind, "name": name[:200], "created": created, "media": media, "data": data}
    insert_new(connection, SOURCES, [row])
    if run_id is not None:
        insert_new(connection, RUN_SOURCES, [{"run_id": run_id, "sha256": sha}])
    return sha


def read_source(connection: Connection, sha256: str) -> tuple[Source, bytes] | None:
    """Return a source and its bytes, or None.

    Raises:
        ValueError: the bytes are not those that were stored.
    """
    found = connection.execute(select(SOURCES).where(SOURCES.c.sha256 == sha256)).first()
    if found is None:
        return None
    data = bytes(found.data)
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise ValueError("sources.data")
    return Source(found.sha256, found.kind, found.name, found.created, found.media), data


def sources_of(connection: Connection, run_id: str) -> list[Source]:
    """Return the sources that a run names."""
    columns = [SOURCES.c[name] for name in Source.__dataclass_fields__]
    query = select(*columns).join(RUN_SOURCES, RUN_SOURCES.c.sha256 == SOURCES.c.sha256)
    query = query.where(RUN_SOURCES.c.run_id == run_id).order_by(SOURCES.c.kind, SOURCES.c.name)
    return [Source(*found) for found in connection.execute(query)]


def write_panel(folder: Path, run_id: str, name: str, table: pd.DataFrame) -> Panel:
    """Write a table to Parquet under its own hash: a file is there whole or not at all.

    The file says whose it is, so that two runs never share one.
    """
    import pyarrow as pa
    from pyarrow import parquet

    partial = folder / f".{run_id}-{os.getpid()}.partial"
    with _told_by_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            rows = pa.Table.from_pandas(table, preserve_index=False)
            told = {**(rows.schema.metadata or {}), b"run_id": run_id.encode(), b"name": name.encode()}
            parquet.write_table(rows.replace_schema_metadata(told), partial, compression="zstd")
            return adopt_panel(folder, run_id, name, partial)
        finally:
            partial.unlink(missing_ok=True)


def adopt_panel(folder: Path, run_id: str, name: str, path: Path) -> Panel:
    """Move a Parquet file of the same file system into the folder, under its hash."""
    from pyarrow import parquet

    with _told_by_disk(folder):
        rows, size = parquet.read_metadata(path).num_rows, path.stat().st_size
        with path.open("rb") as file:
            os.fsync(file.fileno())
        sha = _file_hash(path)
        os.replace(path, folder / f"{sha}.parquet")
    return Panel(sha, run_id, name, f"{sha}.parquet", rows, size)


@contextmanager
def _told_by_disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        allowed = Say("a folder with room that may be written to", "een map met ruimte waarin geschreven mag worden")
        raise InputError([Problem(str(folder), error.strerror or "error", allowed)]) from error


def copy_panels(source: Path, target: Path, places: Iterable[str]) -> None:
    """Copy the files of panels to another folder, each checked against the hash that is its name.

    Raises:
        InputError: a file that is gone or was changed, or no room; what was copied stays.
    """
    problems: list[Problem] = []
    for place in places:
        path = source / place
        if Path(place).name != place or not path.is_file() or _file_hash(path) != path.stem:
            allowed = Say(f"the file {path}, as it was stored", f"het bestand {path}, zoals het was opgeslagen")
            problems.append(Problem("panel", place, allowed))
            continue
        with _told_by_disk(target):
            target.mkdir(parents=True, exist_ok=True)
            partial = target / f".{place}-{os.getpid()}.partial"
            shutil.copyfile(path, partial)
            os.replace(partial, target / place)
    InputError.raise_if(problems)


def changed_panel(connection: Connection, folder: Path, row: Mapping[Any, Any]) -> list[str]:
    """Return which columns of the row of a panel do not say what its file says.

    Raises:
        InputError: the file is gone, or was changed.
    """
    from pyarrow import parquet

    path = _panel_path(folder, row["name"], row["place"], row["sha256"])
    head = parquet.read_metadata(path)
    told = {key: value.decode() for key, value in (head.metadata or {}).items()}
    run = connection.execute(select(RUNS.c.id).where(RUNS.c.id == row["run_id"])).first()
    meant = {
        "run_id": told.get(b"run_id", row["run_id"]) if run is not None else None,
        "name": told.get(b"name", row["name"]),
        "place": f"{row['sha256']}.parquet",
        "rows": head.num_rows,
        "bytes": path.stat().st_size,
    }
    return [name for name, value in meant.items() if row[name] != value]


def panel_file(connection: Connection, folder: Path, run_id: str, name: str) -> Path:
    """Return the file of a panel of a run, checked against its hash.

    Raises:
        InputError: no such panel, its file is gone, or was changed.
    """
    found = connection.execute(select(PANELS).where(PANELS.c.run_id == run_id)).all()
    chosen = next((row for row in reversed(found) if row.name == name), None)
    if chosen is None:
        raise InputError([one_of("panel", name, [row.name for row in found])])
    return _panel_path(folder, name, chosen.place, chosen.sha256)


def _panel_path(folder: Path, name: str, place: str, sha256: str) -> Path:
    path = folder / place
    if not path.is_file():
        allowed = Say(f"the file {path}, which is gone", f"het bestand {path}, dat weg is")
        raise InputError([Problem("panel", name, allowed)])
    if _file_hash(path) != sha256:
        allowed = Say(
            f"what was stored: {path} was changed afterwards", f"wat was opgeslagen: {path} is daarna veranderd"
        )
        raise InputError([Problem("panel", name, allowed)])
    return path


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
