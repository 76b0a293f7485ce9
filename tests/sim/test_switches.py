"""Everything that can be set does something: levers, mechanisms, parameters; off is a value, not a path."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from sim.engine.simulate import Job, Record, Society
from sim.parameters import MECHANISMS, PARAMETERS, defaults, draw_priors, switch_off, with_values
from sim.people.columns import FLOWS, STATES
from sim.people.population import Population
from sim.problems import InputError
from sim.random_numbers import stream
from sim.regime.levers import LEVERS
from sim.regime.presets import preset
from sim.setting import make_setting
from tests.reference.people import plain_people, schedule_of
from tests.sim.laboratory import Laboratory, laboratory, set_lever
from tests.sim.test_laws import copies

KEPT = tuple(dict.fromkeys([*STATES, *FLOWS]))
# Levers by which everything in the month comes into play.
BUSY = {
    "enforcement": 0.6,
    "sanction_share": 0.9,
    "sanction_duration": 5.0,
    "contacts": 1.5,
    "caseload": 110.0,
    "group_share": 0.5,
    "personal_content": 0.4,
    "self_reliance_training": 0.5,
    "own_direction": 0.5,
    "checks": 1.0,
    "disregard_share": 0.5,
    "disregard_cap": 200.0,
    "disregard_months": 9.0,
    "premium_share": 0.3,
    "premium_cap": 150.0,
    "exit_bonus": 4500.0,
    "exit_bonus_times": 1.0,
    "followed": 0.5,
    "supplement": 300.0,
    "supplement_hours": 20.0,
    "supplement_window": 9.0,
    "supplement_months": 6.0,
    "compared": 0.5,
    "crowding": 0.3,
    "tailoring": 0.3,
}
# Without effect inside the month: only for the books of the municipality.
ACCOUNTS = ("programme_cost",)
# What the offices do between months; the laboratory has no offices.
BETWEEN = tuple(name for name in PARAMETERS if name.startswith("budget_loop."))
# What seldom happens must happen here: an offer in the month of a sanction.
OFTEN = {"obligations.sanction_rate": 0.08, "market.rate": 1.2}
MONTHS = 30


def busy_people(n: int) -> Population:
    """People of all kinds, of whom many work a little; some are about to retire, some too young."""
    people = plain_people(n, seed=2, addiction=(np.arange(n) % 7 == 0) * 1.0)
    columns: dict[str, Any] = dict(people.columns)
    columns["age"] = np.where(np.arange(n) % 5 == 0, np.where(np.arange(n) % 2, 65.0, 64.3), columns["age"])
    columns["work_duty_exempt"] = (np.arange(n) % 9 == 0) * 1.0
    columns["buffer"] = np.where(np.arange(n) % 3 == 0, 4000.0, 100.0)
    columns["quality"] = np.where(np.arange(n) % 2 == 0, 1.0, -1.0)
    columns["trust"] = np.where(np.arange(n) % 4 == 0, 0.95, 0.4)
    columns["mobility"] = np.where(np.arange(n) % 2 == 0, 1.0, -1.5)
    columns["service_rank"] = (np.arange(n) % 10 + 0.5) / 10.0
    columns["motivation"] = np.where(np.arange(n) % 6 == 0, 0.0, columns["intrinsic_motivation"])
    contract = 1.0 + np.arange(n) % 4
    columns["contract"] = np.where(columns["hours"] > 0, contract, 0.0)
    return replace(people, columns=columns)


def busy_life(population: Population, parameters: dict[str, Any], levers: dict[str, Any]) -> Laboratory:
    """Live `MONTHS` months with a lockdown, a tight market and an announced end."""
    here = laboratory(population=population, parameters=parameters, luck=11)
    for name, value in {**BUSY, **levers}.items():
        # The background stays regular, so that adaptation has something to do.
        set_lever(here.rows, name, value, background=False)
    here.month["log_tightness"] = 2.0

    def each(t: int) -> None:
        here.month["years"] = (t - 1) / 12.0
        here.month["lockdown"] = 1.0 if 10 <= t < 14 else 0.0
        here.rows["lever_since_start"] = np.full(len(population), float(t))
        left = MONTHS - 4.0 - t
        here.rows["lever_months_to_end"] = np.full(len(population), left if left > 0 else 999.0)

    here.live(MONTHS, each)
    return here


def told_apart(rows: dict[str, Any], blocks: int) -> np.ndarray:
    """Return for each block of the same people whether anything differs from the first block."""
    differs = np.zeros(blocks, dtype=bool)
    for name in KEPT:
        block = rows[name].reshape(blocks, -1)
        differs |= (block != block[:1]).any(axis=1)
    return differs


def test_every_parameter_has_an_effect() -> None:
    """Each parameter moved alone, to a bound, changes somebody's life."""
    names = [name for name in PARAMETERS if name not in BETWEEN]
    few = busy_people(120)
    crowd = copies(few, len(names) + 1)
    values: dict[str, Any] = {}
    for block, name in enumerate(names, start=1):
        each = PARAMETERS[name]
        wide = each.high if each.high - each.value >= each.value - each.low else each.low
        stands = OFTEN.get(name, each.value)
        column = np.full((len(names) + 1, len(few)), stands)
        column[block] = stands + 0.7 * (wide - stands)
        values[name] = column.ravel()
    found = told_apart(busy_life(crowd, values, {}).rows, len(names) + 1)
    assert [name for name, differs in zip(names, found[1:], strict=True) if not differs] == []
    assert not found[0]


def test_every_lever_has_an_effect() -> None:
    """Each lever moved alone changes somebody's life; the programme's cost changes only the books."""
    few = busy_people(120)
    crowd = copies(few, len(LEVERS) + 1)
    moved: dict[str, Any] = {}
    for block, (name, lever) in enumerate(LEVERS.items(), start=1):
        stands = BUSY.get(name, lever.regular)
        far = lever.high if lever.high - stands >= stands - lever.low else lever.low
        value = stands + 0.9 * (far - stands)
        column = np.full((len(LEVERS) + 1, len(few)), stands)
        column[block] = round(value) if lever.whole else value
        moved[name] = column.ravel()
    # At the median nobody answers to being compared: either sign is as likely.
    found = told_apart(busy_life(crowd, {"participation.rivalry": 0.2}, moved).rows, len(LEVERS) + 1)
    without = tuple(name for name, differs in zip(LEVERS, found[1:], strict=True) if not differs)
    assert without == ACCOUNTS


@pytest.mark.parametrize("name", [name for name, each in MECHANISMS.items() if not each.core])
def test_every_mechanism_can_be_switched_off(name: str) -> None:
    """Off has an effect, and is nothing but the neutral values of its parameters."""
    # One prior standard deviation away from the median, where the median itself is neutral.
    on = {each.name: each.value + each.sd * (each.off == each.value) for each in MECHANISMS[name].parameters}
    off = switch_off(with_values(defaults(), on), [name])
    moved = {
        each.name: each.off
        for each in MECHANISMS[name].parameters
        if each.off is not None and each.off != on[each.name]
    }
    assert moved
    np.testing.assert_array_equal(off, with_values(defaults(), {**on, **moved}))
    if name == "budget_loop":
        return
    few = busy_people(100)
    values = {
        each.name: np.repeat([on[each.name], moved.get(each.name, on[each.name])], len(few))
        for each in MECHANISMS[name].parameters
    }
    assert told_apart(busy_life(copies(few, 2), values, {}).rows, 2).tolist() == [False, True]


def test_the_budget_loop_has_an_effect_through_the_offices() -> None:
    people = plain_people(30, entry_month=np.where(np.arange(30) % 3 == 0, 4.0, 0.0))
    people = replace(people, columns={**people.columns, "status": (people["entry_month"] > 0) * 3.0})
    schedule = schedule_of(people, preset("intensive"), months=38)

    def contacts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        job = Job(values, schedule, stream("loop"))
        society = Society(people, job, make_setting(people.start, 38), Record(), backend="numpy")
        society.run_to(38)
        return society.column("contact_sum"), np.stack(society.capacity)

    tight = with_values(defaults(), {"attention.minutes": 175.0, "leaving.other": -2.5, "budget_loop.reinvest": 0.004})
    on, capacity = contacts(tight)
    off, still = contacts(switch_off(tight, ["budget_loop"]))
    assert (on != off).any()
    assert (capacity[:2] == 1.0).all()
    assert (capacity[2:] != 1.0).all()
    assert (still == 1.0).all()
    moves = {"refill": 0.0, "reinvest": 0.05, "hours_cost": 150.0}
    moves |= {"stock_half_life": 90.0, "lasting": 0.9, "new_half_life": 30.0}
    for name, value in moves.items():
        moved, hours = contacts(with_values(tight, {f"budget_loop.{name}": value}))
        assert (moved != on).any() or (hours != capacity).any(), name


def test_core_mechanisms_and_unknown_names_cannot_be_switched_off() -> None:
    with pytest.raises(InputError) as refused:
        switch_off(defaults(), ["purse", "scarcety"])
    assert [problem.value for problem in refused.value.problems] == ["purse", "scarcety"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_declared_in_full(name: str) -> None:
    each = PARAMETERS[name]
    assert each.unit
    assert each.text
    assert each.source
    assert each.low <= each.value <= each.high
    assert each.low < each.high
    assert each.sd >= 0.0
    assert each.law in ("normal", "lognormal", "logit")
    assert each.law != "lognormal" or each.low >= 0.0
    assert each.off is None or each.low <= each.off <= each.high
    assert not (each.free and each.sd == 0.0), "a parameter to be fitted needs a prior"


def test_prior_draws_keep_their_bounds_and_median() -> None:
    drawn = draw_priors(400, 3)
    for column, each in zip(drawn.T, PARAMETERS.values(), strict=True):
        assert each.low <= column.min() <= column.max() <= each.high, each.name
        assert (column == each.value).all() or column.std() > 0.0, each.name
        if each.sd > 0.0 and each.low < each.value < each.high:
            above = (column > each.value).mean()
            assert 0.25 < above < 0.75, f"{each.name}: truncation moved the median of the prior"


def test_a_mechanism_names_its_evidence_and_its_equation() -> None:
    for name, each in MECHANISMS.items():
        words = import_module(f"sim.mechanisms.{name}").__doc__ or ""
        assert each.title.en
        assert each.title.nl
        assert each.core or each.evidence, name
        assert each.core or "Off:" in words, name
