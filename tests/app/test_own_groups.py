"""Groups by condition, a file's own people as its baseline, imported people by their name, runs by title."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from scenarios.description.find import find_scenario, find_scenarios
from sim.people.clients.template import example_csv, mapping_template

SINGLES = 'household == "single" and problem_debt == 1'
SCENARIO = """
name = "raad"
months = 4
population = "nijmegen_eligible"
people = 200
draws = 1
seeds = 1

[assignment]
rules = [{ when = 'household == "single" and debt > 0', regime = "intensive" }]
otherwise = "disregard"
"""
FEW = ("--draws", "1", "--seeds", "1", "--no-figures")


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run([*words, "--json"]) == 0, capsys.readouterr().err
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raad.toml").write_text(SCENARIO)
    return "raad.toml"


def test_a_file_is_compared_with_the_regular_regime_of_its_own_people(file: str) -> None:
    for words in (["regular", file], [file, "regular"]):
        for one in find_scenarios(words):
            assert (one.population, one.people, one.months) == ("nijmegen_eligible", 200, 4)
    base, again = find_scenarios(["regular", "intensive"])
    assert base == find_scenario("regular")
    assert again == find_scenario("intensive")


def test_cost_and_who_answer_for_a_file_with_people_of_its_own_and_for_a_group(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = answer(capsys, "cost", file, *FEW)
    some = answer(capsys, "cost", file, *FEW, "--group", SINGLES)
    assert some["group"] == SINGLES
    assert 10 <= some["people"] < whole["people"]
    found = answer(capsys, "who", file, *FEW, "--no-tailor", "--group", SINGLES)
    sizes = {row["people"] for row in found["rows"] if row["family"] == SINGLES and row["group"] == "yes"}
    assert sizes == {some["people"]}


@pytest.mark.parametrize("text", ["debt", "household == 'sngle'", "age > 100", "nobody > 1"])
def test_a_condition_that_divides_nobody_is_refused_before_anything_runs(
    file: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("cost", "who"):
        assert run([command, file, *FEW, "--group", text]) == 2
        assert "--group" in capsys.readouterr().err


def test_imported_people_work_by_their_name_and_stand_in_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.csv").write_text(example_csv())
    Path("m.toml").write_text(mapping_template("en"))
    assert run(["population", "import", "c.csv", "--mapping", "m.toml", "--name", "oostdijk"]) == 0
    capsys.readouterr()
    assert run(["population", "list"]) == 0
    assert "oostdijk" in capsys.readouterr().out
    by_name = answer(capsys, "run", "regular", "--population", "oostdijk", "--months", "2", *FEW[:4], "--no-report")
    folder = answer(
        capsys, "run", "regular", "--population", "populations/oostdijk", "--months", "2", *FEW[:4], "--no-report"
    )
    assert by_name["rows"] == [row | {"run_id": by_name["rows"][0]["run_id"]} for row in folder["rows"]]
    assert run(["run", "regular", "--population", "oostdik"]) == 2
    assert "did you mean 'oostdijk'" in capsys.readouterr().err
