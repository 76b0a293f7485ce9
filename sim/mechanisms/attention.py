"""Attention: contact itself raises self-efficacy, well-being and matching; its absence isolates.

    possible = hours place_capacity 60 / (caseload load minutes (1 - group_share (1 - group_minutes)))
    planned = contacts served max(1 + tailors tailoring (1/2 - capacity_to_act), 0)
    sought = own_contacts own_initiative (capacity_to_act + efficacy)
    contacts = floor(min(planned + sought, possible)(1 - lockdown (1 - lockdown_share)) + u)
    support' = support + (1 - 2^(-1/half_life))(1 - exp(-kappa contacts skilled) - support)
    stress_drive -= stress (support - 0.3); trust, efficacy and belonging drives += w (support - 0.3)
    brokered = brokerage (1 - exp(-broker_kappa contacts work_content skilled)) exp(broker_drive)

`u` is uniform: whether a part of a contact happens is drawn. Felt attention and brokerage both have
diminishing returns. `own_initiative` is what is felt of the lever (see `adaptation`); `lockdown_share` is
the parameter `lockdown`. `served` is 0 for the last in the queue, the share `unserved`; tailoring gives more
contact to who can act less, or less (either sign).
Off: contacts have no effect (the weights are 0); they still cost time.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, exp, floor, half, maximum, minimum, where

__all__ = ["ATTENTION", "USUAL_SUPPORT"]

ATTENTION = mechanism("attention")

# Felt attention in the usual regime: the centre of its weights.
USUAL_SUPPORT = 0.3


@ATTENTION.stage("contacts", "contact_sum", "contact_minutes", "staffed_hours")
def contact(
    p: Element,
    month: Element,
    in_benefit: Element,
    load: Element,
    place_capacity: Element,
    lever_contacts: Element,
    lever_unserved: Element,
    lever_tailoring: Element,
    service_rank: Element,
    adaptation: Element,
    lever_own_initiative: Element,
    bg_own_initiative: Element,
    lever_group_share: Element,
    lever_caseload: Element,
    capacity_to_act: Element,
    efficacy: Element,
    contact_sum: Element,
    u_contact_taken: Element,
) -> Element:
    """Contacts had this month: planned and sought, as far as capacity allows, then the draw."""
    minutes = p.minutes * (1.0 - lever_group_share * (1.0 - p.group_minutes))
    possible = p.hours * place_capacity * 60.0 / (lever_caseload * load * minutes)
    room = bg_own_initiative + adaptation * (lever_own_initiative - bg_own_initiative)
    sought = p.own_contacts * room * (capacity_to_act + efficacy)
    open_share = 1.0 - month.lockdown * (1.0 - p.lockdown)
    served = where(service_rank > 1.0 - lever_unserved, 0.0, 1.0)
    fitted = maximum(1.0 + p.tailors * lever_tailoring * (0.5 - capacity_to_act), 0.0)
    expected = minimum(lever_contacts * served * fitted + sought, possible) * open_share * in_benefit
    had = floor(expected + u_contact_taken)
    return had, contact_sum + had * month.open, minutes, p.hours * place_capacity / lever_caseload


@ATTENTION.stage("support")
def feel_support(p: Element, support: Element, contacts: Element, skilled: Element) -> Element:
    """Felt attention follows recent contacts, weighed by the caseworker's quality."""
    share = 1.0 - half(p.half_life)
    return clip(support + share * (1.0 - exp(-p.kappa * contacts * skilled) - support), 0.0, 1.0)


@ATTENTION.stage("stress_drive", "trust_drive", "efficacy_drive", "belonging_drive")
def be_supported(
    p: Element,
    stress_drive: Element,
    trust_drive: Element,
    efficacy_drive: Element,
    belonging_drive: Element,
    support: Element,
) -> Element:
    """Felt attention lowers stress and raises trust, self-efficacy and contact with others."""
    return (
        stress_drive - p.stress * (support - USUAL_SUPPORT),
        trust_drive + p.trust * (support - USUAL_SUPPORT),
        efficacy_drive + p.efficacy * (support - USUAL_SUPPORT),
        belonging_drive + p.belonging * (support - USUAL_SUPPORT),
    )


@ATTENTION.stage("brokered")
def broker(
    p: Element,
    month: Element,
    in_benefit: Element,
    contacts: Element,
    lever_work_content: Element,
    skilled: Element,
    broker_drive: Element,
) -> Element:
    """Expected brokered vacancies: saturating in the contacts about work."""
    saturated = 1.0 - exp(-p.broker_kappa * contacts * lever_work_content * skilled)
    return p.brokerage * saturated * exp(broker_drive) * in_benefit * month.open
