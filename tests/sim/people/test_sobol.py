"""Sobol points: the published sequence when not scrambled, evenly spread, and stable as it grows."""

from __future__ import annotations

import numpy as np
import pytest

from sim.people.sobol import BITS, directions, points


def test_direction_numbers_are_those_of_the_published_sequence() -> None:
    """The same 64 points as SciPy's unscrambled sequence, in another (not Gray-code) order."""
    from scipy.stats import qmc

    theirs = qmc.Sobol(40, scramble=False).random_base2(6)
    ours = np.zeros((64, 40))
    for index in range(64):
        word = np.zeros(40, dtype=np.uint32)
        for bit in range(6):
            if index >> bit & 1:
                word ^= directions(40)[:, bit]
        ours[index] = word / 2.0**BITS
    np.testing.assert_array_equal(ours[np.lexsort(ours.T)], theirs[np.lexsort(theirs.T)])


@pytest.mark.parametrize("key", [1, 2**63 + 5])
def test_every_dimension_is_evenly_spread(key: int) -> None:
    """Of 256 points each 1/256 of every axis holds exactly one."""
    drawn = points(40, 256, key)
    assert 0 < drawn.min() < drawn.max() < 1
    for row in drawn:
        assert sorted(np.floor(row * 256).astype(int)) == list(range(256))


def test_more_points_keep_the_first_and_keys_differ() -> None:
    np.testing.assert_array_equal(points(18, 300, 7)[:, :100], points(18, 100, 7))
    assert not np.array_equal(points(18, 100, 7), points(18, 100, 8))


def test_pairs_of_axes_are_hardly_correlated_at_the_size_of_an_arm() -> None:
    correlation = np.corrcoef(points(18, 122, 3)) - np.eye(18)
    assert np.abs(correlation).max() < 0.35
    assert np.sqrt((correlation**2).mean()) < 0.09
