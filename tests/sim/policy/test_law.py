"""The law as data: complete, dated, sourced, and refused outside what is known."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest

from sim.policy.law import DATA, Row, half_year, load_law, next_half_year
from sim.policy.problems import InputError

LAW = load_law()
HALF_YEARS = [date(year, month, 1) for year in range(2017, 2027) for month in (1, 7)][:19]


def rows_of(prefix: str) -> list[Row]:
    return [row for (name, _), parameter in LAW.parameters.items() if name.startswith(prefix) for row in parameter.rows]


def test_every_row_of_the_project_source_list_is_there():
    listed = [row for row in rows_of("") if not row.added]
    names = {name for (name, _), p in LAW.parameters.items() if any(not row.added for row in p.rows)}
    assert (len(listed), len(names)) == (549, 78)
    assert Counter(row.verified for row in listed) == {"yes": 423, "secondary": 121, "memory": 5}
    # Rows per subject, counted in the source list.
    counts = {
        "norm_21_to_pension": 57,
        "norm_18_20": 71,
        "disregard_": 178,
        "premium_max_year": 19,
        "capital_limit": 40,
        "wml_": 83,
        "sanction_": 29,
        "language_": 12,
        "kostendelers_": 8,
        "experiment_": 9,
        "volunteer_": 18,
        "planned_": 4,
        "amsterdam_premium": 5,
        "holiday_": 13,
        "gifts_": 1,
        "search_": 2,
    }
    assert {prefix: sum(not row.added for row in rows_of(prefix)) for prefix in counts} == counts
    assert sum(counts.values()) == 549


def test_rows_we_added_are_few_and_marked():
    assert sum(row.added for row in rows_of("")) == 1 + 2 + 2 + 1 + 12 + 22
    assert {row.verified for row in rows_of("pension_age")} == {"memory"}


def test_every_row_has_article_source_and_level():
    for (name, household), parameter in LAW.parameters.items():
        assert parameter.unit, name
        assert parameter.about, name
        assert household in {"any", "single", "single_parent", "couple"}
        for row in parameter.rows:
            assert row.article, name
            assert "{" not in row.source, name
            assert row.source, name
            assert row.verified in {"yes", "secondary", "memory", "held"}
            assert parameter.renewed in {"half-year", "year", "change"}


def test_the_files_name_no_place_outside_the_project():
    for file in DATA.glob("*.toml"):
        text = file.read_text(encoding="utf-8").lower()
        assert "shared" not in text.replace("shared home", "")
        assert "seed" not in text


@pytest.mark.parametrize("day", HALF_YEARS)
def test_single_norm_is_seventy_percent_of_the_couple_norm_but_for_two_printed_cents(day):
    single = Decimal(str(LAW.value("norm_21_to_pension", "single", day)))
    couple = Decimal(str(LAW.value("norm_21_to_pension", "couple", day)))
    share = (couple * Decimal("0.7")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    cent = Decimal("0.01") if day in (date(2023, 7, 1), date(2026, 1, 1)) else Decimal(0)
    assert single - share == cent
    assert LAW.value("norm_21_to_pension", "single_parent", day) == float(single)


def test_norms_and_caps_rise_and_caps_keep_their_ratio():
    for before, day in pairwise(HALF_YEARS):
        for name, household in (
            ("norm_21_to_pension", "couple"),
            ("norm_18_20", "single"),
            ("disregard_general_cap", "any"),
            ("disregard_hours_limited_cap", "any"),
            ("premium_max_year", "any"),
            ("wml_gross_month", "any"),
        ):
            assert LAW.value(name, household, day) > LAW.value(name, household, before)
        ratio = LAW.value("disregard_single_parent_cap", "single_parent", day) / LAW.value(
            "disregard_hours_limited_cap", "any", day
        )
        assert ratio == pytest.approx(0.986, abs=1e-4)


def test_a_row_holds_from_its_first_day_to_the_day_before_the_next():
    def cap(day: date) -> float:
        return LAW.value("disregard_general_cap", "any", day)

    assert (cap(date(2018, 6, 30)), cap(date(2018, 7, 1)), cap(date(2018, 12, 31))) == (202, 203, 203)
    assert LAW.value("disregard_min_age", "any", date(2020, 12, 31)) == 27
    assert LAW.value("disregard_min_age", "any", date(2021, 1, 1)) == 18
    assert LAW.value("disregard_min_age", "any", date(2021, 9, 30)) == 18
    assert LAW.value("disregard_min_age", "any", date(2021, 10, 1)) == 27
    assert LAW.value("capital_limit", "single", date(2024, 12, 31)) == 7575


@pytest.mark.parametrize(
    ("name", "household", "day", "known"),
    [
        ("norm_21_to_pension", "single", date(2016, 12, 31), "2017-01-01 .. 2026-12-31"),
        ("norm_21_to_pension", "single", date(2027, 1, 1), "2017-01-01 .. 2026-12-31"),
        ("norm_18_20", "couple", date(2019, 3, 1), "2017-01-01 .. 2018-12-31, 2019-07-01 .. 2019-12-31"),
        ("norm_18_20", "single_parent", date(2020, 6, 30), "2020-07-01 .. 2026-12-31"),
        ("disregard_wage_subsidy_cap", "any", date(2022, 12, 31), "2023-01-01 .. 2026-12-31"),
        ("wml_gross_week", "any", date(2024, 1, 1), "2017-01-01 .. 2023-12-31"),
        ("wml_gross_hour", "any", date(2023, 12, 31), "2024-01-01 .. 2026-12-31"),
        ("experiment_disregard_cap", "any", date(2017, 12, 31), "2018-01-01 .. 2026-12-31"),
        ("amsterdam_premium_rate", "any", date(2024, 6, 1), "2018-02-01 .. 2023-12-31, 2025-07-03 .."),
        ("sanction_rotterdam_high_rate", "any", date(2018, 12, 31), "2019-01-01 .. 2026-12-31"),
    ],
)
def test_what_is_not_known_is_refused_and_the_message_says_what_is(name, household, day, known):
    with pytest.raises(InputError, match=known.replace("..", r"\.\.")):
        LAW.value(name, household, day)


@pytest.mark.parametrize("name", sorted({n for n, _ in LAW.parameters if n.startswith("planned_")}))
def test_planned_rules_never_hold_within_the_known_law(name):
    parameter = LAW.parameter(name)
    assert parameter.planned
    assert LAW.known(name) == []
    for day in (*LAW.breaks, LAW.until - timedelta(days=1), date(2026, 12, 31), date(2027, 1, 1)):
        assert parameter.at(day, LAW.until) is None
    with pytest.raises(InputError):
        LAW.value(name, "any", date(2026, 12, 31))


def test_only_planned_parameters_begin_with_planned():
    for (name, _), parameter in LAW.parameters.items():
        assert parameter.planned == name.startswith("planned_")
        assert parameter.planned or all(row.valid_from < LAW.until for row in parameter.rows)


def test_an_unknown_parameter_gets_the_nearest_name():
    with pytest.raises(InputError, match="disregard_general_cap"):
        LAW.value("disregard_generl_cap", "any", date(2018, 1, 1))
    with pytest.raises(InputError, match="single_parent"):
        LAW.value("disregard_single_parent_cap", "couple", date(2018, 1, 1))


def test_nothing_changes_between_two_breaks():
    for start, after in zip(LAW.breaks, [*LAW.breaks[1:], LAW.until], strict=True):
        last = after - timedelta(days=1)
        for parameter in LAW.parameters.values():
            assert parameter.at(start, LAW.until) is parameter.at(last, LAW.until)


def test_half_years():
    assert half_year(date(2021, 6, 30)) == date(2021, 1, 1)
    assert half_year(date(2021, 7, 1)) == next_half_year(date(2021, 1, 31)) == date(2021, 7, 1)
    assert next_half_year(date(2021, 12, 31)) == date(2022, 1, 1)


def test_the_law_imports_no_table_or_figure_library():
    code = "import sim.policy.assess, sim.policy.explain, sim.policy.reading, sys; print(sorted(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"'pandas'", "'matplotlib'", "'scipy'", "'numba'"} & set(said.strip("[]\n").split(", "))
