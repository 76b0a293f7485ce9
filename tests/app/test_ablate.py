"""`bijstand ablate`: table and figure of every mechanism off, and bad input in one message."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from app.cli import run
from sim.month import MECHANISMS

FEW = ["--people", "40", "--months", "16", "--draws", "2", "--seeds", "2"]
SOME = ["--mechanism", "obligations", "--mechanism", "anticipation"]


def test_every_mechanism_is_switched_off_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["ablate", "exemption", "--people", "20", "--months", "3", "--draws", "1", "--seeds", "1"]
    assert run([*words, "--out", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    free = [name for name, each in MECHANISMS.items() if not each.core]
    assert found["mechanisms"] == free
    assert found["months"] == [3]
    assert found["label"].startswith("not calibrated")
    assert found["label"].endswith("; inside")
    assert len(found["rows"]) == len(free) * 2 * len(found["measures"])


def test_table_csv_and_figure_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ablate", "exemption", *FEW, *SOME, "--out", str(tmp_path)]) == 0
    table = capsys.readouterr().out
    folder = tmp_path / "ablation_exemption"
    rows = list(csv.DictReader((folder / "ablation.csv").open()))
    assert {row["mechanism"] for row in rows} == {"obligations", "anticipation"}
    assert {row["kind"] for row in rows} == {"level", "effect"}
    assert {row["month"] for row in rows} == {"16"}
    # No end is announced: anticipation can do nothing, exactly.
    assert all(float(row["change"]) == 0.0 for row in rows if row["mechanism"] == "anticipation")
    stress = [row for row in rows if row["mechanism"] == "obligations" and row["measure"] == "stress"]
    assert all(float(row["change"]) != 0.0 for row in stress)
    assert "not calibrated" in table
    assert "obligations push and pull" in table
    assert rows[0]["run_id"] in table
    assert (folder / "ablation.svg").stat().st_size > 10_000
    assert (folder / "ablation.png").stat().st_size > 10_000


def test_changes_are_paired_differences_of_the_same_luck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def changes(*words: str) -> list[float]:
        assert run(["ablate", *words, *FEW, *SOME, "--out", str(tmp_path), "--json"]) == 0
        return [row["change"] for row in json.loads(capsys.readouterr().out)["rows"]]

    assert changes("exemption") == changes("exemption", "--seed", "1")
    assert changes("exemption") != changes("exemption", "--seed", "2")
    # The regular regime has no effect against itself: one kind of row only.
    assert len(changes("regular")) * 2 == len(changes("exemption"))


def test_everything_wrong_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("")
    words = ["ablate", "exemption", "--people", "many", "--draws", "0", "--mechanism", "purse"]
    assert run([*words, "--mechanism", "scarcitie", "--out", str(file)]) == 2
    said = capsys.readouterr().err
    for part in ("--people: 'many'", "--draws: 0", "purse", "did you mean 'scarcity'?", "--out"):
        assert part in said
    assert run(["ablate", "exemption", "--page", str(tmp_path / "no" / "page.md")]) == 2
    assert "--page" in capsys.readouterr().err


def test_the_page_says_what_the_console_says_and_how_it_was_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    words = ["ablate", "exemption", *FEW, *SOME, "--posterior", "prior", "--out", str(tmp_path)]
    assert run([*words, "--page", str(page)]) == 0
    printed = capsys.readouterr().out
    text = page.read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("| obligations"):
            for cell in line.strip("| ").split(" | "):
                assert cell in printed
    assert text.count("| obligations") == 2
    made = text.split("`")[1]
    assert made.startswith("bijstand ablate exemption --posterior prior --people 40 --months 16 --draws 2")
    assert made.endswith("--mechanism obligations --mechanism anticipation")
