"""`bijstand trial estimate`: every method on a file of one's own, and bad input in one message."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.estimators import linear
from app.cli import run


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(4)
    n = 400
    arm = rng.choice(["usual", "coached", "letter"], n)
    age = rng.normal(45, 9, n).round()
    before = rng.normal(6, 1, n)
    data = pd.DataFrame(
        {
            "arm": arm,
            "age": age,
            "team": rng.integers(0, 9, n),
            "works": (rng.random(n) < 0.3 + 0.25 * (arm == "coached") - 0.004 * (age - 45)).astype(int),
            "mood_at_start": before,
            "mood": before + 0.6 * (arm == "coached") + rng.normal(0, 1, n),
        }
    )
    path = tmp_path_factory.mktemp("own") / "clients.csv"
    data.to_csv(path, index=False)
    return path


WORDS = ("--outcome", "works", "--control", "usual", "--covariates", "age")


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, float]]:
    assert run(["trial", "estimate", *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--cluster", "team"),
        ("--method", "logit"),
        ("--method", "nearest_neighbour", "--target", "ate"),
        ("--method", "propensity"),
    ],
)
def test_every_method_finds_the_effect(
    clients: Path, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = _json(capsys, str(clients), *WORDS, "--treatment", "coached", *more)
    assert found["low"] < 0.25 < found["high"]
    assert found["p_value"] < 0.05


def test_numbers_are_those_of_the_library(clients: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _json(capsys, str(clients), *WORDS, "--treatment", "coached", "--treatment", "letter")
    for one, arm in zip(found, ("coached", "letter"), strict=True):
        slow = linear.estimate(pd.read_csv(clients), "works", arm, control="usual", covariates=("age",))
        assert one["value"] == pytest.approx(slow.value, abs=1e-12)
        assert one["standard_error"] == pytest.approx(slow.standard_error, abs=1e-12)
    assert found[1]["value"] < found[0]["value"]


def test_ancova_takes_the_start_into_account(clients: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [str(clients), "--outcome", "mood", "--control", "usual", "--treatment", "coached"]
    (given,) = _json(capsys, *words, "--method", "ancova")
    (plain,) = _json(capsys, *words)
    assert given["standard_error"] < 0.85 * plain["standard_error"]
    assert run(["--lang", "nl", "trial", "estimate", *words]) == 0
    assert "controlevariabelen: geen" in capsys.readouterr().out


def test_every_problem_comes_at_once(clients: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["trial", "estimate", str(clients), "--outcome", "works", "--treatment", "coached"]
    assert run([*words, "--method", "logit", "--cluster", "team", "--target", "atu", "--level", "95"]) == 2
    assert "4 problems" in capsys.readouterr().err
    assert run([*words, "--control", "usal"]) == 2
    assert "did you mean 'usual'" in capsys.readouterr().err
    assert run([*words, "--control", "usual", "--covariates", "agee,mod"]) == 2
    told = capsys.readouterr().err
    assert "did you mean 'age'" in told
    assert "did you mean 'mood'" in told
    assert run(["trial", "estimate", str(tmp_path / "no.csv"), *WORDS, "--treatment", "coached"]) == 2
    assert "no.csv" in capsys.readouterr().err
    assert run(["trial", "estimate", str(clients)]) == 2
    assert "2 problems" in capsys.readouterr().err


def test_few_people_are_not_shown(clients: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = pd.concat([rows.head(9) for _, rows in pd.read_csv(clients).groupby("arm")])
    few.to_csv(tmp_path / "few.csv", index=False)
    assert run(["trial", "estimate", str(tmp_path / "few.csv"), *WORDS, "--treatment", "coached"]) == 2
    assert "at least 10 people" in capsys.readouterr().err


def test_an_estimate_becomes_a_file_that_the_import_asks_to_fill_in(
    clients: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.csv"
    words = [str(clients), *WORDS, "--treatment", "coached", "--treatment", "letter"]
    found = _json(capsys, *words, "--as-evidence", str(path), "--month", "24")
    assert run(["evidence", "import", str(path), "--evidence", str(tmp_path / "e")]) == 2
    told = capsys.readouterr().err
    assert "unmapped arm" in told
    assert "study:name" in told
    text = path.read_text()
    for key, value in (("name", "here"), ("title", "Here"), ("year", "2024"), ("municipality", "here")):
        text = text.replace(f"\n{key},\n", f"\n{key},{value}\n")
    text = text.replace("works,\n", "works,hours_gt_8\n", 1)
    text = text.replace(f"coached,{found[0]['n_treatment']},", f"coached,{found[0]['n_treatment']},intensive")
    text = text.replace(f"letter,{found[1]['n_treatment']},", f"letter,{found[1]['n_treatment']},exemption")
    path.write_text(text)
    assert run(["evidence", "import", str(path), "--evidence", str(tmp_path / "e")]) == 0
    rows = pd.read_csv(tmp_path / "e" / "here" / "rows.csv")
    assert rows["value"].tolist() == pytest.approx([one["value"] for one in found], rel=1e-5)
    assert rows["se"].tolist() == pytest.approx([one["standard_error"] for one in found], rel=1e-5)
    assert run(["trial", "estimate", *words, "--as-evidence", str(tmp_path / "b.csv")]) == 2
