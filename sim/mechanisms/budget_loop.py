"""Budget loop: exits save benefit; a share of the saving buys caseworker hours; capacity bounds contacts.

Every January the municipality compares the benefit paid over the year with what its stock would have cost
at the start; ``capacity = clip(1 + reinvest * saving / (hours budget), 0.5, 2)``. A caseworker's clients
who leave are partly replaced: ``load = refill + (1 - refill) * clients now / clients at the start``.
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
