"""One society in progress: people move in spans of months, between which people and offices meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from sim.engine import interpret
from sim.engine.job import Job, Outcome, Record
from sim.engine.kernel import compiled, is_warm
from sim.engine.layout import COUNTERS, FIXED, LEVELS, ROWS
from sim.engine.population_arrays import Crowd
from sim.engine.rows import PLACE
from sim.engine.state import State
from sim.engine.thread_pool import share
from sim.mechanisms.budget_loop import REGULAR_CASELOAD, expected_months
from sim.outcomes.measures import MEASURES
from sim.parameters import PARAMETERS
from sim.people.columns import STATES, TRAITS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of, within
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS, Setting

__all__ = ["Backend", "Society"]

Backend = Literal["auto", "compiled", "numpy"]

# Up to this many person-months a process does not wait for the compiler (three seconds).
_SMALL = 3_000_000
# People that a thread takes at a time, at least and at most; NumPy too works on the most at once.
_LEAST, _CHUNK = 1024, 4096

_P = {name: index for index, name in enumerate(PARAMETERS)}
_MEASURE = {name: index for index, name in enumerate(MEASURES)}
_STATUS = COUNTERS.index("status")
_CAPACITY = tuple(PLACE).index("place_capacity")
_NORM = MONTH_FIELDS.index("norm_single")


class Society:
    """One job in progress, moved to any month by `run_to`.

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
        threads: int = 1,
        crowd: Crowd | None = None,
        watch: interpret.Watch | None = None,
    ) -> None:
        """Place the people at month 0, settled.

        Args:
            population: the people.
            job: parameters, regimes and luck.
            setting: law and labour market.
            record: what to keep.
            backend: ``auto`` uses NumPy until there is work worth compiling for.
            threads: threads over the people.
            crowd: the people laid out before, for many jobs.
            watch: called after every stage with (month, stage, rows written, rows of everybody); makes the
                backend NumPy, on one thread.

        Raises:
            InputError: no such backend, fewer than one thread.
        """
        wrong = [one_of("backend", backend, get_args(Backend))] if backend not in get_args(Backend) else []
        if threads < 1:
            wrong.append(Problem("threads", threads, Say("1 or more", "1 of meer")))
        InputError.raise_if(wrong)
        self.population, self.job, self.setting, self.record = population, job, setting, record
        self.crowd = crowd or Crowd(population, record.groups)
        self.threads = 1 if watch is not None else threads
        self.month = 0
        self._moving = False
        n, months, groups = len(population), setting.months, record.n_groups
        self.sums = np.zeros((months, groups, len(record.series)), dtype=np.int64)
        self.counts = np.zeros((months, groups), dtype=np.int64)
        self.state = self._state(n)
        self.capacity: list[npt.NDArray[np.float64]] = [self.state.place[_CAPACITY].copy()]
        self._paid = np.zeros(len(population.municipalities))
        self._base = np.zeros(len(population.municipalities))
        plain = watch is not None or backend == "numpy"
        plain = plain or (backend == "auto" and _without_compiler(n * (months + SETTLE_MONTHS)))
        self._advance = interpret.bind(self.state, watch) if plain else compiled(self.state)
        self._chunk = _CHUNK if plain and watch is None else n
        self._span(0, SETTLE_MONTHS)
        self._first = self.on_benefit()

    def run_to(self, month: int) -> None:
        """Move everybody to the end of `month`.

        Raises:
            InputError: a month that is over, or after the last one.
            RuntimeError: the society was stopped on its way: some have lived a month that others have not.
        """
        if not self.month <= month <= self.setting.months:
            raise InputError((within("month", month, self.month, self.setting.months),))
        if self._moving:
            raise RuntimeError("this society was stopped in the middle of a month; make a new one")
        self._moving = True
        for last in self._boundaries(month):
            self._meet()
            self._span(SETTLE_MONTHS + self.month, SETTLE_MONTHS + last)
            self.month = last
        self._moving = False

    def column(self, name: str, people: Any = slice(None)) -> npt.NDArray[np.float64]:
        """Return a state, trait, kept row or measure of `people` (rows; all) at the end of the month."""
        if name in MEASURES and name not in STATES:
            return interpret.measure(name, {row: self._row(row, people) for row in _rows_of(name)})
        return self._row(name, people)

    def on_benefit(self) -> npt.NDArray[np.float64]:
        """Return people on benefit by caseworker."""
        on = (self.state.counters[_STATUS] < 0.5).astype(np.float64)
        crowd = self.crowd
        return np.bincount(crowd.seats.caseworker, weights=on, minlength=crowd.caseworkers).astype(np.float64)

    def instance(self, people: Any = slice(None)) -> npt.NDArray[np.int16]:
        """Return which row of the lever table `people` (rows; all) are under now."""
        found: npt.NDArray[np.int16] = self.state.instance[self.crowd.places(people)]
        return found

    def outcome(self, snapshots: Sequence[npt.NDArray[np.float64]] = ()) -> Outcome:
        """Return what has been recorded so far."""
        shape = (0, len(self.record.columns), len(self.population))
        return Outcome(
            self.sums / FIXED,
            self.counts.copy(),
            np.stack(snapshots) if len(snapshots) else np.zeros(shape),
            np.stack(self.capacity),
        )

    def _state(self, n: int) -> State:
        job, record, crowd = self.job, self.record, self.crowd
        levels, counters = crowd.fresh()
        groups = np.zeros(n, dtype=np.int16) if record.groups is None else record.groups
        kept = _kept_rows(record.columns)
        return State(
            crowd.traits,
            levels,
            counters,
            *crowd.seats,
            np.array(crowd.laid_out(job.schedule.instance), dtype=np.int16),
            crowd.laid_out(groups.astype(np.int16, copy=False)),
            np.ones(crowd.caseworkers),
            _place(job, len(self.population.municipalities)),
            np.ascontiguousarray(job.parameters, dtype=np.float64),
            crowd.levers(job.schedule, self.setting.months),
            np.ascontiguousarray(self.setting.table),
            job.seed,
            job.mirror,
            np.array([_MEASURE[name] for name in record.series], dtype=np.int64),
            kept,
            np.zeros((len(kept), n)),
        )

    def _row(self, name: str, people: Any) -> npt.NDArray[np.float64]:
        state = self.state
        if name in TRAITS:
            row: npt.NDArray[Any] = state.traits[tuple(TRAITS).index(name)]
        elif name in LEVELS:
            row = state.levels[LEVELS.index(name)]
        elif name in COUNTERS:
            row = state.counters[COUNTERS.index(name)]
        else:
            row = state.flows[state.kept.tolist().index(ROWS[name])]
        found: npt.NDArray[np.float64] = row[self.crowd.places(people)].astype(np.float64)
        return found

    def _boundaries(self, target: int) -> Iterator[int]:
        """Give the months between which people live side by side, up to `target`."""
        budget = self.job.parameters[_P["budget_loop.reinvest"]] > 0.0
        refill = self.job.parameters[_P["budget_loop.refill"]] < 1.0
        every = self.job.schedule.reassess.every if self.job.schedule.reassess else 0
        for month in range(self.month + 1, target):
            if (refill and month % 3 == 0) or (budget and month % 12 == 0) or (every and month % every == 0):
                yield month
        if target > self.month:
            yield target

    def _meet(self) -> None:
        """What happens between months: caseloads counted, budgets drawn up, rules read again."""
        month, values = self.month, self.job.parameters
        if month == 0:
            return
        refill = values[_P["budget_loop.refill"]]
        if refill < 1.0 and month % 3 == 0:
            ratio = np.where(self._first > 0, self.on_benefit() / np.maximum(self._first, 1.0), 1.0)
            self.state.load[:] = np.maximum(refill + (1.0 - refill) * ratio, 0.05)
        if values[_P["budget_loop.reinvest"]] > 0.0 and month % 12 == 0:
            self._budget()
        schedule = self.job.schedule
        if schedule.reassess is not None and month % schedule.reassess.every == 0:
            moved = schedule.reassess.move(
                month + 1, self.instance(), schedule.instance_regime, schedule.start, self.column
            )
            self.state.instance[:] = self.crowd.laid_out(moved)

    def _budget(self) -> None:
        """Compare the year's benefit with the municipality's own budget, which follows the national key."""
        places = len(self.population.municipalities)
        spent = self._row("benefit_sum", slice(None))  # in one order, whatever the engine's: sums of fractions
        total = np.bincount(self.population.municipality, weights=spent, minlength=places).astype(np.float64)
        year, self._paid = total - self._paid, total
        stock = self.crowd.sitting
        law = self.setting.table[SETTLE_MONTHS + self.month - 12 : SETTLE_MONTHS + self.month]
        norm = float(law[:, _NORM].sum())
        values = self.job.parameters
        key = [float(values[_P[f"budget_loop.{name}"]]) for name in ("stock_half_life", "lasting", "new_half_life")]
        entries = self.crowd.entries
        expected = np.array([expected_months(self.month, float(stock[at]), entries[at], *key) for at in range(places)])
        if self.month == 12:
            # The first year sets the base: nothing is saved against it.
            self._base = year / np.maximum(expected * norm, 1.0)
            self.capacity.append(self.state.place[_CAPACITY].copy())
            return
        hours = stock / REGULAR_CASELOAD * values[_P["attention.hours"]] * 12.0 * values[_P["budget_loop.hours_cost"]]
        saving = self._base * expected * norm - year
        gain = values[_P["budget_loop.reinvest"]] * saving / np.maximum(hours, 1.0)
        self.state.place[_CAPACITY] = np.clip(1.0 + np.where(stock > 0, gain, 0.0), 0.5, 2.0)
        self.capacity.append(self.state.place[_CAPACITY].copy())

    def _span(self, first: int, last: int) -> None:
        """Move everybody through the months first..last-1 of the setting's table."""
        n = int(np.searchsorted(self.state.begin, last))  # the others have not begun
        if self.threads < 2 or n <= _LEAST:
            for lo in range(0, n, max(self._chunk, 1)):
                self._advance(first, last, lo, min(lo + self._chunk, n), self.sums, self.counts)
            return
        # Four turns for each thread, in whole blocks: a neighbour that takes a core delays one turn only.
        size = min(max(-(-n // (4 * self.threads) // 128) * 128, _LEAST), _CHUNK)

        def work(turns: Iterator[int]) -> tuple[Any, Any]:
            sums, counts = np.zeros_like(self.sums), np.zeros_like(self.counts)
            for lo in turns:
                self._advance(first, last, lo, min(lo + size, n), sums, counts)
            return sums, counts

        for sums, counts in share(range(0, n, size), self.threads, work):
            self.sums += sums
            self.counts += counts


_lived = 0


def _without_compiler(person_months: int) -> bool:
    """Tell whether to do without machine code: there is none yet, and this process has done little so far."""
    global _lived
    if is_warm():
        return False
    _lived += person_months
    return _lived < _SMALL


def _place(job: Job, places: int) -> npt.NDArray[np.float64]:
    return np.stack(
        [
            np.asarray(job.place.get(name, np.full(places, start)), dtype=np.float64)
            for name, (start, _, _) in PLACE.items()
        ]
    )


def _rows_of(name: str) -> list[str]:
    words = MEASURES[name].expression.replace("(", " ").replace(")", " ").replace(",", " ").split()
    return [word for word in words if word in ROWS]


def _kept_rows(columns: Sequence[str]) -> npt.NDArray[np.int64]:
    needed = [row for name in columns for row in (_rows_of(name) if name in MEASURES else [name])]
    persistent = {*TRAITS, *LEVELS, *COUNTERS}
    rows = dict.fromkeys(ROWS[row] for row in needed if row not in persistent)
    return np.array(list(rows), dtype=np.int64)
