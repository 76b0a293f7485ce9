"""Numerical care: what is kept in float32 is exact or changes nothing published; chances stay chances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import interpret
from sim.engine.formula import work_out
from sim.engine.layout import COUNTERS, FIXED, arguments
from sim.engine.population_arrays import Crowd
from sim.engine.rows import DRIVES
from sim.engine.simulate import Job, Record, Society
from sim.month import stages
from sim.outcomes.measures import HEADLINE, MEASURES
from sim.parameters import defaults
from sim.people import catalogue
from sim.people.columns import COLUMNS, TRAITS
from sim.policy.elementwise import exp, logistic
from sim.random_numbers import stream
from sim.regime.presets import preset
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS, make_setting
from tests.reference.people import random_parameters, random_people, schedule_of
from tests.sim.engine.test_formula import Floats

MONTHS = 24


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_counters_are_exact_in_float32(seed):
    """Whatever is counted survives the way through float32 between two spans to the last bit."""
    people = random_people(80, seed)
    job = Job(random_parameters(seed), schedule_of(people, preset("disregard"), months=MONTHS), seed)
    society = Society(people, job, make_setting(people.start, MONTHS), Record(), backend="numpy")

    def watch(month, stage, writes, rows):
        for name in writes:
            if name in COUNTERS:
                assert np.array_equal(rows[name].astype(np.float32).astype(np.float64), rows[name]), name
                assert np.abs(rows[name]).max() < 2**24

    advance = interpret.bind(society.state, watch)
    advance(SETTLE_MONTHS, SETTLE_MONTHS + MONTHS, 0, 80, society.sums, society.counts)


def test_whole_traits_are_exact_in_float32():
    assert all(column.high < 2**24 for column in TRAITS.values() if column.whole)


def test_traits_in_float32_change_no_published_number():
    """A share is published to 0.1 percentage point, money to the euro, a scale to 0.01."""
    people = catalogue.load("nijmegen", 3000)
    job = Job(defaults(), schedule_of(people, preset("intensive"), months=MONTHS), stream("x"))
    setting, record = make_setting(people.start, MONTHS), Record(series=HEADLINE)
    found = []
    for precise in (False, True):
        crowd = Crowd(people)
        if precise:
            crowd.traits = np.stack([people[name] for name in TRAITS])  # type: ignore[assignment]
        society = Society(people, job, setting, record, backend="numpy", crowd=crowd)
        society.run_to(MONTHS)
        found.append(society.outcome().means()[:, 0])
    assert not np.array_equal(found[0], found[1])
    for number, name in enumerate(HEADLINE):
        step = {"share": 0.001, "EUR/month": 1.0}.get(MEASURES[name].unit, 0.01)
        assert np.abs(found[0] - found[1])[:, number].max() < step / 2, name


def test_sums_in_fixed_point_are_finer_than_anything_published():
    """Room for 4 million people who all have the largest sum there can be; half of 2**-20 is rounded away."""
    largest = max(column.high for column in COLUMNS.values())
    assert largest * 4e6 * FIXED < 2.0**63
    assert 0.5 / FIXED < 1e-6


class Chances(Floats):
    """Floats that remember the values of names that stand for a chance or a share."""

    names = ("chance", "hazard", "p0", "p1", "b0", "no_own", "no_brokered", "none", "small", "saturated")

    def __init__(self) -> None:
        self.seen: list[tuple[str, float]] = []

    def named(self, name, value):
        if name in self.names:
            self.seen.append((name, value))
        return value


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_chances_never_leave_0_to_1(seed, extreme):
    luck = np.random.default_rng(seed)
    parameters = interpret.parameter_tuples(random_parameters(seed, extreme=extreme))
    month = dict(zip(MONTH_FIELDS, luck.uniform(0, 1, len(MONTH_FIELDS)), strict=True)) | {"open": 1.0}
    algebra = Chances()
    for stage in stages():
        given = {}
        for name in arguments(stage):
            column = COLUMNS.get(name)
            low, high = (column.low, column.high) if column else (-15, 15) if name in DRIVES else (0.01, 1)
            drawn = float(np.round(luck.random()) if extreme else luck.random())
            given[name] = low + drawn * (high - low)
        given = {k: parameters[stage.mechanism]._asdict() if k == "p" else v for k, v in given.items()}
        given = {k: month if k == "month" else v for k, v in given.items()}
        try:
            work_out(stage.function, given, algebra)
        except ZeroDivisionError:
            continue
    assert {name for name, _ in algebra.seen} >= {"chance", "hazard", "p0", "none"}
    assert all(0.0 <= value <= 1.0 for _, value in algebra.seen), [x for x in algebra.seen if not 0 <= x[1] <= 1]


@pytest.mark.parametrize("x", [-1e308, -745.0, -40.0, -1e-300, 0.0, 1e-9, 40.0, 800.0, 1e308, np.inf, -np.inf])
def test_the_logistic_is_a_chance_everywhere(x):
    assert 0.0 < logistic(x) <= 1.0
    assert np.isfinite(exp(x))
    assert logistic(np.array([x]))[0] == logistic(x)


def test_the_mirror_of_a_draw_is_exact():
    """u and 1 - u add up to one: the mirrored society draws from the same law."""
    people = random_people(50, 1)
    job = Job(defaults(), schedule_of(people, preset("regular"), months=2), 5)
    setting = make_setting(people.start, 2)
    record = Record(columns=("u_offer", "u_check"))
    pair = [Society(people, replace(job, mirror=mirror), setting, record, backend="numpy") for mirror in (False, True)]
    here = people["entry_month"] <= 0  # who has not come yet has drawn nothing
    assert here.sum() > 20
    for name in record.columns:
        assert np.array_equal((pair[0].column(name) + pair[1].column(name))[here], np.ones(here.sum()))
