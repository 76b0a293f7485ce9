"""The engine: many societies over the same people, in compiled blocks on threads, exact to the last bit.

One `Job` is a parameter set, a schedule of regimes and a seed. People are processed in blocks that fit the
cache, all months between two *boundaries* at once. Boundaries are where people or offices meet: caseloads
are counted every quarter, budgets every January, tailoring rules every so many months, and wherever a
snapshot is asked for. Sums are kept in fixed point (2**-20), so that no order of work changes a result.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sim.interpret import advance as advance_numpy
from sim.interpret import measure
from sim.kernel import compiled_advance, is_warm
from sim.layout import COUNTERS, FIXED, LEVELS, ROWS
from sim.measures import MEASURES
from sim.parameters import PARAMETERS
from sim.people.columns import STATES, TRAITS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of
from sim.rows import PLACE
from sim.schedule import LEVER_ROWS, Schedule
from sim.setting import SETTLE_MONTHS, Setting

__all__ = ["Job", "Outcome", "Record", "Society", "simulate"]

Backend = Literal["auto", "compiled", "numpy"]

# Below this many person-months a first run does not wait for the compiler.
_SMALL = 3_000_000
_LEVERS = namedtuple("_LEVERS", ["table", "changed"])
_P = {name: index for index, name in enumerate(PARAMETERS)}
_MEASURE = {name: index for index, name in enumerate(MEASURES)}


@dataclass(frozen=True)
class Job:
    """One society: parameters [P], a schedule for the same people, and the 64-bit key of its luck.

    `place` moves a municipality: {"place_match": [municipalities], ...}, each default 0 (`sim.rows.PLACE`).
    """

    parameters: npt.NDArray[np.float64]
    schedule: Schedule
    seed: int
    place: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)


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


class Society:
    """One job in progress: people's states and the offices, moved to any boundary by `run_to`.

    The Mesa model steps it month by month; `simulate` runs it to the end. Same numbers either way.
    """

    def __init__(
        self,
        population: Population,
        job: Job,
        setting: Setting,
        record: Record,
        *,
        backend: Backend = "auto",
        people: _People | None = None,
    ) -> None:
        """Place the people at month 0, settled."""
        self.people = people or _People(population)
        self.population, self.job, self.setting, self.record = population, job, setting, record
        self.month = 0
        self.levels, self.counters = self.people.fresh()
        self.instance = np.ascontiguousarray(job.schedule.instance, dtype=np.int16)
        self.levers = _lever_table(job.schedule, setting.months)
        months, groups, series = setting.months, record.n_groups, len(record.series)
        self.sums = np.zeros((months, groups, series), dtype=np.int64)
        self.counts = np.zeros((months, groups), dtype=np.int64)
        self._group = _groups(record, len(population))
        self._chosen = np.array([_MEASURE[name] for name in record.series], dtype=np.int64)
        self._kept = _kept_rows(record.columns)
        self.flows = np.zeros((len(self._kept), len(population)))
        self.place = _place(job, len(population.municipalities))
        self.load = np.ones(self.people.caseworkers)
        self.capacity: list[npt.NDArray[np.float64]] = [self.place[2].copy()]
        self._paid = np.zeros(len(population.municipalities))
        self._threads = 1
        work = len(population) * (setting.months + SETTLE_MONTHS)
        use_numpy = backend == "numpy" or (backend == "auto" and work < _SMALL and not is_warm())
        self._advance = advance_numpy if use_numpy else compiled_advance()
        self._span(0, SETTLE_MONTHS)
        self._first = self._on_benefit()

    def run_to(self, month: int, threads: int = 1) -> None:
        """Move everybody to the end of `month`."""
        self._threads = threads
        for last in self._boundaries(month):
            self._meet()
            self._span(SETTLE_MONTHS + self.month, SETTLE_MONTHS + last)
            self.month = last

    def column(self, name: str) -> npt.NDArray[np.float64]:
        """Return a state, trait, kept row or measure of everybody, shape [n]."""
        if name in MEASURES and name not in STATES:
            return measure(name, {row: self._row(row) for row in _rows_of(name)})
        return self._row(name)

    def outcome(self, snapshots: Sequence[npt.NDArray[np.float64]] = ()) -> Outcome:
        """Return what has been recorded so far."""
        shape = (0, len(self.record.columns), len(self.population))
        return Outcome(
            self.sums / FIXED,
            self.counts.copy(),
            np.stack(snapshots) if len(snapshots) else np.zeros(shape),
            np.stack(self.capacity),
        )

    def _row(self, name: str) -> npt.NDArray[np.float64]:
        if name in TRAITS:
            return self.people.traits[tuple(TRAITS).index(name)].astype(np.float64)
        if name in LEVELS:
            return self.levels[LEVELS.index(name)].copy()
        if name in COUNTERS:
            return self.counters[COUNTERS.index(name)].astype(np.float64)
        kept: npt.NDArray[np.float64] = self.flows[list(self._kept).index(ROWS[name])].copy()
        return kept

    def _boundaries(self, target: int) -> Iterator[int]:
        marks = {target, *(month for month in self.record.snapshots if month < target)}
        budget = self.job.parameters[_P["budget_loop.reinvest"]] > 0.0
        refill = self.job.parameters[_P["budget_loop.refill"]] < 1.0
        every = self.job.schedule.reassess.every if self.job.schedule.reassess else 0
        for month in range(self.month + 1, target):
            if (refill and month % 3 == 0) or (budget and month % 12 == 0) or (every and month % every == 0):
                marks.add(month)
        yield from sorted(month for month in marks if month > self.month)

    def _meet(self) -> None:
        """What happens between months: caseloads counted, budgets drawn up, rules read again."""
        month = self.month
        refill = self.job.parameters[_P["budget_loop.refill"]]
        if refill < 1.0 and month > 0 and month % 3 == 0:
            now = self._on_benefit()
            ratio = np.where(self._first > 0, now / np.maximum(self._first, 1.0), 1.0)
            self.load = np.maximum(refill + (1.0 - refill) * ratio, 0.05)
        if self.job.parameters[_P["budget_loop.reinvest"]] > 0.0 and month > 0 and month % 12 == 0:
            self._budget()
        reassess = self.job.schedule.reassess
        if reassess is not None and month > 0 and month % reassess.every == 0:
            schedule = self.job.schedule
            self.instance = reassess.move(
                month + 1, self.instance, schedule.instance_regime, schedule.start, self.column
            )

    def _budget(self) -> None:
        """Compare the year's benefit with what the stock of the start would have cost."""
        places = len(self.population.municipalities)
        where = self.population.municipality
        total = np.bincount(where, weights=self.levels[LEVELS.index("benefit_sum")], minlength=places)
        year, self._paid = total - self._paid, total
        stock = np.bincount(where, weights=self.people.sitting, minlength=places)
        law = self.setting.table[SETTLE_MONTHS + self.month - 12 : SETTLE_MONTHS + self.month]
        norm = float(law[:, 6].sum())
        values = self.job.parameters
        hours = stock / 125.0 * values[_P["attention.hours"]] * 12.0 * values[_P["budget_loop.hours_cost"]]
        saving = stock * norm - year
        self.place = self.place.copy()
        gain = values[_P["budget_loop.reinvest"]] * saving / np.maximum(hours, 1.0)
        self.place[2] = np.clip(1.0 + np.where(stock > 0, gain, 0.0), 0.5, 2.0)
        self.capacity.append(self.place[2].copy())

    def _on_benefit(self) -> npt.NDArray[np.float64]:
        on = (self.counters[COUNTERS.index("status")] < 0.5).astype(np.float64)
        counted: npt.NDArray[np.float64] = np.bincount(
            self.people.caseworker, weights=on, minlength=self.people.caseworkers
        )
        return counted

    def _span(self, first: int, last: int) -> None:
        n = len(self.population)
        people = self.people
        parts = [(0, n)] if self._threads < 2 else _parts(n, self._threads)

        def part(span: tuple[int, int]) -> tuple[Any, Any]:
            sums = self.sums if len(parts) == 1 else np.zeros_like(self.sums)
            counts = self.counts if len(parts) == 1 else np.zeros_like(self.counts)
            self._advance(
                people.traits,
                self.levels,
                self.counters,
                people.person,
                people.municipality,
                people.caseworker,
                self.instance,
                self._group,
                self.load,
                self.place,
                self.job.parameters,
                self.levers,
                self.setting.table,
                self.job.seed,
                False,
                first,
                last,
                span[0],
                span[1],
                self._chosen,
                sums,
                counts,
                self._kept,
                self.flows,
            )
            return sums, counts

        if len(parts) == 1:
            part(parts[0])
            return
        with ThreadPoolExecutor(len(parts)) as pool:
            for sums, counts in pool.map(part, parts):
                self.sums += sums
                self.counts += counts


def simulate(
    population: Population,
    jobs: Sequence[Job],
    setting: Setting,
    record: Record,
    *,
    threads: int = 1,
    backend: Backend = "auto",
) -> list[Outcome]:
    """Return the outcome of every job, in order.

    Args:
        population: the people, shared by all jobs and not copied.
        jobs: societies to simulate; jobs with the same seed share every person's luck.
        setting: law and labour market by month.
        record: what to keep.
        threads: threads over jobs (or over blocks of people when there are fewer jobs than threads).
        backend: ``auto`` uses NumPy for a small first run before anything is compiled.

    Raises:
        InputError: names that do not exist, snapshots out of range, a schedule for other people.
    """
    _check(population, jobs, setting, record)
    people = _People(population)

    def run(job: Job, inner: int) -> Outcome:
        society = Society(population, job, setting, record, backend=backend, people=people)
        taken = []
        for month in record.snapshots:
            society.run_to(month, inner)
            taken.append(np.stack([society.column(name) for name in record.columns]))
        society.run_to(setting.months, inner)
        return society.outcome(taken)

    if threads < 2 or len(jobs) < threads:
        return [run(job, threads) for job in jobs]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda job: run(job, 1), jobs))


class _People:
    """The population laid out for the engine; shared by all jobs."""

    def __init__(self, population: Population) -> None:
        self.traits = np.ascontiguousarray([population[name] for name in TRAITS], dtype=np.float32)
        self.person = population.person.astype(np.uint64)
        self.municipality = np.ascontiguousarray(population.municipality, dtype=np.int16)
        self.caseworker = np.ascontiguousarray(population.caseworker, dtype=np.int32)
        self.caseworkers = int(self.caseworker.max(initial=-1)) + 1
        self._levels = [
            (number, population.columns[name])
            for number, name in enumerate(LEVELS)
            if name in population.columns
        ]
        self._counters = [
            (number, population.columns[name])
            for number, name in enumerate(COUNTERS)
            if name in population.columns
        ]
        self._size = len(population)
        self.sitting = (population["status"] < 0.5).astype(np.float64)

    def fresh(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
        """Return starting states: what the population holds, else the column's start."""
        levels = np.empty((len(LEVELS), self._size))
        counters = np.empty((len(COUNTERS), self._size), dtype=np.float32)
        levels[...] = np.array([STATES[name].start for name in LEVELS])[:, None]
        counters[...] = np.array([STATES[name].start for name in COUNTERS])[:, None]
        for number, values in self._levels:
            levels[number] = values
        for number, values in self._counters:
            counters[number] = values
        return levels, counters


def _lever_table(schedule: Schedule, months: int) -> Any:
    """Return the levers with a first row for the settling months: everybody under the background."""
    names = {name: number for number, name in enumerate(LEVER_ROWS)}
    plain = schedule.plan.base[0][schedule.plan.background]
    first = schedule.table[:1].copy()
    first[0, :, : plain.shape[1]] = plain
    for name, number in names.items():
        if name.startswith("bg_"):
            first[0, :, number] = first[0, :, names[name[3:]]]
    first[0, :, names["months_to_end"]] = 999.0
    first[0, :, names["since_start"]] = 999.0
    table = np.concatenate([first, schedule.table[:months]])
    changed = np.ones((len(table), table.shape[2]), dtype=np.bool_)
    changed[1:] = (table[1:] != table[:-1]).any(axis=1)
    return _LEVERS(np.ascontiguousarray(table.transpose(0, 2, 1)), changed)


def _groups(record: Record, n: int) -> npt.NDArray[np.int16]:
    if record.groups is None:
        return np.zeros(n, dtype=np.int16)
    return np.ascontiguousarray(record.groups, dtype=np.int16)


def _place(job: Job, places: int) -> npt.NDArray[np.float64]:
    return np.stack([job.place.get(name, np.full(places, start)) for name, (start, _, _) in PLACE.items()])


def _rows_of(name: str) -> list[str]:
    words = MEASURES[name].expression.replace("(", " ").replace(")", " ").replace(",", " ").split()
    return [word for word in words if word in ROWS]


def _kept_rows(columns: Sequence[str]) -> npt.NDArray[np.int64]:
    needed = [row for name in columns for row in (_rows_of(name) if name in MEASURES else [name])]
    persistent = {*TRAITS, *LEVELS, *COUNTERS}
    rows = dict.fromkeys(ROWS[row] for row in needed if row not in persistent)
    return np.array(list(rows), dtype=np.int64)


def _parts(n: int, threads: int) -> list[tuple[int, int]]:
    step = -(-n // threads)
    return [(lo, min(lo + step, n)) for lo in range(0, n, step)]


def _check(population: Population, jobs: Sequence[Job], setting: Setting, record: Record) -> None:
    problems: list[Problem] = [
        one_of("series", name, MEASURES) for name in record.series if name not in MEASURES
    ]
    known = {*ROWS, *MEASURES}
    problems += [one_of("columns", name, known) for name in record.columns if name not in known]
    for month in record.snapshots:
        if not 1 <= month <= setting.months:
            allowed = Say(f"1 .. {setting.months}", f"1 .. {setting.months}")
            problems.append(Problem("snapshots", month, allowed))
    for number, job in enumerate(jobs):
        if len(job.schedule.instance) != len(population) or len(job.schedule.table) < setting.months:
            allowed = Say("a schedule for these people and months", "een schema voor deze mensen en maanden")
            problems.append(Problem(f"jobs.{number}.schedule", "does not fit", allowed))
        if job.parameters.shape != (len(PARAMETERS),):
            allowed = Say(f"{len(PARAMETERS)} values", f"{len(PARAMETERS)} waarden")
            problems.append(Problem(f"jobs.{number}.parameters", job.parameters.shape, allowed))
    InputError.raise_if(problems)
