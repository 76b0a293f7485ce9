"""The purse: norm, earnings, what is kept, benefit paid, premium, spending, buffer and debt.

Law enters here through `sim.policy.benefit`: the same functions that `bijstand benefit` uses. Book-keeping,
no claim: it cannot be switched off. Income outside benefit and work is an assumption: whoever left for
another reason lives on the norm from elsewhere; whoever left for work and lost it draws 70% of the norm
(unemployment benefit, savings) until the return.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.mechanisms.codes import is_couple, is_single_parent
from sim.policy.amounts import FULL_TIME_HOURS_WEEK
from sim.policy.benefit import benefit_month, counted_disregard, household_norm, kept_earnings, of_age, young_child
from sim.policy.elementwise import clip, exp, floor, maximum, minimum, where

PURSE = mechanism("purse")

# Bounds of the books (those of the columns), in euro.
_MOST_OWED = 5000.0
_MOST_PREMIUM = 20000.0
_LEAST_BUFFER, _MOST_BUFFER = -30000.0, 60000.0
_MOST_DEBT = 200000.0
# A claim of late allowances comes in one month out of twelve.
_OTHER_MONTHS = 11.0 / 12.0
# Just under one: the month in which a turn of the premium is full, whatever the rounding of the division.
_NEARLY_ONE = 0.999


@PURSE.stage("norm")
def set_norm(month: Element, household: Element, cost_sharers: Element, age_now: Element) -> Element:
    """The household's norm of this month (art. 20-22a)."""
    return household_norm(
        is_couple(household),
        cost_sharers,
        age_now,
        month.norm_full_age,
        month.norm_single,
        month.norm_couple,
        month.norm_single_18_20,
        month.norm_couple_18_20,
        month.sharer_base,
        month.sharer_per_person,
    )


@PURSE.stage("earnings", "statutory_kept", "regime_kept", "kept", "statutory_months", "disregard_months")
def keep(
    month: Element,
    hours: Element,
    wage: Element,
    in_benefit: Element,
    age_now: Element,
    household: Element,
    youngest_child_age: Element,
    physical: Element,
    mental: Element,
    statutory_months: Element,
    disregard_months: Element,
    lever_statutory_disregard: Element,
    lever_disregard_share: Element,
    lever_disregard_cap: Element,
    lever_disregard_months: Element,
) -> Element:
    """Earnings and the part that is not deducted: the better of the statutory and the regime's disregard."""
    earned = hours / FULL_TIME_HOURS_WEEK * month.wml_net * wage
    old_enough = of_age(age_now, month.disregard_min_age)
    parent = young_child(
        is_single_parent(household),
        where(youngest_child_age >= 0.0, youngest_child_age + month.years, youngest_child_age),
        month.r_child_age,
    )
    statutory = (
        counted_disregard(
            earned,
            month.n_share,
            month.n_cap,
            month.r_share,
            month.r_cap,
            month.y_share,
            month.y_cap,
            statutory_months,
            month.n_months,
            month.r_months,
            old_enough,
            parent * old_enough,
            maximum(physical, mental),
            month.y_before_r,
        )
        * lever_statutory_disregard
        * in_benefit
    )
    regime = (
        kept_earnings(earned, lever_disregard_share, lever_disregard_cap, disregard_months, lever_disregard_months)
        * in_benefit
    )
    kept = maximum(statutory, regime)
    by_regime = regime >= statutory
    used = (kept > 0.0) & (month.open > 0.5)
    return (
        earned,
        statutory,
        regime,
        kept,
        statutory_months + where(used, where(by_regime, 0.0, 1.0), 0.0),
        disregard_months + where(used, where(by_regime, 1.0, 0.0), 0.0),
    )


@PURSE.stage("kept_share", "kept_cap")
def know_the_rule(
    p: Element,
    month: Element,
    adaptation: Element,
    age_now: Element,
    statutory_months: Element,
    disregard_months: Element,
    lever_statutory_disregard: Element,
    lever_disregard_share: Element,
    bg_disregard_share: Element,
    lever_disregard_cap: Element,
    lever_disregard_months: Element,
    lever_premium_share: Element,
    bg_premium_share: Element,
    lever_premium_cap: Element,
    lever_premium_interval: Element,
) -> Element:
    """What people reckon to keep: a disregard now, or a premium that comes later and counts less."""
    statutory = where(
        (of_age(age_now, month.disregard_min_age) > 0.5) & (statutory_months < month.n_months),
        month.n_share * lever_statutory_disregard,
        0.0,
    )
    felt = bg_disregard_share + adaptation * (lever_disregard_share - bg_disregard_share)
    regime = where(disregard_months < lever_disregard_months, felt, 0.0)
    premium = bg_premium_share + adaptation * (lever_premium_share - bg_premium_share)
    later = premium * exp(-p.discount * 0.5 * lever_premium_interval)
    best = maximum(statutory, regime)
    cap = where(regime >= statutory, lever_disregard_cap, month.n_cap)
    return minimum(best + later, 1.0), where(best > 0.0, cap, 0.0) + where(later > 0.0, lever_premium_cap, 0.0)


@PURSE.stage("benefit", "paid", "owed", "unexpected")
def settle(
    month: Element,
    in_benefit: Element,
    norm: Element,
    earnings: Element,
    kept: Element,
    partner_earnings: Element,
    sanctioned: Element,
    owed: Element,
    lever_sanction_share: Element,
    lever_settlement_delay: Element,
    lever_settlement_noise: Element,
    settlement_error: Element,
    u_settlement_error: Element,
) -> Element:
    """Benefit due, benefit paid with the settlement's error, and what comes back of earlier errors."""
    counted = earnings - kept + partner_earnings
    due = benefit_month(norm, counted, 0.0) * in_benefit
    # What earnings took off the benefit: beyond the norm there is nothing left to err about.
    deducted = maximum(norm - partner_earnings, 0.0) * in_benefit - due
    error = settlement_error * lever_settlement_noise * (2.0 * u_settlement_error - 1.0) * deducted
    settled = owed / (1.0 + lever_settlement_delay)
    cut = sanctioned * lever_sanction_share * norm
    paid = maximum(due + error + settled - cut, 0.0) * where((in_benefit > 0.5) | (owed > 0.0), 1.0, 0.0)
    unexpected = where(error > 0.0, 0.0, -error) + where(settled < 0.0, -settled, 0.0) + cut
    return due, paid, clip(owed - settled - error, -_MOST_OWED, _MOST_OWED) * month.open, unexpected


@PURSE.stage("premium", "premium_due", "supplement_months")
def pay_premium(
    month: Element,
    in_benefit: Element,
    earnings: Element,
    premium_due: Element,
    lever_premium_share: Element,
    lever_premium_cap: Element,
    lever_premium_interval: Element,
    present: Element,
    hours: Element,
    supplement_months: Element,
    lever_since_start: Element,
    lever_supplement: Element,
    lever_supplement_hours: Element,
    lever_supplement_window: Element,
    lever_supplement_months: Element,
) -> Element:
    """The premium builds up in months worked beside the benefit and is paid every so many months.

    A supplement to work of enough hours comes with it, on and off benefit, to who qualified within the window.
    """
    earned = minimum(earnings * lever_premium_share, lever_premium_cap) * in_benefit * month.open
    due = minimum(premium_due + earned, _MOST_PREMIUM)
    turn = month.t / lever_premium_interval
    pays = turn - floor(turn) < _NEARLY_ONE / lever_premium_interval
    ready = where(lever_premium_interval < 1.5, 1.0, where(pays, 1.0, 0.0)) * month.open
    out = due * ready
    in_time = (supplement_months > 0.5) | (lever_since_start <= lever_supplement_window)
    left = (supplement_months < lever_supplement_months) & in_time
    enough = (hours > 0.0) & (hours >= lever_supplement_hours) & (lever_supplement > 0.0)
    adds = where(left & enough, present * month.open, 0.0)
    return out + adds * lever_supplement, due - out, supplement_months + adds


@PURSE.stage("income", "need", "unexpected", "buffer", "debt", "elsewhere", "allowances_lost")
def spend(
    p: Element,
    month: Element,
    status: Element,
    norm: Element,
    paid: Element,
    earnings: Element,
    partner_earnings: Element,
    premium: Element,
    unexpected: Element,
    buffer: Element,
    debt: Element,
    settlement_taper: Element,
    lever_allowance_lag: Element,
    u_expense_shock: Element,
) -> Element:
    """What comes in, what goes out, and what is left or owed.

    Allowances fall by the taper with income above the norm: at once for the part of the year that is left
    after the lag, and as a claim in one month out of twelve for the rest.
    """
    elsewhere = where(status > 1.5, norm, where((status > 0.5) & (earnings <= 0.0), p.other_income * norm, 0.0))
    gross = paid + earnings + partner_earnings + premium + elsewhere
    above = settlement_taper * maximum(gross - norm, 0.0)
    late = lever_allowance_lag / 12.0
    claimed = where(u_expense_shock > _OTHER_MONTHS, above * 12.0 * late, 0.0)
    income = maximum(gross - above * (1.0 - late) - claimed, 0.0)
    basic = p.need * norm
    shock = where(u_expense_shock < p.shock_chance, p.shock_cost, 0.0)
    spent = basic + p.spend * maximum(income - basic, 0.0) + p.dissave * maximum(buffer - norm, 0.0)
    left = buffer + income - spent - shock
    sinks = maximum(-p.credit - left, 0.0)
    return (
        income,
        basic,
        unexpected + claimed + shock,
        clip(where(month.open > 0.5, left + sinks, buffer), _LEAST_BUFFER, _MOST_BUFFER),
        clip(where(month.open > 0.5, (debt + sinks) * (1.0 - p.repay), debt), 0.0, _MOST_DEBT),
        elsewhere,
        gross - income,
    )
