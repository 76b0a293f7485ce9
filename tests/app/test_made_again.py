"""The command that a report gives makes the same numbers again; default files stay small."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from analysis.effects.summary import summarise
from analysis.report.content import report_content
from app.cli import run
from scenarios.store.store import open_store

SMALL = ["--people", "40", "--months", "3", "--draws", "2", "--seeds", "2", "--seed", "7"]


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run([*words, "--json", "--no-report"]) == 0
    return json.loads(capsys.readouterr().out)


def again(run_id: str) -> list[str]:
    with open_store("sqlite:///out/bijstand.sqlite") as store:
        result = store.load(run_id)
    told = report_content(result, summarise(result), "en")["commands"][0]
    return shlex.split(told)[1:]


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "regular", "my files/own.toml", *SMALL],
        ["compare", "regular", "intensive", "--population", "oss", *SMALL],
        ["run", "netherlands_regular", "--no-inflow", *SMALL],
        ["run", "netherlands_regular", *SMALL],
        ["run", "wageningen_trial", "--draws", "1", "--seeds", "1", "--months", "2"],
    ],
)
def test_the_command_of_the_report_makes_the_same_numbers(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my files").mkdir()
    text = 'name = "own"\npeople = 5000\nregime = "exemption"\n'
    (tmp_path / "my files" / "own.toml").write_text(text)
    first = ask(capsys, *words)
    told = again(first["run_id"])
    assert told[0] == words[0]
    assert ask(capsys, *told)["result_sha256"] == first["result_sha256"]


def test_default_files_are_small_and_full_adds_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["compare", "regular", "exemption", "intensive", "disregard", "--people", "200"]
    found = ask(capsys, *words, "--draws", "1", "--seeds", "1", "--full")
    sizes = {Path(name).name: Path(name).stat().st_size for name in found["files"]}
    assert set(sizes) == {"results.csv", "summary.json", "answers.csv", "found_towns.csv", "results_full.csv.gz"}
    assert sizes["results.csv"] + sizes["summary.json"] < 2_000_000
    assert "results_full.csv.gz" not in {Path(name).name for name in ask(capsys, *words[:3], *SMALL)["files"]}
