"""`bijstand doubt`: reasons in order of how far they move a number; what cannot be weighed is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import run
from sim.parameters import MECHANISMS
from sim.setting import MARKETS

SIZES = ["--people", "60", "--months", "4", "--draws", "2", "--seeds", "2", "--workers", "2", "--no-report"]


def test_reasons_come_in_the_order_of_what_they_move(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["compare", "regular", "intensive", "--posterior", "prior", *SIZES]) == 0
    capsys.readouterr()
    assert run(["--lang", "nl", "twijfel", "last", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    doubts = found["doubts"]
    assert {each["kind"] for each in doubts} == {"market", "mechanism"}
    switches = [name for name, each in MECHANISMS.items() if not each.core]
    assert len(doubts) == len(switches) + len(MARKETS) - 1
    told = [abs(each["moved"]) for each in doubts if each["sound"]]
    assert told == sorted(told, reverse=True)
    assert any("posterior" in text for text in found["left_out"])
    assert run(["doubt", "last"]) == 0
    assert "not weighed again" in capsys.readouterr().out


def test_a_run_without_comparison_has_no_number_to_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["run", "regular", "--posterior", "prior", *SIZES]) == 0
    assert run(["doubt", "last"]) == 2
    assert "baseline" in capsys.readouterr().err
    assert run(["doubt", "last", "--measure", "hours_ovr_12"]) == 2
    assert "hours_over_12" in capsys.readouterr().err
