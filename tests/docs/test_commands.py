"""Every command, scenario and program of the README and the tutorials runs, and says what the page says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli import run
from sim.engine.kernel import warm
from tests.docs.pages import ROOT, RUNNABLE, blocks, steps


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: page.name)
def test_a_page_runs_from_top_to_bottom(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    warm()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BIJSTAND_LANG", raising=False)
    commands = 0
    for block in blocks(page):
        if block.kind == "toml":
            assert block.file, f"no file name before a scenario:\n{block.text}"
            Path(block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "python":
            exec(compile(block.text, str(page), "exec"), {"__name__": "__main__"})
        elif block.kind == "console":
            for command, expected in steps(block):
                words = shlex.split(command)
                assert words[0] == "bijstand"
                code = run(words[1:])
                told = capsys.readouterr()
                assert code == 0, f"{command}\n{told.err}"
                for text in expected:
                    assert text in told.out, f"{command} does not print: {text}\n{told.out}"
                commands += 1
    assert commands > 2


def test_the_panel_of_the_researcher_has_every_person_in_every_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    monkeypatch.chdir(tmp_path)
    program = next(
        block.text
        for block in blocks(ROOT / "docs/tutorials/researcher.md")
        if block.kind == "python" and "write_panel" in block.text
    )
    exec(compile(program, "panel", "exec"), {"__name__": "__main__"})
    panel = pd.read_parquet("panel.parquet")
    assert not panel.duplicated(["person", "month"]).any()
    assert (panel.groupby("person").size() == 24).all()
    assert panel["stress"].between(0, 1).all()
    assert panel["wellbeing"].between(0, 10).all()


def test_the_first_command_of_a_newcomer_survives_many_threads(tmp_path: Path) -> None:
    """A new process that starts several threads at once; crashed when each loaded the machine code."""
    words = ["compare", "regular", "exemption", "--people", "1000", "--draws", "10", "--seeds", "4"]
    made = subprocess.run(
        [sys.executable, "-m", "app.cli", *words, "--workers", "8", "--no-report", "--out", str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert "Traceback" not in made.stderr
    assert "Warning" not in made.stderr


def test_the_columns_explained_are_those_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each row of the README's table of columns begins with the names of columns, in the order printed."""
    warm()
    words = ["compare", "regular", "exemption", "--people", "100", "--draws", "2", "--seeds", "2", "--no-report"]
    for lang, page in (("en", "README.md"), ("nl", "README.nl.md")):
        assert run(["--lang", lang, *words, "--out", str(tmp_path / lang)]) == 0
        head = capsys.readouterr().out.splitlines()[0]
        text = (ROOT / page).read_text(encoding="utf-8")
        table = re.search(r"\n\|---\|---\|---\|\n(.*?)\n\n", text, re.DOTALL)
        assert table
        names = [name for row in table[1].splitlines() for name in row.split("|")[1].strip().split(", ")]
        places = [0]
        for name in names:
            place = head.find(name, places[-1])
            assert place >= 0, f"{page}: no column {name!r} in {head!r}"
            places.append(place + len(name))
