"""Response: what a town's treatment does that the mechanisms do not explain, of either sign.

Trials of one treatment differ between towns, and some find that it harms. For each type of treatment
(guidance, exemption, disregard) a town has numbers that say how its people respond; their mean over towns
and the spread between towns are fitted. They act in proportion to the exposure, felt with adaptation:

    L(x) = (x - 1)(11 x^2 + 38 x + 11) / (3 (x^3 + 9 x^2 + 9 x + 1)), close to ln x
    guidance   = (max(L((contacts + 0.1) / (background + 0.1)), 0) + max(L(background caseload / caseload), 0))
                 / 1.56
    exemption  = (background duty - duty)(1 - exempt), duty = search_duty (1 + enforcement) / 2
    disregard  = (disregard_share + premium_share - background) / 0.5
    work = guidance_work guidance + exemption_work exemption + disregard_work disregard
    search = guidance_search guidance + exemption_search exemption + disregard_search disregard
    mind = guidance_mind guidance + exemption_mind exemption + disregard_mind disregard
    stress = guidance_stress guidance + exemption_stress exemption + disregard_stress disregard
    trust = guidance_trust guidance + exemption_trust exemption + disregard_trust disregard
    efficacy = guidance_efficacy guidance + exemption_efficacy exemption + disregard_efficacy disregard
    belonging = guidance_belonging guidance + exemption_belonging exemption + disregard_belonging disregard
    odds of an offer *= max(1 + work / 2, 0)^2
    match_drive += search; odds of an offer after an own interview *= exp(-search)
    stress_drive -= mind + stress; trust_drive += mind + trust; efficacy_drive += mind + efficacy
    belonging_drive += mind / 2 + belonging

Exposures count while on benefit. None is capped, so that uncertainty grows with dose. Caseload counts beside
contacts: six talks a year with time for them is help too. The square makes the effect on work nearly
symmetric in the response; `search` moves interviews without moving offers, for one trial found more interviews
and fewer jobs. When the exposure ends, what was gained fades by the other mechanisms.
Off: every response is 0.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import exp, maximum, where

__all__ = ["RESPONSE", "USUAL_DISREGARD", "USUAL_GUIDANCE"]

RESPONSE = mechanism("response")

# Exposure of the usual doses, those of the headline presets (`sim/regime/headline.toml`; a test compares): from
# 0.25 to 1 contact a month and from 125 to 82.5 clients a caseworker; half of earnings kept. Of exemption it is 1.
USUAL_GUIDANCE = 1.5598
USUAL_DISREGARD = 0.5
# Contacts a month that are added to both sides: from none to one is not without bound.
_SOFT = 0.1


def _near_log(x: Element) -> Element:
    """Return about ln(x) for x > 0, exactly 0 at 1: the month has no logarithm."""
    return (x - 1.0) * ((11.0 * x + 38.0) * x + 11.0) / (3.0 * (((x + 9.0) * x + 9.0) * x + 1.0))


@RESPONSE.stage("exposure_guidance", "exposure_exemption", "exposure_disregard")
def be_exposed(
    p: Element,
    adaptation: Element,
    in_benefit: Element,
    work_duty_exempt: Element,
    disregard_months: Element,
    lever_contacts: Element,
    bg_contacts: Element,
    lever_caseload: Element,
    bg_caseload: Element,
    lever_search_duty: Element,
    bg_search_duty: Element,
    lever_enforcement: Element,
    bg_enforcement: Element,
    lever_disregard_share: Element,
    bg_disregard_share: Element,
    lever_disregard_months: Element,
    lever_premium_share: Element,
    bg_premium_share: Element,
) -> Element:
    """How far the levers depart from the background, in usual doses, as it is felt."""
    felt = adaptation * in_benefit
    more = maximum(_near_log((lever_contacts + _SOFT) / (bg_contacts + _SOFT)), 0.0)
    room = maximum(_near_log(bg_caseload / lever_caseload), 0.0)
    before = 0.5 * bg_search_duty * (1.0 + bg_enforcement)
    now = 0.5 * lever_search_duty * (1.0 + lever_enforcement)
    kept = where(disregard_months < lever_disregard_months, lever_disregard_share - bg_disregard_share, 0.0)
    return (
        felt * (more + room) / USUAL_GUIDANCE,
        felt * (before - now) * (1.0 - work_duty_exempt),
        felt * (kept + (lever_premium_share - bg_premium_share)) / USUAL_DISREGARD,
    )


@RESPONSE.stage("stress_drive", "trust_drive", "efficacy_drive", "belonging_drive")
def respond_in_mind(
    p: Element,
    stress_drive: Element,
    trust_drive: Element,
    efficacy_drive: Element,
    belonging_drive: Element,
    exposure_guidance: Element,
    exposure_exemption: Element,
    exposure_disregard: Element,
) -> Element:
    """Move the targets of the mind: a part in common and a part for each scale."""
    g, e, d = exposure_guidance, exposure_exemption, exposure_disregard
    mind = p.guidance_mind * g + p.exemption_mind * e + p.disregard_mind * d
    return (
        stress_drive - (mind + p.guidance_stress * g + p.exemption_stress * e + p.disregard_stress * d),
        trust_drive + (mind + p.guidance_trust * g + p.exemption_trust * e + p.disregard_trust * d),
        efficacy_drive + (mind + p.guidance_efficacy * g + p.exemption_efficacy * e + p.disregard_efficacy * d),
        belonging_drive
        + (0.5 * mind + p.guidance_belonging * g + p.exemption_belonging * e + p.disregard_belonging * d),
    )


@RESPONSE.stage("match_drive", "offer_odds", "offer_odds_own")
def respond_at_work(
    p: Element,
    match_drive: Element,
    exposure_guidance: Element,
    exposure_exemption: Element,
    exposure_disregard: Element,
) -> Element:
    """Move the odds of an offer, and interviews that lead nowhere."""
    g, e, d = exposure_guidance, exposure_exemption, exposure_disregard
    root = maximum(1.0 + 0.5 * (p.guidance_work * g + p.exemption_work * e + p.disregard_work * d), 0.0)
    search = p.guidance_search * g + p.exemption_search * e + p.disregard_search * d
    odds = root * root
    return match_drive + search, odds, odds * exp(-search)
