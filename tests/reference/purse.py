"""Phase 3 of the month, the purse: norm, earnings, benefit, settlement, premium, spending, scarcity."""

from __future__ import annotations

import math

from tests.reference.arithmetic import between, exp, logistic

Numbers = dict[str, float]


def purse(a: Numbers, p: Numbers, m: Numbers, v: Numbers, u: Numbers) -> None:
    """Change the person `a`."""
    a["norm"] = norm(a, m)
    earnings(a, m, v)
    reckoning(a, p, m, v)
    settlement(a, p, m, v, u)
    premium(a, m, v)
    spending(a, p, m, v, u)
    months_saved = between(-3.0, a["buffer"] / a["need"], 6.0)
    a["scarcity"] = logistic(
        p["scarcity.base"]
        + p["scarcity.shortage"] * (a["need"] - a["income"]) / a["need"]
        + p["scarcity.debt"] * a["debt"] / a["need"]
        - p["scarcity.buffer"] * months_saved
        + p["scarcity.shock"] * a["unexpected"] / a["need"]
    )


def norm(a: Numbers, m: Numbers) -> float:
    """Articles 20 to 22a: by household and age, lower with cost sharers from the full age."""
    couple = a["household"] == 2
    adults = 2 if couple else 1
    if a["age_now"] < m["norm_full_age"]:
        return m["norm_couple_18_20"] if couple else m["norm_single_18_20"]
    if a["cost_sharers"] > adults:
        part = (m["sharer_base"] + m["sharer_per_person"] * a["cost_sharers"]) / a["cost_sharers"]
        return adults * (m["norm_couple"] * part)
    return m["norm_couple"] if couple else m["norm_single"]


def earnings(a: Numbers, m: Numbers, v: Numbers) -> None:
    """Earnings, and what is kept: the better of the statutory and the regime's disregard."""
    a["earnings"] = a["hours"] / 38.0 * m["wml_net"] * a["wage"]
    statutory = regime = 0.0
    if a["in_benefit"]:
        share, cap = statutory_rule(a, m)
        statutory = a["earnings"] * share
        statutory = (statutory if statutory < cap else cap) * v["statutory_disregard"]
        if a["disregard_months"] < v["disregard_months"]:
            regime = a["earnings"] * v["disregard_share"]
            regime = regime if regime < v["disregard_cap"] else v["disregard_cap"]
    a["statutory_kept"] = statutory
    a["regime_kept"] = regime
    a["kept"] = max(statutory, regime)
    if a["kept"] > 0.0 and m["open"]:
        a["disregard_months" if regime >= statutory else "statutory_months"] += 1.0


def statutory_rule(a: Numbers, m: Numbers) -> tuple[float, float]:
    """Article 31.2: n first; then r (single parents of young children, after n) and y (limited hours)."""
    used = a["statutory_months"]
    old_enough = a["age_now"] >= m["disregard_min_age"]
    if old_enough and used < m["n_months"]:
        return m["n_share"], m["n_cap"]
    young_child = a["youngest_child_age"] >= 0.0 and a["youngest_child_age"] + m["years"] < m["r_child_age"]
    by_r = old_enough and a["household"] == 1 and young_child and m["n_months"] <= used < m["n_months"] + m["r_months"]
    by_y = a["physical"] or a["mental"]
    if by_y and (m["y_before_r"] or not by_r):
        return m["y_share"], m["y_cap"]
    if by_r:
        return m["r_share"], m["r_cap"]
    return 0.0, 0.0


def reckoning(a: Numbers, p: Numbers, m: Numbers, v: Numbers) -> None:
    """What people reckon to keep of a small job; a premium comes later and counts for less."""
    statutory = 0.0
    if a["age_now"] >= m["disregard_min_age"] and a["statutory_months"] < m["n_months"]:
        statutory = m["n_share"] * v["statutory_disregard"]

    def felt(lever: str) -> float:
        return v["bg_" + lever] + a["adaptation"] * (v[lever] - v["bg_" + lever])

    regime = felt("disregard_share") if a["disregard_months"] < v["disregard_months"] else 0.0
    later = felt("premium_share") * exp(-p["purse.discount"] * 0.5 * v["premium_interval"])
    best = regime if regime > statutory else statutory
    a["kept_share"] = best + later if best + later < 1.0 else 1.0
    a["kept_cap"] = 0.0
    if best > 0.0:
        a["kept_cap"] = v["disregard_cap"] if regime >= statutory else m["n_cap"]
    if later > 0.0:
        a["kept_cap"] += v["premium_cap"]


def settlement(a: Numbers, p: Numbers, m: Numbers, v: Numbers, u: Numbers) -> None:
    """Benefit due; benefit paid, with this month's error and what comes back of earlier errors."""
    due = error = 0.0
    if a["in_benefit"]:
        full = a["norm"] - a["partner_earnings"]
        due = a["norm"] - (a["earnings"] - a["kept"] + a["partner_earnings"])
        due = due if due > 0.0 else 0.0
        taken = (full if full > 0.0 else 0.0) - due
        swing = 2.0 * u["settlement_error"] - 1.0
        error = p["settlement.error"] * v["settlement_noise"] * swing * taken
    settled = a["owed"] / (1.0 + v["settlement_delay"])
    cut = v["sanction_share"] * a["norm"] if a["sanctioned"] else 0.0
    paid = due + error + settled - cut
    if paid < 0.0 or (not a["in_benefit"] and a["owed"] <= 0.0):
        paid = 0.0
    a["benefit"] = due
    a["paid"] = paid
    a["owed"] = between(-5000.0, a["owed"] - settled - error, 5000.0) if m["open"] else 0.0
    a["unexpected"] = (-error if error < 0.0 else 0.0) + (-settled if settled < 0.0 else 0.0) + cut


def premium(a: Numbers, m: Numbers, v: Numbers) -> None:
    """Built up in months of work beside the benefit, paid every so many months."""
    due = a["premium_due"]
    if a["in_benefit"] and m["open"]:
        earned = a["earnings"] * v["premium_share"]
        due += earned if earned < v["premium_cap"] else v["premium_cap"]
    due = min(due, 20000.0)
    out = 0.0
    if m["open"]:
        every = v["premium_interval"]
        turn = m["t"] / every
        if every == 1 or turn - math.floor(turn) < 0.999 / every:
            out = due
    a["premium"] = out
    a["premium_due"] = due - out
    qualified = a["supplement_months"] >= 1 or v["since_start"] <= v["supplement_window"]
    working = a["hours"] > 0 and a["hours"] >= v["supplement_hours"]
    left = qualified and a["supplement_months"] < v["supplement_months"]
    if a["present"] and m["open"] and left and working and v["supplement"] > 0.0:
        a["premium"] += v["supplement"]
        a["supplement_months"] += 1.0


def spending(a: Numbers, p: Numbers, m: Numbers, v: Numbers, u: Numbers) -> None:
    """What comes in and goes out; arrears beyond the credit become problem debt."""
    elsewhere = 0.0
    if a["status"] >= 2:
        elsewhere = a["norm"]
    elif a["status"] == 1 and a["earnings"] <= 0.0:
        elsewhere = p["purse.other_income"] * a["norm"]
    gross = a["paid"] + a["earnings"] + a["partner_earnings"] + a["premium"] + elsewhere
    allowances = p["settlement.taper"] * (gross - a["norm"] if gross > a["norm"] else 0.0)
    late = v["allowance_lag"] / 12.0
    claimed = allowances * 12.0 * late if u["expense_shock"] > 11.0 / 12.0 else 0.0
    income = gross - allowances * (1.0 - late) - claimed
    a["income"] = income if income > 0.0 else 0.0
    a["need"] = p["purse.need"] * a["norm"]
    shock = p["purse.shock_cost"] if u["expense_shock"] < p["purse.shock_chance"] else 0.0
    a["unexpected"] = a["unexpected"] + claimed + shock
    if not m["open"]:
        a["buffer"] = between(-30000.0, a["buffer"], 60000.0)
        return
    more = a["income"] - a["need"] if a["income"] > a["need"] else 0.0
    savings = a["buffer"] - a["norm"] if a["buffer"] > a["norm"] else 0.0
    spent = a["need"] + p["purse.spend"] * more + p["purse.dissave"] * savings
    left = a["buffer"] + a["income"] - spent - shock
    sinks = -p["purse.credit"] - left
    if sinks < 0.0:
        sinks = 0.0
    a["buffer"] = between(-30000.0, left + sinks, 60000.0)
    a["debt"] = between(0.0, (a["debt"] + sinks) * (1.0 - p["purse.repay"]), 200000.0)
