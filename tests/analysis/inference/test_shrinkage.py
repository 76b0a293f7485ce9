"""Small groups are drawn to their family, large ones are not, and all of them together gain by it."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.inference.shrinkage import shrink


def test_eight_schools() -> None:
    """Bayesian Data Analysis, table 5.3: medians 11, 8, 6, 8, 5, 6, 10, 8."""
    effect = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
    variance = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0]) ** 2
    found = shrink(effect, variance)
    assert found.effect == pytest.approx([11.0, 8.0, 6.0, 8.0, 5.0, 6.0, 10.0, 8.0], abs=1.2)
    assert found.sd == pytest.approx(np.full(8, 6.7), abs=1.7)


def test_large_groups_that_differ_keep_their_numbers() -> None:
    effect = np.array([1.0, 2.0, 3.0, 6.0])
    found = shrink(effect, np.full(4, 1e-6))
    assert found.effect == pytest.approx(effect, abs=1e-5)
    assert found.sd == pytest.approx(np.full(4, 1e-3), rel=1e-3)


def test_groups_that_differ_by_chance_alone_become_nearly_equal() -> None:
    found = shrink(np.array([0.9, 1.0, 1.1]), np.array([4.0, 4.0, 4.0]))
    assert np.ptp(found.effect) < 0.1
    assert (found.weight < 0.5).all()


def test_the_smaller_the_group_the_more_it_moves() -> None:
    found = shrink(np.array([0.0, 2.0, 2.0]), np.array([0.001, 0.001, 1.0]))
    assert found.weight[0] > 0.98
    assert found.weight[2] < found.weight[1]
    assert 1.0 < found.effect[2] < 2.0


def test_exact_numbers_and_missing_groups_stay_what_they_are() -> None:
    found = shrink(np.array([0.0, 0.0, np.nan]), np.zeros(3))
    assert found.effect[:2].tolist() == [0.0, 0.0]
    assert np.isnan(found.effect[2])
    alone = shrink(np.array([3.0]), np.array([1.0]))
    assert (alone.effect[0], alone.weight[0]) == (3.0, 1.0)


def test_the_linear_form_is_the_same_estimate() -> None:
    effect, variance = np.array([0.2, 1.0, -0.5, 2.0]), np.array([0.1, 0.4, 0.2, 1.5])
    found = shrink(effect, variance)
    assert found.linear @ effect == pytest.approx(found.effect)


def test_shrinking_comes_closer_to_the_truth() -> None:
    random = np.random.default_rng(1)
    own, drawn, covered = 0.0, 0.0, []
    for _ in range(200):
        truth = random.normal(0.5, 0.3, size=8)
        variance = random.uniform(0.02, 0.5, size=8)
        seen = random.normal(truth, np.sqrt(variance))
        found = shrink(seen, variance)
        own += ((seen - truth) ** 2).sum()
        drawn += ((found.effect - truth) ** 2).sum()
        covered += (np.abs(found.effect - truth) <= 1.645 * found.sd).tolist()
    assert drawn < 0.6 * own
    assert 0.87 < np.mean(covered) < 0.95
