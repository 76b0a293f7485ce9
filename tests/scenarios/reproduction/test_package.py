"""A package from a stranger: read back as it was written, refused when anything in it is not what ours would be."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scenarios.description.find import find_scenarios
from scenarios.execution.plan import Options, plan
from scenarios.execution.result import RunResult
from scenarios.execution.run import execute
from scenarios.reproduction.package import export_package, read_package
from scenarios.reproduction.package_checks import MOST
from sim.files import DEEPEST, below, too_deep
from sim.problems import InputError


@pytest.fixture(scope="module")
def run() -> RunResult:
    chosen = find_scenarios(["regular", "exemption"])
    return execute(plan(chosen, Options(people=60, months=3, draws=2, seeds=1)))


@pytest.fixture(scope="module")
def written(run: RunResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("package") / "p"
    export_package(run, "compare", place)
    return place


@pytest.fixture
def package(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "p"))


def sealed(package: Path) -> Path:
    """Write the manifest that a sender who changed the package would write."""
    files = {
        path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(package.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
    (package / "manifest.json").write_text(json.dumps(files))
    return package


def paths(package: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        read_package(package)
    return [problem.path for problem in error.value.problems]


@pytest.mark.parametrize("kind", ["parquet", "csv", "json", "xlsx"])
def test_a_package_reads_back_as_the_run(run: RunResult, tmp_path: Path, kind: str) -> None:
    place = tmp_path / ("p.zip" if kind == "csv" else "p")
    export_package(run, "compare", place, kind=kind)
    again, command = read_package(place)
    assert again.digest() == run.digest()
    assert command == "compare"


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "run_id": lambda run: run.update(run_id="../../../../../../tmp/pwned"),
    "run_id of markup": lambda run: run.update(run_id='"><script>'),
    "run_id null": lambda run: run.update(run_id=None),
    "scenarios": lambda run: (
        run["scenarios"].__setitem__(0, "breaker/pt/PWNED"),
        run["provenance"]["scenarios"][0].update(name="breaker/pt/PWNED"),
    ),
    "provenance.scenarios": lambda run: run["provenance"]["scenarios"][0].update(name="../x"),
    "months": lambda run: run.update(months=10**12),
    "months as text": lambda run: run.update(months="3"),
    "seeds": lambda run: run.update(seeds=[True]),
    "titles": lambda run: run.update(titles=None),
    "command": lambda run: run.update(command="a\nb"),
    "measures": lambda run: run.update(measures=["../x"]),
    "provenance.label": lambda run: run["provenance"].update(label={"en": "certified\u0000", "nl": "x"}),
    "package": lambda run: run.update(package=2),
    "failures": lambda run: run.update(failures={}),
    "groups": lambda run: run.update(groups=["all\u0001"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_names_sizes_and_shapes_are_those_of_a_run_of_ours(package: Path, change: str) -> None:
    run = json.loads((package / "run.json").read_text())
    CHANGES[change](run)
    (package / "run.json").write_text(json.dumps(run))
    assert f"run.json: {change.split(' ')[0]}" in paths(sealed(package))


def test_many_wrong_things_are_told_at_once(package: Path) -> None:
    run = json.loads((package / "run.json").read_text())
    for change in ("run_id", "months", "titles"):
        CHANGES[change](run)
    (package / "run.json").write_text(json.dumps(run))
    assert len(paths(sealed(package))) == 3


def test_every_file_is_in_the_manifest_and_nothing_else(package: Path) -> None:
    (package / "code" / "sitecustomize.py").write_text("print('run by whoever verifies')")
    (package / "tables" / "more.parquet").write_bytes(b"")
    assert paths(package) == ["code/sitecustomize.py", "tables/more.parquet"]
    (package / "manifest.json").write_text("{}")
    assert "verify.py" in paths(package)


@pytest.mark.parametrize("name", ["verify.py", "code/sim/engine/kernel.py", "README.md", "scenarios/regular.toml"])
def test_a_file_that_was_changed_is_named(package: Path, name: str) -> None:
    (package / name).write_text((package / name).read_text() + " ")
    assert paths(package) == [name]


def test_a_scenario_file_that_is_not_the_runs_is_refused(package: Path) -> None:
    (package / "scenarios" / "regular.toml").write_text('name = "other"')
    assert paths(sealed(package)) == ["scenarios/regular.toml"]


def test_a_table_that_is_not_the_runs_is_refused(package: Path) -> None:
    import pandas as pd

    place = package / "tables" / "scenarios.parquet"
    table = pd.read_parquet(place)
    table.loc[0, "text"] = "something else"
    table.to_parquet(place)
    with pytest.raises(InputError, match=r"tables/scenarios\.parquet"):
        read_package(sealed(package))


def test_a_damaged_table_gets_our_message(package: Path) -> None:
    (package / "tables" / "results.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    assert paths(sealed(package)) == ["package"]


def test_nesting_is_bounded(package: Path) -> None:
    (package / "run.json").write_text("[" * 100_000)
    assert paths(sealed(package)) == ["package"]
    (package / "manifest.json").write_text("[" * 100_000)
    assert paths(package) == ["package"]
    assert not too_deep('{"a": "' + "[" * 1000 + '"}')
    assert too_deep("[" * (DEEPEST + 1))


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("manifest.json", " " * 30_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", lambda *_: pytest.fail("unpacked"))
    assert paths(bomb) == ["package"]
    with zipfile.ZipFile(bomb, "w") as zipped:
        for number in range(MOST["files"] + 1):
            zipped.writestr(f"{number}", "")
    assert paths(bomb) == ["package"]


@pytest.mark.parametrize("name", ["../x", "/x", "..\\x", "a/../../x"])
def test_an_archive_does_not_lead_elsewhere(tmp_path: Path, name: str) -> None:
    place = tmp_path / "p.zip"
    with zipfile.ZipFile(place, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo(name), "x")
    assert paths(place) == ["package"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["p.zip"]


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "", " ", "a\\b", "C:x", "a\x00b", "a\nb", "x" * 300])
def test_a_name_leads_nowhere_but_below_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        below(tmp_path, name)


def test_a_plain_name_is_its_place(tmp_path: Path) -> None:
    assert below(tmp_path, "report-20260131-1.nl.html") == tmp_path / "report-20260131-1.nl.html"
