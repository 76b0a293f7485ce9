"""Dose-response: exact at the baseline, unbiased shapes, labels that follow the evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.dose.figures import draw_dose
from analysis.dose.response import TREATMENT, Axis, Dose, dose_of, dose_scenarios, label_at, shape_of, smoothed
from analysis.dose.tables import dose_csv, dose_rows, shape_rows
from analysis.effects.summary import Summary, summarise
from analysis.effects.validity import Label
from analysis.figures.style import svg
from scenarios.description.find import find_scenario
from scenarios.execution.plan import Options, plan
from scenarios.execution.result import RunResult
from scenarios.execution.run import execute
from sim.problems import InputError

MEASURES = ("on_benefit", "stress")
CONTACTS = Axis("contacts", (0.0, 0.25, 2.0, 4.0))


def ran(name: str, *axes: Axis, months: int = 6) -> tuple[RunResult, Summary, Dose]:
    scenario = replace(find_scenario(name), groups=(), months=months)
    scenarios, points = dose_scenarios(scenario, axes)
    result = execute(plan(scenarios, Options(people=120, draws=3, seeds=2, months=months)))
    summary = summarise(result, months=[months])
    return result, summary, dose_of(result, summary, name, axes, points, MEASURES, months)


@pytest.fixture(scope="module")
def contacts() -> tuple[RunResult, Summary, Dose]:
    return ran("regular", CONTACTS)


def test_a_lever_at_its_baseline_value_is_the_baseline_exactly(contacts: tuple[RunResult, Summary, Dose]) -> None:
    result, _, dose = contacts
    np.testing.assert_array_equal(result.values[2], result.values[0])
    for line in dose.rows:
        assert (line[1].mean, line[1].low, line[1].high) == (0.0, 0.0, 0.0)
        assert line[3].mean != 0.0


def test_points_are_labelled_by_the_evidence_and_so_is_what_lies_between(
    contacts: tuple[RunResult, Summary, Dose],
) -> None:
    result, _, dose = contacts
    found = [row.validity for row in dose.rows[0]]
    assert found == [Label.INSIDE, Label.INSIDE, Label.INSIDE, Label.EXTRAPOLATED]
    for point, label in zip(dose.points, found, strict=True):
        assert label_at(result, dose.axes, point, dose.month).label == label
    seen = CONTACTS.seen
    assert seen is not None
    assert label_at(result, dose.axes, (seen[1],), 6).label == Label.INSIDE
    assert label_at(result, dose.axes, (seen[1] + 0.01,), 6).label == Label.EXTRAPOLATED


def test_tables_and_figure_carry_labels_and_run(contacts: tuple[RunResult, Summary, Dose]) -> None:
    result, summary, dose = contacts
    rows = dose_rows(dose)
    assert len(rows) == 8
    assert all(row["validity"] and row["calibration"] and row["run_id"] == result.run_id for row in rows)
    assert [row["lever contacts"] for row in rows[:4]] == list(CONTACTS.values)
    assert dose_csv(dose).count("\n") == 9
    assert all(row["label"] == "not calibrated, extrapolated" for row in shape_rows(dose))
    for lang, words in (("en", ("inside", "extrapolated")), ("nl", ("binnen bewijs", "geëxtrapoleerd"))):
        drawn = svg(draw_dose(result, summary, dose, lang).figure)
        assert all(word in drawn for word in (*words, result.run_id))


def test_a_surface_has_every_pair_and_hatches_what_no_trial_saw() -> None:
    result, summary, dose = ran(
        "disregard", Axis("disregard_share", (0.25, 0.5, 1.0)), Axis("disregard_cap", (100.0, 202.0)), months=3
    )
    assert dose.points == ((0.25, 100.0), (0.25, 202.0), (0.5, 100.0), (0.5, 202.0), (1.0, 100.0), (1.0, 202.0))
    assert len(dose.shapes) == 4
    labels = [row.validity for row in dose.rows[0]]
    assert labels[3] == Label.INSIDE
    assert labels[5] == Label.EXTRAPOLATED
    drawing = draw_dose(result, summary, dose, "en")
    assert "NOT CALIBRATED" in svg(drawing.figure)
    assert "extrapolated" in drawing.alt


def test_the_length_of_a_treatment_is_a_lever_with_one_follow_up() -> None:
    result, _, dose = ran("intensive", Axis(TREATMENT, (3.0, 6.0)), months=6)
    short, whole = result.values[1], result.values[2]
    assert (short[..., 3:, :] != whole[..., 3:, :]).any()
    assert [row.validity for row in dose.rows[0]] == [Label.EXTRAPOLATED, Label.INSIDE]


def test_points_without_meaning_are_told_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        dose_scenarios(find_scenario("regular"), [Axis("disregard_share", (0.25, 0.5))])
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="everybody gets one regime"):
        dose_scenarios(find_scenario("tailored"), [CONTACTS])


AXIS = Axis("contacts", (0.0, 1.0, 2.0, 3.0, 4.0))
X = np.array(AXIS.values)


def curves(shape: np.ndarray, luck: float, number: int = 1, draws: int = 40, seeds: int = 6) -> np.ndarray:
    """Return curves [draw, seed, value] around `shape` [draw or 1, value], each value with its own luck."""
    rng = np.random.default_rng(number)
    truth = np.broadcast_to(shape, (draws, len(X)))
    return truth[:, None] + luck * rng.normal(size=(draws, seeds, len(X)))


def test_sharp_curves_have_certain_shapes() -> None:
    saturating = shape_of(curves(1 - np.exp(-X)[None], 1e-6), AXIS, "works")
    assert (saturating.diminishing, saturating.turning) == (1.0, 0.0)
    assert (saturating.enough_low, saturating.enough_high) == (3.0, 3.0)
    turning = shape_of(curves((X * (3 - X))[None], 1e-6), AXIS, "works")
    assert (turning.turning, turning.enough_low) == (1.0, 1.0)
    growing = shape_of(curves((X**2)[None], 1e-6), AXIS, "works")
    assert (growing.diminishing, growing.turning, growing.enough_high) == (0.0, 0.0, 4.0)
    # Less stress is better: the same curve with the other sign.
    assert shape_of(curves(-(1 - np.exp(-X))[None], 1e-6), AXIS, "stress").diminishing == 1.0


def test_a_probability_is_the_share_of_the_parameters_not_of_the_luck() -> None:
    """Three of four draws turn; luck as large as the curve itself must not blur that to a coin."""
    rng = np.random.default_rng(5)
    bend = np.where(np.arange(400) % 4 < 3, 1.0, -1.0)[:, None] * np.ones(5) + 0.1 * rng.normal(size=(400, 1))
    shape = shape_of(curves(bend * (X * (4 - X)), 2.0, draws=400, seeds=8), AXIS, "works")
    assert shape.diminishing == pytest.approx(0.75, abs=0.05)
    raw = curves(bend * (X * (4 - X)), 0.0, draws=400)
    assert shape_of(raw, AXIS, "works").turning == pytest.approx(0.75, abs=0.02)


def test_luck_alone_is_smoothed_away() -> None:
    sampled = smoothed(curves(X[None], 0.5, draws=100, seeds=4))
    spread = sampled.std(axis=0)
    assert (spread < 0.15).all()  # the luck of a draw's mean is 0.25
    np.testing.assert_allclose(sampled.mean(axis=0), X, atol=0.12)


def test_a_flat_or_short_curve_has_no_shape() -> None:
    assert np.isnan(shape_of(np.zeros((5, 3, 5)), AXIS, "works").turning)
    two = shape_of(np.random.default_rng(1).normal(size=(5, 3, 2)), Axis("contacts", (0.0, 1.0)), "works")
    assert np.isnan(two.diminishing)


def test_less_caseload_is_a_higher_dose() -> None:
    axis = Axis("caseload", (50.0, 75.0, 100.0, 125.0))
    loads = np.array(axis.values)
    saturating = 1 - np.exp(-(125.0 - loads) / 20.0)
    made = np.broadcast_to(saturating, (6, 3, 4)) + 1e-9 * np.random.default_rng(1).normal(size=(6, 3, 4))
    found = shape_of(made, axis, "works")
    assert found.diminishing == 1.0
    assert found.enough == (0.0, 1.0, 0.0, 0.0)
