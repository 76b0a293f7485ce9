"""Tables as files that lose nothing: Parquet, CSV, JSON and Excel, written and read back."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FORMATS", "read_table", "write_table"]

# What a table can be written as; a sheet of xlsx holds a million rows.
FORMATS = ("parquet", "csv", "json", "xlsx")
_MOST_ROWS, _MOST_COLUMNS = 1_000_000, 16_000
# A cell of a sheet holds 32,767 characters of two bytes; longer texts go on in a column beside it.
_CELL = 16_000
_GOES_ON = re.compile(r"(.*) \((\d+)\)")
# What XML cannot hold, and what would be read as such.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write a table in the format of the file's name; numbers keep every bit, bytes become hexadecimal text.

    Raises:
        InputError: more rows or longer texts than a sheet holds.
    """
    kind = path.suffix[1:]
    if kind == "parquet":
        table.to_parquet(path, index=False, compression="zstd")
        return path
    plain = table.apply(lambda column: column.map(_hex) if column.dtype == object else column)
    if kind == "csv":
        plain.to_csv(path, index=False)
    elif kind == "json":
        columns = {name: [_plain(value) for value in plain[name].tolist()] for name in plain.columns}
        path.write_text(json.dumps(columns, ensure_ascii=False), encoding="utf-8")
    else:
        _write_sheet(plain, path)
    return path


def read_table(path: Path, texts: Collection[str] = ()) -> pd.DataFrame:
    """Return a table that `write_table` wrote; columns in `texts` are texts, whatever they look like.

    Raises:
        ValueError: not such a file.
    """
    import pandas as pd

    kind = path.suffix[1:]
    if kind == "parquet":
        return pd.read_parquet(path)
    if kind == "csv":
        return _read_csv(path, texts)
    if kind == "json":
        return pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))
    return _read_sheet(path)


def _read_csv(path: Path, texts: Collection[str]) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import csv

    found = csv.read_csv(
        path,
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(texts, pa.string()), null_values=[""], strings_can_be_null=False
        ),
    )
    table: pd.DataFrame = found.to_pandas()
    return table


def _hex(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and value != value else value


def _write_sheet(table: pd.DataFrame, path: Path) -> None:
    columns = list(_cut(table))
    if len(table) > _MOST_ROWS or len(columns) > _MOST_COLUMNS:
        told = f"xlsx, {len(table)} rows, {len(columns)} columns"
        allowed = Say(
            f"at most {_MOST_ROWS} rows and {_MOST_COLUMNS} columns: take parquet",
            f"hoogstens {_MOST_ROWS} rijen en {_MOST_COLUMNS} kolommen: neem parquet",
        )
        raise InputError([Problem("--format", told, allowed)])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in _PARTS.items():
            book.writestr(name, text.replace("TITLE", escape(path.stem[:31], {'"': "&quot;"})))
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f"{_XML}<worksheet {_MAIN}><sheetData>".encode())
            sheet.write(_row([name for name, _ in columns]))
            for row in zip(*(values for _, values in columns), strict=True):
                sheet.write(_row(row))
            sheet.write(b"</sheetData></worksheet>")


def _cut(table: pd.DataFrame) -> Iterator[tuple[str, list[Any]]]:
    """Yield columns by name; texts too long for a cell go on in columns called ``name (2)`` and so on."""
    for name in table.columns:
        values = table[name].tolist()
        longest = max((len(value) for value in values if isinstance(value, str)), default=0)
        yield str(name), [value[:_CELL] if isinstance(value, str) else value for value in values]
        for part, start in enumerate(range(_CELL, longest, _CELL), 2):
            rest = [value[start : start + _CELL] if isinstance(value, str) else None for value in values]
            yield f"{name} ({part})", rest


def _row(values: Collection[Any]) -> bytes:
    return f"<row>{''.join(map(_cell, values))}</row>".encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    if isinstance(value, float):
        return f"<c><v>{value!r}</v></c>" if value - value == 0 else "<c/>"
    if value is None:
        return "<c/>"
    text = escape(_ODD.sub(lambda found: f"_x{ord(found[0]):04X}_", str(value)))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _read_sheet(path: Path) -> pd.DataFrame:
    import pandas as pd
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    try:
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    finally:
        book.close()
    if not rows:
        raise ValueError(f"{path.name}: empty")
    names = [str(name) for name in rows[0]]
    columns: dict[str, list[Any]] = {}
    for place, name in enumerate(names):
        values = [_unescaped(row[place] if place < len(row) else None) for row in rows[1:]]
        found = _GOES_ON.fullmatch(name)
        if found is not None and found[1] in columns:
            before = columns[found[1]]
            columns[found[1]] = [
                one if more is None else f"{one or ''}{more}" for one, more in zip(before, values, strict=True)
            ]
        else:
            columns[name] = values
    return pd.DataFrame(columns)


def _unescaped(value: Any) -> Any:
    if isinstance(value, str) and "_x" in value:
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    return value


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LINKS = f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/'
# The least that a workbook of one sheet consists of.
_PARTS = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETS}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEETS}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": f'{_LINKS}officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": (
        f'{_XML}<workbook {_MAIN} xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="TITLE" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": f'{_LINKS}worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
