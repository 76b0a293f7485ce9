"""Anticipation: an announced end changes behaviour before it comes.

    anticipation = exp(-months_to_end / horizon), 0 when no end is announced
    stress_drive += stress anticipation
    search_drive += search anticipation

Worry, and a push before the old duties come back.
Off: both weights are 0.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import exp, where

ANTICIPATION = mechanism("anticipation")

# Months to the end from which no end is announced.
_NO_END = 900.0


@ANTICIPATION.stage("anticipation")
def nearness(p: Element, lever_months_to_end: Element) -> Element:
    """Nearness of the announced end, 0 when none is announced (999 months or more)."""
    return where(lever_months_to_end < _NO_END, exp(-lever_months_to_end / p.horizon), 0.0)


@ANTICIPATION.stage("stress_drive")
def worry(p: Element, stress_drive: Element, anticipation: Element) -> Element:
    """Add worry to the target of stress."""
    return stress_drive + p.stress * anticipation


@ANTICIPATION.stage("search_drive")
def hurry(p: Element, search_drive: Element, anticipation: Element) -> Element:
    """Add the push to search before the end."""
    return search_drive + p.search * anticipation
