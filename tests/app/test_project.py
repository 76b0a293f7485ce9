"""`bijstand project`: lengths, endings, markets, precision, variants; all labelled; bad input at once."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.cli import run
from calibration.posteriors.file import save
from scenarios.store.store import open_store
from tests.calibration.sample_posteriors import small

SMALL = ["--people", "60", "--draws", "3", "--seeds", "2", "--posterior", "prior"]
LENGTHS = ["--treatment", "6,always", "--months", "12"]


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "out"


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert run(["project", *words, "--json", "--no-report"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["runs"]
    return found


def test_a_projection_is_printed_stored_and_labelled_everywhere(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["project", "intensive", *LENGTHS, *SMALL]) == 0
    printed = capsys.readouterr().out
    assert "Intensive guidance, for good minus Intensive guidance, 6 months" in printed
    assert "change in the effect since the end" in printed
    (folder,) = (place for place in out.iterdir() if place.is_dir())
    with (folder / "results.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert {row["kind"] for row in rows} == {"level", "difference", "longer", "since_end"}
    assert {row["validity"] for row in rows} <= {"inside", "extrapolated", "speculative"}
    assert {row["run_id"] for row in rows} == {folder.name}
    record = json.loads((folder / "summary.json").read_text())
    assert all(row["validity"] and row["low"] is not None for row in record["contrasts"])
    book = load_workbook(next(folder.glob("*.xlsx")))
    sheet = book["Contrasts"]
    place = [cell.value for cell in sheet[1]].index("validity")
    assert sheet.max_row == len(record["contrasts"]) + 1
    assert all(row[place].value for row in sheet.iter_rows(min_row=2))
    page = next(folder.glob("*.html")).read_text()
    assert "Longer, after the end, announced" in page
    with open_store(f"sqlite:///{out}/bijstand.sqlite") as store:
        assert [(row.id, row.command) for row in store.runs()] == [(folder.name, "project")]


def test_a_stored_projection_can_be_made_again(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = ask(capsys, "exemption", *LENGTHS, *SMALL, "--market", "flat")
    assert run(["runs", "verify", found["run_id"]]) == 0
    assert found["market"] == "flat"


def test_a_policy_that_changes_nothing_differs_by_exactly_zero(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = out.parent / "idle.toml"
    file.write_text(
        'name = "idle"\nregime = "idle"\n[regimes.idle]\nbased_on = "regular"\n[regimes.idle.levers]\ncontacts = 0.25\n'
    )
    (found,) = ask(capsys, str(file), *LENGTHS, *SMALL, "--ending", "silent")
    changes = [row for row in [*found["rows"], *found["contrasts"]] if row["kind"] != "level"]
    assert changes
    assert {(row["mean"], row["low"], row["high"]) for row in changes} == {(0.0, 0.0, 0.0)}


def test_every_market_is_a_run_of_its_own(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tight, slack = ask(capsys, "intensive", "--market", "tight,slack", "--months", "9", *SMALL)
    assert (tight["market"], slack["market"]) == ("tight", "slack")
    assert tight["run_id"] != slack["run_id"]

    def left(found: dict[str, Any]) -> float:
        return next(
            row["mean"]
            for row in found["rows"]
            if (row["kind"], row["scenario"], row["measure"]) == ("level", "regular", "exit_work_ever")
        )

    assert left(tight) > left(slack)


def test_a_wanted_precision_chooses_sizes_and_is_reached(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["intensive", "--months", "3", "--people", "60", "--posterior", "prior"]
    (coarse,) = ask(capsys, *words, "--precision", "5")
    (fine,) = ask(capsys, *words, "--precision", "0.7")
    (capped,) = ask(capsys, *words, "--precision", "0.05", "--most", "60")
    assert coarse["draws"] * coarse["seeds"] < fine["draws"] * fine["seeds"]
    assert "percentage points from computing alone" in fine["precision"]
    assert "is not reached" in capped["precision"]
    assert capped["draws"] * capped["seeds"] <= 60
    # The pilot is part of the run: the same numbers as one that was asked for in these sizes.
    sizes = ["--draws", str(fine["draws"]), "--seeds", str(fine["seeds"])]
    (again,) = ask(capsys, *words, *sizes)
    assert again["result_sha256"] == fine["result_sha256"]


def test_variants_are_a_spread_of_their_own(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = ask(capsys, "exemption", "--months", "2", *SMALL, "--variants")
    assert found["variants"]
    for each in found["variants"]:
        assert each["low"] <= each["whole"] <= each["high"] or each["variants"] > 0
        assert each["validity"] == "inside"
        assert each["run_id"]
        assert each["run_id"] != found["run_id"]


def test_everything_wrong_is_told_at_once(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["project", "intensve", "--months", "x", "--people", "2", "--precision", "99", "--draws", "3"]
    words += ["--treatment", "12,12,999", "--ending", "sudden", "--market", "hot", "--most", "3"]
    assert run(words) == 2
    said = capsys.readouterr().err
    for part in (
        "did you mean 'intensive'?",
        *("--months: 'x'", "--people: 2", "--precision: 99", "--draws: 3"),
        *("--treatment: '12'", "--treatment: '999'", "--ending: 'sudden'", "--market: 'hot'", "--most: 3"),
    ):
        assert part in said
    assert not out.exists()
    assert run(["--lang", "nl", "project", "learning_start", "--treatment", "12"]) == 2
    assert "gaat over in" in capsys.readouterr().err
    assert run(["project", "intensive", "--ending", "both"]) == 2
    assert "nothing ends" in capsys.readouterr().err


def test_a_posterior_of_few_draws_is_used_whole_and_stands_with_every_number(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(small(draws=16), Path("hand.nc"))
    words = ["intensive", "--months", "3", "--people", "60", "--seeds", "2", "--posterior", "hand.nc"]
    (found,) = ask(capsys, *words)
    assert found["draws"] == 16
    assert found["label"].startswith("calibrated (posterior hand")
    assert {row["calibration"] for row in found["rows"]} == {"calibrated"}
    (planned,) = ask(capsys, *words[:5], *words[7:], "--precision", "0.1", "--most", "400")
    assert planned["draws"] == 16
    assert "is not reached" in planned["precision"]
    assert run(["project", *words, "--draws", "17"]) == 2
    assert "holds 16 draws" in capsys.readouterr().err
