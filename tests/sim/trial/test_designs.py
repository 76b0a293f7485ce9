"""Designs: sizes as published, and wrong designs refused with every problem at once."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from sim.problems import InputError
from sim.regime.presets import TRIALS
from sim.trial.design import with_values
from sim.trial.read import NAMES, design, design_from_data


def test_every_trial_is_ready_with_its_arms_in_order() -> None:
    assert set(NAMES) == set(TRIALS)
    for name in NAMES:
        shown = tuple(arm.name for arm in design(name).arms)
        assert shown == tuple(arm for arm in TRIALS[name] if arm in shown)
        assert set(TRIALS[name]) - set(shown) <= {"reference"}
        for arm in design(name).arms:
            assert arm.source


@pytest.mark.parametrize(
    ("name", "people", "itt", "months", "reference"),
    [
        ("nijmegen", 389, 366, 25, 5637),
        ("oss", 345, 342, 24, 1503),
        ("groningen", 890, 890, 24, 1454),
        ("utrecht", 752, 752, 16, 0),
        ("tilburg", 780, 780, 24, 2000),
        ("deventer", 695, 695, 24, 556),
        ("wageningen", 410, 410, 24, 410),
        ("amsterdam", 801, 801, 50, 0),
    ],
)
def test_sizes_are_as_published(name: str, people: int, itt: int, months: int, reference: int) -> None:
    found = design(name)
    assert found.people == people
    assert sum(arm.itt for arm in found.participant_arms) == itt
    assert found.months == months
    assert (found.reference.randomised if found.reference else 0) == reference


def test_published_counts_of_nijmegen_and_oss() -> None:
    nijmegen, oss = design("nijmegen"), design("oss")
    assert [arm.randomised for arm in nijmegen.participant_arms] == [130, 128, 131]
    assert sum(arm.itt - arm.withdrawn for arm in nijmegen.participant_arms) == 306
    assert [nijmegen.follow_up(wave) for wave in nijmegen.waves] == [25, 21]
    assert [round(306 * wave.share) for wave in nijmegen.waves] == [242, 64]
    assert [arm.withdrawn for arm in oss.participant_arms] == [13, 14, 17]
    shares = [[round(100 * rate) for rate in arm.response] for arm in oss.participant_arms]
    assert shares == [[91, 82, 65], [88, 69, 66], [74, 40, 48]]
    assert oss.follow_up(oss.waves[-1]) == 15


def test_moving_a_number_moves_that_number_only() -> None:
    plain = design("oss")
    moved = with_values(plain, {"drift": 0.5, "volunteering.poor_dutch": -2.0})
    assert moved.drift.value == 0.5
    assert moved.volunteering[0].coefficient.value == -2.0
    assert moved.volunteering[1:] == plain.volunteering[1:]
    assert with_values(plain, {}) == plain
    with pytest.raises(InputError) as caught:
        with_values(plain, {"drfit": 0.1, "delivery": 9.0})
    assert len(caught.value.problems) == 2


def _data() -> dict:
    text = files("sim").joinpath("municipalities", "oss", "trial.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def test_a_wrong_design_is_refused_with_everything_that_is_wrong() -> None:
    data = _data()
    data["participants"] = "os"
    data["eligible_people"] = 20
    data["arms"][0]["regime"] = "oss.own_directoin"
    data["arms"][1]["response"] = [0.5]
    data["arms"][2]["withdrawn"] = 400
    data["waves"][0]["share"] = 0.1
    data["exclusions"] = ["agee > 3"]
    data["driftt"] = 1
    data["drift"] = {"value": 3.0}
    with pytest.raises(InputError) as caught:
        design_from_data("oss", data, "own.toml")
    text = str(caught.value)
    for part in (
        "own.toml.participants",
        "eligible_people",
        "did you mean 'oss.own_direction'",
        "arms.intensive.response",
        "arms.standard",
        "own.toml.waves",
        "agee",
        "did you mean 'drift'",
        "own.toml.drift.value",
    ):
        assert part in text, part


def test_a_design_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    text = files("sim").joinpath("municipalities", "wageningen", "trial.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    own = design(str(path))
    assert own.name == "mine"
    assert own.arms == design("wageningen").arms
    with pytest.raises(InputError, match="missing"):
        design(str(tmp_path / "none.toml"))
    path.write_text("arms = [", encoding="utf-8")
    with pytest.raises(InputError, match="TOML"):
        design(str(path))
    with pytest.raises(InputError, match="nijmegen"):
        design("nijmgen")
