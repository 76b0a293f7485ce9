"""The catalogue: what it lists, what it refuses, how fast it is, and what the command line shows."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from app.cli import run
from sim import municipalities
from sim.people import recipe as recipes
from sim.people.catalogue import load, names
from sim.people.make_up import make_up
from sim.people.recipe import DATA
from sim.problems import InputError


def test_the_catalogue_holds_every_town_of_the_evidence_and_the_country() -> None:
    listed = {info.name for info in names()}
    towns = {"nijmegen", "oss", "amsterdam", "groningen", "utrecht", "tilburg", "deventer", "wageningen"}
    assert towns | {"nijmegen_eligible", "oss_eligible", "groningen_eligible", "netherlands"} <= listed


def test_sizes_are_as_published() -> None:
    sizes = {info.name: info.people for info in names()}
    assert sizes["nijmegen"] == 366
    assert sizes["nijmegen_eligible"] == 6030
    assert sizes["oss"] == 345
    assert sizes["groningen"] == 890
    assert sizes["groningen_eligible"] == 8724
    assert sizes["netherlands"] == 415_000
    oss = load("oss")
    assert np.bincount(oss.arm).tolist() == [111, 115, 119]


def test_every_data_file_is_listed_or_a_base() -> None:
    files = {path.stem for path in DATA.glob("*.toml")}
    assert files == {"netherlands", "dependence", "participants", "sobol"}
    assert set(recipes.names()) >= {"netherlands", *municipalities.names()}


@pytest.mark.parametrize("name", recipes.names())
def test_every_figure_has_a_source_and_a_kind(name: str) -> None:
    recipe = recipes.read(name)
    figures = [figure for group in recipe.figures.values() for figure in group.values()]
    assert all(len(figure.source) > 3 for figure in figures)
    assert {figure.kind for figure in figures} <= {"published", "derived", "assumption"}
    assert all(figure.kind == "assumption" for figure in figures if figure.borrowed)


def test_the_whole_country_is_drawn_in_two_seconds() -> None:
    load("netherlands", people=1_000)
    began = time.process_time()
    people = load("netherlands")
    assert time.process_time() - began < 6.0  # 0.7 s on an idle machine; of processor time
    assert len(people) == 415_000
    assert people.caseworker.max() + 1 == 3320


def test_a_size_keeps_the_proportions_of_the_arms() -> None:
    assert np.bincount(load("oss", people=3450).arm).tolist() == [1110, 1150, 1190]


def test_a_start_of_ones_own() -> None:
    assert load("oss", start=date(2020, 3, 1)).start == date(2020, 3, 1)


def test_all_problems_are_told_at_once_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as refused:
        load("nijmgen", people=0, seed=-1, inflow_months=999)
    assert len(refused.value.problems) == 4
    assert refused.value.problems[0].nearest == "nijmegen"


def test_small_cells_of_the_make_up_are_hidden() -> None:
    people = load("oss")
    groups, _, rows = make_up(people)
    shown = next(row for row in rows if row.quantity == "addiction")
    assert shown.values[0] is None
    for row in rows:
        if row.share:
            for group, value in zip(groups, row.values, strict=True):
                size = len(people) if group == "all" else (people.arm == people.arms.index(group)).sum()
                if value:
                    assert value * size > 9.5
                    assert value == 1 or (1 - value) * size > 9.5


@pytest.mark.parametrize("lang", ["en", "nl"])
@pytest.mark.parametrize("words", [["list"], ["profile", "oss"], ["fit", "nijmegen"], ["draw", "nijmegen"]])
def test_every_command_prints_a_table_and_json(words: list[str], lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", lang, "population", *words]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 4
    assert run(["--lang", lang, "population", *words, "--json"]) == 0
    json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", ["people.csv", "people.parquet"])
def test_people_written_are_the_people_drawn(name: str, tmp_path: Path) -> None:
    import pandas as pd

    file = tmp_path / name
    assert run(["population", "draw", "oss", "--people", "200", "--seed", "5", "--out", str(file)]) == 0
    table = pd.read_csv(file) if file.suffix == ".csv" else pd.read_parquet(file)
    people = load("oss", people=200, seed=5)
    np.testing.assert_array_equal(table["person"], people.person)
    np.testing.assert_allclose(table["age"], people["age"])
    assert run(["population", "draw", "oss", "--out", str(file)]) == 2


def test_bad_words_end_with_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["population", "draw", "os", "--people", "many", "--out", "/nowhere/x.txt"]) == 2
    said = capsys.readouterr().err
    assert all(part in said for part in ("--people", "'oss'", ".parquet", "/nowhere"))
    assert "Traceback" not in said


def test_bad_numbers_are_named_as_they_were_typed(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["population", "draw", "oss", "--people", "0", "--seed", "-1", "--inflow-months", "٣"]
    assert run(words) == 2
    said = capsys.readouterr().err
    assert "3 problems" in said
    assert all(part in said for part in ("--people: 0", "1 .. 5000000", "--seed: -1", "--inflow-months: '٣'"))


def test_the_make_up_of_an_imported_population_is_pointed_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "population.toml").write_text("")
    assert run(["population", "profile", str(tmp_path)]) == 2
    assert "profile.nl.html" in capsys.readouterr().err


def test_the_fit_hides_figures_of_fewer_than_ten_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["population", "fit", "nijmegen", "--people", "25", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert rows
    assert min(row["people"] for row in rows) >= 10


def test_a_full_disk_leaves_no_half_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.files.os.replace", full)
    out = str(tmp_path / "people.csv")
    assert run(["population", "draw", "oss", "--people", "20", "--out", out]) == 2
    assert "No space left" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
