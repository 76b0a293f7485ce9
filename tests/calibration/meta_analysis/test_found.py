"""What the trials say by themselves: a table made again, laws of the synthesis, what counts as whose finding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration.evidence.registry import Registry, load_registry
from calibration.meta_analysis.bundles import TREATMENTS, bundles
from calibration.meta_analysis.found import MEASURED, Found, found
from calibration.meta_analysis.synthesis import Evidence, synthesise
from sim.outcomes.measures import MEASURES
from sim.problems import InputError
from sim.trial.read import NAMES, design


def _known(treatment: str, measure: str, registry: Registry | None = None) -> Found:
    answer = found(treatment, measure, registry=registry)
    assert answer is not None
    return answer


def _replaced(**changes: dict[str, object]) -> Registry:
    shipped = load_registry()
    rows = tuple(replace(row, **changes.get(row.id, {})) for row in shipped)  # type: ignore[arg-type]
    return Registry(shipped.studies, rows)


# Points: mean [90%], new town [90%], number of trials, and how close: from a separate computation by sampling. For the
# exemption that computation took other widths of the bias, which it does not name.
TABLE = (
    ("guidance", "hours_over_8", (-0.9, -6.1, 4.2, -10.6, 8.7), 6, 0.35),
    ("guidance", "hours_over_27", (-1.4, -8.8, 6.0), 2, 0.3),
    ("exemption", "hours_over_8", (-2.3, -7.0, 2.2, -9.3, 4.7), 5, 0.7),
    ("exemption", "hours_over_27", (0.7, -6.9, 8.3, -9.5, 10.9), 2, 0.3),
    ("disregard", "hours_over_8", (5.3, 0.5, 10.1, -2.3, 12.8), 4, 0.3),
)


@pytest.mark.parametrize(("treatment", "measure", "points", "trials", "close"), TABLE)
def test_the_table_comes_out(
    treatment: str, measure: str, points: tuple[float, ...], trials: int, close: float
) -> None:
    # the table takes the implied sign of Wageningen as told outright, and leaves Tilburg out of the exemption
    registry = _replaced(
        loep_f1_wageningen_intensive_vs_control={"use": "ordinal"},
        loep_f1_tilburg_exemption_disregard_bonus_vs_control={"use": "descriptive"},
    )
    answer = _known(treatment, measure, registry)
    assert answer.trials == trials
    values = [answer.mean, answer.low, answer.high, answer.new_town_low, answer.new_town_high]
    assert np.allclose(100 * np.array(values[: len(points)]), points, atol=close)


def test_nijmegen_alone_over_twelve_hours() -> None:
    """-10 (5.7) with a bias of 3.3 and towns that differ: -7.4 [-16.7, +1.9] for that town."""
    town = synthesise([Evidence(0.0574, -0.10, bias=0.033)]).town(0)
    assert np.allclose(100 * np.array(town), (-7.4, -16.7, 1.9), atol=0.3)


def test_without_trials_the_priors_come_back() -> None:
    answer = synthesise([])
    mean, low, high = answer.mean
    assert mean == pytest.approx(0.0, abs=1e-12)
    assert (low, high) == (pytest.approx(-0.1645, abs=1e-3), pytest.approx(0.1645, abs=1e-3))
    tau, tau_low, tau_high = answer.tau
    assert tau == pytest.approx(0.05 * np.sqrt(2 / np.pi), abs=2e-4)
    assert (tau_low, tau_high) == (pytest.approx(0.00314, abs=5e-4), pytest.approx(0.098, abs=1e-3))
    assert answer.above_zero == pytest.approx(0.5)


def test_many_exact_trials_decide() -> None:
    rng = np.random.default_rng(5)
    towns = 0.04 + 0.03 * rng.standard_normal(60)
    answer = synthesise([Evidence(0.005, value) for value in towns])
    assert answer.mean[0] == pytest.approx(towns.mean(), abs=0.002)
    assert answer.tau[0] == pytest.approx(towns.std(ddof=1), abs=0.006)
    low, high = answer.new_town[1:]
    assert np.mean((towns > low) & (towns < high)) == pytest.approx(0.9, abs=0.08)


def test_turning_every_sign_turns_the_answer() -> None:
    lines = [
        Evidence(0.05, -0.1, bias=0.03),
        Evidence(0.04, None, 1.645, np.inf),
        Evidence(0.05, None, -1.645, 0.0, 0.75),
    ]
    turned = [
        Evidence(one.error, None if one.estimate is None else -one.estimate, -one.high, -one.low, one.truth, one.bias)
        for one in lines
    ]
    there, back = synthesise(lines), synthesise(turned)
    assert back.mean[0] == pytest.approx(-there.mean[0], abs=1e-12)
    assert back.mean[1] == pytest.approx(-there.mean[2], abs=1e-9)
    assert back.tau == pytest.approx(there.tau)
    assert back.new_town[2] == pytest.approx(-there.new_town[1], abs=1e-9)


def test_words_that_may_not_hold_and_bias_move_the_answer_less() -> None:
    sure = synthesise([Evidence(0.05, None, 1.645, np.inf)]).mean[0]
    told = synthesise([Evidence(0.05, None, 1.645, np.inf, truth=0.75)]).mean[0]
    biased = synthesise([Evidence(0.05, None, 1.645, np.inf, bias=0.05)]).mean[0]
    empty = synthesise([Evidence(0.05, None, 1.645, np.inf, truth=0.0)]).mean[0]
    assert sure > told > 0.0
    assert sure > biased > 0.0
    assert empty == pytest.approx(0.0, abs=1e-12)


def test_a_large_trial_of_a_reader_pulls_the_answer_to_its_side() -> None:
    shipped = load_registry()
    row = shipped["nij_t3_hours_gt_8_in_vs_co_extra"]
    answers = [
        _known("guidance", "hours_over_8", _replaced(**{row.id: {"value": value, "se": 0.02, "se_from": "reported"}}))
        for value in (-0.08, 0.08)
    ]
    assert answers[0].mean < _known("guidance", "hours_over_8").mean < answers[1].mean
    assert answers[0].high < answers[1].high


def test_the_neighbour_stands_in_and_the_own_finding_is_of_what_was_asked() -> None:
    answer = _known("guidance", "hours_over_12")
    assert (answer.measured, answer.neighbour) == ("hours_over_8", True)
    assert (answer.trials, answer.numbers, answer.directions) == (6, 1, 5)
    assert (answer.positive, answer.negative) == (2, 4)
    own = answer.own("nijmegen")
    assert own is not None
    assert (own.measure, own.month, own.estimate) == ("hours_over_12", 16, pytest.approx(-0.10))
    assert (own.low, own.high) == (pytest.approx(-0.194, abs=2e-3), pytest.approx(-0.006, abs=2e-3))
    assert own.row == "nij_t3_hours_gt_12_in_vs_co_extra"
    utrecht = answer.own("utrecht")
    assert utrecht is not None
    assert (utrecht.estimate, utrecht.direction, utrecht.measure) == (None, 1, "hours_over_8")
    assert answer.own("arnhem") is None
    assert found("guidance", "hours_gt_12") is answer  # by either name, computed once
    assert found("guidance", "income") is None
    for wrong in (("coaching", "works"), ("guidance", "hours_over_9")):
        with pytest.raises(InputError):
            found(*wrong)


def test_as_plain_data() -> None:
    facts = _known("guidance", "hours_over_12").as_json("nijmegen")
    assert facts["measure"] == "hours_over_8"
    assert facts["own"]["row"] == "nij_t3_hours_gt_12_in_vs_co_extra"  # type: ignore[index]
    assert [one["town"] for one in facts["towns"]] == sorted(one["town"] for one in facts["towns"])  # type: ignore[attr-defined]
    assert _known("disregard", "hours_over_8").as_json("deventer")["own"] is None


def test_every_treated_arm_is_declared_and_every_measure_is_known() -> None:
    arms = {f"{town}.{arm.name}" for town in NAMES for arm in design(town).arms if arm.role == "treatment"}
    assert set(bundles()) == arms
    for bundle in bundles().values():
        assert bundle.main in bundle.treatments
        assert bundle.main in (*TREATMENTS, "choice")
    assert set(MEASURED) <= set(MEASURES)
    for treatment in TREATMENTS:
        for measure in MEASURED:
            answer = found(treatment, measure)
            if answer is not None:
                assert answer.trials == len({one.trial for one in answer.towns})
                assert answer.low < answer.mean < answer.high
                assert answer.new_town_low <= answer.low + 1e-9
