"""The benchmark's command: what it writes is what was measured, and the stored measurement holds its bars."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.commands import bench

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    stored = _ROOT / "docs" / "validation" / "benchmark.json"
    measured: dict[str, Any] = json.loads(stored.read_text(encoding="utf-8"))
    return measured


def test_the_stored_benchmark_is_a_full_one_and_its_bars_follow_from_it(found):
    assert not found["quick"]
    assert [row["people"] for row in found["sizes"]] == [1000, 10_000, 100_000, 450_000, 1_000_000]
    for bar in found["bars"]:
        value, bound = bar["measured"], bar["bound"]
        assert bar["holds"] == (value >= bound if bar["sign"] == ">=" else value <= bound), bar["bar"]


def test_files_are_written(found, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench, "_bench", lambda: lambda **given: found)
    assert run(["bench", "--out", str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "benchmark.json",
        "benchmark.md",
        "benchmark.svg",
        "benchmark.png",
    }
    assert json.loads((tmp_path / "benchmark.json").read_text()) == found
    text = (tmp_path / "benchmark.md").read_text()
    shown = capsys.readouterr().out
    for bar in found["bars"]:
        assert bar["bar"] in text
        assert bar["bar"] in shown


def test_json_is_what_was_measured(found, monkeypatch, capsys):
    monkeypatch.setattr(bench, "_bench", lambda: lambda **given: found)
    assert run(["bench", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found


def test_warm_compiles_once(capsys):
    assert run(["bench", "--warm"]) == 0
    assert run(["--lang", "nl", "bench", "--warm"]) == 0
    assert capsys.readouterr().out.endswith("was al klaar\n")


def test_without_a_checkout_the_command_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "a" / "b" / "bench.py"))
    assert run(["bench", "--quick"]) == 2
    assert "checkout" in capsys.readouterr().err
