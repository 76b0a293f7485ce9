"""Formulas equal statsmodels; corrections and looks are wrong as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from analysis.planning.closed import ancova_power, arcsine_mde, arcsine_n, arcsine_power, design_effect, wald_power
from analysis.planning.many import adjusted, boundaries, spent


def test_oss_asked_a_power_without_an_effect() -> None:
    # Oss 2020, note 4: 95% power, 100 per arm; the shares are those of its table.
    assert arcsine_mde(0.294, 100, 0.95) == pytest.approx(0.248, abs=0.001)
    assert arcsine_mde(0.294, 100, 0.80) == pytest.approx(0.192, abs=0.001)
    assert arcsine_power(35 / 119, 38 / 111, 119, 111) == pytest.approx(0.12, abs=0.005)


@pytest.mark.parametrize(("share", "effect", "n"), [(0.294, 0.192, 100), (0.15, 0.05, 400), (0.5, 0.1, 250)])
def test_two_shares_equal_statsmodels(share: float, effect: float, n: int) -> None:
    size = proportion_effectsize(share + effect, share)
    theirs = NormalIndPower().power(size, n, 0.05, 1.0)
    assert arcsine_power(share, share + effect, n, n) == pytest.approx(theirs, abs=1e-9)
    needed = NormalIndPower().solve_power(size, power=0.8, alpha=0.05)
    assert arcsine_n(share, effect) == pytest.approx(needed, rel=1e-3)
    assert wald_power(share, effect, n, n) == pytest.approx(theirs, abs=0.02)


def test_ancova_and_clusters() -> None:
    plain = ancova_power(0.3, 1.0, 0.0, 100, 100)
    assert ancova_power(0.3, 1.0, 0.6, 100, 100) == pytest.approx(ancova_power(0.3, 0.8, 0.0, 100, 100))
    assert ancova_power(0.3, 1.0, 0.6, 100, 100) > plain
    for rho in (0.0, 0.05, 0.2):
        assert design_effect(10, rho) == pytest.approx(1 + 9 * rho)


def test_ancova_power_is_what_is_counted() -> None:
    from analysis.estimators.batch import least_squares, p_values

    random, n, rho = np.random.default_rng(1), 120, 0.6
    base = random.standard_normal((1500, n))
    arm = np.tile(np.arange(n) % 2, (1500, 1)).astype(float)
    y = rho * base + np.sqrt(1 - rho**2) * random.standard_normal((1500, n)) + 0.4 * arm
    power = (p_values(least_squares(np.stack([arm, base], 2), y[..., None], [0])) < 0.05).mean()
    assert power == pytest.approx(ancova_power(0.4, 1.0, rho, n / 2, n / 2), abs=3 * 0.011)
    assert power != pytest.approx(ancova_power(0.4, 1.0, rho, 0.4 * n, 0.4 * n), abs=3 * 0.011)  # N off by 20%


def test_the_design_effect_is_what_is_counted() -> None:
    random, clusters, m = np.random.default_rng(2), 40, 8
    for rho in (0.05, 0.2, 0.4):
        own = np.repeat(random.standard_normal((3000, clusters)), m, axis=1)
        y = np.sqrt(rho) * own + np.sqrt(1 - rho) * random.standard_normal((3000, clusters * m))
        difference = y[:, : clusters * m // 2].mean(axis=1) - y[:, clusters * m // 2 :].mean(axis=1)
        simple = 4.0 / (clusters * m)
        ratio = difference.var() / simple
        assert ratio == pytest.approx(design_effect(m, rho), rel=3 * np.sqrt(2 / 3000))


@pytest.mark.parametrize(("ours", "theirs"), [("holm", "holm"), ("benjamini_hochberg", "fdr_bh")])
def test_corrections_equal_statsmodels(ours: str, theirs: str) -> None:
    p = np.random.default_rng(3).random((50, 6)) ** 3
    for row, found in zip(p, adjusted(p, ours), strict=True):
        np.testing.assert_allclose(found, multipletests(row, method=theirs)[1], rtol=1e-12)
    gaps = p.copy()
    gaps[:, 2] = np.nan
    kept = [0, 1, 3, 4, 5]
    np.testing.assert_allclose(adjusted(gaps, ours)[:, kept], adjusted(p[:, kept], ours))


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
def test_looks_spend_the_alpha_and_no_more(spending: str) -> None:
    looks = (0.25, 0.5, 0.75, 1.0)
    bounds = boundaries(looks, 0.05, spending)
    assert spent(1.0, 0.05, spending) == pytest.approx(0.05)
    random = np.random.default_rng(4)
    steps = random.standard_normal((200_000, 4)) * 0.5
    z = np.cumsum(steps, axis=1) / np.sqrt(looks)
    crossed = (np.abs(z) >= bounds).any(axis=1).mean()
    assert crossed == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 200_000) + 2e-4)
    naive = (np.abs(z) >= 1.96).any(axis=1).mean()
    assert naive > 0.1
    assert boundaries((1.0,), 0.05, spending)[0] == pytest.approx(1.96, abs=0.01)
