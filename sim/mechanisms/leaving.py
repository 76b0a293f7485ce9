"""Leaving and returning: exit to work, other exits, re-entry, and the counters of spells.

A household leaves for work when its earnings reach its norm. Other exits (moving in together, moving away,
another benefit, enforcement) fall with age and spell; the pension age ends every benefit. Whoever left for
work and no longer earns the norm returns with a monthly chance, as others do; the chance of both falls with
the time out (rights to unemployment benefit grow with work; a new household lasts).

    leave_drive = other + other_age (age - 25)/40 + other_new exp(-spell_months / other_fade)
                  + other_parent (single parent) + other_couple (couple) + place
    P(other exit) = L(leave_drive), once the other mechanisms have added to it
    back_drive = back - back_fall (1 - exp(-months_out / back_fade))                         left for work
                 back_other - back_other_fall (1 - exp(-months_out / back_other_fade))       left otherwise
    P(return) = L(back_drive); after work only while the earnings are below the norm

An exit bonus is earned at most so many times and paid with the next premium.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.mechanisms.codes import is_couple, is_single_parent
from sim.policy.amounts import FULL_TIME_HOURS_WEEK
from sim.policy.elementwise import exp, logistic, minimum, where

LEAVING = mechanism("leaving")

# Ages between which the weight of age is measured; bound of the column of premiums due.
_YOUNG, _YEARS = 25.0, 40.0
_MOST_DUE = 20000.0


@LEAVING.stage("leave_drive", "back_drive")
def begin_leaving(
    p: Element,
    place_other: Element,
    status: Element,
    household: Element,
    age_now: Element,
    spell_months: Element,
    months_out: Element,
) -> Element:
    """Start the drives of other exits and of returns; both fall with time."""
    parent = p.other_parent * is_single_parent(household)
    couple = p.other_couple * is_couple(household)
    new = p.other_new * exp(-spell_months / p.other_fade)
    after_work = p.back - p.back_fall * (1.0 - exp(-months_out / p.back_fade))
    after_other = p.back_other - p.back_other_fall * (1.0 - exp(-months_out / p.back_other_fade))
    return (
        p.other + p.other_age * (age_now - _YOUNG) / _YEARS + new + parent + couple + place_other,
        where(status < 1.5, after_work, after_other),
    )


@LEAVING.stage(
    "status",
    "exit_work",
    "exit_other",
    "reentry",
    "spell_months",
    "months_out",
    "first_exit_work",
    "first_exit_any",
    "returns",
)
def leave(
    p: Element,
    month: Element,
    leave_drive: Element,
    back_drive: Element,
    status: Element,
    hours: Element,
    wage: Element,
    norm: Element,
    partner_earnings: Element,
    age_now: Element,
    spell_months: Element,
    months_out: Element,
    first_exit_work: Element,
    first_exit_any: Element,
    returns: Element,
    u_exit_other: Element,
    u_reentry: Element,
) -> Element:
    """Move people between benefit, work and elsewhere; everybody is in exactly one status."""
    going = month.open > 0.5
    on = status < 0.5
    for_work = (status > 0.5) & (status < 1.5)
    elsewhere = (status > 1.5) & (status < 2.5)
    earned = hours / FULL_TIME_HOURS_WEEK * month.wml_net * wage + partner_earnings
    enough = where((earned >= norm) & (hours > 0.0), 1.0, 0.0)
    retired = where(age_now >= p.pension_age, 1.0, 0.0)
    hazard = logistic(leave_drive)
    back = u_reentry < logistic(back_drive)
    works = on & (enough > 0.5) & going
    others = on & (enough < 0.5) & going & ((retired > 0.5) | (u_exit_other < hazard))
    falls = for_work & (enough < 0.5) & going & (retired < 0.5) & back
    comes = falls | (elsewhere & going & (retired < 0.5) & back)
    status_now = where(works, 1.0, where(others, 2.0, where(comes, 0.0, status)))
    leaves = works | others
    return (
        status_now,
        where(works, 1.0, 0.0),
        where(others, 1.0, 0.0),
        where(comes, 1.0, 0.0),
        where(comes, 0.0, where(on & (status_now < 0.5) & going, spell_months + 1.0, spell_months)),
        where(leaves | comes, 0.0, where((for_work | elsewhere) & going, months_out + 1.0, months_out)),
        where(works & (first_exit_work < 0.5), month.t, first_exit_work),
        where(leaves & (first_exit_any < 0.5), month.t, first_exit_any),
        returns + where(comes, 1.0, 0.0),
    )


@LEAVING.stage("premium_due", "bonus_paid")
def earn_bonus(
    exit_work: Element,
    premium_due: Element,
    bonus_paid: Element,
    lever_exit_bonus: Element,
    lever_exit_bonus_times: Element,
) -> Element:
    """A bonus for leaving for work, at most so many times; it is paid with the next premium."""
    earns = (exit_work > 0.5) & (lever_exit_bonus > 0.0) & (bonus_paid < lever_exit_bonus_times)
    # Twelve months of the highest premium and one bonus fit; the bound of the column.
    due = minimum(premium_due + where(earns, lever_exit_bonus, 0.0), _MOST_DUE)
    return due, bonus_paid + where(earns, 1.0, 0.0)
