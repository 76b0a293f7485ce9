"""`bijstand runs`: what was run is listed and shown again, exactly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import run

SMALL = ["--people", "30", "--months", "2", "--draws", "1", "--seeds", "2", "--no-report"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with three runs."""
    folder = tmp_path_factory.mktemp("runs")
    for scenario in ("regular", "intensive", "regular"):
        assert run(["run", scenario, *SMALL, "--out", str(folder)]) == 0
    return f"sqlite:///{folder}/bijstand.sqlite"


def test_the_newest_run_comes_first(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["runs", "list", "--db", url, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    ids = [row["id"] for row in data["runs"]]
    assert data["count"] == 3
    assert ids == sorted(ids, reverse=True)
    assert run(["runs", "list", "--db", url, "--limit", "2"]) == 0
    printed = capsys.readouterr().out
    assert "2 of 3 runs" in printed
    assert ids[2] not in printed
    assert run(["runs", "list", "--db", url, "--scenario", "intensive", "--json"]) == 0
    assert [row["id"] for row in json.loads(capsys.readouterr().out)["runs"]] == [ids[1]]


def test_a_run_is_shown_by_the_beginning_of_its_id(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["runs", "list", "--db", url, "--json"]) == 0
    newest = json.loads(capsys.readouterr().out)["runs"][0]
    assert run(["runs", "show", newest["id"][:-3], "--db", url, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["run_id"] == newest["id"]
    assert shown["result_sha256"] == newest["result_sha256"]
    assert shown["provenance"]["population"]["people"] == 30
    assert run(["--lang", "nl", "runs", "show", newest["id"], "--db", url]) == 0
    printed = capsys.readouterr().out
    assert "niet gekalibreerd" in printed
    assert newest["code_sha256"][:12] in printed


def test_unknown_and_ambiguous_ids_name_the_nearest(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["runs", "list", "--db", url, "--json"]) == 0
    ids = [row["id"] for row in json.loads(capsys.readouterr().out)["runs"]]
    assert run(["runs", "show", ids[0][:-1] + "!", "--db", url]) == 2
    assert f"did you mean '{ids[0]}'" in capsys.readouterr().err
    assert run(["runs", "show", "20", "--db", url]) == 2
    told = capsys.readouterr().err
    assert all(each in told for each in ids)


def test_before_the_first_run_the_list_is_empty_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["runs", "list"]) == 0
    assert "no runs yet" in capsys.readouterr().out
    assert run(["runs", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"count": 0, "runs": []}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1e3", "99999999"])
def test_bad_words(limit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "list", "--limit", limit, "--db", f"sqlite:///{tmp_path}/none.sqlite"]) == 2
    told = capsys.readouterr().err
    assert "--limit" in told
    assert "an existing database" in told
