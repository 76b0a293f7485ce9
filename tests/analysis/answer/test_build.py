"""From a run to its answers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from analysis.answer.build import Beside, answers_of, assumed_of, found_of
from analysis.answer.treatment import Arm
from analysis.answer.triple import record
from analysis.effects.summary import summarise
from tests.analysis.samples import run

BLOCK = {
    "mean": 0.05, "low": 0.02, "high": 0.08, "new_town_low": -0.02, "new_town_high": 0.12, "tau": 0.03,
    "measure": "hours_over_12", "trials": 3, "numbers": 2, "directions": 1, "positive": 3, "negative": 0, "own": None,
    "towns": [
        {"town": "utrecht", "estimate": 0.06, "low": 0.01, "high": 0.11, "direction": 1, "row": "u1", "month": 16},
        {"town": "groningen", "estimate": 0.04, "low": 0.0, "high": 0.08, "direction": 1, "row": "g1"},
        {"town": "wageningen", "estimate": None, "low": None, "high": None, "direction": 1, "row": "w1"},
    ],
}  # fmt: skip
ARMS = (Arm("utrecht", frozenset({"guidance"}), {"contacts": 1.0, "caseload": 82.5}),)


def _find(treatment: str, measure: str, town: str) -> Mapping[str, Any] | None:
    return BLOCK if treatment == "guidance" and measure == "hours_over_12" else None


def test_every_scenario_month_and_spoken_outcome_has_an_answer() -> None:
    result = run(draws=24, seeds=3, months=24)
    summary = summarise(result)
    answers = answers_of(result, summary, Beside(_find, ARMS))
    assert {answer.asked.scenario for answer in answers} == {"exemption", "intensive", "keep_all"}
    assert {answer.asked.month for answer in answers} == {16, 24}
    by_measure = {(a.asked.scenario, a.asked.measure, a.asked.month): a for a in answers}
    one = by_measure["intensive", "hours_over_12", 24]
    row = summary.difference("intensive", "hours_over_12", 24)
    assert one.concluded.mean == row.mean
    assert one.concluded.low == row.low
    assert one.found is not None
    assert one.found.trials == 3
    assert one.label.tried == "same"
    assert one.label.measured == "yes"
    assert one.concluded.end_error is not None
    assert 0.0 < one.concluded.end_error < (row.high - row.low)
    # No trial measured this treatment's income: never claimed.
    assert by_measure["intensive", "income", 24].verdict == "unmeasured"
    assert by_measure["exemption", "hours_over_12", 24].verdict == "outside"
    json.dumps([record(answer) for answer in answers], allow_nan=False)


def test_few_draws_give_no_verdict_and_say_how_many() -> None:
    result = run(draws=4, seeds=2, months=24)
    answers = answers_of(result, summarise(result), Beside(_find, ARMS))
    assert {answer.verdict for answer in answers} == {"unknown"}
    assert {answer.needed for answer in answers} == {20}


def test_what_the_same_scenarios_did_under_the_prior_is_what_was_assumed() -> None:
    result, before = (run(draws=24, seeds=3, months=24, number=number) for number in (1, 2))
    assumed = assumed_of(summarise(before))
    answers = answers_of(result, summarise(result), Beside(_find, ARMS, assumed))
    one = next(a for a in answers if (a.asked.scenario, a.asked.measure, a.asked.month) == ("intensive", "stress", 24))
    assert one.assumed is not None
    assert one.assumed.mean == summarise(before).difference("intensive", "stress", 24).mean


def test_too_few_people_are_hidden_everywhere() -> None:
    result = run(draws=24, seeds=3, months=24)
    answers = answers_of(result, summarise(result), Beside(_find, ARMS), groups=["debt: yes"])
    assert {answer.verdict for answer in answers} == {"hidden"}
    assert all(record(answer)["concluded"] is None for answer in answers)


def test_a_scenario_that_is_the_baseline_under_another_name_changes_nothing() -> None:
    result = run(draws=24, seeds=3, months=24, scenarios=("regular", "null"))
    entry = result.provenance.scenarios[0]
    twin = {**entry, "name": "null", "title": {"en": "nothing", "nl": "niets"}}
    object.__setattr__(result.provenance, "scenarios", [entry, twin])
    values = result.values.copy()
    values[1] = values[0]
    object.__setattr__(result, "values", values)
    answers = answers_of(result, summarise(result), Beside(_find, ARMS))
    assert {answer.verdict for answer in answers} == {"zero"}
    assert all(answer.concluded.mean == 0.0 for answer in answers)


@pytest.mark.parametrize("block", [None, {"mean": 0.0, "measure": "works", "towns": []}])
def test_no_trial_is_no_evidence(block: dict[str, Any] | None) -> None:
    assert found_of(block) is None


def test_an_unknown_number_is_none_and_never_zero() -> None:
    result = run(draws=24, seeds=3, months=24)
    values = result.values.copy()
    values[1] = np.nan
    object.__setattr__(result, "values", values)
    answers = [a for a in answers_of(result, summarise(result), Beside()) if a.asked.scenario == "exemption"]
    assert {answer.verdict for answer in answers} <= {"hidden", "unknown"}
    assert all(a.concluded.mean is None or math.isfinite(a.concluded.mean) for a in answers)
