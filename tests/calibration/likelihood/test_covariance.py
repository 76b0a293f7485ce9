"""The joint likelihood: right where the answer is known, and from simulated trials where it is not."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from calibration.evidence.registry import load_registry
from calibration.evidence.schema import Row
from calibration.evidence.standard_errors import StandardError
from calibration.likelihood.covariance import NUGGET, Covariance, estimate_covariance, log_likelihood, orthant
from sim.problems import InputError
from sim.trial.read import design

NUMBER = Row("n", "s", "m", "a", "c", "hours_gt_12", "effect", "proportion", "loep", "causal_itt", "t", value=0.03)
TOLD = Row("o", "s", "m", "a", "c", "hours_gt_8", "ordinal", "ordinal", "text", "ordinal", "t", sign="positive")
R = np.array([[1.0, 0.5, 0.3], [0.5, 1.0, 0.6], [0.3, 0.6, 1.0]])
SD = np.array([0.05, 0.06, 0.04])


def _rows(*kinds: Row) -> list[Row]:
    return [dataclasses.replace(row, id=f"{row.id}{place}") for place, row in enumerate(kinds)]


def _covariance(rows: list[Row]) -> Covariance:
    k = len(rows)
    return Covariance(tuple(row.id for row in rows), np.zeros(k), SD[:k], R[:k, :k], 100)


def _exact(row: Row, error: float) -> StandardError:
    return StandardError(error, 0.0, error, error, "reported")


def test_numbers_alone_are_a_normal_density() -> None:
    rows = _rows(NUMBER, NUMBER, NUMBER)
    covariance = _covariance(rows)
    mean = np.array([0.01, 0.05, -0.02])
    expected = stats.multivariate_normal(mean, covariance.matrix).logpdf([0.03, 0.03, 0.03])
    assert log_likelihood(rows, mean, covariance, nugget=0.0) == pytest.approx(expected, abs=1e-6)
    errors = {row.id: _exact(row, 0.1) for row in rows}
    wide = stats.multivariate_normal(mean, R * 0.01).logpdf([0.03, 0.03, 0.03])
    assert log_likelihood(rows, mean, covariance, errors, nugget=0.0) == pytest.approx(wide, abs=1e-6)


def test_findings_are_orthant_probabilities_given_the_numbers() -> None:
    rows = _rows(NUMBER, TOLD, TOLD)
    rows[2] = dataclasses.replace(rows[2], sign="negative", significant="no")
    covariance = _covariance(rows)
    mean = np.array([0.02, 0.01, 0.0])
    sigma = covariance.matrix
    shift = sigma[1:, 0] / sigma[0, 0] * (0.03 - mean[0])
    inner = sigma[1:, 1:] - np.outer(sigma[1:, 0], sigma[0, 1:]) / sigma[0, 0]
    law = stats.multivariate_normal(mean[1:] + shift, inner)
    high = 1.6448536 * SD[2]
    # P(x1 > 0, -high < x2 < 0) by inclusion and exclusion
    inside = law.cdf([9, 0]) - law.cdf([0, 0]) - law.cdf([9, -high]) + law.cdf([0, -high])
    expected = stats.norm(0.02, SD[0]).logpdf(0.03) + math.log(inside)
    assert log_likelihood(rows, mean, covariance, nugget=0.0) == pytest.approx(expected, abs=0.01)


def test_levels_with_a_count_are_binomial() -> None:
    level = Row(
        "l",
        "s",
        "m",
        "c",
        "",
        "hours_gt_12",
        "level",
        "proportion",
        "raw",
        "register_level",
        "t",
        value=0.3,
        n_arm=117.0,
        count=35.0,
    )
    rows = _rows(level)
    found = log_likelihood(rows, np.array([0.25]), _covariance(rows))
    assert found == pytest.approx(stats.binom(117, 0.25).logpmf(35), abs=1e-9)
    zero = log_likelihood(rows, np.array([0.0]), _covariance(rows))
    assert math.isfinite(zero)
    assert zero < found


def test_uncertain_errors_are_integrated_over() -> None:
    rows = _rows(NUMBER)
    covariance = _covariance(rows)
    mean = np.array([0.33])  # six standard errors away
    sharp = log_likelihood(rows, mean, covariance, {rows[0].id: _exact(rows[0], 0.05)})
    loose = log_likelihood(rows, mean, covariance, {rows[0].id: StandardError(0.05, 0.4, 0.026, 0.097, "markers")})
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    exact = np.log((weights / weights.sum()) @ stats.norm(0.33, 0.05 * np.exp(0.4 * nodes)).pdf(0.03))
    assert loose > sharp + 5
    assert loose == pytest.approx(exact, abs=0.6)


def test_correlation_changes_what_two_rows_say() -> None:
    """Two rows that share a control group count for less than two independent ones."""
    rows = _rows(NUMBER, NUMBER)
    apart = Covariance(tuple(row.id for row in rows), np.zeros(2), SD[:1].repeat(2), np.eye(2), 100)
    shared = dataclasses.replace(apart, correlation=np.array([[1.0, 0.8], [0.8, 1.0]]))
    drop = [
        log_likelihood(rows, np.array([0.03, 0.03]), one, nugget=0.0)
        - log_likelihood(rows, np.array([0.13, 0.13]), one, nugget=0.0)
        for one in (apart, shared)
    ]
    assert drop[0] == pytest.approx(4.0)
    assert drop[1] == pytest.approx(4.0 / 1.8)


def test_rows_that_nearly_coincide_do_not_decide() -> None:
    """Two rows that correlate by .95 and lie a standard error apart: no news about a common shift, and no rejection."""
    rows = _rows(NUMBER, NUMBER)
    near = Covariance(
        tuple(row.id for row in rows), np.zeros(2), SD[:1].repeat(2), np.array([[1.0, 0.95], [0.95, 1.0]]), 100
    )
    apart = np.array([0.03, 0.03 + SD[0]])
    cost = [
        log_likelihood(rows, np.array([0.03, 0.03]), near, nugget=nugget)
        - log_likelihood(rows, apart, near, nugget=nugget)
        for nugget in (0.0, NUGGET)
    ]
    assert cost[0] > 5.0  # the gap alone counts as more than three errors
    assert cost[1] < 2.5


def test_a_finding_that_may_not_hold_is_heard_as_far_as_it_is_believed() -> None:
    """P(findings) over two correlated outcomes, each statement true with probability .75: the mixture by hand."""
    r, truth = 0.8, 0.75
    factor = np.linalg.cholesky(np.array([[1.0, r], [r, 1.0]]))
    low, high = np.array([0.0, -np.inf]), np.array([np.inf, 0.0])
    centre = np.array([[0.3, -0.2], [-0.5, 0.9]])
    for truths in ([1.0, 1.0], [truth, 1.0], [truth, truth]):
        found = np.exp(orthant(centre, factor, low, high, np.array(truths)))
        for place, (a, b) in enumerate(centre):
            first, second = stats.norm.cdf(a), stats.norm.cdf(-b)
            both = second - stats.multivariate_normal([0, 0], [[1, r], [r, 1]]).cdf([-a, -b])
            t, u = truths
            exact = t * u * both + t * (1 - u) / 2 * first + u * (1 - t) / 2 * second + (1 - t) * (1 - u) / 4
            assert found[place] == pytest.approx(exact, abs=0.02)


def test_a_bias_and_extra_noise_are_heard() -> None:
    rows = _rows(NUMBER)
    covariance = _covariance(rows)
    mean = np.array([0.13])
    plain = log_likelihood(rows, mean, covariance)
    assert log_likelihood(rows, mean, covariance, bias={rows[0].id: -0.10}) > plain
    assert log_likelihood(rows, mean, covariance, extra=np.array([[0.01]])) > plain


def test_the_likelihood_is_smooth_and_repeatable() -> None:
    rows = _rows(NUMBER, TOLD, TOLD)
    covariance = _covariance(rows)
    errors = {rows[1].id: StandardError(0.06, 0.2, 0.04, 0.08, "binomial")}
    at = [log_likelihood(rows, np.array([0.02, x, 0.01]), covariance, errors) for x in np.linspace(-0.1, 0.1, 41)]
    assert at == [
        log_likelihood(rows, np.array([0.02, x, 0.01]), covariance, errors) for x in np.linspace(-0.1, 0.1, 41)
    ]
    assert np.abs(np.diff(at, 2)).max() < 0.1


def test_bad_input_is_refused() -> None:
    rows = _rows(NUMBER, NUMBER)
    with pytest.raises(InputError):
        log_likelihood(rows[:1], np.zeros(1), _covariance(rows))
    with pytest.raises(InputError):
        log_likelihood(rows, np.zeros(3), _covariance(rows))
    with pytest.raises(InputError) as caught:
        estimate_covariance(design("nijmegen"), [], 2)
    assert len(caught.value.problems) == 2


@pytest.fixture(scope="module")
def nijmegen() -> tuple[list[Row], Covariance]:
    registry = load_registry()
    names = [
        f"nij_t3_{outcome}_{arm}_vs_co_loep"
        for outcome in ("hours_gt_8", "hours_gt_12", "hours_gt_27")
        for arm in ("ex", "in")
    ]
    names += ["nij_t8_life_satisfaction_12m_ex_vs_co", "nij_t8_life_satisfaction_24m_ex_vs_co"]
    rows = [registry[name] for name in names]
    return rows, estimate_covariance(design("nijmegen"), rows, 160, reference=0, seed=3)


def test_simulated_trials_show_what_designs_imply(nijmegen: tuple[list[Row], Covariance]) -> None:
    rows, found = nijmegen
    place = {row.id: number for number, row in enumerate(rows)}

    def r(first: str, second: str) -> float:
        return float(found.correlation[place[f"nij_{first}"], place[f"nij_{second}"]])

    # three arms of equal size share a control group: one half, known to 0.06 by 160 trials
    assert r("t3_hours_gt_12_ex_vs_co_loep", "t3_hours_gt_12_in_vs_co_loep") == pytest.approx(0.5, abs=0.22)
    # thresholds nest: neighbours more than ends
    near = r("t3_hours_gt_8_ex_vs_co_loep", "t3_hours_gt_12_ex_vs_co_loep")
    far = r("t3_hours_gt_8_ex_vs_co_loep", "t3_hours_gt_27_ex_vs_co_loep")
    assert near > far > 0
    # two waves ask many of the same people
    assert r("t8_life_satisfaction_12m_ex_vs_co", "t8_life_satisfaction_24m_ex_vs_co") > 0
    assert np.linalg.eigvalsh(found.correlation).min() > 0.01
    # and the simulated spread is of the size that the report's markers imply
    assert 0.6 < found.sd[place["nij_t3_hours_gt_12_ex_vs_co_loep"]] / 0.0554 < 1.4


def test_the_same_seed_gives_the_same_covariance(nijmegen: tuple[list[Row], Covariance]) -> None:
    rows, _ = nijmegen
    first, again = (estimate_covariance(design("nijmegen"), rows, 12, reference=0, seed=5) for _ in range(2))
    assert np.array_equal(first.matrix, again.matrix)
    assert not np.array_equal(
        first.matrix, estimate_covariance(design("nijmegen"), rows, 12, reference=0, seed=6).matrix
    )


def test_held_out_trials_are_as_far_as_the_covariance_says(nijmegen: tuple[list[Row], Covariance]) -> None:
    """Squared distances of other trials follow chi-square: mean equal to the number of rows."""
    from calibration.moments.evaluate import evaluate
    from calibration.moments.prepared import months_needed, registers_needed
    from sim.parameters import defaults
    from sim.trial.run import simulate_trial

    rows, found = nijmegen
    trial = design("nijmegen")
    others = simulate_trial(
        trial,
        defaults(),
        99,
        replicates=60,
        reference=0,
        measures=registers_needed(rows),
        months=months_needed(rows, tuple(trial.follow_up(wave) for wave in trial.waves)),
    )
    moved = np.array([evaluate(data, rows) for data in others]) - found.mean
    distance = np.einsum("ij,jk,ik->i", moved, np.linalg.inv(found.matrix), moved)
    # 60 distances of 8 rows: standard error 4 / sqrt(60), and the matrix itself is estimated
    assert distance.mean() == pytest.approx(len(rows), abs=2.2)
