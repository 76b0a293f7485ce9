"""Phases 5 and 6 of the month: search, and the labour market of one person."""

from __future__ import annotations

from tests.reference.arithmetic import between, exp, left_after_a_month, logistic

Numbers = dict[str, float]


def search(a: Numbers, p: Numbers, m: Numbers, v: Numbers) -> None:
    """Add up the drive to search and turn it into effort, hours and applications."""
    on = a["in_benefit"] == 1
    small_job = m["wml_net"] * (12.0 / 38.0)
    kept = a["kept_share"] * small_job
    a["gain"] = (kept if kept < a["kept_cap"] else a["kept_cap"]) / a["norm"] if on else 0.0
    a["search_drive"] += p["financial_gain.search"] * a["gain"]
    a["small_drive"] += p["financial_gain.small"] * a["gain"]

    comfort = p["stepping_stone.trap"] * a["kept_share"] if a["working"] and on else 0.0
    experience = a["skill"] - 0.4
    a["match_drive"] += p["stepping_stone.matching"] * experience
    a["growth_drive"] = a["growth_drive"] + p["stepping_stone.growth"] * experience - comfort
    a["search_drive"] -= p["stepping_stone.ease"] * comfort

    if on:
        a["search_drive"] += (
            p["obligations.search"] * a["pressure"]
            + p["obligations.threat_search"] * a["threat"]
            + p["obligations.sanction_search"] * a["sanctioned"] * a["bite"]
        )
    about_work = a["contacts"] * v["work_content"]
    about_work = about_work if about_work < 2.0 else 2.0
    a["pushed"] = a["pressure"] + about_work if on else 0.0
    if on:
        a["search_drive"] += p["pushed_effort.effort"] * about_work
    talks = a["contacts"] if a["contacts"] < 3.0 else 3.0
    a["search_drive"] -= p["programme_time.time"] * talks
    a["small_drive"] += p["programme_time.small"] * about_work
    a["search_drive"] += p["autonomy.search"] * (a["motivation"] - 0.5)
    ready = a["capacity_to_act"] + a["direction_skill"] - p["own_direction.threshold"]
    a["search_drive"] += p["own_direction.effect"] * a["autonomy"] * ready
    if on:
        cool = 0.5 - a["intrinsic_motivation"]
        calculating = p["views.calculating"] * (cool if cool > 0.0 else 0.0) * (a["gain"] + a["pressure"])
        limited = p["views.limited"] * (0.5 - a["capacity_to_act"]) * (a["support"] - 0.3)
        a["search_drive"] += calculating + limited
        a["search_drive"] += p["trust.effort"] * (a["trust"] - 0.5)
    a["search_drive"] += p["scarcity.search"] * (a["bandwidth"] - 0.5)
    a["search_drive"] -= p["rejections.search"] * a["discouraged"]
    a["search_drive"] += p["anticipation.search"] * a["anticipation"]
    a["search_drive"] += p["participation.search"] * v["followed"]
    a["search_drive"] += p["participation.rivalry"] * v["compared"]

    effort = logistic(a["search_drive"])
    if a["working"] and not on:
        effort = effort * p["search.settled"]
    if not a["present"] or a["age_now"] >= 66.5:
        effort = 0.0
    a["search_effort"] = effort
    a["search_hours"] = p["search.hours"] * effort
    a["applications"] = p["search.applications"] * effort


def market(a: Numbers, p: Numbers, m: Numbers, v: Numbers, u: Numbers) -> None:
    """Interviews, one offer at most, acceptance, self-employment, loss, growth."""
    interviews(a, p, m, u)
    describe_offer(a, p, u)
    weigh_offer(a, p, m, v)
    accept(a, p, u)
    venture(a, p, m, u)
    lose(a, p, m, u)
    grow(a, p, m, u)

    fading = a["rejection"] * left_after_a_month(p["rejections.half_life"]) + a["rejections"]
    a["rejection"] = 0.0 if a["accepted"] else between(0.0, fading, 4.0)
    share = 1.0 - left_after_a_month(p["mind.efficacy_half_life"])
    target = logistic(a["efficacy_drive"] + p["mind.efficacy_interview"] * a["interviews"])
    a["efficacy"] = between(0.0, a["efficacy"] + share * (target - a["efficacy"]), 1.0)


def poisson(rate: float, u: float, most: int) -> int:
    """Number by inversion: how many of the first `most` cumulative chances `u` exceeds."""
    chances = [exp(-rate)]
    if most > 1:
        chances.append(chances[0] * rate)
    if most > 2:
        chances.append(chances[1] * rate * 0.5)
        chances.append(chances[2] * rate / 3.0)
    number = 0
    below = 0.0
    for chance in chances:
        below = below + chance if below else chance
        if u > below:
            number += 1
    return number


def interviews(a: Numbers, p: Numbers, m: Numbers, u: Numbers) -> None:
    work, more = (
        p[f"response.guidance_{what}"] * a["exposure_guidance"]
        + p[f"response.exemption_{what}"] * a["exposure_exemption"]
        + p[f"response.disregard_{what}"] * a["exposure_disregard"]
        for what in ("work", "search")
    )
    a["match_drive"] += more
    root = 1.0 + 0.5 * work
    odds = root * root if root > 0.0 else 0.0
    own_odds = odds * exp(-more)
    a["match_drive"] += p["pushed_effort.interviews"] * a["pushed"]
    own_odds = own_odds * exp(-p["pushed_effort.offers"] * a["pushed"])

    own = 0
    if m["open"]:
        bend = p["market.bend"]
        rate = p["market.rate"] * a["search_effort"] * (1.0 + bend) / (a["search_effort"] + bend)
        own = poisson(rate * exp(a["match_drive"]), u["interviews"], 4)
    brokered = poisson(a["brokered"], u["brokered"], 2)
    none = 1.0
    for _ in range(own):
        none = none * (1.0 - own_odds / (own_odds + exp(-a["offer_drive"])))
    for _ in range(brokered):
        none = none * (1.0 - odds / (odds + exp(-(a["offer_drive"] + p["market.offer_brokered"]))))
    a["interviews"] = float(own + brokered)
    a["offers"] = 1.0 if own + brokered > 0 and u["offer"] > none else 0.0
    a["rejections"] = a["interviews"] - a["offers"]


def describe_offer(a: Numbers, p: Numbers, u: Numbers) -> None:
    small = logistic(a["small_drive"])
    medium = (1.0 - small) * (1.0 - p["market.large"])
    large = 1.0 - small - medium
    at = u["offer_hours"]
    if at < small:
        hours = 4.0 + 8.0 * at / small
    elif at < small + medium:
        hours = 12.0 + 15.0 * (at - small) / medium
    else:
        hours = 27.0 + 13.0 * (at - small - medium) / large
    a["offer_hours"] = hours if hours < a["hours_cap"] else a["hours_cap"]
    if u["offer_contract"] < p["market.permanent"]:
        a["offer_contract"] = 1.0
    elif u["offer_contract"] > 1.0 - p["market.agency"] * (1.0 - p["market.permanent"]):
        a["offer_contract"] = 3.0
    else:
        a["offer_contract"] = 2.0
    rank = u["wage_growth"]
    a["offer_wage"] = 1.0 + p["market.wage_spread"] * rank * rank * (0.5 + a["skill"])
    a["offer_fit"] = between(
        0.0, u["offer_fit"] * (1.0 - p["market.fit_motivation"]) + p["market.fit_motivation"] * a["motivation"], 1.0
    )


def weigh_offer(a: Numbers, p: Numbers, m: Numbers, v: Numbers) -> None:
    """What the offer adds to income, and everything else that makes people take or leave it."""
    on = a["in_benefit"] == 1
    earned = a["offer_hours"] / 38.0 * m["wml_net"] * a["offer_wage"]
    if on:
        held = a["kept_share"] * earned
        held = held if held < a["kept_cap"] else a["kept_cap"]
        then = max(a["norm"] + held, earned + a["partner_earnings"])
        now = max(a["norm"] + a["kept"], a["earnings"] + a["partner_earnings"])
        gain = then - now
        leaves = earned + a["partner_earnings"] >= a["norm"]
        if leaves and a["bonus_paid"] < v["exit_bonus_times"]:
            before = v["bg_exit_bonus"]
            gain += p["market.bonus_salience"] * (before + a["adaptation"] * (v["exit_bonus"] - before)) / 12.0
    else:
        gain = earned - a["earnings"]
    in_time = a["supplement_months"] >= 1 or v["since_start"] <= v["supplement_window"]
    still = in_time and a["supplement_months"] < v["supplement_months"]
    if still and a["offer_hours"] >= v["supplement_hours"] > a["hours"]:
        before = v["bg_supplement"]
        gain += before + a["adaptation"] * (v["supplement"] - before)
    a["offer_gain"] = between(-1.0, gain / a["norm"], 3.0)

    if on:
        struck = a["sanctioned"] * a["bite"]
        a["accept_drive"] += (
            p["obligations.accept"] * a["pressure"]
            + p["obligations.threat_accept"] * a["threat"]
            + p["obligations.sanction_accept"] * struck
        )
        cut = p["obligations.fit"] * a["pressure"] + p["obligations.sanction_fit"] * (a["threat"] + struck)
        a["offer_fit"] = a["offer_fit"] * (1.0 - 0.5 * (cut if cut < 2.0 else 2.0))
    a["offer_fit"] = between(0.0, a["offer_fit"] - p["pushed_effort.fit"] * a["pushed"] / 3.0, 1.0)
    about_work = a["contacts"] * v["work_content"]
    steered = (about_work if about_work < 2.0 else 2.0) / 2.0
    a["offer_fit"] = between(0.0, a["offer_fit"] + p["programme_time.fit"] * steered, 1.0)
    a["accept_drive"] += p["financial_gain.accept"] * a["offer_gain"]
    if on and a["offer_hours"] < 24.0:
        a["accept_drive"] -= p["settlement.fear"] * (
            v["settlement_noise"] + p["settlement.fear_delay"] * v["settlement_delay"]
        )
    if a["physical"] or a["mental"] or a["household"] == 1:
        a["accept_drive"] -= p["work_strain.accept"] * a["offer_hours"] / 38.0


def accept(a: Numbers, p: Numbers, u: Numbers) -> None:
    chance = logistic(a["accept_drive"] + p["market.accept_fit"] * (a["offer_fit"] - 0.5))
    better = a["hours"] == 0 or a["offer_hours"] > a["hours"] + p["market.more_hours"]
    a["accepted"] = 0.0
    if a["offers"] and better and u["accept"] < chance:
        a["accepted"] = 1.0
        a["job_months"] = 0.0
        a["job_starts"] += 1.0
        for what in ("hours", "contract", "wage", "fit"):
            a[what] = a["offer_" + what]


def venture(a: Numbers, p: Numbers, m: Numbers, u: Numbers) -> None:
    chance = logistic(a["venture_drive"])
    if m["open"] and a["in_benefit"] and a["hours"] == 0 and u["start_self_employed"] < chance:
        rank = u["start_self_employed"] / chance
        hours = 8.0 + 32.0 * rank
        a["hours"] = hours if hours < a["hours_cap"] else a["hours_cap"]
        a["contract"] = 4.0
        a["wage"] = p["market.venture_wage"] + p["market.venture_spread"] * rank
        a["fit"] = 0.5 + p["market.venture_fit"] * a["motivation"]
        a["job_starts"] += 1.0
        a["accepted"] = 1.0


def lose(a: Numbers, p: Numbers, m: Numbers, u: Numbers) -> None:
    """Jobs of before this month may end; at the pension age they do."""
    kind = {2.0: "temporary", 3.0: "agency", 4.0: "self_employed"}.get(a["contract"])
    if kind is not None:
        a["loss_drive"] += p["temporary_jobs." + kind]
    a["loss_drive"] += p["work_strain.loss"] * (a["stress"] - 0.5)
    a["job_lost"] = 0.0
    if a["hours"] == 0 or a["accepted"]:
        return
    if (m["open"] and u["job_loss"] < logistic(a["loss_drive"])) or a["age_now"] >= 67.0:
        a["job_lost"] = 1.0
        for what in ("hours", "contract", "wage", "fit", "job_months"):
            a[what] = 0.0
    elif m["open"]:
        a["job_months"] += 1.0


def grow(a: Numbers, p: Numbers, m: Numbers, u: Numbers) -> None:
    if a["hours"] == 0 or a["accepted"] or not m["open"]:
        return
    if u["hours_growth"] < logistic(a["growth_drive"]):
        more = a["hours"] + p["market.step"]
        more = more if more < a["hours_cap"] else a["hours_cap"]
        a["hours"] = more if more > a["hours"] else a["hours"]
