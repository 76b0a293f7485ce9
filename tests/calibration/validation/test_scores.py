"""Ranks, coverage and scores have known values; they tell a right posterior from an overconfident one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from calibration.validation.scores import coverage, crps, expected_inside, log_score, ranks, uniform_p, within
from sim.problems import InputError


def _linear_gaussian(truths: int, draws: int, narrow: float, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Truths from the prior and draws of their posterior; `narrow` multiplies the error the fit believes."""
    rng = np.random.default_rng(seed)
    jacobian = rng.normal(size=(6, 3))
    theta = rng.normal(size=(truths, 3))
    error = 0.8
    y = theta @ jacobian.T + error * rng.normal(size=(truths, 6))
    believed = (narrow * error) ** 2
    spread = np.linalg.inv(np.eye(3) + jacobian.T @ jacobian / believed)
    mean = y @ jacobian / believed @ spread
    factor = np.linalg.cholesky(spread)
    return theta, mean[:, None, :] + rng.normal(size=(truths, draws, 3)) @ factor.T


def test_ranks_and_coverage_are_uniform_when_right_and_not_when_overconfident() -> None:
    theta, right = _linear_gaussian(300, 199, 1.0)
    _, wrong = _linear_gaussian(300, 199, 0.4)
    assert all(uniform_p(ranks(theta, right)[:, q], 199) > 0.001 for q in range(3))
    assert all(uniform_p(ranks(theta, wrong)[:, q], 199) < 1e-6 for q in range(3))
    for level in (0.5, 0.9):
        assert all(one.right for one in coverage("abc", theta, right, level, error=0.001))
        found = coverage("abc", theta, wrong, level, error=0.001)
        assert not any(one.right for one in found)
        assert all(one.share < level for one in found)


def test_binomial_bounds_hold_their_chance() -> None:
    from scipy.stats import binom

    low, high = expected_inside(100, 0.9, 0.05)
    assert binom.cdf(high, 100, 0.9) - binom.cdf(low - 1, 100, 0.9) >= 0.95
    assert (low, high) == (84, 95)
    assert expected_inside(0, 0.9, 0.05) == (0, 0)


def test_crps_of_a_normal_has_its_closed_form() -> None:
    from scipy.special import ndtr, ndtri

    draws = ndtri((np.arange(4000) + 0.5) / 4000)[:, None]
    for y in (0.0, 1.3):
        exact = y * (2 * ndtr(y) - 1) + 2 * math.exp(-y * y / 2) / math.sqrt(2 * math.pi) - 1 / math.sqrt(math.pi)
        assert crps(np.array([y]), draws)[0] == pytest.approx(exact, abs=2e-3)


def test_the_true_prediction_scores_best() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(size=(400, 1))
    sharp = [crps(y, 0.2 * rng.normal(size=(300, 1)))[0] for y in truth]
    right = [crps(y, rng.normal(size=(300, 1)))[0] for y in truth]
    wide = [crps(y, 5.0 * rng.normal(size=(300, 1)))[0] for y in truth]
    assert np.mean(right) < min(np.mean(sharp), np.mean(wide))


def test_log_score_of_one_component_is_the_normal_density() -> None:
    from scipy.stats import multivariate_normal

    covariance = np.array([[1.0, 0.6], [0.6, 2.0]])
    y, means = np.array([0.3, -1.0]), np.array([[0.1, 0.2], [0.5, -0.5]])
    each = [multivariate_normal(mean, covariance).pdf(y) for mean in means]
    assert log_score(y, means[:1], covariance) == pytest.approx(math.log(each[0]))
    assert log_score(y, means, covariance) == pytest.approx(math.log(np.mean(each)))


def test_edges_belong_to_the_interval_and_wrong_shapes_are_refused() -> None:
    assert within(np.array([[1.0]]), np.ones((1, 5, 1)), 0.5).all()
    with pytest.raises(InputError):
        ranks(np.zeros((4, 2)), np.zeros((3, 10, 2)))
