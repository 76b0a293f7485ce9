"""Group coaching lock-in: personal development first delays matching and pays later.

    growth' = growth 2^(-1/half_life)
              + gain contacts personal_content (1 + peers group_share) skilled (1 - growth)
    broker_drive, match_drive -= lock_in min(contacts personal_content, 2)
    efficacy_drive += efficacy growth; volunteer_drive += volunteer growth; venture_drive += venture growth

The stock `growth` pays in confidence, volunteering and self-employment; in the month itself contacts on
personal development take time from brokerage and search (lock-in).
Off: no lock-in and no pay-off.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, half, minimum

COACHING = mechanism("coaching")


@COACHING.stage("growth")
def develop(
    p: Element,
    growth: Element,
    contacts: Element,
    lever_personal_content: Element,
    lever_group_share: Element,
    skilled: Element,
) -> Element:
    """Fill the stock as far as there is room, and fade it; peers in a group add to it."""
    keep = half(p.half_life)
    gained = p.gain * contacts * lever_personal_content * (1.0 + p.peers * lever_group_share) * skilled
    return clip(growth * keep + gained * (1.0 - growth), 0.0, 1.0)


@COACHING.stage("broker_drive", "match_drive")
def be_locked_in(
    p: Element, broker_drive: Element, match_drive: Element, contacts: Element, lever_personal_content: Element
) -> Element:
    """Time spent on personal development is not spent on vacancies."""
    taken = p.lock_in * minimum(contacts * lever_personal_content, 2.0)
    return broker_drive - taken, match_drive - taken


@COACHING.stage("efficacy_drive", "volunteer_drive", "venture_drive")
def pay_off(
    p: Element, efficacy_drive: Element, volunteer_drive: Element, venture_drive: Element, growth: Element
) -> Element:
    """The stock pays in confidence, volunteering and ventures."""
    return (
        efficacy_drive + p.efficacy * growth,
        volunteer_drive + p.volunteer * growth,
        venture_drive + p.venture * growth,
    )
