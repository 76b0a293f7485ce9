"""Runs come back as they went in; ids do not clash; a list of many runs stays fast; changes are seen."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from scenarios.reproduction.provenance import new_run_id
from scenarios.store import packing
from scenarios.store.models import ARRAYS, FAILURES, PROVENANCE, RUN_SCENARIOS, RUNS, SCENARIOS
from scenarios.store.store import Store, open_store
from sim.problems import InputError
from tests.scenarios.samples import sample


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/runs.sqlite"


@pytest.fixture
def store(url: str) -> Store:
    return open_store(url, write=True)


def test_a_run_comes_back_exactly_as_it_went_in(store: Store) -> None:
    result = sample()
    store.save(result, command="compare")
    loaded = store.load(result.run_id)
    assert loaded.digest() == result.digest()
    np.testing.assert_array_equal(loaded.values, result.values)
    assert loaded.provenance.to_dict() == result.provenance.to_dict()
    assert (loaded.scenarios, loaded.groups, loaded.measures, loaded.seeds, loaded.titles, loaded.failures) == (
        result.scenarios,
        result.groups,
        result.measures,
        result.seeds,
        result.titles,
        result.failures,
    )
    row = store.row(result.run_id)
    assert (row.command, row.scenarios, row.people, row.failed) == ("compare", result.scenarios, 7, 1)
    assert row.seconds == 0.75


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.int16, np.uint8])
@pytest.mark.parametrize("shape", [(0,), (1,), (3, 0, 2), (2, 3, 5)])
def test_packing_loses_no_bit(dtype: type, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(3).normal(scale=50, size=shape).astype(dtype)
    back = packing.unpack(*packing.pack(values))
    assert back.dtype == values.dtype
    assert back.shape == values.shape
    assert back.tobytes() == values.tobytes()


def test_a_large_array_is_cut_and_joined(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scenarios.store.rows._PART_BYTES", 100)
    result = sample()
    store.save(result)
    with sqlite3.connect(store.place) as plain:
        parts = plain.execute("SELECT count(*) FROM arrays WHERE name = 'values'").fetchone()[0]
    assert parts == len(result.scenarios)
    assert store.load(result.run_id).digest() == result.digest()


def test_scenario_texts_are_kept_once(store: Store) -> None:
    for _ in range(3):
        store.save(sample())
    with sqlite3.connect(store.place) as plain:
        assert plain.execute("SELECT count(*) FROM scenarios").fetchone()[0] == 2


def test_an_id_is_found_by_prefix_and_the_nearest_is_named_when_it_is_not(store: Store) -> None:
    for run_id in ("20260131-120000-aabbccddeeff", "20260131-120000-aaxxccddeeff", "20270101-000000-000000000000"):
        store.save(sample(run_id))
    assert store.find("2027") == "20270101-000000-000000000000"
    assert store.find("20260131-120000-aab") == "20260131-120000-aabbccddeeff"
    with pytest.raises(InputError, match="one run; this fits 20260131-120000-aabb"):
        store.find("20260131")
    with pytest.raises(InputError) as caught:
        store.find("20270101-000000-1")
    assert caught.value.problems[0].nearest == "20270101-000000-000000000000"
    assert [store.find(word) for word in ("last", "last-0", "last-1", "last-2")] == [
        *[store.runs()[0].id] * 2,
        *[row.id for row in store.runs()[1:]],
    ]
    for hopeless in ("", "last-3", "zzz", "%", "'; DROP TABLE runs; --"):
        with pytest.raises(InputError):
            store.find(hopeless)
    assert store.count() == 3


def test_ids_sort_by_time_and_do_not_clash() -> None:
    start = datetime(2026, 1, 31, 12, tzinfo=UTC)
    ids = [new_run_id(start + timedelta(milliseconds=step)) for step in range(0, 4000, 7)]
    assert ids == sorted(ids)
    assert len({new_run_id(start) for _ in range(20_000)}) == 20_000


def _save_some(url: str, number: int) -> list[str]:
    with open_store(url, write=True) as store:
        results = [sample(seed=number * 10 + part) for part in range(4)]
        for result in results:
            store.save(result)
        return [result.run_id for result in results]


def test_processes_that_write_at_once_lose_nothing(url: str) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("fork")) as pool:
        written = [run_id for ids in pool.map(_save_some, [url] * 3, range(3)) for run_id in ids]
    with open_store(url) as store:
        assert {row.id for row in store.runs(limit=100)} == set(written)
        assert len(written) == 12
        for run_id in written:
            store.load(run_id)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("failed", [True, False])
def test_packed_means_lose_no_bit(exact: bool, failed: bool) -> None:
    rng = np.random.default_rng(5)
    groups = ("all", "work: no", "work: yes", "home: a", "home: b", "home: c")
    people = rng.integers(0, 40, size=(2, 3, 2, 6, 7))
    sums = rng.integers(-(2**40), 2**40, size=(*people.shape, 4))
    sums[..., 0] = rng.integers(0, 9, size=people.shape) << 20
    sums[..., 2, :, :] = sums[..., 0, :, :] - sums[..., 1, :, :]  # as strata do, and the other as they do not
    with np.errstate(invalid="ignore"):
        values = (sums / 2**20) / np.where(people > 0, people, np.nan)[..., None]
    if failed:
        values[1, 2, 1], people[1, 2, 1] = np.nan, 0
    if not exact:
        values[0, 0, 0, 0, 0, 0] += 1e-9
    packed = packing.pack_means(values, people, groups)
    assert packed[3] == (packing.SUMS if exact else packing.BYTES)
    assert packing.unpack(*packed, people).tobytes() == values.tobytes()
    with pytest.raises(ValueError):
        packing.unpack(packed[0][:-3], *packed[1:], people)


_TAMPERED = [
    (table.name, column.name)
    for table in (RUNS, PROVENANCE, SCENARIOS, RUN_SCENARIOS, ARRAYS, FAILURES)
    for column in table.columns
]


@pytest.mark.parametrize(("table", "column"), _TAMPERED)
def test_a_hand_edit_of_any_column_is_refused_and_named(store: Store, table: str, column: str) -> None:
    result = sample()
    store.save(result, command="run")
    with sqlite3.connect(store.place) as plain:
        kind = plain.execute(f"SELECT typeof({column}) FROM {table}").fetchone()[0]
        new = {"text": f"{column} || 'x'", "integer": f"{column} + 7", "real": f"{column} + 0.5"}
        value = new.get(kind, f"zeroblob(length({column}))")
        plain.execute(f"UPDATE {table} SET {column} = {value} WHERE rowid = (SELECT max(rowid) FROM {table})")
    edited = result.run_id + "x" if (table, column) == ("runs", "id") else result.run_id
    # A row that was moved away is missed by name; of `runs` the id is what everything hangs on.
    named = "provenance" if (table, column) == ("runs", "id") else table
    with pytest.raises(InputError, match=f"'[^']*{named}[^']*' was changed") as caught:
        store.load(edited)
    if table == "runs" and column != "id":
        assert f"runs.{column}" in str(caught.value)
    assert store.check(), "a check of the whole database says so too"


@pytest.mark.parametrize("name", ["values", "people", "months", "parameters"])
@pytest.mark.parametrize("how", ["data = zeroblob(length(data))", "sha256 = 'x'", "shape = '[1]'", None])
def test_a_hand_edited_array_is_named(store: Store, name: str, how: str | None) -> None:
    result = sample()
    store.save(result)
    with sqlite3.connect(store.place) as plain:
        what = "DELETE FROM arrays" if how is None else f"UPDATE arrays SET {how}"
        plain.execute(f"{what} WHERE name = '{name}'")
    with pytest.raises(InputError, match=f"arrays: .*{name}"):
        store.load(result.run_id)


def test_the_same_id_is_not_stored_twice(store: Store) -> None:
    first = sample("20260131-120000-aabbccddeeff", seed=1)
    store.save(first)
    with pytest.raises(InputError, match="another run of this id"):
        store.save(sample("20260131-120000-aabbccddeeff", seed=2))
    assert store.load(first.run_id).digest() == first.digest()


def test_a_title_finds_its_run(store: Store) -> None:
    result = sample()
    store.save(result, command="compare")
    store.name(result.run_id, title="For the council")
    assert store.find("for the council") == result.run_id
    with pytest.raises(InputError):
        store.find("for the councils")
