"""Regimes by name and from files: every problem of a file in one message."""

from __future__ import annotations

from datetime import date

import pytest

from sim.policy.assess import BenefitCase, assess
from sim.policy.law import load_law
from sim.policy.problems import InputError
from sim.policy.regimes import REGIME_TEMPLATE, REGIMES, find_regime


def paths_of(text, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        find_regime(str(file), "--regime")
    return [problem.path for problem in caught.value.problems]


def test_the_template_is_a_valid_file(tmp_path):
    file = tmp_path / "half.toml"
    file.write_text(REGIME_TEMPLATE, encoding="utf-8")
    regime = find_regime(str(file))
    case = BenefitCase("single", date(2018, 7, 1), net_earnings=600.0, months_used=23, regime=regime)
    # 996.56 - (600 - 250); nothing is left of the disregard one month later.
    assert assess(case, load_law()).benefit == 646.56
    assert assess(BenefitCase(**{**vars(case), "months_used": 24}), load_law()).benefit == 396.56


def test_a_file_can_say_the_same_as_a_built_in_regime(tmp_path):
    file = tmp_path / "same.toml"
    file.write_text('name = "same"\nshare = 0.25\ncap = 203\nmax_months = 6\nmin_age = 27\n')
    own = find_regime(str(file))
    for age, earnings, months in ((26, 500.0, 0), (27, 500.0, 5), (40, 900.0, 0), (40, 900.0, 6)):
        case = BenefitCase("single", date(2018, 7, 1), age, earnings, months_used=months)
        assert assess(case, load_law()) == assess(BenefitCase(**{**vars(case), "regime": own}), load_law())


def test_a_premium_of_ones_own(tmp_path):
    file = tmp_path / "bonus.toml"
    file.write_text("premium_share = 0.2\npremium_cap = 100\npremium_min_age = 18\n")
    regime = find_regime(str(file))
    result = assess(BenefitCase("single", date(2018, 7, 1), 20, 100.0, regime=regime), load_law())
    assert (result.disregarded, result.premium, result.net_income) == (0.0, 20.0, 266.01)


def test_every_problem_of_a_file_at_once(tmp_path):
    text = 'name = ""\nshare = 1.5\ncapp = 3\nmax_months = 2.5\nmin_age = true\npremium_cap = -1\n'
    assert paths_of(text, tmp_path) == [
        "--regime:capp",
        "--regime:name",
        "--regime:share",
        "--regime:max_months",
        "--regime:min_age",
        "--regime:premium_cap",
        "--regime:premium_cap",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "share = ",
        "[[[",
        "cap = 5\n",
        "share = nan\n",
        'share = "0.5"\n',
        'name = "regular"\nshare = 0.1\n',
        "share = inf",
    ],
)
def test_a_file_that_says_nothing_sensible_is_refused(text, tmp_path):
    assert paths_of(text, tmp_path)


def test_files_that_cannot_be_read_are_refused(tmp_path):
    binary = tmp_path / "b.toml"
    binary.write_bytes(b"\xff\xfe\x00share")
    huge = tmp_path / "h.toml"
    huge.write_text("#" * 70_000)
    deep = tmp_path / "d.toml"
    deep.write_text("share = " + "[" * 30_000)
    for name in (
        str(tmp_path / "none.toml"),
        str(tmp_path),
        str(tmp_path) + "/",
        str(binary),
        str(huge),
        str(deep),
        "a\0b.toml",
    ):
        with pytest.raises(InputError):
            find_regime(name)


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(InputError, match="hours_limited"):
        find_regime("hour_limited")


def test_built_in_regimes_are_named_after_themselves():
    assert all(name == regime.name for name, regime in REGIMES.items())
