"""What the reports leave open about an arm: ranges beside the codes, and regimes read at another place in them."""

from __future__ import annotations

import pytest

from sim.problems import InputError
from sim.regime.levers import LEVERS
from sim.regime.presets import TRIALS, assignment_presets, preset, presets
from sim.regime.ranges import INPUTS, at_positions
from sim.regime.read import regime_from_dict

ARMS = [f"{town}.{arm}" for town, arms in TRIALS.items() for arm in arms if f"{town}.{arm}" not in assignment_presets()]


@pytest.mark.parametrize("name", [arm for arm in ARMS if arm not in ("deventer.reference", "tilburg.reference")])
def test_every_arm_says_how_open_its_codes_are(name: str) -> None:
    ranges = preset(name).ranges
    assert ranges
    assert all(each.reason and each.source for windows in ranges.values() for each in windows)


@pytest.mark.parametrize("name", ARMS)
def test_a_code_lies_within_its_range(name: str) -> None:
    regime = preset(name)
    for lever, windows in regime.ranges.items():
        # Months of a disregard are coded as "to the end of the regime".
        if lever in regime.levers and len(windows) == 1 and lever != "disregard_months":
            assert windows[0].low - 1e-9 <= regime.levers[lever] <= windows[0].high + 1e-9, lever


@pytest.mark.parametrize("name", ARMS)
@pytest.mark.parametrize("position", [0.0, 0.5, 1.0])
def test_every_reading_of_an_arm_is_a_regime(name: str, position: float) -> None:
    regime = preset(name)
    read = at_positions(regime, {lever: position for lever in regime.ranges if lever in LEVERS})
    for lever, windows in regime.ranges.items():
        if lever in read.levers and len(windows) == 1 and windows[0].open:
            expected = windows[0].low + position * (windows[0].high - windows[0].low)
            assert read.levers[lever] == pytest.approx(expected, abs=0.5 if LEVERS[lever].whole else 1e-12)


def test_no_position_leaves_the_regime_as_it_is_coded() -> None:
    for regime in presets().values():
        assert at_positions(regime, {}) == regime


def test_windows_of_months_follow_each_other() -> None:
    read = at_positions(preset("nijmegen.intensive_disregard"), {"personal_content": 0.5})
    moved = [(each.from_month, each.levers) for each in read.changes if "personal_content" in each.levers]
    assert {month: levers["personal_content"] for month, levers in moved} == pytest.approx({1: 0.8, 7: 0.5, 16: 0.3})
    assert [change.levers for change in read.changes if "work_content" in change.levers] == [{"work_content": 0.6}]


def test_an_arm_that_ends_sooner_can_be_read() -> None:
    assert at_positions(preset("deventer.control"), {}).months == 24
    assert at_positions(preset("deventer.exemption_disregard"), {"months": 0.0}).months == 16


def test_wrong_positions_are_all_told() -> None:
    with pytest.raises(InputError) as caught:
        at_positions(preset("oss.intensive"), {"tome": 0.5, "contacts": 1.5, INPUTS[1]: 0.5})
    assert [problem.path for problem in caught.value.problems] == [
        "oss.intensive.ranges.tome",
        "oss.intensive.ranges.contacts",
        "oss.intensive.ranges.drift_a_year",
    ]


def test_wrong_ranges_are_all_told() -> None:
    table = {
        "ranges": {
            "tone": [{"low": -2.0, "high": 0.0}],
            "tome": [{"low": 0.0, "high": 1.0}],
            "contacts": [{"low": 1.0, "high": 0.5}, {"low": "x", "high": 1.0}],
            "caseload": [{"low": 40.0, "high": 50.0, "to_month": 6}, {"low": 40.0, "high": 50.0, "from_month": 5}],
        }
    }
    with pytest.raises(InputError) as caught:
        regime_from_dict("mine", table)
    assert {problem.path for problem in caught.value.problems} == {
        "regimes.mine.ranges.contacts[2].low, high",
        "regimes.mine.ranges.tone[1].low",
        "regimes.mine.ranges.tome",
        "regimes.mine.ranges.contacts[1].high",
        "regimes.mine.ranges.caseload[2].from_month",
    }
