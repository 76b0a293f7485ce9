"""Budget loop: exits save benefit; a share of the saving buys caseworker hours; capacity bounds contacts.

    capacity = clip(1 + reinvest (stock norm - benefit paid) / (hours hours_cost), 0.5, 2), every January
    load = refill + (1 - refill) clients now / clients at the start, every quarter

The saving is that of the past year against a full benefit for everybody of the stock of the start; `hours`
are those that a year of that stock takes at 125 clients a caseworker. Places of leavers are partly filled.
Off: capacity stays at 1 and caseloads are kept full.
"""

from __future__ import annotations

from sim.mechanisms.base import mechanism

BUDGET_LOOP = mechanism("budget_loop")
