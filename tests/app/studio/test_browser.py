"""The studio in a real browser: the main path of each user in both languages, axe in every view, widths, keyboard.

Needs Chromium and Playwright; without them these tests are skipped and say so. With BIJSTAND_SCREENSHOTS=FOLDER the
pictures that a person looks at are written there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.studio.views.ask import PREVIEW

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (apt-get install chromium)"),
]

AXE = (Path(__file__).parent / "vendor" / "axe-4.14.1.min.js").read_text(encoding="utf-8")
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"
VIEWS = {
    "ask": "/ask?v=1&pop=nijmegen&months=12&a=regular&b=intensive&b.contacts=2&answer=1",
    "budget": "/budget?v=1&pop=nijmegen&months=12&a=regular&b=disregard",
    "evidence": "/evidence?treatment=guidance&measure=hours_over_8&study=mejudice",
    "calibration": "/calibration",
    "plan": "/plan",
    "runs": "/runs",
}
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A studio of its own, started as a user starts it."""
    out = tmp_path_factory.mktemp("browser")
    # Pictures for the pages are made with what ships; tests must not depend on it.
    source = [] if os.environ.get("BIJSTAND_SCREENSHOTS") else ["--posterior", "prior"]
    words = [sys.executable, "-m", "app.cli", "--lang", "nl", "studio", "--port", "0", *source]
    with subprocess.Popen([*words, "--out", str(out)], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        found = program.stdout.readline().split()[1].rstrip("/")
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{found}/nl/ask", timeout=5).close()
                break
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.1)
        yield found
        program.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as machine:
        made = machine.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield made
        made.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A page that fails the test when it asks anything of another machine, or an error stands in its console."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=False)
    made = context.new_page()
    outside: list[str] = []
    errors: list[str] = []
    made.on("request", lambda request: outside.append(request.url) if not request.url.startswith(address) else None)
    made.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield made
    context.close()
    assert outside == []
    assert [text for text in errors if "404" not in text and "422" not in text] == []


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("BIJSTAND_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def until(page: Any, expression: str, seconds: float = 60.0) -> None:
    """Wait until an expression holds: asked from outside, since the page's policy forbids `eval` within."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(50)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_policy_staff_move_a_lever_and_the_answer_follows(page: Any, address: str, lang: str) -> None:
    page.goto(f"{address}/{lang}/ask")
    page.wait_for_selector("#answer [data-digest]", timeout=60_000)
    before = page.inner_text("#answer [data-digest]")
    page.locator("fieldset.side1 details summary").first.click()
    field = page.locator('[id="b.contacts"]')
    field.fill("2,5")
    field.press("Tab")
    page.wait_for_url("**b.contacts=2.5**", timeout=60_000)
    page.wait_for_selector("#answer .status", timeout=60_000)
    assert page.locator('[data-for="b.contacts"]').input_value() == "2.5"
    until(page, f"document.querySelector('#answer [data-digest]')?.innerText !== '{before}'")
    until(page, "!document.querySelector('[sse-connect]')", 120)
    refined = page.inner_text("#answer [data-digest]")
    shot(page, f"ask_{lang}")
    if os.environ.get("BIJSTAND_SCREENSHOTS"):
        return
    page.goto(page.url)  # a copied address gives the same question, and after refining the same numbers
    until(page, "document.querySelector('#answer [data-digest]')", 60)
    until(page, "!document.querySelector('[sse-connect]')", 120)
    assert page.inner_text("#answer [data-digest]") == refined


def test_refining_stops_at_once(page: Any, address: str) -> None:
    page.goto(f"{address}/en/ask?v=1&pop=nijmegen&months=120&a=regular&b=intensive&c=exemption&d=disregard")
    page.wait_for_selector("[data-stop]", timeout=60_000)
    page.click("[data-stop]")
    until(page, "!document.querySelector('[data-stop]')", 2)
    assert page.locator("#answer [data-digest]").count() == 1


def test_an_answer_of_a_question_before_says_so(page: Any, address: str) -> None:
    page.goto(f"{address}/en/ask?v=1&pop=nijmegen&months=12&a=regular&b=intensive&answer=1")
    page.locator("fieldset.side1 details summary").first.click()
    page.locator('[id="b.contacts"]').press_sequentially("9")
    assert page.locator("#answer .stale").is_visible()


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_planner_finds_budget_and_evidence_by_keyboard_alone(page: Any, address: str, lang: str) -> None:
    page.goto(f"{address}/{lang}/ask")
    for target in ("budget", "evidence"):
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.getAttribute('href') || ''").endswith(f"/{target}"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{lang}/{target}*")
        page.wait_for_selector("svg.chart", timeout=60_000)
        shot(page, f"{target}_{lang}")


def test_a_researcher_uploads_keeps_and_sees_problems_by_keyboard(page: Any, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/en/calibration")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").focus()
        page.keyboard.press("Enter")
    file = tmp_path / "mine.csv"
    waiting.value.save_as(file)
    page.set_input_files("#file", str(file))
    page.locator("#keep").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=It is kept", timeout=60_000)
    shot(page, "calibration_en")
    file.write_text(file.read_text().replace("0.", "x0.", 1))
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="Check the file").press("Enter")
    page.wait_for_selector("#problems", timeout=60_000)


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_no_view_has_a_fault_that_axe_finds_or_is_wider_than_its_window(
    browser: Any, address: str, view: str, lang: str
) -> None:
    for width, colours in ((1280, "none"), (375, "none"), (1280, "active"), (375, "active")):
        # axe is put in by the test, past the policy that forbids a page any script but its own
        context = browser.new_context(viewport={"width": width, "height": 900}, forced_colors=colours, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{address}/{lang}{VIEWS[view]}", timeout=60_000)
        page.evaluate(AXE)
        found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
        assert [(each["id"], each["nodes"][0]["html"][:90]) for each in found["violations"]] == [], (width, colours)
        for wide in (320, 375, 768, 1280):
            page.set_viewport_size({"width": wide, "height": 900})
            fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            assert page.evaluate(fits), wide
        small = page.evaluate(
            "[...document.querySelectorAll('svg.chart text')].filter(t => parseFloat(getComputedStyle(t).fontSize) *"
            " (t.ownerSVGElement.getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width) < 12).length"
        )
        assert small == 0
        context.close()


def test_two_visitors_stay_apart(browser: Any, address: str) -> None:
    pages = [browser.new_context().new_page() for _ in range(2)]
    for page, contacts in zip(pages, ("1.5", "3"), strict=True):
        page.goto(f"{address}/en/ask?v=1&pop=nijmegen&months=12&a=regular&b=intensive&b.contacts={contacts}")
    for page in pages:
        page.wait_for_selector("#answer [data-digest]", timeout=60_000)
    first, second = (page.inner_text("#answer [data-digest]") for page in pages)
    assert first != second
    assert PREVIEW["people"] == 1000
    for page in pages:
        page.context.close()
