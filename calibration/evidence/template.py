"""The template of a researcher's trial: a small worked example that imports as it is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from sim.problems import InputError, Problem, Say

__all__ = ["template_csv", "write_template"]

_BLOCKS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    (
        "study",
        (
            ("key", "value"),
            ("name", "arnhem"),
            ("title", "Arnhem 2024 (an invented example)"),
            ("publisher", "your institute"),
            ("year", "2024"),
            ("municipality", "arnhem"),
            ("control", "control"),
            ("start", "2018-01"),
            ("months", "24"),
            ("randomised", "after_sign_up"),
            ("population", "netherlands"),
            ("survey", "nijmegen"),
            ("confidence_level", "0.95"),
        ),
    ),
    (
        "arms",
        (
            ("arm", "people", "regime", "contacts"),
            ("coaching", "180", "intensive", ""),
            ("letting_go", "175", "exemption", ""),
            ("control", "182", "regular", ""),
        ),
    ),
    ("outcomes", (("yours", "ours"), ("works over 12 hours", "hours_gt_12"))),
    (
        "effects",
        (
            (
                "arm",
                "comparator",
                "outcome",
                "effect",
                "se",
                "ci_low",
                "ci_high",
                "marker",
                "sign",
                "horizon_months",
                "specification",
                "locator",
            ),
            ("coaching", "control", "works over 12 hours", "0.045", "0.044", "", "", "", "", "24", "loep", "table 2"),
            (
                "letting_go",
                "control",
                "works over 12 hours",
                "-0.02",
                "",
                "-0.107",
                "0.067",
                "",
                "",
                "24",
                "loep",
                "table 2",
            ),
            ("coaching", "control", "hours_gt_8", "0.09", "", "", "", "p<0.10", "", "24", "loep", "table 2"),
            ("letting_go", "control", "hours_gt_8", "-0.01", "", "", "", "n.s.", "", "24", "loep", "table 2"),
            ("coaching", "control", "trust_municipality", "0.21", "0.08", "", "", "", "", "12", "loep", "table 4"),
            ("letting_go", "control", "life_satisfaction", "", "", "", "", "n.s.", "positive", "24", "", "page 31"),
            ("control", "", "hours_gt_12", "0.22", "0.031", "", "", "", "", "24", "raw", "table 1"),
        ),
    ),
)


def template_csv() -> str:
    """Return the template as CSV with block titles."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, (name, lines) in enumerate(_BLOCKS):
        if number:
            out.write("\n")
        writer.writerow([f"[{name}]"])
        writer.writerows(lines)
    return out.getvalue()


def write_template(path: Path) -> Path:
    """Write the template as .csv or .xlsx (a sheet per block).

    Raises:
        InputError: another ending, a file that stands there already, or the disk refuses.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        allowed = Say("a file ending in .csv or .xlsx", "een bestand op .csv of .xlsx")
        raise InputError((Problem("--template", str(path), allowed),))
    if path.exists():
        allowed = Say("a place where it does not stand yet", "een plek waar het nog niet staat")
        raise InputError((Problem("--template", str(path), allowed),))
    content = template_csv().encode() if suffix == ".csv" else _workbook()
    try:
        path.write_bytes(content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a file name"
        allowed = Say("a place that can be written", "een plek die beschreven kan worden")
        raise InputError((Problem("--template", f"{path} ({reason})", allowed),)) from None
    return path


def _workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, lines in _BLOCKS:
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append([_cell(cell) for cell in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(text: str) -> str | float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text
