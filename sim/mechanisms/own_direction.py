"""Own direction after a start: letting go works after people have learned self-reliance.

    direction_skill' = direction_skill + learning training min(contacts, 1)(1 - direction_skill)
                       - forgetting direction_skill
    search_drive += effect autonomy (capacity_to_act + direction_skill - threshold)

Off: nothing is learned and own direction does not touch search.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, minimum

OWN_DIRECTION = mechanism("own_direction")


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
