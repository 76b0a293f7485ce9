"""Group coaching lock-in: personal development first delays matching and pays later.

    growth' = growth 2^(-1/half_life)
              + gain contacts personal_content (1 + group_share/2) skilled (1 - growth)
    broker_drive, match_drive -= lock_in min(contacts personal_content, 2)
    efficacy_drive += efficacy growth; volunteer_drive += volunteer growth; venture_drive += venture growth

The stock `growth` pays in confidence, volunteering and self-employment; in the month itself contacts on
personal development take time from brokerage and search (lock-in).
Off: no lock-in and no pay-off.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import clip, half, minimum
from sim.problems import Say

COACHING = mechanism(
    "coaching",
    Say("coaching: lock-in first, pay-off later", "coaching: eerst insluiting, later opbrengst"),
    ("nijmegen:m02", "nijmegen:m24", "nijmegen:m45", "nijmegen:m50"),
    (
        par("half_life", 12.0, "months", 2, 60, "half-life of what was learned", "assumption", sd=0.4, law="lognormal"),
        par(
            "gain",
            0.12,
            "per contact",
            0,
            1,
            "personal development per contact about it",
            "assumption: full stock after about a year of monthly coaching",
            sd=0.4,
            law="lognormal",
        ),
        par(
            "lock_in",
            0.5,
            "log per contact",
            0,
            3,
            "matching delayed by personal coaching",
            "Nijmegen 2020 table 3: intensive arm -0.03..-0.10 on hours at 16 months",
            sd=0.6,
            law="lognormal",
            off=0.0,
            free=True,
        ),
        par(
            "efficacy",
            0.4,
            "log-odds",
            0,
            3,
            "self-efficacy by the stock",
            "Nijmegen 2020 table 6; assumption",
            sd=0.6,
            law="lognormal",
            off=0.0,
            free=True,
        ),
        par(
            "volunteer",
            1.0,
            "log-odds",
            0,
            4,
            "volunteering by the stock",
            "Nijmegen 2020 table 7: +1.7 hours intensive over exemption",
            sd=0.5,
            law="lognormal",
            off=0.0,
        ),
        par(
            "venture",
            1.0,
            "log-odds",
            0,
            4,
            "self-employment by the stock",
            "Nijmegen 2020 table 4: 19% intensive, 5% control at 12 months",
            sd=0.35,
            law="lognormal",
            off=0.0,
        ),
    ),
)


@COACHING.stage("growth")
def develop(
    p: Element,
    growth: Element,
    contacts: Element,
    lever_personal_content: Element,
    lever_group_share: Element,
    skilled: Element,
) -> Element:
    """Fill the stock as far as there is room, and fade it; peers in a group add a half."""
    keep = half(p.half_life)
    gained = p.gain * contacts * lever_personal_content * (1.0 + 0.5 * lever_group_share) * skilled
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
