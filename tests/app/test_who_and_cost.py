"""`bijstand who` and `bijstand cost`: numbers, files and a stored run; bad input is told at once."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from scenarios.store.store import open_store

SMALL = ["--people", "80", "--months", "3", "--draws", "2", "--seeds", "1", "--workers", "2"]


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "out"


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert run([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def problems(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(list(words)) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    return told.err


def test_cost_prints_stores_and_writes(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "nl", "cost", "intensive", *SMALL, "--budget", "1000"]) == 0
    printed = capsys.readouterr().out
    folder = next(place for place in out.iterdir() if place.is_dir())
    names = {path.name for path in folder.iterdir()}
    assert names >= {"cost.csv", "prices.csv", "price_sensitivity.csv"}
    assert names >= {f"{name}_nl.svg" for name in ("cost_plane", "acceptability", "cost_paths")}
    for text in ("gemeente", "samenleving", "AANNAME, NIET NAGEGAAN", f"run {folder.name}", "1.000 euro"):
        assert text in printed
    with open_store(f"sqlite:///{out}/bijstand.sqlite") as store:
        assert store.runs()[0].command == "cost"
        store.load(folder.name)
    assert not list(out.glob(".*"))


def test_the_null_scenario_costs_and_brings_nothing(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ask(capsys, "cost", "null", *SMALL, "--no-figures")["rows"]
    assert {row["mean"] for row in rows if row["kind"] == "difference"} <= {0.0, None}
    assert len(rows) > 20
    found = ask(capsys, "who", "null", *SMALL, "--no-figures")
    values = {row[name] for row in found["rows"] for name in ("effect", "better", "worse", "shrunk_high")}
    assert values == {0.0, None}
    assert found["tailored"]["found"] is False
    assert "same regime" in found["tailored"]["reason"]


def test_a_price_moves_what_it_should(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def account(*words: str) -> dict[str, float]:
        rows = ask(capsys, "cost", "intensive", *SMALL, "--no-figures", *words)["rows"]
        return {row["party"]: row["mean"] for row in rows if (row["section"], row["item"]) == ("account", "net")}

    plain, dear = account(), account("--price", "caseworker_hour=100")
    assert dear["municipality"] < plain["municipality"]
    assert dear["participant"] == plain["participant"]
    moved = dear["municipality"] - plain["municipality"]
    assert dear["society"] - plain["society"] == pytest.approx(moved)


def test_who_writes_a_rule_that_runs(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Keeping all earnings pays who works, contact helps who does not: there is a rule to be found."""
    sizes = ["--people", "1500", "--months", "6", "--draws", "2", "--seeds", "2"]
    plans = []
    for name, regime in (("base", "regular"), ("coach", "intensive"), ("keep", "disregard_100")):
        # Without what differs between towns by chance: that would drown the rule in two draws.
        text = f'name = "{name}"\npopulation = "nijmegen"\nregime = "{regime}"\nmechanisms_off = ["response"]\n'
        plans.append(f"{name}.toml")
        Path(plans[-1]).write_text(text, encoding="utf-8")
    found = ask(capsys, "who", *plans[1:], "--against", plans[0], "--goal", "stress", *sizes, "--no-figures")
    rule = found["tailored"]
    assert rule["people_learned_from"] + rule["people_tested_on"] == 1500
    assert all("label" not in row or row["label"] for row in found["rows"])
    file = next((path for path in found["files"] if path.endswith(".toml")), None)
    assert (file is not None) == rule["found"]
    assert rule["found"], rule["reason"]
    assert file is not None
    assert rule["run_id"] != found["run_id"]
    gain = rule["gains"]["stress"]
    assert gain["low"] < gain["mean"] < gain["high"]
    assert run(["scenarios", "check", file]) == 0
    assert run(["run", file, "--people", "200", "--draws", "1", "--seeds", "1", "--no-report"]) == 0
    capsys.readouterr()
    with open_store(f"sqlite:///{out}/bijstand.sqlite") as store:
        assert {row.id for row in store.runs()} >= {found["run_id"], rule["run_id"]}
    assert run(["runs", "verify", rule["run_id"]]) == 0


def test_who_in_dutch(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "nl", "who", "exemption", "--goal", "wellbeing", *SMALL]) == 0
    printed = capsys.readouterr().out
    for text in ("Iedereen", "Belemmeringen", "beter af", "niet gekalibreerd", "Maatwerk", "verborgen"):
        assert text in printed
    folder = next(place for place in out.iterdir() if place.is_dir())
    with (folder / "who.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert {row["run_id"] for row in rows} == {folder.name}
    assert all(row["validity"] and row["calibration"] for row in rows)
    assert (folder / "who_gains_exemption_nl.svg").read_text().count("<path") > 20


def test_everything_wrong_is_told_at_once(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = problems(
        capsys,
        *("cost", "intensiv", "--against", "regulr", "--price", "x=1", "--price", "caseworker_hour=-5"),
        *("--effect", "joy", "--worth", "much", "--budget", "-1", "--clients", "2.5", "--people", "3"),
        *("--draws", "many", "--workers", "0", "--prices", "none.toml"),
    )
    for word in ("intensiv", "regulr", "x", "-5", "joy", "much", "-1", "2.5", "many", "--workers", "none.toml"):
        assert word in told, word
    assert not out.exists()


def test_everything_wrong_with_who_is_told_at_once(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = problems(
        capsys,
        *("--lang", "nl", "who", "intensive", "--goal", "luck", "--depth", "9", "--observe", "male,hours"),
        *("--price", "casework=1", "--posterior", "nowhere"),
    )
    for word in ("luck", "9", "male", "casework", "nowhere", "herkomst"):
        assert word in told, word
    assert not out.exists()


def test_clients_without_budget_mean_nothing(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--clients" in problems(capsys, "cost", "intensive", "--clients", "100")
