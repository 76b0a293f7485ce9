"""`bijstand budget`: tables, files, and bad input in one message."""

from __future__ import annotations

import csv
import json

import pytest

from app.cli import run


def typed(words: str) -> int:
    return run(words.split())


def test_the_table_says_what_is_lost_of_each_euro(capsys):
    assert typed("budget --date 2018-07-01 --regimes regular,experiment_50 --step 200 --to 600") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines if line.startswith("    200.00")] == [
        ["200.00", "50.00", "846.56", "1046.56", "75.0%"],
        ["200.00", "100.00", "896.56", "1096.56", "50.0%"],
    ]
    assert {"regular", "experiment_50"} <= set(lines)


def test_json_csv_and_benefit_agree(tmp_path, capsys):
    file = tmp_path / "curve.csv"
    words = ["budget", "--date", "2020-01-01", "--net-earnings", "300", "--to", "450", "--step", "100"]
    assert run([*words, "--csv", str(file), "--json"]) == 0
    points = json.loads(capsys.readouterr().out)["regimes"][0]["points"]
    rows = list(csv.DictReader(file.open()))
    assert [point["earnings"] for point in points] == [300.0, 400.0, 450.0]
    assert [float(row["net_income"]) for row in rows] == [point["net_income"] for point in points]
    assert points[0]["marginal_rate"] is None
    assert rows[1]["effective_marginal_rate"] == "0.7500"
    assert run(["benefit", "--date", "2020-01-01", "--net-earnings", "450", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["net_income"] == points[-1]["net_income"]


def test_couples_keep_the_partners_disregard_along_the_curve(capsys):
    words = "budget --household couple --date 2023-01-01 --partner-net-earnings 400 --to 100 --step 100 --json"
    assert typed(words) == 0
    points = json.loads(capsys.readouterr().out)["regimes"][0]["points"]
    # Norm 1708.08: 25% of 400 is kept, then 25% of 100 as well.
    assert [(p["kept"], p["net_income"]) for p in points] == [(100.0, 1808.08), (125.0, 1833.08)]


@pytest.mark.parametrize("name", ["curve.svg", "curve.png"])
def test_the_figure_is_drawn_in_the_language_asked_for(name, tmp_path, capsys):
    file = tmp_path / name
    words = ["--lang", "nl", "budget", "--regimes", "regular,amsterdam_premium", "--date", "2019-01-01"]
    assert run([*words, "--figure", str(file)]) == 0
    first = file.read_bytes()
    assert run([*words, "--figure", str(file)]) == 0
    assert file.read_bytes() == first
    if name.endswith("svg"):
        text = first.decode()
        assert "Netto inkomen per maand" in text
        assert "amsterdam_premium" in text
        assert "berekend uit de wet" in text


def test_every_problem_in_one_message(tmp_path, capsys):
    bad = {
        "--age": "abc",
        "--date": "2031-01-01",
        "--regimes": "regular,foo",
        "--to": "-3",
        "--step": "0",
        "--figure": str(tmp_path / "x.gif"),
        "--csv": str(tmp_path / "none" / "x.csv"),
    }
    assert run(["budget", *(word for pair in bad.items() for word in pair)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("7 problems")
    assert all(f"  - {option}: " in said.err for option in bad)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        "--regime regular --regimes regular",
        "--regimes regular,regular",
        "--regimes regular,single_parent",
        "--regimes ,",
        "--to 100 --net-earnings 100",
        "--step 0.01 --to 50000",
        "--net-earnings nan",
    ],
)
def test_settings_that_make_no_sense_are_refused(words, capsys):
    assert run(["budget", *words.split()]) == 2
    assert capsys.readouterr().out == ""


def test_a_file_that_cannot_be_written_is_one_problem(tmp_path, capsys):
    taken = tmp_path / "x.svg"
    taken.mkdir()
    assert run(["budget", "--figure", str(taken)]) == 2
    assert "--figure" in capsys.readouterr().err
