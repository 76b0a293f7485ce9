"""Directions of the mechanisms of office, market and benefit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.sim.laboratory import laboratory

WORKS = {"hours": 12.0, "contract": 2.0, "wage": 1.0, "fit": 0.5, "job_months": 3.0}
OFFER = {"u_interviews": 0.999999, "u_offer": 0.999, "u_accept": 0.0}


@pytest.mark.parametrize(
    ("moved", "row", "rises"),
    [
        ({"lever_contacts": (0.5, 2.0), "lever_caseload": 40.0}, "contacts", True),
        ({"lever_contacts": 3.0, "lever_caseload": (50.0, 250.0)}, "contacts", False),
        ({"lever_contacts": 3.0, "lever_group_share": (0.0, 1.0)}, "contacts", True),
        ({"lever_contacts": 3.0, "load": (1.0, 0.3)}, "contacts", True),
        ({"lever_contacts": 3.0, "place_capacity": (0.5, 2.0)}, "contacts", True),
        ({"lever_contacts": 1.0, "quality": (-2.0, 2.0)}, "support", True),
        ({"lever_contacts": 1.0, "quality": (-2.0, 2.0)}, "brokered", True),
        ({"lever_contacts": 1.0, "lever_work_content": (0.1, 1.0)}, "brokered", True),
        ({"lever_contacts": 1.0, "lever_personal_content": (0.1, 1.0)}, "brokered", False),
        ({"lever_contacts": 1.0, "lever_personal_content": (0.1, 1.0)}, "match_drive", False),
        ({"lever_contacts": 1.0, "lever_personal_content": (0.1, 1.0)}, "growth", True),
        ({"lever_contacts": 1.0, "lever_self_reliance_training": (0.0, 1.0)}, "direction_skill", True),
        ({"poor_dutch": (0.0, 1.0)}, "match_drive", False),
        ({"low_education": (0.0, 1.0)}, "match_drive", False),
        ({"mental": (0.0, 1.0)}, "hours_cap", False),
        ({"care": (0.0, 1.0)}, "hours_cap", False),
        ({"work_duty_exempt": (0.0, 1.0)}, "match_drive", False),
        ({"age": (40.0, 60.0)}, "match_drive", False),
        ({"employability": (-1.0, 1.0)}, "match_drive", True),
        ({"spell_months": (1.0, 200.0)}, "match_drive", False),
        ({"skill": (0.1, 0.9)}, "match_drive", True),
        ({"place_match": (-0.5, 0.5)}, "match_drive", True),
        (
            {
                "lever_disregard_share": (0.0, 0.5),
                "lever_disregard_cap": 200.0,
                "lever_disregard_months": 60.0,
                "lever_statutory_disregard": 0.0,
            },
            "small_drive",
            True,
        ),
        (
            {
                "lever_disregard_share": (0.0, 0.5),
                "lever_disregard_cap": 200.0,
                "lever_disregard_months": 60.0,
                "lever_statutory_disregard": 0.0,
            },
            "search_effort",
            True,
        ),
        (
            {
                **WORKS,
                "lever_disregard_share": (0.0, 0.5),
                "lever_disregard_cap": 200.0,
                "lever_disregard_months": 60.0,
                "lever_statutory_disregard": 0.0,
            },
            "growth_drive",
            False,
        ),
        (
            {"lever_premium_share": 0.5, "lever_premium_cap": 200.0, "lever_premium_interval": (12.0, 1.0)},
            "kept_share",
            True,
        ),
        ({**WORKS, "skill": (0.1, 0.9)}, "growth_drive", True),
        ({**WORKS, "contract": (1.0, 2.0)}, "loss_drive", True),
        ({**WORKS, "contract": (2.0, 3.0)}, "loss_drive", True),
        ({**WORKS, "stress": (0.1, 0.9)}, "loss_drive", True),
        ({**WORKS, "fit": (0.1, 0.9)}, "loss_drive", False),
        ({**WORKS, "job_months": (1.0, 60.0)}, "loss_drive", False),
        ({"lever_search_duty": (0.0, 1.0)}, "accept_drive", True),
        ({"lever_search_duty": (0.0, 1.0)}, "offer_fit", False),
        ({"lever_settlement_noise": (0.0, 1.0), "u_offer_hours": 0.01}, "accept_drive", False),
        ({"household": (0.0, 1.0), "u_offer_hours": 0.99}, "accept_drive", False),
        ({"intrinsic_motivation": (0.1, 0.9)}, "search_drive", False),
    ],
)
def test_direction(moved: dict[str, Any], row: str, rises: bool) -> None:
    same_drive = {"autonomy.search": 0.0} if "intrinsic_motivation" in moved else None
    first, second = laboratory(2, parameters=same_drive, u_contact_taken=0.9, **moved).live()[row].tolist()
    assert first != second
    assert (second > first) is rises


def test_returns_to_contact_and_brokerage_diminish() -> None:
    rows = laboratory(4, lever_contacts=(0.0, 1.0, 2.0, 3.0), lever_caseload=20.0, lever_own_initiative=0.0).live()
    assert rows["contacts"].tolist() == [0.0, 1.0, 2.0, 3.0]
    for name in ("brokered", "support"):
        steps = np.diff(rows[name])
        assert steps[0] > steps[1] > steps[2] > 0.0


def test_coaching_locks_in_first_and_pays_later() -> None:
    """Personal coaching lowers matching at once; a year of it raises confidence."""
    here = laboratory(2, lever_contacts=2.0, lever_caseload=40.0, lever_personal_content=(0.0, 1.0), u_offer=0.0)
    first = here.live()
    assert first["match_drive"][1] < first["match_drive"][0]
    later = here.live(12)
    assert later["efficacy"][1] > later["efficacy"][0]
    assert later["venture_drive"][1] > later["venture_drive"][0]


def test_an_exit_bonus_draws_people_to_jobs_by_which_they_leave() -> None:
    """A bonus moves the acceptance of a full-time job, not of a small one, nor once it has been had."""
    bonus = {"lever_exit_bonus": (0.0, 2392.0), "lever_exit_bonus_times": 1.0}
    full = laboratory(2, **bonus, u_offer_hours=0.99).live()["accept_drive"]
    small = laboratory(2, **bonus, u_offer_hours=0.01).live()["accept_drive"]
    had = laboratory(2, **bonus, u_offer_hours=0.99, bonus_paid=1.0).live()["accept_drive"]
    assert full[1] > full[0]
    assert small[1] == small[0]
    assert had[1] == had[0]


def test_several_obstacles_compound() -> None:
    rows = laboratory(4, poor_dutch=(0, 1, 0, 1), mental=(0, 0, 1, 1)).live()
    none, language, mental, both = rows["obstacle_load"].tolist()
    assert both > language + mental > none == 0.0


def test_own_direction_helps_after_learning() -> None:
    """Letting go pulls search down at little capacity, and up once self-reliance has been learned."""
    alone = {"lever_own_direction": (0.0, 1.0), "capacity_to_act": 0.3}
    before = laboratory(2, **alone).live()["search_drive"]
    after = laboratory(2, **alone, direction_skill=0.9).live()["search_drive"]
    assert before[1] < before[0]
    assert after[1] > after[0]


def test_each_view_of_people_answers_to_something_else() -> None:
    """Pressure moves a calculating person more; support moves a limited person more."""
    only = {"autonomy.search": 0.0, "autonomy.crowds": 0.0}
    moved = laboratory(4, parameters=only, lever_search_duty=(0, 1, 0, 1), intrinsic_motivation=(0.1, 0.1, 0.9, 0.9))
    drive = moved.live()["search_drive"]
    assert drive[1] - drive[0] > drive[3] - drive[2]
    helped = laboratory(4, support=(0, 1, 0, 1), capacity_to_act=(0.1, 0.1, 0.9, 0.9)).live()["search_drive"]
    assert helped[1] - helped[0] > helped[3] - helped[2]


def test_tight_markets_and_lockdowns() -> None:
    drives = {}
    for name, month in {
        "slack": {"log_tightness": -0.5},
        "tight": {"log_tightness": 0.5},
        "shut": {"lockdown": 1.0},
    }.items():
        rows = laboratory(1, month={"log_tightness": 0.0} | month, **WORKS).live()
        drives[name] = rows["match_drive"][0], rows["loss_drive"][0]
    assert drives["tight"][0] > drives["slack"][0] > drives["shut"][0]
    assert drives["shut"][1] > drives["slack"][1] > drives["tight"][1]


def test_an_offer_is_drawn_accepted_and_capped_by_health() -> None:
    large = {**OFFER, "u_offer_hours": 0.999, "parameters": {"market.rate": 5.0, "market.employability": 0.0}}
    rows = laboratory(2, physical=(0.0, 1.0), **large).live()
    assert rows["accepted"].tolist() == [1.0, 1.0]
    assert rows["hours"].tolist() == [pytest.approx(40.0, abs=0.1), 28.0]


def test_who_earns_the_norm_leaves_and_who_loses_the_job_returns() -> None:
    full = {"hours": 38.0, "contract": 2.0, "wage": 1.2, "fit": 0.5}
    quiet = {"u_exit_other": 0.99, "u_hours_growth": 0.99, "u_offer": 0.0}
    here = laboratory(2, **full, **quiet, u_job_loss=(0.99, 0.99))
    assert here.live()["status"].tolist() == [1.0, 1.0]
    here.rows["u_job_loss"] = np.array([0.99, 0.0])
    here.rows["u_reentry"] = np.array([0.0, 0.0])
    rows = here.live(1)
    assert rows["status"].tolist() == [1.0, 0.0]
    assert rows["returns"].tolist() == [0.0, 1.0]
    assert rows["first_exit_work"].tolist() == [1.0, 1.0]


def test_other_exits_are_likelier_for_the_young_and_the_new() -> None:
    """Find the chance by trying draws: the hazard itself is not a row."""
    draws = np.linspace(0.0005, 0.1, 200)

    def chance(**person: float) -> float:
        return float(laboratory(200, u_exit_other=draws, **person).live()["exit_other"].mean())

    assert chance(age=25.0, spell_months=60.0) > chance(age=62.0, spell_months=60.0)
    assert chance(age=40.0, spell_months=0.0) > chance(age=40.0, spell_months=60.0)
    assert chance(age=67.0, spell_months=60.0) == 1.0


def test_hours_grow_by_a_step_up_to_the_cap() -> None:
    rows = laboratory(
        2,
        **{**WORKS, "hours": (12.0, 27.0)},
        mental=1.0,
        u_hours_growth=0.0,
        u_job_loss=0.99,
        parameters={"market.step": 6.0},
    ).live()
    assert rows["hours"].tolist() == [18.0, 28.0]


def test_nobody_searches_or_works_beyond_the_pension_age() -> None:
    rows = laboratory(2, age=(40.0, 67.2), **WORKS, u_job_loss=0.99).live()
    assert rows["search_effort"][1] == 0.0
    assert rows["hours"].tolist() == [12.0, 0.0]


def test_not_entered_yet_means_no_benefit_no_search_no_contact() -> None:
    rows = laboratory(1, status=3.0, entry_month=5.0).live(4)
    assert [rows[name][0] for name in ("present", "paid", "search_effort", "contact_sum", "income_sum")] == [0.0] * 5
    assert laboratory(1, status=3.0, entry_month=5.0, u_exit_other=0.9).live(5)["status"][0] == 0.0
