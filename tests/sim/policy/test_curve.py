"""The budget curve and what it says of each euro."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.policy.assess import BenefitCase, assess
from sim.policy.curve import budget_curve
from sim.policy.law import load_law
from sim.policy.problems import InputError
from sim.policy.regimes import REGIMES


def curve_of(regime: str, months_used: int = 0):
    case = BenefitCase("single", date(2018, 7, 1), months_used=months_used, regime=REGIMES[regime])
    return case, budget_curve(case, np.arange(0.0, 1600.0, 4.0), load_law())


@pytest.mark.parametrize("regime", ["regular", "experiment_50", "keep_all", "hours_limited", "amsterdam_premium"])
def test_every_point_is_the_benefit_of_that_household(regime):
    case, curve = curve_of(regime)
    for place in range(0, curve.earnings.size, 37):
        alone = assess(BenefitCase(**{**vars(case), "net_earnings": float(curve.earnings[place])}), load_law())
        assert (alone.benefit, alone.net_income) == (curve.benefit[place], curve.net_income[place])


def test_marginal_rates_are_one_less_the_share_kept_until_the_cap_then_all_then_nothing():
    _, curve = curve_of("regular")
    after = curve.marginal_rate[1:]
    ends = curve.earnings[1:]
    assert np.isnan(curve.marginal_rate[0])
    assert np.allclose(after[ends <= 812.0], 0.75)
    assert np.allclose(after[(ends > 812.0) & (ends <= 1196.0)], 1.0)
    assert np.allclose(after[ends > 1200.0], 0.0)
    _, used_up = curve_of("regular", months_used=6)
    assert np.allclose(used_up.marginal_rate[1:][ends <= 996.0], 1.0)
    _, all_kept = curve_of("keep_all")
    assert np.allclose(all_kept.marginal_rate[1:], 0.0)


def test_a_bad_case_has_no_curve():
    with pytest.raises(InputError):
        budget_curve(BenefitCase("single", date(2011, 1, 1)), np.array([0.0, 100.0]), load_law())
