"""Every part of a trial can be set in a design file, and does what it says."""

from __future__ import annotations

import copy
import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from sim.parameters import defaults
from sim.problems import InputError
from sim.trial.data import TrialData
from sim.trial.design import TrialDesign
from sim.trial.design import with_values as moved
from sim.trial.read import design_from_data
from sim.trial.recruit import published, recruited
from sim.trial.run import simulate_trial

VALUES = defaults()


def file_of(name: str = "nijmegen") -> dict[str, Any]:
    """Return the tables of a shipped design file, to be changed."""
    return tomllib.loads(files("sim").joinpath("municipalities", name, "trial.toml").read_text("utf-8"))


def read(data: dict[str, Any], name: str = "nijmegen") -> TrialDesign:
    return design_from_data(name, data, "own.toml")


def trials(data: dict[str, Any], months: tuple[int, ...], *measures: str, **more: Any) -> list[TrialData]:
    settings = {"replicates": 4, "reference": 0, "months": months, "measures": measures}
    return simulate_trial(read(data), VALUES, 1, **{**settings, **more})


def level(found: list[TrialData], arm: int, measure: str, month: int) -> float:
    """Return the mean of those who did not withdraw."""
    return float(
        np.mean([one.at(measure, month)[(one.arm == arm) & ~one.withdrawn & one.in_itt].mean() for one in found])
    )


def test_exclusions_keep_people_out_of_trial_and_reference() -> None:
    data = file_of()
    data["exclusions"] = ["age < 40", "mental == 1"]
    people = recruited(read(data), 1, 0, 1, 500)
    assert people.columns["age"].min() >= 40
    assert people.columns["mental"].max() == 0
    data["exclusions"] = ["age < 100"]
    with pytest.raises(InputError, match="too few people left"):
        recruited(read(data), 1, 0, 1, 500)


def test_only_those_invited_sign_up() -> None:
    data = file_of()
    everybody = recruited(read(data), 1, 0, 2, 0)
    assert len(everybody) == 2 * 389
    data["invited"] = {"value": 0.1, "sd": 0.0, "source": "a letter to one in ten"}
    few = recruited(read(data), 1, 0, 2, 4000)
    members = few.take(few.arm < 3)
    assert len(members) == 2 * 389
    # One in ten is asked, so most of those who would have been keenest are among the others.
    assert len(np.intersect1d(members.person, everybody.person)) < 0.3 * len(members)
    keenest = np.isin(everybody.person, few.person[few.arm == 3]).mean()
    assert keenest > 0.5
    data["invited"] = 0.001
    with pytest.raises(InputError, match=r"nijmegen\.invited"):
        recruited(read(data), 1, 0, 1, 0)
    assert moved(read(file_of()), {"invited": 0.5}).invited.value == 0.5


def test_the_invited_are_assigned_before_sign_up_too() -> None:
    data = file_of("deventer")
    data["invited"] = 0.5
    people = recruited(read(data, "deventer"), 1, 0, 1, 100)
    sizes = [arm["randomised"] for arm in data["arms"]][:-1]
    assert np.bincount(people.arm)[:-1].tolist() == sizes


def test_strata_hold_in_the_trial() -> None:
    data = file_of()
    data["randomisation"]["strata"] = ["male == 1", "age < 45"]
    people = recruited(read(data), 1, 0, 1, 0)
    cells = 2 * people.columns["male"] + (people.columns["age"] < 45)
    for cell in range(4):
        inside = np.bincount(people.arm[cells == cell], minlength=3) / (cells == cell).sum()
        assert np.abs(inside - np.array([130, 128, 131]) / 389).max() < 0.05


def test_waves_start_on_their_own_day() -> None:
    data = file_of()
    data["waves"] = [
        {"start": data["waves"][0]["start"], "share": 0.5},
        {"start": data["end"].replace(day=1, month=6), "share": 0.5},
    ]
    found = trials(data, (0,), "works")[0]
    assert sorted(set(found.follow_up)) == [7, 25]
    assert abs((found.wave == 1).mean() - 0.5) < 0.01


def test_less_delivery_brings_an_arm_nearer_to_the_control_group() -> None:
    gaps = []
    for share in (1.0, 0.5, 0.0):
        data = file_of()
        data["delivery"] = share
        found = trials(data, (6,), "contacts")
        gaps.append(level(found, 1, "contacts", 6) - level(found, 2, "contacts", 6))
    assert gaps[0] > gaps[1] > gaps[2]
    assert abs(gaps[2]) < 0.2 * gaps[0]


def test_control_practice_drifts_when_the_design_says_so() -> None:
    levels = []
    for drift in (0.0, 0.8):
        data = file_of()
        data |= {"drift": drift, "drift_towards": "nijmegen.intensive_disregard", "delivery": 1.0}
        found = trials(data, (3, 21), "contacts")
        levels.append([level(found, 2, "contacts", month) for month in (3, 21)])
    assert levels[1][1] > levels[0][1] + 0.02
    assert abs(levels[1][0] - levels[0][0]) < abs(levels[1][1] - levels[0][1])


def test_more_stressed_people_withdraw_when_the_coefficient_says_so() -> None:
    means = []
    for value in (-3.0, 3.0):
        data = file_of()
        data["withdrawal"] = [{"name": "mental", "of": "mental", "coefficient": value}]
        found = trials(data, (0,), "works", replicates=6)
        means.append(np.mean(np.concatenate([one.covariates["mental"][one.withdrawn] for one in found])))
    assert means[1] > means[0] + 0.3


def test_regimes_of_ones_own_stand_in_the_design_file_and_end_with_a_tail() -> None:
    data = file_of()
    own = {"title": {"en": "weekly", "nl": "wekelijks"}, "based_on": "nijmegen.control", "levers": {"contacts": 4.0}}
    data["regimes"] = {"weekly": own, "weekly_for_half_a_year": {**own, "months": 6, "announced": True}}
    data["arms"][0]["regime"] = "weekly"
    data["arms"][1]["regime"] = "weekly_for_half_a_year"
    data["delivery"] = 1.0
    found = trials(data, (5, 12), "contacts", "on_benefit")
    assert abs(level(found, 0, "contacts", 5) - level(found, 1, "contacts", 5)) < 0.2
    assert level(found, 0, "contacts", 5) > 2 * level(found, 2, "contacts", 5)
    # After the end only the first arm still has its contacts.
    assert level(found, 0, "contacts", 12) > 2 * level(found, 1, "contacts", 12)
    assert abs(level(found, 1, "contacts", 12) - level(found, 2, "contacts", 12)) < 0.1
    assert hash(read(data)) == hash(read(data))


def test_wrong_regimes_are_told_with_everything_else() -> None:
    data = file_of()
    data["regimes"] = {"exemption": {"title": {"en": "a", "nl": "b"}}, "mine": {"levers": {"contacts": 99.0}}}
    data["invited"] = 2.0
    data["arms"][0]["regime"] = "mien"
    with pytest.raises(InputError) as caught:
        read(data)
    text = str(caught.value)
    for part in ("own.toml.regimes.exemption", "regimes.mine", "own.toml.invited", "arms[1].regime"):
        assert part in text, part
    data["regimes"] = 3
    with pytest.raises(InputError, match=r"own\.toml\.regimes"):
        read(data)


def test_the_published_participants_keep_the_reference_group_to_those_not_taking_part() -> None:
    data = file_of()
    data["invited"] = 0.3
    people = published(read(data), 1, 0, 1, 400)
    assert np.bincount(people.arm).tolist() == [130, 128, 131, 400]


@pytest.mark.parametrize("name", ["nijmegen", "oss"])
def test_any_value_at_any_place_gives_problems_or_a_design(name: str) -> None:
    """Every key of two designs, taken out or given something of another kind, never ends in a traceback."""
    data = file_of(name)
    wrong: tuple[Any, ...] = ("out", "x", -1, [], {}, 1e9, True, date(1700, 1, 1))
    refused = 0
    for path in _paths(data):
        for value in wrong:
            changed = copy.deepcopy(data)
            table: Any = changed
            for key in path[:-1]:
                table = table[key]
            if value == "out":
                del table[path[-1]]
            else:
                table[path[-1]] = value
            try:
                found = design_from_data("own", changed, "own.toml")
            except InputError:
                refused += 1
            else:
                assert found.months >= 1
    assert refused > 500


def _paths(node: object, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the place of every key; of the waves only the first two."""
    if isinstance(node, dict):
        pairs = list(node.items())
    elif isinstance(node, list):
        pairs = list(enumerate(node[:2]))
    else:
        return []
    return [path for key, value in pairs for path in ((*before, key), *_paths(value, (*before, key)))]
