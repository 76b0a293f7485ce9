"""Batches of a fit on disk: written whole or not at all, so that a kill loses at most one."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.problems import InputError, Problem, Say

__all__ = ["Checkpoint", "array_digest"]

Arrays = dict[str, NDArray[np.float64]]
_MANIFEST = "fit.json"


class Checkpoint:
    """A folder of named arrays that belong to one fit (`settings`)."""

    def __init__(self, folder: Path, settings: Mapping[str, object], *, resume: bool = False) -> None:
        """Open or start the folder.

        Args:
            folder: made when it is missing.
            settings: what the fit depends on; kept beside the batches.
            resume: go on with what is there; otherwise the folder must be empty.

        Raises:
            InputError: a folder of another fit, or with a fit while `resume` is off, or not writable.
        """
        self.folder = folder
        text = json.dumps(dict(settings), sort_keys=True, indent=1, default=str)
        manifest = folder / _MANIFEST
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if manifest.exists():
                self._belongs(manifest, text, resume)
            else:
                _write(manifest, text.encode())
        except OSError as error:
            allowed = Say("a folder that can be written", "een map die beschreven kan worden")
            raise InputError((Problem(str(folder), error.strerror or "not written", allowed),)) from None

    def load(self, name: str, digest: str) -> Arrays | None:
        """Return a batch, None when it is not there, is damaged or was made from other input."""
        path = self.folder / f"{name}.npz"
        try:
            with np.load(path, allow_pickle=False) as found:
                arrays = {key: found[key] for key in found.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        if str(arrays.pop("digest", "")) != digest:
            return None
        return arrays

    def save(self, name: str, digest: str, arrays: Mapping[str, NDArray[np.float64]]) -> None:
        """Write a batch: whole, or not at all."""
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, digest=np.array(digest), **arrays)
        path = self.folder / f"{name}.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, stream.getvalue())

    def _belongs(self, manifest: Path, text: str, resume: bool) -> None:
        if not resume:
            allowed = Say("a new folder, or --resume to go on", "een nieuwe map, of --resume om door te gaan")
            raise InputError((Problem(str(self.folder), "holds a fit already", allowed),))
        try:
            before = json.loads(manifest.read_text("utf-8"))
        except ValueError:
            before = {}
        now = json.loads(text)
        differ = sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
        InputError.raise_if(
            Problem(
                f"{manifest}:{key}",
                str(now.get(key)),
                Say(f"as this fit began: {before.get(key)}", f"zoals deze fit begon: {before.get(key)}"),
            )
            for key in differ
        )


def array_digest(*parts: object) -> str:
    """Return a hash of arrays and plain values."""
    hashed = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            hashed.update(np.ascontiguousarray(part).tobytes())
        else:
            hashed.update(repr(part).encode())
        hashed.update(b"|")
    return hashed.hexdigest()[:24]


def _write(path: Path, content: bytes) -> None:
    handle, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
