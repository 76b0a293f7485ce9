"""The report of a run with answers: three columns, one label a table, what the policy is, a first sheet for a memo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from analysis.answer.council import Rule
from analysis.effects.summary import summarise
from analysis.report.content import Beside
from analysis.report.write import write_report
from sim.problems import Say
from tests.analysis.answer.cases import cases, made
from tests.analysis.answer.councils import council_b
from tests.analysis.samples import run

ANSWERS = [made(case) for case in cases().values()]
POLICY = {"regular": (Rule(Say("Everybody", "Iedereen"), Say("As it is today", "Zoals het nu gaat"), 1.0),)}


@pytest.fixture(params=["en", "nl"])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, dict[str, Path]]:
    result = run(draws=3, seeds=2, months=24)
    beside = Beside(POLICY, council_b())
    paths = write_report(result, summarise(result), tmp_path, request.param, ("html", "xlsx"), (), ANSWERS, beside)
    return request.param, {path.suffix: path for path in paths}


def test_the_report_holds_the_three_columns_the_policy_and_the_costs(written: tuple[str, dict[str, Path]]) -> None:
    lang, files = written
    text = files[".html"].read_text(encoding="utf-8")
    for word in {"nl": ("Vooraf", "Conclusie", "stad≠"), "en": ("Assumed", "Concluded", "town≠")}[lang]:
        assert word in text
    assert {"nl": "Zoals het nu gaat", "en": "As it is today"}[lang] in text
    assert {"nl": "Mensen met bijstand", "en": "People on benefit"}[lang] in text
    assert "+20 (−6 " in text
    assert 'href="#answers"' in text


def test_one_label_a_table_and_the_run_id_once_on_the_face(written: tuple[str, dict[str, Path]]) -> None:
    _, files = written
    tables = re.findall(r"<table>.*?</table>", files[".html"].read_text(encoding="utf-8"), re.DOTALL)
    assert tables
    for table in tables[:-1]:  # the last tells where the numbers come from
        assert "20260131-120000" not in table
        assert len(re.findall(r'class="label"', table.partition("</caption>")[2])) <= 4


def test_the_first_sheet_has_twelve_rows_of_numbers_and_a_figure(written: tuple[str, dict[str, Path]]) -> None:
    lang, files = written
    book = load_workbook(files[".xlsx"])
    sheet = book[book.sheetnames[0]]
    assert book.sheetnames[0] == {"nl": "Antwoord", "en": "Answer"}[lang]
    assert {"Plan"} <= set(book.sheetnames)
    assert sheet.max_row == 13
    assert len(sheet._images) == 1
    row = [cell.value for cell in sheet[2]]
    assert row[6:9] == [20, -6, 46]
    assert "+" in sheet["G2"].number_format
    assert sheet.column_dimensions["A"].width > 30
