"""Answers made from the cases in ``cases.toml``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from analysis.answer.label import label_of
from analysis.answer.precision import end_error
from analysis.answer.triple import Answer, Asked, Concluded, Finding, Found, Span
from analysis.answer.verdict import conflicts_of, verdict_of
from analysis.inference.precision import Components

_FILE = Path(__file__).with_name("cases.toml")


def cases() -> dict[str, dict[str, Any]]:
    """Return the cases by name."""
    return {case["name"]: case for case in tomllib.loads(_FILE.read_text(encoding="utf-8"))["case"]}


def answer(name: str) -> Answer:
    """Return the answer of one case."""
    return made(cases()[name])


def made(case: dict[str, Any]) -> Answer:
    """Return the answer of a case: label, verdict and conflicts computed, sentences not yet said."""
    asked = Asked(
        case["measure"], case["month"], "plan", "regular", "all", case["people"], case.get("town", ""), case["same"]
    )
    assumed = Span(*case["assumed"]) if case.get("assumed") else None
    found, concluded = _found(case), _concluded(case)
    words = case.get("reasons", "").split("|")
    names = ("en", "nl", "asked_en", "asked_nl", "seen_en", "seen_nl")
    reasons = [dict(zip(names, words, strict=False))] if words[0] else []
    label = label_of(
        case["measure"], found, assumed, concluded, tried=case["tried"], distance=case["distance"], reasons=reasons
    )
    verdict, needed = verdict_of(asked, concluded, label)
    conflicts = conflicts_of(verdict, assumed, found, concluded, label)
    return Answer(asked, assumed, found, concluded, label, verdict, conflicts, needed)


def _found(case: dict[str, Any]) -> Found | None:
    if not case.get("towns"):
        return None
    parts = [text.split(" ", 1) for text in case["towns"]]
    towns = tuple(_finding(town, rest, case["found_measure"], None) for town, rest in parts)
    own = None
    if case.get("own"):
        measure, month, rest = case["own"].split(" ", 2)
        own = _finding(case["town"], rest, measure, int(month))
    mean, low, high = case.get("pooled") or (None, None, None)
    return Found(mean, low, high, case["found_measure"], towns, own)


def _finding(town: str, text: str, measure: str, month: int | None) -> Finding:
    numbers = text.split(" ")
    if len(numbers) == 1:
        return Finding(town, measure, month, direction=int(numbers[0]))
    estimate, low, high = map(float, numbers)
    return Finding(town, measure, month, estimate, low, high, (estimate > 0) - (estimate < 0))


def _concluded(case: dict[str, Any]) -> Concluded:
    draws, seeds = case["draws"], case["seeds"]
    if not case.get("concluded"):
        return Concluded(None, None, None, None, None, None, None, draws, seeds)
    mean, low, high = case["concluded"]
    half = (high - low) / 2.0
    sd = case.get("sd") or half / 1.645
    above = 0.7 if low < 0 < high else float(mean > 0)
    error = end_error(half, Components(sd**2, 0.0, 0.0), draws, seeds)
    return Concluded(mean, low, high, above, sd, 0.0, error, draws, seeds)
