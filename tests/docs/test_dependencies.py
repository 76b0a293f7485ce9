"""What the project declares it also uses: a dependency that nobody imports is only a risk."""

from __future__ import annotations

import re
import tomllib

from tests.docs.pages import ROOT

_ROOMS = ("sim", "scenarios", "calibration", "analysis", "app", "bijstand")
# Distribution -> what stands in the code: an import, the name of an engine, or the scheme of a URL.
_NAMES = {
    "psycopg": "psycopg",
    "pyarrow": "pyarrow|to_parquet",
    "h5netcdf": "h5netcdf",
    "salib": "SALib",
    "threadpoolctl": "threadpoolctl",
    "python-multipart": "form",  # Starlette reads forms with it
}


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    text = "\n".join(path.read_text() for room in _ROOMS for path in (ROOT / room).rglob("*.py"))
    for line in project["dependencies"]:
        name = re.split(r"[\[<>=!~ ]", line)[0].lower()
        word = _NAMES.get(name, re.escape(name))
        assert re.search(rf"^\s*(?:import|from) {word}\b", text, re.MULTILINE) or (
            name in _NAMES and re.search(rf"\b(?:{word})\b", text)
        ), f"{name} is declared and never used"
