"""Caseworkers differ: a quality of their own works in what they do for people, and new ways must be learned.

    skilled = exp(sigma quality)(1 - learning new exp(-since_start / learning_time))
    match_drive += matching quality; trust_drive += trust quality; efficacy_drive += motivation quality

with quality ~ N(0, 1) per caseworker, for those on benefit: the same quality works in contacts, matching, trust
and confidence, with a weight for each. `new` is 1 where the regime asks for more contacts than the background; the
first months of it are worth less.
Off: all caseworkers are alike and know their job.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import exp, where

CASEWORKERS = mechanism("caseworkers")


@CASEWORKERS.stage("skilled", "match_drive", "trust_drive", "efficacy_drive")
def skill_of_caseworker(
    p: Element,
    quality: Element,
    in_benefit: Element,
    match_drive: Element,
    trust_drive: Element,
    efficacy_drive: Element,
    lever_contacts: Element,
    bg_contacts: Element,
    lever_since_start: Element,
) -> Element:
    """What a contact with this caseworker is worth, and what the caseworker does beside it."""
    new = where(lever_contacts > bg_contacts, 1.0, 0.0)
    unlearned = p.learning * new * exp(-lever_since_start / p.learning_time)
    own = quality * in_benefit
    return (
        exp(p.sigma * quality) * (1.0 - unlearned),
        match_drive + p.matching * own,
        trust_drive + p.trust * own,
        efficacy_drive + p.motivation * own,
    )
