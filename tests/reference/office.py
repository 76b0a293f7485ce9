"""Phase 2 of the month, the office: contacts, what they teach, vacancies, sanctions, inquiries."""

from __future__ import annotations

import math

from tests.reference.arithmetic import between, exp, left_after_a_month

Numbers = dict[str, float]


def office(a: Numbers, p: Numbers, m: Numbers, v: Numbers, u: Numbers) -> None:
    """Change the person `a`; `u` are the draws of this month."""
    unlearned = 0.0
    if v["contacts"] > v["bg_contacts"]:
        unlearned = p["caseworkers.learning"] * exp(-v["since_start"] / p["caseworkers.learning_time"])
    a["skilled"] = exp(p["caseworkers.sigma"] * a["quality"]) * (1.0 - unlearned)
    if a["in_benefit"]:
        a["match_drive"] += p["caseworkers.matching"] * a["quality"]
        a["trust_drive"] += p["caseworkers.trust"] * a["quality"]
        a["efficacy_drive"] += p["caseworkers.motivation"] * a["quality"]
    contacts(a, p, m, v, u)

    saturated = 1.0 - exp(-p["attention.kappa"] * a["contacts"] * a["skilled"])
    share = 1.0 - left_after_a_month(p["attention.half_life"])
    a["support"] = between(0.0, a["support"] + share * (saturated - a["support"]), 1.0)

    coached = p["coaching.gain"] * a["contacts"] * v["personal_content"]
    coached = coached * (1.0 + p["coaching.peers"] * v["group_share"]) * a["skilled"]
    kept = a["growth"] * left_after_a_month(p["coaching.half_life"])
    a["growth"] = between(0.0, kept + coached * (1.0 - a["growth"]), 1.0)

    personal = a["contacts"] * v["personal_content"]
    lost = p["coaching.lock_in"] * (personal if personal < 2.0 else 2.0)
    a["broker_drive"] -= lost
    a["match_drive"] -= lost

    a["brokered"] = 0.0
    if a["in_benefit"] and m["open"]:
        about_work = a["contacts"] * v["work_content"]
        reach = 1.0 - exp(-p["attention.broker_kappa"] * a["contacts"] * v["work_content"] * a["skilled"])
        if about_work > 0.0:
            a["brokered"] = p["attention.brokerage"] * reach * exp(a["broker_drive"])

    taught = p["own_direction.learning"] * v["self_reliance_training"]
    taught = taught * (a["contacts"] if a["contacts"] < 1.0 else 1.0)
    known = a["direction_skill"]
    known = known + taught * (1.0 - known) - p["own_direction.forgetting"] * known
    a["direction_skill"] = between(0.0, known, 1.0)

    loss = v["sanction_share"] * v["sanction_duration"]
    a["bite"] = loss / (1.0 + loss)
    a["threat"] = a["pressure"] * a["bite"]
    sanction(a, p, m, v, u)

    a["checked"] = 0.0
    if a["in_benefit"] and m["open"] and u["check"] < v["checks"] / 12.0:
        a["checked"] = 1.0


def contacts(a: Numbers, p: Numbers, m: Numbers, v: Numbers, u: Numbers) -> None:
    minutes = p["attention.minutes"] * (1.0 - v["group_share"] * (1.0 - p["attention.group_minutes"]))
    possible = p["attention.hours"] * a["place_capacity"] * 60.0 / (v["caseload"] * a["load"] * minutes)
    room = v["bg_own_initiative"] + a["adaptation"] * (v["own_initiative"] - v["bg_own_initiative"])
    sought = p["attention.own_contacts"] * room * (a["capacity_to_act"] + a["efficacy"])
    served = 0.0 if a["service_rank"] > 1.0 - v["unserved"] else 1.0
    fitted = 1.0 + p["attention.tailors"] * v["tailoring"] * (0.5 - a["capacity_to_act"])
    wanted = v["contacts"] * served * (fitted if fitted > 0.0 else 0.0) + sought
    expected = wanted if wanted < possible else possible
    expected = expected * (1.0 - m["lockdown"] * (1.0 - p["attention.lockdown"]))
    if not a["in_benefit"]:
        expected = 0.0
    a["contacts"] = float(math.floor(expected + u["contact_taken"]))
    if m["open"]:
        a["contact_sum"] += a["contacts"]


def sanction(a: Numbers, p: Numbers, m: Numbers, v: Numbers, u: Numbers) -> None:
    chance = p["obligations.sanction_rate"] * v["enforcement"] * v["search_duty"]
    chance = chance * ((1.0 - a["motivation"]) * (1.5 - a["capacity_to_act"]))
    if a["work_duty_exempt"] or not a["in_benefit"] or not m["open"]:
        chance = 0.0
    a["sanction_new"] = 0.0
    if u["sanction"] < chance and a["sanction_months"] < 0.5 and v["sanction_share"] > 0.0:
        a["sanction_new"] = 1.0
        a["sanction_months"] = v["sanction_duration"]
        a["sanctions_sum"] += 1.0
    elif a["sanction_months"] > 1.0:
        a["sanction_months"] -= 1.0
    else:
        a["sanction_months"] = 0.0
    a["sanctioned"] = 1.0 if a["sanction_months"] > 0.0 and a["in_benefit"] else 0.0
