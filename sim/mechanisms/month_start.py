"""The start of a month: who has entered, how old they are, who works; and the start of every drive.

Book-keeping, not a claim: it cannot be switched off.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import where

MONTH_START = mechanism("month_start")


@MONTH_START.stage("status", "spell_months", "present", "in_benefit", "working", "age_now")
def enter(
    month: Element, status: Element, entry_month: Element, spell_months: Element, hours: Element, age: Element
) -> Element:
    """Let people in at their entry month: status 3 (not entered) becomes 0 (on benefit)."""
    enters = (status > 2.5) & (month.t >= entry_month) & (month.open > 0.5)
    status_now = where(enters, 0.0, status)
    return (
        status_now,
        where(enters, 0.0, spell_months),
        where(status_now > 2.5, 0.0, 1.0),
        where(status_now < 0.5, 1.0, 0.0),
        where(hours > 0.0, 1.0, 0.0),
        age + month.years,
    )
