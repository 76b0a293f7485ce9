"""The law month by month, as arrays for the simulation."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sim.policy.law import Law, load_law
from sim.policy.problems import InputError, Problem, Say, within

__all__ = ["FULL_TIME_HOURS_WEEK", "MONTH_AMOUNTS", "monthly_amounts"]

# Hours of a full-time week behind `net_wage_hour`. Weeks of 36 to 40 hours are all called full-time; 38 puts
# the norm of a single person (70% of the couple norm) at 26.6 hours, the 27 that the trial reports use.
FULL_TIME_HOURS_WEEK = 38.0

_WEEKS_PER_MONTH = 52.0 / 12.0
_MOST_MONTHS = 1_200

# Our name -> (parameter, household, what it is).
MONTH_AMOUNTS: dict[str, tuple[str, str, str]] = {
    "norm_single": ("norm_21_to_pension", "single", "EUR per month, from 21"),
    "norm_single_parent": ("norm_21_to_pension", "single_parent", "EUR per month, from 21"),
    "norm_couple": ("norm_21_to_pension", "couple", "EUR per month, from 21"),
    "norm_single_18_20": ("norm_18_20", "single", "EUR per month"),
    "norm_single_parent_18_20": ("norm_18_20", "single_parent", "EUR per month"),
    "norm_couple_18_20": ("norm_18_20", "couple", "EUR per month, both partners 18-20"),
    "sharer_base": ("kostendelers_formula_base_share", "any", "share of the couple norm"),
    "sharer_per_person": ("kostendelers_formula_per_person_share", "any", "share of the couple norm"),
    "n_share": ("disregard_general_rate", "any", "share of net earnings"),
    "n_cap": ("disregard_general_cap", "any", "EUR per month and person"),
    "n_months": ("disregard_general_max_months", "any", "months"),
    "r_share": ("disregard_single_parent_rate", "single_parent", "share of net earnings"),
    "r_cap": ("disregard_single_parent_cap", "single_parent", "EUR per month"),
    "r_months": ("disregard_single_parent_max_months", "single_parent", "months after those of n"),
    "y_share": ("disregard_hours_limited_rate", "any", "share of net earnings"),
    "y_cap": ("disregard_hours_limited_cap", "any", "EUR per month and person"),
    "y_before_r": ("disregard_y_before_r", "any", "flag: order of art. 31.2"),
    "disregard_min_age": ("disregard_min_age", "any", "years; 18 while art. 31a held"),
    "norm_full_age": ("norm_full_age", "any", "years; from which the full norm and cost sharing hold"),
    "r_child_age": ("disregard_single_parent_child_age_below", "single_parent", "years; r for children below it"),
    "premium_max_year": ("premium_max_year", "any", "EUR per calendar year"),
    "wml_gross_month": ("wml_gross_month", "any", "EUR per month, gross"),
}

# Norms whose rows of 2019-01 and 2020-01 were not read, with the pattern that holds in every other half-year.
_PATTERN = {"norm_couple_18_20": 2.0, "norm_single_parent_18_20": 1.0}


def monthly_amounts(first: date, months: int, law: Law | None = None) -> dict[str, NDArray[np.float64]]:
    """Return the amounts of `months` months from that of `first`, each an array of shape (months,).

    Keys: those of `MONTH_AMOUNTS`, and

    - ``net_wage_month``: an APPROXIMATION of the net minimum wage of a full-time worker, by the link of
      art. 37: the couple norm follows the net reference minimum wage, so the couple norm is taken;
    - ``net_wage_hour``: that over `FULL_TIME_HOURS_WEEK` x 52 / 12 hours (an assumption of ours);
    - ``pattern_18_20``: 1 where a norm at 18-20 was not read and comes from the pattern that holds elsewhere
      (couple twice single, single parent equal to single);
    - ``projected``: 1 beyond the last known half-year, where the last known amounts are held.

    Raises:
        InputError: `first` lies outside the known law, or `months` outside 1 .. 1200.
    """
    known = load_law() if law is None else law
    problems = []
    if not known.first <= first < known.until:
        span = f"{known.first} .. {known.until - timedelta(days=1)}"
        problems.append(Problem("first", str(first), Say(f"a date in {span}", f"een datum in {span}")))
    if not 1 <= months <= _MOST_MONTHS:
        problems.append(within("months", months, 1, _MOST_MONTHS))
    InputError.raise_if(problems)
    days = [_month(first, step) for step in range(months)]
    last = _month(known.until, -1)
    held = [min(day, last) for day in days]
    table = {
        key: np.array([_value(known, key, name, household, day) for day in held])
        for key, (name, household, _) in MONTH_AMOUNTS.items()
    }
    table["net_wage_month"] = table["norm_couple"].copy()
    table["net_wage_hour"] = table["net_wage_month"] / (FULL_TIME_HOURS_WEEK * _WEEKS_PER_MONTH)
    gap = [any(_unread(known, MONTH_AMOUNTS[key][0], MONTH_AMOUNTS[key][1], day) for key in _PATTERN) for day in held]
    table["pattern_18_20"] = np.array(gap, dtype=np.float64)
    table["projected"] = np.array([day >= known.until for day in days], dtype=np.float64)
    return table


def _month(first: date, step: int) -> date:
    years, month = divmod(first.year * 12 + first.month - 1 + step, 12)
    return date(years, month + 1, 1)


def _unread(law: Law, name: str, household: str, day: date) -> bool:
    return law.parameter(name, household).at(day, law.until) is None


def _value(law: Law, key: str, name: str, household: str, day: date) -> float:
    if key in _PATTERN and _unread(law, name, household, day):
        return _PATTERN[key] * law.value("norm_18_20", "single", day)
    return law.value(name, household, day)
