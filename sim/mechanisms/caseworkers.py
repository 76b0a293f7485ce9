"""Caseworkers differ: a random quality multiplies what their contacts do.

``skilled = exp(sigma * quality)`` with quality ~ N(0, 1) per caseworker.
Off: sigma is 0, all caseworkers are alike.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import exp
from sim.problems import Say

CASEWORKERS = mechanism(
    "caseworkers",
    Say("differences between caseworkers", "verschillen tussen klantmanagers"),
    ("oss:M047", "oss:M048", "nijmegen:m84"),
    (
        par(
            "sigma",
            0.4,
            "log",
            0,
            1.5,
            "spread of caseworkers' quality",
            "Oss 2020: counsellors carry about half of the explained variance; size is an assumption",
            sd=0.4,
            law="lognormal",
            off=0.0,
        ),
    ),
)


@CASEWORKERS.stage("skilled")
def skill_of_caseworker(p: Element, quality: Element) -> Element:
    """What a contact with this caseworker is worth, 1 on the average log scale."""
    return exp(p.sigma * quality)
