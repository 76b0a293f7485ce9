"""Trust and reciprocity: it grows slowly and falls fast; trust given is answered with effort.

    target = L(base + trust_drive + tone tone_now + autonomy autonomy)
    trust' = (trust + (k_up if target > trust else k_down)(target - trust))
             (1 - min(sanction_jump (1 + bite), 1) sanction)(1 - check_jump checked)
    social_trust' = social_trust + social ((trust' + belonging)/2 - social_trust)
    search_drive += effort (trust - 1/2)
    P(checked) = checks / 12

Trust moves only while on benefit. A check is a fraud inquiry or a recovery claim.
Off: tone, own direction and jumps have no effect, trust has none on effort, social trust does not follow.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, logistic, minimum, where

TRUST = mechanism("trust")


@TRUST.stage("checked")
def be_checked(month: Element, in_benefit: Element, lever_checks: Element, u_check: Element) -> Element:
    """Draw whether a fraud inquiry or recovery claim comes this month."""
    return where(u_check < lever_checks / 12.0, 1.0, 0.0) * in_benefit * month.open


@TRUST.stage("trust", "social_trust")
def move_trust(
    p: Element,
    trust: Element,
    social_trust: Element,
    trust_drive: Element,
    belonging: Element,
    tone_now: Element,
    autonomy: Element,
    sanction_new: Element,
    bite: Element,
    checked: Element,
    in_benefit: Element,
) -> Element:
    """Move trust to its target, slowly up and fast down; then the jumps."""
    target = logistic(p.base + trust_drive + p.tone * tone_now + p.autonomy * autonomy)
    rate = where(target > trust, p.k_up, p.k_down)
    moved = trust + rate * (target - trust) * in_benefit
    fall = minimum(p.sanction_jump * (1.0 + bite), 1.0)
    jumped = moved * (1.0 - fall * sanction_new) * (1.0 - p.check_jump * checked)
    wider = social_trust + p.social * (0.5 * (jumped + belonging) - social_trust)
    return clip(jumped, 0.0, 1.0), clip(wider, 0.0, 1.0)


@TRUST.stage("search_drive")
def give_back(p: Element, search_drive: Element, trust: Element, in_benefit: Element) -> Element:
    """Effort answers trust."""
    return search_drive + p.effort * (trust - 0.5) * in_benefit
