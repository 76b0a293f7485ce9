"""`bijstand benefit`: the numbers, the languages, and bad input in one message."""

from __future__ import annotations

import json

import pytest

from app.cli import run


def typed(words: str) -> int:
    return run(words.split())


def test_the_four_amounts(capsys):
    words = "benefit --household single --date 2018-07-01 --age 40 --net-earnings 400 --partner-net-earnings 0"
    rest = "--cost-sharers 1 --months-used 0 --regime regular --sanction 0"
    code = run([*words.split(), *rest.split()])
    said = capsys.readouterr().out
    assert code == 0
    for line in (
        "norm             996.56",
        "disregarded      100.00",
        "benefit          696.56",
        "net income      1096.56",
    ):
        assert line in said


def test_json_has_exactly_the_amounts_and_the_law(capsys):
    assert typed("benefit --date 2019-07-01 --net-earnings 600 --months-used 6 --json") == 0
    record = json.loads(capsys.readouterr().out)
    law = record.pop("law")
    assert record == {"norm": 1030.42, "disregarded": 0.0, "benefit": 430.42, "net_income": 1030.42}
    assert law["half_year"] == ["2019-07-01", "2019-12-31"]
    assert {"name", "value", "unit", "article", "valid_from", "verified", "source"} <= set(law["parameters"][0])


def test_a_premium_is_shown_only_where_a_regime_pays_one(capsys):
    assert typed("benefit --date 2019-01-01 --net-earnings 400 --regime amsterdam_premium --json") == 0
    assert json.loads(capsys.readouterr().out)["premium"] == 200.0


def test_dutch(capsys):
    assert typed("--lang nl benefit --household couple --date 2023-01-01 --cost-sharers 3") == 0
    said = capsys.readouterr().out
    assert "netto inkomen" in said
    assert "kostendelersnorm (art. 22a) met 3 personen (beide partners meegeteld)" in said
    assert "niet in de wettekst nagelezen: kostendelers_formula_base_share" in said


def test_a_regime_of_ones_own(tmp_path, capsys):
    file = tmp_path / "all.toml"
    file.write_text('name = "mine"\nshare = 1.0\ncap = 50.0\n')
    assert run(["benefit", "--date", "2018-07-01", "--net-earnings", "100", "--regime", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["net_income"] == 1046.56


BAD = {
    "--household": "sngle",
    "--date": "2018-02-30",
    "--age": "17",
    "--net-earnings": "nan",
    "--partner-net-earnings": "-5",
    "--cost-sharers": "0",
    "--months-used": "-1",
    "--regime": "regulr",
    "--sanction": "101",
}


def test_every_problem_in_one_message(capsys):
    code = run(["benefit", *(word for pair in BAD.items() for word in pair)])
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err.startswith("9 problems")
    for option, value in BAD.items():
        assert any(line.startswith(f"  - {option}: ") and value in line for line in said.err.splitlines())
    assert "did you mean 'single'" in said.err
    assert "did you mean 'regular'" in said.err


@pytest.mark.parametrize(("option", "value"), BAD.items())
@pytest.mark.parametrize("lang", ["en", "nl"])
def test_each_problem_alone_ends_with_code_two(lang, option, value, capsys):
    assert run(["--lang", lang, "benefit", option, value]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert option in said.err
    assert ("allowed" if lang == "en" else "toegestaan") in said.err


@pytest.mark.parametrize(
    "words",
    [
        "--household couple --age 19 --date 2019-03-01",
        "--regime experiment_50 --date 2017-12-31",
        "--regime amsterdam_premium --date 2024-06-01",
        "--regime single_parent",
        "--date 2027-01-01",
        "--household single --partner-age 30",
        "--household single --children 1",
        "--household couple --partner-age 17",
        "--date 2016-12-31",
        "--age 67 --date 2026-01-01",
        "--household single --partner-net-earnings 1",
        "--regime /no/such/file.toml",
        "--regim regular",
    ],
)
def test_what_the_law_or_the_option_does_not_know_is_refused(words, capsys):
    assert run(["benefit", *words.split()]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err


def test_help_shows_an_example_and_the_file(capsys):
    assert run(["benefit", "--help"]) == 0
    said = capsys.readouterr().out
    assert "Example: bijstand benefit" in said
    assert "share = 0.5" in said
