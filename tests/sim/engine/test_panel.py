"""The panel holds what the engine lived, whatever the slices, and is never half there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.engine.panel import write_panel
from sim.engine.simulate import Job, Record, Society
from sim.parameters import defaults
from sim.people.population import Population
from sim.problems import InputError
from sim.random_numbers import stream
from sim.regime.presets import preset
from sim.setting import Setting, make_setting
from tests.reference.people import plain_people, random_people, schedule_of

MONTHS = 9
COLUMNS = ("status", "hours", "stress", "income", "contacts", "wml_over_70", "sanction_months")


@pytest.fixture(scope="module")
def case() -> tuple[Population, Job, Setting]:
    people = plain_people(300)
    job = Job(defaults(), schedule_of(people, preset("intensive"), months=MONTHS), stream("panel"))
    return people, job, make_setting(people.start, MONTHS)


def test_the_panel_is_what_the_engine_lived(case, tmp_path):
    people, job, setting = case
    path = tmp_path / "panel.parquet"
    assert write_panel(path, *case, COLUMNS, labels={"run": "r1"}) == 300 * MONTHS
    frame = pd.read_parquet(path)
    assert frame[["person", "month"]].to_numpy().tolist() == [[p, m] for p in range(300) for m in range(1, MONTHS + 1)]
    society = Society(people, job, setting, Record(columns=COLUMNS))
    for month in range(1, MONTHS + 1):
        society.run_to(month)
        lived = frame[frame["month"] == month]
        for name in COLUMNS:
            assert np.abs(lived[name].to_numpy() - society.column(name)).max() <= 0.006, name
        assert lived["status"].tolist() == society.column("status").tolist()
    assert pq.read_schema(path).metadata[b"run"] == b"r1"


def test_slices_and_threads_change_nothing(case, tmp_path):
    done: list[tuple[int, int]] = []

    def progress(k: int, of: int) -> None:
        done.append((k, of))

    write_panel(tmp_path / "a.parquet", *case, COLUMNS)
    write_panel(tmp_path / "b.parquet", *case, COLUMNS, memory=20_000, threads=2, progress=progress)
    assert pd.read_parquet(tmp_path / "a.parquet").equals(pd.read_parquet(tmp_path / "b.parquet"))
    assert len(done) > 3
    assert done[-1] == (len(done), len(done))


def test_duckdb_asks_it(case, tmp_path):
    path = tmp_path / "panel.parquet"
    write_panel(path, *case, COLUMNS)
    found = duckdb.sql(f"select month, avg(stress) s from '{path}' group by month order by month").fetchall()
    frame = pd.read_parquet(path)
    assert [row[0] for row in found] == list(range(1, MONTHS + 1))
    assert np.allclose([row[1] for row in found], frame.groupby("month")["stress"].mean())


def test_a_run_that_breaks_off_leaves_the_old_file(case, tmp_path):
    path = tmp_path / "panel.parquet"
    path.write_bytes(b"old")

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_panel(path, *case, COLUMNS, memory=20_000, progress=stop)
    assert [each.name for each in tmp_path.iterdir()] == ["panel.parquet"]
    assert path.read_bytes() == b"old"


def test_who_a_person_is_stands_beside_the_months(tmp_path):
    people = random_people(90, 3, arms=2)
    one, other = preset("intensive"), preset("disregard")
    job = Job(defaults(), schedule_of(people, one, other, months=MONTHS), stream("panel"))
    path = tmp_path / "panel.parquet"
    names = ("arm", "regime", "municipality", "caseworker", "person", "month", "on_benefit", "benefit_paid")
    write_panel(path, people, job, make_setting(people.start, MONTHS), names, memory=6_000)
    frame = pd.read_parquet(path)
    assert list(frame) == ["person", "month", *(name for name in names if name not in ("person", "month"))]
    first = frame[frame["month"] == 1]
    assert first["arm"].tolist() == [people.arms[code] for code in people.arm]
    assert first["municipality"].tolist() == [people.municipalities[code] for code in people.municipality]
    assert first["caseworker"].tolist() == people.caseworker.tolist()
    expected = [job.schedule.regimes[k] for k in job.schedule.instance_regime[job.schedule.instance]]
    assert first["regime"].tolist() == expected
    assert len(set(expected)) == 2
    assert frame["on_benefit"].dtype == np.int16
    assert np.array_equal(frame["benefit_paid"], frame["benefit_paid"].round(2))
    found = duckdb.sql(
        f"select arm, regime, avg(on_benefit) from '{path}' where month = 3 group by all order by all"
    ).fetchall()
    third = frame[frame["month"] == 3]
    wanted = third.groupby(["arm", "regime"], observed=True)["on_benefit"].mean().reset_index()
    assert found == [tuple(row) for row in wanted.sort_values(["arm", "regime"]).to_numpy().tolist()]


def test_others_may_read_the_file_as_they_may_any_other(case, tmp_path):
    path, other = tmp_path / "panel.parquet", tmp_path / "other"
    other.write_text("")
    write_panel(path, *case, ("hours",))
    assert path.stat().st_mode == other.stat().st_mode
    path.chmod(0o640)
    write_panel(path, *case, ("hours",))
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_disk_that_refuses_is_told_and_leaves_the_old_file(case, tmp_path, monkeypatch):
    path = tmp_path / "panel.parquet"
    path.write_bytes(b"old")

    def full(*given, **named):
        raise OSError(28, "No space left on device")

    for where in ("pyarrow.parquet.ParquetWriter.write_table", "os.replace"):
        with monkeypatch.context() as patch:
            patch.setattr(where, full)
            with pytest.raises(InputError, match="No space left"):
                write_panel(path, *case, ("hours",))
        assert [each.name for each in tmp_path.iterdir()] == ["panel.parquet"]
        assert path.read_bytes() == b"old"


def test_bad_input_is_refused_all_at_once(case, tmp_path):
    people, job, setting = case
    with pytest.raises(InputError, match="stress"):
        write_panel(tmp_path / "x.parquet", *case, ("stres",))
    with pytest.raises(InputError, match="folder"):
        write_panel(Path(tmp_path / "none" / "x.parquet"), *case, COLUMNS)
    with pytest.raises(InputError) as caught:
        write_panel(tmp_path, people, replace(job, parameters=np.ones(3)), setting, ("stres", "ar", "hours"))
    assert [problem.path for problem in caught.value.problems] == ["columns", "columns", "panel", "jobs.0.parameters"]
