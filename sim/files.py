"""Write a file whole or not at all: a full disk leaves what was there."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["write_whole"]


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
