"""Pooling gives the published results of textbook data, and obeys its invariances."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from app.commands.evidence_pool import own_regimes
from calibration.evidence.ordinal import Reading
from calibration.evidence.own.store import store_trial
from calibration.evidence.own.trial import read_own_trial
from calibration.evidence.registry import load_registry
from calibration.evidence.selection import left_out
from calibration.likelihood.targets import contradictions
from calibration.meta_analysis.pool import (
    METHODS,
    _law_of_q,
    heterogeneity_in_words,
    pool,
    pool_with_findings,
    tau_squared,
)
from calibration.meta_analysis.rows import LEVER_NAMES, lever_of, lines_for, pool_lines, title_of
from sim.problems import InputError
from sim.regime.presets import presets

# BCG vaccine against tuberculosis, 13 trials (Colditz et al. 1994): cases and others, vaccinated and not.
BCG = np.array(
    [
        (4, 119, 11, 128),
        (6, 300, 29, 274),
        (3, 228, 11, 209),
        (62, 13536, 248, 12619),
        (33, 5036, 47, 5761),
        (180, 1361, 372, 1079),
        (8, 2537, 10, 619),
        (505, 87886, 499, 87892),
        (29, 7470, 45, 7232),
        (17, 1699, 65, 1600),
        (186, 50448, 141, 27197),
        (5, 2493, 3, 2338),
        (27, 16886, 29, 17825),
    ],
    dtype=float,
)


def _log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T
    return np.log(a / (a + b) / (c / (c + d))), np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def _log_odds_ratios() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG.T
    return np.log(a * d / (b * c)), np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)


@pytest.mark.parametrize(
    ("method", "tau2", "mean", "error"),
    [
        ("reml", 0.3132, -0.7145, 0.1798),
        ("dersimonian_laird", 0.3088, -0.7141, 0.1787),
        ("paule_mandel", 0.3181, -0.7150, 0.1809),
    ],
)
def test_bcg_log_risk_ratios(method: str, tau2: float, mean: float, error: float) -> None:
    y, s = _log_risk_ratios()
    found = pool(y, s, method=method)  # type: ignore[arg-type]
    assert found.tau2 == pytest.approx(tau2, abs=6e-5)
    assert found.mean == pytest.approx(mean, abs=6e-5)
    assert found.error == pytest.approx(error, abs=6e-5)
    assert found.q == pytest.approx(152.233, abs=5e-4)
    assert found.tau2_interval == pytest.approx((0.1197, 1.1115), abs=6e-5)


def test_bcg_reml_heterogeneity_and_intervals() -> None:
    found = pool(*_log_risk_ratios())
    assert found.i2 == pytest.approx(0.9222, abs=6e-5)
    assert found.i2_interval == pytest.approx((0.8192, 0.9768), abs=6e-5)
    assert found.interval == pytest.approx((-1.0669, -0.3622), abs=6e-5)
    # the published risk ratio and its 95% interval
    assert np.exp([found.mean, *found.interval]) == pytest.approx((0.489, 0.344, 0.696), abs=6e-4)
    reach = 2.200985 * math.sqrt(found.tau2 + found.error**2)  # t on 11 degrees of freedom
    textbook = found.prediction_textbook
    assert textbook == pytest.approx((found.mean - reach, found.mean + reach), abs=1e-5)
    # tau2 is not known: the honest interval is about as wide or wider
    assert found.prediction[1] - found.prediction[0] > 0.97 * (textbook[1] - textbook[0])


def test_bcg_log_odds_ratios_as_van_houwelingen_and_others_have_them() -> None:
    found = pool(*_log_odds_ratios())
    assert found.tau2_interval == pytest.approx((0.1302, 1.1812), abs=6e-5)
    assert found.mean == pytest.approx(-0.745, abs=6e-4)


def test_paule_mandel_solves_its_equation_and_agrees_with_statsmodels() -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    y, s = _log_risk_ratios()
    tau2 = tau_squared(y, s, "paule_mandel")
    weight = 1 / (tau2 + s**2)
    assert (weight * (y - (weight * y).sum() / weight.sum()) ** 2).sum() == pytest.approx(12, abs=1e-8)
    assert tau2 == pytest.approx(combine_effects(y, s**2, method_re="iterated", maxiter=500).tau2, abs=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_units_and_origin_do_not_matter(method: str) -> None:
    y, s = _log_risk_ratios()
    first = pool(y, s, method=method)  # type: ignore[arg-type]
    other = pool(100 * y + 7, 100 * s, method=method)  # type: ignore[arg-type]
    assert other.mean == pytest.approx(100 * first.mean + 7, rel=1e-5)
    assert other.tau2 == pytest.approx(1e4 * first.tau2, rel=1e-4)
    assert other.i2 == pytest.approx(first.i2, rel=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_equal_studies_have_no_heterogeneity(method: str) -> None:
    found = pool([0.1] * 6, [0.05] * 6, method=method)  # type: ignore[arg-type]
    assert found.tau2 == 0
    assert found.mean == pytest.approx(0.1)
    assert found.error == pytest.approx(0.05 / math.sqrt(6))


def test_few_studies_say_little() -> None:
    one = pool([0.1], [0.05])
    assert math.isnan(one.tau2)
    assert math.isnan(one.prediction[0])
    assert one.interval == pytest.approx((0.1 - 0.098, 0.1 + 0.098), abs=1e-4)
    assert "One study" in heterogeneity_in_words(one).en
    assert math.isnan(pool([0.1, 0.2], [0.05, 0.05]).prediction[0])
    assert pool([0.1, 0.2], [0.05, 0.05], knapp_hartung=True).interval[1] > 0.5


def test_intervals_cover_the_mean_of_simulated_municipalities() -> None:
    """Ten municipalities, tau 0.05: the Hartung-Knapp interval covers as often as it says."""
    rng = np.random.default_rng(11)
    error = np.linspace(0.03, 0.08, 10)
    hits = new = 0
    for _ in range(60):
        y = 0.02 + 0.05 * rng.standard_normal(10) + error * rng.standard_normal(10)
        found = pool(y, error, level=0.9, knapp_hartung=True)
        hits += found.interval[0] <= 0.02 <= found.interval[1]
        new += found.prediction[0] <= 0.02 + 0.05 * rng.standard_normal() <= found.prediction[1]
    assert 0.8 <= hits / 60 <= 0.97
    assert 0.8 <= new / 60 <= 0.99


def test_findings_pull_the_mean_their_way() -> None:
    numbers = ([0.0, 0.01], [0.05, 0.05])
    positive = [(Reading(0.0, math.inf), 0.05)] * 3
    negative = [(Reading(-math.inf, 0.0), 0.05)] * 3
    up, down = pool_with_findings(*numbers, positive), pool_with_findings(*numbers, negative)
    plain = pool(*numbers)
    assert down.mean < plain.mean < up.mean
    assert up.studies == 2
    assert up.findings == 3
    assert up.interval[0] < up.mean < up.interval[1]


def test_a_finding_as_sharp_as_a_number_acts_like_one() -> None:
    """A reading in a narrow band is an estimate: the likelihood must find the same mean."""
    y, s = np.array([0.1, 0.0, -0.05, 0.07]), np.array([0.05, 0.06, 0.04, 0.05])
    narrow = [(Reading(v / e - 1e-3, v / e + 1e-3), float(e)) for v, e in zip(y[2:], s[2:], strict=True)]
    mixed = pool_with_findings(y[:2], s[:2], narrow)
    weight = 1 / (mixed.tau2 + s**2)
    assert mixed.mean == pytest.approx((weight * y).sum() / weight.sum(), abs=2e-3)


def test_bad_input_is_refused() -> None:
    for estimates, errors in (([], []), ([0.1], [0.0]), ([0.1], [0.1, 0.2]), ([math.nan], [0.1])):
        with pytest.raises(InputError):
            pool(estimates, errors)
    with pytest.raises(InputError) as caught:
        pool([0.1], [0.1], method="ml", level=2.0)  # type: ignore[arg-type]
    assert len(caught.value.problems) == 2


def test_levers_are_read_from_the_regimes() -> None:
    assert lever_of("nijmegen", "exemption_disregard") == "exemption"
    assert lever_of("nijmegen", "intensive_disregard") == "intensive"
    assert lever_of("utrecht", "disregard") == "disregard"
    assert lever_of("oss", "intensive") == "intensive"
    assert lever_of("oss", "standard") is None
    assert lever_of("arnhem", "mine") is None
    assert lever_of("arnhem", "mine", {"arnhem.mine": presets()["exemption"]}) == "exemption"
    often = replace(presets()["regular"], role="treatment", levers={"contacts": 4.0})
    assert lever_of("arnhem", "mine", {"arnhem.mine": often}) == "intensive"


def test_the_evidence_is_pooled_per_outcome_and_lever() -> None:
    registry = load_registry()
    lines = lines_for(registry, "full_time_work", "intensive")
    assert [line.municipality for line in lines] == ["nijmegen", "oss"]
    assert lines[0].rows == ("nij_t3_hours_gt_27_in_vs_co_extra",)
    told = lines_for(registry, "small_jobs", "exemption")
    assert {line.municipality for line in told} == {
        *("deventer", "groningen", "nijmegen", "tilburg", "utrecht", "wageningen")
    }
    pooled = pool_lines(told)
    assert (pooled.studies, pooled.findings) == (1, 5)
    assert pool_lines(lines_for(registry, "small_jobs", "exemption", findings=False)).findings == 0
    with pytest.raises(InputError):
        lines_for(registry, "small_job", "exemptions")
    with pytest.raises(InputError, match="exemption, intensive"):
        lines_for(registry, "full_time_work", "disregard")
    for lever in LEVER_NAMES:
        assert title_of("small_jobs", lever).nl != title_of("small_jobs", lever).en


def test_words_in_both_languages() -> None:
    large = heterogeneity_in_words(pool(*_log_risk_ratios()), "log")
    assert "large" in large.en
    assert "groot" in large.nl
    assert "92%" in large.nl
    few = heterogeneity_in_words(pool([0.1, 0.0], [0.05, 0.05]))
    assert "cannot be told" in few.en


def test_the_published_prediction_interval_of_ten_studies() -> None:
    """Blood pressure, ten studies (Riley and others 2011): the authors' own program gives -0.334 [-0.881, 0.224]."""
    y = [0.0, 0.1, -0.4, -0.8, -0.63, 0.22, -0.34, -0.51, 0.03, -0.81]
    s = [0.423477, 0.219392, 0.025511, 0.198983, 0.301026, 0.301026, 0.07143, 0.102043, 0.122451, 0.301026]
    found = pool(y, s, method="dersimonian_laird")
    assert found.mean == pytest.approx(-0.3341, abs=1e-4)
    assert found.prediction == pytest.approx((-0.881, 0.224), abs=0.003)  # theirs moves by .008 between seeds


def test_the_law_of_q_is_chi_square_when_errors_are_equal() -> None:
    for k in (3, 5, 10):
        for observed in (0.5, 3.0, 9.0):
            found = _law_of_q(np.full(k, 0.1), np.array([0.0, 0.005]), observed)
            exact = [stats.chi2(k - 1).cdf(observed), stats.chi2(k - 1).cdf(observed / 1.5)]
            assert found == pytest.approx(exact, abs=4e-3)  # three studies: the integral falls slowest


def test_the_law_of_q_with_unequal_errors() -> None:
    error, rng = np.array([0.05, 0.1, 0.2, 0.4]), np.random.default_rng(3)
    y = rng.standard_normal((100_000, 4)) * np.sqrt(error**2 + 0.01)
    weight = 1 / error**2
    q = (weight * (y - (y @ weight / weight.sum())[:, None]) ** 2).sum(axis=1)
    assert _law_of_q(error, np.array([0.01]), 5.0)[0] == pytest.approx((q <= 5).mean(), abs=0.006)


@pytest.mark.parametrize("method", ["dersimonian_laird", "paule_mandel"])
def test_mean_and_hartung_knapp_as_statsmodels_has_them(method: str) -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    y, s = _log_risk_ratios()
    names = {"dersimonian_laird": "chi2", "paule_mandel": "iterated"}
    theirs = combine_effects(y, s**2, method_re=names[method], use_t=True, maxiter=500)
    found = pool(y, s, method=method, knapp_hartung=True)  # type: ignore[arg-type]
    assert found.mean == pytest.approx(theirs.mean_effect_re, abs=1e-4)
    assert found.error == pytest.approx(theirs.sd_eff_w_re_hksj, abs=1e-4)


def _trial(name: str, place: str, effect: float) -> str:
    head = {
        "name": name,
        "title": f"{name} (test data)",
        "year": "2011",
        "municipality": place,
        "control": "control",
        "start": "2018-01",
        "months": "24",
        "randomised": "after_sign_up",
        "population": "netherlands",
        "survey": "nijmegen",
        "confidence_level": "0.95",
    }
    lines = ["[study]", "key,value", *(f"{key},{value}" for key, value in head.items()), "", "[arms]"]
    lines += ["arm,people,regime", "keep,200,disregard", "control,200,regular", "", "[effects]"]
    lines += ["arm,comparator,outcome,effect,se,horizon_months,specification,locator"]
    return "\n".join([*lines, f"keep,control,life_satisfaction,{effect},0.1,24,raw,table 1", ""])


def test_two_trials_in_one_municipality_are_two(tmp_path: Path) -> None:
    """+0.30, -0.10 and +0.10 with equal errors: the mean is +0.10, and both trials of one town are named."""
    for name, place, effect in (("eersel_a", "eersel", 0.3), ("eersel_b", "eersel", -0.1), ("breda_a", "breda", 0.1)):
        source = tmp_path / f"{name}.csv"
        source.write_text(_trial(name, place, effect), "utf-8")
        store_trial(read_own_trial(source), tmp_path / "mine", source)
    registry = load_registry(tmp_path / "mine")
    regimes = own_regimes(tmp_path / "mine")
    lines = lines_for(registry, "life_satisfaction", "disregard", regimes=regimes)
    assert [(line.name, line.estimate) for line in lines] == [
        ("breda (breda_a)", pytest.approx(0.1)),
        ("eersel (eersel_a)", pytest.approx(0.3)),
        ("eersel (eersel_b)", pytest.approx(-0.1)),
    ]
    pooled = pool_lines(lines)
    assert pooled.studies == 3
    assert pooled.mean == pytest.approx(0.1, abs=1e-6)
    assert pooled.interval[0] < 0 < pooled.interval[1]
    # nor does a fit lose the second one
    own = [row.id for row in registry if not registry.study(row.study).shipped]
    assert len(own) == 3
    assert not set(own) & set(left_out(registry))
    assert contradictions([registry[name] for name in own], registry) == []
