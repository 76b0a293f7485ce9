"""The gradient that leads the sampler is that of the likelihood; rows by themselves add up to what they should."""

from __future__ import annotations

import numpy as np
import pytest

from tests.calibration.machines import small_machinery


def test_the_gradient_is_that_of_the_log_likelihood() -> None:
    """One finding in words a town: then the gradient is exact."""
    core = small_machinery()
    likelihood = core.likelihood()
    log, gradient = core.log(likelihood), core.gradient(likelihood)
    rng = np.random.default_rng(1)
    z = 0.5 * rng.standard_normal((3, core.space.dimension))
    found = gradient(z)
    for _ in range(20):
        way = rng.standard_normal(core.space.dimension)
        slope = (log(z + 1e-5 * way) - log(z - 1e-5 * way)) / 2e-5
        assert found @ way == pytest.approx(slope, rel=1e-4, abs=1e-3)


def test_a_row_by_itself_is_its_law_given_the_others() -> None:
    """The log density of all numbers less that of all but one, town by town."""
    core = small_machinery()
    likelihood = core.likelihood()
    z = 0.3 * np.random.default_rng(2).standard_normal((2, core.space.dimension))
    means = core.emulator.means(z)
    each = likelihood.towns["nijmegen"]
    moved = likelihood.shifted(means, z)
    found = each.pointwise(moved, z, means.shape[1])
    k = each.numbers
    error = each.d0 * np.exp(each.log_sd * np.where(each.score >= 0, z[:, each.score], 0.0))
    matrix = each.factor[:k, :k] @ each.factor[:k, :k].T
    for draw in range(2):
        off = each.y - moved[draw, each.at[:k]]
        whole = matrix * np.outer(error[draw, :k], error[draw, :k])
        for row in range(k):
            rest = np.delete(np.arange(k), row)
            tied = np.linalg.solve(whole[np.ix_(rest, rest)], whole[rest, row])
            variance = whole[row, row] - tied @ whole[rest, row]
            gap = off[row] - tied @ off[rest]
            expected = -0.5 * np.log(2 * np.pi * variance) - 0.5 * gap**2 / variance
            assert found[draw, each.at[row]] == pytest.approx(expected, rel=1e-6)
