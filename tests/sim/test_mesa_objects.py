"""The Mesa objects that the benchmark times live the same months as the engine, to the last bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.mesa_objects import MesaSociety
from benchmarks.roofline import work_of_a_month
from sim.engine.layout import COUNTERS, LEVELS
from sim.engine.simulate import Job, Record, simulate
from sim.month import stages
from sim.outcomes.measures import MEASURES
from sim.parameters import defaults
from sim.people.columns import TRAITS
from sim.random_numbers import stream
from sim.regime.presets import preset
from sim.setting import SETTLE_MONTHS, make_setting
from tests.reference.people import random_parameters, random_people, schedule_of

MONTHS = 26
_ROOT = Path(__file__).resolve().parents[2]


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
    page = " ".join((_ROOT / "docs" / "engine.md").read_text(encoding="utf-8").split())
    assert f"({work['arithmetic']:,.0f} of arithmetic, {work['divisions']:.0f} of them divisions" in page
    assert f"{work['comparisons_and_selects']:.0f} comparisons and selects" in page
    assert f"{work['bytes']:.0f} bytes of memory traffic" in page
    assert f"the month has {len(stages())} stages" in page


def test_memory_is_what_the_page_says():
    levels, counters, traits = 8 * len(LEVELS), 4 * len(COUNTERS), 4 * len(TRAITS)
    page = " ".join((_ROOT / "docs" / "engine.md").read_text(encoding="utf-8").split())
    assert f"{levels} bytes of continuous states, {counters} of whole-number states, {traits} of traits" in page
    assert f"{levels + counters + traits + 4} bytes" in page
