"""The engine and the slow reference implementation agree to the last bit, on anything that can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.engine.layout import COUNTERS, LEVELS
from sim.engine.rows import DRIVES
from sim.engine.simulate import Job, Record, Society
from sim.outcomes.measures import MEASURES
from sim.parameters import PARAMETERS, defaults, draw_priors, with_values
from sim.people.columns import FLOWS
from sim.people.population import Population
from sim.random_numbers import DECISIONS, stream, uniform
from sim.regime.assignment import Everybody
from sim.regime.presets import preset, presets
from sim.regime.regime import Regime
from sim.regime.schedule import Schedule, compile_schedule
from sim.setting import make_setting
from tests.reference import arithmetic
from tests.reference.outcomes import outcome
from tests.reference.people import plain_people, random_parameters, random_people, schedule_of
from tests.reference.philox import draws, philox
from tests.reference.society import ReferenceSociety
from tests.sim.regimes_drawn import regimes

COLUMNS = (*LEVELS, *COUNTERS, *FLOWS, *DRIVES)
STARTS = [date(2018, 1, 1), date(2018, 11, 1), date(2020, 1, 1), date(2022, 6, 1)]
seeds = st.integers(0, 2**32 - 1)


def both(
    population: Population,
    schedule: Schedule,
    parameters: np.ndarray,
    months: int,
    *,
    seed: int = 1,
    place: dict[str, np.ndarray] | None = None,
    **setting: object,
) -> tuple[Society, ReferenceSociety]:
    """Live the same months twice."""
    chosen = make_setting(population.start, months, **setting)  # type: ignore[arg-type]
    job = Job(parameters, schedule, stream("test", seed), place or {})
    record = Record(series=tuple(MEASURES), columns=(*COLUMNS, *MEASURES))
    engine = Society(population, job, chosen, record, backend="numpy")
    where = {name: values.tolist() for name, values in (place or {}).items()}
    slow = ReferenceSociety(population, schedule, chosen, list(parameters), job.seed, **where)
    engine.run_to(months)
    slow.run_to(months)
    return engine, slow


def differences(engine: Society, slow: ReferenceSociety) -> list[str]:
    """Return the columns and measures that are not equal to the last bit."""
    found = [name for name in COLUMNS if engine.column(name).tolist() != [person[name] for person in slow.people]]
    here = [person for person in slow.people if person["present"]]
    sums = engine.outcome().sums[-1, 0]
    for number, name in enumerate(MEASURES):
        if engine.column(name).tolist() != [outcome(name, person) for person in slow.people]:
            found.append(f"measure {name}")
        fixed = sum(int(np.floor(outcome(name, person) * 2**20 + 0.5)) for person in here)
        if sums[number] != fixed / 2**20:
            found.append(f"sum of {name}")
    return found


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(1, 6), st.integers(1, 28), st.sampled_from(STARTS), regimes(), st.integers(0, 3), st.data())
def test_agrees_bit_for_bit(
    seed: int, n: int, months: int, start: date, regime: Regime, kind: int, data: st.DataObject
) -> None:
    assume(regime.to_date is None or regime.to_date > date(2022, 9, 30))
    people = random_people(n, seed, arms=2, start=start)
    schedule = schedule_of(
        people,
        replace(regime, after=None),
        preset(data.draw(st.sampled_from(["intensive_disregard", "exemption", "premium", "own_direction"]))),
        months=months,
        start_month=data.draw(st.integers(1, 3)),
    )
    parameters = [defaults(), draw_priors(1, seed)[0], random_parameters(seed), random_parameters(seed, extreme=True)]
    place = {"place_match": np.array([0.3, -0.2]), "place_other": np.array([-0.1, 0.4])}
    market = data.draw(st.sampled_from(["historic", "tight", "slack"]))
    engine, slow = both(people, schedule, parameters[kind], months, seed=seed, place=place, market=market)
    assert differences(engine, slow) == []


def test_agrees_over_years_of_caseloads_and_budgets() -> None:
    people = plain_people(40)
    people = replace(people, caseworker=(np.arange(40) // 15).astype(np.int32))
    lively = with_values(
        defaults(),
        {"budget_loop.reinvest": 0.03, "budget_loop.refill": 0.3, "market.rate": 2.0, "attention.minutes": 170.0},
    )
    engine, slow = both(people, schedule_of(people, preset("intensive"), months=27), lively, 27)
    assert differences(engine, slow) == []
    assert slow.capacity[0] not in (1.0, 0.5, 2.0)
    assert len({*slow.load, 1.0}) > 2


def test_agrees_where_regimes_follow_each_other() -> None:
    people = random_people(5, 8)
    chain = preset("learning_start")
    named = {"r0": chain, "own_direction": preset("own_direction")}
    schedule = compile_schedule(people, named, Everybody("r0"), months=15, background=preset("regular"), delivery=0.7)
    assert differences(*both(people, schedule, defaults(), 15)) == []


def test_negative_control_a_difference_in_the_last_digits_is_seen() -> None:
    """The comparison itself notices 1e-14 in one parameter."""
    people = plain_people(6)
    schedule = schedule_of(people, preset("regular"), months=3)
    engine, slow = both(people, schedule, defaults(), 3)
    assert differences(engine, slow) == []
    nearly = defaults()
    place = list(PARAMETERS).index("scarcity.base")
    nearly[place] += 1e-14
    other = ReferenceSociety(people, schedule, slow.setting, list(nearly), slow.seed)
    other.run_to(3)
    assert "scarcity" in differences(engine, other)


def test_every_preset_can_be_lived() -> None:
    """All presets in one society: one person each, the reference beside it."""
    chosen = [regime for regime in presets().values() if regime.after is None]
    people = random_people(len(chosen), 4, arms=len(chosen))
    schedule = schedule_of(people, *chosen, months=4)
    assert differences(*both(people, schedule, defaults(), 4)) == []


def test_the_reference_has_its_own_philox() -> None:
    """Known answers of the paper's kit, and the engine's draws."""
    assert philox((0, 0, 0, 0), (0, 0)) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    ones = 2**32 - 1
    assert philox((ones,) * 4, (ones, ones)) == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)
    person = np.array([0, 7, 2**33 + 5])
    for month in (-11, 0, 1, 240):
        for row, who in enumerate(person.tolist()):
            own = draws(2**63 + 11, who, month, tuple(DECISIONS))
            for name, value in own.items():
                assert value == uniform(2**63 + 11, name, month, person)[row]


@pytest.mark.parametrize("x", [-1e9, -40.0, -3.3, -1e-9, 0.0, 0.7, 12.0, 40.0, 1e9])
def test_the_reference_has_its_own_exponential(x: float) -> None:
    from sim.policy.elementwise import exp, half, logistic

    assert arithmetic.exp(x) == exp(x)
    assert arithmetic.logistic(x) == logistic(x)
    assert abs(arithmetic.exp(x) / np.exp(np.clip(x, -40, 40)) - 1) < 4e-14
    assert arithmetic.left_after_a_month(3.0) == half(3.0)
