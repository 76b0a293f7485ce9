"""The benchmark's command: what it writes is what was measured, and the stored measurement holds its bars."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.commands import bench
from benchmarks import large, measure
from sim.people import catalogue

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


@pytest.mark.parametrize(("free", "objects"), [(1e12, 5), (1e5, 0)])
def test_everything_is_timed_five_times_and_mesa_where_it_fits(monkeypatch, free, objects):
    monkeypatch.setattr(measure, "_timed", lambda work: (3.0, 2.0, 0.5))
    monkeypatch.setattr(measure, "simulate", lambda *given, **named: [])
    monkeypatch.setattr(measure, "_free_memory", lambda: free)
    row = measure._size(catalogue.load("nijmegen", 60), 50, False, lambda text: None)
    assert row["repetitions"] == {"one": 5, "two": 5, "numpy": 5, "mesa": objects, "pairs": 15}
    assert row["two_threads_wall"] == 2000 / 2000
    assert row["two_threads_cpu"] == 2.0 / (0.5 + (2.0 - 0.5) / 2)
    assert (row["over_mesa"] is None) == (objects == 0)


def test_the_clock_of_two_threads_is_held_against_the_bar_too(found):
    bars = {bar["bar"]: bar["measured"] for bar in measure._bars(found)}
    row = found["sizes"][2]
    assert bars["two threads / one, 100,000 people, by the clock"] == row["two_threads_wall"]
    assert bars["two threads / one, 100,000 people, by CPU time"] == row["two_threads_cpu"]


def test_memory_and_start_up_of_every_variant_are_told(found, tmp_path):
    more = json.loads(json.dumps(found))
    for number, kind in enumerate(("mesa", "numpy", "engine", "cold")):
        more["memory"][f"{kind}_bytes_per_person"] = 1000.0 + number
        more["startup"] |= {f"live_{kind}": 11.0 + number, f"live_{kind}_cpu": 31.0 + number}
    more["sizes"][-1]["mesa"] = None
    more["sizes"][-2]["mesa"] = None
    bench._write(more, tmp_path)
    text = (tmp_path / "benchmark.md").read_text()
    assert "| plain Mesa objects | 1,000 | 11 | 31 |" in text
    assert "| engine, compiled anew | 1,002 | 14 | 34 |" in text
    assert "Mesa objects were not run for 450,000 and 1,000,000 people." in text


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_memory_is_measured_in_a_process_of_its_own():
    told = measure._memory(3000)
    assert told["population_bytes_per_person"] == 8 * len(catalogue.load("netherlands", 60).columns) + 16
    assert told["mesa_bytes_per_person"] > 2000
    assert 0 < told["engine_bytes_per_person"] < told["mesa_bytes_per_person"]


def test_json_is_what_was_measured(found, monkeypatch, capsys):
    monkeypatch.setattr(bench, "_bench", lambda: lambda **given: found)
    assert run(["bench", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == found


def test_the_largest_run_is_planned_from_measured_parts(monkeypatch, capsys):
    """Parts that are known give a plan that can be worked out by hand."""
    monkeypatch.setattr(large, "_SMALL", 100)
    monkeypatch.setattr(large, "process_bytes", lambda asked: 1000.0 + 1e6 / asked)  # a million bytes of program
    clock = iter(range(1000))
    monkeypatch.setattr(large.time, "process_time", lambda: float(next(clock)))  # every part takes a second
    found = large.plan_of_the_country(2)
    assert found["cpu_drawing"] == 4150.0
    assert found["cpu_living"] == 4150.0 * 480
    assert found["cpu_hours"] == pytest.approx(4150.0 * 481 / 3600)
    assert found["memory_gb"] == pytest.approx(found["lived"] * 1000.0 / 1e9, rel=1e-3)
    monkeypatch.setattr(large, "plan_of_the_country", lambda: found)
    assert run(["--lang", "nl", "bench", "--plan"]) == 0
    assert "554.49 CPU-uren" in capsys.readouterr().out


def test_warm_compiles_once(capsys):
    assert run(["bench", "--warm"]) == 0
    assert run(["--lang", "nl", "bench", "--warm"]) == 0
    assert capsys.readouterr().out.endswith("was al klaar\n")


def test_without_a_checkout_the_command_says_so(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "a" / "b" / "bench.py"))
    assert run(["bench", "--quick"]) == 2
    assert "checkout" in capsys.readouterr().err
