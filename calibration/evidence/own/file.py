"""Read a researcher's trial file into blocks: a CSV file with block titles, or an Excel workbook with sheets.

[study]                     [effects]
key,value                   arm,comparator,outcome,effect,se,...
name,arnhem                 coaching,control,hours_gt_12,0.04,0.03,...
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.policy.number_text import decimal_mark, toml_number
from sim.problems import InputError, Problem, Say, nearest_name
from sim.table_file import open_table

__all__ = ["BLOCKS", "Cells", "read_blocks"]

# Block -> the columns it must have; more columns may follow.
BLOCKS: Mapping[str, tuple[str, ...]] = {
    "study": ("key", "value"),
    "arms": ("arm", "people"),
    "outcomes": ("yours", "ours"),
    "effects": ("arm", "outcome"),
}
_OPTIONAL = ("outcomes",)
_LARGEST = 5_000_000
_MOST_ROWS = 20_000
_READABLE = Say(
    "a CSV file or an .xlsx workbook as `--template` writes it",
    "een CSV-bestand of .xlsx-werkmap zoals `--template` die schrijft",
)


@dataclass(frozen=True)
class Cells:
    """One row: where it stands, its cells by column (text, stripped; '' = empty), the decimal mark of its file."""

    path: str
    cells: Mapping[str, str]
    decimal: str = ""

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read_blocks(path: Path) -> dict[str, list[Cells]]:
    """Return the rows of every block.

    Raises:
        InputError: a file that cannot be read as such, blocks or columns missing, unknown or there twice.
    """
    tables = _workbook(path) if _is_workbook(path) else _csv_tables(path)
    problems: list[Problem] = []
    blocks: dict[str, list[Cells]] = {name: [] for name in BLOCKS}
    for name, where, lines in tables:
        if name not in BLOCKS:
            allowed = Say(f"one of {', '.join(BLOCKS)}", f"één van {', '.join(BLOCKS)}")
            problems.append(Problem(where, name, allowed, nearest_name(name, BLOCKS)))
            continue
        blocks[name] += _rows(name, where, lines, problems)
    present = [name for name, _, _ in tables]
    for name in BLOCKS:
        if name not in present and name not in _OPTIONAL:
            allowed = Say(f"a block [{name}] (a sheet in Excel)", f"een blok [{name}] (een blad in Excel)")
            problems.append(Problem(str(path), f"no {name}", allowed))
        if present.count(name) > 1:
            problems.append(Problem(str(path), name, Say("each block once", "elk blok eenmaal")))
    InputError.raise_if(problems)
    # Three decimals have one reading when the other cells of the file show which mark is decimal.
    mark = decimal_mark(cell for lines in blocks.values() for line in lines for cell in line.cells.values())
    return {name: [replace(line, decimal=mark) for line in lines] for name, lines in blocks.items()}


_Lines = list[tuple[int, Sequence[str]]]
_Table = tuple[str, str, _Lines]


def _rows(name: str, where: str, lines: _Lines, problems: list[Problem]) -> list[Cells]:
    if not lines:
        problems.append(Problem(where, "empty", Say("a row of column names", "een rij met kolomnamen")))
        return []
    heads = [head.strip() for head in lines[0][1]]
    while heads and not heads[-1]:
        heads.pop()
    place = f"{where}:{lines[0][0]}"
    needed = Say(f"columns {', '.join(BLOCKS[name])}", f"kolommen {', '.join(BLOCKS[name])}")
    problems += [
        Problem(place, f"no column {column}", needed, nearest_name(column, heads))
        for column in BLOCKS[name]
        if column not in heads
    ]
    once = Say("each column once", "elke kolom eenmaal")
    problems += [Problem(place, head, once) for head in sorted({h for h in heads if heads.count(h) > 1})]
    found = []
    for number, record in lines[1:]:
        cells = [cell.strip() for cell in record]
        if len(cells) > len(heads) and any(cells[len(heads) :]):
            allowed = Say(f"{len(heads)} cells (a comma in a text needs quotes)", f"{len(heads)} cellen")
            problems.append(Problem(f"{where}:{number}", f"{len(cells)} cells", allowed))
            continue
        if any(cells):
            found.append(Cells(f"{where}:{number}", dict(zip(heads, cells, strict=False))))
    return found


def _is_workbook(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(4) in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "unreadable"
        near = nearest_name(str(path), _beside(path))
        raise InputError((Problem(str(path), reason, _READABLE, near),)) from None


def _beside(path: Path) -> list[str]:
    try:
        return [str(found) for found in sorted(path.parent.iterdir())[:200]]
    except (OSError, ValueError):
        return []


def _workbook(path: Path) -> list[_Table]:
    sheets = open_table(path).book.sheetnames
    if not set(sheets) & set(BLOCKS):
        allowed = Say(f"sheets {', '.join(BLOCKS)}", f"bladen {', '.join(BLOCKS)}")
        raise InputError((Problem(path.name, ", ".join(sheets)[:60], allowed),))
    tables: list[_Table] = []
    for sheet in [sheet for sheet in sheets if sheet in BLOCKS]:
        file = open_table(path, sheet=sheet)
        lines: _Lines = [(1, file.heading)]
        columns = [column for column in dict.fromkeys(file.heading) if column]
        for chunk in file.chunks(columns):
            if chunk.numbers and chunk.numbers[-1] > _MOST_ROWS:
                allowed = Say(f"at most {_MOST_ROWS} rows", f"hoogstens {_MOST_ROWS} rijen")
                raise InputError((Problem(f"{path.name}:{sheet}", "too many rows", allowed),))
            for place, number in enumerate(chunk.numbers):
                record = [_text(chunk.cells[head][place]) if head else "" for head in file.heading]
                lines.append((number, record))
        tables.append((sheet, f"{path.name}:{sheet}", lines))
    return tables


def _text(cell: object) -> str:
    return toml_number(cell, ".12g") if isinstance(cell, float) else str(cell)


def _csv_tables(path: Path) -> list[_Table]:
    text = _decoded(path)
    delimiter = max(",;\t", key=text.count)
    tables: list[_Table] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: _Lines | None = None
    try:
        for record in reader:
            first = record[0].strip() if record else ""
            if first.startswith("#") or not any(cell.strip() for cell in record):
                continue
            if first.startswith("[") and first.endswith("]") and not any(c.strip() for c in record[1:]):
                lines = []
                tables.append((first[1:-1].strip().lower(), path.name, lines))
            elif lines is None:
                allowed = Say("a block title such as [study] first", "eerst een blok zoals [study]")
                raise InputError((Problem(f"{path.name}:{reader.line_num}", first, allowed),))
            else:
                lines.append((reader.line_num, record))
            if reader.line_num > _MOST_ROWS:
                allowed = Say(f"at most {_MOST_ROWS} rows", f"hoogstens {_MOST_ROWS} rijen")
                raise InputError((Problem(path.name, "too many rows", allowed),))
    except csv.Error as error:
        allowed = Say("quotes that are closed again", "aanhalingstekens die ook sluiten")
        raise InputError((Problem(f"{path.name}:{reader.line_num}", str(error), allowed),)) from None
    if not tables:
        raise InputError((Problem(path.name, "no blocks", _READABLE),))
    return tables


def _decoded(path: Path) -> str:
    try:
        if not path.is_file():
            raise InputError((Problem(str(path), "not a file", _READABLE),))
        if path.stat().st_size > _LARGEST:
            raise InputError((Problem(path.name, "too large", Say("at most 5 MB", "hoogstens 5 MB")),))
        raw = path.read_bytes()
    except OSError as error:
        raise InputError((Problem(str(path), error.strerror or "unreadable", _READABLE),)) from None
    if not raw.strip():
        raise InputError((Problem(path.name, "empty", _READABLE),))
    if b"\x00" in raw or raw.startswith((b"%PDF", b"\x1f\x8b", b"PAR1")):
        raise InputError((Problem(path.name, "another kind of file", _READABLE),))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError((Problem(path.name, "not text in UTF-8 or cp1252", _READABLE),))
