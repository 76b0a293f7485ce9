"""The same bits, whatever the machine did: backends, threads, blocks, order, company and steps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import compiler, kernel
from sim.engine.layout import COUNTERS, LEVELS
from sim.engine.simulate import Job, Outcome, Record, Society, simulate
from sim.outcomes.measures import MEASURES
from sim.parameters import defaults, draw_priors, switch_off, with_values
from sim.people.columns import FLOWS
from sim.people.population import Population
from sim.random_numbers import stream
from sim.regime.presets import preset
from sim.setting import SETTLE_MONTHS, make_setting
from tests.reference.people import plain_people, random_parameters, random_people, schedule_of
from tests.sim.regimes_drawn import regimes

MONTHS = 14
COLUMNS = (*LEVELS, *COUNTERS, *FLOWS)


def everything(n: int, groups: int = 1, seed: int = 3) -> Record:
    """Return a record of all measures and columns, people spread over groups."""
    numbers = np.random.default_rng(seed).integers(0, groups, n).astype(np.int16)
    return Record(tuple(MEASURES), numbers, groups, (5, MONTHS), COLUMNS)


def job_of(people: Population, seed: int = 1, **options: object) -> Job:
    schedule = schedule_of(people, preset("intensive"), preset("disregard"), months=MONTHS)
    return Job(defaults(), schedule, stream("replicate", seed), **options)  # type: ignore[arg-type]


def same(a: Outcome, b: Outcome) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name)) for name in ("sums", "counts", "snapshots", "capacity")
    )


@pytest.fixture(scope="module")
def people() -> Population:
    return plain_people(700)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(1, 12), regimes(), st.booleans())
def test_machine_code_and_numpy_agree_on_anything(seed, n, groups, regime, mirror):
    people = random_people(n, seed, arms=2)
    announced = regime.announced and regime.months is not None
    regime = replace(regime, after=None, to_date=None, announced=announced)
    schedule = schedule_of(people, regime, preset("intensive"), months=MONTHS)
    setting = make_setting(people.start, MONTHS)
    place = {"place_match": np.array([0.3, -0.2])}
    job = Job(random_parameters(seed), schedule, seed, place, mirror)
    record = everything(n, groups)
    compiled, plain = (simulate(people, [job], setting, record, backend=each)[0] for each in ("compiled", "numpy"))
    assert same(compiled, plain)


@pytest.mark.parametrize("groups", [1, 3, 40])
@pytest.mark.parametrize("backend", ["compiled", "numpy"])
def test_threads_change_nothing(backend, groups):
    people = plain_people(9000)
    setting = make_setting(people.start, MONTHS)
    record = replace(everything(9000, groups), columns=("hours", "contacts"))
    one, two, three = (
        simulate(people, [job_of(people)], setting, record, threads=threads, backend=backend)[0]
        for threads in (1, 2, 3)
    )
    assert same(one, two)
    assert same(one, three)


def test_threads_over_jobs_and_their_order_change_nothing(people):
    jobs = [replace(job_of(people, seed), parameters=values) for seed, values in enumerate(draw_priors(7, 5))]
    setting, record = make_setting(people.start, MONTHS), everything(700, 3)
    one = simulate(people, jobs, setting, record, backend="compiled")
    two = simulate(people, jobs[::-1], setting, record, threads=2, backend="compiled")[::-1]
    alone = [simulate(people, [job], setting, record, backend="compiled")[0] for job in jobs]
    assert all(same(a, b) and same(a, c) for a, b, c in zip(one, two, alone, strict=True))


@pytest.mark.parametrize("cuts", [(0, 700), (0, 1, 700), (0, 127, 128, 129, 400, 700), tuple(range(0, 701, 35))])
def test_blocks_may_begin_anywhere(people, cuts):
    """Blocks of 1 .. 128 people, cut anywhere, in any order, give the same bits."""
    setting, record = make_setting(people.start, MONTHS), everything(700, 3)
    whole = Society(people, job_of(people), setting, record, backend="compiled")
    parts = Society(people, job_of(people), setting, record, backend="compiled")
    spans = list(pairwise(cuts))[::-1]
    for society, pieces in ((whole, [(0, 700)]), (parts, spans)):
        advance = kernel.compiled(society.state)
        for lo, hi in pieces:
            advance(SETTLE_MONTHS, SETTLE_MONTHS + MONTHS, lo, hi, society.sums, society.counts)
    for name in ("levels", "counters", "flows"):
        assert np.array_equal(getattr(whole.state, name), getattr(parts.state, name))
    assert np.array_equal(whole.sums, parts.sums)
    assert np.array_equal(whole.counts, parts.counts)


def test_the_size_of_a_block_changes_nothing(people, monkeypatch):
    setting, record = make_setting(people.start, MONTHS), everything(700, 3)
    expected = simulate(people, [job_of(people)], setting, record, backend="compiled")[0]
    monkeypatch.setattr(compiler, "BLOCK", 64)
    monkeypatch.setattr(compiler, "GROUP", 8)
    other = kernel._Kernel(kernel._compile())
    monkeypatch.setattr(kernel, "_kernel", lambda: other)
    assert same(simulate(people, [job_of(people)], setting, record, backend="compiled")[0], expected)


def test_step_by_step_is_the_same_as_at_once(people):
    setting, record = make_setting(people.start, MONTHS), replace(everything(700), snapshots=())
    once, steps = (Society(people, job_of(people), setting, record, backend="compiled") for _ in range(2))
    once.run_to(MONTHS)
    for month in range(1, MONTHS + 1):
        steps.run_to(month)
    assert same(once.outcome(), steps.outcome())
    assert all(np.array_equal(once.column(name), steps.column(name)) for name in COLUMNS)


def test_one_more_person_changes_nobody_else(people):
    """Without the budget loop nobody notices the others."""
    setting = make_setting(people.start, MONTHS)
    fewer = people.take(np.delete(np.arange(700), [0, 300, 301]))
    found = []
    for each in (people, fewer):
        job = replace(job_of(each), parameters=switch_off(defaults(), ["budget_loop"]))
        found.append(simulate(each, [job], setting, everything(len(each)), backend="compiled")[0].snapshots)
    assert np.array_equal(np.delete(found[0], [0, 300, 301], axis=2), found[1])


def test_the_budget_loop_does_notice_the_others(people):
    """The negative control of the law above."""
    setting = make_setting(people.start, 30)
    schedule = schedule_of(people, preset("intensive"), months=30)
    record = Record(snapshots=(30,), columns=("contact_sum", "stress"))
    tight = with_values(defaults(), {"budget_loop.refill": 0.0, "attention.minutes": 180.0})
    found = []
    for each in (people, people.take(np.delete(np.arange(700), np.arange(0, 60)))):
        job = Job(tight, replace(schedule, instance=schedule.instance[: len(each)]), 5)
        found.append(simulate(each, [job], setting, record, backend="compiled")[0].snapshots)
    assert not np.array_equal(found[0][:, :, 60:], found[1])


def test_groups_add_up_to_all(people):
    setting = make_setting(people.start, MONTHS)
    all_of = simulate(people, [job_of(people)], setting, Record(tuple(MEASURES)), backend="compiled")[0]
    for groups in (2, 8, 9, 300):
        parts = simulate(people, [job_of(people)], setting, everything(700, groups), backend="compiled")[0]
        assert np.array_equal(parts.sums.sum(axis=1, keepdims=True), all_of.sums)
        assert np.array_equal(parts.counts.sum(axis=1, keepdims=True), all_of.counts)


def test_a_mirrored_job_is_another_society_of_the_same_law(people):
    setting, record = make_setting(people.start, MONTHS), everything(700)
    plain, mirrored = simulate(
        people, [job_of(people), job_of(people, mirror=True)], setting, record, backend="compiled"
    )
    assert not np.array_equal(plain.snapshots, mirrored.snapshots)
    again = simulate(people, [job_of(people, mirror=True)], setting, record, backend="numpy")[0]
    assert same(mirrored, again)
