"""`bijstand plan`: answers, pages, bad input, and the laws of its numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import run
from sim.engine.kernel import warm
from tests.analysis.planning.test_file import GOOD

_SMALL = ["--trials", "40", "--people", "50", "--posterior", "prior", "--no-figures", "--workers", "1"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    warm()
    monkeypatch.chdir(tmp_path)
    text = GOOD.replace("months = 24\n", "months = [12, 24]\n", 1).replace("per_arm = 60", "per_arm = 30")
    (tmp_path / "mine.toml").write_text(text + "\n[worth]\nmonths = 24\n", encoding="utf-8")
    return tmp_path


def test_a_plan_answers_the_same_twice_and_from_what_was_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = []
    for kept in ("a", "a", "b"):
        assert run(["plan", "mine.toml", *_SMALL, "--json", "--kept", kept]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0] == answers[1] == answers[2]
    (short, long) = answers[0]["designs"]
    assert answers[0]["lengths"]
    for one in (short, long):
        value = one["value"]
        assert 0.0 <= value["evsi"]["value"] <= value["evpi"]["value"] + 1e-9
        assert value["cost"] == pytest.approx(sum(one["cost"].values()))
        assert {row["month"] for row in one["rows"]} == {12, 24}
        for row in one["rows"]:
            assert row["volunteers"] is not None
    # One net benefit for all designs.
    assert short["value"]["evpi"] == long["value"]["evpi"]
    assert list(Path("a").glob("*.npz"))


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_pages_in_both_languages(lang: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = [*_SMALL[:-3], "--workers", "1", "--figures"]
    assert run(["--lang", lang, "plan", "mine.toml", *small, "--page", "page.md"]) == 0
    shown = capsys.readouterr().out
    text = (folder / "page.md").read_text(encoding="utf-8")
    for word in (("smallest effect", "Value of information"), ("kleinste effect", "Waarde van informatie"))[
        lang == "nl"
    ]:
        assert word in shown
        assert word in text
    (out,) = Path("out").glob("plan-*")
    assert len(list(out.glob(f"protocol_*_{lang}.md"))) == 2
    assert list(out.glob("power_*.svg"))


def test_every_problem_at_once_and_exit_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = GOOD.replace("follow_up = 24", "follow_up = 6").replace("worth = 5.0", "worth = 500")
    Path("bad.toml").write_text(bad, encoding="utf-8")
    assert run(["plan", "bad.toml", "mine.toml", "none.toml", "--trials", "3", "--budget", "-1"]) == 2
    told = capsys.readouterr().err
    for word in ("follow_up", "worth", "--trials", "--budget", "none.toml"):
        assert word in told
    assert "Traceback" not in told
    assert not Path("out").exists()
