"""Budget loop: exits save benefit; a share of the saving buys caseworker hours; capacity bounds contacts.

    capacity = clip(1 + reinvest (stock norm - benefit paid) / (hours hours_cost), 0.5, 2), every January
    load = refill + (1 - refill) clients now / clients at the start, every quarter

The saving is that of the past year against a full benefit for everybody of the stock of the start; `hours`
are those that a year of that stock takes at 125 clients a caseworker. Places of leavers are partly filled.
Off: capacity stays at 1 and caseloads are kept full.
"""

from __future__ import annotations

from sim.mechanisms.base import mechanism, par
from sim.problems import Say

BUDGET_LOOP = mechanism(
    "budget_loop",
    Say("budget loop", "budgetlus"),
    ("nijmegen:m63", "oss:M107", "oss:M072"),
    (
        par(
            "reinvest",
            0.05,
            "share",
            0,
            1,
            "part of a saving on benefits that buys caseworker hours",
            "assumption",
            sd=0.5,
            law="lognormal",
            off=0.0,
        ),
        par(
            "hours_cost",
            50.0,
            "EUR/hour",
            20,
            150,
            "cost of a caseworker hour",
            "assumption, 2018 prices",
            sd=0.15,
            law="lognormal",
        ),
        par(
            "refill",
            0.8,
            "share",
            0,
            1,
            "part of the places of leavers that are filled with other clients",
            "assumption",
            sd=0.1,
            off=1.0,
        ),
    ),
)
