"""Links lead somewhere, and the pages give nothing away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_project_exist(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = [
        link
        for link in _LINK.findall(text)
        if not link.startswith(("http", "mailto", "#")) and not (page.parent / link.split("#")[0]).exists()
    ]
    assert not broken


def test_every_page_is_in_the_index() -> None:
    index = ROOT / "docs/index.md"
    linked = {(index.parent / link.split("#")[0]).resolve() for link in _LINK.findall(index.read_text("utf-8"))}
    folders = {page.parent for page in linked if page.name == "README.md"}
    lost = [
        str(page.relative_to(ROOT))
        for page in PAGES
        if page not in linked and page != index and page.parent not in folders
    ]
    assert not lost


def test_dutch_and_english_pages_run_the_same_examples() -> None:
    for name in ("README", "docs/tutorials/policy"):
        shapes = []
        for page in (f"{name}.md", f"{name}.nl.md"):
            text = (ROOT / page).read_text(encoding="utf-8")
            shapes.append((re.findall(r"^```\w*$", text, re.MULTILINE), len(re.findall(r"^## ", text, re.MULTILINE))))
        assert shapes[0][1] == shapes[1][1], name
        assert shapes[0][0].count("```toml") == shapes[1][0].count("```toml"), name
        assert shapes[0][0].count("```console") == shapes[1][0].count("```console"), name
