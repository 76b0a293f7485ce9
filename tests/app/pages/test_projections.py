"""The headline page: every question answered for every place, each number with interval, label and run."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.pages.projections import MEASURES, PLACES, QUESTIONS, main

SMALL = ["--people", "40", "--precision", "50", "--most", "40", "--posterior", "prior"]


def test_every_answer_has_its_interval_label_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["page.md", *SMALL]) == 0
    text = Path("page.md").read_text()
    assert "not calibrated: prior assumptions" in text
    assert "It is no forecast" in text
    places = text.split("\n## ")[1 : 1 + len(PLACES)]
    for title, part in zip(PLACES.values(), places, strict=True):
        assert part.startswith(title)
        for question, _, _, _, months in QUESTIONS:
            asked = part.split(f"### {question}\n")[1].split("\n### ")[0]
            rows = [line for line in asked.splitlines() if "<br>luck" in line]
            assert len(rows) == len(MEASURES)
            for line in rows:
                cells = line.split(" | ")[1:]
                assert len(cells) == len(months)
                assert all(" to " in cell and cell.count("<br>luck ± ") == 1 for cell in cells)
            for month in months:
                assert f"Month {month}: **not calibrated, " in asked
            assert "\nRun 2" in asked
    # The distance of each part is told: the tail, the levers, the people.
    for reason in ("after the end of the treatment", "share of earnings kept", "'netherlands' took part in no trial"):
        assert reason in text
    assert "labour market 'tight'" not in text.split("## Would it differ")[0]


def test_wrong_words_end_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main([str(tmp_path / "page.txt")]) == 2
    assert main([str(tmp_path / "page.md"), "--people", "x"]) == 2
    assert "--people: 'x'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
