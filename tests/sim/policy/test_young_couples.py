"""Couples below 21, cost sharers of a couple, the newest half-year, and what `law check` asks for."""

from __future__ import annotations

import re
import shutil
from datetime import date

import pytest

from sim.policy.amounts import monthly_amounts
from sim.policy.assess import BenefitCase, assess
from sim.policy.explain import reasons
from sim.policy.law import DATA, load_law
from sim.policy.upkeep import upkeep

LAW = load_law()
JULY = date(2026, 7, 1)

# Published amounts: velsen.nl 2024-07-01; the act of 2026-07-01 (MinBZK/regelrecht-corpus).
PUBLISHED = [
    ({"date": date(2024, 7, 1), "cost_sharers": 4, "household": "couple"}, 1495.36),
    ({"date": date(2024, 7, 1), "age": 19, "children": 1, "household": "couple"}, 1019.90),
    ({"date": date(2024, 7, 1), "age": 19, "partner_age": 25, "household": "couple"}, 1257.64),
    ({"date": date(2024, 7, 1), "age": 25, "partner_age": 19, "household": "couple"}, 1257.64),
    ({"date": date(2024, 7, 1), "age": 19, "partner_age": 25, "children": 2, "household": "couple"}, 1631.48),
    ({"date": JULY, "household": "single"}, 1419.46),
    ({"date": JULY, "household": "couple"}, 2027.79),
    ({"date": JULY, "household": "single", "age": 19}, 350.42),
    ({"date": JULY, "household": "couple", "age": 19}, 700.84),
    ({"date": JULY, "household": "couple", "age": 19, "children": 1}, 1106.40),
    ({"date": JULY, "household": "couple", "age": 19, "partner_age": 21}, 1364.32),
    ({"date": JULY, "household": "couple", "age": 30, "partner_age": 20, "children": 1}, 1769.88),
    ({"date": JULY, "household": "single", "cost_sharers": 2}, 1013.90),
    # Art. 22a.3: the norm of the elder partner among three, and 350.42 (755.98 with a child) for the younger.
    ({"date": JULY, "household": "couple", "age": 30, "partner_age": 20, "cost_sharers": 3}, 878.71 + 350.42),
    ({"date": JULY, "household": "couple", "age": 30, "partner_age": 20, "children": 1, "cost_sharers": 3}, 1634.69),
]


@pytest.mark.parametrize(("household", "norm"), PUBLISHED)
def test_the_norm_is_the_published_one(household, norm):
    assert assess(BenefitCase(**household), LAW).norm == pytest.approx(norm, abs=1e-9)


@pytest.mark.parametrize("day", [day for day in LAW.breaks if day not in (date(2019, 1, 1), date(2020, 1, 1))])
@pytest.mark.parametrize("sharers", range(3, 9))
def test_the_norm_of_a_couple_with_sharers_is_the_sum_of_two_printed_norms(day, sharers):
    couple = assess(BenefitCase("couple", day, cost_sharers=sharers), LAW).norm
    person = assess(BenefitCase("single", day, cost_sharers=sharers), LAW).norm
    assert couple == pytest.approx(2 * person, abs=1e-9)


def test_who_is_named_first_does_not_matter_for_the_norm_and_each_keeps_by_the_own_age():
    one = BenefitCase("couple", JULY, age=40, partner_age=26, net_earnings=400.0)
    other = BenefitCase("couple", JULY, age=26, partner_age=40, partner_net_earnings=400.0)
    assert assess(one, LAW) == assess(other, LAW)
    assert assess(one, LAW).disregarded == 100.0
    assert assess(BenefitCase("couple", JULY, age=26, partner_age=40, net_earnings=400.0), LAW).disregarded == 0.0


def test_a_partner_of_the_same_age_changes_nothing():
    for age in (19, 26, 40):
        same = BenefitCase("couple", JULY, age=age, partner_age=age, net_earnings=300.0)
        assert assess(same, LAW) == assess(BenefitCase("couple", JULY, age=age, net_earnings=300.0), LAW)


def test_the_year_of_tolerance_is_told_when_it_matters_and_only_then():
    def said(**case: object) -> str:
        return " ".join(one.en for one in reasons(BenefitCase("single", **case), LAW))  # type: ignore[arg-type]

    assert "2027-01-01" in said(date=JULY, net_earnings=400.0)
    assert "tolerance" in said(date=JULY, age=25)
    assert "tolerance" not in said(date=JULY, age=40)
    assert "2027" not in said(date=JULY)
    assert "2027" not in said(date=date(2025, 7, 1), net_earnings=400.0, age=25)


def test_the_rows_that_law_check_asks_for_are_the_rows_that_a_half_year_needs(tmp_path):
    """Somebody who adds exactly these rows, and changes nothing else, has the next half-year."""
    folder = tmp_path / "law"
    shutil.copytree(DATA, folder)
    state = upkeep(LAW)
    asked = {(one.parameter.name, one.parameter.household) for one in state.missing}
    for path in folder.glob("*.toml"):
        parts = re.split(r"(?=\[\[parameter\]\])", path.read_text(encoding="utf-8"))
        for number, part in enumerate(parts):
            named = re.search(r'name = "([^"]+)"\nhousehold = "([^"]+)"', part)
            if named and (named[1], named[2]) in asked:
                row = f'  {{ valid_from = {state.until}, value = 1.0, verified = "yes" }},\n]\n'
                parts[number] = part.replace("\n]\n", "\n" + row, 1)
        path.write_text("".join(parts), encoding="utf-8")
    grown = load_law(folder)
    assert grown.until > LAW.until
    assert monthly_amounts(state.until, 6, grown)["projected"].sum() == 0.0
    assert assess(BenefitCase("couple", state.until, cost_sharers=3, net_earnings=10.0), grown).norm > 0
