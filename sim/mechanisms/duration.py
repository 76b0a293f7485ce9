"""Duration dependence: exit declines with the spell, from heterogeneity and from real loss, told apart.

    skill' = skill (1 - skill_decay) out of work
    lost = 1 - exp(-spell_months / (12 years)), on benefit
    match_drive -= stigma lost; efficacy_drive -= confidence lost

Heterogeneity is in the traits. Real loss: experience fades out of work, and long spells lower matching
(employers' stigma) and confidence by themselves, saturating after years.
Off: no loss; what decline remains is heterogeneity alone.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, exp

DURATION = mechanism("duration")


@DURATION.stage("skill")
def lose_experience(p: Element, skill: Element, working: Element) -> Element:
    """Experience fades out of work."""
    return clip(skill * (1.0 - p.skill_decay * (1.0 - working)), 0.0, 1.0)


@DURATION.stage("match_drive", "efficacy_drive")
def be_away_long(
    p: Element, match_drive: Element, efficacy_drive: Element, spell_months: Element, in_benefit: Element
) -> Element:
    """A long spell lowers matching and confidence, saturating."""
    share = (1.0 - exp(-spell_months / (12.0 * p.years))) * in_benefit
    return match_drive - p.stigma * share, efficacy_drive - p.confidence * share
