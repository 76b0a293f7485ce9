"""Movers and stayers: people differ in their chance of leaving, beyond what is seen of them.

Part of those who come leave soon, part stay for years. That the share who leave falls with the spell is then
largely who is left, not what the spell did to them (which is `duration`).

    leave_drive += spread mobility - rooted min(obstacle_load, 3) - exempted work_duty_exempt
    match_drive += work mobility

`mobility` ~ N(0, 1) among those who come in, lower with obstacles and exemption; the sitting stock has the
mobility that is left after its spell (`movers_left` of its recipe). `obstacle_load` is in log.
Off: people are alike but for their traits.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import minimum

MOVERS_STAYERS = mechanism("movers_stayers")

# Beyond this load of obstacles nobody is rooted more deeply.
_HEAVIEST = 3.0


@MOVERS_STAYERS.stage("leave_drive", "match_drive")
def move_or_stay(
    p: Element,
    leave_drive: Element,
    match_drive: Element,
    mobility: Element,
    obstacle_load: Element,
    work_duty_exempt: Element,
) -> Element:
    """Movers leave sooner; obstacles and exemption keep people."""
    rooted = p.rooted * minimum(obstacle_load, _HEAVIEST) + p.exempted * work_duty_exempt
    return leave_drive + p.spread * mobility - rooted, match_drive + p.work * mobility
