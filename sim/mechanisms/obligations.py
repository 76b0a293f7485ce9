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

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import maximum, where
from sim.problems import Say

OBLIGATIONS = mechanism(
    "obligations",
    Say("obligations push and pull", "verplichtingen duwen en trekken"),
    ("oss:M029", "oss:M039", "oss:M041", "oss:M042", "nijmegen:m71", "nijmegen:m72"),
    (
        par(
            "search",
            0.6,
            "log-odds",
            -1,
            3,
            "push of the duties on search",
            "Oss 2020 par. 1.2 (direction); no city shows that duties raise exit",
            sd=0.4,
            off=0.0,
            free=True,
        ),
        par(
            "accept",
            0.5,
            "log-odds",
            -1,
            3,
            "push of the duties on accepting an offer",
            "Oss 2020 par. 1.2; assumption",
            sd=0.3,
            off=0.0,
        ),
        par(
            "stress",
            0.8,
            "log-odds",
            -1,
            4,
            "stress of the duties where trust is absent",
            "Oss 2020 par. 1.2 (not confirmed there); assumption",
            sd=0.5,
            off=0.0,
            free=True,
        ),
        par(
            "sanction_stress",
            0.5,
            "log-odds",
            0,
            3,
            "stress while a sanction runs",
            "assumption",
            sd=0.5,
            law="lognormal",
            off=0.0,
        ),
        par(
            "fit",
            0.4,
            "share",
            0,
            1,
            "part of the reservation fit that duties take away",
            "Oss 2020 par. 1.2: worse fit under sanctions (review)",
            sd=0.15,
            off=0.0,
        ),
        par(
            "sanction_rate",
            0.008,
            "per month",
            0,
            0.2,
            "sanctions of an unmotivated person of middling capacity under full enforcement",
            "assumption: about 5% of recipients a year",
            sd=0.5,
            law="lognormal",
            off=0.0,
        ),
    ),
)


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
