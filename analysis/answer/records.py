"""Answers as files: JSON objects, flat CSV rows, and the first sheet of a workbook, all from the same numbers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.answer.label import LABEL_TEXTS
from analysis.answer.measures import UNITS, spoken
from analysis.answer.rounding import plain, rounded
from analysis.answer.sentences import said
from analysis.answer.triple import Answer, Span, record
from sim.problems import Say

__all__ = ["MEMO_HEADS", "answers_csv", "memo_rows", "towns_csv"]

_MOST_MEMO = 12  # rows of the first sheet: what fits in a memo

_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("assumed", ("mean", "low", "high")),
    (
        "found",
        (
            "mean",
            "low",
            "high",
            "new_town_low",
            "new_town_high",
            "tau",
            "measure",
            "trials",
            "numbers",
            "directions",
            "positive",
            "negative",
            "no_difference",
        ),
    ),
    ("found_own", ("town", "month", "measure", "estimate", "low", "high", "direction", "row")),
    (
        "concluded",
        ("mean", "low", "high", "above_zero", "parameter_sd", "monte_carlo_se", "end_error", "draws", "seeds"),
    ),
    ("label", ("support", "tried", "measured", "agreed", "own_town", "outside")),
)
_FIRST = ("run_id", "measure", "month", "scenario", "baseline", "group", "unit", "people")
_LAST = ("verdict", "draws_needed", "conflicts", "prices_assumed", "suppressed", "sentence_nl", "sentence_en")

MEMO_HEADS = Say(
    "question|measure|unit|month|group|people|assumed|from|to|trials|from|to|number|more|less|own town|from|to|"
    "concluded|from|to|verdict|support|sentence",
    "vraag|maat|eenheid|maand|groep|mensen|vooraf|van|tot|proeven|van|tot|aantal|meer|minder|eigen stad|van|tot|"
    "conclusie|van|tot|oordeel|onderbouwing|zin",
)


def answers_csv(answers: Sequence[Answer], run_id: str) -> str:
    """Return one flat row an answer; what does not exist is an empty cell."""
    heads = [*_FIRST, *(f"{part}_{name}" for part, names in _PARTS for name in names), *_LAST]
    return _csv(heads, [_flat(record(answer), run_id) for answer in answers])


def towns_csv(answers: Sequence[Answer], run_id: str) -> str:
    """Return one row for each town's finding beside an answer."""
    asked = ("run_id", "scenario", "measure_asked", "month_asked")
    heads = (*asked, "town", "measure", "month", "estimate", "low", "high", "direction", "row")
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for answer in answers:
        for each in () if answer.found is None else answer.found.towns:
            about = {"run_id": run_id, "scenario": answer.asked.scenario, "measure_asked": answer.asked.measure}
            entry = {**about, "month_asked": answer.asked.month, **vars(each)}
            rows[(*map(str, about.values()), str(answer.asked.month), each.town)] = entry
    return _csv(heads, list(rows.values()))


def memo_rows(answers: Sequence[Answer], lang: str, titles: Mapping[str, str]) -> list[list[Any]]:
    """Return at most twelve rows of numbers in the unit of the text, rounded as on the page."""
    return [_memo(answer, lang, titles) for answer in answers[:_MOST_MEMO]]


def _memo(answer: Answer, lang: str, titles: Mapping[str, str]) -> list[Any]:
    asked, found, words = answer.asked, answer.found, spoken(answer.asked.measure)
    kind = words.kind
    title = f"{titles.get(asked.scenario, asked.scenario)} - {titles.get(asked.baseline, asked.baseline)}"
    hidden = answer.suppressed
    own = None if found is None or found.own is None else found.own
    together = None if found is None else _span(found.mean, found.low, found.high)
    mine = None if own is None else _span(own.estimate, own.low, own.high)
    concluded = None if hidden or answer.concluded.span is None else rounded(answer.concluded.span, kind)[0]
    cells = [
        *_three(None if hidden or answer.assumed is None else plain(answer.assumed, kind)[0]),
        *_three(None if together is None else plain(together, kind)[0]),
        *([None] * 3 if found is None else [found.trials, found.signs(1), found.signs(-1)]),
        *_three(None if mine is None else plain(mine, kind)[0]),
        *_three(concluded),
    ]
    if concluded is not None and answer.verdict in ("outside", "unmeasured"):
        cells[-3] = None  # no middle: nobody tried it
    lines = said(answer, lang)
    return [
        title,
        words.short.to(lang),
        UNITS[kind.form].to(lang),
        asked.month,
        asked.group,
        None if hidden else asked.people,
        *cells,
        lines.verdict,
        LABEL_TEXTS["support"][answer.label.support].to(lang),
        " ".join(lines.size),
    ]


def _span(mean: float | None, low: float | None, high: float | None) -> Span | None:
    return None if mean is None or low is None or high is None else Span(mean, low, high)


def _three(span: Span | None) -> list[float | None]:
    return [None] * 3 if span is None else [span.mean, span.low, span.high]


def _flat(entry: Mapping[str, Any], run_id: str) -> dict[str, Any]:
    found = entry["found"] or {}
    blocks = {
        "assumed": entry["assumed"] or {},
        "found": found,
        "found_own": found.get("own") or {},
        "concluded": entry["concluded"] or {},
        "label": entry["label"],
    }
    flat = {"run_id": run_id, **{name: entry[name] for name in _FIRST[1:]}}
    flat |= {f"{part}_{name}": blocks[part].get(name) for part, names in _PARTS for name in names}
    flat |= {name: entry[name] for name in ("verdict", "draws_needed", "suppressed")}
    flat |= {name: ";".join(entry[name]) for name in ("conflicts", "prices_assumed")}
    return flat | {f"sentence_{lang}": " ".join(entry["sentence"].get(lang, ())) for lang in ("nl", "en")}


def _csv(heads: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, heads, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows([{name: _cell(value) for name, value in row.items()} for row in rows])
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    return value
