"""Financial gain: the part of earnings kept makes small jobs attractive, first to those who work part-time.

    gain = min(kept_share e, kept_cap) / norm, e = net minimum wage of 12 hours a week; 0 off benefit
    search_drive += search gain
    small_drive += small gain (small jobs among the offers)
    accept_drive += accept offer_gain (see `market.weigh_offer`)

The rule is the one as it is known (adaptation).
Off: gain has no weight.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.amounts import FULL_TIME_HOURS_WEEK
from sim.policy.elementwise import minimum

FINANCIAL_GAIN = mechanism("financial_gain")


@FINANCIAL_GAIN.stage("gain")
def best_small_job(
    p: Element, month: Element, norm: Element, kept_share: Element, kept_cap: Element, in_benefit: Element
) -> Element:
    """What twelve hours at the minimum wage would add, as a share of the norm."""
    earned = month.wml_net * (12.0 / FULL_TIME_HOURS_WEEK)
    return minimum(kept_share * earned, kept_cap) / norm * in_benefit


@FINANCIAL_GAIN.stage("search_drive", "small_drive")
def follow_the_money(p: Element, search_drive: Element, small_drive: Element, gain: Element) -> Element:
    """Gain raises search, and most of all for small jobs."""
    return search_drive + p.search * gain, small_drive + p.small * gain


@FINANCIAL_GAIN.stage("accept_drive")
def count_the_money(p: Element, accept_drive: Element, offer_gain: Element) -> Element:
    """The gain of the offer itself."""
    return accept_drive + p.accept * offer_gain
