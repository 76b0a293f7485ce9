"""Many regressions at once equal statsmodels to nine digits, with gaps and columns that depend on each other."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from analysis.estimators.batch import least_squares, p_values
from analysis.estimators.specifications import independent

_SM = {"classical": {}, "hc2": {"cov_type": "HC2", "use_t": True}}


def _trials(kind: str, seed: int, trials: int = 12, n: int = 90):
    """Return x, y, groups: an arm, covariates of very different size, gaps; `kind` makes columns depend."""
    random = np.random.default_rng(seed)
    arm = random.integers(0, 3, (trials, n))
    age = 20.0 + 45.0 * random.random((trials, n))
    rare = (random.random((trials, n)) < 0.05).astype(float)
    x = np.stack([arm == 1, arm == 2, age, 1000.0 * random.random((trials, n)), rare], axis=2).astype(float)
    if kind == "collinear":
        x = np.concatenate([x, 2.0 * x[:, :, 2:3] - 5.0, np.ones((trials, n, 1))], axis=2)
    if kind == "nearly":
        x = np.concatenate([x, x[:, :, 2:3] + 0.1 * random.standard_normal((trials, n, 1))], axis=2)
    groups = random.integers(0, 9, (trials, n))
    noise = random.standard_normal((trials, n, 4)) * (1.0 + arm[:, :, None]) + groups[:, :, None] / 5.0
    y = noise + 0.02 * age[:, :, None] + 0.5 * (arm == 1)[:, :, None]
    y[:, :, 1] = y[:, :, 1] > 1.0
    gaps = random.random((trials, n)) < 0.2
    y[gaps, 2:] = np.nan
    return x, y, groups


@pytest.mark.parametrize("kind", ["plain", "collinear", "nearly"])
@pytest.mark.parametrize("errors", ["classical", "hc2", "cluster"])
@pytest.mark.parametrize("seed", range(4))
def test_equals_statsmodels_to_nine_digits(kind: str, errors: str, seed: int) -> None:
    x, y, groups = _trials(kind, seed)
    found = least_squares(x, y, [0, 1], errors=errors, groups=groups)
    p = p_values(found)
    for trial in range(len(x)):
        for outcome in range(y.shape[2]):
            rows = ~np.isnan(y[trial, :, outcome])
            z = np.column_stack([np.ones(rows.sum()), x[trial, rows]])
            told = {"cov_type": "cluster", "cov_kwds": {"groups": groups[trial, rows]}, "use_t": True}
            if errors == "cluster":  # statsmodels counts dependent columns in its small-sample factor: give it none
                z = independent(z)
            fitted = sm.OLS(y[trial, rows, outcome], z).fit(**_SM.get(errors, told))
            # A coefficient close to 0 has its nine digits on the scale of its own error.
            scale = np.abs(fitted.params[1:3]) + fitted.bse[1:3]
            assert (np.abs(found.values[trial, outcome] - fitted.params[1:3]) <= 1e-9 * scale).all()
            np.testing.assert_allclose(found.errors[trial, outcome], fitted.bse[1:3], rtol=1e-9, atol=1e-12)
            np.testing.assert_allclose(p[trial, outcome], fitted.pvalues[1:3], rtol=1e-7, atol=1e-12)
            assert found.n[trial, outcome] == rows.sum()


def test_a_trial_does_not_depend_on_the_others() -> None:
    x, y, _ = _trials("plain", 7)
    whole = least_squares(x, y, [0], errors="hc2")
    alone = least_squares(x[3:4], y[3:4], [0], errors="hc2")
    np.testing.assert_allclose(whole.values[3], alone.values[0], rtol=1e-12)
    np.testing.assert_allclose(whole.errors[3], alone.errors[0], rtol=1e-12)


def test_what_cannot_be_told_is_not_a_number() -> None:
    x, y, groups = _trials("plain", 1, trials=2)
    y[0, 5:, 0] = np.nan  # fewer people than columns
    y[1, :, 3] = np.nan  # nobody
    found = least_squares(x, y, [0])
    assert np.isnan(found.errors[[0, 1], [0, 3], 0]).all()
    assert np.isfinite(found.errors[0, 3, 0])
    one = least_squares(x, y, [0], errors="cluster", groups=np.zeros_like(groups))
    assert np.isnan(one.errors).all()
