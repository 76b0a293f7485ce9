"""Budget loop: a saving against the municipality's own budget buys caseworker hours; capacity bounds contacts.

    expected = stock 2^(-m / stock_half_life) + newcomers (lasting + (1 - lasting) 2^(-months / new_half_life))
    budget = benefit of the first year x expected now / expected then x norm now / norm then
    capacity = clip(1 + reinvest (budget - benefit paid) / (hours hours_cost), 0.5, 2), every January
    load = refill + (1 - refill) clients now / clients at the start, every quarter

The budget follows the national key: what the same people would cost where policy is regular. So regular policy
does not make itself richer; the first year sets the base. `hours` are those that a year of the stock of the start
takes at 125 clients a caseworker. Places of leavers are partly filled.
Off: capacity stays at 1 and caseloads are kept full.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.mechanisms.base import mechanism
from sim.policy.elementwise import half

__all__ = ["BUDGET_LOOP", "REGULAR_CASELOAD", "expected_months"]

BUDGET_LOOP = mechanism("budget_loop")

# Clients of a caseworker in the regular regime (Oss 2020), from which the hours of the stock follow.
REGULAR_CASELOAD = 125.0


def expected_months(
    month: int, stock: float, entries: Sequence[float], stock_half_life: float, lasting: float, new_half_life: float
) -> float:
    """Return the person-months on benefit that the national key expects in the year that ends with `month`.

    Args:
        month: a multiple of twelve.
        stock: people on benefit at the start.
        entries: newcomers by month of entry; ``entries[0]`` is not used.
        stock_half_life, lasting, new_half_life: of the key.
    """
    keep, fade = float(half(stock_half_life)), float(half(new_half_life))
    stays, new = [1.0], [1.0]
    for _ in range(month):
        stays.append(stays[-1] * keep)
        new.append(new[-1] * fade)
    total = 0.0
    for now in range(month - 11, month + 1):
        total += stock * stays[now]
        for entered in range(1, min(now + 1, len(entries))):
            total += entries[entered] * (lasting + (1.0 - lasting) * new[now - entered])
    return total
