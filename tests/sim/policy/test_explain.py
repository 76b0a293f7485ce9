"""Each amount comes with its article, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from sim.policy.assess import BenefitCase
from sim.policy.explain import law_facts, reasons
from sim.policy.law import load_law
from sim.policy.regimes import REGIMES

LAW = load_law()


@pytest.mark.parametrize(
    ("household", "day", "age", "sharers", "months", "regime", "letter", "words"),
    [
        ("single", "2018-07-01", 40, 1, 0, "regular", "n", ["art. 21", "31.2.n", "203.00"]),
        ("single", "2018-07-01", 40, 1, 6, "regular", None, ["6 months used"]),
        ("single", "2018-07-01", 25, 1, 0, "regular", None, ["under 27", "31.5"]),
        ("single_parent", "2022-07-01", 40, 1, 6, "hours_limited", "r", ["12.5%", "31.2.r"]),
        ("single_parent", "2023-01-01", 40, 1, 6, "hours_limited", "y", ["15.0%", "31.2.y"]),
        ("single", "2019-01-01", 19, 3, 0, "regular", None, ["18-20", "cost sharers do not count"]),
        ("couple", "2022-12-31", 40, 3, 0, "regular", "n", ["22a", "both partners", "age 21"]),
        ("single", "2023-01-01", 40, 2, 0, "regular", "n", ["22a", "age 27"]),
        ("single", "2021-03-31", 40, 1, 23, "experiment_50", "own", ["50.0%"]),
        ("single", "2021-04-01", 40, 1, 24, "experiment_50", "own", ["hypothetical", "24 months"]),
        ("single", "2021-03-31", 40, 1, 0, "keep_all", "own", ["not Dutch law"]),
        ("single", "2019-03-31", 40, 1, 0, "amsterdam_premium", None, ["premium of 50.0%"]),
        ("single", "2019-03-31", 24, 1, 0, "amsterdam_premium", None, ["no premium below age 27"]),
    ],
)
def test_reasons(household, day, age, sharers, months, regime, letter, words):
    case = BenefitCase(
        household, date.fromisoformat(day), age, 300.0, cost_sharers=sharers, months_used=months, regime=REGIMES[regime]
    )
    said = reasons(case, LAW)
    english = "\n".join(one.en for one in said)
    assert all(word in english for word in words), english
    assert all(one.nl and one.nl != one.en for one in said)
    assert law_facts(case, LAW)["disregard"] == letter


def test_the_decree_is_not_called_lapsed_while_it_held():
    case = BenefitCase("single", date(2021, 3, 31), months_used=23, regime=REGIMES["experiment_50"])
    assert not any("hypothetical" in one.en or "24 months" in one.en for one in reasons(case, LAW))


def test_facts_list_the_numbers_that_were_used():
    facts = law_facts(BenefitCase("single", date(2018, 7, 1), cost_sharers=2), LAW)
    rows = {row["name"]: row for row in facts["parameters"]}
    assert facts["half_year"] == ["2018-07-01", "2018-12-31"]
    assert rows["disregard_general_cap"]["value"] == 203.0
    assert rows["norm_21_to_pension"]["household"] == "couple"
    assert rows["kostendelers_formula_base_share"]["verified"] == "memory"
    assert not any(name.startswith(("planned_", "sanction_")) for name in rows)
