"""`bijstand trial`: list, tables beside the report, and bad input in one message."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path

import pytest

from analysis.trial.cells import cells, months_needed
from app.answering.trial import published_of
from app.cli import run
from calibration.evidence.template import template_csv
from calibration.posteriors.file import save
from sim.parameters import defaults
from sim.trial.read import design
from sim.trial.run import simulate_trial
from tests.calibration.sample_posteriors import small

FEW = ["--replicates", "4", "--reference", "300"]


def test_all_trials_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 8
    assert rows[0]["people"] == 389
    assert run(["--lang", "nl", "trial", "list"]) == 0
    assert "na aanmelding" in capsys.readouterr().out


def test_nijmegen_prints_its_tables_beside_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    words = ["trial", "run", "nijmegen", *FEW, "--out", str(tmp_path), "--page", str(page)]
    assert run(words) == 0
    printed = capsys.readouterr().out
    for number in range(2, 9):
        assert f"Table {number}." in printed
    assert "not calibrated" in printed
    assert "run trial-" in printed
    assert "published values lie outside" in page.read_text(encoding="utf-8")
    assert len(list((tmp_path / "trial_nijmegen").glob("*.svg"))) == 7


def test_the_same_seed_gives_the_same_numbers_and_run_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["trial", "run", "utrecht", "--replicates", "6", "--out", str(tmp_path), "--no-figures", "--json"]
    answers = []
    for seed in ("1", "1", "2"):
        assert run([*words, "--seed", seed]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert answers[0]["run_id"] != answers[2]["run_id"]
    assert answers[0]["tables"] != answers[2]["tables"]
    assert answers[0]["label"].startswith("not calibrated")
    assert all(row["interval"] == 0.9 for table in answers[0]["tables"] for row in table["rows"])


def test_prior_draws_and_recruitment_give_other_numbers_and_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "trial",
        "run",
        "wageningen",
        "--replicates",
        "6",
        "--reference",
        "0",
        "--no-figures",
        "--out",
        str(tmp_path),
    ]
    found = []
    for more in ([], ["--draws", "3"], ["--recruit"]):
        assert run([*words, *more, "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[1]["label"] == "not calibrated: 3 prior draws"
    assert {row["replicates"] for table in found[1]["tables"] for row in table["rows"]} == {6}
    assert len({each["run_id"] for each in found}) == 3
    assert found[0]["tables"] != found[1]["tables"]
    assert found[0]["tables"] != found[2]["tables"]


@pytest.mark.parametrize(("name", "tables"), [("nijmegen", (3, 5, 6, 7, 8)), ("oss", (8, 9, 10, 11, 12, 13, 14))])
def test_every_published_figure_of_the_tables_is_simulated(name: str, tables: tuple[int, ...]) -> None:
    plain = design(name)
    trial = simulate_trial(plain, defaults(), 1, reference=200, months=months_needed(name, plain.months))[0]
    found = cells(trial)
    wanted = [f"table {number}" if name == "nijmegen" else f"table 3.1.{number}" for number in tables]
    published = [
        cell
        for cell in published_of(name)
        if cell.table in wanted and cell.specification in ("basic", "loep", "extra", "ols")
    ]
    assert len(published) > 90
    assert [cell for cell in published if cell not in found] == []


def test_a_design_of_ones_own_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = files("sim").joinpath("municipalities", "wageningen", "trial.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    assert run(["trial", "run", str(path), "--replicates", "3", "--reference", "0", "--out", str(tmp_path)]) == 0
    assert "Nothing published to compare with." in capsys.readouterr().out


def test_a_posterior_gives_its_parameters_and_its_label(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hand.nc"
    save(small("hand"), path)
    page = tmp_path / "page.md"
    words = ["trial", "run", "oss", "--replicates", "4", "--draws", "2", "--reference", "0"]
    words += ["--no-figures", "--page", str(page), "--out", str(tmp_path), "--json"]
    found = []
    for name in (str(path), "prior"):
        assert run([*words, "--posterior", name]) == 0
        found.append(json.loads(capsys.readouterr().out))
        assert (f"--posterior {path}" in page.read_text("utf-8")) == (name != "prior")
    assert "posterior hand" in found[0]["label"]
    assert found[0]["run_id"] != found[1]["run_id"]
    assert found[0]["tables"] != found[1]["tables"]
    assert run([*words, "--posterior", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err
    assert run([*words[:4], "999", "--draws", "999", "--posterior", str(path)]) == 2
    assert "--draws" in capsys.readouterr().err


def test_an_imported_trial_runs_by_its_name_beside_its_own_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = template_csv().replace("coaching,180,intensive,", "coaching,180,regular,4")
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    mine = ["--evidence", str(tmp_path / "mine")]
    assert run(["evidence", "import", str(tmp_path / "own.csv"), *mine]) == 0
    capsys.readouterr()
    assert run(["trial", "list", *mine, "--json"]) == 0
    assert [row["trial"] for row in json.loads(capsys.readouterr().out)][-1] == "arnhem"
    words = ["trial", "run", "arnhem", *mine, "--replicates", "4", "--out", str(tmp_path / "out")]
    assert run([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = [row for table in found["tables"] for row in table["rows"]]
    assert [row["published"] for row in rows] == [0.045, -0.02, 0.09, -0.01, 0.21, None, 0.22]
    assert rows[5]["published_sign"] == "positive"
    assert all(row["low"] <= row["mean"] <= row["high"] for row in rows)
    assert found["people"] == "eligible"
    assert len(list((tmp_path / "out" / "trial_arnhem").glob("*.svg"))) == 4
    assert run(["trial", "run", "arnhm", *mine]) == 2
    assert "did you mean 'arnhem'" in capsys.readouterr().err
    # what the arm gets is what its levers say, not the preset it is based on
    assert run(["evidence", "pool", "--outcome", "hours_gt_12", "--lever", "intensive", *mine]) == 0
    assert "coaching" in capsys.readouterr().out


def test_trials_without_published_effects_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, told in (("amsterdam", "No figure of this trial"), ("utrecht", "Only signs and significance")):
        words = ["trial", "run", name, "--replicates", "2", "--no-figures", "--out", str(tmp_path)]
        assert run(words) == 0
        printed = capsys.readouterr().out
        assert told in printed
        assert ("Me Judice" in printed) == (name == "utrecht")


def test_every_problem_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["trial", "run", "nijmgen", "--replicates", "many", "--draws", "0", "--seed", "-3"]
    assert run([*words, "--out", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "4 problems" in told
    assert "did you mean 'nijmegen'" in told
    assert run(["trial", "run", "oss", "--replicates", "3", "--draws", "9", "--reference", "99999"]) == 2
    told = capsys.readouterr().err
    assert "2 problems" in told
    file = tmp_path / "file"
    file.write_text("x")
    assert run(["trial", "run", "oss", "--out", str(file)]) == 2


def test_a_design_is_written_checked_run_and_every_replicate_kept(tmp_path, capsys):
    path, each = tmp_path / "own.toml", tmp_path / "each.csv"
    assert run(["trial", "new", str(path)]) == 0
    assert run(["trial", "new", str(path)]) == 2
    capsys.readouterr()
    assert run(["--lang", "nl", "trial", "check", str(path), "nijmegen"]) == 0
    said = capsys.readouterr().out
    assert "400 mensen, registers over 48 maanden" in said
    assert "2 gecontroleerd" in said
    words = [
        "trial",
        "run",
        str(path),
        "--replicates",
        "3",
        "--no-figures",
        "--out",
        str(tmp_path),
        "--each",
        str(each),
    ]
    assert run([*words, "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)["tables"]
    with each.open() as stream:
        rows = list(csv.DictReader(stream))
    figures = [row for table in tables for row in table["rows"]]
    assert len(rows) == 3 * len(figures)
    means: dict[tuple[str, ...], list[float]] = {}
    for row in rows:
        assert row["month"].startswith("month ") or row["month"] == "at the start"
        key = (row["table"], row["outcome"], row["arm"], row["comparator"])
        means.setdefault(key, []).append(float(row["estimate"]))
        assert float(row["standard_error"]) > 0
        assert 0 <= float(row["p_value"]) <= 1
    assert sorted(sum(values) / 3 for values in means.values()) == pytest.approx(
        sorted(row["mean"] for row in figures), abs=1e-6
    )
    assert all("maand" in row["how"] or "month" in row["how"] for row in figures)
