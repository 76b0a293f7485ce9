"""Obligations push and pull.

They raise search and acceptance in the short run; they cost stress where trust is low, and lower the fit
that people hold out for, so jobs last less. Non-compliance is sanctioned at a rate set by enforcement.

    P(sanction) = sanction_rate enforcement search_duty (1 - motivation)(1.5 - capacity_to_act)(1 - exempt)
    stress_drive += stress pressure (1 - trust) + sanction_stress sanctioned
    search_drive += search pressure
    accept_drive += accept pressure
    offer_fit *= 1 - fit pressure / 2

Each for those on benefit only; no new sanction while one runs. `pressure`: see `adaptation`.
Off: no push, no cost, no sanctions.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import maximum, where

OBLIGATIONS = mechanism("obligations")


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
    failing = (1.0 - motivation) * (1.5 - capacity_to_act) * (1.0 - work_duty_exempt)
    rate = p.sanction_rate * lever_enforcement * lever_search_duty * failing * in_benefit * month.open
    begins = where((u_sanction < rate) & (sanction_months < 0.5) & (lever_sanction_share > 0.0), 1.0, 0.0)
    running = where(begins > 0.5, lever_sanction_duration, maximum(sanction_months - 1.0, 0.0))
    whole = where(running > 0.0, running, 0.0)
    return begins, whole, sanctions_sum + begins, where((whole > 0.0) & (in_benefit > 0.5), 1.0, 0.0)


@OBLIGATIONS.stage("stress_drive")
def be_burdened(
    p: Element, stress_drive: Element, pressure: Element, trust: Element, sanctioned: Element, in_benefit: Element
) -> Element:
    """Duties weigh on those who do not trust the office."""
    return stress_drive + (p.stress * pressure * (1.0 - trust) + p.sanction_stress * sanctioned) * in_benefit


@OBLIGATIONS.stage("search_drive")
def be_pushed(p: Element, search_drive: Element, pressure: Element, in_benefit: Element) -> Element:
    """Duties push search."""
    return search_drive + p.search * pressure * in_benefit


@OBLIGATIONS.stage("accept_drive", "offer_fit")
def take_what_comes(
    p: Element, accept_drive: Element, offer_fit: Element, pressure: Element, in_benefit: Element
) -> Element:
    """Duties push acceptance, and the search for a fitting job is cut short."""
    return accept_drive + p.accept * pressure * in_benefit, offer_fit * (1.0 - 0.5 * p.fit * pressure * in_benefit)
