"""Outcomes of one person at the end of a month, from their definitions in words."""

from __future__ import annotations

from collections.abc import Callable

Numbers = dict[str, float]

# The full-time minimum wage is 38 hours at a wage ratio of 1: 70% of it is 26.6 such hours.
OUTCOMES: dict[str, Callable[[Numbers], float]] = {
    "on_benefit": lambda a: a["status"] == 0,
    "left_for_work": lambda a: a["status"] == 1,
    "left_other": lambda a: a["status"] == 2,
    "exit_work_ever": lambda a: a["first_exit_work"] >= 1,
    "exit_any_ever": lambda a: a["first_exit_any"] >= 1,
    "works": lambda a: a["hours"] > 0,
    "part_time_ever": lambda a: a["part_time_months"] > 0,
    "disregard_ever": lambda a: a["disregard_months"] > 0 or a["statutory_months"] > 0,
    "hours_over_8": lambda a: a["hours"] > 8,
    "hours_over_12": lambda a: a["hours"] > 12,
    "hours_over_27": lambda a: a["hours"] > 27,
    "hours_over_32": lambda a: a["hours"] > 32,
    "wml_over_50": lambda a: a["hours"] * a["wage"] > 0.5 * 38,
    "wml_over_70": lambda a: a["hours"] * a["wage"] > 26.6,
    "wml_over_100": lambda a: a["hours"] * a["wage"] > 38,
    "wage_work": lambda a: a["hours"] > 0 and a["contract"] in (1, 2, 3),
    "permanent": lambda a: a["contract"] == 1,
    "self_employed": lambda a: a["contract"] == 4,
    "part_time_on_benefit": lambda a: a["status"] == 0 and a["hours"] > 0,
    "benefit_paid": lambda a: a["paid"],
    "premium_paid": lambda a: a["premium"],
    "returned": lambda a: a["returns"] > 0,
    "self_reliance": lambda a: a["self_direction"],
    "social_participation": lambda a: a["participation_score"],
}


def outcome(name: str, a: Numbers) -> float:
    """Return the outcome as a number; most bear the name of the column that they are."""
    return float(OUTCOMES[name](a)) if name in OUTCOMES else a[name]
