"""Estimators: known effects come back with nominal coverage; no effect is found at the nominal rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.estimators import ancova, linear, logit, nearest_neighbour, propensity
from analysis.estimators.fast import regress
from analysis.estimators.frame import read_microdata
from analysis.estimators.matching import match
from analysis.estimators.methods import METHODS, method
from sim.problems import InputError


def binomial_band(trials: int, chance: float, width: float = 3.5) -> tuple[float, float]:
    """Return where a share of successes lies but for one time in two thousand."""
    spread = width * np.sqrt(chance * (1 - chance) / trials)
    return chance - spread, chance + spread


def people(seed: int, n: int = 240, effect: float = 0.12, *, selected: bool = False) -> pd.DataFrame:
    """Return a randomised (or selected) sample with a confounder and a true effect on a share."""
    rng = np.random.default_rng(seed)
    age = rng.normal(45, 10, n)
    able = rng.normal(0, 1, n)
    lean = 0.9 * able if selected else 0.0
    arm = np.where(rng.random(n) < 1 / (1 + np.exp(-lean)), "treated", "control")
    chance = np.clip(0.3 + 0.1 * able - 0.003 * (age - 45), 0.02, 0.85) + effect * (arm == "treated")
    return pd.DataFrame(
        {
            "arm": arm,
            "age": age,
            "able": able,
            "town": rng.choice(["north", "south"], n),
            "caseworker": rng.integers(0, 12, n),
            "work": (rng.random(n) < chance).astype(float),
        }
    )


@pytest.mark.parametrize(
    ("estimator", "selected"), [(linear, False), (logit, False), (nearest_neighbour, True), (propensity, True)]
)
def test_intervals_cover_the_true_effect_as_often_as_they_say(estimator, selected) -> None:
    runs = 150
    hits = 0
    for seed in range(runs):
        found = estimator.estimate(
            people(seed, 300, selected=selected), "work", "treated", covariates=("age", "able"), level=0.90
        )
        hits += found.low <= 0.12 <= found.high
    low, high = binomial_band(runs, 0.90)
    assert low <= hits / runs <= min(high + 0.03, 1.0)


def test_the_coverage_test_can_fail() -> None:
    """Without the confounder a selected sample is biased, and the same band sees it."""
    runs = 150
    hits = 0
    for seed in range(runs):
        found = linear.estimate(people(seed, 300, selected=True), "work", "treated", level=0.90)
        hits += found.low <= 0.12 <= found.high
    assert hits / runs < binomial_band(runs, 0.90)[0]


def test_no_effect_is_found_at_the_nominal_rate() -> None:
    runs = 2000
    rng = np.random.default_rng(5)
    treated = np.repeat([0.0, 1.0], 60)
    x = np.column_stack([np.ones(120), treated])
    outcomes = (rng.random((120, runs)) < 0.3).astype(float)
    found = regress(outcomes, x, [1])
    t = np.abs(found.values[:, 0] / found.errors[:, 0])
    low, high = binomial_band(runs, 0.05)
    assert low <= np.mean(t > 1.98) <= high + 0.005


@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
def test_fast_path_equals_statsmodels() -> None:
    rng = np.random.default_rng(1)
    n = 180
    outcomes = rng.normal(size=(n, 5))
    outcomes[rng.random((n, 5)) < 0.2] = np.nan
    outcomes[:, 0] = rng.normal(size=n)
    baselines = outcomes + rng.normal(size=(n, 5))
    x = np.column_stack([np.ones(n), rng.integers(0, 2, (n, 2)), rng.normal(size=(n, 3))])
    x = np.column_stack([x, x[:, 4]])  # a column that repeats another one
    for base in (None, baselines):
        found = regress(outcomes, x, [1, 2], baselines=base)
        for number in range(5):
            rows = ~np.isnan(outcomes[:, number])
            full = x[rows] if base is None else np.column_stack([x[rows], base[rows, number]])
            fitted = sm.OLS(outcomes[rows, number], full).fit()
            np.testing.assert_allclose(found.values[number], fitted.params[1:3], rtol=0, atol=1e-10)
            np.testing.assert_allclose(found.errors[number], fitted.bse[1:3], rtol=0, atol=1e-10)
            assert found.degrees[number] == fitted.df_resid
            assert found.n[number] == rows.sum()


def test_fast_path_and_ancova_agree_when_baselines_are_missing() -> None:
    rng = np.random.default_rng(4)
    data = people(3)
    data["mood"] = rng.normal(size=len(data))
    data["mood_at_start"] = np.where(rng.random(len(data)) < 0.3, np.nan, data["mood"] + rng.normal(size=240))
    slow = ancova.estimate(data, "mood", "treated", covariates=("age",))
    x = np.column_stack([np.ones(len(data)), data["arm"] == "treated", data["age"]]).astype(float)
    fast = regress(data[["mood"]].to_numpy(), x, [1], baselines=data[["mood_at_start"]].to_numpy())
    assert slow.value == pytest.approx(fast.values[0, 0], abs=1e-10)
    assert slow.standard_error == pytest.approx(fast.errors[0, 0], abs=1e-10)


def test_clustered_errors_equal_statsmodels() -> None:
    data = people(8)
    data["caseworker"] = np.arange(len(data)) % 48  # many groups; few have errors of their own kind
    found = linear.estimate(data, "work", "treated", covariates=("age",), cluster="caseworker")
    x = np.column_stack([np.ones(len(data)), data["arm"] == "treated", data["age"]]).astype(float)
    fitted = sm.OLS(data["work"].to_numpy(), x).fit(
        cov_type="cluster", cov_kwds={"groups": data["caseworker"].to_numpy()}, use_t=True
    )
    assert found.standard_error == pytest.approx(fitted.bse[1], abs=1e-12)
    assert found.degrees == 47


def test_logit_margins_equal_statsmodels() -> None:
    data = people(2)
    found = logit.estimate(data, "work", "treated", covariates=("age", "able"))
    x = np.column_stack([np.ones(len(data)), data["arm"] == "treated", data["age"], data["able"]]).astype(float)
    fitted = sm.Logit(data["work"].to_numpy(), x).fit(disp=0)
    on, off = x.copy(), x.copy()
    on[:, 1], off[:, 1] = 1.0, 0.0
    assert found.value == pytest.approx(float(np.mean(fitted.predict(on) - fitted.predict(off))), abs=1e-8)
    effect = fitted.get_margeff(dummy=True)
    assert found.standard_error == pytest.approx(effect.margeff_se[0], rel=1e-6)


def test_matching_on_a_worked_example() -> None:
    """Seven people, small enough to match by hand."""
    w = np.array([0, 0, 0, 0, 1, 1, 1], dtype=float)
    x = np.array([2, 4, 5, 6, 3, 4, 5], dtype=float)[:, None]
    y = np.array([7, 8, 6, 9, 8, 9, 8], dtype=float)
    # 3 -> the mean of 2 and 4 (7.5), 4 -> 4 (8), 5 -> 5 (6).
    assert match(y, w, x, target="att").value == pytest.approx(((8 - 7.5) + (9 - 8) + (8 - 6)) / 3)
    # The other way: 2 -> 3 (8), 4 -> 4 (9), 5 -> 5 (8), 6 -> 5 (8).
    other = (8 - 7) + (9 - 8) + (8 - 6) + (8 - 9)
    assert match(y, w, x, target="ate").value == pytest.approx((0.5 + 1 + 2 + other) / 7)


def test_bias_correction_takes_out_a_straight_line() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 1))
    w = (rng.random(120) < 1 / (1 + np.exp(-2 * x[:, 0]))).astype(float)
    y = 3.0 * x[:, 0] + 1.5 * w
    assert match(y, w, x, correct_on=x).value == pytest.approx(1.5, abs=1e-9)
    assert abs(match(y, w, x).value - 1.5) > 0.01


def test_more_neighbours_never_use_a_person_less_than_nobody() -> None:
    rng = np.random.default_rng(3)
    w = np.repeat([0.0, 1.0], 40)
    found = match(rng.normal(size=80), w, rng.normal(size=(80, 2)), neighbours=4)
    assert found.uses[w == 1].sum() == 0.0
    assert found.uses.sum() == pytest.approx(40.0)


def test_users_own_file(tmp_path: Path) -> None:
    data = people(6)
    data.loc[0, "work"] = np.nan
    path = tmp_path / "own.csv"
    data.to_csv(path, index=False)
    found = {
        name: method(name)(read_microdata(path), "work", "treated", covariates=("age", "town"))
        for name in ("linear", "logit", "nearest_neighbour", "propensity")
    }
    assert set(found) < set(METHODS)
    assert {each.n for each in found.values()} == {len(data) - 1}
    assert all(each.low < each.value < each.high for each in found.values())


def test_every_problem_of_microdata_is_listed() -> None:
    data = people(1).astype({"work": object})
    data.loc[3, "work"] = "yes"
    with pytest.raises(InputError) as caught:
        linear.estimate(data, "work", "treatd", control="contrl")
    text = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "row 4: yes" in text
    assert "did you mean 'treated'" in text
    with pytest.raises(InputError, match=r"column\.agee"):
        linear.estimate(people(1), "work", "treated", covariates=("agee",))
    with pytest.raises(InputError, match="0 or 1"):
        logit.estimate(people(1), "age", "treated")
    with pytest.raises(InputError, match="covariates"):
        nearest_neighbour.estimate(people(1), "work", "treated", covariates=())
    with pytest.raises(InputError, match="method"):
        method("linaer")


def test_other_arms_share_the_residual_variance() -> None:
    data = people(1)
    data.loc[data.index[::3], "arm"] = "third"
    with_third = linear.estimate(data, "work", "treated")
    without = linear.estimate(data[data["arm"] != "third"], "work", "treated")
    assert with_third.value == pytest.approx(without.value)
    assert with_third.n > without.n


def test_ancova_covers_with_and_finds_nothing_without_an_effect() -> None:
    runs = 150
    for effect in (0.0, 0.4):
        held = rejected = 0
        for seed in range(runs):
            rng = np.random.default_rng(1000 + seed)
            start = rng.normal(6, 1, 160)
            arm = rng.choice(["treated", "control"], 160)
            after = 2 + 0.6 * start + effect * (arm == "treated") + rng.normal(0, 0.8, 160)
            data = pd.DataFrame({"arm": arm, "mood_at_start": start, "mood": after})
            found = ancova.estimate(data, "mood", "treated", covariates=(), level=0.90)
            held += found.low <= effect <= found.high
            rejected += found.p_value < 0.10
        low, high = binomial_band(runs, 0.90)
        assert low <= held / runs <= high
        if effect == 0.0:
            assert rejected / runs == pytest.approx(1 - held / runs)


def test_clustered_errors_cover_where_classical_ones_do_not() -> None:
    """Caseworkers differ and each has one arm: people of one caseworker are not independent."""
    runs, held = 200, {"cluster": 0, "classical": 0}
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        caseworker = np.repeat(np.arange(40), 10)
        arm = np.where(caseworker % 2 == 0, "treated", "control")
        mood = 0.5 * rng.normal(size=40)[caseworker] + rng.normal(size=400) + 0.3 * (arm == "treated")
        data = pd.DataFrame({"arm": arm, "caseworker": caseworker, "mood": mood})
        for errors in ("cluster", "classical"):
            found = linear.estimate(data, "mood", "treated", cluster="caseworker", errors=errors, level=0.90)
            held[errors] += found.low <= 0.3 <= found.high
    low, high = binomial_band(runs, 0.90)
    assert low - 0.01 <= held["cluster"] / runs <= high
    assert held["classical"] / runs < low
