"""Groups divide the people: nobody is left out, nobody counts twice in one stratum."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.description.strata import ALL, STRATA, cells, group_title
from sim.people import catalogue
from sim.problems import InputError

PEOPLE = catalogue.load("nijmegen", people=400)


@pytest.mark.parametrize("name", [name for name in STRATA if name != "municipality"])
def test_each_stratum_divides_everybody_once(name: str) -> None:
    found = cells(PEOPLE, [name])
    sizes = np.bincount(found.cell, minlength=found.member.shape[1])
    assert found.groups[0] == ALL
    assert found.member[0].all()
    assert (found.member[1:].sum(axis=0) == 1).all()
    assert found.member[0] @ sizes == len(PEOPLE)
    assert (found.member[1:] @ sizes > 0).all()


def test_crossed_strata_give_the_groups_of_each_alone() -> None:
    both = cells(PEOPLE, ["household", "obstacles"])
    sizes = both.member @ np.bincount(both.cell, minlength=both.member.shape[1])
    counted = dict(zip(both.groups, sizes, strict=True))
    for name in ("household", "obstacles"):
        alone = cells(PEOPLE, [name])
        expected = alone.member @ np.bincount(alone.cell, minlength=alone.member.shape[1])
        assert {group: counted[group] for group in alone.groups} == dict(zip(alone.groups, expected, strict=True))


def test_groups_are_who_they_say() -> None:
    found = cells(PEOPLE, ["arm", "obstacles"])
    for group, member in zip(found.groups, found.member, strict=True):
        inside = member[found.cell]
        if group == "obstacles: 3 or more":
            np.testing.assert_array_equal(inside, PEOPLE.obstacles >= 3)
        if group == "arm: control":
            np.testing.assert_array_equal(inside, PEOPLE.arm == PEOPLE.arms.index("control"))


def test_a_stratum_that_divides_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="all 400 are in one"):
        cells(PEOPLE, ["arm", "municipality"])


def test_every_group_has_a_title_in_both_languages() -> None:
    names = [name for name in STRATA if name != "municipality"]
    for group in (g for name in names for g in cells(PEOPLE, [name]).groups):
        assert group_title(group, "en")
        assert group_title(group, "nl") != group or group[-1].isdigit()
