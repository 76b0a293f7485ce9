"""Caseworkers differ: a random quality multiplies what their contacts do.

``skilled = exp(sigma * quality)`` with quality ~ N(0, 1) per caseworker.
Off: sigma is 0, all caseworkers are alike.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import exp

CASEWORKERS = mechanism("caseworkers")


@CASEWORKERS.stage("skilled")
def skill_of_caseworker(p: Element, quality: Element) -> Element:
    """What a contact with this caseworker is worth, 1 on the average log scale."""
    return exp(p.sigma * quality)
