"""The same society as a Mesa model: municipalities and caseworkers are agents, recipients one vectorised set.

``step()`` moves the engine one month, bit-identical to `sim.engine.simulate.simulate`. Chance comes from the engine's
own keyed draws, never from ``model.random`` or ``model.rng``. No agent object stands for each recipient: the
set of recipients has Mesa's verbs (`select`, `get`, `agg`, `groupby`) over whole columns, and gives light
views of one person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import mesa
import numpy as np
import numpy.typing as npt
from mesa.agent import Agent

from sim.engine.job import Job, Record, check
from sim.engine.layout import FIXED
from sim.engine.rows import PLACE
from sim.engine.society import Backend, Society
from sim.outcomes.measures import HEADLINE, MEASURES
from sim.parameters import defaults
from sim.people.columns import FLOWS, STATES, TRAITS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of
from sim.random_numbers import stream
from sim.regime.assignment import Everybody
from sim.regime.presets import preset
from sim.regime.schedule import compile_schedule
from sim.setting import Setting, make_setting

try:  # Mesa 3.4 and later keep their sets in a module of their own
    from mesa.agentset import GroupBy
except ModuleNotFoundError:
    from mesa.agent import GroupBy

__all__ = ["Caseworker", "Municipality", "Recipient", "Recipients", "SocietyModel"]

_CAPACITY = tuple(PLACE).index("place_capacity")
# What the set of recipients knows beside columns and measures.
_IDENTITY = ("person", "municipality", "caseworker", "arm", "regime")
_NAMES = dict.fromkeys((*_IDENTITY, *TRAITS, *STATES, *FLOWS, *MEASURES))


class SocietyModel(mesa.Model):  # type: ignore[misc]  # mesa has no types
    """A society for people who know Mesa.

    Attributes:
        society: the engine's job in progress.
        recipients: everybody in the population.
        datacollector: one model reporter for each recorded measure (mean over the people present).
    """

    def __init__(
        self,
        population: Population,
        regime: str = "regular",
        *,
        months: int = 48,
        luck: int = 1,
        job: Job | None = None,
        setting: Setting | None = None,
        measures: tuple[str, ...] = HEADLINE,
        threads: int = 1,
        backend: Backend = "auto",
    ) -> None:
        """Place the people at month 0.

        Args:
            population: the people.
            regime: preset that everybody gets from month 1, against the regular regime.
            months: length of the run, when no `setting` is given.
            luck: number of the replicate.
            job: parameters, schedule and seed, in place of `regime` and `luck`.
            setting: law and labour market.
            measures: what the data collector reports.
            threads, backend: as in `sim.engine.simulate.simulate`.

        Raises:
            InputError: names that do not exist, a job for other people.
        """
        problems = _wrong(regime, luck, measures) if job is None else _wrong("regular", luck, measures)
        try:
            setting = setting or make_setting(population.start, months)
        except InputError as error:
            raise InputError((*problems, *error.problems)) from None
        InputError.raise_if(problems)
        super().__init__(rng=luck)
        self.running: bool = True
        record = Record(series=tuple(measures), columns=tuple(FLOWS))
        job = job or _job(population, regime, setting.months, luck)
        check(population, [job], setting, record)
        self.society = Society(population, job, setting, record, backend=backend, threads=threads)
        self.recipients = Recipients(self, np.arange(len(population)))
        for number in range(len(population.municipalities)):
            Municipality(self, number)
        for number in range(self.society.crowd.caseworkers):
            Caseworker(self, number)
        # Mesa counts the ids of agents in a table that would keep every model alive for ever.
        getattr(Agent, "_ids", {}).pop(self, None)
        self._caseload: tuple[int, npt.NDArray[np.float64]] = (-1, np.zeros(0))
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(_mean, measure=name) for name in measures}
        )

    @property
    def month(self) -> int:
        """Months lived."""
        return self.society.month

    def step(self) -> None:
        """Live one month and collect; after the last month, do nothing."""
        if not self.running:
            return
        self.society.run_to(self.month + 1)
        self.datacollector.collect(self)
        self.running = self.month < self.society.setting.months

    def run_model(self) -> None:
        """Live the months that are left."""
        while self.running:
            self.step()

    def mean(self, measure: str) -> float:
        """Return a recorded measure of this month, over the people present (NaN before month 1)."""
        record, at = self.society.record, self.month - 1
        if measure not in record.series:
            raise InputError((one_of("measure", measure, record.series),))
        present = self.society.counts[at].sum() if at >= 0 else 0
        if present == 0:
            return float("nan")
        return float(self.society.sums[at, :, record.series.index(measure)].sum() / FIXED / present)

    def caseload(self) -> npt.NDArray[np.float64]:
        """Return the people on benefit by caseworker at the end of this month."""
        if self._caseload[0] != self.month:
            self._caseload = (self.month, self.society.on_benefit())
        return self._caseload[1]


class Municipality(Agent):  # type: ignore[misc]  # mesa has no types
    """A municipality with its office."""

    def __init__(self, model: SocietyModel, number: int) -> None:
        """Open the office."""
        super().__init__(model)
        self.number = number
        self.name = model.society.population.municipalities[number]

    @property
    def capacity(self) -> float:
        """Caseworker hours over those of the start, as the budget loop left them."""
        return float(self.model.society.state.place[_CAPACITY, self.number])

    @property
    def recipients(self) -> Recipients:
        """Its people."""
        people: Recipients = self.model.recipients
        return people.select(lambda each: each.municipality == self.number)

    @property
    def on_benefit(self) -> int:
        """Its people on benefit at the end of this month."""
        return int((self.recipients.get("status") < 0.5).sum())


class Caseworker(Agent):  # type: ignore[misc]  # mesa has no types
    """A caseworker."""

    def __init__(self, model: SocietyModel, number: int) -> None:
        """Take up the desk."""
        super().__init__(model)
        self.number = number
        society = model.society
        people = society.population
        own = int(np.searchsorted(people.caseworker, number))
        served = own < len(people) and people.caseworker[own] == number
        self.municipality = int(people.municipality[own]) if served else -1
        self.quality = float(society.population["quality"][own]) if served else float("nan")

    @property
    def caseload(self) -> int:
        """Clients on benefit at the end of this month."""
        return int(self.model.caseload()[self.number])

    @property
    def load(self) -> float:
        """Clients of the present quarter over those of the start."""
        return float(self.model.society.state.load[self.number])

    @property
    def recipients(self) -> Recipients:
        """The people assigned."""
        people: Recipients = self.model.recipients
        return people.select(lambda each: each.caseworker == self.number)


class Recipients:
    """People as one set: Mesa's verbs over whole columns; a column is also an attribute."""

    def __init__(self, model: SocietyModel, rows: npt.NDArray[np.integer]) -> None:
        """Hold the rows of some people."""
        self.model, self.rows = model, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Recipient]:
        return (Recipient(self.model, int(row)) for row in self.rows)

    def __getitem__(self, number: int | slice) -> Any:
        """Return one person, or a list of several."""
        if isinstance(number, slice):
            return [Recipient(self.model, int(row)) for row in self.rows[number]]
        return Recipient(self.model, int(self.rows[number]))

    def __repr__(self) -> str:
        return f"Recipients({len(self)})"

    def __getattr__(self, name: str) -> npt.NDArray[Any]:
        """Return a column as `get` does."""
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self._column(name)
        except InputError as error:
            raise AttributeError(str(error)) from None

    def select(
        self,
        filter_func: Callable[[Recipients], npt.NDArray[np.bool_]] | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type | None = None,
    ) -> Recipients:
        """Return the people for whom the filter holds, at most so many (a float up to 1.0 is a share).

        The filter is called once, with the set: ``select(lambda each: each.hours > 8)``. With `inplace` the
        set itself is narrowed; an `agent_type` other than `Recipient` gives nobody.

        Raises:
            InputError: a filter that does not give one truth value for each person, fewer than none.
        """
        rows = self.rows
        if filter_func is not None:
            holds = np.asarray(filter_func(self))
            if holds.shape != rows.shape or holds.dtype != np.bool_:
                allowed = Say(
                    f"{len(rows)} truth values, such as (each.hours > 8) & (each.age < 30)",
                    f"{len(rows)} waarheidswaarden, zoals (each.hours > 8) & (each.age < 30)",
                )
                raise InputError((Problem("filter_func", f"{holds.dtype} {holds.shape}", allowed),))
            rows = rows[holds]
        if agent_type is not None and not issubclass(Recipient, agent_type):
            rows = rows[:0]
        if not at_most >= 0:
            raise InputError((Problem("at_most", at_most, Say("0 or more", "0 of meer")),))
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        rows = rows[: int(min(at_most, len(rows)))]
        if inplace:
            self.rows = rows
            return self
        return Recipients(self.model, rows)

    def get(
        self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None
    ) -> npt.NDArray[Any]:
        """Return one column, shape [n], or several, shape [n, columns].

        Raises:
            InputError: an unknown column, unless `handle_missing` is ``default``.
        """
        if handle_missing not in ("error", "default"):
            raise InputError((one_of("handle_missing", handle_missing, ("error", "default")),))
        if not isinstance(attr_names, str):
            columns = [self.get(name, handle_missing, default_value) for name in attr_names]
            return np.stack(columns, axis=1) if columns else np.empty((len(self), 0))
        if handle_missing == "default" and not _known(attr_names):
            return np.full(len(self), default_value)
        return self._column(attr_names)

    def agg(self, attribute: str, func: Callable[..., Any] | Iterable[Callable[..., Any]]) -> Any:
        """Return a function of a column, or several."""
        values = self.get(attribute)
        return func(values) if callable(func) else [each(values) for each in func]

    def groupby(self, by: str | Callable[[Recipients], npt.NDArray[Any]], result_type: str = "agentset") -> Any:
        """Return Mesa's GroupBy over sets (or, with ``list``, lists of views) by the values of a column."""
        keys = np.asarray(by(self) if callable(by) else self.get(by))
        values, number = np.unique(keys, return_inverse=True)
        parts = {value: Recipients(self.model, self.rows[number == k]) for k, value in enumerate(values.tolist())}
        return GroupBy({key: list(part) for key, part in parts.items()} if result_type == "list" else parts)

    def count(self) -> int:
        """Return the number of people."""
        return len(self)

    def _column(self, name: str) -> npt.NDArray[Any]:
        if not _known(name):
            raise InputError((one_of("column", name, _NAMES),))
        society = self.model.society
        if name == "regime":
            schedule = society.job.schedule
            names = np.array(schedule.regimes)
            found: npt.NDArray[Any] = names[schedule.instance_regime[society.instance(self.rows)]]
        elif name in _IDENTITY:
            found = getattr(society.population, name)[self.rows]
        else:
            found = society.column(name, self.rows)
        return found


class Recipient:
    """A light view of one person: every column is an attribute, as it stands now."""

    __slots__ = ("model", "row")

    def __init__(self, model: SocietyModel, row: int) -> None:
        """Look at one person."""
        self.model, self.row = model, row

    @property
    def unique_id(self) -> int:
        """The person's stable id."""
        return int(self.model.society.population.person[self.row])

    def __getattr__(self, name: str) -> Any:
        """Return the person's value of a column."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(Recipients(self.model, np.array([self.row])), name)[0].item()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipient) and self.model is other.model and self.row == other.row

    def __hash__(self) -> int:
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        return f"Recipient({self.unique_id})"


def _wrong(regime: str, luck: object, measures: Sequence[str]) -> list[Problem]:
    """Return what is wrong with names and luck, all at once."""
    problems = [one_of("measures", name, MEASURES) for name in measures if name not in MEASURES]
    try:
        preset(regime)
    except InputError as error:
        problems += error.problems
    if not isinstance(luck, int | np.integer) or luck < 0:
        problems.append(Problem("luck", luck, Say("a whole number from 0", "een geheel getal vanaf 0")))
    return problems


def _known(name: str) -> bool:
    return name in _NAMES


def _mean(model: SocietyModel, measure: str) -> float:
    return model.mean(measure)


def _job(population: Population, regime: str, months: int, luck: int) -> Job:
    regimes = {name: preset(name) for name in dict.fromkeys((regime, "regular"))}
    schedule = compile_schedule(population, regimes, Everybody(regime), months=months, background=regimes["regular"])
    return Job(defaults(), schedule, stream("replicate", luck))
