"""Adaptation: people need months to get used to a regime.

What is felt of a lever moves from the background regime to the new one; adaptation starts at 0 with the
regime and moves to 1.

    adaptation' = adaptation + (1 - 2^(-1/half_life))(1 - adaptation)
    felt(lever) = background + adaptation (lever - background)
    duty = weight_search search_duty + weight_reintegration reintegration_duty + weight_quid quid_pro_quo
    pressure = duty (unenforced + (1 - unenforced) enforcement)(1 - exempt), of felt levers, in 0 .. 1
    autonomy = felt(own_direction), tone_now = felt(tone)

The financial rule as it is known follows in the purse.
Off: adaptation is complete at once.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, half, where

ADAPTATION = mechanism("adaptation")


@ADAPTATION.stage("adaptation")
def adapt(p: Element, adaptation: Element, lever_since_start: Element) -> Element:
    """Start at 0 in the first month of a regime; then move to 1 with the half-life."""
    share = 1.0 - half(p.half_life)
    begun = where(lever_since_start < 1.5, 0.0, adaptation)
    return begun + share * (1.0 - begun)


@ADAPTATION.stage("pressure", "autonomy", "tone_now")
def felt(
    p: Element,
    adaptation: Element,
    work_duty_exempt: Element,
    lever_search_duty: Element,
    bg_search_duty: Element,
    lever_reintegration_duty: Element,
    bg_reintegration_duty: Element,
    lever_quid_pro_quo: Element,
    bg_quid_pro_quo: Element,
    lever_enforcement: Element,
    bg_enforcement: Element,
    lever_own_direction: Element,
    bg_own_direction: Element,
    lever_tone: Element,
    bg_tone: Element,
) -> Element:
    """Blend background and present levers into what is felt; an exempted person feels no duty."""
    search = bg_search_duty + adaptation * (lever_search_duty - bg_search_duty)
    reintegration = bg_reintegration_duty + adaptation * (lever_reintegration_duty - bg_reintegration_duty)
    quid = bg_quid_pro_quo + adaptation * (lever_quid_pro_quo - bg_quid_pro_quo)
    enforcement = bg_enforcement + adaptation * (lever_enforcement - bg_enforcement)
    duty = p.weight_search * search + p.weight_reintegration * reintegration + p.weight_quid * quid
    pressure = duty * (p.unenforced + (1.0 - p.unenforced) * enforcement) * (1.0 - work_duty_exempt)
    return (
        clip(pressure, 0.0, 1.0),
        clip(bg_own_direction + adaptation * (lever_own_direction - bg_own_direction), 0.0, 1.0),
        clip(bg_tone + adaptation * (lever_tone - bg_tone), -1.0, 1.0),
    )
