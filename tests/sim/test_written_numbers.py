"""One reader of numbers: spellings of one number agree, two readings of one spelling are refused, slips are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.evidence.own.values import Reader as EvidenceReader
from scenarios.description.fields import Fields
from scenarios.description.toml_file import read_toml
from sim.policy.number_text import decimal_mark, parse, toml_float, toml_number
from sim.problems import InputError, within
from sim.written_numbers import listed, read_number, read_whole


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_every_spelling_of_an_amount_is_the_same_amount(euros, cents):
    value = euros + cents / 100
    dutch = f"{euros:,}".replace(",", ".") + f",{cents:02d}"
    for text in (f"{euros}.{cents:02d}", f"{euros},{cents:02d}", dutch, f"{euros:,}.{cents:02d}", f"€ {dutch}"):
        assert read_number("--x", text, 0, 1e10) == value


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"), st.sampled_from(["", "-"]))
def test_a_lone_group_of_three_is_refused_with_both_readings_each_of_which_is_read(whole, rest, mark, sign):
    text = f"{sign}{whole}{mark}{rest:03d}"
    said = parse(text)
    assert isinstance(said, tuple)
    many, few = f"{sign}{whole}{rest:03d}", float(f"{sign}{whole}.{rest:03d}")
    assert many in said[0]
    written = said[0].split(", or ")[1].split(" if")[0]
    assert read_number("--x", written, -1e6, 1e6) == few
    assert read_number("--x", many, -1e6, 1e6) == float(many)
    for decimal in ",.":
        assert float(parse(text, decimal)) == (few if decimal == mark else float(many))


@pytest.mark.parametrize("text", ["100.000", "1.400", "1,400", "1.000"])
def test_the_given_groups_are_refused_wherever_a_number_is_read(text, tmp_path):
    for read in (lambda: read_number("--budget", text, 0, 1e12), lambda: read_whole("--people", text, 1, 10**6)):
        with pytest.raises(InputError) as caught:
            read()
        assert text.replace(".", "").replace(",", "") in str(caught.value)
        assert "one reading" in str(caught.value)
    problems = []
    EvidenceReader("a:1", problems).number("effect", text, -1e6, 1e6)
    assert "one reading" in problems[0].to("en")
    file = tmp_path / "a.toml"
    file.write_text(f"cap = {text if '.' in text else repr(text)}\n")
    found = []
    Fields(read_toml(file)[1], "s", ["cap"], found).number("cap", 0, 1e6, 0.0)
    assert "one reading" in found[0].to("en")


@pytest.mark.parametrize(
    ("value", "named"),
    [(50, "50% is 0.5"), ("50", "50% is 0.5"), (4.1, "4.1% is 0.041"), ("4,1", "4.1% is 0.041"), ("12%", "0.12")],
)
def test_a_percentage_in_the_place_of_a_share_is_named(value, named):
    assert named in within("share", value, 0.0, 1.0).to("en")
    assert named.replace(".", ",") in within("share", value, 0.0, 1.0).to("nl")


@pytest.mark.parametrize("value", [0.5, -2, 101, "much"])
def test_what_is_no_percentage_is_not_called_one(value):
    assert "%" not in within("share", value, 0.0, 1.0).to("en").split("allowed")[1]


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3", "1,2,3", "1.23,4.5", "inf", "nan", "1e999", "0x10", "٤٠", "--1", "1 2"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(InputError):
        read_number("--x", text, -1e12, 1e12)


@given(st.text(alphabet="0123456789.,-+eE€ _'", max_size=14))
def test_no_text_breaks_the_reader(text):
    said = parse(text)
    assert isinstance(said, tuple) or said == said


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_what_we_write_in_toml_is_read_back_as_it_was(value):
    assert toml_float(toml_number(value)) == value


def test_a_file_tells_its_decimal_mark_or_leaves_it_open():
    assert decimal_mark(["0,041", "1.400", "12"]) == ","
    assert decimal_mark(["0.041", "1.400"]) == "."
    assert decimal_mark(["1.400", "12"]) == ""
    assert decimal_mark(["0.5", "0,5"]) == ""


def test_a_list_with_semicolons_may_hold_decimal_commas():
    assert listed("0,5; 1,5") == ["0,5", "1,5"]
    assert listed("0.5,1.5") == ["0.5", "1.5"]


@pytest.mark.parametrize(("line", "right"), [("contacts = 2,0", "2.0"), ("start = 01-01-2018", "2018-01-01")])
def test_a_toml_file_says_how_a_dutch_number_or_date_is_written(line, right, tmp_path):
    file = tmp_path / "a.toml"
    file.write_text(line + "\n")
    with pytest.raises(InputError) as caught:
        read_toml(file)
    assert right in str(caught.value)
