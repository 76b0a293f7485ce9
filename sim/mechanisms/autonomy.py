"""Autonomy and crowding out: own direction feeds the wish to work; pressure drives it out.

    target = intrinsic + raises autonomy (1 - intrinsic) - crowds pressure intrinsic
    motivation' = motivation + k (target - motivation)
    search_drive += search (motivation - 1/2)
    stress_drive -= 2 stress autonomy (capacity_to_act + direction_skill/2 - 0.4)
    volunteer_drive += care (1/2 - pressure)

Own direction relieves those who can handle it and burdens those who cannot.
Off: motivation moves to the intrinsic trait, and neither it nor own direction weighs anything.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import clip
from sim.problems import Say

AUTONOMY = mechanism(
    "autonomy",
    Say("autonomy and crowding out", "autonomie en verdringing van motivatie"),
    ("oss:M020", "oss:M021", "oss:M022", "oss:M031", "nijmegen:m31", "nijmegen:m49", "nijmegen:m58"),
    (
        par(
            "raises",
            0.3,
            "share",
            0,
            1,
            "motivation gained by full autonomy",
            "Oss 2020 hypothesis; assumption",
            sd=0.15,
            off=0.0,
        ),
        par(
            "crowds",
            0.35,
            "share",
            0,
            1,
            "intrinsic motivation lost under full pressure",
            "Oss 2020: crowding out (review quoted)",
            sd=0.15,
            off=0.0,
            free=True,
        ),
        par(
            "k",
            0.08,
            "per month",
            0.01,
            0.5,
            "share of the way to the target",
            "assumption: half-life eight months",
            sd=0.4,
            law="lognormal",
        ),
        par(
            "search",
            1.5,
            "log-odds",
            -1,
            5,
            "autonomous motivation in search",
            "Oss 2020 hypothesis; assumption",
            sd=0.5,
            off=0.0,
            free=True,
        ),
        par(
            "stress",
            0.25,
            "log-odds",
            0,
            2,
            "relief by own direction for those who can",
            "Nijmegen 2020: autonomy lowers load; assumption",
            sd=0.5,
            law="lognormal",
            off=0.0,
        ),
        par(
            "care",
            0.5,
            "log-odds",
            0,
            3,
            "informal care and volunteering freed from pressure",
            "Nijmegen 2020 table 7: informal care +1.1..+1.4 hours",
            sd=0.5,
            law="lognormal",
            off=0.0,
        ),
    ),
)


@AUTONOMY.stage("motivation")
def be_motivated(
    p: Element, motivation: Element, intrinsic_motivation: Element, autonomy: Element, pressure: Element
) -> Element:
    """Move autonomous motivation to its target."""
    target = (
        intrinsic_motivation
        + p.raises * autonomy * (1.0 - intrinsic_motivation)
        - p.crowds * pressure * intrinsic_motivation
    )
    return clip(motivation + p.k * (target - motivation), 0.0, 1.0)


@AUTONOMY.stage("search_drive")
def want_to(p: Element, search_drive: Element, motivation: Element) -> Element:
    """Motivation drives search."""
    return search_drive + p.search * (motivation - 0.5)


@AUTONOMY.stage("stress_drive")
def breathe(
    p: Element, stress_drive: Element, autonomy: Element, capacity_to_act: Element, direction_skill: Element
) -> Element:
    """Own direction relieves those who can handle it and burdens those who cannot."""
    return stress_drive - p.stress * autonomy * 2.0 * (capacity_to_act + 0.5 * direction_skill - 0.4)


@AUTONOMY.stage("volunteer_drive")
def be_free_to_help(p: Element, volunteer_drive: Element, pressure: Element) -> Element:
    """Less pressure leaves room for volunteering and care."""
    return volunteer_drive + p.care * (0.5 - pressure)
