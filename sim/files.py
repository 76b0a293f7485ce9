"""Doors between the program and the disk: files are written whole or not at all, below the folder that was given."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sim.problems import InputError, Problem, Say

__all__ = ["DEEPEST", "below", "too_deep", "writable", "write_whole"]

# Brackets within brackets in a file that people send; a file of ours has fewer than ten.
DEEPEST = 60
# Texts are stepped over whole, so that a bracket within one does not count.
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_BRACKETS = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\[\]{}]')


def below(folder: Path, name: str) -> Path:
    """Return the place of a file or folder called `name` directly in `folder`.

    Names may come from a package, a database or a form: what leads elsewhere is refused.

    Raises:
        InputError: a name with a separator, a drive, a control character, or that is no name.
    """
    plain = name.isprintable() and not any(sign in name for sign in "/\\:\x00") and name.strip(". ") != ""
    if not plain or len(name.encode()) > 240:
        allowed = Say("the name of a file below the folder given", "de naam van een bestand in de opgegeven map")
        raise InputError([Problem(str(folder), name[:80], allowed)])
    return folder / name


def too_deep(text: str) -> bool:
    """Return whether JSON or TOML has brackets nested deeper than `DEEPEST`, without parsing it."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        sign = found[0]
        if sign in "[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif sign in "]}":
            depth = max(depth - 1, 0)
    return False


def writable(text: str) -> bool:
    """Return whether a text can be stored and shown anywhere: no control characters but line ends and tabs."""
    return not _ODD.search(text)


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path`, at once; what is no plain file (a pipe, a device) is written to.

    Raises:
        OSError: the disk refuses; `path` is as it was.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = path.resolve()
    partial = target.with_name(f".{target.name[:60]}.{os.getpid()}.partial")
    try:
        with partial.open("xb") as stream:
            stream.write(content)
        if target.exists():
            partial.chmod(target.stat().st_mode)
        os.replace(partial, target)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
