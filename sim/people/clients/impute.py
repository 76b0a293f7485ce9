"""Fill in what a municipality does not know: a random hot deck from the nearest donors of a population.

For each client the `NEIGHBOURS` nearest donors are looked up among donors of the same kind of household (and,
where the file knows the hours, of the same working state), by distance over the columns both know: numbers
over the donors' standard deviation (spells and money on a log scale), codes as 0/1. One of them, drawn with
equal odds, lends everything that is missing, so that what goes together in one donor stays together. A tiny
seeded distance breaks ties. Luck belongs to (seed, row of the file): one row more or less refused changes
no other client.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.people.clients.mapping import ClientMapping
from sim.people.clients.rules import mend, per_hour, work_from_earnings, works_of
from sim.people.clients.schemes import IMPORTABLE
from sim.people.columns import TRAITS
from sim.people.population import Population
from sim.problems import InputError, Problem, Say
from sim.random_numbers import stream, uniform

__all__ = ["NEIGHBOURS", "Imputed", "impute"]

NEIGHBOURS = 8
_TIES = 0.05
_LOGS = ("spell_months", "earnings_before", "partner_earnings", "job_months", "debt", "buffer")
# What nearness looks at when the mapping does not say: as far as the file has it.
_MATCH = (
    *("household", "age", "male", "education", "migration", "spell_months", "youngest_child_age", "hours"),
    *("earnings_before", "cost_sharers", "poor_dutch", "low_education", "physical", "mental", "addiction"),
    *("care", "problem_debt", "work_duty_exempt"),
)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Imputed:
    """How one column was filled in for `rows` clients; `by` names the donors or the constant."""

    column: str
    how: Literal["drawn", "constant"]
    rows: int
    by: str


def impute(
    known: Mapping[str, Floats], rows: npt.NDArray[np.int64], mapping: ClientMapping, donors: Population | None
) -> tuple[dict[str, Floats], dict[str, npt.NDArray[np.bool_]], tuple[Imputed, ...]]:
    """Return complete columns, masks of imputed cells, and the table of what was imputed.

    Args:
        known: columns of the file, [n] each, NaN where a cell is to be drawn.
        rows: row of the file, [n]; the key of each client's luck.
        mapping: constants, columns to draw, seed.
        donors: who lends; needed when anything is drawn.

    Raises:
        InputError: nobody can lend.
    """
    count = len(rows)
    columns = {name: values.copy() for name, values in known.items()}
    table = [Imputed(name, "constant", count, f"{value:g}") for name, value in sorted(mapping.constants.items())]
    masks = {name: np.ones(count, dtype=bool) for name in mapping.constants}
    columns |= {name: np.full(count, value) for name, value in mapping.constants.items()}
    # Current earnings are hours times wage: they say who works, and set one of the two when the other is known.
    earnings = columns.pop("earnings", None)
    hour = per_hour(mapping.reference)
    said: dict[str, npt.NDArray[np.bool_]] = {
        name: ~np.isnan(columns[name]) for name in ("hours", "wage") if name in columns
    }
    if earnings is not None:
        guess = np.minimum(earnings / hour, IMPORTABLE["hours"].high)
        columns["hours"] = np.where(np.isnan(columns.get("hours", guess)), guess, columns.get("hours", guess))
    blanks = {name: np.isnan(values) for name, values in columns.items()}
    blanks |= {name: np.ones(count, dtype=bool) for name in _wanted(mapping, donors, set(columns))}
    blanks = {name: mask for name, mask in blanks.items() if mask.any()}
    if blanks:
        lenders = _lenders(donors, mapping, blanks)
        chosen = _nearest(columns, rows, mapping, lenders)
        for name, mask in blanks.items():
            lent = np.asarray(lenders[name], dtype=np.float64)[chosen]
            columns[name] = np.where(mask, lent, columns.get(name, lent))
            table.append(Imputed(name, "drawn", int(mask.sum()), lenders.name))
    given = {name: ~blanks[name] if name in blanks else np.ones(count, dtype=bool) for name in columns}
    for name in mapping.constants:
        given[name] = np.zeros(count, dtype=bool)
    if earnings is not None:
        work_from_earnings(columns, earnings, hour, said)
        told = ~np.isnan(earnings)
        given["hours"] = given.get("hours", told) | told
        given["wage"] = said.get("wage", np.zeros(count, dtype=bool)) | (earnings > 0)
        if "wage" in blanks:
            blanks["wage"] = blanks["wage"] & ~(earnings > 0)
    return mend(columns, given), masks | blanks, tuple(sorted(table, key=lambda one: one.column))


def _wanted(mapping: ClientMapping, donors: Population | None, have: set[str]) -> list[str]:
    names = [name for name in mapping.drawn if name not in have]
    if mapping.lend_states and donors is not None:
        states = [name for name in donors.columns if name in IMPORTABLE and name not in TRAITS]
        names += [name for name in states if name not in have and name not in names]
    return names


def _lenders(
    donors: Population | None, mapping: ClientMapping, blanks: Mapping[str, npt.NDArray[np.bool_]]
) -> Population:
    if donors is not None:
        donors = donors.take(donors["entry_month"] == 0)
    if donors is None or not len(donors):
        allowed = Say("a population with people to draw from", "een populatie met mensen om uit te trekken")
        raise InputError([Problem(f"{mapping.path}:missing.donors", mapping.donors, allowed)])
    allowed = Say(f"a column that '{donors.name}' holds", f"een kolom die '{donors.name}' heeft")
    InputError.raise_if(
        Problem(f"{mapping.path}:missing.columns.{name}", "draw", allowed)
        for name in blanks
        if name not in donors.columns
    )
    return donors


def _nearest(
    columns: Mapping[str, Floats], rows: npt.NDArray[np.int64], mapping: ClientMapping, donors: Population
) -> npt.NDArray[np.int64]:
    """Return the row of the chosen donor for each client, shape [n]."""
    names = mapping.match if mapping.match is not None else _MATCH
    names = tuple(name for name in names if name in columns and name in donors.columns)
    key = stream(mapping.seed, "client import")
    luck = uniform(key, "population", 0, rows)
    ties = _TIES * uniform(key, "population", 1, rows)
    donor_ties = _TIES * uniform(key, "population", 2, np.arange(len(donors), dtype=np.int64))
    chosen = np.full(len(rows), -1, dtype=np.int64)
    kinds, donor_kinds = _kinds(columns, len(rows)), _kinds(donors.columns, len(donors))
    patterns = np.zeros(len(rows), dtype=np.int64)
    for number, name in enumerate(names):
        patterns |= np.isnan(columns[name]).astype(np.int64) << number
    for pattern in np.unique(patterns):
        used = [name for number, name in enumerate(names) if not pattern >> number & 1]
        for kind in np.unique(kinds[patterns == pattern], axis=0):
            mine = np.flatnonzero((patterns == pattern) & (kinds == kind).all(axis=1))
            pool = _pool(donor_kinds, kind)
            ours = _points({name: columns[name][mine] for name in used}, ties[mine], donors)
            theirs = _points(
                {name: np.asarray(donors[name], dtype=np.float64)[pool] for name in used}, donor_ties[pool], donors
            )
            chosen[mine] = pool[_draw(ours, theirs, luck[mine])]
    return chosen


def _draw(ours: Floats, theirs: Floats, luck: Floats) -> npt.NDArray[np.int64]:
    from scipy.spatial import cKDTree

    nearest = min(NEIGHBOURS, len(theirs))
    _, found = cKDTree(theirs).query(ours, k=np.arange(1, nearest + 1))
    places = (luck * nearest).astype(np.int64)
    picked: npt.NDArray[np.int64] = np.asarray(found)[np.arange(len(ours)), places]
    return picked


def _kinds(columns: Mapping[str, Floats], count: int) -> npt.NDArray[np.int64]:
    """Return (household, has a child, works) per person, -1 where not known, shape [n, 3]."""
    unknown = np.full(count, np.nan)
    household = np.asarray(columns.get("household", unknown), dtype=np.float64)
    child = np.asarray(columns.get("youngest_child_age", unknown), dtype=np.float64)
    has_child = np.where(np.isnan(child), np.where(household == 1, 1, np.nan), child >= 0)
    works = works_of(columns, count)
    return np.stack([np.nan_to_num(part, nan=-1) for part in (household, has_child, works)], axis=1).astype(int)


def _pool(donors: npt.NDArray[np.int64], kind: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the donors of a kind; working state gives way first, then the child, then the household."""
    for parts in ((0, 1, 2), (0, 1), (0,), ()):
        fits = np.ones(len(donors), dtype=bool)
        for part in parts:
            if kind[part] >= 0:
                fits &= donors[:, part] == kind[part]
        if fits.any():
            break
    return np.flatnonzero(fits)


def _points(columns: Mapping[str, Floats], ties: Floats, donors: Population) -> Floats:
    axes = [ties]
    for name, values in columns.items():
        column = IMPORTABLE[name]
        if column.codes:
            axes += [(values == code) / np.sqrt(2) for code in range(len(column.codes))]
            continue
        spread = np.asarray(donors[name], dtype=np.float64)
        if name in _LOGS:
            values, spread = (np.sign(part) * np.log1p(np.abs(part)) for part in (values, spread))
        scale = 1.0 if column.unit == "0/1" else float(np.std(spread)) or 1.0
        axes.append(values / scale)
    return np.stack(axes, axis=1)
