"""Stepping stone or trap: part-time work builds experience and network, and makes staying comfortable.

    skill' = skill + learning hours/38 (1 - skill)
    comfort = trap kept_share, for who works beside the benefit, else 0
    match_drive += matching (skill - 0.4)
    growth_drive += growth (skill - 0.4) - comfort
    search_drive -= ease comfort

Experience decays out of work (see `duration`). The sign of the sum is what the trials can teach.
Off: neither.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.amounts import FULL_TIME_HOURS_WEEK
from sim.policy.elementwise import clip

STEPPING_STONE = mechanism("stepping_stone")

# Experience of the usual recipient: the centre of its weights.
_USUAL_SKILL = 0.4


@STEPPING_STONE.stage("skill")
def gain_experience(p: Element, skill: Element, hours: Element) -> Element:
    """Experience grows with hours worked."""
    return clip(skill + p.learning * (hours / FULL_TIME_HOURS_WEEK) * (1.0 - skill), 0.0, 1.0)


@STEPPING_STONE.stage("match_drive", "growth_drive", "search_drive")
def step_up(
    p: Element,
    match_drive: Element,
    growth_drive: Element,
    search_drive: Element,
    skill: Element,
    kept_share: Element,
    working: Element,
    in_benefit: Element,
) -> Element:
    """Experience helps; comfort holds back those who work beside the benefit."""
    comfort = p.trap * kept_share * working * in_benefit
    return (
        match_drive + p.matching * (skill - _USUAL_SKILL),
        growth_drive + p.growth * (skill - _USUAL_SKILL) - comfort,
        search_drive - p.ease * comfort,
    )
