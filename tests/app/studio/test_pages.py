"""The other views: a household's budget, the evidence; visitors stay apart."""

from __future__ import annotations

import json
import re
import time
import tomllib

import pytest
from starlette.testclient import TestClient

from analysis.planning.ready import changed, ready_plans
from app.cli import run
from app.studio.server import Settings
from app.studio.views import council
from app.studio.words import GROUPS, T
from sim.regime.levers import LEVERS


def test_the_budget_is_that_of_the_command_line(studio: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    page = studio.get("/en/budget?a=regular&b=disregard&household=single&date=2018-07-01")
    words = ["budget", "--date", "2018-07-01", "--regimes", "regular", "--to", "400", "--step", "200", "--json"]
    assert run(words) == 0
    points = json.loads(capsys.readouterr().out)["regimes"][0]["points"]
    for point in points:
        assert f"{point['net_income']:,.2f}" in page.text


def test_a_wrong_household_is_told(studio: TestClient) -> None:
    page = studio.get("/nl/budget?age=400&date=1900-01-01").text
    assert "Dit is nog niet te berekenen" in page
    assert page.count("<li>") >= 2


def test_the_evidence_shows_what_each_town_found(studio: TestClient) -> None:
    page = studio.get("/en/evidence?treatment=guidance&measure=hours_over_8&study=oss").text
    assert "Nijmegen" in page
    assert "<svg" in page
    assert "Oss" in page
    wrong = studio.get("/en/evidence?treatment=gidance").text
    assert "did you mean <b>guidance</b>" in wrong


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_for_the_council_is_that_of_the_command_line(
    studio: TestClient, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr(council, "SIZES", {"people": 300, "draws": 4, "seeds": 2})
    page = studio.get(f"/{lang}/council?pop=nijmegen&months=12&a=regular&b=intensive&side=b&clients=2.400&kind=html")
    assert page.headers["content-disposition"].startswith('attachment; filename="council-')
    assert f'lang="{lang}"' in page.text
    wrong = studio.get(f"/{lang}/council?pop=nijmegen&a=regular&b=intensive&side=z&clients=many")
    assert wrong.status_code == 422
    assert wrong.text.count("<li><") >= 2


def test_a_plan_with_other_sizes_is_simulated(studio: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form = studio.get("/nl/plan").text
    assert form.count("<option") == len(ready_plans()) == 7
    page = studio.get("/en/plan?plan=oss_as_run&per_arm=60&months=12&follow_up=12&answer=1")
    assert page.status_code in (200, 422), page.text
    wrong = studio.get("/en/plan?plan=oss_as_runn&months=24&answer=1")
    assert wrong.status_code == 422
    assert "did you mean <b>oss_as_run</b>" in wrong.text
    many = studio.get("/en/plan?months=1,2,3,4,5&per_arm=x&answer=1").text
    assert "#months" in many


@pytest.mark.parametrize("name", ready_plans())
def test_every_ready_plan_can_be_changed(name: str) -> None:
    text = ready_plans()[name].read_text("utf-8")
    made = tomllib.loads(changed(text, {"months": [24, 36], "follow_up": [48], "per_arm": [60, 90]}))
    assert made["months"] == [24, 36]
    assert made["follow_up"] == 48
    assert all(site["per_arm"] == [60, 90] for site in made["sites"])


def test_visitors_stay_apart(studio: TestClient) -> None:
    engine = studio.app.state.studio.work  # type: ignore[attr-defined]
    first = studio.get("/en/calibration", headers={"cookie": ""})
    assert "Fits under way" not in first.text
    until = time.monotonic() + 60.0  # the process warms up while the server answers already
    while not engine.ready and time.monotonic() < until:
        time.sleep(0.05)
    assert engine.ready


def test_every_lever_has_a_place_and_every_text_two_languages() -> None:
    named = [name for _, _, names in GROUPS for name in names]
    assert sorted(named) == sorted(LEVERS)
    for key, text in T.items():
        assert text.en.strip(), key
        assert text.nl.strip(), key
        assert re.findall(r"\{\w+\}", text.en) == re.findall(r"\{\w+\}", text.nl) or sorted(
            re.findall(r"\{\w+\}", text.en)
        ) == sorted(re.findall(r"\{\w+\}", text.nl)), key


def test_listening_elsewhere_has_a_token() -> None:
    assert "0.0.0.0:9000" in Settings(host="0.0.0.0", port=9000).hosts
