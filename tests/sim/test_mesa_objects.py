"""The Mesa objects that the benchmark times live the same months as the engine, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.mesa_objects import MesaSociety
from benchmarks.roofline import work_of_a_month
from sim.engine import Job, Record, simulate
from sim.layout import COUNTERS, LEVELS
from sim.measures import MEASURES
from sim.parameters import defaults
from sim.presets import preset
from sim.random_numbers import stream
from sim.setting import SETTLE_MONTHS, make_setting
from tests.reference.people import random_parameters, random_people, schedule_of

MONTHS = 26


@pytest.mark.parametrize(("seed", "mirror"), [(1, False), (2, True)])
def test_objects_live_the_same_months_as_the_engine(seed, mirror):
    people = random_people(40, seed, arms=2)
    schedule = schedule_of(people, preset("intensive"), preset("disregard"), months=MONTHS)
    parameters = defaults() if seed == 1 else random_parameters(seed)
    job = Job(parameters, schedule, stream("mesa", seed), {"place_match": np.array([0.2, -0.1])}, mirror)
    setting = make_setting(people.start, MONTHS)
    columns = (*LEVELS, *COUNTERS)
    record = Record(tuple(MEASURES), snapshots=(MONTHS,), columns=columns)
    outcome = simulate(people, [job], setting, record)[0]
    model = MesaSociety(people, job, setting, tuple(MEASURES))
    for _ in range(SETTLE_MONTHS + MONTHS):
        model.step()
    assert np.array_equal(np.array(model.series), outcome.sums[:, 0])
    held = np.array([[getattr(agent, name) for agent in model.agents] for name in columns])
    assert np.array_equal(held, outcome.snapshots[0])


def test_work_is_counted_from_the_stages():
    work = work_of_a_month()
    assert work["arithmetic"] > 1000
    assert 0 < work["divisions"] < work["arithmetic"]
    assert 0 < work["bytes"] < 400
