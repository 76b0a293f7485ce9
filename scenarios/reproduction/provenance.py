"""What a run was made with: enough to make it again, and to see that nothing was changed since."""

from __future__ import annotations

import hashlib
import platform
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "LABEL",
    "Provenance",
    "array_hash",
    "code_hash",
    "code_version",
    "engine_hash",
    "environment",
    "law_record",
    "new_run_id",
    "text_hash",
]

# What stands on the face of every number as long as no posterior was used.
LABEL = {"en": "not calibrated: prior assumptions", "nl": "niet gekalibreerd: aannames vooraf"}

_ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("sim", "scenarios", "calibration", "analysis", "app")
_LIBRARIES = ("numpy", "numba", "scipy", "pandas", "sqlalchemy", "alembic", "mesa")
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Provenance:
    """The inputs of a run by hash and in words; plain values only, so that it can be stored as JSON.

    Attributes:
        created: moment of the start, UTC, ISO 8601.
        label: what the parameters are, by language; printed with every number.
        code: version, hash of the source tree, and of the part of it that makes numbers (``engine``).
        environment: Python, platform, processors and package versions.
        population: name, hash, people, start and source.
        scenarios: per scenario its name, hash, text, regimes with their levers, and settings.
        law: first and last date of the run, dated files of the law and their hash.
        parameters: source, hash, number of draws and the names in order.
        seeds: base seed and number of replicates.
        settings: months, groups, measures.
        sources: hash of the sets of parameters of a posterior (``parameters``); empty for prior assumptions.
        timings: seconds by part of the work; the only thing here that may differ between equal runs.
    """

    created: str
    label: Mapping[str, str]
    code: Mapping[str, str]
    environment: Mapping[str, Any]
    population: Mapping[str, Any]
    scenarios: Sequence[Mapping[str, Any]]
    law: Mapping[str, Any]
    parameters: Mapping[str, Any]
    seeds: Mapping[str, int]
    settings: Mapping[str, Any]
    sources: Mapping[str, str] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain nested dictionaries."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Provenance:
        """Return the provenance that `to_dict` wrote."""
        return cls(**data)


def new_run_id(moment: datetime | None = None) -> str:
    """Return an id that sorts by time and does not clash between processes: ``20260131-120000-f2k3f9q2mhx4``.

    UTC date and time, two characters of milliseconds, ten random ones (50 bits); any unique prefix will do.
    """
    now = moment or datetime.now(UTC)
    thousandth = now.microsecond // 1000
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{now:%Y%m%d-%H%M%S}-{_ALPHABET[thousandth // 32]}{_ALPHABET[thousandth % 32]}{tail}"


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def array_hash(values: npt.NDArray[Any]) -> str:
    """Return the SHA-256 of an array: its type, shape and bytes."""
    digest = hashlib.sha256(f"{values.dtype.str}{values.shape}".encode())
    digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def code_version() -> str:
    """Return the version of the installed distribution."""
    try:
        return metadata.version("bijstand")
    except metadata.PackageNotFoundError:
        return "not installed"


@cache
def code_hash() -> str:
    """Return one hash of every source and data file of the five packages."""
    return _files_hash(
        path for package in _PACKAGES for path in (_ROOT / package).rglob("*") if path.suffix in (".py", ".toml")
    )


@cache
def engine_hash() -> str:
    """Return one hash of the files that make numbers: the same hash, the same numbers."""
    found = [path for path in (_ROOT / "sim").rglob("*") if path.suffix in (".py", ".toml")]
    for folder in ("description", "execution"):
        found += (_ROOT / "scenarios" / folder).glob("*.py")
    return _files_hash(found)


def law_record(first: str, last: str) -> dict[str, Any]:
    """Return the dated law that a run between two ISO dates was made with: its files and their hash."""
    files = sorted((_ROOT / "sim" / "policy").rglob("*.toml"))
    return {
        "first": first,
        "last": last,
        "files": [str(path.relative_to(_ROOT)) for path in files],
        "sha256": _files_hash(files),
    }


@cache
def environment() -> dict[str, Any]:
    """Return Python, platform and the versions of the packages that make numbers."""
    return {
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "machine": platform.machine(),
        "packages": {name: _version(name) for name in _LIBRARIES},
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def _files_hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path.relative_to(_ROOT)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
