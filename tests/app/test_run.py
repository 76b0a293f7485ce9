"""`bijstand run` and `compare`: numbers, files and a stored run; bad input stores nothing."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from scenarios.store.store import open_store

SMALL = ["--people", "40", "--months", "2", "--draws", "2", "--seeds", "2", "--workers", "2"]


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "out"


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_compare_prints_stores_and_writes(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "regular", "null", "intensive", *SMALL]) == 0
    printed = capsys.readouterr().out
    folder = next(place for place in out.iterdir() if place.is_dir())
    assert f"run {folder.name}: not calibrated" in printed
    assert {"assumed", "trials", "concluded", "support"} <= set(printed.splitlines()[0].split())
    assert "computing alone (2 draws x 2 seeds)" in printed
    assert not {"luck", "parameters"} & set(printed.splitlines()[0].split())  # the levels stand behind --levels
    assert {path.suffix for path in folder.iterdir()} >= {".csv", ".json", ".html"}
    with open_store(f"sqlite:///{out}/bijstand.sqlite") as store:
        row = store.runs()[0]
        assert (row.id, row.command) == (folder.name, "compare")
        assert row.scenarios == ("regular", "null", "intensive")
        store.load(row.id)
    with (folder / "results.csv").open() as stream:
        rows = [row for row in csv.DictReader(stream) if (row["kind"], row["scenario"]) == ("difference", "null")]
    assert rows
    assert {float(row["mean"]) for row in rows if row["mean"]} == {0.0}
    assert {float(row["high"]) for row in rows if row["high"]} == {0.0}
    assert {row["calibration"] for row in rows} == {"not calibrated"}
    assert not list(out.glob(".*"))


def test_every_answer_has_its_three_columns_in_every_file(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--people", "120", "--months", "24", "--draws", "20", "--seeds", "2", "--workers", "2", "--no-report"]
    words = ["regular", "null", "intensive", "--population", "nijmegen_eligible", *few]
    found = ask(capsys, "compare", *words)
    answers = {(row["scenario"], row["measure"]): row for row in found["answers"] if row["month"] == 24}
    nothing, work = answers["null", "hours_over_12"], answers["intensive", "hours_over_12"]
    assert nothing["verdict"] == "zero"
    assert (nothing["concluded"]["mean"], nothing["sentence"]["en"]) == (0.0, ["Nothing changes."])
    # Nijmegen gave its guidance in groups and with half of the wage kept, and found less work than is concluded.
    assert work["label"]["tried"] == "similar"
    assert work["label"]["agreed"] == "mixed"
    assert work["found"]["own"]["estimate"] == pytest.approx(-0.10)
    assert work["found"]["trials"] >= 6
    assert work["assumed"] is not None
    assert answers["intensive", "income"]["found"] is None
    assert answers["intensive", "income"]["verdict"] == "unmeasured"
    folder = out / found["run_id"]
    with (folder / "answers.csv").open() as stream:
        rows = {(row["scenario"], row["measure"], row["month"]): row for row in csv.DictReader(stream)}
    row = rows["intensive", "hours_over_12", "24"]
    assert float(row["concluded_mean"]) == pytest.approx(work["concluded"]["mean"])
    assert float(row["found_own_estimate"]) == pytest.approx(-0.10)
    assert (folder / "found_towns.csv").read_text().count("nijmegen") >= 2
    assert json.loads((folder / "summary.json").read_text())["answers"] == found["answers"]
    assert run(["runs", "show", found["run_id"]]) == 0  # what was assumed was kept with the run
    shown = capsys.readouterr().out
    mean = round(1000 * work["assumed"]["mean"])
    assert f"{'+' if mean > 0 else '−'}{abs(mean)} (" in shown.replace("(to", "(")


def test_levels_are_printed_when_asked_for(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "regular", "intensive", *SMALL, "--no-report", "--levels"]) == 0
    printed = capsys.readouterr().out
    assert {"assumed", "luck", "parameters"} <= set(printed.split())
    assert run(["run", "regular", *SMALL, "--no-report"]) == 0
    assert {"luck", "parameters"} <= set(capsys.readouterr().out.split())  # one scenario has nothing to conclude


def test_equal_runs_have_equal_hashes_whatever_the_workers(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("run", "intensive", *SMALL[:-2], "--no-report")
    found = [ask(capsys, *words, "--workers", workers) for workers in ("1", "2", "3")]
    assert len({each["result_sha256"] for each in found}) == 1
    assert len({each["run_id"] for each in found}) == 3
    assert found[0]["rows"] == [row | {"run_id": found[0]["run_id"]} for row in found[1]["rows"]]
    assert ask(capsys, *words, "--seed", "2")["result_sha256"] != found[0]["result_sha256"]


def test_the_table_speaks_dutch(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "nl", "run", "regular", *SMALL, "--no-report"]) == 0
    printed = capsys.readouterr().out
    assert "In de bijstand" in printed
    assert "niet gekalibreerd" in printed


def test_months_beyond_the_known_law_are_told(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "regular", "--people", "20", "--draws", "1", "--seeds", "1", "--no-report", "--months"]
    assert run([*words, "24"]) == 0
    assert "not known yet" not in capsys.readouterr().out
    assert run([*words, "120"]) == 0
    assert "not known yet" in capsys.readouterr().out


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_made(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "reglar", "none.toml", "--people", "-3", "--months", "x", "--draws", "1.5", "--seeds", "0"]
    words += ["--seed", "-1", "--workers", "0", "--population", "nijmegn", "--db", "foo.sqlite"]
    words += ["--out", str(out.parent / "file" / "x")]
    (out.parent / "file").write_text("")
    assert run(words) == 2
    told = capsys.readouterr().err
    for part in ("'regular'", "none.toml", "--people", "--months", "--draws", "--seeds", "--seed:", "--workers"):
        assert part in told
    for part in ("did you mean 'nijmegen'", "sqlite:///foo.sqlite", "file is a file"):
        assert part in told
    assert "Traceback" not in told
    assert [path.name for path in out.parent.iterdir()] == ["file"]


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "regular"],
        ["compare"],
        ["run"],
        ["run", "regular", "intensive"],
        ["run", "regular", "--nothing"],
        ["run", "regular", "--people"],
        ["compare", "regular", "regular"],
        ["compare", "regular", "oss_trial"],
    ],
)
def test_wrong_words_end_with_two(words: list[str], out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("name", ["run", "compare", "scenarios", "runs"])
def test_help_has_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert "Example:" in capsys.readouterr().out


def test_a_database_that_is_none_stops_the_run_before_it_starts(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out.mkdir()
    (out / "bijstand.sqlite").write_text("not a database, but somebody's notes " * 40)
    before = (out / "bijstand.sqlite").read_bytes()
    started = time.perf_counter()
    assert run(["run", "regular", "--people", "100000", "--draws", "1000"]) == 2
    assert time.perf_counter() - started < 20
    assert "not a database" in capsys.readouterr().err
    assert (out / "bijstand.sqlite").read_bytes() == before


def test_a_report_that_cannot_be_written_leaves_the_run_stored(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.effects.tables.write_csv", full)
    assert run(["run", "regular", *SMALL]) == 1
    told = capsys.readouterr().err
    assert "is stored" in told
    assert "No space left" in told
    with open_store(f"sqlite:///{out}/bijstand.sqlite") as store:
        assert store.count() == 1
    assert [path.name for path in out.iterdir() if path.is_dir()] == []


def _long_run(out: Path) -> subprocess.Popen[str]:
    """Start a run of many minutes; return when it simulates."""
    words = ["compare", "regular", "intensive", "--people", "3000", "--months", "120", "--draws", "200", "--seeds", "5"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", _STARTED, *words, "--out", str(out), "--workers", "1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "simulating\n"
    time.sleep(0.3)
    return process


_STARTED = """
import signal
import sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background of a shell
import scenarios.execution.run
from app.cli import run

real = scenarios.execution.run.execute

def execute(plan, progress, **options):
    print("simulating", flush=True)
    return real(plan, progress, **options | {"chunk": 1})

scenarios.execution.run.execute = execute
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(("how", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_run_that_is_stopped_leaves_the_old_runs_and_nothing_of_itself(
    out: Path, capsys: pytest.CaptureFixture[str], how: signal.Signals, code: int
) -> None:
    old = ask(capsys, "run", "regular", *SMALL, "--no-report")
    process = _long_run(out)
    process.send_signal(how)
    _, told = process.communicate(timeout=60)
    assert process.returncode == code, told
    assert "Traceback" not in told
    with sqlite3.connect(out / "bijstand.sqlite") as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("SELECT count(*) FROM arrays").fetchone()[0] == 4
    with open_store(f"sqlite:///{out}/bijstand.sqlite") as store:
        assert [row.id for row in store.runs()] == [old["run_id"]]
        assert store.load(old["run_id"]).digest() == old["result_sha256"]
    assert sorted(path.name for path in out.iterdir() if path.is_dir()) == [old["run_id"]]
