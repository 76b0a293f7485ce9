"""Scarcity taxes bandwidth.

    scarcity = L(base + shortage (need - income)/need + debt debt/need - buffer clip(buffer/need, -3, 6)
                 + shock unexpected/need)
    stress_drive += stress (scarcity - 1/2)
    belonging_drive += belonging (bandwidth - scarcity)
    bandwidth' = bandwidth + k ((0.35 + 0.6 capacity_to_act)(1 - chi stress^2) - bandwidth)
    search_drive += search (bandwidth - 1/2)

The square makes effects larger for those under much stress; L is the logistic function.
Off: no weight of scarcity in stress, none of stress in bandwidth, none of bandwidth in search and in contact
with others.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import clip, logistic
from sim.problems import Say

SCARCITY = mechanism(
    "scarcity",
    Say("scarcity taxes bandwidth", "schaarste kost denkruimte"),
    ("nijmegen:m29", "nijmegen:m30", "oss:M001", "oss:M002", "oss:M003", "oss:M004"),
    (
        par(
            "base",
            -0.2,
            "log-odds",
            -3,
            3,
            "scarcity without shortage, debt or buffer",
            "Oss 2020: 25-35% income poor, 40-50% deprived",
            sd=0.2,
        ),
        par(
            "shortage", 2.0, "log-odds", 0, 8, "shortage of this month over need", "assumption", sd=0.4, law="lognormal"
        ),
        par(
            "debt",
            0.12,
            "log-odds per month of need",
            0,
            1,
            "debt in months of need",
            "assumption",
            sd=0.4,
            law="lognormal",
        ),
        par(
            "buffer",
            0.5,
            "log-odds per month of need",
            0,
            4,
            "buffer in months of need",
            "assumption",
            sd=0.4,
            law="lognormal",
        ),
        par(
            "shock",
            1.5,
            "log-odds",
            0,
            8,
            "unforeseen change in cash over need",
            "Nijmegen 2020 par. 3.1, 2.3; assumption",
            sd=0.4,
            law="lognormal",
        ),
        par(
            "stress",
            1.6,
            "log-odds",
            0,
            6,
            "scarcity in stress",
            "Nijmegen 2020 par. 3.1 (direction)",
            sd=0.4,
            law="lognormal",
            off=0.0,
            free=True,
        ),
        par(
            "chi",
            0.5,
            "share",
            0,
            1,
            "bandwidth taken by full stress",
            "Mullainathan and Shafir via Nijmegen 2020 par. 3.1; assumption",
            sd=0.12,
            off=0.0,
        ),
        par(
            "k",
            0.25,
            "per month",
            0.02,
            1,
            "share of the way of bandwidth to its target",
            "assumption",
            sd=0.3,
            law="lognormal",
        ),
        par(
            "search",
            1.2,
            "log-odds",
            -1,
            5,
            "bandwidth in search",
            "Oss 2020 par. 1.2 (direction)",
            sd=0.4,
            off=0.0,
            free=True,
        ),
        par(
            "belonging",
            0.8,
            "log-odds",
            0,
            4,
            "bandwidth and money in contact with others",
            "Nijmegen 2020 par. 2.5; assumption",
            sd=0.4,
            law="lognormal",
            off=0.0,
        ),
    ),
)


@SCARCITY.stage("scarcity")
def feel_scarcity(
    p: Element, need: Element, income: Element, debt: Element, buffer: Element, unexpected: Element
) -> Element:
    """Scarcity felt this month."""
    return logistic(
        p.base
        + p.shortage * (need - income) / need
        + p.debt * debt / need
        - p.buffer * clip(buffer / need, -3.0, 6.0)
        + p.shock * unexpected / need
    )


@SCARCITY.stage("stress_drive", "belonging_drive")
def weigh(
    p: Element, stress_drive: Element, belonging_drive: Element, scarcity: Element, bandwidth: Element
) -> Element:
    """Scarcity weighs on stress and keeps people at home."""
    return (stress_drive + p.stress * (scarcity - 0.5), belonging_drive + p.belonging * (bandwidth - scarcity))


@SCARCITY.stage("bandwidth")
def tax_bandwidth(p: Element, bandwidth: Element, stress: Element, capacity_to_act: Element) -> Element:
    """Bandwidth moves to what capacity and stress leave."""
    target = (0.35 + 0.6 * capacity_to_act) * (1.0 - p.chi * stress * stress)
    return clip(bandwidth + p.k * (target - bandwidth), 0.0, 1.0)


@SCARCITY.stage("search_drive")
def have_room(p: Element, search_drive: Element, bandwidth: Element) -> Element:
    """Bandwidth leaves room for search."""
    return search_drive + p.search * (bandwidth - 0.5)
