"""The one reader of tables: CSV (comma, semicolon, tab; UTF-8, cp1252), Excel, Parquet, Stata, SPSS, in chunks.

Longer than 300 lines: each format has its own ways of being damaged, and all meet here.
"""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from sim.problems import InputError, Problem, Say, nearest_name
from sim.table_formats import cell_of, frame_rows, read_frame

__all__ = ["RawRows", "TableFile", "open_table"]

CHUNK_ROWS = 50_000
LARGEST_BYTES = 1 << 30
LARGEST_UNPACKED = 1 << 32
MOST_COLUMNS = 2_000
MOST_ROWS = 5_000_000
_LONGEST_FIELD = 5_000

# Everything openpyxl, zipfile and the XML parser are known to raise on a damaged workbook.
_WORKBOOK_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)

_READABLE = Say(
    "a table: CSV (comma, semicolon or tab), Excel (.xlsx), Parquet, Stata (.dta) or SPSS (.sav)",
    "een tabel: CSV (komma, puntkomma of tab), Excel (.xlsx), Parquet, Stata (.dta) of SPSS (.sav)",
)
_KNOWN_STARTS: tuple[tuple[bytes, Say], ...] = (
    (b"%PDF", Say("a table, not a PDF", "een tabel, geen PDF")),
    (b"\x1f\x8b", Say("an unpacked file, not a gzip archive", "een uitgepakt bestand, geen gzip")),
    (b"Rar!", Say("an unpacked file", "een uitgepakt bestand")),
    (b"7z\xbc\xaf", Say("an unpacked file", "een uitgepakt bestand")),
    (b"\xff\xfe", Say("UTF-8 or cp1252 (save as 'CSV UTF-8')", "UTF-8 of cp1252 (bewaar als 'CSV UTF-8')")),
    (b"\xfe\xff", Say("UTF-8 or cp1252 (save as 'CSV UTF-8')", "UTF-8 of cp1252 (bewaar als 'CSV UTF-8')")),
)


@dataclass(frozen=True)
class RawRows:
    """Rows as they stand: `numbers` [n] (heading = 1), `cells` by file column, `short` of wrong width."""

    numbers: list[int]
    cells: dict[str, list[object]]
    short: list[tuple[int, int]]


@dataclass(frozen=True)
class TableFile:
    """An opened file: its name in messages, its heading, how it was read."""

    path: Path
    name: str
    heading: tuple[str, ...]
    excel: bool
    sheet: str | None
    delimiter: str
    encoding: str
    book: Any = field(default=None, repr=False, compare=False)
    frame: Any = field(default=None, repr=False, compare=False)

    @property
    def typed(self) -> bool:
        """Tell whether the file itself says which cells are numbers (all but CSV do)."""
        return self.excel or self.frame is not None

    def check(self, columns: Sequence[tuple[str, str]], mapping: str) -> list[Problem]:
        """Return what is wrong with the heading: (place, file column) pairs missing or there twice."""
        found = [column in self.heading for _, column in columns]
        if columns and not any(found):
            allowed = Say(
                "a first row with the column names of the mapping (check the sheet and the separator)",
                "een eerste rij met de kolomnamen van de koppeling (controleer werkblad en scheidingsteken)",
            )
            return [Problem(f"{self.name}:1", "no mapped column found", allowed)]
        problems: list[Problem] = []
        for (place, column), known in zip(columns, found, strict=True):
            if not known:
                allowed = Say("a column of the file", "een kolom van het bestand")
                problems.append(Problem(f"{mapping}:{place}", column, allowed, nearest_name(column, self.heading)))
            elif self.heading.count(column) > 1:
                allowed = Say("a name that stands in the heading once", "een naam die één keer in de kop staat")
                problems.append(Problem(f"{self.name}:1", column, allowed))
        return problems

    def chunks(self, columns: Sequence[str]) -> Iterator[RawRows]:
        """Yield the chosen columns in chunks of `CHUNK_ROWS` rows; empty rows are passed over.

        Raises:
            InputError: the file breaks off, or holds text that cannot be read as a table.
        """
        spots = {column: self.heading.index(column) for column in columns}
        width, number = len(self.heading), 1
        if self.frame is not None:
            records: Iterator[Sequence[object]] = frame_rows(self.frame)
        else:
            records = _workbook_rows(self) if self.excel else _csv_rows(self)
        next(records, None)
        while block := list(islice(records, CHUNK_ROWS)):
            numbers = range(number + 1, number + 1 + len(block))
            number += len(block)
            if number > MOST_ROWS:
                allowed = Say(f"at most {MOST_ROWS} rows", f"hoogstens {MOST_ROWS} rijen")
                raise InputError([Problem(self.name, "too many rows", allowed)])
            kept: list[Sequence[object]] = []
            kept_numbers: list[int] = []
            short: list[tuple[int, int]] = []
            for row_number, record in zip(numbers, block, strict=True):
                fits = len(record) == width or self.typed or (len(record) > width and not any(record[width:]))
                if not any(cell not in ("", None) for cell in record):
                    continue
                if fits:
                    kept.append(record if len(record) >= width else [*record, *[""] * (width - len(record))])
                    kept_numbers.append(row_number)
                else:
                    short.append((row_number, len(record)))
            cells = {column: [record[spot] for record in kept] for column, spot in spots.items()}
            yield RawRows(kept_numbers, cells, short)


def open_table(
    path: str | Path, *, sheet: str | None = None, delimiter: str | None = None, encoding: str | None = None
) -> TableFile:
    """Open a table and read its heading.

    Raises:
        InputError: missing (with the nearest name beside it), empty, huge, binary, encrypted, damaged, or without
            the sheet.
    """
    place = Path(path)
    try:
        size = place.stat().st_size
        if not place.is_file():
            raise InputError([Problem(str(path), "not a file", _READABLE)])
        with place.open("rb") as stream:
            start = stream.read(8)
    except (OSError, ValueError) as error:
        shown = (error.strerror if isinstance(error, OSError) else None) or "unreadable"
        near = nearest_name(str(path), _beside(place))
        allowed = Say("a file that can be read", "een leesbaar bestand")
        raise InputError([Problem(str(path), shown, allowed, near)]) from error
    if not size:
        raise InputError([Problem(place.name, "empty", _READABLE)])
    if size > LARGEST_BYTES:
        raise InputError([Problem(place.name, f"{size} bytes", Say("at most 1 GB", "hoogstens 1 GB"))])
    for known, allowed in _KNOWN_STARTS:
        if start.startswith(known):
            raise InputError([Problem(place.name, "another kind of file", allowed)])
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        allowed = Say(
            "an .xlsx workbook without a password (this is an encrypted workbook or an old .xls)",
            "een .xlsx-werkmap zonder wachtwoord (dit is een versleutelde werkmap of een oude .xls)",
        )
        raise InputError([Problem(place.name, "encrypted or old workbook", allowed)])
    frame = read_frame(place, start, MOST_ROWS)
    if frame is not None:
        return _checked(TableFile(place, place.name, _clean(list(frame.columns)), False, None, ",", "", None, frame))
    if start.startswith(b"PK"):
        return _open_workbook(place, sheet)
    return _open_csv(place, delimiter, encoding)


def _beside(place: Path) -> list[str]:
    try:
        return [str(found) for found in sorted(place.parent.iterdir())[:200]]
    except (OSError, ValueError):
        return []


def _open_csv(place: Path, delimiter: str | None, encoding: str | None) -> TableFile:
    found = _encoding(place, encoding)
    with place.open(encoding=found, newline="") as stream:
        first = stream.readline(1 << 16)
    if delimiter is None:
        delimiter = max(";\t,", key=first.count)
    heading = next(csv.reader(io.StringIO(first), delimiter=delimiter), [])
    return _checked(TableFile(place, place.name, _clean(heading), False, None, delimiter, found))


def _encoding(place: Path, wanted: str | None) -> str:
    names = ("utf-8-sig", "cp1252") if wanted is None else ("utf-8-sig" if wanted == "utf-8" else wanted,)
    for name in names:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with place.open("rb") as stream:
                while block := stream.read(1 << 20):
                    if b"\x00" in block:
                        raise InputError([Problem(place.name, "binary", _READABLE)])
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        except OSError as error:
            raise InputError([Problem(place.name, error.strerror or "unreadable", _READABLE)]) from error
        return name
    allowed = Say("text in UTF-8 or cp1252", "tekst in UTF-8 of cp1252")
    raise InputError([Problem(place.name, f"not text in {wanted or 'UTF-8 or cp1252'}", allowed)])


def _csv_rows(file: TableFile) -> Iterator[Sequence[str]]:
    with file.path.open(encoding=file.encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=file.delimiter, strict=True)
        line = 0
        try:
            while True:
                try:
                    record = next(reader, None)
                except csv.Error as error:
                    if "expected after" not in str(error):
                        raise
                    # A stray quote spoils one row only: too wide on purpose, so that it is refused.
                    record = ["quote"] * (len(file.heading) + 1)
                if record is None:
                    return
                if reader.line_num - line > 50:
                    raise csv.Error("quote not closed")
                line = reader.line_num
                yield record
        except csv.Error as error:
            allowed = Say("quotes that are closed again", "aanhalingstekens die ook weer sluiten")
            raise InputError([Problem(f"{file.name}:{line + 1}", "quote not closed", allowed)]) from error
        except (OSError, UnicodeDecodeError) as error:
            raise InputError([Problem(file.name, "changed while it was read", _READABLE)]) from error


def _open_workbook(place: Path, sheet: str | None) -> TableFile:
    problem = Problem(place.name, "damaged workbook", Say("an .xlsx workbook", "een .xlsx-werkmap"))
    try:
        with zipfile.ZipFile(place) as archive:
            parts = archive.infolist()
        names = {part.filename for part in parts}
        if any(part.flag_bits & 1 for part in parts) or "EncryptedPackage" in names:
            allowed = Say("a workbook without a password", "een werkmap zonder wachtwoord")
            raise InputError([Problem(place.name, "encrypted", allowed)])
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
            raise InputError([Problem(place.name, "a zip archive", _READABLE)])
        if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            allowed = Say("at most 4 GB unpacked", "hoogstens 4 GB uitgepakt")
            raise InputError([Problem(place.name, "too large", allowed)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = _load(place)
        sheets = [one.title for one in book.worksheets]
        if not sheets or (sheet is not None and sheet not in sheets):
            allowed = Say("one of its sheets", "een van de werkbladen")
            nearest = nearest_name(sheet or "", sheets)
            raise InputError([Problem(f"{place.name}:sheet", sheet or "none", allowed, nearest)])
    except _WORKBOOK_FAULTS as error:
        raise InputError([problem]) from error
    bare = TableFile(place, place.name, (), True, sheet or sheets[0], ",", "", book)
    first = next(_workbook_rows(bare), ())
    return _checked(replace(bare, heading=_clean([str(cell) for cell in first])))


def _load(place: Path) -> Any:
    import openpyxl

    # Given as a stream: a workbook under another file name is a workbook still.
    return openpyxl.load_workbook(place.open("rb"), read_only=True, data_only=True, keep_links=False)


def _workbook_rows(file: TableFile) -> Iterator[Sequence[object]]:
    try:
        page = file.book[file.sheet]
        # The size a workbook claims may be wrong; rows are padded to the heading, no further.
        page.reset_dimensions()
        rows = page.iter_rows(values_only=True, max_col=len(file.heading) or MOST_COLUMNS)
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                block = list(islice(rows, 500 if file.heading else 1))
            if not block:
                return
            for row in block:
                yield [cell_of(value) for value in row]
    except _WORKBOOK_FAULTS as error:
        shown = Problem(file.name, "damaged workbook", Say("an .xlsx workbook", "een .xlsx-werkmap"))
        raise InputError([shown]) from error


def _clean(heading: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip().lstrip("\ufeff") for name in heading]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _checked(file: TableFile) -> TableFile:
    allowed = Say("a first row with column names", "een eerste rij met kolomnamen")
    if not file.heading:
        raise InputError([Problem(f"{file.name}:1", "no heading", allowed)])
    if len(file.heading) > MOST_COLUMNS or max(map(len, file.heading)) > _LONGEST_FIELD:
        raise InputError([Problem(f"{file.name}:1", f"{len(file.heading)} columns", allowed)])
    return file
