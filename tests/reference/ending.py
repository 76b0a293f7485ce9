"""Phases 7 and 8 of the month: leaving and returning, what a survey would find, sums."""

from __future__ import annotations

from tests.reference.arithmetic import logistic

Numbers = dict[str, float]


def benefit(a: Numbers, p: Numbers, m: Numbers, v: Numbers, u: Numbers) -> None:
    """Move the person between benefit (0), work (1) and elsewhere (2); not while doors are closed."""
    for event in ("exit_work", "exit_other", "reentry"):
        a[event] = 0.0
    if m["open"]:
        if a["status"] == 0:
            on_benefit(a, p, m, u)
        elif a["status"] in (1, 2):
            out_of_benefit(a, p, m, u)
    if a["exit_work"] and v["exit_bonus"] > 0.0 and a["bonus_paid"] < v["exit_bonus_times"]:
        a["premium_due"] = min(a["premium_due"] + v["exit_bonus"], 20000.0)
        a["bonus_paid"] += 1.0


def earns_the_norm(a: Numbers, m: Numbers) -> bool:
    earned = a["hours"] / 38.0 * m["wml_net"] * a["wage"] + a["partner_earnings"]
    return a["hours"] > 0 and earned >= a["norm"]


def on_benefit(a: Numbers, p: Numbers, m: Numbers, u: Numbers) -> None:
    if earns_the_norm(a, m):
        a["status"] = 1.0
        a["exit_work"] = 1.0
        if a["first_exit_work"] == 0:
            a["first_exit_work"] = m["t"]
    else:
        chance = logistic(a["leave_drive"])
        if a["age_now"] >= p["leaving.pension_age"] or u["exit_other"] < chance:
            a["status"] = 2.0
            a["exit_other"] = 1.0
    if a["status"] == 0:
        a["spell_months"] += 1.0
        return
    a["months_out"] = 0.0
    if a["first_exit_any"] == 0:
        a["first_exit_any"] = m["t"]


def out_of_benefit(a: Numbers, p: Numbers, m: Numbers, u: Numbers) -> None:
    returns = u["reentry"] < logistic(a["back_drive"])
    if a["status"] == 1 and earns_the_norm(a, m):
        returns = False
    if returns and a["age_now"] < p["leaving.pension_age"]:
        a["status"] = 0.0
        a["reentry"] = 1.0
        a["spell_months"] = 0.0
        a["months_out"] = 0.0
        a["returns"] += 1.0
    else:
        a["months_out"] += 1.0


def records(a: Numbers, p: Numbers, m: Numbers) -> None:
    """What a survey would find, and the running sums."""
    tense, company = a["stress"] - 0.5, a["belonging"] - 0.5
    a["wellbeing"] = 10.0 * logistic(
        p["survey.wellbeing"]
        - p["survey.wellbeing_stress"] * tense
        + p["survey.wellbeing_others"] * company
        + p["survey.wellbeing_work"] * a["working"]
    )
    a["health"] = 10.0 * logistic(
        p["survey.health"]
        - p["survey.health_complaints"] * (a["physical"] + p["survey.health_mental"] * a["mental"])
        - p["survey.health_stress"] * tense
    )
    a["choice_freedom"] = 10.0 * logistic(
        p["survey.freedom"]
        + p["survey.freedom_autonomy"] * (a["autonomy"] - 0.1)
        - p["survey.freedom_scarcity"] * (a["scarcity"] - 0.5)
    )
    a["self_direction"] = 10.0 * logistic(
        p["survey.direction"]
        + p["survey.direction_efficacy"] * (a["efficacy"] - 0.5)
        + a["direction_skill"]
        + p["survey.direction_capacity"] * (a["capacity_to_act"] - 0.5)
    )
    a["participation_score"] = 10.0 * logistic(
        p["survey.participation"]
        + p["survey.participation_company"] * company
        + p["survey.participation_volunteering"] * (a["volunteering"] - 0.3)
        + p["survey.participation_work"] * a["working"]
        + p["survey.participation_trust"] * (a["social_trust"] - 0.5)
    )
    a["deprivation"] = logistic(p["survey.deprivation"] + p["survey.deprivation_scarcity"] * (a["scarcity"] - 0.5))
    if a["present"] and m["open"]:
        a["earnings_sum"] += a["earnings"]
        a["benefit_sum"] += a["paid"]
        a["income_sum"] += a["income"]
        if a["hours"] > 0:
            a["months_worked"] += 1.0
            if a["hours"] < 32.0:
                a["part_time_months"] += 1.0
