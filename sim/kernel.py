"""Loads the compiled month, written anew when the mechanisms have changed."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

__all__ = ["compiled_advance", "is_warm"]

_FILE = Path(str(files("sim").joinpath("_kernel.py")))


@cache
def compiled_advance() -> Any:
    """Return the compiled `advance`; its machine code is kept on disk beside the module.

    A developer who changed a mechanism gets the module written again first (Numba looks at the file only).
    """
    from sim.compiler import source_hash, write

    if not _FILE.exists() or f"# sources: {source_hash()}" not in _FILE.read_text(encoding="utf-8"):
        _FILE.write_text(write(), encoding="utf-8")
        sys.modules.pop("sim._kernel", None)
    return importlib.import_module("sim._kernel").advance


@cache
def is_warm() -> bool:
    """Tell whether machine code for the present file is on disk (or in this process)."""
    if "sim._kernel" in sys.modules:
        return True
    if not _FILE.exists():
        return False
    stamp = _FILE.stat().st_mtime
    found = (_FILE.parent / "__pycache__").glob("_kernel.advance-*.nbc")
    return any(path.stat().st_mtime >= stamp for path in found)
