"""What a survey would find before its noise: scales loaded on states, person by person.

Each scale runs from 0 to 10: ``10 L(base + loadings)``; `sim.outcomes.measurement` puts it on each report's own
scale and adds the noise of answering. Measurement parameters have priors: a scale never fits by itself.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import logistic

SURVEY = mechanism("survey")

# Scales run from 0 to ten. Centres: own direction and volunteering of the usual recipient.
_TEN = 10.0
_USUAL_DIRECTION = 0.1
_USUAL_VOLUNTEERING = 0.3


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
        _TEN
        * logistic(
            p.wellbeing
            - p.wellbeing_stress * (stress - 0.5)
            + p.wellbeing_others * (belonging - 0.5)
            + p.wellbeing_work * working
        ),
        _TEN
        * logistic(
            p.health - p.health_complaints * (physical + p.health_mental * mental) - p.health_stress * (stress - 0.5)
        ),
        _TEN
        * logistic(
            p.freedom + p.freedom_autonomy * (autonomy - _USUAL_DIRECTION) - p.freedom_scarcity * (scarcity - 0.5)
        ),
        _TEN
        * logistic(
            p.direction
            + p.direction_efficacy * (efficacy - 0.5)
            + direction_skill
            + p.direction_capacity * (capacity_to_act - 0.5)
        ),
        _TEN
        * logistic(
            p.participation
            + p.participation_company * (belonging - 0.5)
            + p.participation_volunteering * (volunteering - _USUAL_VOLUNTEERING)
            + p.participation_work * working
            + p.participation_trust * (social_trust - 0.5)
        ),
        logistic(p.deprivation + p.deprivation_scarcity * (scarcity - 0.5)),
    )
