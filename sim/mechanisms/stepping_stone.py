"""Stepping stone or trap: part-time work builds experience and network, and makes staying comfortable.

    skill' = skill + learning hours/38 (1 - skill)
    comfort = trap kept_share, for who works beside the benefit, else 0
    match_drive += matching (skill - 0.4)
    growth_drive += growth (skill - 0.4) - comfort
    search_drive -= comfort / 2

Experience decays out of work (see `duration`). The sign of the sum is what the trials can teach.
Off: neither.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.amounts import FULL_TIME_HOURS_WEEK
from sim.policy.elementwise import clip
from sim.problems import Say

STEPPING_STONE = mechanism(
    "stepping_stone",
    Say("stepping stone or trap", "springplank of val"),
    ("nijmegen:m40", "nijmegen:m41", "nijmegen:m42", "nijmegen:m43", "oss:M086", "oss:M111"),
    (
        par(
            "learning",
            0.03,
            "per month",
            0,
            0.3,
            "experience gained in a full-time month",
            "assumption",
            sd=0.3,
            law="lognormal",
        ),
        par(
            "matching",
            1.2,
            "log",
            0,
            5,
            "experience in matching",
            "Nijmegen 2020 par. 3.1: human capital and network (direction)",
            sd=0.4,
            law="lognormal",
            off=0.0,
        ),
        par(
            "growth",
            1.0,
            "log-odds",
            -1,
            5,
            "experience in growing hours",
            "Nijmegen 2020 par. 3.1; assumption",
            sd=0.5,
            off=0.0,
            free=True,
        ),
        par(
            "trap",
            1.0,
            "log-odds",
            -1,
            6,
            "comfort of the share kept against more hours",
            "Nijmegen 2020 par. 2.3; assumption",
            sd=0.5,
            off=0.0,
            free=True,
        ),
    ),
)


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
        match_drive + p.matching * (skill - 0.4),
        growth_drive + p.growth * (skill - 0.4) - comfort,
        search_drive - 0.5 * comfort,
    )
