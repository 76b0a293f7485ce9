"""Read one life: what happened to one person each month, and why.

The whole society lives, because caseloads and budgets depend on the others; the chosen person's month is then
lived once more by the uncompiled stages with somebody watching. Both must agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.engine import interpret
from sim.engine.layout import COUNTERS, LEVELS
from sim.engine.rows import DRIVES
from sim.engine.simulate import Job, Record, Society
from sim.engine.state import State
from sim.outcomes.odds import Contact, Decision, contact_of, decisions_of
from sim.parameters import PARAMETERS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say
from sim.setting import MONTH_FIELDS, SETTLE_MONTHS, Setting

__all__ = ["Contact", "Decision", "Drive", "Term", "TracedMonth", "trace"]

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Term:
    """What one stage of one mechanism added to a drive."""

    mechanism: str
    stage: str
    change: float


@dataclass(frozen=True)
class Drive:
    """A sum that decides something, on the scale of `unit`; the first term is where it starts."""

    name: str
    unit: str
    total: float
    terms: tuple[Term, ...]


@dataclass(frozen=True)
class TracedMonth:
    """One month of one life.

    Attributes:
        month: 1, 2, ...
        before: states at the start of the month.
        after: every state, flow, drive, lever (``lever_x``) and draw (``u_x``) at its end.
        law: numbers of the month (`sim.setting.MONTH_FIELDS`).
        contact, drives, decisions: why things went as they did.
    """

    month: int
    before: Numbers
    after: Numbers
    law: Numbers
    contact: Contact
    drives: tuple[Drive, ...]
    decisions: tuple[Decision, ...]

    def drive(self, name: str) -> Drive:
        """Return one drive."""
        return next(each for each in self.drives if each.name == name)

    def decision(self, name: str) -> Decision:
        """Return one decision."""
        return next(each for each in self.decisions if each.name == name)


def trace(
    population: Population, job: Job, setting: Setting, person: int, months: int | None = None
) -> list[TracedMonth]:
    """Return the months of one person, each with its reasons.

    Args:
        population: everybody; the others set caseloads and budgets.
        job, setting: the society.
        person: stable id, as in ``population.person``.
        months: how many of the setting's months; None = all.

    Raises:
        InputError: nobody has that id.
    """
    found = np.flatnonzero(population.person == person)
    if not len(found):
        first, last = int(population.person.min()), int(population.person.max())
        allowed = Say(
            f"an id of {population.name}: between {first} and {last}",
            f"een nummer uit {population.name}: tussen {first} en {last}",
        )
        raise InputError([Problem("person", person, allowed)])
    row = int(found[0])
    society = Society(population, job, setting, Record())
    return [_month(society, row) for _ in range(setting.months if months is None else months)]


def _month(society: Society, row: int) -> TracedMonth:
    """Move the society a month on and read what happened to one person."""
    at = int(society.crowd.places(np.array([row]))[0])
    before = _alone(society.state, at)
    starts = {name: float(values[0]) for name, values in zip(LEVELS, before.levels, strict=True)}
    starts |= {name: float(values[0]) for name, values in zip(COUNTERS, before.counters, strict=True)}
    month = society.month + 1
    society.run_to(month)
    # Offices met at the start of the month: their numbers, and the person's regime, are those of now.
    here = replace(before, instance=society.state.instance[at : at + 1])
    notes = _Notes()
    index = SETTLE_MONTHS + month - 1
    months = len(here.calendar)
    interpret.advance(
        here,
        index,
        index + 1,
        0,
        1,
        np.zeros((months, 1, 0), dtype=np.int64),
        np.zeros((months, 1), dtype=np.int64),
        notes.watch,
    )
    for name, values in (*zip(LEVELS, here.levels, strict=True), *zip(COUNTERS, here.counters, strict=True)):
        if values[0] != society.column(name)[row]:
            raise AssertionError(f"the traced life differs from the society's in {name}, month {month}")
    law = dict(zip(MONTH_FIELDS, here.calendar[index].tolist(), strict=True))
    p = dict(zip(PARAMETERS, here.values.tolist(), strict=True))
    return TracedMonth(
        month,
        starts,
        notes.rows,
        law,
        contact_of(notes.stood, p, law),
        notes.drives(),
        tuple(decisions_of(notes.stood, p, law)),
    )


def _alone(state: State, row: int) -> State:
    """Return the state of one person; offices and parameters stay those of everybody."""
    one = slice(row, row + 1)
    return replace(
        state,
        traits=state.traits[:, one].copy(),
        levels=state.levels[:, one].copy(),
        counters=state.counters[:, one].copy(),
        person=state.person[one],
        municipality=state.municipality[one],
        caseworker=state.caseworker[one],
        begin=state.begin[one],
        instance=state.instance[one].copy(),
        group=np.zeros(1, dtype=np.int16),
        chosen=np.zeros(0, dtype=np.int64),
        kept=np.zeros(0, dtype=np.int64),
        flows=np.zeros((0, 1)),
    )


class _Notes:
    """What the watcher writes down: each term of each drive, and the rows as they stood."""

    def __init__(self) -> None:
        self.terms: dict[str, list[Term]] = {name: [] for name in DRIVES}
        self.totals: dict[str, float] = {}
        self.rows: dict[str, float] = {}
        self.stood: dict[str, dict[str, float]] = {}

    def watch(self, t: int, stage: str, writes: tuple[str, ...], rows: Mapping[str, Any]) -> None:
        """Take notes after a stage."""
        mechanism, step = stage.split(".")
        for name in writes:
            if name in DRIVES:
                value = float(rows[name][0])
                change = value - self.totals[name] if self.terms[name] else value
                self.terms[name].append(Term(mechanism, step, change))
                self.totals[name] = value
        self.rows = {name: float(values[0]) for name, values in rows.items()}
        self.stood[stage] = self.rows

    def drives(self) -> tuple[Drive, ...]:
        """Return the drives with the terms that are not zero (and where they start)."""
        return tuple(
            Drive(name, unit, self.totals[name], tuple(t for k, t in enumerate(self.terms[name]) if k == 0 or t.change))
            for name, (unit, _) in DRIVES.items()
        )
