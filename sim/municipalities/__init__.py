"""A municipality of the evidence is one folder: its people, regimes and trial are data.

``people.toml`` (and ``eligible.toml``) describe whom its trial was about, ``regimes.toml`` its regular regime and
the arms, ``trial.toml`` the design. Adding a municipality is adding a folder; every list follows from them.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["data", "has", "names"]


@cache
def names() -> tuple[str, ...]:
    """Return the municipalities, in the order of their ``rank``."""
    found = [entry.name for entry in files(__name__).iterdir() if entry.joinpath("regimes.toml").is_file()]
    return tuple(sorted(found, key=lambda name: (data(name, "regimes")["rank"], name)))


@cache
def data(municipality: str, part: str) -> dict[str, Any]:
    """Return one file of a municipality: ``people``, ``eligible``, ``regimes`` or ``trial``.

    Raises:
        FileNotFoundError: the municipality has no such part.
    """
    return tomllib.loads(files(__name__).joinpath(municipality, f"{part}.toml").read_text("utf-8"))


def has(municipality: str, part: str) -> bool:
    """Return whether a municipality has this part."""
    return files(__name__).joinpath(municipality, f"{part}.toml").is_file()
