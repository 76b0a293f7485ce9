"""Phase 4 of the month, the mind: what weighs on stress and confidence, and how far the states move."""

from __future__ import annotations

from tests.reference.arithmetic import between, left_after_a_month, logistic

Numbers = dict[str, float]


def mind(a: Numbers, p: Numbers, m: Numbers, v: Numbers, u: Numbers) -> None:
    """Change the person `a`."""
    what_weighs(a, p, v)
    what_helps(a, p)

    share = 1.0 - left_after_a_month(p["mind.stress_half_life"])
    shock = (u["stress_shock_a"] + u["stress_shock_b"] - 1.0) * 2.449489742783178  # the square root of 6
    stress = a["stress"] + share * (logistic(a["stress_drive"]) - a["stress"])
    a["stress"] = between(0.0, stress + p["mind.stress_noise"] * shock, 1.0)

    room = p["scarcity.room"] + p["scarcity.room_capacity"] * a["capacity_to_act"]
    target = room * (1.0 - p["scarcity.chi"] * a["stress"] * a["stress"])
    a["bandwidth"] = between(0.0, a["bandwidth"] + p["scarcity.k"] * (target - a["bandwidth"]), 1.0)

    trust(a, p)

    own = a["intrinsic_motivation"]
    target = own + p["autonomy.raises"] * a["autonomy"] * (1.0 - own) - p["autonomy.crowds"] * a["pressure"] * own
    a["motivation"] = between(0.0, a["motivation"] + p["autonomy.k"] * (target - a["motivation"]), 1.0)

    habits(a, p, m)


def what_weighs(a: Numbers, p: Numbers, v: Numbers) -> None:
    """Terms in the order of the month's list: sums of fractions depend on it in the last bit."""
    a["stress_drive"] += p["scarcity.stress"] * (a["scarcity"] - 0.5)
    a["belonging_drive"] += p["scarcity.belonging"] * (a["bandwidth"] - a["scarcity"])
    if a["in_benefit"]:
        a["stress_drive"] += (
            p["obligations.stress"] * a["pressure"] * (1.0 - a["trust"])
            + p["obligations.threat_stress"] * a["threat"]
            + p["obligations.sanction_stress"] * a["sanctioned"] * a["bite"]
        )
    able = a["capacity_to_act"] + 0.5 * a["direction_skill"] - p["autonomy.threshold"]
    a["stress_drive"] -= p["autonomy.stress"] * a["autonomy"] * 2.0 * able
    if a["working"] and a["in_benefit"]:
        paperwork = 0.5 * v["settlement_noise"] + p["settlement.by_delay"] * v["settlement_delay"]
        a["stress_drive"] += p["settlement.stress"] * paperwork
    heavy = 1.0 if a["physical"] or a["mental"] or a["household"] == 1 else 0.0
    a["stress_drive"] += a["hours"] / 38.0 * (p["work_strain.strain"] * heavy - p["work_strain.relief"] * a["fit"])
    a["stress_drive"] = (
        a["stress_drive"] + p["obstacles.stress_mental"] * a["mental"] + p["obstacles.stress_physical"] * a["physical"]
    )
    a["stress_drive"] += p["anticipation.stress"] * a["anticipation"]
    a["discouraged"] = logistic(p["rejections.steepness"] * (a["rejection"] - 0.5)) * (1.0 - a["efficacy"])
    a["efficacy_drive"] -= p["rejections.efficacy"] * a["rejection"]
    a["stress_drive"] += p["rejections.stress"] * a["rejection"]


def what_helps(a: Numbers, p: Numbers) -> None:
    more = a["support"] - 0.3
    a["stress_drive"] -= p["attention.stress"] * more
    a["trust_drive"] += p["attention.trust"] * more
    a["efficacy_drive"] += p["attention.efficacy"] * more
    a["belonging_drive"] += p["attention.belonging"] * more
    a["efficacy_drive"] += p["coaching.efficacy"] * a["growth"]
    a["volunteer_drive"] += p["coaching.volunteer"] * a["growth"]
    a["venture_drive"] += p["coaching.venture"] * a["growth"]
    a["volunteer_drive"] += p["autonomy.care"] * (0.5 - a["pressure"])
    how_the_town_responds(a, p)


def how_the_town_responds(a: Numbers, p: Numbers) -> None:
    def total(what: str) -> float:
        each = [p[f"response.{kind}_{what}"] * a[f"exposure_{kind}"] for kind in ("guidance", "exemption", "disregard")]
        return each[0] + each[1] + each[2]

    def both(what: str, share: float) -> float:
        """The common part, then the scale's own terms one after the other: the last bit depends on it."""
        found = share * total("mind")
        for kind in ("guidance", "exemption", "disregard"):
            found = found + p[f"response.{kind}_{what}"] * a[f"exposure_{kind}"]
        return found

    a["stress_drive"] -= both("stress", 1.0)
    a["trust_drive"] += both("trust", 1.0)
    a["efficacy_drive"] += both("efficacy", 1.0)
    a["belonging_drive"] += both("belonging", 0.5)


def trust(a: Numbers, p: Numbers) -> None:
    """Trust comes on foot and leaves on horseback."""
    if a["in_benefit"]:
        target = logistic(
            p["trust.base"] + a["trust_drive"] + p["trust.tone"] * a["tone_now"] + p["trust.autonomy"] * a["autonomy"]
        )
        pace = p["trust.k_up"] if target > a["trust"] else p["trust.k_down"]
        a["trust"] += pace * (target - a["trust"])
    if a["sanction_new"]:
        fall = p["trust.sanction_jump"] * (1.0 + a["bite"])
        a["trust"] *= 1.0 - (fall if fall < 1.0 else 1.0)
    if a["checked"]:
        a["trust"] *= 1.0 - p["trust.check_jump"]
    others = 0.5 * (a["trust"] + a["belonging"])
    wider = a["social_trust"] + p["trust.social"] * (others - a["social_trust"])
    a["trust"] = between(0.0, a["trust"], 1.0)
    a["social_trust"] = between(0.0, wider, 1.0)


def habits(a: Numbers, p: Numbers, m: Numbers) -> None:
    """Contact with others, volunteering and care move to the logistic of their drives."""
    share = 1.0 - left_after_a_month(p["mind.habit_half_life"])
    together = logistic(a["belonging_drive"] - p["mind.lockdown_company"] * m["lockdown"])
    shut = p["mind.lockdown_volunteering"] * m["lockdown"]
    helping = logistic(a["volunteer_drive"] + a["bandwidth"] - 0.5 - shut)
    for_care = a["volunteer_drive"] + p["mind.care_base"] + p["mind.care_duty"] * a["care"]
    giving = logistic(for_care - p["mind.care_male"] * a["male"] - p["mind.care_work"] * a["working"])
    for state, target in (("belonging", together), ("volunteering", helping), ("caring", giving)):
        a[state] += share * (target - a[state])
    a["volunteer_hours"] = p["mind.volunteer_hours"] * a["volunteering"]
    a["care_hours"] = p["mind.care_hours"] * a["caring"]
    for state in ("belonging", "volunteering", "caring"):
        a[state] = between(0.0, a[state], 1.0)
