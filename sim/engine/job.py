"""What the engine is asked and what it answers: a job, what to record of it, its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.engine.layout import ROWS
from sim.engine.rows import PLACE
from sim.outcomes.measures import MEASURES
from sim.parameters import PARAMETERS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of
from sim.regime.schedule import Schedule
from sim.setting import Setting

__all__ = ["Job", "Outcome", "Record", "check"]

# Groups are kept as 16-bit numbers.
_MOST_GROUPS = 32_000
# More bits than the key has would be cut off: another seed's luck.
_SEEDS = 2**64


@dataclass(frozen=True)
class Job:
    """One society: parameters [P], a schedule for the same people, and the 64-bit key of its luck.

    Attributes:
        parameters: values in the order of `PARAMETERS`.
        schedule: regimes by month.
        seed: key of the replicate, from `sim.random_numbers.stream`.
        place: moves a municipality: {"place_match": [municipalities], ...}, each else 0 (`sim.engine.rows.PLACE`).
        mirror: every uniform draw u becomes 1 - u (the antithetic twin of the same seed).
    """

    parameters: npt.NDArray[np.float64]
    schedule: Schedule
    seed: int
    place: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    mirror: bool = False


@dataclass(frozen=True)
class Record:
    """What is kept.

    Attributes:
        series: measures summed by month and group.
        groups: group of each person, shape [n] (default: all in one).
        n_groups: number of groups.
        snapshots: months at whose end people are copied.
        columns: columns, work rows or measures in the snapshots.
    """

    series: tuple[str, ...] = ()
    groups: npt.NDArray[np.int16] | None = None
    n_groups: int = 1
    snapshots: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What one job gave.

    Attributes:
        sums: sums over people present, shape [months, groups, series].
        counts: people present, shape [months, groups].
        snapshots: shape [snapshots, columns, n].
        capacity: caseworker capacity over the start, by year and municipality (budget loop).
    """

    sums: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    snapshots: npt.NDArray[np.float64]
    capacity: npt.NDArray[np.float64]

    def means(self) -> npt.NDArray[np.float64]:
        """Return means over people present, shape [months, groups, series]; NaN where nobody is."""
        with np.errstate(invalid="ignore", divide="ignore"):
            means: npt.NDArray[np.float64] = self.sums / self.counts[:, :, None]
        return means


def check(population: Population, jobs: Sequence[Job], setting: Setting, record: Record) -> None:
    """Refuse, all at once, names that do not exist and jobs, groups and months that do not fit."""
    problems = _wrong_record(len(population), setting, record)
    places = len(population.municipalities)
    for number, job in enumerate(jobs):
        if len(job.schedule.instance) != len(population) or len(job.schedule.table) < setting.months:
            allowed = Say("a schedule for these people and months", "een schema voor deze mensen en maanden")
            problems.append(Problem(f"jobs.{number}.schedule", "does not fit", allowed))
        if job.parameters.shape != (len(PARAMETERS),):
            allowed = Say(f"{len(PARAMETERS)} values", f"{len(PARAMETERS)} waarden")
            problems.append(Problem(f"jobs.{number}.parameters", job.parameters.shape, allowed))
        elif not np.isfinite(job.parameters).all():
            allowed = Say("finite numbers", "eindige getallen")
            problems.append(Problem(f"jobs.{number}.parameters", "nan or infinite", allowed))
        for name, values in job.place.items():
            if name not in PLACE:
                problems.append(one_of(f"jobs.{number}.place", name, PLACE))
            elif np.shape(values) != (places,):
                allowed = Say(f"{places} values", f"{places} waarden")
                problems.append(Problem(f"jobs.{number}.place.{name}", np.shape(values), allowed))
            elif not np.isfinite(values).all():
                allowed = Say("finite numbers", "eindige getallen")
                problems.append(Problem(f"jobs.{number}.place.{name}", "nan or infinite", allowed))
        if not isinstance(job.seed, int | np.integer) or not 0 <= job.seed < _SEEDS:
            allowed = Say("a whole number of 64 bits (`stream`)", "een geheel getal van 64 bits (`stream`)")
            problems.append(Problem(f"jobs.{number}.seed", job.seed, allowed))
    InputError.raise_if(problems)


def _wrong_record(n: int, setting: Setting, record: Record) -> list[Problem]:
    problems = [one_of("series", name, MEASURES) for name in record.series if name not in MEASURES]
    known = {*ROWS, *MEASURES}
    problems += [one_of("columns", name, known) for name in record.columns if name not in known]
    for month in record.snapshots:
        if not 1 <= month <= setting.months:
            allowed = Say(f"1 .. {setting.months}", f"1 .. {setting.months}")
            problems.append(Problem("snapshots", month, allowed))
    if list(record.snapshots) != sorted(set(record.snapshots)):
        allowed = Say("months that rise", "oplopende maanden")
        problems.append(Problem("snapshots", record.snapshots, allowed))
    if not 1 <= record.n_groups <= _MOST_GROUPS:
        allowed = Say(f"1 .. {_MOST_GROUPS}", f"1 .. {_MOST_GROUPS}")
        problems.append(Problem("n_groups", record.n_groups, allowed))
    groups = record.groups
    if groups is not None and np.shape(groups) != (n,):
        allowed = Say("one group for each person", "één groep per persoon")
        problems.append(Problem("groups", np.shape(groups), allowed))
    elif groups is not None and n and not (groups.min() >= 0 and groups.max() < record.n_groups):
        allowed = Say(f"0 .. {record.n_groups - 1}", f"0 .. {record.n_groups - 1}")
        problems.append(Problem("groups", f"{groups.min()} .. {groups.max()}", allowed))
    return problems
