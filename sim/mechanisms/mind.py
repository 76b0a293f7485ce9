"""The mind: bases of the drives, and how states move to their targets.

    stress' = stress + (1 - 2^(-1/stress_half_life))(L(stress_drive) - stress) + stress_noise shock
    efficacy' = efficacy + (1 - 2^(-1/efficacy_half_life))
                           (L(efficacy_drive + efficacy_interview interviews) - efficacy)

Contact with others, volunteering and informal care are habits that move in the same way with
`habit_half_life`. Book-keeping of the drives; the terms come from the mechanisms.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import clip, half, logistic
from sim.problems import Say

MIND = mechanism(
    "mind",
    Say("the mind", "het hoofd"),
    (),
    (
        par(
            "stress_base",
            -0.9,
            "log-odds",
            -4,
            4,
            "stress of a person without complaints at middling scarcity",
            "Nijmegen 2020 par. 2.5; assumption",
            sd=0.2,
        ),
        par(
            "stress_trait",
            0.7,
            "log-odds per sd",
            0,
            2,
            "weight of a person's own level",
            "assumption",
            sd=0.2,
            law="lognormal",
            off=0.0,
        ),
        par(
            "stress_half_life",
            3.0,
            "months",
            0.5,
            24,
            "half-life of a gap between stress and its target",
            "assumption",
            sd=0.3,
            law="lognormal",
        ),
        par(
            "stress_noise",
            0.05,
            "0..1",
            0,
            0.3,
            "standard deviation of the monthly shock",
            "assumption",
            sd=0.2,
            law="lognormal",
        ),
        par(
            "efficacy_base",
            0.0,
            "log-odds",
            -4,
            4,
            "self-efficacy at the middle of everything",
            "Oss 2020: self-efficacy near the scale's middle; assumption",
            sd=0.2,
        ),
        par(
            "efficacy_employability",
            0.5,
            "log-odds per sd",
            0,
            2,
            "employability in self-efficacy",
            "assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "efficacy_half_life",
            4.0,
            "months",
            0.5,
            24,
            "half-life of a gap in self-efficacy",
            "assumption",
            sd=0.3,
            law="lognormal",
        ),
        par(
            "efficacy_interview",
            0.3,
            "log-odds",
            0,
            3,
            "interviews this month in self-efficacy",
            "assumption",
            sd=0.4,
            law="lognormal",
            off=0.0,
        ),
        par(
            "efficacy_work",
            1.0,
            "log-odds",
            0,
            4,
            "having work in self-efficacy",
            "assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "belonging_base",
            0.2,
            "log-odds",
            -3,
            3,
            "contact with others at the middle",
            "Nijmegen 2020 table 7; assumption",
            sd=0.2,
        ),
        par(
            "belonging_work",
            0.5,
            "log-odds",
            0,
            3,
            "work and volunteering in contact with others",
            "Oss 2020; assumption",
            sd=0.4,
            law="lognormal",
            off=0.0,
        ),
        par(
            "habit_half_life",
            4.0,
            "months",
            0.5,
            36,
            "half-life of social habits",
            "assumption",
            sd=0.3,
            law="lognormal",
        ),
        par(
            "volunteer_base",
            -1.2,
            "log-odds",
            -5,
            3,
            "volunteering at the middle",
            "Nijmegen 2020 table 7; assumption",
            sd=0.3,
        ),
        par(
            "volunteer_hours",
            6.0,
            "hours/week",
            1,
            30,
            "hours of a volunteer",
            "Nijmegen 2020 table 7; assumption",
            sd=0.3,
            law="lognormal",
        ),
        par(
            "care_hours",
            8.0,
            "hours/week",
            1,
            40,
            "hours of a carer",
            "Nijmegen 2020 table 7; assumption",
            sd=0.3,
            law="lognormal",
        ),
    ),
    core=True,
)


@MIND.stage("stress_drive", "trust_drive", "efficacy_drive", "belonging_drive", "volunteer_drive")
def begin(
    p: Element, stress_trait: Element, employability: Element, working: Element, volunteering: Element
) -> Element:
    """Start every drive of the mind at its base."""
    return (
        p.stress_base + p.stress_trait * stress_trait,
        0.0,
        p.efficacy_base + p.efficacy_employability * employability + p.efficacy_work * working,
        p.belonging_base + p.belonging_work * (working + volunteering - 0.3),
        p.volunteer_base - 0.5 * working,
    )


@MIND.stage("stress")
def move_stress(
    p: Element, stress: Element, stress_drive: Element, u_stress_shock_a: Element, u_stress_shock_b: Element
) -> Element:
    """Stress moves to its target and is shaken; the shock is a triangular draw of unit variance."""
    share = 1.0 - half(p.stress_half_life)
    shock = (u_stress_shock_a + u_stress_shock_b - 1.0) * 2.449489742783178
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
    together = belonging + share * (logistic(belonging_drive - 1.0 * month.lockdown) - belonging)
    helping = volunteering + share * (logistic(volunteer_drive + bandwidth - 0.5 - 1.5 * month.lockdown) - volunteering)
    target_care = logistic(volunteer_drive + 0.3 + 1.2 * care - 0.4 * male - 0.5 * working)
    giving = caring + share * (target_care - caring)
    return (
        clip(together, 0.0, 1.0),
        clip(helping, 0.0, 1.0),
        clip(giving, 0.0, 1.0),
        p.volunteer_hours * helping,
        p.care_hours * giving,
    )
