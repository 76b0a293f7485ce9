"""Summaries as tables: for the console, as CSV and as JSON, every number with interval, label and run."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from analysis.effects.summary import LEVEL, Row, Summary
from analysis.effects.validity import LABELS
from analysis.effects.words import HEADLINE, PATHS, amount, interval, is_share, name_of, unit_of
from sim.files import write_whole
from sim.problems import Say

__all__ = ["COLUMNS", "console_rows", "full_rows", "headline_measures", "to_csv", "to_json", "write_csv"]

# Columns of CSV, JSON and Excel; machine names, the same in both languages.
COLUMNS: tuple[str, ...] = (
    "run_id",
    "kind",
    "scenario",
    "baseline",
    "group",
    "measure",
    "unit",
    "month",
    "mean",
    "low",
    "high",
    "interval",
    "monte_carlo_se",
    "parameter_sd",
    "interval_holds",
    "share_of_draws_above_zero",
    "share_of_draws_below_zero",
    "replicates",
    "failed_replicates",
    "people_at_least",
    "suppressed",
    "calibration",
    "validity",
    "validity_distance",
    "validity_reasons",
)

_HEADERS = Say(
    "measure|month|scenario|mean|90% interval|difference|90% interval|unit|differs from zero|label|run",
    "maat|maand|scenario|gemiddelde|90%-marge|verschil|90%-marge|eenheid|verschilt van nul|label|run",
)
_FEW = Say("fewer than 10 people", "minder dan 10 mensen")


def headline_measures(summary: Summary, wanted: Sequence[str] = HEADLINE) -> tuple[str, ...]:
    """Return those of `wanted` that the run recorded; the first few of the run when it has none of them."""
    return tuple(name for name in wanted if name in summary.measures) or summary.measures[:6]


def console_rows(
    summary: Summary,
    lang: str,
    *,
    measures: Sequence[str] | None = None,
    months: Sequence[int] | None = None,
    group: str = "all",
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return headers and rows of the headline table: scenarios with their differences."""
    rows = [
        _console_row(summary, scenario, measure, month, group, lang)
        for measure in measures or headline_measures(summary, PATHS)
        for month in months or summary.key_months()
        for scenario in summary.scenarios
    ]
    return tuple(_HEADERS.to(lang).split("|")), rows


def full_rows(rows: Iterable[Row], lang: str = "en") -> list[dict[str, Any]]:
    """Return rows with all `COLUMNS`: nine significant digits, None for what is unknown."""
    return [_full(row, lang) for row in rows]


def to_csv(summary: Summary, lang: str = "en", *, rows: Iterable[Row] | None = None) -> str:
    """Return every row (or `rows`) as CSV; an unknown number is an empty cell."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(full_rows(summary.rows() if rows is None else rows, lang))
    return buffer.getvalue()


def write_csv(summary: Summary, path: Path, lang: str = "en", *, rows: Iterable[Row] | None = None) -> Path:
    """Write every row (or `rows`) as CSV, packed when the name ends in ``.gz``; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = to_csv(summary, lang, rows=rows).encode("utf-8")
    write_whole(path, gzip.compress(raw, mtime=0) if path.suffix == ".gz" else raw)
    return path


def to_json(summary: Summary, lang: str = "en", *, rows: Iterable[Row] | None = None) -> str:
    """Return the run, its failures and every row (or `rows`) as JSON; an unknown number is null."""
    data = {
        "run_id": summary.run_id,
        "baseline": summary.baseline,
        "calibration": summary.calibration.to(lang),
        "interval": LEVEL,
        "draws": summary.draws,
        "seeds": summary.seeds,
        "failed_replicates": dict(summary.failed),
        "rows": full_rows(summary.rows() if rows is None else rows, lang),
    }
    return json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)


def _console_row(summary: Summary, scenario: str, measure: str, month: int, group: str, lang: str) -> tuple[str, ...]:
    level = summary.level(scenario, measure, month, group)
    effect = summary.difference(scenario, measure, month, group)
    shown = effect if scenario != summary.baseline else level
    cells = [name_of(measure, lang), str(month), scenario]
    if level.suppressed or effect.suppressed:
        cells += [_FEW.to(lang), "", "", ""]
    else:
        cells += [amount(level.mean, measure, lang), interval(level.low, level.high, measure, lang)]
        cells += (
            ["", ""]
            if scenario == summary.baseline
            else [
                amount(effect.mean, measure, lang, difference=True),
                interval(effect.low, effect.high, measure, lang, difference=True),
            ]
        )
    yes, no = ("ja", "nee") if lang == "nl" else ("yes", "no")
    sure = "" if scenario == summary.baseline or effect.suppressed else yes if effect.differs else no
    return (*cells, unit_of(measure, lang), sure, shown.label(lang), summary.run_id)


def _full(row: Row, lang: str) -> dict[str, Any]:
    return {
        "run_id": row.run_id,
        "kind": row.kind,
        "scenario": row.scenario,
        "baseline": row.baseline,
        "group": row.group,
        "measure": row.measure,
        "unit": "share" if is_share(row.measure) else unit_of(row.measure, lang),
        "month": row.month,
        "mean": _known(row.mean),
        "low": _known(row.low),
        "high": _known(row.high),
        "interval": LEVEL,
        "monte_carlo_se": _known(row.monte_carlo_se),
        "parameter_sd": _known(row.parameter_sd),
        "interval_holds": row.apart.name.lower(),
        "share_of_draws_above_zero": _known(row.share_above),
        "share_of_draws_below_zero": _known(row.share_below),
        "replicates": row.replicates,
        "failed_replicates": row.failed,
        "people_at_least": None if row.suppressed else row.people,
        "suppressed": row.suppressed,
        "calibration": row.calibration.to(lang),
        "validity": LABELS[row.validity].to(lang),
        "validity_distance": _known(row.distance),
        "validity_reasons": row.reasons.to(lang),
    }


def _known(value: float) -> float | None:
    return float(f"{value:.9g}") if math.isfinite(value) else None
