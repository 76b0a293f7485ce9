"""The page of all populations says what `bijstand compare` says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.checks.sweep_populations import HEADLINE_REGIMES, SHOWN, main, sweep, write_page
from app.cli import run
from sim.problems import InputError


def test_a_row_of_the_page_is_the_run_of_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = list(sweep(["oss"], people=120, draws=3, seeds=2))
    page = tmp_path / "page.md"
    write_page(found, page, people=120, draws=3, seeds=2, seconds=1.0)
    text = page.read_text(encoding="utf-8")
    command = text.split("each row again by `")[1].split("`")[0].replace("NAME", "oss")
    words = command.split()
    assert words[:2] == ["bijstand", "compare"]
    assert run([*words[1:], "--out", str(tmp_path / "out"), "--no-report", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["result_sha256"] == found[0].digest
    assert found[0].digest[:16] in text
    assert found[0].summary.run_id in text


def test_every_outcome_has_level_differences_and_label(tmp_path: Path) -> None:
    found = list(sweep(["nijmegen", "netherlands"], people=100, draws=2, seeds=2))
    page = tmp_path / "page.md"
    write_page(found, page, people=100, draws=2, seeds=2, seconds=1.0)
    rows = [line for line in page.read_text("utf-8").splitlines() if line.startswith("| nijmegen | ")]
    assert len(rows) == len(SHOWN) + 1
    for row in rows[:-1]:
        cells = row.strip("| ").split(" | ")
        assert len(cells) == len(HEADLINE_REGIMES) + 2
        assert all(" to " in cell for cell in cells[1:-1])
        assert cells[-1].startswith("not calibrated, ")


def test_bad_input_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError):
        next(sweep(["nijmgen"]))
    assert main([str(tmp_path / "nowhere" / "page.md")]) == 2
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
