"""The trace tells one life exactly, and its reasons add up to what happened."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from sim.engine.simulate import Job, Record, Society
from sim.outcomes.person_trace import TracedMonth, trace
from sim.parameters import defaults, with_values
from sim.people.columns import STATES
from sim.policy.elementwise import floor
from sim.problems import InputError
from sim.random_numbers import stream
from sim.regime.presets import preset
from sim.setting import make_setting
from tests.reference.people import plain_people, schedule_of

MONTHS = 20


def lives(people_of: list[int]) -> tuple[Society, dict[int, list[TracedMonth]]]:
    people = plain_people(30, quality=0.5, physical=0.0)
    values = with_values(
        defaults(),
        {
            "market.rate": 2.5,
            "obligations.sanction_rate": 0.1,
            "leaving.other": -3.5,
            "leaving.back_other": 0.1,
            "market.venture": -4.0,
        },
    )
    busy = preset("intensive_disregard")
    schedule = schedule_of(people, replace(busy, levers={**busy.levers, "checks": 1.0}), months=MONTHS)
    job = Job(values, schedule, stream("trace"))
    setting = make_setting(people.start, MONTHS)
    society = Society(people, job, setting, Record(), backend="numpy")
    society.run_to(MONTHS)
    return society, {row: trace(people, job, setting, int(people.person[row])) for row in people_of}


@pytest.fixture(scope="module")
def told() -> tuple[Society, dict[int, list[TracedMonth]]]:
    return lives(list(range(12)))


def test_the_traced_life_is_the_life_in_the_full_run(told: tuple[Society, dict[int, list[TracedMonth]]]) -> None:
    society, found = told
    for row, months in found.items():
        assert [month.month for month in months] == list(range(1, MONTHS + 1))
        for name in STATES:
            assert months[-1].after[name] == society.column(name)[row], name
        for before, after in pairwise(months):
            assert all(before.after[name] == after.before[name] for name in STATES)


def test_the_terms_of_a_drive_add_up(told: tuple[Society, dict[int, list[TracedMonth]]]) -> None:
    for months in told[1].values():
        for month in months:
            for drive in month.drives:
                assert sum(term.change for term in drive.terms) == pytest.approx(drive.total, abs=1e-9)
                assert drive.total == month.after[drive.name]


def test_the_draw_decides_as_told(told: tuple[Society, dict[int, list[TracedMonth]]]) -> None:
    """Wherever something was at stake it happened exactly when the draw said so, and nowhere else."""
    happened: dict[str, int] = {}
    for months in told[1].values():
        for month in months:
            for each in month.decisions:
                by_draw = each.draw < each.chance if each.below else each.draw > 1.0 - each.chance
                forced = each.name == "loss" and month.after["age_now"] >= 67.0
                assert each.happened == (each.at_stake and (by_draw or forced)), (month.month, each)
                assert 0.0 <= each.chance <= 1.0
                happened[each.name] = happened.get(each.name, 0) + each.happened
    assert [name for name, times in happened.items() if not times] == []


def test_contacts_are_planned_possible_and_had(told: tuple[Society, dict[int, list[TracedMonth]]]) -> None:
    for months in told[1].values():
        for month in months:
            contact = month.contact
            assert contact.had == floor(contact.expected + contact.draw)
            assert contact.expected <= contact.possible


def test_nobody_has_that_number() -> None:
    people = plain_people(3)
    job = Job(defaults(), schedule_of(people, preset("regular"), months=2), 1)
    with pytest.raises(InputError, match="person: 7"):
        trace(people, job, make_setting(people.start, 2), 7)


def test_months_can_be_fewer_than_the_run() -> None:
    people = plain_people(3)
    job = Job(defaults(), schedule_of(people, preset("regular"), months=6), 1)
    setting = make_setting(people.start, 6)
    few, all_of_them = trace(people, job, setting, 1, 2), trace(people, job, setting, 1)
    assert few == all_of_them[:2]
    assert np.isfinite(list(few[0].after.values())).all()
