"""The report as an Excel workbook: every number with its interval, its label and the run in the same row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from analysis.effects.summary import Row, Summary
from analysis.effects.tables import COLUMNS, full_rows, headline_measures
from sim.problems import Say

__all__ = ["write_excel", "write_sheets"]

_SHEETS = {
    "read": Say("Read me", "Lees mij"),
    "numbers": Say("Key months", "Kernmaanden"),
    "paths": Say("Month by month", "Maand voor maand"),
    "contrasts": Say("Contrasts", "Contrasten"),
    "levers": Say("Levers", "Knoppen"),
    "validity": Say("Validity", "Geldigheid"),
    "provenance": Say("Provenance", "Herkomst"),
}
_HEAD = PatternFill("solid", fgColor="DCE9F5")


def write_excel(
    summary: Summary, content: Mapping[str, Any], path: Path, lang: str, contrasts: Sequence[Row] = ()
) -> Path:
    """Write the workbook; return its path.

    Key months hold every measure and group; month by month holds the headline measures for everybody.
    """
    book, w = Workbook(write_only=True), content["w"]
    texts = [w["title"], f"{w['run']}: {summary.run_id}"]
    texts += [content["face"].title, *content["face"].texts]
    texts += ["", w["summary"], *content["council"], "", w["read"], *content["reading"]]
    texts += ["", w["unknown"], *content["unknown"], "", w["again"], *content["commands"]]
    _sheet(book, "read", lang, (), [(text,) for text in texts], widths=(120,))
    key = summary.rows(months=summary.key_months())
    paths = summary.rows(measures=headline_measures(summary), groups=("all",))
    for name, rows in (("numbers", key), ("paths", paths)):
        _sheet(book, name, lang, COLUMNS, _values(rows, lang))
    if contrasts:
        _sheet(book, "contrasts", lang, COLUMNS, _values(contrasts, lang))
    header = (w["scenario"], w["lever"], w["unit"], w["value"], w["regular"], w["label"], w["run"])
    label = content["face"].title
    _sheet(book, "levers", lang, header, [(*row, label, summary.run_id) for row in content["levers"]])
    places = (w["scenario"], w["label"], w["distance"], w["reasons"], w["run"])
    _sheet(book, "validity", lang, places, [(*row, summary.run_id) for row in content["validity"]])
    _sheet(book, "provenance", lang, (w["item"], w["value"]), content["provenance"])
    book.properties.creator = "bijstand"
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    book.save(path)
    return path


def write_sheets(path: Path, sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Any]]]], lang: str) -> Path:
    """Write a workbook of plain tables, each (header, rows) by the name of its sheet; return the path."""
    book = Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        _sheet(book, name, lang, header, rows)
    book.properties.creator = "bijstand"
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    book.save(path)
    return path


def _values(rows: Iterable[Row], lang: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in COLUMNS) for row in full_rows(rows, lang)]


def _sheet(
    book: Workbook,
    name: str,
    lang: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    widths: Sequence[float] = (),
) -> None:
    sheet = book.create_sheet(_SHEETS[name].to(lang) if name in _SHEETS else name)
    for place in range(max(len(header), len(widths))):
        wide = widths[place] if place < len(widths) else max(12, min(28, len(header[place]) + 4))
        sheet.column_dimensions[get_column_letter(place + 1)].width = wide
    if header:
        sheet.freeze_panes = "A2"
        cells = [WriteOnlyCell(sheet, value=text) for text in header]
        for cell in cells:
            cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.append(cells)
    for row in rows:
        shown = [_safe(value) for value in row]
        if header:
            sheet.append(shown)
            continue
        cell = WriteOnlyCell(sheet, value=shown[0])
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([cell])


def _safe(value: Any) -> Any:
    """Return a text so that Excel never takes it for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "@") else value
