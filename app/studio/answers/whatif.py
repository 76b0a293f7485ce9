"""What would these regimes do? A preview, a refined answer, or a run that is kept."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from app.studio.answers.shared import plain, posterior_of, watching
from sim.outcomes.measures import HEADLINE

__all__ = ["keep", "whatif"]

Progress = Callable[[int, int], None]

# The measures of the chart: one per theme.
_SERIES = ("on_benefit", "hours_over_12", "income", "wellbeing")
# Replicates between two moments at which a question can be stopped.
_STEP = 4


def whatif(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Compare the sides of a question.

    Args:
        data: ``sides``: scenario files as texts; ``people``, ``draws``, ``seeds``: sizes.
        environment: database and posterior of the studio.
        progress: told replicates done and all.
    """
    return _told(data, environment, progress, database=None)


def keep(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Compare the sides in the sizes of the scenario files and keep the run as it goes; `title`, `parent`: names."""
    from scenarios.store.store import open_store

    found = _told(data, environment, progress, database=environment["database"])
    with open_store(environment["database"], write=True) as store:
        store.name(found["run_id"], title=data.get("title", ""), parent=data.get("parent", ""))
    return found


def _told(
    data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress, *, database: str | None
) -> dict[str, Any]:
    from app.answering.compare import CompareRequest, compare
    from app.answering.request import RunSettings
    from scenarios.description.schema import read_scenario

    scenarios = [read_scenario(tomllib.loads(text), text=text, place="studio") for text in data["sides"]]
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) < len(names):  # the same ready regime twice
        scenarios = [replace(one, name=f"{one.name[:36]}_{place}") for place, one in enumerate(scenarios)]
    settings = RunSettings(
        posterior=posterior_of(environment),
        people=data.get("people"),
        draws=data.get("draws"),
        seeds=data.get("seeds"),
        database=database,
    )
    found = compare(CompareRequest(tuple(scenarios), settings), watching(progress, _STEP))
    return record_of(found)


def told_of(answer: Any) -> dict[str, Any]:
    """Return an answer as the page shows it: assumed, found, concluded, its label and sentences, in both languages."""
    from analysis.answer.label_words import label_words
    from analysis.answer.line import cells
    from analysis.answer.measures import UNITS, spoken

    form = spoken(answer.asked.measure).kind.form
    both = ("nl", "en")
    return {
        "scenario": answer.asked.scenario,
        "measure": answer.asked.measure,
        "verdict": answer.verdict,
        "cells": {lang: cells(answer, lang, short=False) for lang in both},
        "unit": {lang: UNITS[form].to(lang) for lang in both},
        "label": {lang: [list(pair) for pair in label_words(answer, lang)] for lang in both},
        "sentences": {lang: list(answer.sentence.get(lang, ())) for lang in both},
        "conflicts": list(answer.conflicts),
    }


def record_of(found: Any) -> dict[str, Any]:
    """Return a compared run as plain data: headline rows of the last month, and paths for the charts."""
    result, summary = found.result, found.summary
    months = list(summary.months)
    rows = [
        plain(asdict(summary.difference(name, measure, months[-1])))
        for name in summary.scenarios[1:]
        for measure in HEADLINE
        if measure in summary.measures
    ]
    paths = {
        measure: {
            name: [
                [getattr(summary.level(name, measure, month), part) for month in months]
                for part in ("mean", "low", "high")
            ]
            for name in summary.scenarios
        }
        for measure in _SERIES
    }
    return {
        "run_id": result.run_id,
        "digest": result.digest(),
        "label": dict(result.provenance.label),
        "sizes": {
            "people": int(result.provenance.population["people"]),
            "draws": len(result.parameters),
            "seeds": len(result.seeds),
        },
        "months": months,
        "scenarios": list(summary.scenarios),
        "titles": {name: result.titles[name] for name in summary.scenarios},
        "rows": rows,
        "answers": [told_of(answer) for answer in found.answers if answer.asked.month == months[-1]],
        "paths": paths,
    }
