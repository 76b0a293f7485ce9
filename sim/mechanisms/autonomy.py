"""Autonomy and crowding out: own direction feeds the wish to work; pressure drives it out.

    target = intrinsic + raises autonomy (1 - intrinsic) - crowds pressure intrinsic
    motivation' = motivation + k (target - motivation)
    search_drive += search (motivation - 1/2)
    stress_drive -= 2 stress autonomy (capacity_to_act + direction_skill/2 - threshold)
    volunteer_drive += care (1/2 - pressure)

Own direction relieves those who can handle it and burdens those who cannot.
Off: motivation moves to the intrinsic trait, and neither it nor own direction weighs anything.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip

AUTONOMY = mechanism("autonomy")


@AUTONOMY.stage("motivation")
def be_motivated(
    p: Element, motivation: Element, intrinsic_motivation: Element, autonomy: Element, pressure: Element
) -> Element:
    """Move autonomous motivation to its target."""
    target = (
        intrinsic_motivation
        + p.raises * autonomy * (1.0 - intrinsic_motivation)
        - p.crowds * pressure * intrinsic_motivation
    )
    return clip(motivation + p.k * (target - motivation), 0.0, 1.0)


@AUTONOMY.stage("search_drive")
def want_to(p: Element, search_drive: Element, motivation: Element) -> Element:
    """Motivation drives search."""
    return search_drive + p.search * (motivation - 0.5)


@AUTONOMY.stage("stress_drive")
def breathe(
    p: Element, stress_drive: Element, autonomy: Element, capacity_to_act: Element, direction_skill: Element
) -> Element:
    """Own direction relieves those who can handle it and burdens those who cannot."""
    return stress_drive - p.stress * autonomy * 2.0 * (capacity_to_act + 0.5 * direction_skill - p.threshold)


@AUTONOMY.stage("volunteer_drive")
def be_free_to_help(p: Element, volunteer_drive: Element, pressure: Element) -> Element:
    """Less pressure leaves room for volunteering and care."""
    return volunteer_drive + p.care * (0.5 - pressure)
