"""Laws of the summary: pairing, exact zero, counted failures, suppression, a label and a run on every row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.effects.summary import summarise
from analysis.effects.validity import Label
from sim.problems import InputError
from tests.analysis.samples import MEASURES, SCENARIOS, run


def test_a_null_scenario_differs_by_exactly_zero():
    result = run(scenarios=("regular", "same"))
    values = result.values.copy()
    values[1] = values[0]
    summary = summarise(replace(result, values=values))
    for row in summary.rows(kinds=("difference",), groups=("all",)):
        assert (row.mean, row.low, row.high) == (0.0, 0.0, 0.0)
        assert (row.monte_carlo_se, row.parameter_sd) == (0.0, 0.0)
        assert (row.share_above, row.share_below) == (0.0, 0.0)
        assert not row.differs


def test_differences_are_paired_by_draw_and_seed():
    summary = summarise(run(luck=0.05))
    row = summary.difference("intensive", "hours_over_12", 24)
    unpaired = np.hypot(
        summary.level("intensive", "hours_over_12", 24).monte_carlo_se,
        summary.level("regular", "hours_over_12", 24).monte_carlo_se,
    )
    assert row.monte_carlo_se < 0.9 * unpaired


def test_mean_difference_is_difference_of_means():
    summary = summarise(run())
    for measure in MEASURES:
        levels = [summary.level(name, measure, 16).mean for name in ("keep_all", "regular")]
        assert summary.difference("keep_all", measure, 16).mean == pytest.approx(levels[0] - levels[1])


def test_recovers_the_parameter_spread_of_the_sample():
    # The effect of `intensive` at month 30 is (0.03 + by_draw) x time: its sd is that of by_draw x time.
    time = 1 - np.exp(-3.0)
    spreads = [
        summarise(run(number=number, draws=40), months=[30]).difference("intensive", "hours_over_12", 30).parameter_sd
        for number in range(12)
    ]
    assert np.mean(spreads) == pytest.approx(0.015 * time, rel=0.1)


def test_failed_replicates_are_left_out_and_counted():
    failed = (("intensive", 2, 1), ("intensive", 3, 0), ("exemption", 2, 1))
    result = run(failed=failed)
    summary = summarise(result)
    assert summary.failed == {"regular": 0, "exemption": 1, "intensive": 2, "keep_all": 0}
    row = summary.difference("intensive", "stress", 24)
    assert (row.replicates, row.failed) == (30, 2)
    assert np.isfinite(row.mean)
    assert not row.suppressed
    kept = (result.values[2] - result.values[0])[:, :, 0, 23, MEASURES.index("stress")]
    assert row.mean == pytest.approx(np.nanmean(kept))


def test_groups_under_ten_people_are_suppressed_everywhere():
    summary = summarise(run())
    rows = [row for row in summary.rows(months=(24,)) if row.group == "debt: yes"]
    assert rows
    for row in rows:
        assert row.suppressed
        assert np.all(np.isnan([row.mean, row.low, row.high, row.monte_carlo_se, row.parameter_sd]))
        assert np.isnan(row.share_above)
    assert not any(row.suppressed for row in summary.rows(months=(24,), groups=("all", "household: couple")))


def test_one_small_replicate_suppresses_the_group():
    result = run(small=())
    result.people[0, 3, 2, 1] = 9
    summary = summarise(result)
    assert summary.level("regular", "stress", 24, "household: couple").suppressed
    assert summary.difference("intensive", "stress", 24, "household: couple").suppressed
    assert summary.level("intensive", "stress", 24, "household: couple").suppressed  # the same people


def test_every_row_has_its_labels_and_its_run():
    rows = list(summarise(run()).rows(months=(16, 30)))
    assert {row.run_id for row in rows} == {"20260131-120000-abcdefghjkmn"}
    assert all(row.label("nl").startswith("niet gekalibreerd, ") for row in rows)
    by_place = {(row.kind, row.scenario, row.month): row.validity for row in rows}
    assert by_place["level", "regular", 16] == Label.INSIDE
    assert by_place["level", "regular", 30] == Label.EXTRAPOLATED
    assert by_place["difference", "intensive", 16] == Label.INSIDE
    assert by_place["difference", "keep_all", 16] == Label.EXTRAPOLATED
    assert by_place["difference", "keep_all", 30] == Label.SPECULATIVE


@pytest.mark.parametrize(
    ("said", "label", "calibrated"),
    [
        ("calibrated (posterior joint)", "calibrated, inside", True),
        ("calibrated on an older version of the model", "calibrated (older model), inside", True),
        ("not calibrated: the fit did not converge", "not calibrated, inside", False),
    ],
)
def test_every_number_says_whether_it_is_calibrated(said, label, calibrated):
    summary = summarise(run(label={"en": said, "nl": said}))
    assert summary.calibrated == calibrated
    assert summary.level("regular", "stress", 16).label("en") == label


def test_months_are_chosen_and_checked():
    summary = summarise(run(), months=[16, 24])
    assert summary.months == (16, 24)
    assert summary.key_months() == (16, 24)
    with pytest.raises(InputError) as caught:
        summarise(run(), months=[0, 16, 99])
    assert [problem.value for problem in caught.value.problems] == [0, 99]


def test_unknown_names_are_told_all_at_once():
    with pytest.raises(InputError) as caught:
        summarise(run()).level("intensiv", "stres", 24)
    assert [problem.nearest for problem in caught.value.problems] == ["intensive", "stress"]


def test_short_runs_show_their_last_month():
    assert summarise(run(months=6)).key_months() == (6,)
    assert summarise(run(months=18)).key_months() == (16,)
    assert summarise(run(months=30)).key_months() == (16, 24, 30)


def test_the_baseline_has_no_difference_rows():
    rows = list(summarise(run()).rows(kinds=("difference",), months=(16,), measures=("stress",)))
    assert {row.scenario for row in rows} == set(SCENARIOS[1:])


def test_a_share_is_never_told_to_be_above_all_people():
    result = run()
    values = result.values.copy()
    place = list(result.measures).index("on_benefit")
    values[..., place] = np.where(np.arange(values.shape[1])[:, None, None, None] % 2, 1.0, 0.7).reshape(1, -1, 1, 1, 1)
    summary = summarise(replace(result, values=values))
    row = summary.level("regular", "on_benefit", 24)
    assert row.low < row.mean < row.high == 1.0
