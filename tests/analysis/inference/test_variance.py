"""Laws of the decomposition: unbiased, nominal coverage, exact zero, honest about what it cannot know."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.inference.variance import Apart, decompose

REPEATS = 6000


def tables(draws: int, seeds: int, parameter: float, shared: float, own: float, number: int = 1):
    rng = np.random.default_rng(number)
    truth = parameter * rng.normal(size=(draws, 1, REPEATS))
    return truth + shared * rng.normal(size=(1, seeds, REPEATS)) + own * rng.normal(size=(draws, seeds, REPEATS))


def anova(y):
    """The textbook two-way analysis of a full table, slow and obvious."""
    d, k = y.shape[:2]
    grand, rows, columns = y.mean(axis=(0, 1)), y.mean(axis=1), y.mean(axis=0)
    ms_draw = k * ((rows - grand) ** 2).sum(axis=0) / (d - 1)
    ms_seed = d * ((columns - grand) ** 2).sum(axis=0) / (k - 1)
    rest = y - rows[:, None] - columns[None] + grand
    ms_rest = (rest**2).sum(axis=(0, 1)) / ((d - 1) * (k - 1))
    return (ms_draw - ms_rest) / k, ms_seed / (d * k)


def test_equals_the_textbook_analysis_of_variance_in_a_full_table():
    y = tables(7, 4, 0.5, 0.3, 1.0)[:, :, :200]
    parts = decompose(y)
    parameter, monte_carlo = anova(y)
    np.testing.assert_allclose(parts.parameter_variance, parameter, atol=1e-10)
    np.testing.assert_allclose(parts.monte_carlo_se**2, monte_carlo, rtol=1e-8)
    np.testing.assert_allclose(parts.mean, y.mean(axis=(0, 1)), atol=1e-12)


@pytest.mark.parametrize(("parameter", "shared", "own"), [(1.0, 0.0, 1.0), (0.5, 0.7, 1.0), (0.0, 0.5, 1.0)])
def test_recovers_known_variance_components(parameter, shared, own):
    y = tables(8, 4, parameter, shared, own)
    parts = decompose(y)
    se = parts.parameter_variance.std() / np.sqrt(REPEATS)
    assert abs(parts.parameter_variance.mean() - parameter**2) < 4 * se
    expected = shared**2 / 4 + own**2 / 32
    monte_carlo = parts.monte_carlo_se**2
    assert abs(monte_carlo.mean() - expected) < 4 * monte_carlo.std() / np.sqrt(REPEATS)


def test_stays_unbiased_when_replicates_failed():
    y = tables(6, 4, 0.8, 0.5, 1.0)
    y[0, 1] = y[0, 2] = y[3, 0] = y[5, :3] = np.nan
    parts = decompose(y)
    assert np.all(parts.used == 24 - 6)
    se = parts.parameter_variance.std() / np.sqrt(REPEATS)
    assert abs(parts.parameter_variance.mean() - 0.64) < 4 * se


@pytest.mark.parametrize(("draws", "seeds"), [(8, 4), (12, 6), (40, 3), (6, 2)])
@pytest.mark.parametrize(("parameter", "shared", "own"), [(1.0, 0.3, 1.0), (1.0, 0.0, 0.1)])
def test_the_interval_holds_another_draw_nine_times_in_ten(draws, seeds, parameter, shared, own):
    y = tables(draws, seeds, parameter, shared, own)
    another = parameter * np.random.default_rng(2).normal(size=REPEATS)
    parts = decompose(y, 0.9)
    inside = np.mean((parts.low <= another) & (another <= parts.high))
    assert 0.87 <= inside <= 0.97
    # Negative control: the interval of the mean (standard error over all replicates) is far too short.
    naive = 1.645 * y.std(axis=(0, 1), ddof=1) / np.sqrt(draws * seeds)
    assert np.mean(np.abs(y.mean(axis=(0, 1)) - another) <= naive) < 0.75


def test_shared_luck_is_not_averaged_away_by_more_draws():
    # A one-way analysis would divide the shared luck of two seeds by draws x seeds; the truth is seeds.
    y = tables(30, 2, 0.0, 1.0, 0.1)
    assert decompose(y).monte_carlo_se.mean() ** 2 > 0.25


def test_equal_replicates_give_exactly_zero():
    for constant in (0.0, 0.1, 1234.567):
        y = np.full((5, 3, 2), constant)
        y[2, 1, 0] = np.nan
        parts = decompose(y)
        assert np.all(parts.mean == constant)
        assert np.all(parts.low == constant)
        assert np.all(parts.high == constant)
        assert np.all(parts.monte_carlo_se == 0.0)
        assert np.all(parts.parameter_sd == 0.0)
    assert np.all(decompose(np.zeros((5, 3, 2))).share_above == 0.0)


def test_one_draw_says_nothing_about_parameters():
    y = np.random.default_rng(3).normal(size=(1, 5, 4))
    parts = decompose(y)
    assert np.all(parts.apart == Apart.MONTE_CARLO_ONLY)
    assert np.all(np.isnan(parts.parameter_sd))
    np.testing.assert_allclose(parts.monte_carlo_se, y[0].std(axis=0, ddof=1) / np.sqrt(5))


def test_one_seed_cannot_tell_the_two_apart():
    y = np.random.default_rng(4).normal(size=(6, 1, 4))
    parts = decompose(y)
    assert np.all(parts.apart == Apart.TOGETHER)
    assert np.all(np.isnan(parts.parameter_sd))
    assert np.all(np.isnan(parts.monte_carlo_se))
    half = 2.015048 * y[:, 0].std(axis=0, ddof=1) * np.sqrt(1 + 1 / 6)
    np.testing.assert_allclose(parts.high - parts.mean, half, rtol=1e-5)


def test_one_replicate_has_no_interval():
    parts = decompose(np.array([[[2.0]]]))
    assert parts.mean == 2.0
    assert parts.apart == Apart.NOTHING
    assert np.isnan(parts.low)
    assert np.isnan(parts.monte_carlo_se)


def test_nothing_survived():
    parts = decompose(np.full((3, 2, 1), np.nan))
    assert np.isnan(parts.mean)
    assert np.isnan(parts.share_above)
    assert parts.used == 0


def test_share_above_counts_draws_not_replicates():
    y = np.array([[[3.0], [-1.0]], [[-2.0], [-2.0]], [[0.0], [0.0]], [[5.0], [5.0]]])
    parts = decompose(y)
    assert parts.share_above == 0.5
    assert parts.share_below == 0.25
