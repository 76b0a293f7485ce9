"""The mapping of a client file: which file column is which of ours, and what to do when it is missing."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sim.people.clients.schemes import BLANK_WORDS, IMPORTABLE, code_value, fold
from sim.people.clients.sources import Source, SourceReader, allowed_values
from sim.people.columns import TRAITS
from sim.policy.number_text import toml_float
from sim.problems import InputError, Problem, Say, nearest_name, one_of

__all__ = ["ClientMapping", "Source", "read_mapping"]

_TOP = ("version", "file", "clients", "columns", "missing")
_FILE = ("sheet", "delimiter", "encoding", "decimal", "reference_date", "blank_words")
_CLIENTS = ("id", "municipality", "municipality_column", "caseworker_column", "caseload")
_MISSING = ("donors", "donor_people", "seed", "match", "otherwise", "columns")
_DELIMITERS = {",": ",", ";": ";", "tab": "\t", "\t": "\t"}
_LARGEST = 1_000_000


@dataclass(frozen=True)
class ClientMapping:
    """A mapping file, checked.

    Attributes:
        digest: SHA-256 of the mapping file.
        sources: our columns that the file has.
        constants: our columns set to one value for everybody.
        drawn: our columns that donors lend (with `lend_states`, also the starting states the donors hold).
    """

    path: str
    digest: str
    reference: date
    sources: tuple[Source, ...] = ()
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    blank_words: frozenset[str] = frozenset(BLANK_WORDS)
    client_id: str | None = None
    municipality: str = "own file"
    municipality_column: str | None = None
    caseworker_column: str | None = None
    caseload: int = 60
    donors: str = "netherlands"
    donor_people: int = 10_000
    seed: int = 1
    match: tuple[str, ...] | None = None
    constants: Mapping[str, float] = field(default_factory=dict)
    drawn: tuple[str, ...] = ()
    lend_states: bool = True

    @property
    def file_columns(self) -> tuple[tuple[str, str], ...]:
        """Return (place in the mapping, file column) of every file column that is read."""
        whole = [
            ("clients.id", self.client_id),
            ("clients.municipality_column", self.municipality_column),
            ("clients.caseworker_column", self.caseworker_column),
        ]
        parts = [(f"columns.{source.target}", column) for source in self.sources for column in source.columns]
        return tuple((place, column) for place, column in [*whole, *parts] if column is not None)

    @property
    def needs_donors(self) -> bool:
        """Tell whether any trait or cell is to be drawn from donors."""
        return bool(self.drawn) or any(source.blank == "draw" for source in self.sources)


def read_mapping(path: str | Path) -> tuple[ClientMapping, list[Problem]]:
    """Read a mapping as far as it makes sense, with everything that is wrong with it.

    Raises:
        InputError: the file cannot be read as TOML at all.
    """
    place = Path(path)
    try:
        if place.stat().st_size > _LARGEST:
            raise InputError([Problem(place.name, "too large", Say("at most 1 MB", "hoogstens 1 MB"))])
        raw = place.read_bytes()
        table = tomllib.loads(raw.decode("utf-8-sig"), parse_float=toml_float)
    except OSError as error:
        allowed = Say("a mapping file that can be read", "een leesbaar koppelbestand")
        raise InputError([Problem(str(place), error.strerror or "unreadable", allowed)]) from error
    except (ValueError, RecursionError) as error:
        shown = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "not UTF-8 text in TOML"
        raise InputError([Problem(place.name, shown, Say("valid TOML", "geldige TOML"))]) from error
    reader = _Reader(place.name)
    mapping = reader.mapping(table, hashlib.sha256(raw).hexdigest())
    return mapping, reader.problems


class _Reader(SourceReader):
    """Collects problems while it reads the tables."""

    def mapping(self, top: dict[str, Any], digest: str) -> ClientMapping:
        self.names(top, "", _TOP)
        if top.get("version", 1) != 1:
            self.wrong("version", top["version"], "1", "1")
        file, clients = self.table(top, "file", _FILE), self.table(top, "clients", _CLIENTS)
        reference = file.get("reference_date")
        if isinstance(reference, datetime):
            reference = reference.date()
        if not isinstance(reference, date) or not 2004 <= reference.year <= 2100:
            self.wrong(
                "file.reference_date",
                reference if reference is not None else "missing",
                "a date such as 2024-01-01 (2004 to 2100): ages and spells are counted to it",
                "een datum zoals 2024-01-01 (2004 tot 2100): leeftijden en duren worden tot die dag geteld",
            )
            reference = date(2024, 1, 1)
        sources = self.sources(self.table(top, "columns", tuple(IMPORTABLE)))
        missing = self.missing(self.table(top, "missing", _MISSING), {source.target for source in sources})
        delimiter = self.text(file, "file.delimiter", _DELIMITERS)
        fixed, column = (self.text(clients, f"clients.{key}") for key in ("municipality", "municipality_column"))
        if fixed and column:
            self.wrong(
                "clients.municipality", fixed, "a name or a column, not both", "een naam of een kolom, niet beide"
            )
        words = self.words(file, "file.blank_words", BLANK_WORDS)
        return ClientMapping(
            path=self.name,
            digest=digest,
            reference=reference,
            sources=sources,
            sheet=self.text(file, "file.sheet"),
            delimiter=_DELIMITERS.get(delimiter or ""),
            encoding=self.text(file, "file.encoding", ("utf-8", "cp1252")),
            decimal=self.text(file, "file.decimal", (",", ".")),
            blank_words=frozenset(fold(word) for word in (*words, "")),
            client_id=self.text(clients, "clients.id"),
            municipality=fixed or "own file",
            municipality_column=column,
            caseworker_column=self.text(clients, "clients.caseworker_column"),
            caseload=self.whole(clients, "clients.caseload", 60, 1, 1000),
            **missing,
        )

    def missing(self, missing: dict[str, Any], mapped: set[str]) -> dict[str, Any]:
        columns = missing.get("columns", {})
        if not isinstance(columns, dict):
            self.wrong("missing.columns", type(columns).__name__, "a table", "een tabel")
            columns = {}
        self.names(columns, "missing.columns.", IMPORTABLE)
        otherwise = missing.get("otherwise", "draw")
        if otherwise not in ("draw", "refuse"):
            self.problems.append(one_of(f"{self.name}:missing.otherwise", otherwise, ("draw", "refuse")))
        constants, drawn = dict[str, float](), list[str]()
        for target, value in columns.items():
            if target not in IMPORTABLE:
                continue
            if target in mapped:
                self.wrong(
                    f"missing.columns.{target}",
                    value,
                    "a column that [columns] does not read from the file",
                    "een kolom die [columns] niet uit het bestand leest",
                )
            elif value == "draw":
                drawn.append(target)
            elif (number := code_value(target, value)) is not None:
                constants[target] = number
            else:
                self.wrong(f"missing.columns.{target}", value, *allowed_values(target, refuse=False))
        left = [name for name in IMPORTABLE if name in TRAITS and name not in mapped | {*columns}]
        for name in left if otherwise == "refuse" else ():
            self.wrong(
                f"columns.{name}",
                "missing",
                "a column, a constant or 'draw' (missing.otherwise = 'refuse')",
                "een kolom, een vaste waarde of 'draw' (missing.otherwise = 'refuse')",
            )
        return {
            "donors": self.text(missing, "missing.donors") or "netherlands",
            "donor_people": self.whole(missing, "missing.donor_people", 10_000, 100, 100_000),
            "seed": self.whole(missing, "missing.seed", 1, 0, 2**31 - 1),
            "match": self.match(missing, mapped),
            "constants": constants,
            "drawn": (*drawn, *left),
            "lend_states": otherwise == "draw",
        }

    def match(self, missing: dict[str, Any], mapped: set[str]) -> tuple[str, ...] | None:
        if "match" not in missing:
            return None
        names = self.words(missing, "missing.match", ())
        for name in names:
            if name not in mapped:
                allowed = Say(
                    "columns that [columns] reads from the file", "kolommen die [columns] uit het bestand leest"
                )
                nearest = nearest_name(name, mapped)
                self.problems.append(Problem(f"{self.name}:missing.match", name, allowed, nearest))
        return tuple(name for name in dict.fromkeys(names) if name in mapped)
