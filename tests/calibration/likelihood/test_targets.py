"""A fit takes each quantity once, from trials that can produce it; what cannot be is said at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration.evidence.bias import bias_terms
from calibration.evidence.registry import Registry, load_registry
from calibration.evidence.selection import REASONS, independent_rows
from calibration.likelihood.targets import contradictions, select_targets
from sim.problems import InputError


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def _with(registry: Registry, *rows: object) -> Registry:
    return Registry(registry.studies, (*registry.rows, *rows))  # type: ignore[arg-type]


def test_the_whole_evidence_is_taken_once(registry: Registry) -> None:
    found = select_targets(registry)
    assert set(found.ids) == {row.id for row in independent_rows(registry)}
    assert len(found.ids) > 200
    assert np.array_equal(np.sort(np.concatenate(list(found.places.values()))), np.arange(len(found.rows)))
    for town in found.towns:
        assert {row.municipality for row in found.rows_of(town)} == {town}
    numbers = np.isfinite(found.observed)
    assert {row.kind for row, number in zip(found.rows, numbers, strict=True) if not number} == {"ordinal"}
    assert (
        set(found.ids)
        >= set(found.errors)
        >= {row.id for row, number in zip(found.rows, numbers, strict=True) if number}
    )


def test_parts_of_the_evidence(registry: Registry) -> None:
    whole = select_targets(registry)
    without = select_targets(registry, leave_out=["oss"])
    assert set(without.towns) == set(whole.towns) - {"oss"}
    assert select_targets(registry, only=["oss"]).towns == ("oss",)
    late = select_targets(registry, only=["nijmegen"], horizons=[24])
    assert {row.horizon_months for row in late.rows} <= {24, None}
    assert all((row.horizon_months or 0) <= 12 for row in select_targets(registry, longest=12).rows)
    assert {row.outcome for row in select_targets(registry, outcomes=["hours_gt_8"]).rows} == {"hours_gt_8"}
    control = select_targets(registry, only=["oss"], arms=["standard"])
    assert {(row.arm, row.comparator) for row in control.rows} == {("standard", "")}
    fewer = whole.without([row.id for row in whole.rows_of("tilburg")])
    assert "tilburg" not in fewer.towns
    assert len(fewer.rows) == len(whole.rows) - len(whole.rows_of("tilburg"))
    assert len(fewer.roles) == len(fewer.rows)


def test_every_town_that_tells_of_an_imbalance_has_a_bias_for_plus_and_minus(registry: Registry) -> None:
    found = select_targets(registry)
    assert {name for name in found.biases if name.endswith(".work")} == {
        f"{town}.work" for town in ("nijmegen", "utrecht", "tilburg", "wageningen", "groningen")
    }
    names = list(found.biases)
    for column, (row, town) in enumerate(zip(found.rows, found.of, strict=True)):
        loads = {name: value for name, value in zip(names, found.bias_matrix[:, column], strict=True) if value}
        work = row.outcome.startswith(("hours_gt", "earnings_gt", "work_outcomes"))
        if work and row.comparator == "control" and f"{town}.work" in names:
            assert loads == {f"{town}.work": 1.0}  # whatever its sign
        elif work and row.comparator == "reference" and row.arm == "control":
            assert loads == {f"{town}.work": -1.0}
        elif row.comparator in ("other_arms", "intensive", "exemption", "exemption_disregard"):
            assert not loads  # two arms share the same fault of their control group
        elif row.outcome.startswith("social_trust") and town == "groningen":
            assert loads == {"groningen.mind": 0.8}  # standard deviations of an answer, as its scale spreads
    assert not select_targets(registry, only=["oss", "deventer"]).biases


def test_the_width_of_the_bias_in_nijmegen_is_what_its_covariates_moved(registry: Registry) -> None:
    for family, outcomes in (
        ("work", ("earnings_gt_70pct_wml", "hours_gt_27", "hours_gt_12", "hours_gt_8")),
        ("contract", ("permanent_contract",)),
    ):
        moved = [
            (registry[f"nij_t3_{name}_{arm}_vs_co_extra"].estimate or 0.0)
            - (registry[f"nij_t3_{name}_{arm}_vs_co_basic"].estimate or 0.0)
            for name in outcomes
            for arm in ("ex", "in")
        ]
        width = next(term.width for term in bias_terms() if term.name == f"nijmegen.{family}")
        assert width == pytest.approx(np.sqrt(np.mean(np.square(moved))), abs=5e-4)


def test_the_width_of_the_bias_can_be_chosen(registry: Registry) -> None:
    found = select_targets(registry)
    for width in (0.015, 0.033, 0.06):
        wider = found.with_bias_width(width).biases
        assert {known for name, known in wider.items() if name.endswith(".work")} == {width}
    none = found.with_bias_width(0.0)
    assert not any(name.endswith(".work") for name in none.biases)
    assert none.bias_matrix.shape == (len(none.biases), len(none.rows))
    assert none.ids == found.ids


def test_no_row_leaves_without_a_reason(registry: Registry) -> None:
    found = select_targets(registry)
    usable = {row.id for row in registry if row.is_target}
    assert set(found.ids) | set(found.left_out) == usable
    assert not set(found.ids) & set(found.left_out)
    assert set(found.left_out.values()) <= set(REASONS)
    assert len(found.roles) == len(found.rows)


def test_wrong_choices_are_told_together(registry: Registry) -> None:
    with pytest.raises(InputError) as caught:
        select_targets(registry, only=["nijmegn"], outcomes=["hours_gt_9"], horizons=[17], uses=["guess"])
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "did you mean 'nijmegen'" in text
    with pytest.raises(InputError, match="at least one row"):
        select_targets(registry, only=["oss"], leave_out=["oss"])


def test_evidence_that_contradicts_itself_is_refused(registry: Registry) -> None:
    assert contradictions([row for row in registry.rows if row.is_target], registry) == []
    row = registry["nij_t3_hours_gt_12_ex_vs_co_extra"]
    twin = replace(row, id="twin", value=0.30, corrected=None, printed="0,30")
    with pytest.raises(InputError, match="twin"):
        select_targets(_with(registry, twin))
    near = replace(row, id="twin", value=(row.estimate or 0.0) + 0.01, corrected=None)
    select_targets(_with(registry, near))  # rounding is no contradiction


def test_a_contrast_that_two_others_deny_is_refused_and_not_left_out_silently(registry: Registry) -> None:
    first = registry["nij_t3_hours_gt_12_ex_vs_co_extra"]
    other = replace(first, id="b", arm="intensive")
    third = replace(first, id="c", comparator="intensive", corrected=None, printed="")
    rows = [first, replace(other, id="nij_t3_hours_gt_12_in_vs_co_extra")]
    true = (rows[0].value or 0.0) - (rows[1].value or 0.0)
    small = [replace(third, value=value) for value in (true + 0.01, true - 0.4)]
    assert contradictions([*rows, small[0]], registry) == []
    found = contradictions([*rows, small[1]], registry)
    assert any("other two" in problem.allowed.en for problem in found)


def test_targets_that_no_trial_can_produce_are_refused(registry: Registry) -> None:
    row = registry["nij_t3_hours_gt_12_ex_vs_co_extra"]
    wrong = (
        replace(row, id="w1", arm="lottery"),
        replace(row, id="w2", outcome="hours_gt_27", horizon_months=48.0, specification="raw"),
    )
    with pytest.raises(InputError) as caught:
        select_targets(_with(registry, *wrong), ids=["w1", "w2"])
    assert {problem.path.split(":")[0] for problem in caught.value.problems} == {"w1", "w2"}
