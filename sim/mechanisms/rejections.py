"""Rejections discourage: repeated rejection lowers self-efficacy and search.

    rejection' = clip((rejection 2^(-1/half_life) + this month's)(1 - accepted), 0, 4)
    efficacy_drive -= efficacy rejection; stress_drive += stress rejection
    discouraged = L(steepness (rejection - 1/2))(1 - efficacy); search_drive -= search discouraged

Interviews without an offer are rejections; a job wipes the slate.
Off: rejections leave no trace.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, half, logistic

REJECTIONS = mechanism("rejections")

# Most rejections that still tell.
_MOST = 4.0


@REJECTIONS.stage("discouraged")
def be_discouraged(p: Element, rejection: Element, efficacy: Element) -> Element:
    """Rejected and low on confidence: discouraged."""
    return logistic(p.steepness * (rejection - 0.5)) * (1.0 - efficacy)


@REJECTIONS.stage("efficacy_drive", "stress_drive")
def take_it_in(p: Element, efficacy_drive: Element, stress_drive: Element, rejection: Element) -> Element:
    """Rejections lower confidence and raise stress."""
    return efficacy_drive - p.efficacy * rejection, stress_drive + p.stress * rejection


@REJECTIONS.stage("search_drive")
def give_up(p: Element, search_drive: Element, discouraged: Element) -> Element:
    """The discouraged search less."""
    return search_drive - p.search * discouraged


@REJECTIONS.stage("rejection")
def remember(p: Element, rejection: Element, rejections: Element, accepted: Element) -> Element:
    """Add this month's rejections; a job wipes the slate."""
    keep = half(p.half_life)
    return clip((rejection * keep + rejections) * (1.0 - accepted), 0.0, _MOST)
