"""Rows and study heads as text: read from CSV and TOML, every problem at once."""

from __future__ import annotations

import csv
import io
import math
import tomllib
from collections.abc import Mapping
from typing import Any

from calibration.evidence.schema import COLUMNS, MARKERS, Doubt, Row, Size, Study
from sim.problems import InputError, Problem, Say, nearest_name, one_of

__all__ = ["read_rows", "read_study", "write_rows"]

_NUMBER = Say("a number with a decimal point", "een getal met een decimale punt")
# Columns that files of an earlier version do not have.
_LATER = ("n_low",)
_PEOPLE = Say("a number of people, 0 or more", "een aantal mensen, 0 of meer")


def read_study(text: str, path: str, *, shipped: bool = True) -> Study:
    """Return the head of a study.

    Raises:
        InputError: not TOML, or a key that is missing, unknown or of the wrong kind.
    """
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError((Problem(path, str(error), Say("valid TOML", "geldige TOML")),)) from None
    problems: list[Problem] = []

    def take(key: str, kind: type, default: Any) -> Any:
        value = data.pop(key, default)
        if not isinstance(value, kind) or isinstance(value, bool):
            names = {str: "a text", int: "a whole number", list: "a list", dict: "a table"}
            allowed = Say(names[kind], names[kind])
            problems.append(Problem(f"{path}:{key}", str(value), allowed))
            return default
        return value

    doubts: dict[str, Doubt] = {}
    for table in take("doubts", list, []):
        if not (isinstance(table, dict) and all(isinstance(table.get(k), str) for k in ("code", "en", "nl"))):
            allowed = Say("a table with code, en and nl", "een tabel met code, en en nl")
            problems.append(Problem(f"{path}:doubts", str(table), allowed))
            continue
        doubts[table["code"]] = Doubt(table["code"], Say(table["en"], table["nl"]))
    sizes: dict[str, Size] = {}
    for place, size in take("participants", dict, {}).items():
        try:
            sizes[place] = Size(int(size["people"]), int(size["arms"]))
        except (KeyError, TypeError, ValueError):
            allowed = Say("people and arms", "people en arms")
            problems.append(Problem(f"{path}:participants.{place}", str(size), allowed))
    spreads: dict[str, float] = {}
    for outcome, spread in take("assumed_sd", dict, {}).items():
        if not isinstance(spread, int | float) or not spread > 0:
            allowed = Say("a number above 0", "een getal boven 0")
            problems.append(Problem(f"{path}:assumed_sd.{outcome}", str(spread), allowed))
        else:
            spreads[outcome] = float(spread)
    stars: dict[str, str] = {}
    for star, marker in take("stars", dict, {}).items():
        if marker not in MARKERS:
            problems.append(one_of(f"{path}:stars.{star}", str(marker), MARKERS))
        else:
            stars[star] = marker
    study = Study(
        name=take("study", str, ""),
        title=take("title", str, ""),
        short=take("short", str, ""),
        publisher=take("publisher", str, ""),
        year=take("year", int, 0),
        municipalities=tuple(str(place) for place in take("municipalities", list, [])),
        control=take("control", str, ""),
        reference=take("reference", str, ""),
        doubts=doubts,
        participants=sizes,
        assumed_sd=spreads,
        stars=stars,
        shipped=shipped,
        random_reference=tuple(str(place) for place in take("random_reference", list, [])),
    )
    for key in data:
        allowed = Say("a known key", "een bekende sleutel")
        problems.append(Problem(f"{path}:{key}", key, allowed, nearest_name(key, Study.__dataclass_fields__)))
    if not study.name or not study.municipalities:
        allowed = Say("study and municipalities", "study en municipalities")
        problems.append(Problem(path, "missing", allowed))
    InputError.raise_if(problems)
    return study


def read_rows(text: str, study: Study, path: str) -> list[Row]:
    """Return the rows of a study; an empty cell is 'not reported'.

    Raises:
        InputError: unknown or missing columns, text where a number belongs.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    problems: list[Problem] = []
    rows: list[Row] = []
    try:
        heads = list(reader.fieldnames or ())
        for head in heads:
            if head not in COLUMNS:
                allowed = Say("a column of the schema", "een kolom van het schema")
                problems.append(Problem(path, str(head), allowed, nearest_name(str(head), COLUMNS)))
        missing = [column for column in COLUMNS if column not in heads and column not in _LATER]
        if missing:
            allowed = Say("every column of the schema", "elke kolom van het schema")
            problems.append(Problem(path, f"missing {', '.join(missing)}", allowed))
        InputError.raise_if(problems)
        rows = [_row(record, study, f"{path}:{line}", problems) for line, record in enumerate(reader, start=2)]
    except csv.Error as error:
        problems.append(Problem(path, str(error), Say("a CSV file", "een CSV-bestand")))
    InputError.raise_if(problems)
    return rows


def write_rows(rows: list[Row]) -> str:
    """Return the rows as CSV, equal bytes for equal rows."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        record: dict[str, object] = {}
        for column in COLUMNS:
            value = getattr(row, column)
            if column == "doubt":
                value = " ".join(value)
            record[column] = (
                "" if value is None else repr(value).removesuffix(".0") if isinstance(value, float) else value
            )
        writer.writerow(record)
    return out.getvalue()


def _row(record: Mapping[str | None, Any], study: Study, path: str, problems: list[Problem]) -> Row:
    values: dict[str, Any] = {"study": study.name}
    if None in record or None in record.values():
        problems.append(Problem(path, "cells", Say("one cell per column", "één cel per kolom")))
    for column, kind in COLUMNS.items():
        text = (record.get(column) or "").strip()
        if column == "doubt":
            values[column] = tuple(text.split())
        elif kind == "text":
            values[column] = text
        else:
            values[column] = _number(text, kind, f"{path}:{column}", problems)
    values["subgroup"] = values["subgroup"] or "all"
    return Row(**values)


def _number(text: str, kind: str, path: str, problems: list[Problem]) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        problems.append(Problem(path, text, _NUMBER))
        return None
    if not math.isfinite(number) or (kind == "count" and number < 0):
        problems.append(Problem(path, text, _PEOPLE if kind == "count" else _NUMBER))
        return None
    return number
