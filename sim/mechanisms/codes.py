"""What a household code stands for, as 1 or 0: codes of `sim.people.columns` lie half a unit apart from a bound."""

from __future__ import annotations

from sim.mechanisms.base import Element
from sim.policy.elementwise import where

__all__ = ["is_couple", "is_single_parent"]


def is_single_parent(household: Element) -> Element:
    """Return 1 for a single parent, else 0."""
    return where((household > 0.5) & (household < 1.5), 1.0, 0.0)


def is_couple(household: Element) -> Element:
    """Return 1 for a couple, else 0."""
    return where(household > 1.5, 1.0, 0.0)
