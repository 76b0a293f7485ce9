"""Scenarios over a municipality's own clients: the folder beside the file, taken as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands.population_import import import_command
from scenarios.description.find import find_scenarios
from scenarios.description.schema import read_scenario_file
from scenarios.execution.plan import Options, plan
from scenarios.execution.run import execute
from sim.people.clients import read as clients
from sim.problems import InputError
from tests.sim.people.donors import donors

SMALL = Options(months=3, draws=1, seeds=1)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with an imported population `ourtown` beside a scenario file, seen from elsewhere."""
    monkeypatch.setattr(clients, "_shipped", lambda mapping: donors(400))
    monkeypatch.chdir(tmp_path)
    ask = CliRunner().invoke
    assert ask(import_command, ["--template"], obj={"lang": "en"}).exit_code == 0
    words = ["clients_example.csv", "--mapping", "mapping.toml", "--name", "ourtown"]
    assert ask(import_command, words, obj={"lang": "en"}).exit_code == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path


def written(town: Path, name: str, text: str) -> Path:
    path = town / f"{name}.toml"
    path.write_text(f"name = '{name}'\npopulation = 'populations/ourtown'\n{text}\n")
    return path


def test_a_folder_beside_the_file_is_found_from_anywhere(town: Path) -> None:
    files = [
        str(written(town, "now", "regime = 'regular'\ngroups = ['obstacles']")),
        str(written(town, "coached", "regime = 'intensive'")),
    ]
    result = execute(plan(find_scenarios(files), SMALL))
    assert (result.people[:, 0, 0, 0] == 238).all()
    assert (result.values[0] != result.values[1]).any()
    made = result.provenance
    assert [entry["word"] for entry in made.scenarios] == files
    assert Path(made.scenarios[0]["population"]) == town / "populations/ourtown"


def test_the_command_line_names_the_folder_too(town: Path) -> None:
    options = Options(population="../populations/ourtown", months=2, draws=1, seeds=1)
    assert len(plan(find_scenarios(["regular", "intensive"]), options).population) == 238


@pytest.mark.parametrize("text", ["people = 100", "inflow = true", "inflow = 6"])
def test_own_clients_are_taken_as_they_are(town: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        plan([read_scenario_file(written(town, "a", f"regime = 'regular'\n{text}"))], SMALL)
    assert text.split()[0] in caught.value.problems[0].path


def test_a_folder_without_people_is_one_problem_with_the_nearest_name(town: Path) -> None:
    path = town / "a.toml"
    path.write_text("name = 'a'\nregime = 'regular'\npopulation = 'populations/nowhere'\n")
    with pytest.raises(InputError) as caught:
        read_scenario_file(path)
    assert [problem.path for problem in caught.value.problems] == ["a.toml: population"]


def test_a_damaged_folder_is_told(town: Path) -> None:
    path = written(town, "a", "regime = 'regular'")
    folder = town / "populations/ourtown"
    data = next(each for each in folder.iterdir() if each.suffix not in (".toml", ".html", ".csv", ".json"))
    data.write_bytes(data.read_bytes()[:100])
    with pytest.raises(InputError):
        plan([read_scenario_file(path)], SMALL)
