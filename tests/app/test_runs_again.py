"""`bijstand runs`: a run is finished, enlarged, proved, compared, handed over; an edit is found and named."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from scenarios.execution.result import Finished
from scenarios.execution.run import begin
from scenarios.reproduction.replan import plan_again
from scenarios.reproduction.table_files import FORMATS
from scenarios.store.store import Store, UnfinishedRow, open_store

SIZES = ["--people", "40", "--months", "3", "--draws", "2", "--seeds", "2"]
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one run of two scenarios."""
    folder = tmp_path_factory.mktemp("again")
    assert run(["compare", "regular", "intensive", *SIZES, "--no-report", "--out", str(folder)]) == 0
    return folder


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    """A copy of it that may be spoiled."""
    return Path(shutil.copytree(made, tmp_path / "out"))


@pytest.fixture
def ask(out: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Call a command with --json, and return what it printed, or its exit code and message."""

    def call(*words: str, code: int = 0, db: bool = True) -> Any:
        capsys.readouterr()
        where = ["--db", url(out)] if db else []
        found = run([*words, *where, "--json"])
        told = capsys.readouterr()
        assert found == code, told.err
        return json.loads(told.out) if told.out else told.err

    return call


def url(out: Path) -> str:
    return f"sqlite:///{out}/bijstand.sqlite"


def the_id(out: Path) -> str:
    with open_store(url(out)) as store:
        return store.runs()[0].id


def begun(out: Path, run_id: str, replicates: int) -> str:
    """Store the beginning of a run like another one, as if it was stopped there, and return its id."""
    with open_store(url(out), write=True) as store:
        result = store.load(run_id)
        start = begin(plan_again(result.provenance, source=result.source))
        store.plan(start, command="compare")
        for pair in [(0, 0), (0, 1), (1, 0)][:replicates]:
            store.keep(start, Finished(0, (pair,), ((result.values[(0, *pair)], result.people[(0, *pair)]),)))
        return start.run_id


def edit(out: Path, statement: str) -> None:
    with sqlite3.connect(out / "bijstand.sqlite") as plain:
        assert plain.execute(statement).rowcount == 1


def test_a_run_is_proved_whole_or_in_part_whoever_does_the_work(out: Path, ask: Ask) -> None:
    found = ask("runs", "verify", the_id(out))
    assert (found["same"], found["checked"], found["of"]) == (True, 8, 8)
    found = ask("runs", "verify", the_id(out), "--sample", "3", "--processes", "--workers", "1")
    assert (found["same"], found["checked"]) == (True, 3)
    for wrong in ("0", "9", "many"):
        assert "--sample" in ask("runs", "verify", the_id(out), "--sample", wrong, code=2)
    assert "tcp://" in ask("runs", "verify", the_id(out), "--cluster", "nowhere", code=2)


def test_a_result_that_was_edited_is_refused_and_named(out: Path, ask: Ask) -> None:
    edit(out, "UPDATE arrays SET data = zeroblob(length(data)) WHERE name = 'people'")
    told = ask("runs", "verify", the_id(out), code=2)
    assert "arrays: people" in told
    assert "changed afterwards" in told


def test_a_scenario_that_was_edited_is_refused_and_named(out: Path, ask: Ask) -> None:
    edit(out, "UPDATE scenarios SET text = replace(text, 'intensive', 'extensive') WHERE text LIKE '%intensive%'")
    assert "'scenarios' was changed" in ask("runs", "verify", the_id(out), code=2)


def test_a_forger_who_keeps_the_hashes_right_is_found_by_making_it_again(out: Path, ask: Ask) -> None:
    """Somebody writes other numbers with the program's own means: everything stored agrees."""
    from dataclasses import replace

    with open_store(url(out), write=True) as store:
        result = store.load(the_id(out))
        values = result.values.copy()
        values[1, 0, 1, 0, 2, 3] += 1e-12
        forged = replace(result, run_id="29990101-000000-000000000000", values=values)
        store.save(forged, command="compare")
    found = ask("runs", "verify", "2999", code=1)
    (wrong,) = found["wrong"]
    assert (wrong["scenario"], wrong["draw"], wrong["seed"]) == ("intensive", 0, 1)
    assert (wrong["measure"], wrong["month"], wrong["group"]) == (result.measures[3], 3, "all")
    (told,) = ask("runs", "diff", result.run_id, "2999")["results"]
    assert told["path"].startswith(f"results.intensive.{result.measures[3]}")


def test_another_program_is_told(out: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.reproduction.record.engine_hash", lambda: "f" * 64)
    monkeypatch.setattr("scenarios.reproduction.record.code_hash", lambda: "e" * 64)
    found = ask("runs", "verify", the_id(out), "--sample", "1")
    assert {each["path"] for each in found["inputs"]} >= {"code.engine", "code.sha256"}
    assert found["same"], "the same numbers all the same"


def test_a_larger_run_is_the_one_made_so_from_the_start(out: Path, ask: Ask) -> None:
    small = the_id(out)
    larger = {"--draws": "3", "--seeds": "3", "--months": "4"}
    for name, size in larger.items():
        words = ["--no-report", "--out", str(out)]
        grown = ask("runs", "expand", small, name, size, *words)
        sizes = [*SIZES]
        sizes[sizes.index(name) + 1] = size
        fresh = ask("compare", "regular", "intensive", *sizes, *words)
        assert grown["result_sha256"] == fresh["result_sha256"]
        assert ask("runs", "diff", grown["run_id"], fresh["run_id"])["results"] == []
    assert "nothing more" in ask("runs", "expand", small, "--draws", "2", code=2)
    assert "at least" in ask("runs", "expand", small, "--seeds", "1", code=2)


def test_a_run_that_was_stopped_is_listed_and_finished(out: Path, ask: Ask) -> None:
    meant = ask("runs", "show", the_id(out))["result_sha256"]
    begun_id = begun(out, the_id(out), replicates=3)
    (row,) = ask("runs", "list", "--all")["unfinished"]
    assert (row["id"], row["done"], row["total"]) == (begun_id, 3, 8)
    assert f"runs resume {begun_id}" in ask("runs", "show", begun_id, code=2)
    found = ask("runs", "resume", "last", "--no-report", "--out", str(out))
    assert found["result_sha256"] == meant
    assert "this one is complete" in ask("runs", "resume", begun_id, code=2)
    assert ask("runs", "list", "--all")["unfinished"] == []


def test_a_run_that_began_with_other_code_is_not_finished(out: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    begun_id = begun(out, the_id(out), replicates=3)
    monkeypatch.setattr("scenarios.reproduction.record.engine_hash", lambda: "f" * 64)
    assert "code.engine" in ask("runs", "resume", begun_id, code=2)
    monkeypatch.undo()
    ask("runs", "resume", begun_id, "--no-report", "--out", str(out))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_package_is_a_run_again(kind: str, out: Path, ask: Ask, tmp_path: Path) -> None:
    run_id, place = the_id(out), str(tmp_path / "package.zip")
    ask("runs", "export", run_id, "--out", place, "--format", kind)
    assert "a new folder" in ask("runs", "export", run_id, "--out", place, code=2)
    assert ask("runs", "verify", place, "--sample", "1", db=False)["same"]
    meant = ask("runs", "show", run_id)["result_sha256"]
    other = ["--out", str(tmp_path / "other")]
    assert ask("runs", "import", place, *other, db=False)["result_sha256"] == meant
    again = f"sqlite:///{tmp_path}/other/bijstand.sqlite"
    assert ask("runs", "check", "--db", again, db=False)["runs"] == 1


def test_a_stranger_proves_a_package_with_what_is_in_it(out: Path, ask: Ask, tmp_path: Path) -> None:
    place = tmp_path / "package"
    ask("runs", "export", the_id(out), "--out", str(place))
    words = [sys.executable, "-I", str(place / "verify.py"), "--sample", "2"]
    made = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert made.returncode == 0, made.stderr
    assert "all the same bit for bit" in made.stdout


def test_a_package_that_was_edited_is_refused_and_named(out: Path, ask: Ask, tmp_path: Path) -> None:
    place = tmp_path / "package"
    ask("runs", "export", the_id(out), "--out", str(place), "--format", "csv")
    table = place / "tables" / "results.csv"
    table.write_text(table.read_text().replace("intensive", "extensive", 1))
    assert "tables/results.csv" in ask("runs", "verify", str(place), code=2, db=False)
    (place / "scenarios" / "regular.toml").unlink()
    told = ask("runs", "import", str(place), code=2, db=False)
    assert "scenarios/regular.toml" in told
    assert "2 problems" in told
    with zipfile.ZipFile(tmp_path / "no.zip", "w") as empty:
        empty.writestr("readme", "")
    assert "manifest" in ask("runs", "verify", str(tmp_path / "no.zip"), code=2, db=False)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_table_goes_out_and_comes_back(kind: str, out: Path, ask: Ask, tmp_path: Path) -> None:
    begun_id = begun(out, the_id(out), replicates=3)
    panel = ask("runs", "panel", the_id(out))
    ask("runs", "tables", "--out", str(tmp_path / "tables"), "--format", kind)
    again = ["--db", f"sqlite:///{tmp_path}/other.sqlite"]
    new = ask("runs", "import", str(tmp_path / "tables"), *again, db=False)["tables"]
    with open_store(url(out)) as one, open_store(again[1]) as other:
        for name, count in new.items():
            mine, theirs = one.table(name), other.table(name)
            assert count == len(mine)
            assert sorted(map(repr, mine.itertuples(index=False))) == sorted(map(repr, theirs.itertuples(index=False)))
        assert other.check() == []
        assert [row.id for row in other.unfinished()] == [begun_id]
        assert len(other.load_panel(the_id(out), panel["name"])) == panel["rows"]
    twice = ask("runs", "import", str(tmp_path / "tables"), *again, db=False)["tables"]
    assert set(twice.values()) == {0}


def test_tables_that_were_edited_are_not_taken_in(out: Path, ask: Ask, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    ask("runs", "tables", "--out", str(folder), "--format", "csv")
    table = folder / "runs.csv"
    good = table.read_text()
    again = ["--db", f"sqlite:///{tmp_path}/other.sqlite"]
    table.write_text(good.replace(",nijmegen,", ",groningen,"))
    assert "runs.population" in ask("runs", "import", str(folder), *again, code=2, db=False)
    table.write_text(good.replace("draws", "drawz", 1))
    assert "columns missing: draws" in ask("runs", "import", str(folder), *again, code=2, db=False)
    (folder / "arrays.csv").unlink()
    table.write_text(good)
    assert "arrays" in ask("runs", "import", str(folder), *again, code=2, db=False)
    with open_store(again[1]) as other:
        assert other.count() == 0


def test_a_table_without_those_it_hangs_on_is_not_taken_in(out: Path, ask: Ask, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    ask("runs", "tables", "--table", "arrays", "--out", str(folder))
    again = ["--db", f"sqlite:///{tmp_path}/other.sqlite"]
    assert "'arrays'; allowed: rows whose run" in ask("runs", "import", str(folder), *again, code=2, db=False)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("sources", "data", b"{}"),
        ("panels", "rows", 7),
        ("panels", "run_id", "another"),
        ("tasks", "side", 1),
        ("unfinished", "total", 9),
    ],
)
def test_tables_beside_the_runs_that_were_edited_are_not_taken_in(
    table: str, column: str, value: object, out: Path, ask: Ask, tmp_path: Path
) -> None:
    import pandas as pd

    begun(out, the_id(out), replicates=3)
    ask("runs", "panel", the_id(out))
    with open_store(url(out), write=True) as store:
        store.add_source("figure", "bars", b"[1]", run_id=the_id(out))
    folder = tmp_path / "tables"
    ask("runs", "tables", "--out", str(folder))
    path = folder / f"{table}.parquet"
    found = pd.read_parquet(path)
    found[column] = [value, *found[column].tolist()[1:]]
    found.to_parquet(path)
    again = ["--db", f"sqlite:///{tmp_path}/other.sqlite"]
    assert table in ask("runs", "import", str(folder), *again, code=2, db=False)
    with open_store(again[1]) as other:
        assert (other.count(), other.unfinished(), len(other.table("panels"))) == (0, [], 0)


def test_the_months_of_persons_are_a_file_known_by_its_hash(out: Path, ask: Ask) -> None:
    import pandas as pd

    words = ("--scenario", "intensive", "--draw", "2", "--seed", "2", "--columns", "earnings,stress,on_benefit")
    made = ask("runs", "panel", the_id(out), *words)
    table = pd.read_parquet(made["file"])
    with open_store(url(out)) as store:
        result = store.load(the_id(out))
    assert Path(made["file"]).name == f"{made['sha256']}.parquet"
    assert len(table) == made["rows"] == 40 * 3
    mine = table.groupby("month")["on_benefit"].mean().to_numpy()
    place = result.measures.index("on_benefit")
    assert mine == pytest.approx(result.values[1, 1, 1, 0, :, place])
    assert ask("runs", "panel", the_id(out), *words)["sha256"] == made["sha256"]
    assert ask("runs", "check")["sound"]
    told = ask("runs", "panel", the_id(out), "--scenario", "intensief", "--draw", "0", "--seed", "3", code=2)
    assert "3 problems" in told
    assert "intensive" in told
    Path(made["file"]).write_bytes(b"other")
    assert "panel" in ask("runs", "check", code=2)["problems"][0]["path"]


def test_all_that_is_wrong_with_the_words_is_told_at_once(ask: Ask) -> None:
    told = ask("runs", "verify", "last", "--sample", "x", "--workers", "0", "--cluster", "here", code=2)
    assert [word in told for word in ("--sample: 'x'", "--workers: 0", "--cluster: 'here'")] == [True] * 3
    told = ask("runs", "expand", "last", "--draws", "x", "--workers", "y", code=2)
    assert "2 problems" in told
    told = ask("runs", "panel", "last", "--draw", "x", "--seed", "y", code=2)
    assert "2 problems" in told


def test_a_damaged_database_is_told_by_check(out: Path, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("runs", "check")["sound"]
    edit(out, "UPDATE provenance SET inputs = replace(inputs, 'nijmegen', 'groningen')")
    found = ask("runs", "check", code=2)
    assert not found["sound"]
    assert "provenance" in found["problems"][0]["allowed"]
    assert run(["--lang", "nl", "runs", "check", "--db", url(out)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("NIET gaaf; 1 bevinding")
    assert "'provenance' is daarna veranderd" in told


def test_a_run_that_is_finished_while_the_list_is_made_is_in_it_once(
    out: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begun(out, the_id(out), 3)
    with open_store(url(out)) as store:
        old = store.load(the_id(out))
    finished = replace(old, run_id=run_id)
    asked = Store.unfinished

    def meanwhile(store: Store, *, limit: int) -> list[UnfinishedRow]:
        found: list[UnfinishedRow] = asked(store, limit=limit)
        with open_store(url(out), write=True) as other:
            other.save(finished, command="compare")
        return found

    monkeypatch.setattr(Store, "unfinished", meanwhile)
    listed = ask("runs", "list", "--all")
    assert [row["id"] for row in listed["runs"]] == [run_id, old.run_id]
    assert listed["unfinished"] == []


def test_a_package_of_a_run_of_another_program_says_so(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["runs", "export", "last", "--db", url(out), "--out"]
    assert run([*words, str(tmp_path / "same.zip")]) == 0
    assert "program was changed" not in capsys.readouterr().err
    monkeypatch.setattr("scenarios.reproduction.provenance.code_hash", lambda: "0" * 64)
    assert run([*words, str(tmp_path / "other.zip")]) == 0
    assert f"runs verify {the_id(out)}" in capsys.readouterr().err
