"""`bijstand council`: one run with effects, groups and costs, on one page; a stored run shows the same page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.answer.page_write import can_make_pdf
from analysis.answer.readability import forbidden_in
from app.cli import run

SIZES = ["--draws", "3", "--seeds", "2", "--workers", "2"]
PLAN = """
name = "raad"
title = { en = "Keep half, guide singles with debts", nl = "Helft houden, alleenstaanden begeleiden" }
population = "nijmegen_eligible"
people = 120
months = 12
[assignment]
rules = [{ when = 'household == "single" and debt > 0', regime = "coach" }]
otherwise = "disregard"
[regimes.coach]
based_on = "disregard"
[regimes.coach.levers]
contacts = 2.0
caseload = 60
"""


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("raad.toml").write_text(PLAN, encoding="utf-8")
    return tmp_path


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_plan_becomes_one_page_with_one_run_id(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "--lang", "nl", "raad", "raad.toml", "--clients", "2400", *SIZES)
    assert (found["place"], found["question"]["nl"]) == (
        "Nijmegen",
        "Helpt meer begeleiding mensen in Nijmegen aan werk?",
    )
    # The population of the plan is that of its baseline too, and its rules are on the page with their people.
    assert [rule["who"]["nl"] for rule in found["rules"]] == ["Alleenstaanden met schulden", "Alle anderen"]
    assert sum(rule["share"] for rule in found["rules"]) == pytest.approx(1.0)
    assert [group["own"] for group in found["groups"]][:2] == [True, True]
    assert found["answer"]["found"]["own"]["town"] == "nijmegen"
    text = next(Path(path) for path in found["files"] if path.endswith(".html")).read_text(encoding="utf-8")
    assert text.count(found["run_id"]) == 1
    assert "Elke twee weken een gesprek" in text
    assert "Hoeveel mensen" in text
    assert "niet nauwkeurig genoeg" in text  # three draws are too few
    assert run(["runs", "list"]) == 0
    assert "regular, raad" in capsys.readouterr().out


def test_a_stored_run_shows_the_same_page_in_another_language(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = ask(capsys, "council", "raad.toml", "--clients", "2400", *SIZES)
    again = ask(capsys, "--lang", "nl", "council", "last", "--clients", "900", "--place", "Oostdijk")
    assert again["run_id"] == first["run_id"]
    assert again["net"] == first["net"]
    assert again["answer"] == first["answer"]
    assert {Path(path).name for path in again["files"]} & {f"council-{first['run_id']}.nl.html"}
    text = next(Path(path) for path in again["files"] if path.endswith(".html")).read_text(encoding="utf-8")
    assert "Voor de gemeenteraad van Oostdijk" in text


def test_a_run_of_compare_gets_its_page_under_its_own_id(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--population", "oss_eligible", "--people", "100", "--months", "6", *SIZES]
    compared = ask(capsys, "compare", "regular", "disregard", *words, "--no-report")
    page = ask(capsys, "council", compared["run_id"], "--group", "age < 45")
    assert page["run_id"] == compared["run_id"]
    assert page["answer"]["measure"] == "hours_over_8"
    assert [group["name"]["nl"] for group in page["groups"]] == ["Mensen onder 45 jaar"]
    assert page["place"] == "Oss"


def test_equal_costs_and_effects_whatever_the_workers(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = SIZES[:-2]
    one, two = (ask(capsys, "council", "raad.toml", *sizes, "--workers", count) for count in ("1", "2"))
    for name in ("net", "outlay", "amounts", "groups", "rules"):
        assert one[name] == two[name]


def test_without_clients_the_page_asks_for_them(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "nl", "council", "raad.toml", *SIZES]) == 0
    printed = capsys.readouterr().out
    assert "file://" in printed
    assert "--clients N" in printed
    page = next(plan.glob("out/*/council-*.html")).read_text(encoding="utf-8")
    assert "Geef het aantal mensen met bijstand" in page
    for lang, text in (("nl", page),):
        body = text.partition("</style>")[2]
        assert [word for word in forbidden_in(body, lang) if word not in ("regime", "scenario")] == []


def test_everything_wrong_is_told_at_once(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["council", "raad.toml", "--clients", "3", "--measure", "hours_ovr_12", "--format", "doc"]
    assert run([*words, "--title", "a" * 60, "--against", "reglar", *SIZES]) == 2
    told = capsys.readouterr().err
    for part in ("--clients", "hours_over_12", "--format", "--title", "regular"):
        assert part in told
    assert run(["council", "raad.toml", "--group", "hous == 1", *SIZES]) == 2
    assert "--group" in capsys.readouterr().err
    assert not list(plan.glob("out/2*"))


@pytest.mark.skipif(not can_make_pdf(), reason="WeasyPrint is not installed")
def test_a_pdf_lies_beside_the_page(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "council", "raad.toml", "--format", "html,pdf", *SIZES)
    assert {Path(path).suffix for path in found["files"]} == {".html", ".pdf", ".json"}
