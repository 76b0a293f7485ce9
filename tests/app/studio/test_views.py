"""The what-if view without a browser: it works by GET alone, and its numbers are those of the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.cli import run
from app.studio.views.ask import PREVIEW

ASK = "/en/ask?v=1&pop=nijmegen&months=12&a=regular&b=intensive"


def test_the_first_view_is_complete_without_the_engine(studio: TestClient) -> None:
    page = studio.get("/nl/ask")
    assert page.status_code == 200
    assert '<html lang="nl">' in page.text
    assert "Regeling A" in page.text
    assert studio.get("/").headers["location"] == "/nl/ask"


def test_without_script_the_answer_is_in_the_page(studio: TestClient) -> None:
    page = studio.get(f"{ASK}&answer=1")
    assert page.status_code == 200
    assert "Preview" in page.text
    assert page.text.count("<svg") == 4
    assert "sse-connect" not in page.text


def test_an_address_with_more_than_it_needs_is_sent_to_the_short_one(studio: TestClient) -> None:
    answer = studio.get(f"{ASK}&b.contacts=1&b.from=intensive&b.who=&c=")
    assert answer.status_code == 303
    assert answer.headers["location"] == ASK


def test_problems_are_told_in_the_page_with_a_link_to_the_field(studio: TestClient) -> None:
    page = studio.get("/en/ask?a=regular&b=intensive&b.contacts=99&months=3")
    assert '<a href="#b.contacts">' in page.text
    assert '<a href="#months">' in page.text


def test_a_rule_that_nobody_fits_is_told_by_the_engine(studio: TestClient) -> None:
    page = studio.get("/en/answer?a=regular&b=intensive&b.who=age+%3E+200")
    assert page.status_code == 200
    assert "This cannot be computed yet" in page.text


def test_numbers_are_those_of_the_command_line(
    studio: TestClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"{ASK.replace('/ask', '/answer')}&b.contacts=2.5"
    digest = re.search(r"data-digest>(\w{16})<", studio.get(address).text)
    assert digest is not None
    files = []
    for letter in "ab":
        text = studio.get(f"{ASK.replace('/ask', '/scenario/' + letter)}&b.contacts=2.5").text
        files.append(str(tmp_path / f"{letter}.toml"))
        Path(files[-1]).write_text(text)
    sizes = [word for name, value in PREVIEW.items() for word in (f"--{name}", str(value))]
    assert (
        run(
            ["compare", *files, *sizes, "--posterior", "prior", "--no-report", "--json", "--out", str(tmp_path / "out")]
        )
        == 0
    )
    assert json.loads(capsys.readouterr().out)["result_sha256"].startswith(digest[1])


def test_an_engine_that_is_killed_is_replaced(studio: TestClient) -> None:
    engine = studio.app.state.studio.preview  # type: ignore[attr-defined]
    old = engine.pid
    os.kill(old, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while engine.pid == old and time.monotonic() < deadline:
        time.sleep(0.05)
        studio.get("/nl/ask")
    assert engine.pid != old
    assert "data-digest" in studio.get(ASK.replace("/ask", "/answer")).text


def test_refining_tells_progress_and_ends_with_the_answer(studio: TestClient) -> None:
    events = studio.get(ASK.replace("/ask", "/refine")).text
    assert events.rstrip().split("event: ")[-1].startswith("done")
    assert "Refined" in events
