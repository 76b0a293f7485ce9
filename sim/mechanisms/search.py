"""Search: effort, hours and applications from the sum of its drives.

    search_drive = base + efficacy (self-efficacy - 1/2) - employed hours/38 + the terms of the mechanisms
    effort = L(search_drive) of who is on benefit or without a job; the part settled of it for who left and works;
             0 from age 66.5

Hours and applications are proportional to effort.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.amounts import FULL_TIME_HOURS_WEEK
from sim.policy.elementwise import logistic, where

SEARCH = mechanism("search")

# Half a year before the pension age nobody searches.
_LAST_AGE = 66.5


@SEARCH.stage("search_drive")
def begin_search(p: Element, efficacy: Element, hours: Element) -> Element:
    """Start at the base, with confidence and present work."""
    return p.base + p.efficacy * (efficacy - 0.5) - p.employed * hours / FULL_TIME_HOURS_WEEK


@SEARCH.stage("search_effort", "search_hours", "applications")
def search(
    p: Element, search_drive: Element, present: Element, in_benefit: Element, working: Element, age_now: Element
) -> Element:
    """Turn the drive into effort, hours and applications."""
    seeking = where((in_benefit > 0.5) | (working < 0.5), present, p.settled * present) * where(
        age_now < _LAST_AGE, 1.0, 0.0
    )
    effort = logistic(search_drive) * seeking
    return effort, p.hours * effort, p.applications * effort
