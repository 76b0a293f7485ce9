"""The sampler leaves the posterior as it is: the prior, and a normal posterior known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.fit.sampler import Chains, approximate, diagnose, refined, sample

D = 5
RANDOM = np.random.default_rng(7)
SLOPES = RANDOM.standard_normal((8, D))
Y = RANDOM.standard_normal(8) * 2.0
# z ~ N(0, I), y = A z + e: posterior N(S A'y, S), S = (I + A'A)^-1
COVARIANCE = np.linalg.inv(np.eye(D) + SLOPES.T @ SLOPES)
MEAN = COVARIANCE @ SLOPES.T @ Y


def _residuals(z: np.ndarray) -> np.ndarray:
    return Y - z @ SLOPES.T


def _log(z: np.ndarray) -> np.ndarray:
    return np.asarray(-0.5 * np.square(_residuals(z)).sum(axis=1))


def _near(chains: Chains, mean: np.ndarray, covariance: np.ndarray) -> None:
    """Means and covariances within four Monte Carlo errors."""
    z = chains.flat()
    size = diagnose(chains)["ess"][:-1]
    error = np.sqrt(np.diag(covariance) / size)
    assert (np.abs(z.mean(axis=0) - mean) < 4 * error).all()
    sd = np.sqrt(np.diag(covariance))
    gap = (np.cov(z.T) - covariance) / np.outer(sd, sd)
    assert np.abs(gap).max() < 8 / np.sqrt(size.min())  # squares mix at half the pace


def test_without_data_the_prior_comes_back() -> None:
    chains = sample(lambda z: np.zeros(len(z)), D, draws=1500, warm=20, seed=1)
    _near(chains, np.zeros(D), np.eye(D))
    assert chains.steps == pytest.approx(1.0)


@pytest.mark.parametrize("shaped", [False, True])
def test_a_normal_posterior_is_recovered_with_and_without_its_approximation(shaped: bool) -> None:
    ellipse = approximate(_residuals, D) if shaped else None
    chains = sample(_log, D, draws=2500, warm=200, seed=2, approximation=ellipse)
    _near(chains, MEAN, COVARIANCE)
    found = diagnose(chains)
    assert found["rhat"].max() < 1.02
    assert found["ess"].min() > 400


def test_a_wrong_approximation_costs_time_not_truth() -> None:
    wrong = refined(approximate(lambda z: 0.5 * _residuals(z) + 0.3, D), np.full((50, D), 0.3))
    chains = sample(_log, D, draws=4000, warm=300, seed=3, approximation=wrong)
    _near(chains, MEAN, COVARIANCE)


def test_the_approximation_is_exact_for_linear_figures() -> None:
    found = approximate(_residuals, D)
    assert found.mean == pytest.approx(MEAN, abs=1e-6)
    assert found.factor @ found.factor.T == pytest.approx(COVARIANCE, abs=1e-6)
    assert found.factor @ found.inverse == pytest.approx(np.eye(D), abs=1e-8)
    tilted = approximate(_residuals, D, slope=np.full(D, 0.5), curvature=np.full(D, 1.0))
    law = np.linalg.inv(2.0 * np.eye(D) + SLOPES.T @ SLOPES)
    assert tilted.factor @ tilted.factor.T == pytest.approx(law, abs=1e-6)
    gradient = SLOPES.T @ (SLOPES @ tilted.mean - Y) + tilted.mean + 0.5
    assert gradient == pytest.approx(np.zeros(D), abs=0.05)


def test_a_curved_posterior_is_recovered() -> None:
    """z1 + z2^2 = 1.5 +- 0.3, against sums over a grid."""

    def log(z: np.ndarray) -> np.ndarray:
        return np.asarray(-0.5 * np.square((z[:, 0] + np.square(z[:, 1]) - 1.5) / 0.3))

    axis = np.linspace(-5, 5, 401)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    weight = np.exp(log(grid) - 0.5 * np.square(grid).sum(axis=1))
    weight /= weight.sum()
    chains = sample(log, 2, draws=6000, warm=100, seed=4)
    z = chains.flat()
    assert z[:, 0].mean() == pytest.approx(weight @ grid[:, 0], abs=0.06)
    assert z[:, 0].var() == pytest.approx(weight @ grid[:, 0] ** 2 - (weight @ grid[:, 0]) ** 2, abs=0.08)
    assert np.square(z[:, 1]).mean() == pytest.approx(weight @ grid[:, 1] ** 2, abs=0.08)


def test_chains_are_repeatable_and_do_not_know_of_each_other() -> None:
    four = sample(_log, D, draws=30, warm=10, seed=5)
    again = sample(_log, D, draws=30, warm=10, seed=5)
    two = sample(_log, D, draws=30, warm=10, seed=5, chains=2)
    assert np.array_equal(four.z, again.z)
    assert np.allclose(four.z[:2], two.z, atol=1e-9)
    assert not np.array_equal(four.z, sample(_log, D, draws=30, warm=10, seed=6).z)


def test_chains_that_do_not_meet_are_found_out() -> None:
    apart = Chains(np.random.default_rng(1).standard_normal((4, 200, 2)), np.zeros((4, 200)), 1.0)
    apart.z[0] += 3.0
    apart.log_likelihood[:] = np.random.default_rng(2).standard_normal((4, 200))
    assert diagnose(apart)["rhat"][:2].min() > 1.2
    assert apart.flat(100).shape == (100, 2)


def test_hamiltonian_moves_find_the_same_law_whatever_the_gradient_gets_wrong() -> None:
    """Accepted by the log density itself: a gradient that is a fifth too large leaves the posterior as it is."""

    def gradient(z: np.ndarray) -> np.ndarray:
        jacobian = np.stack([(_residuals(z + e) - _residuals(z - e)) / 2e-5 for e in 1e-5 * np.eye(D)], axis=2)
        return -np.einsum("kr,krd->kd", _residuals(z), jacobian)

    shape = approximate(_residuals, D)
    right = sample(_log, D, draws=2500, warm=300, seed=2, approximation=shape, gradient=gradient)
    wrong = sample(_log, D, draws=2500, warm=300, seed=3, approximation=shape, gradient=lambda z: 1.2 * gradient(z))
    slices = sample(_log, D, draws=4000, warm=300, seed=4, approximation=shape)
    for chains in (right, wrong):
        found = diagnose(chains)
        assert found["rhat"].max() < 1.02
        assert found["ess"].min() > 1500
        assert chains.flat().mean(axis=0) == pytest.approx(slices.flat().mean(axis=0), abs=0.06)
        assert chains.flat().std(axis=0) == pytest.approx(slices.flat().std(axis=0), abs=0.06)
    two = sample(_log, D, draws=20, warm=10, seed=2, chains=2, approximation=shape, gradient=gradient)
    four = sample(_log, D, draws=20, warm=10, seed=2, chains=4, approximation=shape, gradient=gradient)
    assert np.array_equal(two.z, four.z[:2]), "a chain does not know the others"
