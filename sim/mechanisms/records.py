"""Records: the sums that run from the start."""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import where

RECORDS = mechanism("records")


@RECORDS.stage("earnings_sum", "benefit_sum", "income_sum", "months_worked")
def add_up(
    month: Element,
    present: Element,
    earnings: Element,
    paid: Element,
    income: Element,
    hours: Element,
    earnings_sum: Element,
    benefit_sum: Element,
    income_sum: Element,
    months_worked: Element,
) -> Element:
    """Add this month to the sums."""
    counts = present * month.open
    return (
        earnings_sum + earnings * counts,
        benefit_sum + paid * counts,
        income_sum + income * counts,
        months_worked + where(hours > 0.0, counts, 0.0),
    )
