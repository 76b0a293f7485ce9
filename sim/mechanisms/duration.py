"""Duration dependence: exit declines with the spell, from heterogeneity and from real loss, told apart.

    skill' = skill (1 - skill_decay) out of work
    lost = min(y / 5, 1) + steepens clip((y - 5) / 5, 0, 1), y years on benefit
    match_drive -= stigma lost; efficacy_drive -= confidence lost

Heterogeneity is in the traits (`movers_stayers`). Real loss: experience fades out of work, and long spells lower
matching (employers' stigma) and confidence by themselves: nearly in a line up to five years, then by `steepens`
times as much again over the next five.
Off: no loss; what decline remains is heterogeneity alone.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, minimum

DURATION = mechanism("duration")

# Months up to which the loss is nearly in a line (Oss 2020, figure 3.1.1).
_FIVE_YEARS = 60.0


@DURATION.stage("skill")
def lose_experience(p: Element, skill: Element, working: Element) -> Element:
    """Experience fades out of work."""
    return clip(skill * (1.0 - p.skill_decay * (1.0 - working)), 0.0, 1.0)


@DURATION.stage("match_drive", "efficacy_drive")
def be_away_long(
    p: Element, match_drive: Element, efficacy_drive: Element, spell_months: Element, in_benefit: Element
) -> Element:
    """A long spell lowers matching and confidence, after five years by more."""
    periods = spell_months / _FIVE_YEARS
    share = (minimum(periods, 1.0) + p.steepens * clip(periods - 1.0, 0.0, 1.0)) * in_benefit
    return match_drive - p.stigma * share, efficacy_drive - p.confidence * share
