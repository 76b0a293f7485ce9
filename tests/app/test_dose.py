"""`bijstand dose`: curve, surface, files; bad input in one message."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.cli import run

SMALL = ["--people", "60", "--draws", "3", "--seeds", "2", "--months", "3", "--posterior", "prior"]


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "out"


def test_a_curve_is_printed_drawn_and_labelled_everywhere(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["dose", "contacts", "--scenario", "regular", "--values", "0.25,1,3"]
    assert run([*words, *SMALL]) == 0
    printed = capsys.readouterr().out
    for part in ("diminishing returns", "turning point", "the trials observed 0 to 2.17", "not calibrated"):
        assert part in printed
    (folder,) = (place for place in out.iterdir() if place.is_dir())
    rows = list(csv.DictReader((folder / "dose.csv").open()))
    zero = [row for row in rows if row["lever contacts"] == "0.25"]
    assert {float(row["mean"]) for row in zero} == {0.0}
    assert {row["validity"] for row in rows if row["lever contacts"] == "3.0"} == {"extrapolated"}
    assert {row["run_id"] for row in rows} == {folder.name}
    record = json.loads((folder / "dose.json").read_text())
    assert record["levers"]["contacts"]["regular"] == 0.25
    assert record["levers"]["contacts"]["observed"][0] == 0.0
    sheet = load_workbook(folder / "dose.xlsx")["dose"]
    place = [cell.value for cell in sheet[1]].index("validity")
    assert all(row[place].value for row in sheet.iter_rows(min_row=2))
    for name in ("dose.svg", "dose.png"):
        assert (folder / name).stat().st_size > 10_000
    assert run(["runs", "verify", folder.name]) == 0


def test_two_levers_give_a_surface_in_dutch(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--lang", "nl", "dose", "disregard_share", "contacts", "--steps", "2", "--values2", "1,2", "--no-report"]
    assert run([*words, *SMALL]) == 0
    printed = capsys.readouterr().out
    assert "intensive_disregard: effect ten opzichte van de achtergrond in maand 3" in printed
    assert "afnemende opbrengst" in printed


def test_the_length_of_treatment_has_its_own_follow_up(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["dose", "treatment_months", "--values", "2,4,6", *SMALL, "--months", "6", "--json", "--no-report"]
    assert run(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["lever treatment_months"] for row in found["rows"]} == {2.0, 4.0, 6.0}
    assert {row["month"] for row in found["rows"]} == {6}
    labels = {row["lever treatment_months"]: row["validity"] for row in found["rows"]}
    assert labels == {2.0: "extrapolated", 4.0: "extrapolated", 6.0: "inside"}


def test_every_lever_has_a_range_of_its_own() -> None:
    """A newcomer names a lever and nothing else: the default values are allowed in the default scenario."""
    from app.answering.dose import DoseRequest, check
    from app.answering.request import RunSettings
    from sim.regime.levers import LEVERS

    for lever in LEVERS:
        checked = check(DoseRequest((lever,), RunSettings(people=40, posterior="prior")))
        assert len(checked.points) >= 2, lever


def test_everything_wrong_is_told_at_once(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["dose", "contcts", "caseload", "--from", "a", "--values2", "10,80", "--steps2", "3"]
    assert run([*words, "--month", "99", "--people", "1", "--scenario", "nope"]) == 2
    said = capsys.readouterr().err
    for part in (
        "did you mean 'contacts'?",
        *("--from: 'a'", "--steps2", "--month: 99", "--people: 1", "scenario: 'nope'"),
    ):
        assert part in said
    assert run(["dose", "contacts", "--from", "3", "--to", "1", "--steps2", "2", "--posterior", "prior"]) == 2
    said = capsys.readouterr().err
    assert "more than --from (3)" in said
    assert "only with a second lever" in said
    assert run(["--lang", "nl", "dose", "contacts", "--scenario", "tailored", "--posterior", "prior"]) == 2
    assert "iedereen één regime" in capsys.readouterr().err
    assert not out.exists()


def test_dutch_is_dutch_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["--lang", "nl", "dose", "contacts", "--months", "6", "--month", "9"]) == 2
    told = capsys.readouterr().err
    assert "1 .. 6, een maand van de run" in told
    small = ["--values", "0,1", "--people", "40", "--months", "2", "--draws", "2", "--seeds", "1"]
    assert run(["--lang", "nl", "dose", "contacts", *small, "--no-report"]) == 0
    assert "2 trekkingen x 1 herhalingen" in capsys.readouterr().out


def test_the_longest_axis_label_fits_its_panel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    small = ["--values", "0.25,0.5", "--people", "40", "--months", "2", "--draws", "2", "--seeds", "1"]
    assert run(["--lang", "nl", "dose", "disregard_share", *small]) == 0
    capsys.readouterr()
    (picture,) = (tmp_path / "out").glob("*/dose.svg")
    text = picture.read_text()
    assert "deel van de verdiensten dat men houdt" in text
    assert "dat men houdt (deel van de verdiensten)</text>" not in text
