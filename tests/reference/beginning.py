"""Phase 1 of the month, the calendar: who is here, what the regime feels like, where every drive starts."""

from __future__ import annotations

from tests.reference.arithmetic import between, exp, left_after_a_month

Numbers = dict[str, float]


def calendar(a: Numbers, p: Numbers, m: Numbers, v: Numbers) -> None:
    """Change the person `a`; `p` parameters, `m` numbers of the month, `v` levers."""
    who_is_here(a, m)
    starting_drives(a, p)
    what_is_felt(a, p, v)

    what_one_is_exposed_to(a, v)

    if v["months_to_end"] < 900.0:
        a["anticipation"] = exp(-v["months_to_end"] / p["anticipation.horizon"])
    else:
        a["anticipation"] = 0.0

    a["efficacy_drive"] += p["participation.efficacy"] * v["followed"]
    a["trust_drive"] += p["participation.trust"] * v["followed"]

    pull = p["labour_market.phi"] * m["log_tightness"] - p["labour_market.lockdown_match"] * m["lockdown"]
    pull -= p["labour_market.compete"] * v["crowding"]
    a["match_drive"] += pull
    a["broker_drive"] += pull
    a["loss_drive"] -= p["labour_market.loss_share"] * p["labour_market.phi"] * m["log_tightness"]
    a["loss_drive"] += p["labour_market.lockdown_loss"] * m["lockdown"]

    what_holds_back(a, p)
    what_time_does(a, p)


def who_is_here(a: Numbers, m: Numbers) -> None:
    if a["status"] == 3 and m["open"] and m["t"] >= a["entry_month"]:
        a["status"] = 0.0
        a["spell_months"] = 0.0
    a["present"] = 0.0 if a["status"] == 3 else 1.0
    a["in_benefit"] = 1.0 if a["status"] == 0 else 0.0
    a["working"] = 1.0 if a["hours"] > 0 else 0.0
    a["age_now"] = a["age"] + m["years"]


def starting_drives(a: Numbers, p: Numbers) -> None:
    a["stress_drive"] = p["mind.stress_base"] + p["mind.stress_trait"] * a["stress_trait"]
    a["trust_drive"] = 0.0
    a["efficacy_drive"] = (
        p["mind.efficacy_base"]
        + p["mind.efficacy_employability"] * a["employability"]
        + p["mind.efficacy_work"] * a["working"]
    )
    a["belonging_drive"] = p["mind.belonging_base"] + p["mind.belonging_work"] * (
        a["working"] + a["volunteering"] - 0.3
    )
    a["volunteer_drive"] = p["mind.volunteer_base"] - p["mind.volunteer_work"] * a["working"]

    confident = a["efficacy"] - 0.5
    a["search_drive"] = p["search.base"] + p["search.efficacy"] * confident - p["search.employed"] * a["hours"] / 38.0

    a["match_drive"] = a["place_match"] + p["market.employability"] * a["employability"]
    a["broker_drive"] = 0.5 * a["place_match"] + 0.5 * p["market.employability"] * a["employability"]
    a["offer_drive"] = p["market.offer"] + p["market.offer_efficacy"] * confident
    a["small_drive"] = p["market.small"]
    a["accept_drive"] = p["market.accept"]
    years_in_job = 1.0 - exp(-a["job_months"] / 12.0)
    a["loss_drive"] = (
        p["market.loss"] - p["market.loss_fit"] * (a["fit"] - 0.5) - p["market.loss_tenure"] * years_in_job
    )
    a["growth_drive"] = p["market.growth"]
    a["venture_drive"] = p["market.venture"] + p["market.venture_efficacy"] * confident
    drives_of_leaving(a, p)


def drives_of_leaving(a: Numbers, p: Numbers) -> None:
    """Both chances fall with time: that of other exits with the spell, that of a return with the time out."""
    at_age = p["leaving.other"] + p["leaving.other_age"] * (a["age_now"] - 25.0) / 40.0
    a["leave_drive"] = at_age + p["leaving.other_new"] * exp(-a["spell_months"] / p["leaving.other_fade"])
    if a["household"] == 1:
        a["leave_drive"] += p["leaving.other_parent"]
    if a["household"] == 2:
        a["leave_drive"] += p["leaving.other_couple"]
    a["leave_drive"] += a["place_other"]
    left = "leaving.back" if a["status"] in (0, 1) else "leaving.back_other"
    a["back_drive"] = p[left] - p[left + "_fall"] * (1.0 - exp(-a["months_out"] / p[left + "_fade"]))


def what_is_felt(a: Numbers, p: Numbers, v: Numbers) -> None:
    """Adaptation starts again at 0 in the first month of a regime (and stands still before it)."""
    if v["since_start"] <= 1:
        a["adaptation"] = 0.0
    share = 1.0 - left_after_a_month(p["adaptation.half_life"])
    a["adaptation"] += share * (1.0 - a["adaptation"])

    def felt(lever: str) -> float:
        before = v["bg_" + lever]
        return before + a["adaptation"] * (v[lever] - before)

    duty = (
        p["adaptation.weight_search"] * felt("search_duty")
        + p["adaptation.weight_reintegration"] * felt("reintegration_duty")
        + p["adaptation.weight_quid"] * felt("quid_pro_quo")
    )
    lax = p["adaptation.unenforced"]
    a["pressure"] = between(0.0, duty * (lax + (1.0 - lax) * felt("enforcement")), 1.0)
    if a["work_duty_exempt"]:
        a["pressure"] = 0.0
    a["autonomy"] = between(0.0, felt("own_direction"), 1.0)
    a["tone_now"] = between(-1.0, felt("tone"), 1.0)


def what_one_is_exposed_to(a: Numbers, v: Numbers) -> None:
    """How far the regime departs from the background, in usual doses, once people feel it."""
    contacts = near_log((v["contacts"] + 0.1) / (v["bg_contacts"] + 0.1))
    room = near_log(v["bg_caseload"] / v["caseload"])
    duty = 0.5 * v["search_duty"] * (1.0 + v["enforcement"])
    lifted = 0.5 * v["bg_search_duty"] * (1.0 + v["bg_enforcement"]) - duty
    kept = v["premium_share"] - v["bg_premium_share"]
    if a["disregard_months"] < v["disregard_months"]:
        kept = (v["disregard_share"] - v["bg_disregard_share"]) + kept
    felt = a["adaptation"] if a["in_benefit"] else 0.0
    help_given = (contacts if contacts > 0.0 else 0.0) + (room if room > 0.0 else 0.0)
    a["exposure_guidance"] = felt * help_given / 1.5598
    a["exposure_exemption"] = 0.0 if a["work_duty_exempt"] else felt * lifted
    a["exposure_disregard"] = felt * kept / 0.5


def near_log(x: float) -> float:
    return (x - 1.0) * ((11.0 * x + 38.0) * x + 11.0) / (3.0 * (((x + 9.0) * x + 9.0) * x + 1.0))


def what_holds_back(a: Numbers, p: Numbers) -> None:
    names = {
        "language": "poor_dutch",
        "education": "low_education",
        "physical": "physical",
        "mental": "mental",
        "addiction": "addiction",
        "care": "care",
        "debt": "problem_debt",
    }
    load = 0.0
    number = 0
    for weight, trait in names.items():
        if a[trait]:
            load += p["obstacles." + weight]
            number += 1
    if a["age_now"] > 45.0:
        load += p["obstacles.age"] * (a["age_now"] - 45.0)
    if number > 1:
        load += p["obstacles.compound"] * (number - 1)
    if a["work_duty_exempt"]:
        load += p["obstacles.exempted"]
    a["obstacle_load"] = load

    hours = 40.0
    if a["physical"] or a["mental"] or a["addiction"]:
        hours -= p["obstacles.hours_health"]
    if a["care"]:
        hours -= p["obstacles.hours_care"]
    a["hours_cap"] = hours if hours > 8.0 else 8.0

    a["match_drive"] -= load
    a["search_drive"] -= p["obstacles.search"] * load
    a["broker_drive"] -= p["obstacles.brokered"] * load

    heavy = load if load < 3.0 else 3.0
    rooted = p["movers_stayers.rooted"] * heavy + p["movers_stayers.exempted"] * a["work_duty_exempt"]
    a["leave_drive"] = a["leave_drive"] + p["movers_stayers.spread"] * a["mobility"] - rooted
    a["match_drive"] += p["movers_stayers.work"] * a["mobility"]


def what_time_does(a: Numbers, p: Numbers) -> None:
    if not a["working"]:
        a["skill"] = between(0.0, a["skill"] * (1.0 - p["duration.skill_decay"]), 1.0)
    learned = p["stepping_stone.learning"] * (a["hours"] / 38.0) * (1.0 - a["skill"])
    a["skill"] = between(0.0, a["skill"] + learned, 1.0)
    if a["in_benefit"]:
        periods = a["spell_months"] / 60.0  # of five years
        long = periods
        if periods > 1.0:
            further = periods - 1.0
            long = 1.0 + p["duration.steepens"] * (further if further < 1.0 else 1.0)
        a["match_drive"] -= p["duration.stigma"] * long
        a["efficacy_drive"] -= p["duration.confidence"] * long
