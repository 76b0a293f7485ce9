"""Both databases keep the same laws: runs come back, migrations keep data, many write at once."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from scenarios.execution.result import Finished, RunResult
from scenarios.store import migrate
from scenarios.store.database import AwayError, LostError, connect, exists, place_of, writing
from scenarios.store.migrate import HEAD, schema_version
from scenarios.store.models import METADATA
from scenarios.store.store import Store, open_store
from sim.problems import InputError
from tests.scenarios import released
from tests.scenarios.samples import sample
from tests.scenarios.servers import backends_killed, fresh, small_disk

KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh(request.param, tmp_path) as url:
        yield url


def task(result: RunResult, side: int, draw: int, seed: int) -> Finished:
    return Finished(side, ((draw, seed),), ((result.values[side, draw, seed], result.people[side, draw, seed]),))


def test_a_run_comes_back_and_its_tasks_are_gone(url: str) -> None:
    result = sample()
    with open_store(url, write=True) as store:
        store.plan(result, command="compare")
        store.keep(result, task(result, 0, 1, 2))
        store.keep(result, task(result, 0, 1, 2))  # twice is once
        store.keep(
            result, Finished(1, ((0, 0), (0, 1)), ("broken \x01", (result.values[1, 0, 1], result.people[1, 0, 1])))
        )
        (row,) = store.unfinished()
        assert (row.id, row.done, row.total, row.command) == (result.run_id, 3, 12, "compare")
        assert store.count() == 0
        assert store.runs() == []
        with pytest.raises(InputError, match="runs resume"):
            store.find(result.run_id)
        first, second = store.tasks(result.run_id)
        assert first.outcomes[0][0].tobytes() == result.values[0, 1, 2].tobytes()
        assert second.outcomes[0] == "broken \x01"
        assert store.planned(result.run_id)[1].to_dict() == result.provenance.to_dict()
        store.save(result, command="compare")
        assert store.unfinished() == []
        assert store.find(result.run_id[:20]) == result.run_id
        assert store.load(result.run_id).digest() == result.digest()
        store.save(result, command="compare")  # a commit that was not heard of is done again
        assert store.count() == 1
        assert store.check() == []


def test_a_task_that_was_edited_is_done_again(url: str) -> None:
    result = sample()
    with open_store(url, write=True) as store:
        store.plan(result)
        store.keep(result, task(result, 0, 0, 0))
        store.keep(result, task(result, 0, 0, 1))
        with writing(store._engine) as connection:
            connection.execute(text("UPDATE tasks SET pairs = replace(pairs, '[0, 1', '[0, 2')"))
        assert [each.pairs for each in store.tasks(result.run_id)] == [((0, 0),)]


def test_every_schema_that_was_released_is_kept() -> None:
    from alembic.script import ScriptDirectory

    made = {script.revision for script in ScriptDirectory(str(migrate._FOLDER)).walk_revisions()}
    kept = {path.stem for path in released.FOLDER.glob("*.json")}
    assert made - {HEAD} <= kept <= made, "python -m tests.scenarios.released, before the next migration"
    assert max(made) == HEAD


@pytest.mark.parametrize("schema", sorted(path.stem for path in released.FOLDER.glob("*.json")))
def test_a_released_schema_becomes_the_newest_and_keeps_its_runs(url: str, schema: str) -> None:
    meant = released.fill(url, schema)
    assert meant["schema"] == schema
    if schema != HEAD:
        with connect(url).connect() as connection:
            assert schema_version(connection) == schema
    with open_store(url, write=True) as store:
        with store._engine.connect() as connection:
            assert schema_version(connection) == HEAD
        for run_id, digest in meant["runs"].items():
            assert store.load(run_id).digest() == digest
            assert store.load(run_id).failures
            assert store.row(run_id).result_sha256 == digest
        assert [row.id for row in store.unfinished()] == [row["id"] for row in meant["tables"].get("unfinished", [])]
        assert [len(store.tasks(row.id)) for row in store.unfinished()] == [1] * len(store.unfinished())
        assert store.check() == []
        for name, rows in meant["tables"].items():
            assert len(store.table(name)) == len(rows)
        new = sample()
        store.save(new)
        assert store.runs(limit=1)[0].id == new.run_id


def test_the_migrations_make_the_tables_of_the_code(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    open_store(url, write=True).close()
    with connect(url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_lost_connection_is_taken_up_again(tmp_path: Path) -> None:
    with fresh("postgresql", tmp_path) as url, open_store(url, write=True) as store:
        result = sample()
        killed = threading.Event()

        @event.listens_for(store._engine, "before_cursor_execute")
        def _cut(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if "INSERT INTO arrays" in statement and not killed.is_set():
                killed.set()
                assert backends_killed(url) >= 1

        store.plan(result)
        store.save(result)
        assert killed.is_set()
        assert store.load(result.run_id).digest() == result.digest()
        assert store.unfinished() == []


def _cut_while_reading(store: Store, url: str, times: int) -> list[str]:
    """End every connection when arrays are read, the first so many times; return what was cut."""
    cut: list[str] = []

    @event.listens_for(store._engine, "before_cursor_execute")
    def _cut(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "FROM arrays" in statement and len(cut) < times:
            cut.append(statement)
            assert backends_killed(url) >= 1

    return cut


def test_a_connection_that_is_lost_while_checking_is_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.store.store._PAUSES", (0.0, 0.0))
    with fresh("postgresql", tmp_path) as url, open_store(url, write=True) as store:
        results = [sample(seed=seed) for seed in range(3)]
        for result in results:
            store.save(result)
        cut = _cut_while_reading(store, url, 2)
        assert store.check() == []
        assert len(cut) == 2
        more = _cut_while_reading(store, url, 9)
        with pytest.raises(LostError, match="a database that answers"):
            store.check()
        assert len(more) == 3, "it is told at once, and not for every run that cannot be read"


def test_a_full_disk_of_the_server_loses_nothing() -> None:
    with small_disk(16) as (url, disk), open_store(url, write=True) as store:
        others = disk / "others"
        room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        others.write_bytes(b"\0" * (room - 400_000))
        kept: dict[str, str] = {}

        def fill() -> None:
            for seed in range(1000):
                result = sample(seed=seed)
                store.plan(result)
                store.keep(result, task(result, 0, 0, 0))
                store.save(result)
                kept[result.run_id] = result.digest()

        with pytest.raises(InputError, match="the disk is full"):
            fill()
        assert kept, "the disk was full too early for this test"
        assert {row.id: row.result_sha256 for row in store.runs(limit=1000)} == kept
        assert store.check() == []
        others.unlink()
        more = sample(seed=2000)
        store.save(more)
        assert store.load(more.run_id).digest() == more.digest()


def test_a_database_that_somebody_holds_is_no_finding(tmp_path: Path) -> None:
    for kind in KINDS:
        with fresh(kind, tmp_path) as url:
            open_store(url, write=True).close()
            with open_store(url, timeout=1.0) as store, connect(url).connect() as other:
                other.exec_driver_sql("ROLLBACK")
                if kind == "sqlite":
                    other.exec_driver_sql("PRAGMA journal_mode = DELETE")
                    other.exec_driver_sql("BEGIN EXCLUSIVE")
                else:
                    other.exec_driver_sql("LOCK TABLE runs")
                with pytest.raises(AwayError, match="nobody holds locked"):
                    store.check()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("unfinished", "created", "created || 'x'"),
        ("unfinished", "command", "command || 'x'"),
        ("unfinished", "scenarios", "scenarios || ' '"),
        ("unfinished", "total", "total + 1"),
        ("unfinished", "inputs", "replace(inputs, 'nijmegen', 'groningen')"),
        ("tasks", "side", "1 - side"),
        ("tasks", "first", "first + 1"),
        ("tasks", "replicates", "replicates + 1"),
        ("tasks", "pairs", "replace(pairs, '[0, 1', '[0, 2')"),
        ("tasks", "means", "substr(means, 1, 9)"),
        ("sources", "data", "substr(data, 1, 1)"),
        ("panels", "run_id", "'another'"),
        ("panels", "name", "name || 'x'"),
        ("panels", "place", "place || 'x'"),
        ("panels", "rows", "rows + 1"),
        ("panels", "bytes", "bytes + 1"),
    ],
)
def test_a_hand_edit_beside_the_runs_is_found_and_named(
    url: str, table: str, column: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    monkeypatch.setenv("BIJSTAND_PANELS", str(tmp_path / "panels"))
    whole, begun = sample(seed=1), sample(seed=2)
    with open_store(url, write=True) as store:
        store.save(whole)
        store.add_source("figure", "bars", b'{"a": 1}', run_id=whole.run_id)
        store.save_panel(whole.run_id, "people", pd.DataFrame({"person": [1, 2]}))
        store.plan(begun)
        store.keep(begun, task(begun, 0, 0, 1))
        assert store.check() == []
        with writing(store._engine) as connection:
            connection.execute(text(f"UPDATE {table} SET {column} = {value}"))
        (problem,) = store.check()
        meant = "panel" if (table, column) == ("panels", "place") else table
        assert meant in str(problem)
        if table == "tasks" and column != "first":
            assert store.tasks(begun.run_id) == [], "it is made again, and never used"


def test_a_server_that_is_not_there_is_one_message() -> None:
    url = "postgresql://somebody:secret@127.0.0.1:9/nowhere"
    with pytest.raises(InputError, match="a database that answers") as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
    assert exists(url)
    assert place_of(url) == "postgresql://somebody:***@127.0.0.1:9/nowhere"


def test_a_database_that_is_not_there_or_not_ours_is_one_message(tmp_path: Path) -> None:
    with fresh("postgresql", tmp_path) as url:
        with pytest.raises(InputError, match=r"answers.*does not exist|createdb"):
            open_store(url.replace("/t", "/no_t", 1))
        with writing(connect(url)) as connection:
            connection.execute(text("CREATE TABLE clients (name TEXT)"))
        with pytest.raises(InputError, match="another program"):
            open_store(url, write=True)


def _save_some(url: str, number: int, runs: int) -> list[str]:
    with open_store(url, write=True) as store:
        results = [sample(seed=number * 100 + part) for part in range(runs)]
        for result in results:
            store.plan(result)
            store.keep(result, task(result, 0, 0, 0))
            store.save(result)
        return [result.run_id for result in results]


def test_eight_processes_write_and_nothing_is_lost_and_readers_do_not_wait(url: str) -> None:
    open_store(url, write=True).close()
    with ProcessPoolExecutor(8, mp_context=get_context("fork")) as pool:
        asked = [pool.submit(_save_some, url, number, 3) for number in range(8)]
        longest = 0.0
        with open_store(url) as store:
            while not all(each.done() for each in asked):
                begun = time.perf_counter()
                for row in store.runs(limit=3):
                    assert store.load(row.id).digest() == row.result_sha256
                longest = max(longest, time.perf_counter() - begun)
                time.sleep(0.02)
        written = [run_id for each in asked for run_id in each.result()]
    with open_store(url) as store:
        assert len(written) == len(set(written)) == 24
        assert {row.id for row in store.runs(limit=100)} == set(written)
        assert store.check() == []
        assert store.unfinished() == []
    assert longest < 5.0


MANY = 100_000


def _many(connection: Connection) -> None:
    """Insert copies of the one run that is there: the rows that lists and searches read."""
    lite = connection.dialect.name == "sqlite"
    series = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) SELECT i FROM n"
    numbers = f"({series}) AS n" if lite else f"generate_series(1, {MANY}) AS n(i)"
    digits = "substr('000000' || n.i, -6)" if lite else "lpad(n.i::text, 6, '0')"
    made = f"'20260101-' || {digits} || '-000000000000'"
    for name in ("runs", "provenance"):
        others = ", ".join(f"t.{column.name}" for column in list(METADATA.tables[name].columns)[1:])
        connection.execute(text(f"INSERT INTO {name} SELECT {made}, {others} FROM {numbers}, {name} AS t"))
    scenario = "(SELECT sha256 FROM scenarios LIMIT 1) AS s"
    values = f"{made}, 0, 'x' || (n.i % 100), '', '', s.sha256"
    connection.execute(text(f"INSERT INTO run_scenarios SELECT {values} FROM {numbers}, {scenario}"))


def test_a_list_of_a_hundred_thousand_runs_is_fast(url: str) -> None:
    with open_store(url, write=True) as store:
        store.save(sample("20250101-000000-000000000000"))
        with writing(store._engine) as connection:
            _many(connection)
    begun = time.perf_counter()
    with open_store(url) as store:
        rows = store.runs(limit=20)
        by_name = store.runs(limit=20, scenario="x7")
        assert store.count() == MANY + 1
        assert store.count(scenario="x7") == MANY // 100
        assert store.unfinished(limit=20) == []
        assert store.find("20260101-099998") == "20260101-099998-000000000000"
    seconds = time.perf_counter() - begun
    assert [row.id[9:15] for row in rows] == [f"{MANY - place:06d}" for place in range(20)]
    assert [row.id[9:15] for row in by_name] == [f"{MANY - 93 - 100 * place:06d}" for place in range(20)]
    assert seconds < 1.0


def test_sources_and_panels_are_known_by_their_hash(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    monkeypatch.setenv("BIJSTAND_PANELS", str(tmp_path / "panels"))
    result = sample()
    table = pd.DataFrame({"person": [1, 2], "income": [0.1, 1e300]})
    with open_store(url, write=True) as store:
        store.save(result)
        sha = store.add_source("posterior", "first", b'{"a": 1}', run_id=result.run_id)
        assert store.add_source("posterior", "again", b'{"a": 1}', run_id=result.run_id) == sha
        assert store.source(sha)[1] == b'{"a": 1}'
        assert [each.name for each in store.sources_of(result.run_id)] == ["first"]
        panel = store.save_panel(result.run_id, "people", table)
        pd.testing.assert_frame_equal(store.load_panel(result.run_id, "people"), table)
        with pytest.raises(InputError, match="one of people"):
            store.load_panel(result.run_id, "peple")
        path = tmp_path / "panels" / panel.place
        path.write_bytes(path.read_bytes() + b"x")
        with pytest.raises(InputError, match="changed afterwards"):
            store.load_panel(result.run_id, "people")
        with writing(store._engine) as connection:
            connection.execute(text("UPDATE sources SET kind = 'other', data = :data"), {"data": b"{}"})
        with pytest.raises(InputError, match=r"sources\.data"):
            store.source(sha)
        with pytest.raises(InputError, match="one of evidence"):
            store.add_source("evidense", "x", b"")
