"""From a run to its answers: one for each headline outcome, month and scenario that is not the baseline."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.answer.label import label_of
from analysis.answer.measures import SPOKEN
from analysis.answer.precision import end_error
from analysis.answer.reasons import reasons_of
from analysis.answer.sentences import said
from analysis.answer.treatment import Arm, main_treatment, tried
from analysis.answer.triple import Answer, Asked, Concluded, Finding, Found, Span
from analysis.answer.verdict import conflicts_of, verdict_of
from analysis.effects.positions import positions
from analysis.effects.summary import Row, Summary
from analysis.effects.tables import headline_measures
from analysis.effects.validity import worst
from analysis.effects.words import PATHS
from analysis.inference.precision import components
from scenarios.execution.result import RunResult

__all__ = ["Beside", "answers_of", "arms_of", "assumed_of", "concluded_of", "found_of", "spoken_measures"]

# (treatment, measure, town) -> the "found" block of an answer, or None where no trial measured it.
FindIn = Callable[[str, str, str], Mapping[str, Any] | None]
Place = tuple[str, str, int, str]  # scenario, measure, month, group


@dataclass(frozen=True)
class Beside:
    """What stands beside the model's numbers: made elsewhere, passed in.

    Attributes:
        find: the direct evidence by treatment, measure and town; None when it is not at hand.
        arms: the arms of the trials, for "was this tried?".
        assumed: the same scenarios under the prior, by (scenario, measure, month, group).
        town: the trial town whose people these are; empty for any other.
    """

    find: FindIn | None = None
    arms: tuple[Arm, ...] = ()
    assumed: Mapping[Place, Span] = field(default_factory=dict)
    town: str = ""


def answers_of(
    result: RunResult,
    summary: Summary,
    beside: Beside,
    *,
    measures: Sequence[str] | None = None,
    months: Sequence[int] | None = None,
    groups: Iterable[str] = ("all",),
) -> list[Answer]:
    """Return the answers of a run, scenario by scenario, month by month.

    Args:
        result, summary: the run and its levels and differences.
        beside: what the trials found and what was assumed.
        measures: outcomes; those of which a direction is good among the headline ones when left out.
        months: those of the headline tables when left out.
        groups: groups of the run.
    """
    chosen = spoken_measures(summary) if measures is None else [name for name in measures if name in SPOKEN]
    wanted = summary.key_months() if months is None else months
    same, bundles = _same(result), _bundles(result, beside)
    found: list[Answer] = []
    for scenario in summary.scenarios[1:]:
        for month in wanted:
            for group in groups:
                for measure in chosen:
                    row = summary.difference(scenario, measure, month, group)
                    found.append(
                        _answer(
                            row, _replicates(result, row), summary, beside, bundles[scenario], same=scenario in same
                        )
                    )
    return found


def spoken_measures(summary: Summary) -> list[str]:
    """Return the headline outcomes of a run that can be said to be good or bad."""
    return [name for name in headline_measures(summary, PATHS) if name in SPOKEN]


def concluded_of(row: Row, values: npt.NDArray[np.float64]) -> Concluded:
    """Return the model's side of an answer, with the Monte Carlo error of the interval's ends.

    Args:
        row: the difference.
        values: the same difference in every replicate, [draw, seed].
    """
    draws, seeds = values.shape
    known = math.isfinite(row.low) and math.isfinite(row.high) and row.high >= row.low
    error = end_error((row.high - row.low) / 2.0, components(values), draws, seeds) if known else math.inf
    return Concluded(
        mean=_finite(row.mean),
        low=row.low if known else None,
        high=row.high if known else None,
        above_zero=_finite(row.share_above),
        parameter_sd=_finite(row.parameter_sd),
        monte_carlo_se=_finite(row.monte_carlo_se),
        end_error=_finite(error),
        draws=draws,
        seeds=seeds,
    )


def assumed_of(summary: Summary, *, measures: Sequence[str] | None = None) -> dict[Place, Span]:
    """Return what a run under the prior says, as the assumed side of the answers of its twin."""
    chosen = spoken_measures(summary) if measures is None else measures
    rows = summary.rows(kinds=("difference",), measures=chosen)
    return {
        (row.scenario, row.measure, row.month, row.group): Span(row.mean, row.low, row.high)
        for row in rows
        if all(map(math.isfinite, (row.mean, row.low, row.high)))
    }


def found_of(block: Mapping[str, Any] | None) -> Found | None:
    """Return the trials' side of an answer from its JSON block; None when no trial counts."""
    if block is None or not block.get("towns"):
        return None
    own = block.get("own")
    return Found(
        mean=block.get("mean"),
        low=block.get("low"),
        high=block.get("high"),
        measure=str(block["measure"]),
        towns=tuple(_finding(each, str(block["measure"])) for each in block["towns"]),
        own=None if own is None else _finding(own, str(block["measure"])),
        new_town_low=block.get("new_town_low"),
        new_town_high=block.get("new_town_high"),
        tau=block.get("tau"),
    )


def arms_of(bundles: Mapping[tuple[str, str], frozenset[str]], presets: Mapping[str, Any]) -> tuple[Arm, ...]:
    """Return the arms of the trials: what was declared of them, with the levers of their presets."""
    return tuple(
        Arm(town, treatments, dict(presets[f"{town}.{arm}"].levers) if f"{town}.{arm}" in presets else {})
        for (town, arm), treatments in bundles.items()
        if treatments
    )


def _finding(entry: Mapping[str, Any], measure: str) -> Finding:
    return Finding(
        town=str(entry["town"]),
        measure=str(entry.get("measure") or measure),
        month=entry.get("month"),
        estimate=entry.get("estimate"),
        low=entry.get("low"),
        high=entry.get("high"),
        direction=int(entry.get("direction") or 0),
        row=str(entry.get("row") or ""),
    )


@dataclass(frozen=True)
class _Bundle:
    """What a scenario gives: its main treatment, and whether the trials tried it."""

    treatment: str | None
    tried: str


def _bundles(result: RunResult, beside: Beside) -> dict[str, _Bundle]:
    given = dict(zip(result.scenarios, positions(result), strict=True))
    base = given[result.scenarios[0]]
    found = {}
    for scenario, regimes in given.items():
        new = [regime for regime in regimes if regime and regime not in base]
        found[scenario] = _Bundle(main_treatment(new), tried(new, beside.arms, beside.town))
    return found


def _same(result: RunResult) -> frozenset[str]:
    """Return the scenarios that are the baseline under another name."""
    names = {"name", "sha256", "text", "place", "title", "word"}
    entries = [
        {key: value for key, value in entry.items() if key not in names} for entry in result.provenance.scenarios
    ]
    return frozenset(
        name for name, entry in zip(result.scenarios, entries, strict=False) if entries and entry == entries[0]
    )


def _replicates(result: RunResult, row: Row) -> npt.NDArray[np.float64]:
    """Return a difference in every replicate, [draw, seed]."""
    group, measure = result.groups.index(row.group), result.measures.index(row.measure)
    month = result.months.tolist().index(row.month)
    mine, base = (
        result.values[result.scenarios.index(name), :, :, group, month, measure]
        for name in (row.scenario, row.baseline)
    )
    return np.asarray(mine - base)


def _answer(
    row: Row, values: npt.NDArray[np.float64], summary: Summary, beside: Beside, bundle: _Bundle, *, same: bool
) -> Answer:
    asked = Asked(row.measure, row.month, row.scenario, row.baseline, row.group, row.people, beside.town, same)
    assumed = beside.assumed.get((row.scenario, row.measure, row.month, row.group))
    concluded = concluded_of(row, values)
    block = None
    if beside.find is not None and bundle.treatment is not None:
        block = beside.find(bundle.treatment, row.measure, beside.town)
    found = found_of(block)
    side, at = summary.scenarios.index(row.scenario), summary.months.index(row.month)
    validity = worst([summary.validity[0][at], summary.validity[side][at]])
    label = label_of(
        row.measure,
        found,
        assumed,
        concluded,
        tried=bundle.tried,
        distance=validity.distance,
        reasons=reasons_of(validity, beside.town),
    )
    verdict, needed = verdict_of(asked, concluded, label)
    conflicts = conflicts_of(verdict, assumed, found, concluded, label)
    return with_sentences(Answer(asked, assumed, found, concluded, label, verdict, conflicts, needed))


def with_sentences(answer: Answer) -> Answer:
    """Return an answer with itself in words, in both languages."""
    return replace(answer, sentence={lang: said(answer, lang).lines for lang in ("nl", "en")})


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
