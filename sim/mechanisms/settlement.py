"""Settlement burden: working beside the benefit brings paperwork, uncertainty and recovery claims.

Under a provisional settlement the benefit is paid with an error, at most ``error noise`` of what earnings
took off, that is set right over ``delay`` months; allowances that follow income late come back as claims:
``taper`` of the income above the norm. The purse books both.

    stress_drive += stress (noise/2 + by_delay delay), for who works beside the benefit
    accept_drive -= fear (noise + fear_delay delay), for an offer under 24 hours beside the benefit

Off: no stress and no fear (the cash still moves).
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import where

SETTLEMENT = mechanism("settlement")

# Hours of an offer below which it is a small job beside the benefit.
_SMALL_JOB = 24.0


@SETTLEMENT.stage("settlement_error", "settlement_taper")
def set_the_rules(p: Element) -> Element:
    """Hand the purse its error and taper."""
    return p.error, p.taper


@SETTLEMENT.stage("stress_drive")
def keep_the_books(
    p: Element,
    stress_drive: Element,
    working: Element,
    in_benefit: Element,
    lever_settlement_noise: Element,
    lever_settlement_delay: Element,
) -> Element:
    """Working beside the benefit costs peace."""
    return stress_drive + p.stress * working * in_benefit * (
        0.5 * lever_settlement_noise + p.by_delay * lever_settlement_delay
    )


@SETTLEMENT.stage("accept_drive")
def fear_the_books(
    p: Element,
    accept_drive: Element,
    in_benefit: Element,
    offer_hours: Element,
    lever_settlement_noise: Element,
    lever_settlement_delay: Element,
) -> Element:
    """A small job beside the benefit is feared for its paperwork."""
    small = where(offer_hours < _SMALL_JOB, 1.0, 0.0)
    return accept_drive - p.fear * small * in_benefit * (lever_settlement_noise + p.fear_delay * lever_settlement_delay)
