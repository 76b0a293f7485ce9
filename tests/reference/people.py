"""Random people, parameters and societies for the tests of the society: everything within its bounds."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from sim.parameters import PARAMETERS
from sim.people.columns import COLUMNS, STATES, TRAITS
from sim.people.population import Population
from sim.regime.assignment import ByArm
from sim.regime.presets import preset
from sim.regime.regime import Regime
from sim.regime.schedule import Schedule, compile_schedule

# States that a population cannot hold on to: what happened since the start, and what the month sets itself.
_LATER = ("_sum", "months_worked", "job_starts", "returns", "first_exit", "bonus_paid", "months_out")


def random_people(
    n: int, seed: int, *, arms: int = 1, start: date = date(2018, 1, 1), municipalities: int = 2
) -> Population:
    """Return `n` possible people, many at the bounds of what is possible; some of them enter later."""
    luck = np.random.default_rng(seed)
    columns = {name: _values(luck, n, column.low, column.high, column.whole) for name, column in TRAITS.items()}
    columns |= {
        name: _values(luck, n, column.low, column.high, column.whole)
        for name, column in STATES.items()
        if not any(part in name for part in _LATER)
    }
    columns["entry_month"] = np.where(luck.random(n) < 0.2, luck.integers(1, 30, n), 0).astype(float)
    columns["status"] = np.where(columns["entry_month"] > 0, 3.0, 0.0)
    works = luck.random(n) < 0.4
    columns["partner_earnings"] = np.where(columns["household"] == 2, columns["partner_earnings"], 0.0)
    columns["contract"] = np.where(works, luck.integers(1, 5, n), 0).astype(float)
    for name in ("hours", "wage", "fit", "job_months"):
        columns[name] = np.where(works, columns[name], 0.0)
    for name in ("hours", "wage"):
        columns[name] = np.where(works, np.maximum(columns[name], 0.5), 0.0)
    columns["sanction_months"] = np.floor(luck.random(n) * 3)
    caseworker = np.sort(luck.integers(0, 3, n)).astype(np.int32)
    people = Population(
        name="anywhere",
        start=start,
        person=np.sort(luck.choice(2**40, n, replace=False)).astype(np.int64),
        municipality=(caseworker % municipalities).astype(np.int16),
        municipalities=("oss", "nijmegen")[:municipalities],
        caseworker=caseworker,
        arm=(np.arange(n) % arms).astype(np.int16),
        arms=tuple(f"arm{k}" for k in range(arms)),
        columns=columns,
    )
    people.check()
    return people


def plain_people(n: int, seed: int = 1, **columns: float | npt.NDArray[np.float64]) -> Population:
    """Return `n` common people on benefit (some earn a little), with the given columns in place of theirs."""
    luck = np.random.default_rng(seed)
    drawn: dict[str, npt.NDArray[np.float64]] = {
        name: np.full(n, float(column.start)) for name, column in TRAITS.items()
    }
    drawn["age"] = luck.uniform(23, 60, n)
    drawn["male"] = (luck.random(n) < 0.5) * 1.0
    drawn["household"] = luck.choice([0.0, 1.0, 2.0], n, p=[0.7, 0.2, 0.1])
    drawn["youngest_child_age"] = np.where(drawn["household"] == 1, luck.uniform(0, 15, n), -1.0)
    for name, share in {
        "poor_dutch": 0.15,
        "low_education": 0.4,
        "physical": 0.3,
        "mental": 0.3,
        "addiction": 0.03,
        "care": 0.2,
        "problem_debt": 0.3,
    }.items():
        drawn[name] = (luck.random(n) < share) * 1.0
    for name in ("employability", "stress_trait"):
        drawn[name] = np.clip(luck.normal(size=n), -3, 3)
    for name in ("intrinsic_motivation", "capacity_to_act"):
        drawn[name] = luck.beta(3, 3, n)
    drawn["spell_months"] = np.floor(luck.exponential(40, n))
    drawn["debt"] = np.where(drawn["problem_debt"] > 0, luck.exponential(8000, n), 0.0)
    earns = luck.random(n) < 0.2
    drawn["hours"] = np.where(earns, luck.uniform(4, 20, n), 0.0)
    for name, value in {"contract": 2.0, "wage": 1.05, "fit": 0.5}.items():
        drawn[name] = np.where(earns, value, 0.0)
    drawn["skill"] = luck.beta(2, 3, n)
    drawn |= {name: np.broadcast_to(np.asarray(value, dtype=float), (n,)) for name, value in columns.items()}
    caseworker = (np.arange(n) // 125).astype(np.int32)
    quality = np.clip(np.random.default_rng(5).normal(size=int(caseworker[-1]) + 1), -3, 3)
    drawn.setdefault("quality", quality[caseworker])
    people = Population(
        name="somewhere",
        start=date(2018, 1, 1),
        person=np.arange(n, dtype=np.int64),
        municipality=np.zeros(n, dtype=np.int16),
        municipalities=("somewhere",),
        caseworker=caseworker,
        arm=np.zeros(n, dtype=np.int16),
        arms=("all",),
        columns=drawn,
    )
    people.check()
    return people


def random_parameters(seed: int, *, extreme: bool = False) -> npt.NDArray[np.float64]:
    """Return parameters anywhere within their bounds; `extreme`: on the bounds themselves."""
    luck = np.random.default_rng(seed)
    at = luck.random(len(PARAMETERS))
    if extreme:
        at = np.round(at)
    return np.array([each.low + x * (each.high - each.low) for each, x in zip(PARAMETERS.values(), at, strict=True)])


def schedule_of(population: Population, *regimes: Regime, months: int, **options: object) -> Schedule:
    """Return the schedule in which arm k gets regime k, against the regular regime."""
    named = {f"r{k}": regime for k, regime in enumerate(regimes)}
    arms = {arm: f"r{k % len(regimes)}" for k, arm in enumerate(population.arms)}
    chosen = {"background": preset("regular"), "months": months, **options}
    return compile_schedule(population, named, ByArm(arms), **chosen)  # type: ignore[arg-type]


def _values(luck: np.random.Generator, n: int, low: float, high: float, whole: bool) -> npt.NDArray[np.float64]:
    """Anywhere between the bounds, a fifth of the people on a bound."""
    share = luck.random(n)
    share = np.where(luck.random(n) < 0.2, np.round(share), share)
    drawn: npt.NDArray[np.float64] = low + share * (high - low)
    return np.round(drawn) if whole else drawn


__all__ = ["COLUMNS", "plain_people", "random_parameters", "random_people", "schedule_of"]
