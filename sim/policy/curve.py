"""The budget curve: what is left of each euro earned, and the effective marginal rate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.policy.assess import BenefitCase, check_values, result_of
from sim.policy.elementwise import round_cents
from sim.policy.law import Law
from sim.policy.problems import InputError

__all__ = ["BudgetCurve", "budget_curve"]


@dataclass(frozen=True)
class BudgetCurve:
    """One regime's curve; arrays of shape (points,), euro to the cent.

    `kept` is the disregard of the earner and the partner plus the premium. `marginal_rate[i]` is the share
    of the earnings between point i-1 and i that does not reach net income; the first is not a number.
    """

    regime: str
    earnings: NDArray[np.float64]
    kept: NDArray[np.float64]
    benefit: NDArray[np.float64]
    premium: NDArray[np.float64]
    net_income: NDArray[np.float64]
    marginal_rate: NDArray[np.float64]


def budget_curve(case: BenefitCase, earnings: NDArray[np.float64], law: Law) -> BudgetCurve:
    """Return the curve of `case` over `earnings` (increasing, net euro per month).

    Raises:
        InputError: all that is wrong with the case, or not known on its date.
    """
    InputError.raise_if(check_values(vars(replace(case, net_earnings=float(earnings[-1]))), law))
    terms, _ = case.terms(law)
    points = np.asarray(earnings, dtype=np.float64)
    partner = np.full_like(points, case.partner_net_earnings)
    result = result_of(
        terms,
        points,
        partner,
        np.full_like(points, case.months_used),
        np.full_like(points, case.sanction),
        case.partner_terms(law),
    )
    steps = np.diff(result.net_income) / np.diff(points)
    return BudgetCurve(
        regime=case.regime.name,
        earnings=points,
        kept=round_cents(result.disregarded + result.premium),
        benefit=result.benefit,
        premium=result.premium,
        net_income=result.net_income,
        marginal_rate=np.concatenate([[np.nan], np.round(1.0 - steps, 6)]),
    )
