"""The law month by month."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.policy.amounts import MONTH_AMOUNTS, monthly_amounts
from sim.policy.law import load_law
from sim.policy.problems import InputError


def test_every_month_carries_the_value_of_its_first_day():
    table = monthly_amounts(date(2020, 11, 17), 14)
    for key, (name, household, _) in MONTH_AMOUNTS.items():
        days = [date(2020 + (10 + step) // 12, (10 + step) % 12 + 1, 1) for step in range(14)]
        assert table[key].tolist() == [load_law().value(name, household, day) for day in days], key
    # November 2020 .. December 2021: art. 31a in January .. September.
    assert table["disregard_min_age"].tolist() == [27, 27, *[18] * 9, 27, 27, 27]
    assert not table["projected"].any()


def test_the_order_of_the_disregards_turns_in_2023():
    assert monthly_amounts(date(2022, 12, 1), 2)["y_before_r"].tolist() == [0.0, 1.0]


def test_months_beyond_the_known_law_hold_the_last_amounts_and_say_so():
    table = monthly_amounts(date(2026, 11, 1), 24)
    assert table["projected"].tolist() == [0.0] * 2 + [1.0] * 22
    for key, column in table.items():
        assert column.shape == (24,)
        assert np.isfinite(column).all()
        if key != "projected":
            assert (column == column[0]).all(), key


def test_young_norms_that_were_not_read_follow_the_pattern_and_say_so():
    table = monthly_amounts(date(2018, 12, 1), 8)
    assert table["pattern_18_20"].tolist() == [0, 1, 1, 1, 1, 1, 1, 0]
    assert table["norm_couple_18_20"].tolist() == (2.0 * table["norm_single_18_20"]).tolist()
    assert table["norm_couple_18_20"][1] == 506.34


def test_a_single_person_reaches_the_norm_at_about_27_hours():
    table = monthly_amounts(date(2017, 1, 1), 114)
    hours_week = table["norm_single"] / table["net_wage_hour"] / (52 / 12)
    assert (np.abs(hours_week - 26.6) < 0.01).all()
    assert (table["net_wage_month"] < table["wml_gross_month"]).all()


@pytest.mark.parametrize(
    ("first", "months"),
    [(date(2016, 12, 1), 12), (date(2027, 1, 1), 12), (date(2018, 1, 1), 0), (date(2018, 1, 1), 9999)],
)
def test_an_impossible_horizon_is_refused(first, months):
    with pytest.raises(InputError):
        monthly_amounts(first, months)
