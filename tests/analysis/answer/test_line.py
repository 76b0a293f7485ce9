"""One line an answer: it fits, and the mark of the verdict is never dropped."""

from __future__ import annotations

import pytest

from analysis.answer.line import ascii_only, narrow_table, tables, wide_table
from analysis.answer.verdict import MARKS
from tests.analysis.answer.cases import answer, cases, made

ANSWERS = [made(case) for case in cases().values()]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_eighty_and_a_hundred_and_twenty_columns_are_enough(lang: str) -> None:
    for one in ANSWERS:
        assert max(map(len, narrow_table([one], lang, {}))) <= 80, one
    assert max(map(len, wide_table(ANSWERS, lang))) <= 130
    assert max(map(len, wide_table([answer("nijmegen intensive")], lang))) <= 120


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_line_holds_the_mark_of_its_verdict(lang: str) -> None:
    for one in ANSWERS:
        row = narrow_table([one], lang, {})[2]
        if one.verdict == "hidden":
            assert "10" in row
            assert "trial" not in row
            continue
        assert f" {MARKS[one.verdict]} " in f"{row} "
        assert narrow_table([one], lang, {})[-1] != row  # the marks are explained


def test_the_line_of_nijmegen_is_that_of_the_design() -> None:
    row = narrow_table([answer("nijmegen intensive")], "nl", {"plan": "intensive", "regular": "regular"})
    assert row[0] == "intensive tegenover regular, na twee jaar: mensen op elke 1.000, marge 90%"
    told = "Werkt > 12 uur +20 −6..+46 −9 −61..+42 −5 −60..+50 ? zwak 6≠ stad≠"
    assert " ".join(row[2].split()) == told


def test_far_outside_only_the_range_is_shown() -> None:
    row = narrow_table([answer("far outside the trials")], "nl", {})[2]
    assert "niet gemeten" in row
    assert "−90..+110 " in row
    assert "+10 " not in row  # the mean


def test_a_model_that_disagrees_with_the_trials_says_so_on_its_line() -> None:
    lines = narrow_table([answer("the trials and the model disagree")], "en", {})
    assert "trial≠" in lines[2]
    assert any("model and trials differ by more than their errors" in line for line in lines[3:])
    assert "trial≠" not in narrow_table([answer("strong gain")], "en", {})[2]


def test_a_wide_terminal_takes_the_wide_table() -> None:
    assert tables(ANSWERS[:1], "en", {}, width=120) == wide_table(ANSWERS[:1], "en")
    assert tables(ANSWERS[:1], "en", {}, width=100) == narrow_table(ANSWERS[:1], "en", {})


def test_a_terminal_without_unicode_loses_no_sign() -> None:
    assert ascii_only("−5 −60..+50 town≠") == "-5 -60..+50 townx"
