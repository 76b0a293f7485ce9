"""Directions of the mechanisms of purse and mind: one person moved in one thing, everything else equal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.interpret import measure
from tests.sim.laboratory import laboratory


def pair(row: str, months: int = 1, parameters: dict[str, Any] | None = None, **moved: Any) -> tuple[float, float]:
    """Return a row of two people who differ only in `moved` (pairs of values)."""
    rows = laboratory(2, parameters=parameters, **moved).live(months)
    first, second = rows[row].tolist()
    return first, second


WORKS = {"hours": 12.0, "contract": 2.0, "wage": 1.0, "fit": 0.5}


@pytest.mark.parametrize(
    ("moved", "row", "rises"),
    [
        ({"debt": (0.0, 9000.0)}, "scarcity", True),
        ({"buffer": (0.0, 2000.0)}, "scarcity", False),
        ({"u_expense_shock": (0.5, 0.01)}, "scarcity", True),
        ({"debt": (0.0, 9000.0)}, "stress", True),
        ({"stress": (0.1, 0.9)}, "bandwidth", False),
        ({"bandwidth": (0.1, 0.9)}, "search_effort", True),
        ({"bandwidth": (0.1, 0.9)}, "belonging", True),
        ({"mental": (0.0, 1.0)}, "stress", True),
        ({"physical": (0.0, 1.0)}, "stress", True),
        ({"rejection": (0.0, 3.0)}, "stress", True),
        ({"rejection": (0.0, 3.0)}, "efficacy", False),
        ({"rejection": (0.0, 3.0)}, "search_effort", False),
        ({"support": (0.0, 0.9)}, "efficacy", True),
        ({"growth": (0.0, 0.9)}, "efficacy", True),
        ({"growth": (0.0, 0.9)}, "volunteering", True),
        ({"growth": (0.0, 0.9)}, "venture_drive", True),
        ({"lever_tone": (-1.0, 1.0)}, "trust", True),
        ({"trust": (0.1, 0.9)}, "search_effort", True),
        ({"lever_search_duty": (0.0, 1.0)}, "stress", True),
        ({"lever_search_duty": (0.0, 1.0)}, "search_drive", True),
        ({"lever_search_duty": (0.0, 1.0)}, "motivation", False),
        ({"lever_own_direction": (0.0, 1.0)}, "motivation", True),
        ({"lever_own_direction": (0.0, 1.0), "capacity_to_act": 0.9}, "stress", False),
        ({"lever_own_direction": (0.0, 1.0), "capacity_to_act": 0.1}, "stress", True),
        ({"lever_own_direction": (0.0, 1.0), "capacity_to_act": 0.9}, "search_drive", True),
        ({"lever_own_direction": (0.0, 1.0), "capacity_to_act": 0.1}, "search_drive", False),
        ({"lever_followed": (0.0, 1.0)}, "efficacy", True),
        ({"lever_followed": (0.0, 1.0)}, "search_effort", True),
        ({"lever_months_to_end": (999.0, 2.0)}, "stress", True),
        ({"lever_months_to_end": (999.0, 2.0)}, "search_effort", True),
        ({"lever_settlement_noise": (0.0, 1.0), **WORKS}, "stress_drive", True),
        ({"lever_settlement_delay": (0.0, 4.0), **WORKS}, "stress_drive", True),
        ({"household": (0.0, 1.0), **WORKS, "hours": 30.0}, "stress_drive", True),
        ({**WORKS, "hours": 30.0, "fit": (0.0, 1.0)}, "stress_drive", False),
        ({"spell_months": (1.0, 200.0)}, "efficacy", False),
        ({"capacity_to_act": (0.1, 0.9)}, "bandwidth", True),
    ],
)
def test_direction(moved: dict[str, Any], row: str, rises: bool) -> None:
    first, second = pair(row, **moved)
    assert first != second
    assert (second > first) is rises


def test_stress_costs_more_bandwidth_the_more_there_is() -> None:
    """The square: the step from 0.6 to 0.9 costs more than the step from 0.1 to 0.4."""
    quiet = {"mind.stress_noise": 0.0, "mind.stress_half_life": 1e9, "scarcity.k": 1.0}
    left = laboratory(4, parameters=quiet, stress=(0.1, 0.4, 0.6, 0.9)).live()["bandwidth"]
    assert left[2] - left[3] > 1.5 * (left[0] - left[1]) > 0.0


def test_obligations_cost_peace_only_where_trust_is_absent() -> None:
    felt = {"autonomy.stress": 0.0, "obligations.threat_stress": 0.0}
    low = pair("stress_drive", 1, felt, lever_search_duty=(0.0, 1.0), trust=0.0)
    full = pair("stress_drive", 1, felt, lever_search_duty=(0.0, 1.0), trust=1.0)
    assert low[1] - low[0] > 0.08
    assert full[1] == full[0]


def test_trust_comes_on_foot_and_leaves_on_horseback() -> None:
    """At equal distance from the target the fall is faster than the rise."""
    still = {"trust.base": 0.0, "trust.tone": 0.0, "trust.autonomy": 0.0, "attention.trust": 0.0}
    after = laboratory(2, parameters=still, trust=(0.3, 0.7)).live()["trust"]
    assert 0.7 - after[1] > 2.0 * (after[0] - 0.3) > 0.0


def test_a_sanction_and_an_inquiry_are_jumps_down() -> None:
    rows = laboratory(3, trust=0.6, motivation=0.0, u_sanction=(0.9, 1e-6, 0.9), u_check=(0.9, 0.9, 1e-6)).live()
    assert rows["sanction_new"].tolist() == [0.0, 1.0, 0.0]
    assert rows["checked"].tolist() == [0.0, 0.0, 1.0]
    free, sanctioned, checked = rows["trust"].tolist()
    # The regular sanction bites 0.6 / 1.6.
    assert sanctioned == pytest.approx((1.0 - 0.18 * (1.0 + 0.375)) * free)
    assert checked == pytest.approx(0.8 * free)
    assert rows["paid"][1] < rows["paid"][0]


def test_adaptation_is_half_after_its_half_life_and_starts_at_zero() -> None:
    here = laboratory(1, adaptation=0.9, lever_since_start=1.0, parameters={"adaptation.half_life": 3.0})

    def each(t: int) -> None:
        here.rows["lever_since_start"] = np.array([float(t)])

    assert here.live(3, each)["adaptation"][0] == pytest.approx(0.5)
    assert here.live(3, each)["adaptation"][0] == pytest.approx(0.75)


def test_rejections_fade_and_a_job_wipes_the_slate() -> None:
    rows = laboratory(1, rejection=2.0, parameters={"rejections.half_life": 3.0}).live(3)
    assert rows["rejection"][0] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("household", "age", "sharers", "norm"),
    [(0.0, 40.0, 1.0, "norm_single"), (2.0, 40.0, 2.0, "norm_couple"), (0.0, 20.0, 1.0, "norm_single_18_20")],
)
def test_the_norm_is_that_of_the_law(household: float, age: float, sharers: float, norm: str) -> None:
    here = laboratory(1, household=household, age=age, cost_sharers=sharers)
    assert here.live()["norm"][0] == here.month[norm]


def test_benefit_is_the_norm_less_what_is_not_kept() -> None:
    rows = laboratory(1, **WORKS, statutory_months=0.0, lever_settlement_noise=0.0).live()
    assert rows["kept"][0] == pytest.approx(0.25 * rows["earnings"][0], abs=60.0)
    assert rows["benefit"][0] == pytest.approx(rows["norm"][0] - rows["earnings"][0] + rows["kept"][0])
    # After six months the statutory disregard is used up.
    later = laboratory(1, **WORKS, statutory_months=6.0, lever_settlement_noise=0.0).live()
    assert later["kept"][0] == 0.0


def test_a_premium_is_paid_every_so_many_months_and_a_bonus_with_it() -> None:
    levers = {"lever_premium_share": 0.3, "lever_premium_cap": 100.0, "lever_premium_interval": 3.0}
    here = laboratory(1, **WORKS, **levers, u_exit_other=0.99, u_job_loss=0.99, u_offer=0.0, u_hours_growth=0.99)
    paid = [float(here.live()["premium"][0]) for _ in range(6)]
    earned = min(0.3 * float(here.rows["earnings"][0]), 100.0)
    assert paid == pytest.approx([0.0, 0.0, 3 * earned, 0.0, 0.0, 3 * earned])


def test_arrears_become_problem_debt_beyond_the_credit() -> None:
    rows = laboratory(2, buffer=(-600.0, 300.0), u_expense_shock=0.01).live()
    assert rows["debt"][0] > 0.0
    assert rows["debt"][1] == 0.0
    assert rows["buffer"][0] == pytest.approx(-600.0)


def test_a_supplement_is_paid_for_full_hours_to_who_qualifies_in_time() -> None:
    levers = {"lever_supplement": 300.0, "lever_supplement_hours": 30.0, "lever_supplement_window": 6.0}
    job = {"contract": 1.0, "wage": 1.0, "fit": 0.5, "u_job_loss": 0.99, "u_hours_growth": 0.99, "u_offer": 0.0}
    hours = (36.0, 36.0, 20.0, 36.0)
    here = laboratory(
        4,
        **levers,
        **job,
        hours=hours,
        lever_supplement_months=3.0,
        lever_since_start=(6, 7, 1, 9),
        supplement_months=(0.0, 0.0, 0.0, 2.0),
    )
    assert here.live()["premium"].tolist() == [300.0, 0.0, 0.0, 300.0]
    assert here.live()["premium"].tolist() == [300.0, 0.0, 0.0, 0.0], "three months are the most"


def test_a_supplement_draws_people_to_jobs_of_enough_hours() -> None:
    promised = {"lever_supplement": (0.0, 400.0), "lever_supplement_hours": 30.0, "lever_since_start": 1.0}
    full = laboratory(2, **promised, u_offer_hours=0.99).live()["accept_drive"]
    small = laboratory(2, **promised, u_offer_hours=0.01).live()["accept_drive"]
    assert full[1] > full[0]
    assert small[1] == small[0]


def test_who_has_ever_worked_part_time_or_kept_earnings_is_known_for_good() -> None:
    here = laboratory(2, **WORKS, u_offer=0.0, u_hours_growth=0.99, u_job_loss=0.99)
    here.live()
    here.rows["u_job_loss"] = np.array([0.99, 1e-9])
    assert measure("part_time_ever", here.rows).tolist() == [1.0, 1.0]
    here.live(3)
    assert here.rows["hours"].tolist()[1] == 0.0
    assert measure("part_time_ever", here.rows).tolist() == [1.0, 1.0]
    assert measure("disregard_ever", here.rows).tolist() == [1.0, 1.0]
    never = laboratory(1)
    never.live()
    assert measure("part_time_ever", never.rows)[0] == measure("disregard_ever", never.rows)[0] == 0.0
