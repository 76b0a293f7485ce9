"""Diagnostics have their known answers for linear-Gaussian fits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from calibration.validation.information import information, pairs, worth_of_groups
from calibration.validation.misfit import misfit, statistic
from calibration.validation.rows import check_rows, contraction, convergence, in_words, share_outside
from sim.problems import InputError


def _case(seed: int = 0, rows: int = 9, parameters: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    jacobian = rng.normal(size=(rows, parameters))
    root = rng.normal(size=(rows, rows))
    return jacobian, root @ root.T / rows + np.eye(rows)


def test_a_row_is_outside_when_its_number_is() -> None:
    rng = np.random.default_rng(2)
    draws = rng.normal(size=(4000, 3))
    rows = check_rows(
        ["a", "b", "c"],
        ["x"] * 3,
        ["o"] * 3,
        np.array([0.0, 3.0, math.nan]),
        draws,
        np.array([math.nan, math.nan, 0.04]),
    )
    assert [row.outside for row in rows] == [False, True, True]
    assert rows[0].inside_half
    assert rows[0].most == pytest.approx((-1.645, 1.645), abs=0.1)
    assert rows[1].tail < 0.02 < rows[0].tail
    assert share_outside(rows) == (1, 2)
    said = in_words(rows)
    assert "1 of 2" in said.en
    assert "1 van de 2" in said.nl
    with pytest.raises(InputError):
        check_rows(["a"], ["x"], ["o"], np.zeros(1), draws)


def test_contraction_is_one_minus_the_ratio_of_variances() -> None:
    rng = np.random.default_rng(3)
    prior = rng.normal(size=(4000, 3))
    posterior = np.stack([0.5 * prior[:, 0], 0.1 * prior[:, 1] + 2, rng.normal(size=4000)], axis=1)
    half, moved, same = contraction("abc", prior, posterior)
    assert half.share == pytest.approx(0.75, abs=1e-9)
    assert half.learned == "much"
    assert moved.shift == pytest.approx(2.0, abs=0.1)
    assert same.learned == "nothing"
    assert abs(same.share) < 4 * same.error


def test_worth_of_a_row_is_the_refit_without_it() -> None:
    jacobian, covariance = _case()
    found = information("abcd", jacobian, covariance)
    groups = {"first": [0], "pair": [2, 5], "all": list(range(9))}
    worth = {(one.group, one.parameter): one.wider for one in worth_of_groups(found, groups, least=-1)}
    for name, places in groups.items():
        kept = [row for row in range(9) if row not in places]
        rest = jacobian[kept].T @ np.linalg.solve(covariance[np.ix_(kept, kept)], jacobian[kept])
        without = np.sqrt(np.diag(np.linalg.inv(np.eye(4) + rest)))
        for d, parameter in enumerate("abcd"):
            assert worth[name, parameter] == pytest.approx(without[d] / found.deviations[d] - 1, abs=1e-9)
    assert 0 < found.learned < 4
    assert found.directions()[0].strength == pytest.approx(np.linalg.eigvalsh(found.rows)[-1])


def test_two_parameters_that_only_act_together_are_a_pair() -> None:
    rng = np.random.default_rng(4)
    jacobian = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]) * 4
    spread = np.linalg.inv(np.eye(3) + jacobian.T @ jacobian)
    draws = rng.multivariate_normal(np.zeros(3), spread, size=3000)
    found = pairs("abc", draws, least=0.5)
    assert {(found[0].first, found[0].second)} == {("a", "b")}
    assert found[0].correlation < -0.8
    assert pairs("abc", rng.normal(size=(3000, 3))) == ()


def test_misfit_has_its_law_and_finds_a_shifted_row() -> None:
    from scipy.linalg import block_diag
    from scipy.stats import kstest

    jacobian, first = _case(7)
    _, second = _case(9)
    covariance = block_diag(first[:4, :4], second[:5, :5])
    rng = np.random.default_rng(8)
    root = np.linalg.cholesky(covariance)
    gain = jacobian.T @ np.linalg.inv(covariance + jacobian @ jacobian.T)
    groups = {"town": [0, 1, 2, 3], "all": list(range(9))}
    chances, statistics, penalised = [], [], []
    for _ in range(600):
        y = jacobian @ rng.normal(size=4) + root @ rng.normal(size=9)
        town, total = misfit(y, jacobian @ (gain @ y), jacobian, covariance, groups)
        chances.append((town.p, total.p))
        statistics.append(town.statistic)
        z = gain @ y
        off = np.linalg.solve(root, y - jacobian @ z)
        assert total.statistic == pytest.approx(off @ off)
        penalised.append(statistic(y, np.zeros(9), jacobian, covariance))
        assert penalised[-1] == pytest.approx(off @ off + z @ z)
    assert kstest(penalised, "chi2", args=(9,)).pvalue > 0.001
    assert np.mean(statistics) == pytest.approx(town.expected, rel=0.1)
    for group in np.array(chances).T:
        assert kstest(group, "uniform").pvalue > 0.001
    y = np.zeros(9)
    y[1] = 12.0
    shifted = misfit(y, jacobian @ (gain @ y), jacobian, covariance, groups)
    assert shifted[0].p < 1e-4
    assert "misses something" in shifted[0].in_words().en
    known = misfit(y, jacobian @ (gain @ y), jacobian, covariance, groups, reference={"town": np.array(statistics)})
    assert known[0].p == pytest.approx(1 / 601)
    assert known[0].reference == "simulated"


def test_convergence_sees_chains_that_differ() -> None:
    rng = np.random.default_rng(5)
    chains = rng.normal(size=(4, 500, 2))
    chains[:, :, 1] += np.arange(4)[:, None]
    good, bad = convergence(("good", "bad"), chains)
    assert good.good
    assert not bad.good
    assert bad.rhat > 1.2
    assert good.error == pytest.approx(1 / math.sqrt(good.bulk))


def test_wrong_shapes_and_singular_covariances_are_refused() -> None:
    jacobian, covariance = _case()
    with pytest.raises(InputError):
        information("abc", jacobian, covariance)
    with pytest.raises(InputError):
        information("abcd", jacobian, -covariance)
    with pytest.raises(InputError):
        convergence(("a",), np.zeros((4, 2, 1)))
