"""Own direction after a start: letting go works after people have learned self-reliance.

    direction_skill' = direction_skill + learning training min(contacts, 1)(1 - direction_skill)
                       - forgetting direction_skill
    search_drive += effect autonomy (capacity_to_act + direction_skill - threshold)

Off: nothing is learned and own direction does not touch search.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import clip, minimum
from sim.problems import Say

OWN_DIRECTION = mechanism(
    "own_direction",
    Say("own direction after a start", "eigen regie na een start"),
    ("oss:M035", "oss:M073", "oss:M074", "oss:M075", "nijmegen:m83"),
    (
        par(
            "learning",
            0.10,
            "per month",
            0,
            0.5,
            "self-reliance learned under full training with a contact",
            "Oss 2020 par. 3.3; assumption",
            sd=0.5,
            law="lognormal",
            off=0.0,
        ),
        par("forgetting", 0.01, "per month", 0, 0.2, "self-reliance lost", "assumption", sd=0.4, law="lognormal"),
        par(
            "effect",
            1.0,
            "log-odds",
            -1,
            4,
            "search by own direction above the threshold",
            "Oss 2020 par. 3.3; assumption",
            sd=0.5,
            off=0.0,
        ),
        par(
            "threshold",
            0.5,
            "0..1",
            0,
            1.5,
            "capacity and self-reliance needed before letting go helps",
            "Oss 2020 par. 3.3; assumption",
            sd=0.15,
        ),
    ),
)


@OWN_DIRECTION.stage("direction_skill")
def learn(p: Element, direction_skill: Element, contacts: Element, lever_self_reliance_training: Element) -> Element:
    """Learn with contact, forget slowly."""
    taught = p.learning * lever_self_reliance_training * minimum(contacts, 1.0)
    return clip(direction_skill + taught * (1.0 - direction_skill) - p.forgetting * direction_skill, 0.0, 1.0)


@OWN_DIRECTION.stage("search_drive")
def direct_oneself(
    p: Element, search_drive: Element, autonomy: Element, capacity_to_act: Element, direction_skill: Element
) -> Element:
    """Own direction helps above the threshold and leaves people adrift below it."""
    return search_drive + p.effect * autonomy * (capacity_to_act + direction_skill - p.threshold)
