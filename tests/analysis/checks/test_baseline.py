"""Laws of the baseline facts: all are told, none is hidden, the arithmetic is what it says."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from analysis.checks.baseline import FACTS, PLACES, FactRow, baseline_facts, write_facts
from analysis.checks.long_run import HORIZONS
from app.cli import run
from sim.problems import InputError


@pytest.fixture(scope="module")
def rows() -> list[FactRow]:
    return baseline_facts(people=1500, draws=6)


def test_every_fact_is_told_once_in_both_languages_with_a_source(rows: list[FactRow]) -> None:
    assert sorted(row.fact.name for row in rows) == sorted({fact.name for fact in FACTS})
    for fact in FACTS:
        assert fact.text.en != fact.text.nl
        assert fact.source
        assert fact.place in PLACES
        assert not fact.published or fact.low <= fact.high


def test_values_are_finite_and_shares_are_shares(rows: list[FactRow]) -> None:
    for row in rows:
        assert np.isfinite([row.medians, row.low, row.high]).all(), row.fact.name
        assert row.low <= row.high
        if row.fact.unit.startswith("share"):
            assert 0.0 <= row.low <= row.high <= 1.0, row.fact.name


def test_facts_that_contain_each_other_are_in_order(rows: list[FactRow]) -> None:
    value = {row.fact.name: row.medians for row in rows}
    assert all(value[f"survival_{a}"] > value[f"survival_{b}"] for a, b in pairwise(HORIZONS))
    assert value["return_work_60"] > value["return_work_12"]
    assert value["return_any_24"] > value["return_any_12"] > value["return_any_6"]
    assert value["out_any"] > value["out_work"]
    assert value["oss_out_any"] > value["oss_out_work"]
    assert value["part_time_earnings"] < value["part_time_earnings_then"], "wages rose after 2018"
    assert value["work_short_spell"] > value["work_long_spell"], "exit falls with duration"
    classes = sum(value[name] for name in ("oss_active", "oss_discouraged", "oss_passive"))
    assert classes == pytest.approx(1.0)


def test_the_headline_facts_are_near_what_is_published(rows: list[FactRow]) -> None:
    """Wide on purpose: a change of mechanism that breaks the society altogether must fail here."""
    value = {row.fact.name: row.medians for row in rows}
    for name, low, high in (
        ("out_any", 0.18, 0.35),
        ("out_work", 0.05, 0.14),
        ("part_time", 0.05, 0.12),
        ("survival_12", 0.44, 0.62),
        ("survival_60", 0.17, 0.28),
        ("survival_120", 0.09, 0.20),
        ("return_work_12", 0.12, 0.28),
        ("return_work_60", 0.25, 0.47),
        ("stock_over_a_year", 0.80, 0.89),
    ):
        assert low < value[name] < high, name


def test_the_same_seed_gives_the_same_facts_on_any_threads(rows: list[FactRow]) -> None:
    again = baseline_facts(people=1500, draws=6, threads=1, places=("oss",))
    assert again == [row for row in rows if row.fact.place == "oss"]


def test_a_misfit_is_shown_and_explained(rows: list[FactRow], tmp_path) -> None:
    fact = next(fact for fact in FACTS if fact.name == "out_any")
    wrong = FactRow(fact, 0.5, 0.4, 0.6)
    assert wrong.inside is False
    assert wrong.medians_inside is False
    for lang, no in (("en", "| NO |"), ("nl", "| NEE |")):
        path = tmp_path / f"{lang}.md"
        write_facts([wrong, *rows], path, lang, made="this test")
        text = path.read_text(encoding="utf-8")
        assert no in text
        assert fact.note is not None
        assert fact.note.to(lang) in text
        assert "this test" in text


def test_bad_sizes_and_names_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        baseline_facts(people=3, draws=1, places=("nederland",))
    assert [problem.path for problem in caught.value.problems] == ["--people", "--draws", "NAME"]


def test_the_command_tells_all_problems_at_once(capsys) -> None:
    words = ["population", "facts", "os", "--people", "many", "--draws", "0", "--out", "nowhere/facts.txt"]
    assert run(words) == 2
    told = capsys.readouterr().err
    for part in ("NAME", "--people", "--draws", "--out"):
        assert part in told


def test_the_command_writes_a_page_and_json(tmp_path, capsys) -> None:
    page = tmp_path / "facts.md"
    words = ["population", "facts", "oss_eligible", "--people", "300", "--draws", "2", "--out", str(page)]
    assert run([*words, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["name"] == "oss_eligible_out_work"
    assert row["interval90"][0] <= row["interval90"][1]
    assert "bijstand population facts oss_eligible --people 300" in page.read_text(encoding="utf-8")
