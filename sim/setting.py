"""The setting of a run: the law and the labour market, month by month."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.policy.amounts import monthly_amounts
from sim.problems import InputError, Problem, Say, one_of, within

__all__ = ["MARKETS", "MONTH_FIELDS", "SETTLE_MONTHS", "Setting", "make_setting"]

MARKETS = ("historic", "flat", "tight", "slack")

# Months lived before month 1 under the background regime with the doors closed (no exits, no new jobs, no
# sums), so that minds and purses stand at rest with the parameters of the run.
SETTLE_MONTHS = 12

_LAW = (
    "norm_single",
    "norm_couple",
    "norm_single_18_20",
    "norm_couple_18_20",
    "sharer_base",
    "sharer_per_person",
    "n_share",
    "n_cap",
    "n_months",
    "r_share",
    "r_cap",
    "r_months",
    "y_share",
    "y_cap",
    "y_before_r",
    "disregard_min_age",
    "norm_full_age",
    "r_child_age",
)

# Fields of `month` in the stages: the month's number, years since the start, doors open, market, law.
MONTH_FIELDS: tuple[str, ...] = ("t", "years", "open", "lockdown", "log_tightness", "wml_net", *_LAW)


@dataclass(frozen=True)
class Setting:
    """Numbers of each month for everybody.

    Attributes:
        start: first day of month 1.
        months: length of the run.
        market: name of the path; `lockdown`: whether the lockdowns of 2020-2022 happen.
        table: values of `MONTH_FIELDS`, shape [SETTLE_MONTHS + months, fields]; the settling months first.
        projected: 1 in months whose law is not known yet and held at the last known, shape [months].
    """

    start: date
    months: int
    market: str
    lockdown: bool
    table: npt.NDArray[np.float64]
    projected: npt.NDArray[np.float64]


def make_setting(start: date, months: int, *, market: str = "historic", lockdown: bool = True) -> Setting:
    """Return the setting of a run.

    Args:
        start: first day of the first month; the law must be known then.
        months: 1 .. 600.
        market: a name of `MARKETS`; beyond the last known quarter the last tightness is held.
        lockdown: the lockdowns of 2020-2022 happen (only in those months).

    Raises:
        InputError: a start outside the known law, an unknown market, months out of range.
    """
    problems: list[Problem] = []
    if market not in MARKETS:
        problems.append(one_of("market", market, MARKETS))
    if not 1 <= months <= 600:
        problems.append(within("months", months, 1, 600, "months"))
    if start.day != 1:
        allowed = Say("the first day of a month", "de eerste dag van een maand")
        problems.append(Problem("start", start, allowed))
    InputError.raise_if(problems)
    law = monthly_amounts(start, months)
    days = [date(start.year + (start.month - 1 + t) // 12, (start.month - 1 + t) % 12 + 1, 1) for t in range(months)]
    table = np.zeros((SETTLE_MONTHS + months, len(MONTH_FIELDS)))
    for column, name in enumerate(MONTH_FIELDS):
        if name == "t":
            values = np.arange(1.0, months + 1)
        elif name == "years":
            values = np.arange(months) / 12.0
        elif name == "open":
            values = np.ones(months)
        elif name == "lockdown":
            values = np.array([_lockdown().get(day, 0.0) * lockdown for day in days])
        elif name == "log_tightness":
            values = np.log([_tightness(day, market) for day in days])
        elif name == "wml_net":
            values = law["net_wage_month"]
        else:
            values = law[name]
        table[SETTLE_MONTHS:, column] = values
        table[:SETTLE_MONTHS, column] = values[0] if name != "open" else 0.0
    table[:SETTLE_MONTHS, MONTH_FIELDS.index("t")] = np.arange(1.0 - SETTLE_MONTHS, 1.0)
    table[:SETTLE_MONTHS, MONTH_FIELDS.index("years")] = 0.0
    table[:SETTLE_MONTHS, MONTH_FIELDS.index("lockdown")] = 0.0
    return Setting(start, months, market, lockdown, table, law["projected"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("sim").joinpath("data/labour_market.toml").read_text(encoding="utf-8"))


@cache
def _lockdown() -> dict[date, float]:
    return {date.fromisoformat(day): float(share) for day, share in _data()["lockdown"]["months"]}


@cache
def _quarters() -> tuple[tuple[date, float], ...]:
    rows = [(date.fromisoformat(day), float(value)) for day, value in _data()["tightness"]["quarters"]]
    mean = float(np.mean([value for day, value in rows if day.year == int(_data()["tightness"]["reference"])]))
    return tuple((day, value / mean) for day, value in rows)


def _tightness(day: date, market: str) -> float:
    if market != "historic":
        return float(_data()["paths"][market])
    past = [value for quarter, value in _quarters() if quarter <= day]
    return past[-1] if past else _quarters()[0][1]
