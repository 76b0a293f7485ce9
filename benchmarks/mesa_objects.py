"""The same society as plain Mesa objects: one agent for each recipient, stepped by `AgentSet.do`.

Not sandbagged: the stages are written out as one straight-line Python function (helpers inlined, parameters
as literals, only the branch that is needed computed, values in local variables), and the draws of a month
are made for everybody at once with NumPy. Trajectories equal the engine's to the last bit; a test compares.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import mesa
import numpy as np
from mesa.agent import Agent

from sim.engine.formula import work_out, work_out_text
from sim.engine.job import Job
from sim.engine.layout import COUNTERS, FIXED, LEVELS, arguments, row_of
from sim.engine.population_arrays import Crowd
from sim.engine.rows import PLACE
from sim.mechanisms.budget_loop import REGULAR_CASELOAD, expected_months
from sim.month import MECHANISMS, stages
from sim.outcomes.measures import MEASURES
from sim.parameters import PARAMETERS
from sim.people.columns import TRAITS
from sim.people.population import Population
from sim.policy import elementwise
from sim.random_numbers import DECISIONS, uniform
from sim.regime.schedule import LEVER_ROWS
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS, Setting

__all__ = ["MesaSociety", "step_source"]

_STATES = (*LEVELS, *COUNTERS)
_TEMPORARY = re.compile(r"\bt\d+\b")
# Python's parser has limits to how deep an expression may be.
_LONGEST = 400
_P = {name: index for index, name in enumerate(PARAMETERS)}


class MesaSociety(mesa.Model):  # type: ignore[misc]  # mesa has no types
    """The whole society in objects; tailoring that is read again later is left out."""

    def __init__(
        self, population: Population, job: Job, setting: Setting, measures: tuple[str, ...], *, expert: bool = False
    ) -> None:
        """Create the agents; `expert`: see `step_source`."""
        super().__init__(rng=1)
        crowd = Crowd(population)
        self.crowd, self.job, self.setting, self.population = crowd, job, setting, population
        self.levers = crowd.levers(job.schedule, setting.months)
        namespace: dict[str, Any] = {}
        exec(compile(step_source(job.parameters, measures, expert=expert), "<month>", "exec"), namespace)
        kind = type("Recipient", (Agent,), {"step": namespace["step"]})
        levels, counters = crowd.fresh()
        states = {name: levels[k].tolist() for k, name in enumerate(LEVELS)}
        states |= {name: counters[k].tolist() for k, name in enumerate(COUNTERS)}
        traits = {name: crowd.traits[k].tolist() for k, name in enumerate(TRAITS)}
        columns = traits | states
        self.load = [1.0] * crowd.caseworkers
        places = len(population.municipalities)
        self.place = [
            np.asarray(job.place.get(name, np.full(places, start)), dtype=float).tolist()
            for name, (start, _, _) in PLACE.items()
        ]
        instance = crowd.laid_out(job.schedule.instance)
        for row in crowd.places(np.arange(len(population))).tolist():
            agent = kind(self)
            vars(agent).update({name: values[row] for name, values in columns.items()})
            agent.row = row
            agent.caseworker = int(crowd.seats.caseworker[row])
            agent.municipality = int(crowd.seats.municipality[row])
            agent.begin = int(crowd.seats.begin[row])
            agent.instance = int(instance[row])
        getattr(Agent, "_ids", {}).pop(self, None)
        self.month = -SETTLE_MONTHS
        self.series: list[list[float]] = []
        self.paid = [0.0] * places
        self.base = [0.0] * places
        self.n_measures = len(measures)
        self.first: list[int] = []

    def step(self) -> None:
        """Live one month: first the settling months, then those that are recorded."""
        self._meet()
        self._live()
        if self.month > 0:
            self.series.append([total / FIXED for total in self.totals])

    def _live(self) -> None:
        """Let every agent live the next month."""
        self.month += 1
        self.at = self.month + SETTLE_MONTHS - 1
        self.today = self.setting.table[self.at].tolist()
        line = max(self.month, 0)
        self.regime = self.levers.table[line].T.tolist()
        draws = [
            _mirrored(uniform(self.job.seed, name, self.month, self.crowd.seats.person), self.job.mirror)
            for name in DECISIONS
        ]
        self.draws = np.stack(draws, axis=1).tolist()
        self.totals = [0] * self.n_measures
        self.agents.do("step")

    def _on_benefit(self) -> list[int]:
        counts = [0] * self.crowd.caseworkers
        for agent in self.agents:
            if agent.status < 0.5:
                counts[agent.caseworker] += 1
        return counts

    def _meet(self) -> None:
        month, values = self.month, self.job.parameters
        if month == 0:
            self.first = self._on_benefit()
        if month <= 0:
            return
        refill = float(values[_P["budget_loop.refill"]])
        if refill < 1.0 and month % 3 == 0:
            for number, now in enumerate(self._on_benefit()):
                ratio = now / self.first[number] if self.first[number] else 1.0
                self.load[number] = max(refill + (1.0 - refill) * ratio, 0.05)
        if values[_P["budget_loop.reinvest"]] > 0.0 and month % 12 == 0:
            self._budget()

    def _budget(self) -> None:
        values = self.job.parameters
        total = [0.0] * len(self.paid)
        for agent in self.agents:
            total[agent.municipality] += agent.benefit_sum
        law = self.setting.table[SETTLE_MONTHS + self.month - 12 : SETTLE_MONTHS + self.month]
        norm = float(law[:, MONTH_FIELDS.index("norm_single")].sum())
        capacity = self.place[tuple(PLACE).index("place_capacity")]
        key = [float(values[_P[f"budget_loop.{name}"]]) for name in ("stock_half_life", "lasting", "new_half_life")]
        for town, stock in enumerate(self.crowd.sitting.tolist()):
            year = total[town] - self.paid[town]
            expected = expected_months(self.month, stock, self.crowd.entries[town], *key)
            if self.month == 12:
                self.base[town] = year / max(expected * norm, 1.0)
                continue
            hours = (
                stock / REGULAR_CASELOAD * values[_P["attention.hours"]] * 12.0 * values[_P["budget_loop.hours_cost"]]
            )
            gain = values[_P["budget_loop.reinvest"]] * (self.base[town] * expected * norm - year) / max(hours, 1.0)
            capacity[town] = min(max(1.0 + (gain if stock > 0 else 0.0), 0.5), 2.0)
        self.paid = total


def step_source(parameters: Any, measures: tuple[str, ...], *, expert: bool = False) -> str:
    """Return the source of an agent's ``step``: the month written out for one person.

    `expert`: as somebody would write it who need not equal the engine's last bits: `math.exp`, and what only one
    branch of a condition uses is computed in that branch.
    """
    text = _Text()
    if expert:
        text.shortcuts = {elementwise.exp: lambda x: math.exp(x) if isinstance(x, float) else f"exp({x})"}
    rows = _Rows(text)
    index = 0
    literals: dict[str, dict[str, float]] = {}
    for name, mechanism in MECHANISMS.items():
        literals[name] = {
            each.name.split(".")[1]: float(parameters[index + k]) for k, each in enumerate(mechanism.parameters)
        }
        index += len(mechanism.parameters)
    month = {name: f"today[{k}]" for k, name in enumerate(MONTH_FIELDS)}
    for stage in stages():
        given: dict[str, Any] = {}
        for name in arguments(stage):
            special: dict[str, Any] = {"p": literals[stage.mechanism], "month": month}
            given[name] = special[name] if name in special else rows[row_of(name)]
        results = work_out(stage.function, given, text)
        results = results if isinstance(results, tuple) else (results,)
        fresh = [f"r{text.number()}" for _ in results]
        text.lines.append(f"{', '.join(fresh)} = {', '.join(_word(result) for result in results)}")
        for row, name in zip(stage.writes, fresh, strict=True):
            rows.now[row] = name
    text.lines += [f"self.{name} = {rows.now[name]}" for name in _STATES if name in rows.now]
    text.lines.append(f"if {rows['status']} < 2.5:")
    totals = [work_out_text(MEASURES[name].expression, rows, text) for name in measures]
    text.lines += [f"    totals[{k}] += floor({_word(total)} * {FIXED} + 0.5)" for k, total in enumerate(totals)] or [
        "    pass"
    ]
    head = [
        "model = self.model",
        "if model.at < self.begin:",
        "    return",
        "today = model.today",
        "u = model.draws[self.row]",
        "totals = model.totals",
    ]
    head += ["lever = model.regime[self.instance]"]
    lines = _in_their_branches(text.lines) if expert else text.lines
    body = "\n    ".join([*head, *rows.head, *lines])
    return f"from math import exp, floor, ldexp\ndef step(self):\n    {body}\n"


class _Rows(Mapping[str, str]):
    """Where each row of the work space stands at this point of the month: a local variable."""

    def __init__(self, text: _Text) -> None:
        self.text = text
        self.now: dict[str, str] = {}
        self.head: list[str] = []

    def __getitem__(self, row: str) -> str:
        if row not in self.now:
            self.now[row] = f"x{self.text.number()}"
            self.head.append(f"{self.now[row]} = {_source(row)}")
        return self.now[row]

    def __contains__(self, row: object) -> bool:
        return row in MEASURES or isinstance(row, str)

    def __iter__(self) -> Iterator[str]:
        return iter(self.now)

    def __len__(self) -> int:
        return len(self.now)


def _source(row: str) -> str:
    """Return where a person finds a row at the start of the month."""
    if row in TRAITS or row in _STATES:
        return f"self.{row}"
    if row == "load":
        return "model.load[self.caseworker]"
    if row in PLACE:
        return f"model.place[{tuple(PLACE).index(row)}][self.municipality]"
    if row.startswith("lever_"):
        return f"lever[{LEVER_ROWS.index(row.removeprefix('lever_'))}]"
    if row.startswith("u_"):
        return f"u[{DECISIONS[row.removeprefix('u_')]}]"
    raise TypeError(f"{row} is read before it is written")


def _word(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _mirrored(values: Any, mirror: bool) -> Any:
    return 1.0 - values if mirror else values


def _in_their_branches(lines: list[str]) -> list[str]:
    """Write what is used once where it is used: inside a conditional expression it is computed only when needed."""
    used = Counter(word for line in lines for word in _TEMPORARY.findall(line.split(" = ", 1)[-1]))
    held: dict[str, str] = {}
    kept: list[str] = []
    for line in lines:
        name, _, value = line.partition(" = ")
        value = _TEMPORARY.sub(lambda found: held.pop(found[0], found[0]), value)
        if _TEMPORARY.fullmatch(name) and used[name] == 1 and len(value) < _LONGEST:
            held[name] = value
        else:
            kept.append(
                f"{name} = {value}" if value else _TEMPORARY.sub(lambda found: held.pop(found[0], found[0]), name)
            )
    return kept


class _Text:
    """The algebra of Python source: values are numbers or expressions."""

    shortcuts: Mapping[Any, Any] = {}

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0

    def number(self) -> int:
        self.count += 1
        return self.count

    def constant(self, number: float) -> Any:
        return number

    def arithmetic(self, sign: str, a: Any, b: Any) -> Any:
        if isinstance(a, float) and isinstance(b, float):
            return a + b if sign == "+" else a - b if sign == "-" else a * b if sign == "*" else a / b
        return f"({_word(a)} {sign} {_word(b)})"

    def negative(self, a: Any) -> Any:
        return -a if isinstance(a, float) else f"(-{a})"

    def compare(self, sign: str, a: Any, b: Any) -> Any:
        return f"({_word(a)} {sign} {_word(b)})"

    def join(self, sign: str, a: Any, b: Any) -> Any:
        return f"({a} {'and' if sign == '&' else 'or'} {b})"

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        return f"({_word(yes)} if {condition} else {_word(no)})"

    def floor(self, a: Any) -> Any:
        return math.floor(a) * 1.0 if isinstance(a, float) else f"({a} // 1.0)"

    def power_of_two(self, k: Any) -> Any:
        return math.ldexp(1.0, int(k)) if isinstance(k, float) else f"ldexp(1.0, int({k}))"

    def named(self, name: str, value: Any) -> Any:
        if isinstance(value, float) or str(value).isidentifier():
            return value
        label = f"t{self.number()}"
        self.lines.append(f"{label} = {value}")
        return label
