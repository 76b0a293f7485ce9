"""What a survey would find before its noise: scales loaded on states, person by person.

Each scale runs from 0 to 10: ``10 L(base + loadings)``; `sim.outcomes.measurement` puts it on each report's own
scale and adds the noise of answering. Measurement parameters have priors: a scale never fits by itself.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import logistic
from sim.problems import Say

SURVEY = mechanism(
    "survey",
    Say("what a survey finds", "wat een enquête vindt"),
    (),
    (
        par(
            "wellbeing",
            0.35,
            "log-odds",
            -3,
            3,
            "well-being at the middle",
            "Oss 2020 table 3.1.8: 5.5-6 on 0-10",
            sd=0.15,
        ),
        par("wellbeing_stress", 1.6, "log-odds", 0, 5, "stress in well-being", "assumption", sd=0.25, law="lognormal"),
        par(
            "wellbeing_others",
            1.2,
            "log-odds",
            0,
            5,
            "contact with others in well-being",
            "Oss 2020: participation raises happiness; assumption",
            sd=0.25,
            law="lognormal",
        ),
        par("wellbeing_work", 0.3, "log-odds", 0, 3, "work in well-being", "assumption", sd=0.3, law="lognormal"),
        par("health", 0.7, "log-odds", -3, 3, "health at the middle", "Oss 2020 table 3.1.9; assumption", sd=0.2),
        par(
            "health_complaints",
            0.9,
            "log-odds",
            0,
            4,
            "each complaint in health",
            "assumption",
            sd=0.25,
            law="lognormal",
        ),
        par("health_stress", 0.8, "log-odds", 0, 4, "stress in health", "assumption", sd=0.25, law="lognormal"),
        par(
            "freedom",
            -0.4,
            "log-odds",
            -3,
            3,
            "choice freedom at the middle",
            "Oss 2020 table 3.1.10: about 4 on 0-10",
            sd=0.2,
        ),
        par(
            "freedom_autonomy",
            1.0,
            "log-odds",
            0,
            4,
            "own direction in choice freedom",
            "assumption",
            sd=0.3,
            law="lognormal",
        ),
        par(
            "freedom_scarcity",
            1.0,
            "log-odds",
            0,
            4,
            "scarcity in choice freedom",
            "assumption",
            sd=0.3,
            law="lognormal",
        ),
        par(
            "direction",
            0.2,
            "log-odds",
            -3,
            3,
            "self-reliance as reported at the middle",
            "Oss 2020 table 3.1.11; assumption",
            sd=0.2,
        ),
        par(
            "participation",
            -0.1,
            "log-odds",
            -3,
            3,
            "social participation at the middle",
            "Oss 2020 table 3.1.12: about 4.7 on 0-10",
            sd=0.15,
        ),
        par(
            "deprivation",
            -0.2,
            "log-odds",
            -3,
            3,
            "deprivation at middling scarcity",
            "Oss 2020: 40-50% deprived",
            sd=0.2,
        ),
        par(
            "deprivation_scarcity",
            3.0,
            "log-odds",
            0,
            8,
            "scarcity in deprivation",
            "assumption",
            sd=0.3,
            law="lognormal",
        ),
    ),
    core=True,
)


@SURVEY.stage("wellbeing", "health", "choice_freedom", "self_direction", "participation_score", "deprivation")
def answer_scales(
    p: Element,
    stress: Element,
    belonging: Element,
    working: Element,
    physical: Element,
    mental: Element,
    autonomy: Element,
    scarcity: Element,
    efficacy: Element,
    direction_skill: Element,
    capacity_to_act: Element,
    volunteering: Element,
    social_trust: Element,
) -> Element:
    """Expected answers of this month."""
    return (
        10.0
        * logistic(
            p.wellbeing
            - p.wellbeing_stress * (stress - 0.5)
            + p.wellbeing_others * (belonging - 0.5)
            + p.wellbeing_work * working
        ),
        10.0 * logistic(p.health - p.health_complaints * (physical + 0.7 * mental) - p.health_stress * (stress - 0.5)),
        10.0 * logistic(p.freedom + p.freedom_autonomy * (autonomy - 0.1) - p.freedom_scarcity * (scarcity - 0.5)),
        10.0 * logistic(p.direction + 1.5 * (efficacy - 0.5) + direction_skill + 1.0 * (capacity_to_act - 0.5)),
        10.0
        * logistic(
            p.participation
            + 1.0 * (belonging - 0.5)
            + 1.2 * (volunteering - 0.3)
            + 0.5 * working
            + 0.5 * (social_trust - 0.5)
        ),
        logistic(p.deprivation + p.deprivation_scarcity * (scarcity - 0.5)),
    )
