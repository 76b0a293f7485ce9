"""Tables: every exported row is complete, suppressed rows hold no numbers, CSV and JSON agree."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest

from analysis.effects.summary import summarise
from analysis.effects.tables import COLUMNS, console_rows, to_csv, to_json, write_csv
from analysis.effects.words import interval, number
from tests.analysis.samples import run


@pytest.fixture(scope="module")
def summary():
    return summarise(run(months=24), months=[16, 24])


def test_csv_has_interval_label_and_run_in_every_row(summary):
    rows = list(csv.DictReader(io.StringIO(to_csv(summary))))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == (4 + 3) * 3 * 2 * len(summary.measures)
    for row in rows:
        assert row["run_id"] == summary.run_id
        assert row["validity"] in ("inside", "extrapolated", "speculative")
        assert row["calibration"] == "not calibrated"
        hidden = row["suppressed"] == "True"
        assert (row["mean"] == "") == hidden
        assert (row["low"] == "") == hidden
        assert (row["people_at_least"] == "") == hidden


def test_json_is_valid_and_agrees_with_csv(summary):
    data = json.loads(to_json(summary))
    rows = list(csv.DictReader(io.StringIO(to_csv(summary))))
    assert len(data["rows"]) == len(rows)
    assert data["calibration"] == "not calibrated"
    assert data["rows"][0]["mean"] == float(rows[0]["mean"])


def test_exports_are_the_same_twice(summary, tmp_path):
    first, second = (write_csv(summary, tmp_path / name / "a.csv").read_bytes() for name in ("x", "y"))
    assert first == second


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_console_table(summary, lang):
    headers, rows = console_rows(summary, lang)
    assert {len(row) for row in rows} == {len(headers)}
    assert all(row[-1] == summary.run_id for row in rows)
    assert all(row[-2] for row in rows)


def test_console_hides_small_groups(summary):
    _, rows = console_rows(summary, "nl", group="debt: yes")
    assert all("minder dan 10 mensen" in row for row in rows)


def test_numbers_are_written_as_each_language_writes_them():
    assert number(-1234.5, 1, "nl") == "\N{MINUS SIGN}1.234,5"
    assert number(1234.5, 1, "en", signed=True) == "+1,234.5"
    assert number(-0.04, 1, "en") == "0.0"
    assert number(float("nan"), 1, "en") == "?"


def test_an_interval_never_rounds_its_sign_away():
    assert interval(-0.025, -0.0004, "stress", "en", difference=True) == (
        "\N{MINUS SIGN}0.0250 to \N{MINUS SIGN}0.0004"
    )
    assert interval(0.0, 0.0, "stress", "en") == "0.000 to 0.000"
    assert interval(-0.00001, 0.00002, "stress", "en") == "0.000 to 0.000"
    assert interval(float("nan"), 1.0, "stress", "nl") == "geen"


def test_packed_csv_holds_the_same_bytes_and_rows_can_be_chosen(summary, tmp_path):
    packed = write_csv(summary, tmp_path / "a.csv.gz").read_bytes()
    assert gzip.decompress(packed).decode() == to_csv(summary)
    few = to_csv(summary, rows=summary.rows(measures=summary.measures[:2], months=[24]))
    assert {row["month"] for row in csv.DictReader(io.StringIO(few))} == {"24"}
    assert len(few) < len(to_csv(summary)) / 2
