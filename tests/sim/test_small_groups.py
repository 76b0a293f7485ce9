"""A hidden group cannot be found by subtraction, whatever the sizes, in any output of the same people."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.small_groups import SMALLEST, hide, hide_in_strata

SIZES = st.lists(st.integers(0, 40), min_size=1, max_size=8)


@given(SIZES)
def test_what_is_hidden_is_never_one_small_group(sizes: list[int]) -> None:
    people = np.array(sizes)
    hidden = hide(people[:, None])
    assert hidden[(people > 0) & (people < SMALLEST)].all()
    left = int(people[hidden].sum())  # what the total less all that is shown tells
    if hidden.any() and not hidden[people > 0].all():
        assert hidden.sum() >= 2
        assert left >= SMALLEST


@given(SIZES, SIZES)
def test_strata_hide_by_the_same_rule(one: list[int], other: list[int]) -> None:
    groups = ("all", *(f"a: {n}" for n in range(len(one))), *(f"b: {n}" for n in range(len(other))))
    counts = np.array([[100, *one, *other], [100, *one, *other]])
    hidden = hide_in_strata(groups, counts)
    assert (hidden[0] == hidden[1]).all()
    assert not hidden[0, 0]
    for sizes, found in ((one, hidden[0, 1 : 1 + len(one)]), (other, hidden[0, 1 + len(one) :])):
        people = np.array(sizes)
        assert (found == (hide(people[:, None]) | (people < SMALLEST))).all()


def test_the_case_of_four_groups_found_by_arithmetic() -> None:
    # 64 clients: obstacles 3+ had 2, single parents 4, one education 9: each was the total less the others.
    groups = (
        "all",
        "obstacles: none",
        "obstacles: 1",
        "obstacles: 3 or more",
        "household: single",
        "household: couple",
    )
    hidden = hide_in_strata(groups, np.array([64, 50, 12, 2, 60, 4]))
    assert hidden.tolist() == [False, False, True, True, True, True]
