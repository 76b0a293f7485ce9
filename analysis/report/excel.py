"""The report as an Excel workbook: every number with its interval, its label and the run in the same row."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from analysis.answer.records import MEMO_HEADS
from analysis.effects.summary import Row, Summary
from analysis.effects.tables import COLUMNS, full_rows, headline_measures
from analysis.figures.style import Drawing, png
from sim.problems import Say

__all__ = ["write_excel", "write_sheets"]

_SHEETS = {
    "answer": Say("Answer", "Antwoord"),
    "plan": Say("Plan", "Plan"),
    "money": Say("Costs", "Kosten"),
    "whom": Say("For whom", "Voor wie"),
    "read": Say("Read me", "Lees mij"),
    "numbers": Say("Key months", "Kernmaanden"),
    "paths": Say("Month by month", "Maand voor maand"),
    "contrasts": Say("Contrasts", "Contrasten"),
    "levers": Say("Levers", "Knoppen"),
    "validity": Say("Validity", "Geldigheid"),
    "provenance": Say("Provenance", "Herkomst"),
}
# Signs on both sides, and zero without one.
_SIGNED, _SIGNED_DECIMALS = "+#,##0;\u2212#,##0;0", "+#,##0.0#;\u2212#,##0.0#;0"
_HEAD = PatternFill("solid", fgColor="DCE9F5")


def write_excel(
    summary: Summary,
    content: Mapping[str, Any],
    path: Path,
    lang: str,
    contrasts: Sequence[Row] = (),
    *,
    memo: Sequence[Sequence[Any]] = (),
    pictures: Sequence[Drawing] = (),
) -> Path:
    """Write the workbook; return its path.

    Key months hold every measure and group; month by month holds the headline measures for everybody.
    """
    book, w = Workbook(write_only=True), content["w"]
    texts = [w["title"], f"{w['run']}: {summary.run_id}"]
    texts += [content["face"].title, *content["face"].texts]
    texts += ["", w["summary"], *content["council"], "", w["read"], *content["reading"]]
    texts += ["", w["unknown"], *content["unknown"], "", w["again"], *content["commands"]]
    if memo:
        _memo(book, lang, memo, pictures)
    for name, heads, lines in _short_sheets(content):
        _sheet(book, name, lang, heads, lines, widths=(34, 34, 60, 18))
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


def _memo(book: Workbook, lang: str, rows: Sequence[Sequence[Any]], pictures: Sequence[Drawing]) -> None:
    """Write the first sheet: at most twelve rows that can be pasted into a memo, and the figure."""
    heads = MEMO_HEADS.to(lang).split("|")
    sheet = book.create_sheet(_SHEETS["answer"].to(lang))
    wide = {0: 44, 1: 22, 2: 22, len(heads) - 3: 34, len(heads) - 1: 90}
    for place in range(len(heads)):
        sheet.column_dimensions[get_column_letter(place + 1)].width = wide.get(place, 11)
    sheet.freeze_panes = "B2"
    cells = [WriteOnlyCell(sheet, value=text) for text in heads]
    for cell in cells:
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, Alignment(wrap_text=True, vertical="top")
    for place, one in enumerate(pictures[:1]):
        image = Image(io.BytesIO(png(one.figure)))
        image.width, image.height = round(image.width * 0.7), round(image.height * 0.7)
        sheet.add_image(image, f"B{len(rows) + 4 + 20 * place}")
    sheet.append(cells)
    for row in rows:
        shown = [WriteOnlyCell(sheet, value=_safe(value)) for value in row]
        for place, cell in enumerate(shown):
            if isinstance(cell.value, float):
                whole = all(not isinstance(each, float) or each == round(each) for each in row)
                cell.number_format = _SIGNED if whole else _SIGNED_DECIMALS
            if place == len(shown) - 1:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append(shown)


def _short_sheets(content: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...], Sequence[Sequence[Any]]]]:
    w = content["w"]
    if content["policy"]:
        yield "plan", (w["scenario"], w["who"], w["what"], w["share"]), content["policy"]
    if content["money"]:
        yield "money", (w["party"], f"{w['amount']} ({content['money_unit']})", "90%"), content["money"]
        yield "whom", (content["whom_head"], ""), content["whom"]


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
