"""Obstacles cap hours and offers: health limits hours; language and education limit offers; they compound.

    load = language, education, physical, mental, addiction, care, debt: each where it holds
           + age max(0, years above 45) + compound max(0, number - 1) + exempted work_duty_exempt
    match_drive -= load; search_drive -= search load; broker_drive -= load / 2
    hours_cap = max(40 - hours_health ill - hours_care care, 8), ill = any of physical, mental, addiction
    stress_drive += stress_mental mental + stress_physical physical

Off: no weight and no cap.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import maximum, where
from sim.problems import Say

OBSTACLES = mechanism(
    "obstacles",
    Say("obstacles cap hours and offers", "belemmeringen begrenzen uren en kansen"),
    ("nijmegen:m38", "nijmegen:m39", "oss:M089", "oss:M082"),
    (
        par(
            "language",
            0.7,
            "log",
            0,
            3,
            "poor Dutch in matching",
            "Nijmegen 2020 par. 2.1 (direction); assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "education",
            0.4,
            "log",
            0,
            3,
            "low education in matching",
            "Oss 2020: over 70% without starting qualification; assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "physical",
            0.7,
            "log",
            0,
            3,
            "physical complaints in matching",
            "Oss 2020: no chance for the ill; assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "mental",
            0.7,
            "log",
            0,
            3,
            "mental complaints in matching",
            "Oss 2020; assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par("addiction", 1.0, "log", 0, 4, "addiction in matching", "assumption", sd=0.3, law="lognormal", off=0.0),
        par("care", 0.3, "log", 0, 3, "care duties in matching", "assumption", sd=0.3, law="lognormal", off=0.0),
        par("debt", 0.2, "log", 0, 3, "problem debt in matching", "assumption", sd=0.3, law="lognormal", off=0.0),
        par(
            "age",
            0.03,
            "log per year",
            0,
            0.1,
            "years above 45 in matching",
            "Oss 2020: no chance for the old; assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "compound",
            0.3,
            "log",
            0,
            2,
            "each further obstacle on top",
            "Nijmegen 2020 par. 2.1; assumption",
            sd=0.4,
            law="lognormal",
            off=0.0,
        ),
        par(
            "search",
            0.4,
            "share",
            0,
            2,
            "part of the load that also weighs on search",
            "Oss 2020: 30% passive because of health",
            sd=0.4,
            law="lognormal",
            off=0.0,
        ),
        par(
            "hours_health",
            12.0,
            "hours/week",
            0,
            30,
            "hours that a health complaint takes away",
            "Nijmegen 2020 par. 2.1; assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "hours_care",
            8.0,
            "hours/week",
            0,
            30,
            "hours that care takes away",
            "assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "stress_mental",
            0.9,
            "log-odds",
            0,
            3,
            "mental complaints in stress",
            "assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "stress_physical",
            0.3,
            "log-odds",
            0,
            3,
            "physical complaints in stress",
            "assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "exempted",
            1.5,
            "log",
            0,
            5,
            "exemption from the duty to work in matching",
            "assumption: exempted people hardly move to work",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
    ),
)


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
        + p.age * maximum(age_now - 45.0, 0.0)
        + p.compound * maximum(number - 1.0, 0.0)
        + p.exempted * work_duty_exempt
    )
    ill = where(physical + mental + addiction > 0.5, 1.0, 0.0)
    return load, maximum(40.0 - p.hours_health * ill - p.hours_care * care, 8.0)


@OBSTACLES.stage("match_drive", "search_drive", "broker_drive")
def be_held_back(
    p: Element, match_drive: Element, search_drive: Element, broker_drive: Element, obstacle_load: Element
) -> Element:
    """Obstacles lower the chances and the search; brokerage meets half of them."""
    return (match_drive - obstacle_load, search_drive - p.search * obstacle_load, broker_drive - 0.5 * obstacle_load)


@OBSTACLES.stage("stress_drive")
def suffer(p: Element, stress_drive: Element, mental: Element, physical: Element) -> Element:
    """Complaints raise stress."""
    return stress_drive + p.stress_mental * mental + p.stress_physical * physical
