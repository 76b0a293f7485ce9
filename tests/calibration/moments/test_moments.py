"""Moments give known answers on trials made by hand, and match the shared estimators."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from analysis.outcomes import outcomes
from calibration.evidence.registry import load_registry
from calibration.evidence.schema import Row
from calibration.moments.evaluate import counts, evaluate
from calibration.moments.prepared import months_needed, registers_needed
from calibration.moments.table import MOMENTS, moment_of, names_of
from sim.problems import InputError
from sim.trial.data import TrialData

PEOPLE = 400
BASE = Row(
    "r",
    "s",
    "m",
    "a",
    "control",
    "hours_gt_12",
    "effect",
    "proportion",
    "raw",
    "causal_itt",
    "t",
    value=0.1,
    horizon_months=16.0,
)


def _row(**changes: object) -> Row:
    return dataclasses.replace(BASE, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def trial() -> TrialData:
    """Arms a, b, control of 100 and a reference of 100; outcomes set by hand."""
    arm = np.repeat([0, 1, 2, 3], 100)
    rng = np.random.default_rng(5)
    months = 25
    place = np.tile(np.arange(100), 4)
    share = np.array([0.50, 0.30, 0.20, 0.10])[arm]
    works = (place < 100 * share).astype(np.float32)
    follow = np.where(place % 2 == 0, 24, 20)
    register = {name: np.tile(works, (months, 1)) for name in ("hours_over_12", "hours_over_8", "exit_work_ever")}
    register["hours_over_27"] = np.zeros((months, PEOPLE), dtype=np.float32)
    register["wml_over_70"] = np.zeros((months, PEOPLE), dtype=np.float32)
    register["wage_work"] = np.ones((months, PEOPLE), dtype=np.float32)
    register["contacts"] = np.tile(np.arange(months, dtype=np.float32)[:, None], (1, PEOPLE))
    baseline = rng.standard_normal(PEOPLE)
    survey = np.stack([baseline, 0.5 * baseline + np.array([1.0, 0.0, 0.0, 0.0])[arm], np.full(PEOPLE, np.nan)])
    responded = np.ones((3, PEOPLE), dtype=bool)
    responded[1] = place < np.array([90, 80, 40, 0])[arm]
    withdrawn = place >= np.array([90, 80, 100, 100])[arm]
    flags = "male education migration household new_inflow wave addiction physical mental earned_before"
    covariates = {name: rng.integers(0, 2, PEOPLE).astype(float) for name in flags.split()}
    covariates["age"] = rng.uniform(20, 60, PEOPLE)
    covariates["spell_months"] = rng.uniform(0, 99, PEOPLE)
    covariates["earnings_year_before"] = rng.uniform(0, 9, PEOPLE)
    covariates["youngest_child_age"] = np.full(PEOPLE, -1.0)
    return TrialData(
        design="hand",
        replicate=0,
        arms=("a", "b", "control", "reference"),
        roles=("treatment", "treatment", "control", "reference"),
        arm=arm,
        person=np.arange(PEOPLE),
        caseworker=np.zeros(PEOPLE, dtype=np.int64),
        wave=np.zeros(PEOPLE, dtype=np.int64),
        follow_up=follow,
        in_itt=np.ones(PEOPLE, dtype=bool),
        withdrawn=withdrawn,
        covariates=covariates,
        register=register,
        survey={"life_satisfaction": np.where(responded, survey, np.nan)},
        responded=responded,
        survey_months=(0, 12, 24),
    )


def test_every_target_has_one_moment_and_every_moment_a_target() -> None:
    targets = [row for row in load_registry() if row.is_target]
    assert all(len(names_of(row)) == 1 for row in targets)
    found = counts(targets)
    assert sum(found.values()) == len(targets)
    assert set(found) == {moment.name for moment in MOMENTS}


def test_known_contrasts(trial: TrialData) -> None:
    rows = [
        _row(),
        _row(id="b", arm="b"),
        _row(id="ab", comparator="b"),
        _row(id="ref", arm="control", comparator="reference", use="selection_contrast"),
        _row(id="pooled", arm="all_arms"),
        _row(id="sum", outcome="work_outcomes_all"),
        _row(id="sign", kind="ordinal", specification="text", use="ordinal"),
        _row(id="level", arm="b", comparator="", kind="level", use="register_level"),
        _row(id="all", arm="all_participants", comparator="", kind="level", use="register_level"),
    ]
    found = evaluate(trial, rows)
    assert found[:6] == pytest.approx([0.3, 0.1, 0.2, 0.1, 0.2, 0.15])
    assert found[6] == pytest.approx(0.3, abs=0.06)  # covariates are noise here
    assert found[7:] == pytest.approx([0.3, 1 / 3])


def test_a_baseline_is_controlled_for(trial: TrialData) -> None:
    row = _row(
        outcome="life_satisfaction", unit="scale_1_10", specification="raw", use="survey_panel", horizon_months=12.0
    )
    found = evaluate(trial, [row, dataclasses.replace(row, id="b", arm="b")])
    assert found == pytest.approx([1.0, 0.0], abs=1e-9)  # the survey is linear in its baseline: no noise is left
    nobody = dataclasses.replace(row, horizon_months=24.0)
    assert np.isnan(evaluate(trial, [nobody])).all()


def test_response_and_withdrawal(trial: TrialData) -> None:
    base = _row(
        outcome="survey_response", kind="level", comparator="", use="response_level", wave="m2", horizon_months=12.0
    )
    rows = [
        base,
        dataclasses.replace(base, id="net", sample="net_participants"),
        dataclasses.replace(base, id="d", kind="difference", comparator="control"),
        _row(id="w", outcome="withdrawal_after_assignment", kind="level", comparator="", arm="b"),
    ]
    assert evaluate(trial, rows) == pytest.approx([0.9, 1.0, 0.5, 0.2])


def test_a_horizon_beyond_the_follow_up_leaves_who_is_followed(trial: TrialData) -> None:
    late = _row(arm="a", comparator="", kind="level", use="register_level", horizon_months=24.0)
    assert evaluate(trial, [late])[0] == pytest.approx(0.5)  # the half with 24 months
    exits = dataclasses.replace(late, outcome="exit_to_full_time_work_24m")
    assert evaluate(trial, [exits])[0] == pytest.approx(0.5)
    short = dataclasses.replace(trial, follow_up=np.full(PEOPLE, 20))
    assert np.isnan(evaluate(short, [late])[0])
    assert not np.isnan(evaluate(short, [exits])[0])  # read on the last day


def test_subgroups_and_means_since_the_start(trial: TrialData) -> None:
    inflow = trial.covariates["new_inflow"] > 0.5
    row = _row(arm="a", comparator="", kind="level", use="register_level", subgroup="new_inflow")
    works = trial.register["hours_over_12"][16]
    assert evaluate(trial, [row])[0] == pytest.approx(works[(trial.arm == 0) & inflow].mean())
    contacts = dataclasses.replace(row, outcome="reintegration_contacts_2018", subgroup="all", horizon_months=12.0)
    assert evaluate(trial, [contacts])[0] == pytest.approx(6.5)


def test_what_a_trial_does_not_have_is_refused(trial: TrialData) -> None:
    for row in (
        _row(arm="c"),
        _row(outcome="life_satisfactions"),
        _row(outcome="trust_people", kind="level", comparator="", use="survey_level"),
        _row(subgroup="women", comparator="", kind="level"),
    ):
        with pytest.raises(InputError):
            evaluate(trial, [row])


def test_linear_rows_match_the_shared_estimator(trial: TrialData) -> None:
    from analysis.estimators import linear
    from analysis.estimators.trial_frame import register_outcome, trial_frame

    outcome = register_outcome(trial, "hours_over_12", 16, wage_only=True)
    frame = trial_frame(trial, {"work": outcome})
    for specification in ("raw", "basic", "loep", "extra"):
        row = _row(specification=specification)
        expected = linear.estimate(frame, "work", "a", specification=specification).value
        assert evaluate(trial, [row])[0] == pytest.approx(expected, abs=1e-10)


def test_matching_compares_pooled_groups(trial: TrialData) -> None:
    row = _row(
        arm="two_treatments",
        comparator="reference",
        kind="matched",
        outcome="exit_to_full_time_work_24m",
        use="selection_contrast",
        horizon_months=24.0,
    )
    rows = [
        dataclasses.replace(row, id=name, specification=name)
        for name in ("nn_matching_att", "nn_matching_ate", "ps_matching_att", "ps_matching_ate")
    ]
    assert evaluate(trial, rows) == pytest.approx([0.3] * 4, abs=0.15)


def test_a_simulation_is_told_what_to_keep() -> None:
    rows = [row for row in load_registry() if row.is_target and row.municipality == "nijmegen"]
    measures = registers_needed(rows)
    assert {"hours_over_12", "wage_work", "contacts"} <= set(measures)
    months = months_needed(rows, (25, 21))
    assert {0, 1, 12, 16, 21, 25} <= set(months)
    assert max(months) == 25


def test_outcomes_are_named_once_and_told_in_both_languages() -> None:
    known = outcomes()
    assert all(name == outcome.name and outcome.text.en and outcome.text.nl for name, outcome in known.items())
    assert moment_of(_row(outcome="no_such")) is None
