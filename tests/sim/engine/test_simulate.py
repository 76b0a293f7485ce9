"""What the engine is asked: jobs that do not fit are refused together; outcomes are shaped as promised."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.engine import society
from sim.engine.simulate import Job, Record, Society, simulate
from sim.parameters import PARAMETERS, defaults, switch_off
from sim.people.population import Population
from sim.problems import InputError
from sim.random_numbers import stream
from sim.regime.presets import preset
from sim.regime.schedule import Schedule
from sim.setting import SETTLE_MONTHS, Setting, make_setting
from tests.reference.people import plain_people, schedule_of

MONTHS = 26


@pytest.fixture(scope="module")
def people() -> Population:
    return plain_people(300)


@pytest.fixture(scope="module")
def schedule(people) -> Schedule:
    return schedule_of(people, preset("intensive"), months=MONTHS)


@pytest.fixture(scope="module")
def setting(people) -> Setting:
    return make_setting(people.start, MONTHS)


def test_every_problem_is_told_at_once(people, schedule, setting):
    job = Job(np.ones(3), schedule, 1, {"place_macht": np.zeros(1), "place_match": np.zeros(5)})
    short = schedule_of(plain_people(7), preset("regular"), months=3)
    other = Job(np.full(len(PARAMETERS), np.nan), short, 2**64, {"place_match": np.array([np.nan])})
    record = Record(("stres",), np.full(300, 4, np.int16), 2, (9, 3, 99), ("hour",))
    with pytest.raises(InputError) as caught:
        simulate(people, [job, other], setting, record)
    assert {problem.path for problem in caught.value.problems} == {
        "series",
        "columns",
        "snapshots",
        "groups",
        "jobs.0.parameters",
        "jobs.0.place",
        "jobs.0.place.place_match",
        "jobs.1.schedule",
        "jobs.1.parameters",
        "jobs.1.place.place_match",
        "jobs.1.seed",
    }
    for wrong in (Record(n_groups=0), Record(groups=np.zeros(3, np.int16)), Record(n_groups=99_999)):
        with pytest.raises(InputError):
            simulate(people, [], setting, wrong)


def test_a_backend_that_does_not_exist_and_no_threads_are_refused(people, schedule, setting):
    with pytest.raises(InputError, match="compiled") as caught:
        simulate(people, [Job(defaults(), schedule, 1)], setting, Record(), backend="compild", threads=0)  # type: ignore[arg-type]
    assert [problem.path for problem in caught.value.problems] == ["backend", "threads"]


def test_outcomes_are_shaped_as_promised(people, schedule, setting):
    record = Record(("stress", "hours"), (people.person % 3).astype(np.int16), 4, (1, 26), ("hours", "works"))
    job = Job(defaults(), schedule, stream("x"))
    outcome = simulate(people, [job], setting, record)[0]
    assert outcome.sums.shape == (MONTHS, 4, 2)
    assert outcome.counts.tolist() == [[100, 100, 100, 0]] * MONTHS
    assert outcome.snapshots.shape == (2, 2, 300)
    assert outcome.capacity.shape == (3, 1)
    means = outcome.means()
    assert np.isnan(means[:, 3]).all()
    assert np.isfinite(means[:, :3]).all()
    hours = outcome.snapshots[1, 0]
    assert np.allclose(means[-1, :3, 1], [hours[people.person % 3 == k].mean() for k in range(3)], atol=1e-6)
    assert np.array_equal(outcome.snapshots[:, 1], (outcome.snapshots[:, 0] > 0) * 1.0)


def test_nothing_asked_is_nothing_given(people, schedule, setting):
    outcome = simulate(people, [Job(defaults(), schedule, 1)], setting, Record())[0]
    assert outcome.sums.shape == (MONTHS, 1, 0)
    assert outcome.snapshots.shape == (0, 0, 300)
    assert simulate(people, [], setting, Record()) == []


def test_the_population_is_left_alone(people, schedule, setting):
    before = {name: values.copy() for name, values in people.columns.items()}
    simulate(people, [Job(defaults(), schedule, seed) for seed in range(3)], setting, Record(("stress",)))
    assert all(np.array_equal(people.columns[name], before[name]) for name in before)
    assert schedule.instance.tolist() == schedule_of(people, preset("intensive"), months=MONTHS).instance.tolist()


def test_jobs_share_their_luck_only_with_their_seed(people, schedule, setting):
    record = Record(("hours",))
    jobs = [Job(defaults(), schedule, seed) for seed in (1, 2, 1)]
    one, two, again = simulate(people, jobs, setting, record)
    assert np.array_equal(one.sums, again.sums)
    assert not np.array_equal(one.sums, two.sums)


def test_a_better_labour_market_next_door_moves_only_that_town(setting):
    people = replace(
        plain_people(400),
        municipality=np.repeat([0, 1], 200).astype(np.int16),
        municipalities=("here", "there"),
        caseworker=np.repeat([0, 1], 200).astype(np.int32),
    )
    schedule = schedule_of(people, preset("regular"), months=MONTHS)
    parameters = switch_off(defaults(), ["budget_loop"])
    record = Record(("works",), people.municipality, 2)
    plain, moved = simulate(
        people,
        [Job(parameters, schedule, 3, place) for place in ({}, {"place_match": np.array([0.0, 1.0])})],
        setting,
        record,
    )
    assert np.array_equal(plain.sums[:, 0], moved.sums[:, 0])
    assert moved.sums[-1, 1] > plain.sums[-1, 1]


@pytest.mark.parametrize("backend", ["compiled", "numpy"])
def test_who_enters_later_settles_in_the_twelve_months_before_and_not_sooner(setting, backend):
    entry = np.where(np.arange(300) % 3, np.arange(300) % 41, 0).astype(float)
    people = plain_people(300, entry_month=entry, status=np.where(entry > 0, 3.0, 0.0))
    job = Job(defaults(), schedule_of(people, preset("intensive"), months=MONTHS), 7)
    lived = Society(people, job, setting, Record(("stress",), columns=("income",)), backend=backend)
    for month in range(MONTHS + 1):
        lived.run_to(month)
        begun = entry - SETTLE_MONTHS <= month
        moved = lived.column("stress") != people["stress"]
        assert moved[begun].all()
        assert not moved[~begun].any()
        assert not lived.column("income")[~begun].any()
        if month:
            assert lived.counts[month - 1, 0] == (entry <= month).sum()


def test_the_months_before_the_settling_months_of_an_entrant_change_nothing():
    """The same entrants under the same luck, a year later: in a world that stands still they are the same people."""
    lives = []
    for later in (0, 24):
        entry = np.repeat([0.0, 14.0 + later], 200)
        people = plain_people(400, entry_month=entry, status=np.where(entry > 0, 3.0, 0.0))
        setting = make_setting(people.start, 60)
        job = Job(defaults(), schedule_of(people, preset("regular"), months=60), 7)
        lived = Society(people, job, setting, Record())
        lived.run_to(int(entry.max()))
        lives.append({name: lived.column(name)[200:].mean() for name in ("skill", "stress", "buffer", "motivation")})
    soon, late = lives
    assert late["skill"] == pytest.approx(soon["skill"], abs=0.01)
    assert late["buffer"] == pytest.approx(soon["buffer"], abs=40.0)
    assert late["stress"] == pytest.approx(soon["stress"], abs=0.03)
    assert late["motivation"] == pytest.approx(soon["motivation"], abs=0.01)


def test_a_small_first_run_does_not_wait_for_the_compiler(people, schedule, setting, monkeypatch):
    monkeypatch.setattr("sim.engine.society.is_warm", lambda: False)
    monkeypatch.setattr("sim.engine.society.compiled", lambda state: pytest.fail("compiled"))
    job = Job(defaults(), schedule, 1)
    assert simulate(people, [job], setting, Record(("hours",)))[0].sums[-1].sum() > 0
    with pytest.raises(pytest.fail.Exception):
        simulate(people, [job], setting, Record(), backend="compiled")


def test_watching_tells_every_stage_and_changes_nothing(people, schedule, setting):
    seen: list[tuple[int, str]] = []
    job, record = Job(defaults(), schedule, 1), Record(("hours",))
    watched = Society(
        people, job, setting, record, watch=lambda month, stage, writes, rows: seen.append((month, stage))
    )
    watched.run_to(2)
    plain = Society(people, job, setting, record)
    plain.run_to(2)
    assert np.array_equal(watched.sums, plain.sums)
    months = {month for month, _ in seen}
    assert months == set(range(-11, 3))
    assert len(seen) == len(set(seen))


def test_many_small_societies_are_worth_the_compiler(people, schedule, setting, monkeypatch):
    asked: list[str] = []
    real = society.compiled
    monkeypatch.setattr(society, "is_warm", lambda: bool(asked))
    monkeypatch.setattr(society, "compiled", lambda state: asked.append("machine code") or real(state))
    monkeypatch.setattr(society, "_lived", 0)
    monkeypatch.setattr(society, "_SMALL", 3 * len(people) * (MONTHS + SETTLE_MONTHS))
    for number in range(5):
        simulate(people, [Job(defaults(), schedule, 1)], setting, Record(series=("works",)))
        assert len(asked) == max(0, number - 1)
