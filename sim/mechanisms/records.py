"""Records: the sums that run from the start."""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import where

RECORDS = mechanism("records")

# Hours a week from which work is full-time: the highest band of the trial reports.
_FULL_TIME = 32.0


@RECORDS.stage("earnings_sum", "benefit_sum", "income_sum", "months_worked", "part_time_months")
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
    part_time_months: Element,
) -> Element:
    """Add this month to the sums."""
    counts = present * month.open
    return (
        earnings_sum + earnings * counts,
        benefit_sum + paid * counts,
        income_sum + income * counts,
        months_worked + where(hours > 0.0, counts, 0.0),
        part_time_months + where((hours > 0.0) & (hours < _FULL_TIME), counts, 0.0),
    )
