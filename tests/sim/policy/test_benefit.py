"""Laws of the benefit: monotone, bounded, equal for one household and for many."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.policy.assess import BenefitCase, assess, assess_many
from sim.policy.benefit import (
    BY_GENERAL,
    BY_HOURS_LIMITED,
    BY_NONE,
    BY_SINGLE_PARENT,
    benefit_month,
    cost_sharer_factor,
    disregard_rule,
    kept_earnings,
)
from sim.policy.law import load_law
from sim.policy.problems import InputError, Say
from sim.policy.regimes import REGIMES, BenefitRegime

LAW = load_law()
CENTS = st.integers(0, 300_000).map(lambda cents: cents / 100)
WITHOUT_PREMIUM = ["regular", "hours_limited", "experiment_50", "keep_all"]


@st.composite
def cases(draw, regimes=(*WITHOUT_PREMIUM, "single_parent", "amsterdam_premium")):
    regime = draw(st.sampled_from(regimes))
    household = (
        "single_parent" if regime == "single_parent" else draw(st.sampled_from(["single", "single_parent", "couple"]))
    )
    # 2020-07 .. 2023-12: every parameter is known, art. 31a and the new order fall within.
    day = date(2020, 7, 1) + timedelta(days=draw(st.integers(0, 1278)))
    return BenefitCase(
        household=household,
        date=day,
        age=draw(st.integers(18, 66)),
        net_earnings=draw(CENTS),
        partner_net_earnings=draw(CENTS) if household == "couple" else 0.0,
        cost_sharers=draw(st.integers(1, 6)),
        months_used=draw(st.integers(0, 40)),
        regime=REGIMES[regime],
        sanction=draw(st.sampled_from([0.0, 5.0, 20.0, 33.33, 100.0])),
    )


def with_earnings(case: BenefitCase, earnings: float) -> BenefitCase:
    return BenefitCase(**{**vars(case), "net_earnings": earnings})


@given(cases())
def test_benefit_lies_between_nothing_and_the_norm(case):
    result = assess(case, LAW)
    assert 0.0 <= result.benefit <= result.norm
    assert 0.0 <= result.disregarded <= case.net_earnings + case.partner_net_earnings + 0.011


@given(cases(regimes=(*WITHOUT_PREMIUM, "single_parent")), CENTS)
def test_more_earnings_never_lower_net_income(case, other):
    low, high = sorted((case.net_earnings, other))
    assert assess(with_earnings(case, high), LAW).net_income >= assess(with_earnings(case, low), LAW).net_income


def test_a_premium_that_ends_at_the_norm_does_lower_net_income():
    """Negative control of the law above, and a true notch of the Amsterdam premium."""
    case = BenefitCase("single", date(2019, 1, 1), regime=REGIMES["amsterdam_premium"])
    below, above = (assess(with_earnings(case, earnings), LAW).net_income for earnings in (1025.0, 1026.0))
    assert above < below - 150.0


@given(cases(regimes=("regular",)), st.floats(0, 1), st.floats(0, 1), st.integers(0, 500), st.integers(0, 500))
def test_more_disregard_never_lowers_net_income(case, share, other_share, cap, other_cap):
    incomes = [
        assess(
            BenefitCase(**{**vars(case), "regime": BenefitRegime("own", Say("", ""), share=s, cap=float(c))}), LAW
        ).net_income
        for s, c in zip(sorted((share, other_share)), sorted((cap, other_cap)), strict=True)
    ]
    assert incomes[0] <= incomes[1]


@settings(max_examples=40, deadline=None)
@given(st.lists(cases(), min_size=1, max_size=8))
def test_arrays_equal_single_households_to_the_last_bit(many):
    for regime in {case.regime.name for case in many}:
        group = [case for case in many if case.regime.name == regime]
        fields = ("age", "net_earnings", "partner_net_earnings", "cost_sharers", "months_used", "sanction")
        together = assess_many(
            LAW,
            [case.household for case in group],
            [case.date for case in group],
            regime=REGIMES[regime],
            **{field: [getattr(case, field) for case in group] for field in fields},
        )
        for place, case in enumerate(group):
            alone = assess(case, LAW)
            for field in ("norm", "disregarded", "benefit", "net_income", "premium"):
                assert getattr(together, field)[place] == getattr(alone, field)


@pytest.mark.parametrize(
    ("months", "n", "r", "y", "y_before_r", "rule"),
    [
        (5, 1, 1, 1, 0, BY_GENERAL),
        (5, 1, 1, 1, 1, BY_GENERAL),
        (6, 1, 1, 1, 0, BY_SINGLE_PARENT),
        (6, 1, 1, 1, 1, BY_HOURS_LIMITED),
        (35, 1, 1, 1, 0, BY_SINGLE_PARENT),
        (36, 1, 1, 1, 0, BY_HOURS_LIMITED),
        (36, 1, 1, 0, 0, BY_NONE),
        (0, 0, 0, 1, 0, BY_HOURS_LIMITED),
        (0, 0, 0, 0, 1, BY_NONE),
        (0, 0, 1, 0, 0, BY_NONE),
        (6, 1, 0, 0, 1, BY_NONE),
    ],
)
def test_the_order_of_the_disregards(months, n, r, y, y_before_r, rule):
    numbers = [float(number) for number in (months, 6, 30, n, r, y, y_before_r)]
    assert disregard_rule(*numbers) == rule
    assert disregard_rule(*(np.array([number]) for number in numbers)).tolist() == [rule]


def test_rules_take_floats_and_arrays_alike():
    earnings = np.array([0.0, 400.0, 900.0])
    kept = kept_earnings(earnings, 0.25, 203.0, np.array([0.0, 0.0, 5.0]), 6.0)
    assert kept.tolist() == [kept_earnings(e, 0.25, 203.0, 0.0, 6.0) for e in earnings.tolist()]
    assert kept_earnings(400.0, 0.25, 203.0, 6.0, 6.0) == 0.0
    assert benefit_month(1000.0, 1200.0, 0.0) == 0.0
    assert benefit_month(1000.0, 200.0, 0.3) == 500.0


@given(st.integers(1, 49))
def test_the_cost_sharer_factor_falls_with_every_person_and_the_home_gains(sharers):
    alone, more = (cost_sharer_factor(float(number), 0.40, 0.30) for number in (sharers, sharers + 1))
    assert more < alone
    assert more * (sharers + 1) > alone * sharers


@given(st.integers(0, 2_000_00), st.integers(0, 3480))
def test_household_size_orders_the_norms(cents, offset):
    day = date(2017, 1, 1) + timedelta(days=offset % 3467)
    single, couple = (assess(BenefitCase(kind, day, net_earnings=cents / 100), LAW) for kind in ("single", "couple"))
    assert single.norm < couple.norm < 2 * single.norm
    assert single.net_income <= couple.net_income


def test_a_single_person_stops_needing_benefit_at_the_norm_without_a_disregard():
    case = BenefitCase("single", date(2018, 7, 1), months_used=6)
    assert assess(with_earnings(case, 996.55), LAW).benefit == 0.01
    assert assess(with_earnings(case, 996.56), LAW).benefit == 0.0


def test_all_problems_of_a_case_come_at_once():
    case = BenefitCase("duo", date(2031, 1, 1), 17, -1.0, float("nan"), 0, -1, REGIMES["regular"], 101.0)
    with pytest.raises(InputError) as caught:
        assess(case, LAW)
    paths = [problem.path for problem in caught.value.problems]
    assert paths == [
        "household",
        "date",
        "age",
        "net_earnings",
        "partner_net_earnings",
        "cost_sharers",
        "months_used",
        "sanction",
    ]


def test_columns_are_refused_with_the_place():
    with pytest.raises(InputError) as caught:
        assess_many(
            LAW,
            ["single", "singel", "single"],
            ["2018-01-01", "2018-01-01", "2016-12-31"],
            age=[40, 40.5, 40],
            net_earnings=[0, 0, np.nan],
            partner_net_earnings=[5, 0, 0],
        )
    paths = {problem.path for problem in caught.value.problems}
    assert {"household[1]", "date[2]", "age[1]", "net_earnings[2]", "partner_net_earnings[0]"} <= paths


def test_a_date_that_is_no_date_is_refused():
    with pytest.raises(InputError, match=r"date\[0\]"):
        assess_many(LAW, ["single"], np.array(["NaT"], dtype="datetime64[D]"))


@pytest.mark.parametrize(
    ("day", "oldest"),
    [("2017-12-31", 65), ("2018-12-31", 65), ("2019-01-01", 66), ("2023-12-31", 66), ("2024-01-01", 66)],
)
def test_pension_age_bounds_the_age(day, oldest):
    case = BenefitCase("single", date.fromisoformat(day), oldest)
    assert assess(case, LAW).benefit > 0.0
    with pytest.raises(InputError, match="age"):
        assess(BenefitCase("single", date.fromisoformat(day), oldest + 1), LAW)


def test_what_is_not_known_for_this_household_is_refused():
    with pytest.raises(InputError, match="norm_18_20"):
        assess(BenefitCase("couple", date(2019, 3, 1), 19), LAW)
    with pytest.raises(InputError, match="norm_18_20"):
        assess_many(LAW, ["couple"], [date(2020, 1, 1)], age=[20])
