"""From raw rows to kept clients: convert every mapped column, apply the rules, tell why a row is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from sim.people.clients.mapping import ClientMapping, Source
from sim.people.clients.rules import PER_HOUR, RULES, per_hour
from sim.people.clients.schemes import fold, span
from sim.people.clients.values import FAULTS, convert, offending, shown
from sim.problems import Problem, Say
from sim.table_file import RawRows, TableFile

__all__ = ["Clients", "Refusal", "read_clients"]

_MOST_REFUSALS = 200_000
_MOST_WORDS = 40

_OTHER: dict[str, Say] = {
    "wrong width": Say(
        "as many fields as the heading (check the quotes)", "evenveel velden als de kop (let op de aanhalingstekens)"
    ),
    "no client id": Say("a client id", "een cliëntnummer"),
    "repeated client id": Say("one row per client", "één rij per cliënt"),
    "no municipality": Say("a municipality", "een gemeente"),
}


@dataclass(frozen=True)
class Refusal:
    """One reason to refuse one row: never more of the row than the offending value (or its pattern)."""

    row: int
    column: str
    reason: str
    value: str
    allowed: Say

    def problem(self, name: str) -> Problem:
        """Return the refusal as a problem of the file `name`."""
        return Problem(f"{name}:{self.row}:{self.column}", self.value or self.reason, self.allowed)


@dataclass
class Clients:
    """What was kept (`rows`, `columns`, ids and places, [kept] each) and refused (`refusals`, `reasons`)."""

    read: int = 0
    rows: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    columns: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    municipality: list[str] = field(default_factory=list)
    caseworker: list[str] = field(default_factory=list)
    client_ids: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    capped: Counter[str] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """Return the number of rows refused."""
        return self.read - len(self.rows)


def read_clients(
    file: TableFile, mapping: ClientMapping, *, keep_ids: bool = False, progress: Callable[[int], None] | None = None
) -> Clients:
    """Read all rows of an opened file, in chunks.

    Raises:
        InputError: the file breaks off half-way.
    """
    return _Reader(file, mapping, keep_ids).all(progress)


class _Reader:
    def __init__(self, file: TableFile, mapping: ClientMapping, keep_ids: bool) -> None:
        self.file, self.mapping, self.keep_ids = file, mapping, keep_ids
        # Not declared: both marks are read, and a cell with two readings is refused.
        self.decimal = mapping.decimal or ""
        self.clients = Clients()
        self.seen: dict[str, int] = {}
        self.words: dict[str, set[str]] = {}
        self.parts: dict[str, list[npt.NDArray[np.float64]]] = {one.target: [] for one in mapping.sources}
        self.kept: list[npt.NDArray[np.int64]] = []

    def all(self, progress: Callable[[int], None] | None) -> Clients:
        columns = list(dict.fromkeys(column for _, column in self.mapping.file_columns))
        for chunk in self.file.chunks(columns):
            self.chunk(chunk)
            if progress is not None:
                progress(self.clients.read)
        done = self.clients
        if self.kept:
            done.rows = np.concatenate(self.kept)
            done.columns = {name: np.concatenate(parts) for name, parts in self.parts.items()}
        done.refusals = sorted(map(self.masked, done.refusals), key=lambda one: one.row)
        return done

    def masked(self, refusal: Refusal) -> Refusal:
        """Hide the words of a column with so many unknown words that it may hold names instead of codes."""
        if len(self.words.get(refusal.column, ())) <= _MOST_WORDS:
            return refusal
        return replace(refusal, value=shown(refusal.value, "not a number"))

    def chunk(self, chunk: RawRows) -> None:
        count = len(chunk.numbers)
        self.clients.read += count + len(chunk.short)
        width = len(self.file.heading)
        for number, found in chunk.short:
            allowed = Say(f"{width} fields (check quotes)", f"{width} velden (let op aanhalingstekens)")
            self.refuse(Refusal(number, "row", "wrong width", f"{found} fields", allowed))
        good = np.ones(count, dtype=bool)
        values: dict[str, npt.NDArray[np.float64]] = {}
        for source in self.mapping.sources:
            converted = convert(source, chunk.cells, self.mapping, self.decimal)
            values[source.target] = converted.values
            self.clients.capped[source.target] += converted.capped
            for spot in np.flatnonzero(converted.faults).tolist():
                number = int(converted.faults[spot])
                # A household from two columns: what is not a number is the count of children.
                place = source.columns[-1 if list(FAULTS)[number] == "not a number" else 0]
                self.fault(chunk.numbers[spot], source, number, chunk.cells[place][spot])
            good &= converted.faults == 0
        hour = {PER_HOUR: np.full(count, per_hour(self.mapping.reference))}
        known = hour | values | {name: np.full(count, value) for name, value in self.mapping.constants.items()}
        for rule in RULES:
            # A rule speaks about the file: one side at least must come from it.
            if not all(name in known for name in rule.needs) or not any(name in values for name in rule.needs):
                continue
            broken = rule.broken(known)
            for spot in np.flatnonzero(broken).tolist():
                self.refuse(Refusal(chunk.numbers[spot], "+".join(rule.needs), rule.name, "", rule.says))
            good &= ~broken
        good &= self.places(chunk, good)
        rows = np.asarray(chunk.numbers, dtype=np.int64)
        self.kept.append(rows[good])
        for name, column in values.items():
            self.parts[name].append(column[good])

    def places(self, chunk: RawRows, good: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Check ids and places, and remember those of the rows that are kept."""
        mapping, count = self.mapping, len(chunk.numbers)
        fits = np.ones(count, dtype=bool)
        ids = self.texts(chunk, mapping.client_id)
        towns = self.texts(chunk, mapping.municipality_column)
        workers = self.texts(chunk, mapping.caseworker_column)
        for spot, number in enumerate(chunk.numbers):
            if mapping.client_id is not None:
                key = ids[spot]
                if fold(key) in mapping.blank_words:
                    self.other(number, "clients.id", "no client id", "")
                    fits[spot] = False
                elif self.seen.setdefault(key, number) != number:
                    self.other(number, "clients.id", "repeated client id", f"as in row {self.seen[key]}")
                    fits[spot] = False
            if mapping.municipality_column is not None and fold(towns[spot]) in mapping.blank_words:
                self.other(number, "clients.municipality", "no municipality", "")
                fits[spot] = False
        for spot in np.flatnonzero(good & fits).tolist():
            self.clients.municipality.append(towns[spot] if towns else mapping.municipality)
            worker = workers[spot] if workers else ""
            self.clients.caseworker.append("" if fold(worker) in mapping.blank_words else worker)
            if self.keep_ids and ids:
                self.clients.client_ids.append(ids[spot])
        return fits

    def texts(self, chunk: RawRows, column: str | None) -> list[str]:
        if column is None:
            return []
        return [
            str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
            for cell in chunk.cells[column]
        ]

    def fault(self, row: int, source: Source, number: int, cell: object) -> None:
        reason, target = list(FAULTS)[number], source.target
        allowed = FAULTS[reason]
        if reason == "out of bounds":
            allowed = span(target)
        value = offending(source, cell, reason, self.mapping, self.decimal)
        words = self.words.setdefault(target, set())
        if reason in ("unknown word", "not yes or no") and len(words) <= _MOST_WORDS:
            words.add(value)
        self.refuse(Refusal(row, target, reason, value, allowed))

    def other(self, row: int, column: str, reason: str, value: str) -> None:
        self.refuse(Refusal(row, column, reason, value, _OTHER[reason]))

    def refuse(self, refusal: Refusal) -> None:
        self.clients.reasons[(refusal.column, refusal.reason)] += 1
        if len(self.clients.refusals) < _MOST_REFUSALS:
            self.clients.refusals.append(refusal)
