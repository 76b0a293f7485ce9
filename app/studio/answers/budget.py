"""The budget of a household under each regime of a question, by the law of a date."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.policy.assess import BenefitCase, check_values
from sim.policy.curve import budget_curve
from sim.policy.law import load_law
from sim.policy.problems import InputError, Say
from sim.policy.reading import read_values
from sim.policy.regimes import BenefitRegime
from sim.policy.terms import terms_of

__all__ = ["budget"]

_LAST, _STEP = 2200.0, 25.0


def budget(
    data: Mapping[str, Any], environment: Mapping[str, Any], progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Return net income over net earnings (euros a month) for each side.

    Args:
        data: ``household``: texts of a household as `bijstand benefit` takes them; ``sides``: levers by side.
        environment, progress: not used.
    """
    law = load_law()
    values, problems = read_values(dict(data["household"]))
    regimes = [_regime(str(place), levers, values) for place, levers in enumerate(data["sides"])]
    for regime in regimes:
        problems += [each for each in check_values({**values, "regime": regime}, law, str) if each not in problems]
    InputError.raise_if(problems)
    earnings = np.arange(0.0, _LAST + _STEP, _STEP)
    curves = [
        budget_curve(BenefitCase(**{**values, "net_earnings": 0.0}, regime=each), earnings, law) for each in regimes
    ]
    case = BenefitCase(**values, regime=regimes[0])
    norm = float(terms_of(law, case.regime, case.household, case.date, case.age, case.cost_sharers)[0].norm)
    return {
        "norm": norm,
        "date": case.date.isoformat(),
        "earnings": earnings.tolist(),
        "net": [curve.net_income.tolist() for curve in curves],
        "kept": [curve.kept.tolist() for curve in curves],
        "benefit": [curve.benefit.tolist() for curve in curves],
    }


def _regime(name: str, levers: Mapping[str, float], values: Mapping[str, Any]) -> BenefitRegime:
    """Return how a regime treats earnings, from its levers: its own share, or the disregards of the law."""
    own = levers["disregard_share"] > 0.0 and levers["disregard_months"] > 0.0
    law = levers["statutory_disregard"] > 0.5 and not own
    about = Say("regime of the question", "regeling uit de vraag")
    return BenefitRegime(
        name,
        about,
        letters=("nr" if values.get("household") == "single_parent" else "n") if law else "",
        share=levers["disregard_share"] if own else 0.0,
        cap=levers["disregard_cap"] if own else math.inf,
        max_months=levers["disregard_months"] if own else math.inf,
        premium_share=levers["premium_share"],
        premium_cap=levers["premium_cap"] if levers["premium_share"] > 0.0 else math.inf,
    )
