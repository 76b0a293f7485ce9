"""Whatever people, regimes and parameters: states stay within their bounds and the books balance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.engine.rows import DRIVES
from sim.engine.simulate import Job, Record, Society
from sim.month import stages
from sim.parameters import PARAMETERS, defaults, draw_priors
from sim.people.columns import FLOWS, STATES, Column
from sim.policy.elementwise import logistic
from sim.problems import Say
from sim.random_numbers import stream
from sim.regime.regime import Regime
from sim.setting import make_setting
from tests.reference.people import random_parameters, random_people, schedule_of
from tests.sim.regimes_drawn import regimes

seeds = st.integers(0, 2**32 - 1)
Rows = dict[str, Any]

# Drives whose logistic is a chance of the month.
CHANCES = ("offer_drive", "accept_drive", "loss_drive", "growth_drive", "venture_drive", "small_drive")
LAST = f"{stages()[-1].mechanism}.{stages()[-1].name}"


def highest(column: Column, t: int) -> float:
    """Return the bound; a counter of months grows beyond what a person can bring along."""
    return column.high + (max(t, 0) if column.unit == "months" and column.whole else 0)


class Auditor:
    """Looks at every stage of every month."""

    def __init__(self, parameters: np.ndarray) -> None:
        self.p = dict(zip(PARAMETERS, parameters.tolist(), strict=True))
        self.before: Rows = {}
        self.status: Any = None
        self.wrong: list[str] = []
        self.months = 0

    def __call__(self, t: int, stage: str, writes: tuple[str, ...], rows: Rows) -> None:
        if stage == "month_start.enter":
            self.before = {name: rows[name].copy() for name in ("buffer", "debt")}
            known = rows["status"].copy()
            if self.status is not None:  # people stand in the order in which they begin: newcomers at the end
                known[: len(self.status)] = self.status
            self.before["status"] = known
        for name in writes:
            values = rows[name]
            column = STATES.get(name) or FLOWS.get(name)
            if not np.isfinite(values).all():
                self.say(t, stage, name, "not finite")
            elif column is not None and not ((values >= column.low) & (values <= highest(column, t))).all():
                self.say(t, stage, name, f"{values.min():g} .. {values.max():g}")
            elif column is not None and column.whole and (values != np.floor(values)).any():
                self.say(t, stage, name, "not whole")
        if stage == LAST:
            self.months += 1
            self.books(t, rows)
            self.status = rows["status"].copy()

    def books(self, t: int, rows: Rows) -> None:
        """One status each; hours and contract go together; every euro comes from and goes somewhere."""
        self.hold(t, "status", np.isin(rows["status"], (0, 1, 2, 3)))
        for name in ("contract", "wage"):
            self.hold(t, f"hours without {name}", (rows["hours"] > 0) == (rows[name] > 0))
        self.hold(t, "benefit", (rows["benefit"] >= 0) & (rows["paid"] >= 0) & (rows["benefit"] <= rows["norm"]))
        self.hold(t, "benefit of whom", (rows["benefit"] == 0) | (rows["in_benefit"] == 1))
        moved = rows["exit_work"] + rows["exit_other"] + rows["reentry"]
        entered = (self.before["status"] == 3) & (rows["status"] != 3)
        self.hold(t, "events", (moved <= 1) & ((rows["status"] != self.before["status"]) <= (moved + entered)))
        self.hold(t, "jobs", rows["accepted"] + rows["job_lost"] <= 1)
        self.hold(t, "interviews", rows["rejections"] + rows["offers"] == rows["interviews"])
        self.hold(t, "kept", (rows["kept"] >= 0) & (rows["kept"] <= rows["earnings"] + 1e-9))
        for drive in DRIVES:
            chance = logistic(rows[drive])
            self.hold(t, drive, (chance > 0.0) & (chance <= 1.0))
            inside = np.abs(rows[drive]) < 36.0
            self.hold(t, drive, ~inside | (chance < 1.0))
        self.money(t, rows)

    def money(self, t: int, rows: Rows) -> None:
        p = self.p
        status = np.where(self.before["status"] == 3, np.where(rows["present"] == 1, 0, 3), self.before["status"])
        elsewhere = np.where(
            status >= 2,
            rows["norm"],
            np.where((status == 1) & (rows["earnings"] <= 0), p["purse.other_income"] * rows["norm"], 0.0),
        )
        came_in = rows["paid"] + rows["earnings"] + rows["partner_earnings"] + rows["premium"] + elsewhere
        over = p["settlement.taper"] * np.maximum(came_in - rows["norm"], 0)
        late = rows["lever_allowance_lag"] / 12.0
        claimed = np.where(rows["u_expense_shock"] > 11 / 12, over * 12 * late, 0.0)
        income = np.maximum(came_in - over * (1 - late) - claimed, 0.0)
        self.hold(t, "income", np.isclose(rows["income"], income, atol=1e-6))
        need = p["purse.need"] * rows["norm"]
        spent = need + p["purse.spend"] * np.maximum(income - need, 0)
        spent = spent + p["purse.dissave"] * np.maximum(self.before["buffer"] - rows["norm"], 0)
        spent = spent + np.where(rows["u_expense_shock"] < p["purse.shock_chance"], p["purse.shock_cost"], 0.0)
        borrowed = rows["debt"] / max(1.0 - p["purse.repay"], 1e-9) - self.before["debt"]
        change = rows["buffer"] - self.before["buffer"]
        free = (np.abs(rows["buffer"]) < 29_999) & (rows["debt"] < 199_999) & (t >= 1)
        self.hold(t, "cash", ~free | np.isclose(change, income - spent + borrowed, atol=1e-5))

    def hold(self, t: int, what: str, holds: Any) -> None:
        if not np.all(holds):
            self.say(t, "books", what, f"{int(np.sum(~np.asarray(holds)))} people")

    def say(self, t: int, stage: str, name: str, how: str) -> None:
        self.wrong.append(f"month {t} {stage}: {name} {how}")


@settings(max_examples=12, deadline=None)
@given(seeds, regimes(), regimes(), st.integers(0, 3), st.sampled_from([date(2018, 1, 1), date(2019, 10, 1)]))
def test_states_keep_their_bounds_and_the_books_balance(
    seed: int, one: Regime, other: Regime, kind: int, start: date
) -> None:
    for regime in (one, other):
        assume(regime.to_date is None or regime.to_date > date(2021, 12, 31))
    people = random_people(40, seed, arms=2, start=start)
    schedule = schedule_of(people, replace(one, after=None), replace(other, after=None), months=15)
    parameters = [defaults(), draw_priors(1, seed)[0], random_parameters(seed), random_parameters(seed, extreme=True)][
        kind
    ]
    auditor = Auditor(parameters)
    place = {"place_match": np.array([1.0, -1.0]), "place_other": np.array([-1.0, 1.0])}
    job = Job(parameters, schedule, stream("bounds", seed), place)
    society = Society(people, job, make_setting(start, 15), Record(), watch=auditor)
    society.run_to(15)
    assert auditor.months == 27
    assert auditor.wrong == []


def test_negative_control_the_auditor_sees_a_wrong_book() -> None:
    people = random_people(20, 5)
    auditor = Auditor(defaults())

    def tampered(t: int, stage: str, writes: tuple[str, ...], rows: Rows) -> None:
        if t == 2 and stage == "leaving.earn_bonus":
            rows["buffer"] = rows["buffer"] + 1.0
            rows["contract"] = np.where(rows["hours"] > 0, 0.0, rows["contract"])
        auditor(t, stage, writes, rows)

    schedule = schedule_of(people, Regime("none", title=Say("none", "geen")), months=3)
    job = Job(defaults(), schedule, stream("bounds"))
    society = Society(people, job, make_setting(people.start, 3), Record(), watch=tampered)
    society.run_to(3)
    seen = {line.split(": ")[1].rsplit(" ", 2)[0] for line in auditor.wrong if "month 2" in line}
    assert seen == {"cash", "hours without contract"}


def test_nothing_is_read_before_it_is_written() -> None:
    """A flow, drive or work row of last month must not leak into this one (blocks would change results)."""
    from sim.engine.layout import arguments, row_of
    from sim.engine.rows import PLACE
    from sim.people.columns import TRAITS

    known = {*TRAITS, *STATES, *PLACE, "load", "p", "month"}
    for stage in stages():
        for argument in arguments(stage):
            row = row_of(argument)
            assert row in known or row.startswith(("lever_", "u_")), f"{stage.mechanism}.{stage.name}: {row}"
        known.update(stage.writes)


@pytest.mark.parametrize("x", [-1e300, -45.0, -36.0, 0.0, 36.0])
def test_chances_are_never_zero_or_one_within_reason(x: float) -> None:
    assert 0.0 < logistic(x) < 1.0
