"""Obligations push and pull.

They raise search and acceptance in the short run; they cost stress where trust is low, and lower the fit
that people hold out for, so jobs last less. Non-compliance is sanctioned at a rate set by enforcement.

    P(sanction) = sanction_rate enforcement search_duty (1 - motivation)(1.5 - capacity_to_act)(1 - exempt)
    bite = loss / (1 + loss), loss = share of the norm withheld x months
    threat = pressure bite; struck = sanctioned bite
    stress_drive += stress pressure (1 - trust) + threat_stress threat + sanction_stress struck
    search_drive += search pressure + threat_search threat + sanction_search struck
    accept_drive += accept pressure + threat_accept threat + sanction_accept struck
    offer_fit *= 1 - (fit pressure + sanction_fit (threat + struck)) / 2

Who is threatened with more, or has been cut, searches more and takes sooner what fits less; so jobs last less
(see `market.lose`), and trust falls by the jump times 1 + bite (see `trust`). Each for those on benefit only; no
new sanction while one runs. `pressure`: see `adaptation`.
Off: no push, no cost, no sanctions.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import maximum, minimum, where

OBLIGATIONS = mechanism("obligations")

# Nobody is so able that a lapse is impossible: the least failing is half of that of who cannot act.
_LAPSE = 1.5


@OBLIGATIONS.stage("bite", "threat")
def threaten(p: Element, pressure: Element, lever_sanction_share: Element, lever_sanction_duration: Element) -> Element:
    """What a sanction would cost, and the threat of it where duties are felt."""
    loss = lever_sanction_share * lever_sanction_duration
    bite = loss / (1.0 + loss)
    return bite, pressure * bite


@OBLIGATIONS.stage("sanction_new", "sanction_months", "sanctions_sum", "sanctioned")
def sanction(
    p: Element,
    month: Element,
    in_benefit: Element,
    motivation: Element,
    capacity_to_act: Element,
    work_duty_exempt: Element,
    lever_search_duty: Element,
    lever_enforcement: Element,
    lever_sanction_share: Element,
    lever_sanction_duration: Element,
    sanction_months: Element,
    sanctions_sum: Element,
    u_sanction: Element,
) -> Element:
    """Impose a sanction on part of those who comply least; it runs for the lever's months."""
    failing = (1.0 - motivation) * (_LAPSE - capacity_to_act) * (1.0 - work_duty_exempt)
    rate = p.sanction_rate * lever_enforcement * lever_search_duty * failing * in_benefit * month.open
    begins = where((u_sanction < rate) & (sanction_months < 0.5) & (lever_sanction_share > 0.0), 1.0, 0.0)
    running = where(begins > 0.5, lever_sanction_duration, maximum(sanction_months - 1.0, 0.0))
    whole = where(running > 0.0, running, 0.0)
    return begins, whole, sanctions_sum + begins, where((whole > 0.0) & (in_benefit > 0.5), 1.0, 0.0)


@OBLIGATIONS.stage("stress_drive")
def be_burdened(
    p: Element,
    stress_drive: Element,
    pressure: Element,
    threat: Element,
    bite: Element,
    trust: Element,
    sanctioned: Element,
    in_benefit: Element,
) -> Element:
    """Duties weigh on those who do not trust the office; threats and sanctions weigh on everybody."""
    weight = p.stress * pressure * (1.0 - trust) + p.threat_stress * threat + p.sanction_stress * sanctioned * bite
    return stress_drive + weight * in_benefit


@OBLIGATIONS.stage("search_drive")
def be_pushed(
    p: Element,
    search_drive: Element,
    pressure: Element,
    threat: Element,
    bite: Element,
    sanctioned: Element,
    in_benefit: Element,
) -> Element:
    """Duties, threats and sanctions push search."""
    push = p.search * pressure + p.threat_search * threat + p.sanction_search * sanctioned * bite
    return search_drive + push * in_benefit


@OBLIGATIONS.stage("accept_drive", "offer_fit")
def take_what_comes(
    p: Element,
    accept_drive: Element,
    offer_fit: Element,
    pressure: Element,
    threat: Element,
    bite: Element,
    sanctioned: Element,
    in_benefit: Element,
) -> Element:
    """Duties, threats and sanctions push acceptance, and the search for a fitting job is cut short."""
    struck = sanctioned * bite
    push = p.accept * pressure + p.threat_accept * threat + p.sanction_accept * struck
    cut = p.fit * pressure + p.sanction_fit * (threat + struck)
    return accept_drive + push * in_benefit, offer_fit * (1.0 - 0.5 * minimum(cut, 2.0) * in_benefit)
