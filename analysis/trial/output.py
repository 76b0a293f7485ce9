"""Tables of a trial as rows for the console, as Markdown and as JSON."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.effects.words import number
from analysis.trial.cell import Cell
from analysis.trial.tables import FEWEST, LEVEL, Estimates, Row, Table
from analysis.trial.text import month_name
from sim.problems import Say
from sim.trial.design import TrialDesign

__all__ = ["HEADERS", "cells_of", "json_of", "markdown", "replicates_csv", "summary_line"]

HEADERS = Say(
    "outcome|group|model, moment|simulated|90% interval|published|marker|outside",
    "uitkomst|groep|model, moment|gesimuleerd|90%-marge|gepubliceerd|significantie|erbuiten",
)
_FEW = Say("fewer than 10 people", "minder dan 10 mensen")
_YES = Say("OUTSIDE", "ERBUITEN")
_SIGNS = {
    "positive": Say("positive", "positief"),
    "negative": Say("negative", "negatief"),
    "mostly_positive": Say("mostly positive", "meestal positief"),
    "mostly_negative": Say("mostly negative", "meestal negatief"),
    "zero": Say("none", "geen"),
}


def cells_of(row: Row, lang: str) -> tuple[str, ...]:
    """Return one row in the order of `HEADERS`."""
    start = (row.outcome.to(lang), row.who.to(lang), row.how.to(lang))
    if row.suppressed:
        return (*start, _FEW.to(lang), "", "", "", "")
    decimals = _decimals(row)
    shown = number(row.mean, decimals, lang) if math.isfinite(row.mean) else "-"
    span = ""
    if math.isfinite(row.low):
        word = Say("to", "tot").to(lang)
        span = f"{number(row.low, decimals, lang)} {word} {number(row.high, decimals, lang)}"
    published = marker = ""
    if row.published is not None:
        sign = _SIGNS.get(row.published.sign, Say(row.published.sign, row.published.sign))
        published = sign.to(lang) if row.published.value is None else number(row.published.value, decimals, lang)
        marker = row.published.marker + (" ?" if row.published.doubts else "")
    return (*start, shown, span, published, marker.strip(), _YES.to(lang) if row.outside else "")


def markdown(tables: Sequence[Table], lang: str) -> str:
    """Return the tables as Markdown."""
    heads = HEADERS.to(lang).split("|")
    lines: list[str] = []
    for table in tables:
        lines += [f"### {table.title.to(lang)}", "", summary_line(table).to(lang), ""]
        lines += ["| " + " | ".join(heads) + " |", "|" + " --- |" * 3 + " ---: |" * 3 + " --- |" * 2]
        lines += ["| " + " | ".join(cells_of(row, lang)) + " |" for row in table.rows]
        lines.append("")
    return "\n".join(lines)


def replicates_csv(design: TrialDesign, found: Mapping[Cell, Estimates], run_id: str) -> str:
    """Return every figure of every simulated trial: estimate, standard error and two-sided p (empty: none).

    From these power, the minimum detectable effect and type S and M errors can be reckoned elsewhere.
    """
    from scipy.special import ndtr

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = ("table", "outcome", "arm", "comparator", "specification", "month", "subgroup", "sample")
    writer.writerow(["run_id", "replicate", *names, "estimate", "standard_error", "p_value"])
    small = {arm.name for arm in design.participant_arms if arm.itt < FEWEST}
    for cell, each in found.items():
        if {cell.arm, cell.comparator} & small:
            continue
        words = cell._replace(when=month_name(design, cell).en)
        for replicate, (value, error) in enumerate(zip(each.values, each.errors, strict=True), start=1):
            known = math.isfinite(error) and error > 0
            p_value = f"{2 * ndtr(-abs(value) / error):.6g}" if known else ""
            told = ["" if not math.isfinite(part) else f"{part:.10g}" for part in (value, error)]
            writer.writerow([run_id, replicate, *_in_order(words), *told, p_value])
    return out.getvalue()


def _in_order(cell: Cell) -> tuple[str, ...]:
    return (
        cell.table,
        cell.outcome,
        cell.arm,
        cell.comparator,
        cell.specification,
        cell.when,
        cell.subgroup,
        cell.sample,
    )


def summary_line(table: Table) -> Say:
    """Return how many published values lie outside."""
    if not table.compared:
        return Say("Nothing published to compare with.", "Niets gepubliceerd om mee te vergelijken.")
    return Say(
        f"{table.outside} of {table.compared} published values lie outside the 90% sampling interval.",
        f"{table.outside} van {table.compared} gepubliceerde waarden liggen buiten de 90%-steekproefmarge.",
    )


def json_of(tables: Sequence[Table], lang: str) -> list[dict[str, Any]]:
    """Return the tables for machines: names as in the evidence, titles in the language."""
    return [
        {
            "table": table.name,
            "title": table.title.to(lang),
            "compared": table.compared,
            "outside": table.outside,
            "rows": [_json_row(row, lang) for row in table.rows],
        }
        for table in tables
    ]


def _json_row(row: Row, lang: str) -> dict[str, Any]:
    hidden = row.suppressed
    known = row.published
    return {
        **row.cell._asdict(),
        "label": row.outcome.to(lang),
        "how": row.how.to(lang),
        "mean": None if hidden else row.mean,
        "low": None if hidden else row.low,
        "high": None if hidden else row.high,
        "interval": LEVEL,
        "replicates": row.replicates,
        "published": None if known is None else known.value,
        "published_sign": None if known is None else known.sign,
        "published_marker": None if known is None else known.marker,
        "doubts": [] if known is None else [doubt.to(lang) for doubt in known.doubts],
        "outside": row.outside,
        "suppressed": hidden,
    }


def _decimals(row: Row) -> int:
    size = max(abs(row.mean), abs(row.published.value or 0.0) if row.published else 0.0)
    if not math.isfinite(size) or size < 20:
        return 2 if size >= 2 else 3
    return 1 if size < 100 else 0
