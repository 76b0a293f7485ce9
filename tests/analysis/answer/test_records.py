"""Files of answers: one object, one row, one line of the workbook, all with the same numbers."""

from __future__ import annotations

import csv
import io
import json

from analysis.answer.records import MEMO_HEADS, answers_csv, memo_rows, towns_csv
from analysis.answer.triple import record
from tests.analysis.answer.cases import answer, cases, made

ANSWERS = [made(case) for case in cases().values()]


def test_a_record_is_json_with_null_for_what_does_not_exist() -> None:
    entry = json.loads(json.dumps(record(answer("far outside the trials")), allow_nan=False))
    assert entry["found"] is None
    assert entry["verdict"] == "outside"
    full = record(answer("nijmegen intensive"))
    assert full["found"]["trials"] == 6
    assert (full["found"]["numbers"], full["found"]["directions"]) == (1, 5)
    assert (full["found"]["positive"], full["found"]["negative"]) == (2, 4)
    assert full["found"]["own"]["estimate"] == -0.10
    assert full["label"]["support"] == "weak"
    assert full["conflicts"] == ["own_town", "assumed"]


def test_nothing_of_a_hidden_group_is_written() -> None:
    hidden = answer("too few people")
    entry = record(hidden)
    assert entry["suppressed"]
    assert entry["concluded"] is entry["assumed"] is entry["people"] is None
    text = answers_csv([hidden], "run")
    assert "0.04" not in text.replace("0.05", "")
    memo = memo_rows([hidden], "nl", {})[0]
    assert memo[-6:-3] == [None, None, None]


def test_csv_holds_the_numbers_of_the_record() -> None:
    rows = list(csv.DictReader(io.StringIO(answers_csv(ANSWERS, "run"))))
    assert len(rows) == len(ANSWERS)
    for row, one in zip(rows, ANSWERS, strict=True):
        entry = record(one)
        if entry["concluded"] is None or entry["concluded"]["mean"] is None:
            assert row["concluded_mean"] == ""
            continue
        assert float(row["concluded_mean"]) == entry["concluded"]["mean"]
        assert row["label_support"] == entry["label"]["support"]
        assert row["verdict"] == entry["verdict"]


def test_each_town_has_a_row() -> None:
    rows = list(csv.DictReader(io.StringIO(towns_csv([answer("nijmegen intensive")], "run"))))
    assert [row["town"] for row in rows] == ["nijmegen", "utrecht", "tilburg", "groningen", "deventer", "wageningen"]
    assert rows[0]["estimate"] == "-0.1"
    assert rows[1]["estimate"] == ""


def test_a_memo_has_at_most_twelve_rows_and_as_many_cells_as_heads() -> None:
    for lang in ("nl", "en"):
        rows = memo_rows(ANSWERS, lang, {})
        assert len(rows) == 12
        assert {len(row) for row in rows} == {len(MEMO_HEADS.to(lang).split("|"))}
    first = memo_rows(ANSWERS, "nl", {})[0]
    assert first[6:9] == [20.0, -6.0, 46.0]
    assert first[-6:-3] == [-5.0, -60.0, 50.0]
