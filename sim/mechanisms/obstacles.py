"""Obstacles cap hours and offers: health limits hours; language and education limit offers; they compound.

    load = language, education, physical, mental, addiction, care, debt: each where it holds
           + age max(0, years above 45) + compound max(0, number - 1) + exempted work_duty_exempt
    match_drive -= load; search_drive -= search load; broker_drive -= brokered load
    hours_cap = max(40 - hours_health ill - hours_care care, 8), ill = any of physical, mental, addiction
    stress_drive += stress_mental mental + stress_physical physical

Off: no weight and no cap.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import maximum, where

OBSTACLES = mechanism("obstacles")

# Hours of a full week for the healthy, the fewest anybody is left with, and the age from which age is an obstacle.
_FULL_WEEK, _FEWEST = 40.0, 8.0
_OLDER = 45.0


@OBSTACLES.stage("obstacle_load", "hours_cap")
def weigh_obstacles(
    p: Element,
    poor_dutch: Element,
    low_education: Element,
    physical: Element,
    mental: Element,
    addiction: Element,
    care: Element,
    problem_debt: Element,
    work_duty_exempt: Element,
    age_now: Element,
) -> Element:
    """Weight of the obstacles and the hours that are left."""
    number = poor_dutch + low_education + physical + mental + addiction + care + problem_debt
    load = (
        p.language * poor_dutch
        + p.education * low_education
        + p.physical * physical
        + p.mental * mental
        + p.addiction * addiction
        + p.care * care
        + p.debt * problem_debt
        + p.age * maximum(age_now - _OLDER, 0.0)
        + p.compound * maximum(number - 1.0, 0.0)
        + p.exempted * work_duty_exempt
    )
    ill = where(physical + mental + addiction > 0.5, 1.0, 0.0)
    return load, maximum(_FULL_WEEK - p.hours_health * ill - p.hours_care * care, _FEWEST)


@OBSTACLES.stage("match_drive", "search_drive", "broker_drive")
def be_held_back(
    p: Element, match_drive: Element, search_drive: Element, broker_drive: Element, obstacle_load: Element
) -> Element:
    """Obstacles lower the chances and the search; brokerage meets part of them."""
    return (
        match_drive - obstacle_load,
        search_drive - p.search * obstacle_load,
        broker_drive - p.brokered * obstacle_load,
    )


@OBSTACLES.stage("stress_drive")
def suffer(p: Element, stress_drive: Element, mental: Element, physical: Element) -> Element:
    """Complaints raise stress."""
    return stress_drive + p.stress_mental * mental + p.stress_physical * physical
