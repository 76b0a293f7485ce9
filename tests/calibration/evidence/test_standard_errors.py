"""Inferred standard errors agree with the recommended ones, and cover the truth as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from calibration.evidence.registry import Registry, load_registry
from calibration.evidence.schema import Row, Study
from calibration.evidence.standard_errors import (
    StandardError,
    infer_standard_errors,
    marker_bounds,
    marker_windows,
    ordinal_error,
)

# Rows whose median lies outside the recommended bounds, all by less than five percent: one row of the
# hours table, and the three against the reference group whose markers leave a band of two percent.
EXCEPTIONS = {
    "nij_t3_hours_gt_8_ex_vs_co_basic",
    "nij_t5_permanent_contract_ex_vs_ref_loep",
    "nij_t5_permanent_contract_in_vs_ref_loep",
    "nij_t5_permanent_contract_co_vs_ref_loep",
}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def errors(registry: Registry) -> dict[str, StandardError]:
    return infer_standard_errors(registry.rows, registry.studies)


def test_recommended_values_are_reproduced_within_their_bounds(
    registry: Registry, errors: dict[str, StandardError]
) -> None:
    rows = [row for row in registry if row.study == "nijmegen" and row.se is not None]
    outside = {row.id for row in rows if not (row.se_low or 0) <= errors[row.id].median <= (row.se_high or math.inf)}
    assert len(rows) == 230
    assert outside == EXCEPTIONS
    for row in rows:
        if row.id in EXCEPTIONS:
            nearest = min(abs(errors[row.id].median / bound - 1) for bound in (row.se_low or 1.0, row.se_high or 1.0))
            assert nearest < 0.05


def test_errors_from_counts_and_assumed_spreads_are_reproduced_exactly(
    registry: Registry, errors: dict[str, StandardError]
) -> None:
    rows = [
        row
        for row in registry
        if row.study == "oss" and row.se_from in ("binomial", "binomial_difference", "assumed_sd")
    ]
    assert len(rows) == 349
    for row in rows:
        assert errors[row.id].median == pytest.approx(row.se, abs=2e-5)


def test_ranges_implied_by_stars_are_reproduced(registry: Registry) -> None:
    windows = marker_windows(row for row in registry if row.study == "oss")
    rows = [row for row in registry if row.study == "oss" and row.se_from == "markers" and row.marker]
    assert len(rows) >= 78
    for row in rows:
        low, high = marker_bounds(row.estimate or 0.0, windows[row.marker])
        if row.se_low is not None:
            assert low == pytest.approx(row.se_low, rel=1e-3)
        if row.se_high is not None:
            assert high == pytest.approx(row.se_high, rel=1e-3)


def test_no_target_with_a_number_is_without_an_error(registry: Registry, errors: dict[str, StandardError]) -> None:
    missing = [row.id for row in registry if row.is_target and row.kind != "ordinal" and row.id not in errors]
    # matched effects on everybody have no benchmark, logit differences repeat raw ones
    assert all("matching-ATE" in name or name.startswith("OSS-T316-eff") for name in missing)


def _study() -> Study:
    return Study("s", "S", "S", "", 2024, ("m",), "c", "", {}, {}, {}, {})


def _row(number: int, arm: str, value: float, marker: str, **more: object) -> Row:
    fields: dict[str, object] = {
        "unit": "scale_0_10",
        "specification": "loep",
        "printed": f"{value:.2f}",
        "n": 240.0,
        "n_arm": 80.0,
        "n_comparator": 80.0,
    }
    fields |= more
    return Row(
        id=f"r{number}{arm}",
        study="s",
        municipality="m",
        arm=arm,
        comparator="c",
        outcome=f"o{number}",
        kind="effect",
        use="survey_panel",
        locator="t",
        value=value,
        marker=marker,
        horizon_months=12.0,
        **fields,
    )  # type: ignore[arg-type]


def test_ninety_percent_intervals_cover_ninety_percent() -> None:
    """Draw spreads from the prior, print rounded estimates with their stars, and infer the error back."""
    rng = np.random.default_rng(7)
    rows, truth = [], {}
    for number in range(300):
        spread = 0.80 * math.exp(0.25 * rng.standard_normal())
        block = math.exp(-0.07 + 0.042 * rng.standard_normal())
        for arm in ("a", "b"):
            error = spread * block * math.exp(0.03 * rng.standard_normal()) * math.sqrt(2 / 80)
            exact = 0.2 * rng.standard_normal() + error * rng.standard_normal()
            t = abs(exact) / error
            marker = "p<0.05" if t >= 1.96 else "p<0.10" if t >= 1.6449 else "n.s."
            rows.append(_row(number, arm, round(exact, 2), marker))
            truth[rows[-1].id] = error
    found = infer_standard_errors(rows, [_study()])
    covered = [found[name].low <= error <= found[name].high for name, error in truth.items()]
    # 600 rows in 300 pairs: a standard deviation of at most 1.8 points
    assert 0.85 <= np.mean(covered) <= 0.95
    shift = np.mean([math.log(found[name].median / error) for name, error in truth.items()])
    assert abs(shift) < 0.04


def test_a_bracket_from_both_sides_is_narrower_than_one_side() -> None:
    rows = [_row(1, "a", 0.20, "p<0.05"), _row(1, "b", 0.19, "n.s."), _row(2, "a", 0.01, "n.s.")]
    found = infer_standard_errors(rows, [_study()])
    assert found["r1a"].log_sd < 0.5 * found["r2a"].log_sd
    # 0.20 at five percent and 0.19 not at ten: about 0.1 to 0.12
    assert 0.095 < found["r1a"].median < 0.12


def test_more_people_make_smaller_errors() -> None:
    many = _row(1, "a", 0.01, "n.s.", n_arm=320.0, n_comparator=320.0)
    few = infer_standard_errors([_row(1, "a", 0.01, "n.s.")], [_study()])["r1a"]
    assert infer_standard_errors([many], [_study()])["r1a"].median < 0.62 * few.median


def test_contradicting_markers_still_give_an_error() -> None:
    rows = [_row(1, "a", 3.0, "n.s."), _row(1, "b", 0.001, "p<0.05")]
    for error in infer_standard_errors(rows, [_study()]).values():
        assert math.isfinite(error.median)
        assert error.low <= error.median <= error.high


def test_a_reported_error_is_taken_as_it_is() -> None:
    row = _row(1, "a", 0.2, "", se=0.07, se_from="reported")
    assert infer_standard_errors([row], [_study()])["r1a"] == StandardError(0.07, 0.0, 0.07, 0.07, "reported")


def test_windows_depend_on_what_a_study_prints() -> None:
    two = marker_windows([_row(1, "a", 0.2, "p<0.10"), _row(1, "b", 0.2, "p<0.05")])
    one = marker_windows([_row(1, "a", 0.2, "p<0.10")])
    assert two["p<0.10"] == pytest.approx((1.6449, 1.96), abs=1e-4)
    assert one["p<0.10"][1] == math.inf
    assert marker_bounds(0.10, two["p<0.10"]) == pytest.approx((0.0510, 0.0608), abs=1e-4)
    assert marker_bounds(0.10, two["n.s."])[1] == math.inf


def test_findings_in_words_get_the_error_of_their_trial(registry: Registry) -> None:
    row, study = registry["loep_f1_utrecht_intensive_vs_control"], registry.study("mejudice")
    error = ordinal_error(row, study)
    assert error.median == pytest.approx(0.43 * math.sqrt(2 / (752 / 4)))
    with pytest.raises(KeyError):
        ordinal_error(registry["loep_txt_work_all_six_all_arms_vs_control"], study)
