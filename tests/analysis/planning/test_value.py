"""Value of information against known answers: normal-normal, two arms of a beta-binomial, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from analysis.planning.design import Worth
from analysis.planning.value import enbs, evpi, evppi, evsi, evsi_reweighed, scale_up


def _normal(k: int = 2000, n: int = 120, seed: int = 1):
    """Return net benefit, truth, findings of a normal effect with a normal error, and its prior and data spreads."""
    random = np.random.default_rng(seed)
    mean, sd, error = -20.0, 100.0, 1000.0 / np.sqrt(n)
    effect = mean + sd * random.standard_normal(k)
    found = effect[:, None] + error * random.standard_normal((k, 2))
    return np.column_stack([np.zeros(k), effect]), effect[:, None], found[..., None], mean, sd, error


def _expected(mean: float, sd: float) -> float:
    """Return E max(0, X) - max(0, mean) of a normal X."""
    return float(mean * norm.cdf(mean / sd) + sd * norm.pdf(mean / sd) - max(0.0, mean))


@pytest.mark.long
def test_normal_normal() -> None:
    values = []
    for n in (120, 480):
        benefit, truth, found, mean, sd, error = _normal(n=n)
        known = sd**2 / np.sqrt(sd**2 + error**2)
        for value in (evsi(benefit, found), evsi_reweighed(benefit, truth, found)):
            answer = _expected(mean, known)
            assert abs(value.value - answer) < max(2.5 * value.error, 0.1 * answer)
        perfect = evpi(benefit)
        assert abs(perfect.value - _expected(mean, sd)) < 2.5 * perfect.error
        assert 0.0 <= evsi(benefit, found).value <= perfect.value
        values.append(evsi(benefit, found).value)
    assert values[1] > values[0]


def test_two_arms_of_a_beta_binomial() -> None:
    random, k, n = np.random.default_rng(5), 2000, 60
    p = np.column_stack([random.beta(6, 14, k), random.beta(5, 15, k)])
    counts = random.binomial(n, p[:, None, :], (k, 2, 2))
    after = (np.array([6, 5]) + counts) / (20 + n)
    # The known answer: the posterior means themselves, over many more trials than the regression sees.
    many = random.binomial(
        n, np.repeat(np.column_stack([random.beta(6, 14, 400_000), random.beta(5, 15, 400_000)]), 1, 0)
    )
    means = (np.array([6, 5]) + many) / (20 + n)
    answer = means.max(axis=1).mean() - max(6 / 20, 5 / 20)
    found = evsi(p, counts / n)
    assert abs(found.value - answer) < max(2.5 * found.error, 0.1 * answer)
    assert after.shape == (k, 2, 2)


def test_a_wrong_size_is_caught() -> None:
    benefit, _, found, mean, sd, error = _normal(n=120)
    wrong = _expected(mean, sd**2 / np.sqrt(sd**2 + (error * 2) ** 2))
    value = evsi(benefit, found)
    assert abs(value.value - wrong) > 2.5 * value.error


def test_laws() -> None:
    random = np.random.default_rng(6)
    benefit, _, found, *_ = _normal(k=600)
    noise = random.standard_normal((600, 3))
    parameters = np.column_stack([benefit[:, 1], noise])
    all_of_them, some = evppi(benefit, parameters), evppi(benefit, noise)
    perfect = evpi(benefit).value
    assert 0.0 <= some.value <= all_of_them.value + 1e-9 <= perfect + 1e-6
    assert all_of_them.value > 0.9 * perfect
    # Nobody, no value: findings that say nothing, or none at all.
    assert evsi(benefit, np.zeros((600, 2, 0))).value == 0.0
    nothing = evsi(benefit, random.standard_normal(found.shape))
    assert nothing.value < 0.15 * perfect
    assert evsi(benefit, found).value == evsi(benefit, found).value
    assert evpi(np.column_stack([np.zeros(50), np.ones(50)])).value == 0.0
    whole = scale_up(evsi(benefit, found), Worth(uptake=0.5, delay=0, discount=0.0), 1000, 24)
    assert whole.value == 500 * evsi(benefit, found).value
    assert enbs(whole, 10.0).value == whole.value - 10.0
