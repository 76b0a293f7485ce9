"""A kept answer is a run like any other: named, proved, downloaded, and seen by the command line."""

from __future__ import annotations

import json
import re
from io import BytesIO
from urllib.parse import parse_qsl

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from app.cli import run
from app.studio.views import runs

FROM = {"origin": "http://127.0.0.1:8321"}
QUESTION = dict(parse_qsl("v=1&pop=nijmegen&months=6&a=regular&b=intensive&b.contacts=2"))


@pytest.fixture(scope="module")
def kept(studio: TestClient) -> str:
    """The address of a run that was kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "KEPT", {"people": 100, "draws": 2, "seeds": 2})
        answer = studio.post("/en/runs", headers=FROM, data=QUESTION | {"title": "Two <b>talks</b>"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_kept_answer_stands_in_the_list_under_its_title(studio: TestClient, kept: str) -> None:
    page = studio.get("/en/runs").text
    assert "Two &lt;b&gt;talks&lt;/b&gt;" in page
    assert kept in page


def test_the_command_line_sees_it(studio: TestClient, kept: str, capsys: pytest.CaptureFixture[str]) -> None:
    database = studio.app.state.studio.settings.database  # type: ignore[attr-defined]
    assert run(["runs", "list", "--db", database, "--json"]) == 0
    assert kept.rsplit("/", 1)[1] in {row["id"] for row in json.loads(capsys.readouterr().out)["runs"]}


def test_a_run_is_renamed_by_post_only(studio: TestClient, kept: str) -> None:
    assert studio.get(f"{kept}/rename").status_code in (404, 405)
    assert studio.post(f"{kept}/rename", data={"title": "x"}).status_code == 403
    assert studio.post(f"{kept}/rename", headers=FROM, data={"title": "Vaker praten"}).status_code == 303
    assert "Vaker praten" in studio.get(kept).text
    refused = studio.post(f"{kept}/rename", headers=FROM, data={"title": "a\x00b"})
    assert refused.status_code == 422
    assert "Vaker praten" in studio.get(kept).text


def test_a_run_is_made_again_and_compared(studio: TestClient, kept: str) -> None:
    page = studio.post(f"{kept}/verify", headers=FROM).text
    assert "the same bit for bit" in page


def test_files_of_a_run(studio: TestClient, kept: str) -> None:
    table = studio.get(f"{kept}/file.csv")
    assert table.headers["content-disposition"].startswith("attachment")
    assert "hours_over_12" in table.text
    report = studio.get(f"{kept}/file.html")
    assert "unsafe" not in report.headers["content-security-policy"]
    assert load_workbook(BytesIO(studio.get(f"{kept}/file.xlsx").content)).sheetnames
    digest = re.search(r"data-digest>(\w{16})<", studio.get(kept).text)
    assert digest is not None
    assert studio.get(f"{kept}/file.exe").status_code == 404


@pytest.mark.parametrize("name", ["2099", "..%2f..%2fetc%2fpasswd", "%00", "a%27%20OR%201=1", "x" * 300])
def test_a_run_that_is_not_there_is_told(studio: TestClient, kept: str, name: str) -> None:
    page = studio.get(f"/en/runs/{name}")
    assert page.status_code == 404
    assert "Traceback" not in page.text


def test_two_runs_side_by_side(studio: TestClient, kept: str) -> None:
    name = kept.rsplit("/", 1)[1]
    page = studio.get(f"/en/runs?run={name}&run={name}").text
    assert page.count("data-digest") == 2
