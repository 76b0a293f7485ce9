"""`bijstand scenarios`: what is listed can be shown, what is written can be run, what is wrong is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import run
from scenarios.description.find import catalogue_names


def test_everything_that_is_listed_is_checked_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "list", "--json"]) == 0
    names = [entry["name"] for entry in json.loads(capsys.readouterr().out)]
    assert tuple(names) == catalogue_names()
    assert run(["scenarios", "check", *names]) == 0
    for name in ("regular", "tailored", "nijmegen_trial", "duty_lottery"):
        assert run(["scenarios", "show", name]) == 0
        assert capsys.readouterr().out
        assert run(["scenarios", "show", name, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["name"] == name


def test_the_list_speaks_dutch(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "nl", "scenarios", "list"]) == 0
    assert "Ontheffing van verplichtingen" in capsys.readouterr().out


def test_a_new_file_is_good_and_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    assert run(["scenarios", "new", str(path)]) == 0
    assert run(["scenarios", "check", str(path)]) == 0
    path.write_text("mine")
    assert run(["scenarios", "new", str(path)]) == 2
    assert path.read_text() == "mine"
    assert run(["scenarios", "new", str(path), "--force"]) == 0
    assert path.read_text() != "mine"
    for place in (tmp_path, tmp_path / "nowhere" / "a.toml", "a\x00b"):
        assert run(["scenarios", "new", str(place), "--force"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_check_tells_all_problems_of_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").write_text('name = "a"\nregime = "exempton"\nmonths = -1\n')
    (tmp_path / "b.toml").write_text("name = \n")
    words = ["scenarios", "check", str(tmp_path / "a.toml"), "regular", str(tmp_path / "b.toml"), "nul"]
    assert run(words) == 2
    told = capsys.readouterr().err
    assert told.startswith("4 problems")
    assert "a.toml: regime: 'exempton'" in told
    assert "did you mean 'exemption'" in told
    assert "a.toml: months: -1" in told
    assert "b.toml:1" in told
    assert "did you mean 'null'" in told
    assert run(["--lang", "nl", *words]) == 2
    assert capsys.readouterr().err.startswith("4 problemen")
    assert run([*words, "--json"]) == 2
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 4
