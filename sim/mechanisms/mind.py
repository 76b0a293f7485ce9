"""The mind: bases of the drives, and how states move to their targets.

    stress' = stress + (1 - 2^(-1/stress_half_life))(L(stress_drive) - stress) + stress_noise shock
    efficacy' = efficacy + (1 - 2^(-1/efficacy_half_life))
                           (L(efficacy_drive + efficacy_interview interviews) - efficacy)

Contact with others, volunteering and informal care are habits that move in the same way with
`habit_half_life`. Book-keeping of the drives; the terms come from the mechanisms.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, half, logistic

MIND = mechanism("mind")

# Centre of work and volunteering together in company; scale of two uniform draws to unit variance (root of 6).
_USUAL_COMPANY = 0.3
_UNIT = 2.449489742783178


@MIND.stage("stress_drive", "trust_drive", "efficacy_drive", "belonging_drive", "volunteer_drive")
def begin(
    p: Element, stress_trait: Element, employability: Element, working: Element, volunteering: Element
) -> Element:
    """Start every drive of the mind at its base."""
    return (
        p.stress_base + p.stress_trait * stress_trait,
        0.0,
        p.efficacy_base + p.efficacy_employability * employability + p.efficacy_work * working,
        p.belonging_base + p.belonging_work * (working + volunteering - _USUAL_COMPANY),
        p.volunteer_base - p.volunteer_work * working,
    )


@MIND.stage("stress")
def move_stress(
    p: Element, stress: Element, stress_drive: Element, u_stress_shock_a: Element, u_stress_shock_b: Element
) -> Element:
    """Stress moves to its target and is shaken; the shock is a triangular draw of unit variance."""
    share = 1.0 - half(p.stress_half_life)
    shock = (u_stress_shock_a + u_stress_shock_b - 1.0) * _UNIT
    return clip(stress + share * (logistic(stress_drive) - stress) + p.stress_noise * shock, 0.0, 1.0)


@MIND.stage("efficacy")
def move_efficacy(p: Element, efficacy: Element, efficacy_drive: Element, interviews: Element) -> Element:
    """Self-efficacy moves to its target; this month's interviews count."""
    share = 1.0 - half(p.efficacy_half_life)
    return clip(efficacy + share * (logistic(efficacy_drive + p.efficacy_interview * interviews) - efficacy), 0.0, 1.0)


@MIND.stage("belonging", "volunteering", "caring", "volunteer_hours", "care_hours")
def move_habits(
    p: Element,
    month: Element,
    belonging: Element,
    belonging_drive: Element,
    volunteering: Element,
    volunteer_drive: Element,
    caring: Element,
    care: Element,
    bandwidth: Element,
    working: Element,
    male: Element,
) -> Element:
    """Contact with others, volunteering and informal care are habits; a lockdown closes volunteering."""
    share = 1.0 - half(p.habit_half_life)
    together = belonging + share * (logistic(belonging_drive - p.lockdown_company * month.lockdown) - belonging)
    helping = volunteering + share * (
        logistic(volunteer_drive + bandwidth - 0.5 - p.lockdown_volunteering * month.lockdown) - volunteering
    )
    target_care = logistic(
        volunteer_drive + p.care_base + p.care_duty * care - p.care_male * male - p.care_work * working
    )
    giving = caring + share * (target_care - caring)
    return (
        clip(together, 0.0, 1.0),
        clip(helping, 0.0, 1.0),
        clip(giving, 0.0, 1.0),
        p.volunteer_hours * helping,
        p.care_hours * giving,
    )
