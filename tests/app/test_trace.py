"""`bijstand trace`: one life in words or as JSON, and bad input in one message."""

from __future__ import annotations

import json

import pytest

from app.cli import run
from sim.engine.rows import DRIVES

FEW = ["--people", "60", "--months", "4"]


def test_it_tells_every_month_with_reasons_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trace", "intensive", "--person", "2", *FEW]) == 0
    english = capsys.readouterr().out
    assert run(["--lang", "nl", "trace", "intensive", "--person", "2", *FEW]) == 0
    dutch = capsys.readouterr().out
    for month in range(1, 5):
        assert f"Month {month}: on benefit" in english
        assert f"Maand {month}: in de bijstand" in dutch
    for word in ("not calibrated", "contacts: planned", "purse: norm", "pull on search", "obligations push and pull"):
        assert word in english
    for word in ("niet gekalibreerd", "contacten: gepland", "portemonnee", "trekt aan zoeken", "kans", "lot 0,"):
        assert word in dutch
    assert len(english.splitlines()) == len(dutch.splitlines())


def test_json_holds_the_same_life_and_the_seed_decides_it(capsys: pytest.CaptureFixture[str]) -> None:
    def told(*more: str) -> list[dict[str, object]]:
        assert run(["trace", "disregard", "--person", "3", *FEW, "--json", *more]) == 0
        months: list[dict[str, object]] = json.loads(capsys.readouterr().out)["months"]
        return months

    life = told()
    assert [month["month"] for month in life] == [1, 2, 3, 4]
    assert {drive["name"] for drive in life[0]["drives"]} == set(DRIVES)  # type: ignore[attr-defined]
    assert life == told("--seed", "1")
    assert life != told("--seed", "2")


def test_everything_wrong_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["trace", "intensive", "--person", "nobody", "--months", "900", "--people", "60"]
    assert run(words) == 2
    said = capsys.readouterr().err
    assert "--person: 'nobody'" in said
    assert "--months: 900" in said
    assert run(["trace", "intensive", "--person", "999999", "--people", "60"]) == 2
    assert "--person: 999999" in capsys.readouterr().err
    assert run(["trace", "intensve"]) == 2
    assert "did you mean 'intensive'?" in capsys.readouterr().err
