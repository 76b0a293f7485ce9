"""A population folder on disk: written whole or not at all, and read back only when nothing was changed.

``people.parquet`` (one row per client), ``population.toml`` (counts, hashes, imputations), the profile.
The hashes tell a changed or damaged file apart; they do not protect against somebody who also rewrites them.
"""

from __future__ import annotations

import glob
import hashlib
import io
import json
import os
import shutil
import tempfile
import time
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.people.population import Population
from sim.problems import InputError, Problem, Say

__all__ = ["VERSION", "people_bytes", "read", "write_file", "write_folder"]

VERSION = 1
_META, _PEOPLE = "population.toml", "people.parquet"
_KEYS = ("person", "municipality", "caseworker", "arm")
_AS_WRITTEN = Say(
    "the folder as the import wrote it; import again", "de map zoals de import haar schreef; importeer opnieuw"
)
_PARTIAL_SECONDS = 3600


def people_bytes(population: Population, imputed: Mapping[str, npt.NDArray[np.bool_]]) -> bytes:
    """Return the Parquet file of a population, flags ``imputed.<column>`` where some cells were filled in."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = {name: getattr(population, name) for name in _KEYS}
    table |= {name: np.asarray(values, dtype=np.float64) for name, values in population.columns.items()}
    table |= {f"imputed.{name}": mask for name, mask in imputed.items() if not mask.all()}
    buffer = io.BytesIO()
    pq.write_table(pa.table(table), buffer, compression="zstd")
    return buffer.getvalue()


def write_folder(
    folder: Path,
    population: Population,
    people: bytes,
    facts: Mapping[str, Any],
    files: Mapping[str, bytes],
    *,
    replace: bool = False,
) -> None:
    """Write a population folder: everything into a hidden folder beside it, to disk, then one rename.

    Raises:
        InputError: the folder exists (or is not a population folder, with `replace`), or the disk refuses.
    """
    InputError.raise_if(folder_problems(folder, replace))
    body: dict[str, Any] = {
        "version": VERSION,
        "name": population.name,
        "start": population.start.isoformat(),
        "source": population.source,
        "municipalities": list(population.municipalities),
        "arms": list(population.arms),
        "people": len(population),
        "people_sha256": hashlib.sha256(people).hexdigest(),
        "population_digest": population.digest(),
        **facts,
    }
    meta = _toml(body | {"meta_sha256": _meta_hash(body)}).encode()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
        try:
            for name, content in {_PEOPLE: people, _META: meta, **files}.items():
                _write(partial / name, content)
            _sync(partial)
            if folder.exists():
                old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.partial-", dir=folder.parent))
                os.rename(folder, old / folder.name)
                os.rename(partial, folder)
                shutil.rmtree(old)
            else:
                os.rename(partial, folder)
            _sync(folder.parent)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise _refused(folder, error) from error


def write_file(path: Path, content: bytes) -> None:
    """Write one file whole or not at all, readable by its owner only.

    Raises:
        InputError: the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.partial-", dir=path.parent)
        os.close(handle)
        try:
            _write(Path(name), content)
            os.replace(name, path)
            _sync(path.parent)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise _refused(path, error) from error


def folder_problems(folder: Path, replace: bool) -> list[Problem]:
    """Return what stands in the way of writing `folder`."""
    if not os.path.lexists(folder):
        return []
    if not replace:
        allowed = Say("a new folder (or --replace)", "een nieuwe map (of --replace)")
        return [Problem(str(folder), "exists already", allowed)]
    if folder.is_symlink() or not (folder / _META).is_file():
        allowed = Say("a population folder to replace", "een populatiemap om te vervangen")
        return [Problem(str(folder), "not a population folder", allowed)]
    return []


def read(path: str | Path) -> Population:
    """Read an imported population and check that it is what was written.

    Raises:
        InputError: missing, changed, damaged, of another version, or with impossible people.
    """
    folder = Path(path)
    meta = _read_meta(folder)
    try:
        people = (folder / _PEOPLE).read_bytes()
    except OSError as error:
        raise InputError([Problem(str(folder / _PEOPLE), error.strerror or "unreadable", _AS_WRITTEN)]) from error
    if hashlib.sha256(people).hexdigest() != meta.get("people_sha256"):
        raise InputError([Problem(str(folder / _PEOPLE), "hash differs", _AS_WRITTEN)])
    population = _population(folder, meta, people)
    if population.digest() != meta.get("population_digest"):
        raise InputError([Problem(str(folder / _PEOPLE), "digest differs", _AS_WRITTEN)])
    population.check()
    return population


def _population(folder: Path, meta: Mapping[str, Any], people: bytes) -> Population:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(people))
        held = {name: table[name].to_numpy() for name in table.column_names}
        return Population(
            name=str(meta["name"]),
            start=date.fromisoformat(meta["start"]),
            person=held.pop("person").astype(np.int64),
            municipality=held.pop("municipality").astype(np.int16),
            municipalities=tuple(meta["municipalities"]),
            caseworker=held.pop("caseworker").astype(np.int32),
            arm=held.pop("arm").astype(np.int16),
            arms=tuple(meta["arms"]),
            columns={name: values for name, values in held.items() if not name.startswith("imputed.")},
            source=str(meta["source"]),
        )
    except (pa.ArrowException, LookupError, TypeError, ValueError, OSError) as error:
        raise InputError([Problem(str(folder / _PEOPLE), "damaged", _AS_WRITTEN)]) from error


def _read_meta(folder: Path) -> dict[str, Any]:
    place = folder / _META
    try:
        meta = tomllib.loads(place.read_bytes().decode())
    except OSError as error:
        allowed = Say("a folder that `population import` wrote", "een map die `population import` schreef")
        raise InputError([Problem(str(place), error.strerror or "unreadable", allowed)]) from error
    except (ValueError, RecursionError) as error:
        raise InputError([Problem(str(place), "damaged", _AS_WRITTEN)]) from error
    if meta.get("version") != VERSION:
        allowed = Say(f"version {VERSION}; import again", f"versie {VERSION}; importeer opnieuw")
        raise InputError([Problem(f"{place}:version", meta.get("version", "missing"), allowed)])
    written = meta.pop("meta_sha256", None)
    if written != _meta_hash(meta):
        raise InputError([Problem(str(place), "hash differs", _AS_WRITTEN)])
    return meta


def _meta_hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def _toml(body: Mapping[str, Any]) -> str:
    """Return a table of texts, numbers, lists of texts and lists of flat tables as TOML."""
    lines = [f"{key} = {_word(value)}" for key, value in body.items() if not _tables(value)]
    for key, value in body.items():
        for entry in value if _tables(value) else ():
            lines += ["", f"[[{key}]]", *(f"{name} = {_word(one)}" for name, one in entry.items())]
    return "\n".join(lines) + "\n"


def _tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _word(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    if os.name != "posix":  # other systems cannot open a folder to flush it
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what a killed import left behind, an hour or more ago: it may hold people."""
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.partial-*"):
        if time.time() - left.stat().st_mtime > _PARTIAL_SECONDS:
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> InputError:
    allowed = Say("a place with room where you may write", "een plek met ruimte waar u mag schrijven")
    return InputError([Problem(str(path), error.strerror or "not written", allowed)])
