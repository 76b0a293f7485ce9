"""Scarcity taxes bandwidth.

    scarcity = L(base + shortage (need - income)/need + debt debt/need - buffer clip(buffer/need, -3, 6)
                 + shock unexpected/need)
    stress_drive += stress (scarcity - 1/2)
    belonging_drive += belonging (bandwidth - scarcity)
    bandwidth' = bandwidth + k ((room + room_capacity capacity_to_act)(1 - chi stress^2) - bandwidth)
    search_drive += search (bandwidth - 1/2)

The square makes effects larger for those under much stress; L is the logistic function.
Off: no weight of scarcity in stress, none of stress in bandwidth, none of bandwidth in search and in contact
with others.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, logistic

SCARCITY = mechanism("scarcity")

# Months of need by which a buffer, or arrears, still tell.
_ARREARS, _SAVED = -3.0, 6.0


@SCARCITY.stage("scarcity")
def feel_scarcity(
    p: Element, need: Element, income: Element, debt: Element, buffer: Element, unexpected: Element
) -> Element:
    """Scarcity felt this month."""
    return logistic(
        p.base
        + p.shortage * (need - income) / need
        + p.debt * debt / need
        - p.buffer * clip(buffer / need, _ARREARS, _SAVED)
        + p.shock * unexpected / need
    )


@SCARCITY.stage("stress_drive", "belonging_drive")
def weigh(
    p: Element, stress_drive: Element, belonging_drive: Element, scarcity: Element, bandwidth: Element
) -> Element:
    """Scarcity weighs on stress and keeps people at home."""
    return (stress_drive + p.stress * (scarcity - 0.5), belonging_drive + p.belonging * (bandwidth - scarcity))


@SCARCITY.stage("bandwidth")
def tax_bandwidth(p: Element, bandwidth: Element, stress: Element, capacity_to_act: Element) -> Element:
    """Bandwidth moves to what capacity and stress leave."""
    target = (p.room + p.room_capacity * capacity_to_act) * (1.0 - p.chi * stress * stress)
    return clip(bandwidth + p.k * (target - bandwidth), 0.0, 1.0)


@SCARCITY.stage("search_drive")
def have_room(p: Element, search_drive: Element, bandwidth: Element) -> Element:
    """Bandwidth leaves room for search."""
    return search_drive + p.search * (bandwidth - 0.5)
