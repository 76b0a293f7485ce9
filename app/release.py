"""What goes with a release: the list of dependencies with licences (SBOM), and a bundle for computers without internet.

``python -m app.release sbom FILE`` writes CycloneDX 1.6 JSON, ``licences`` prints a table, ``bundle FOLDER`` gathers
wheels, lock, checksums and one install script for this Python and platform.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["bundle", "components", "main", "sbom"]

_ROOT = Path(__file__).resolve().parents[1]
_INSTALL = """#!/bin/sh
# Installs bijstand from this folder, without internet: sh install.sh [FOLDER]; needs Python {version} with venv.
set -e
cd "$(dirname "$0")"
sha256sum --check --quiet SHA256SUMS
target="${{1:-bijstand-venv}}"
python="${{PYTHON:-python3}}"
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != ({major}, {minor}))' ||
  {{ echo "Python {version} is needed; set PYTHON"; exit 1; }}
"$python" -m venv "$target"
"$target/bin/python" -m pip install --quiet --no-index --find-links wheels --require-hashes -r requirements.lock
"$target/bin/python" -m pip install --quiet --no-index --find-links wheels --no-deps bijstand
echo "ready: $target/bin/bijstand compare regular intensive"
"""


def components() -> Iterator[dict[str, Any]]:
    """Yield every installed distribution with its version and licence, by name; the program itself is not one."""
    found = {each.metadata["Name"].lower(): each for each in metadata.distributions() if each.metadata["Name"]}
    for name in sorted(found):
        if name != "bijstand":
            told = found[name].metadata
            yield {"name": told["Name"], "version": found[name].version, "licence": _licence(told)}


def _licence(told: Any) -> str:
    """Return the licence as the distribution tells it: an expression, else its classifiers, else a short text."""
    if told.get("License-Expression"):
        return str(told["License-Expression"])
    classed = [
        line.rsplit("::", 1)[-1].strip() for line in told.get_all("Classifier") or () if line.startswith("License ::")
    ]
    text = (told.get("License") or "").strip().splitlines()
    return "; ".join(classed) or (text[0][:60] if text else "not told")


def sbom() -> dict[str, Any]:
    """Return the bill of materials in CycloneDX 1.6; the same environment gives the same document."""
    parts = [
        {
            "type": "library",
            "name": each["name"],
            "version": each["version"],
            "purl": f"pkg:pypi/{each['name'].lower()}@{each['version']}",
            "licenses": [{"license": {"name": each["licence"]}}],
        }
        for each in components()
    ]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(parts, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "bijstand", "version": metadata.version("bijstand")}},
        "components": parts,
    }


def bundle(target: Path) -> list[str]:
    """Gather wheels of all that running needs, the lock, checksums and an install script in a new folder.

    Args:
        target: the folder; it must not exist.

    Returns:
        the names of the files.

    Raises:
        FileExistsError: the folder is there.
        subprocess.CalledProcessError: a wheel could not be fetched or built.
    """
    wheels = target / "wheels"
    wheels.mkdir(parents=True)
    python = [sys.executable, "-m"]
    lock = _ROOT / "requirements.lock"
    quiet = ["--quiet", "--disable-pip-version-check"]
    _run([*python, "pip", "download", *quiet, "--require-hashes", "--dest", str(wheels), "-r", str(lock)])
    _run([*python, "pip", "wheel", *quiet, "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(_ROOT)])
    shutil.copy(lock, target / "requirements.lock")
    major, minor = sys.version_info[:2]
    script = _INSTALL.format(version=f"{major}.{minor}", major=major, minor=minor)
    (target / "install.sh").write_text(script, encoding="utf-8")
    (target / "sbom.json").write_text(json.dumps(sbom(), indent=1), encoding="utf-8")
    names = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
    sums = [f"{hashlib.sha256((target / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (target / "SHA256SUMS").write_text("".join(sums), encoding="ascii")
    return [*names, "SHA256SUMS"]


def _run(words: list[str]) -> None:
    subprocess.run(words, check=True, cwd=_ROOT)


def main(words: list[str]) -> int:
    """Do what the words say; return the exit code."""
    match words:
        case ["sbom", place]:
            Path(place).write_text(json.dumps(sbom(), indent=1) + "\n", encoding="utf-8")
        case ["licences"]:
            for each in components():
                sys.stdout.write(f"{each['name']:<28} {each['version']:<14} {each['licence']}\n")
        case ["bundle", place] if not Path(place).exists():
            sys.stdout.write(f"{len(bundle(Path(place)))} files in {place}\n")
        case _:
            sys.stderr.write("usage: python -m app.release sbom FILE | licences | bundle NEW_FOLDER\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
