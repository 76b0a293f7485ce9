"""The long run: how long people stay on benefit and how many come back, under given parameters.

Two populations of the Netherlands under the regular regime and a flat labour market: a cohort of new recipients,
followed for ten years, and the stock with people entering every month, for five. No trial effect is in it: what a
posterior must also reproduce. Both functions give every fact for many parameter vectors over the same people and the
same luck, so that differences between vectors are theirs alone. `LEVELS` are the published values for a likelihood.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.simulate import Job, Record, simulate
from sim.people import recipe as recipes
from sim.people.catalogue import load
from sim.people.columns import codes
from sim.people.population import Population
from sim.people.synthesis import entrants
from sim.random_numbers import stream
from sim.regime.assignment import Everybody
from sim.regime.presets import preset, presets
from sim.regime.schedule import Schedule, compile_schedule
from sim.setting import Setting, make_setting

__all__ = ["HORIZONS", "LEVELS", "LONG_RUN", "STOCK", "SURVIVAL", "Level", "cohort_facts", "long_run", "stock_facts"]

# Months of the published survival on benefit after inflow, and the survival itself: Kaplan-Meier, exits for any
# reason, spells that began in 2008-2018 in one municipality (public anonymised file, possibly perturbed).
HORIZONS: tuple[int, ...] = (6, 12, 24, 36, 48, 60, 84, 120)
SURVIVAL: dict[str, tuple[float, ...]] = {
    "": (0.671, 0.529, 0.381, 0.302, 0.250, 0.222, 0.183, 0.143),
    "single": (0.670, 0.530, 0.375, 0.297, 0.246, 0.216, 0.175, 0.139),
    "single_parent": (0.698, 0.566, 0.419, 0.334, 0.281, 0.257, 0.220, 0.181),
    "couple": (0.637, 0.468, 0.332, 0.253, 0.211, 0.187, 0.148, 0.105),
}
_COHORT_MONTHS = 121
_STOCK_MONTHS = 60
_HOUSEHOLDS = codes("household")
_RETURNS_WORK = (12, 60)
_RETURNS_ANY = (6, 12, 24)
_BLOCK = 8

# Name of every fact, in the order of the columns of `long_run` and of `stock_facts`.
LONG_RUN: tuple[str, ...] = (
    *(f"survival_{month}" for month in HORIZONS),
    *(f"survival_{month}_{household}" for household in _HOUSEHOLDS for month in HORIZONS),
    *(f"return_work_{month}" for month in _RETURNS_WORK),
    *(f"return_any_{month}" for month in _RETURNS_ANY),
)
STOCK: tuple[str, ...] = (
    *("outflow", "outflow_work", "out_any", "out_work", "stock_over_a_year"),
    *("part_time", "part_time_60", "part_time_cohort_48"),
)


class Level(NamedTuple):
    """A published value and its standard error (ours, where none is printed), with its source."""

    value: float
    error: float
    source: str


# One standard error of a survival in a typical municipality: the file may be perturbed and is of one place.
_SURVIVAL_ERROR = 0.02
_DIVOSA = "Divosa 2019, quoted"
LEVELS: dict[str, Level] = {
    **{
        f"survival_{month}": Level(value, _SURVIVAL_ERROR, "VNG Data Science Hub Bijstand, spells of 2008-2018")
        for month, value in zip(HORIZONS, SURVIVAL[""], strict=True)
    },
    "return_work_12": Level(0.20, 0.018, f"{_DIVOSA}: 17-23%"),
    "return_work_60": Level(0.35, 0.03, f"{_DIVOSA}: 30-40%"),
    "return_any_6": Level(0.15, 0.03, "Divosa 2014, quoted"),
    "return_any_12": Level(0.22, 0.03, "Divosa 2014, quoted"),
    "return_any_24": Level(0.30, 0.03, "Divosa 2014, quoted"),
    "outflow": Level(0.265, 0.021, "national statistics as rounded in the model brief: 23-30% a year"),
    "outflow_work": Level(0.0875, 0.0076, "Oss 2020 par. 1.2: 7.5-10% a year"),
    "stock_over_a_year": Level(0.853, 0.012, "CBS 82663NED, 2019, quoted: 83-87%"),
    "part_time": Level(0.08, 0.006, "Divosa factsheets 2017-2019, quoted: 7-9%, stable over the years"),
    "part_time_60": Level(0.08, 0.006, "Divosa factsheets 2017-2019, quoted: 7-9%, stable over the years"),
}

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Columns = Mapping[str, Floats]  # each [months, people]
Vectors = Floats | Sequence[Floats]


def long_run(vectors: Vectors, *, people: int = 4_000, seed: int = 1, threads: int = 1) -> Floats:
    """Return the facts of the cohort of new recipients for each parameter vector, shape [vectors, len(LONG_RUN)].

    Args:
        vectors: parameters, shape [vectors, P].
        people: size of the cohort. Sampling error of a survival of one half: 0.8 points at 4,000.
        seed: of the people and of the luck; the same for all vectors.
        threads: threads over vectors.

    Survival is over the first spell only, exits for any reason. A return is counted from a person's first exit,
    among those who left early enough to be followed; who reaches the pension age meanwhile counts as not returned.
    """
    return _facts(_cohort(people, seed), ("status",), vectors, seed, threads, cohort_facts)


def stock_facts(vectors: Vectors, *, people: int = 4_000, seed: int = 1, threads: int = 1) -> Floats:
    """Return the facts of the stock for each parameter vector, shape [vectors, len(STOCK)].

    Args:
        vectors: parameters, shape [vectors, P].
        people: sitting stock; people enter in proportion.
        seed, threads: as in `long_run`.

    Flows are per person on benefit and year, over all five years; shares of the stock are means over the ends of
    years (over a year on benefit: from the second on, when the first newcomers can have been there for one).
    """
    return _facts(_stock(people, seed), ("status", "hours", "spell_months"), vectors, seed, threads, _stock_facts)


def cohort_facts(column: Columns, population: Population) -> list[float]:
    """Return the facts of `LONG_RUN` of a cohort that entered in month 1."""
    status = column["status"]
    months = len(status)
    on: Bools = status < 0.5
    # Exits happen at the end of a month: the status of month m is the first without benefit.
    left = np.where(~on.all(axis=0), (~on).argmax(axis=0) + 1, months + 1)
    facts = [float((left > month).mean()) for month in HORIZONS]
    for code, _ in enumerate(_HOUSEHOLDS):
        mine = left[population["household"] == code]
        facts += [float((mine > month).mean()) if len(mine) else float("nan") for month in HORIZONS]
    for_work = np.round(status[np.minimum(left, months) - 1, np.arange(status.shape[1])]) == 1
    facts += [_returned(on, left, for_work, month) for month in _RETURNS_WORK]
    return facts + [_returned(on, left, np.ones_like(for_work), month) for month in _RETURNS_ANY]


def _returned(on: Bools, left: npt.NDArray[np.int64], who: Bools, within: int) -> float:
    """Return the share of those who left that is back on benefit at some moment within so many months."""
    rows = np.flatnonzero(who & (left + within <= len(on)))
    if not len(rows):
        return float("nan")
    return float(np.mean([on[left[row] : left[row] + within, row].any() for row in rows]))


def _stock_facts(column: Columns, population: Population) -> list[float]:
    status, hours = column["status"], column["hours"]
    on: Bools = status < 0.5
    sitting: Bools = population["status"] < 0.5
    before = np.concatenate([sitting[None], on[:-1]])
    leaves = before & (status > 0.5)
    for_work = leaves & (np.round(status) == 1)
    person_years = before.sum() / 12.0
    beside: Bools = on & (hours > 0)
    ends = range(11, len(status), 12)
    lasting = [float((column["spell_months"][end][on[end]] > 12).mean()) for end in ends if end > 12]
    first = leaves[:12, sitting]
    return [
        float(leaves.sum() / person_years),
        float(for_work.sum() / person_years),
        float(first.any(axis=0).mean()),
        float(for_work[:12, sitting].any(axis=0).mean()),
        float(np.mean(lasting)),
        float(np.mean([beside[end].sum() / on[end].sum() for end in ends])),
        float(beside[-1].sum() / on[-1].sum()),
        float(beside[47, sitting].sum() / on[47, sitting].sum()),
    ]


class _Scene(NamedTuple):
    population: Population
    setting: Setting
    schedule: Schedule


def _facts(
    scene: _Scene,
    columns: tuple[str, ...],
    vectors: Vectors,
    seed: int,
    threads: int,
    read: Callable[[Columns, Population], list[float]],
) -> Floats:
    record = Record(snapshots=tuple(range(1, scene.setting.months + 1)), columns=columns)
    rows: list[list[float]] = []
    for first in range(0, len(vectors), _BLOCK):
        jobs = [Job(each, scene.schedule, stream("long_run", seed)) for each in vectors[first : first + _BLOCK]]
        for outcome in simulate(scene.population, jobs, scene.setting, record, threads=threads):
            kept = dict(zip(columns, outcome.snapshots.transpose(1, 0, 2), strict=True))
            rows.append(read(kept, scene.population))
    return np.array(rows)


@lru_cache(maxsize=2)
def _cohort(people: int, seed: int) -> _Scene:
    return _scene(entrants(recipes.read("netherlands"), people, seed), _COHORT_MONTHS)


@lru_cache(maxsize=2)
def _stock(people: int, seed: int) -> _Scene:
    return _scene(load("netherlands", people=people, seed=seed, inflow_months=_STOCK_MONTHS), _STOCK_MONTHS)


def _scene(population: Population, months: int) -> _Scene:
    setting = make_setting(population.start, months, market="flat", lockdown=False)
    schedule = compile_schedule(
        population, presets(), Everybody("regular"), months=months, background=preset("regular")
    )
    return _Scene(population, setting, schedule)
