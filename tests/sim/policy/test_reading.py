"""Texts become a case, or one message with every problem."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.policy.law import load_law
from sim.policy.problems import InputError
from sim.policy.reading import read_amount, read_case

GOOD = {
    "household": "single",
    "date": "2018-07-01",
    "age": "40",
    "net_earnings": "400",
    "partner_net_earnings": "0",
    "cost_sharers": "1",
    "months_used": "0",
    "regime": "regular",
    "sanction": "0",
}

BAD = {
    "household": ["", "Single", "couples", "single parent"],
    "date": [
        "",
        "2018-7-1",
        "20180701",
        "2018-W01-1",
        "2018-02-29",
        "2016-12-31",
        "2027-01-01",
        "9999-12-31",
        "01-07-2018",
        "2018-07-01T00:00",
    ],
    "age": ["", "17", "66", "40.0", "-40", "veertig", "1e2", "99999999999999999999"],
    "net_earnings": [
        "",
        "-1",
        "-0.01",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "400.001",
        "50000.01",
        "٤٠٠",
        "1.000",
        "1,000",
        "0x10",
    ],
    "partner_net_earnings": ["1", "-1", "NaN"],
    "cost_sharers": ["0", "-1", "1.5", "51", ""],
    "months_used": ["-1", "601", "six", "5.0"],
    "regime": ["", "regulr", "REGULAR", "single_parent", "none.toml"],
    "sanction": ["-1", "100.01", "101", "30%", "nan"],
}


def test_good_texts_make_a_case():
    case = read_case(GOOD, load_law())
    assert (case.net_earnings, case.age, str(case.date)) == (400.0, 40, "2018-07-01")


@pytest.mark.parametrize(("key", "text"), [(key, text) for key, texts in BAD.items() for text in texts])
def test_each_bad_text_is_named_by_its_option(key, text):
    with pytest.raises(InputError) as caught:
        read_case({**GOOD, key: text}, load_law())
    assert [problem.path for problem in caught.value.problems] == ["--" + key.replace("_", "-")]


def test_all_bad_texts_come_at_once():
    with pytest.raises(InputError) as caught:
        read_case({key: texts[0] if key != "partner_net_earnings" else "-1" for key, texts in BAD.items()}, load_law())
    assert {problem.path for problem in caught.value.problems} == {"--" + key.replace("_", "-") for key in BAD}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("400", 400.0),
        ("400,50", 400.5),
        ("1.400,50", 1400.5),
        ("€ 1 400", 1400.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-0", 0.0),
    ],
)
def test_amounts_as_people_write_them(text, value):
    assert read_amount("x", text, 0.0, 5000.0) == value


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(text):
    said = []
    for key in GOOD:
        try:
            read_case({**GOOD, key: text}, load_law())
        except InputError as error:
            said.append([problem.to("nl") for problem in error.problems])
    assert all(said)
