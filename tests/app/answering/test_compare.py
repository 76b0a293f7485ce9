"""A question is answered in memory: nothing printed, nothing written, every problem at once, and it can be stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.compare import Compared, CompareRequest, compare, record_of
from app.answering.cost import CostRequest, cost
from app.answering.dose import DoseRequest, dose
from app.answering.project import ProjectRequest, project
from app.answering.request import CancelledRunError, RunSettings, Watch
from app.answering.who import WhoRequest, who
from app.cli import run
from scenarios.store.store import open_store
from sim.problems import InputError

SMALL = RunSettings(people=40, months=3, draws=2, seeds=1, posterior="prior", workers=1)
WORDS = ["--people", "40", "--months", "3", "--draws", "2", "--seeds", "1", "--posterior", "prior", "--workers", "1"]


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_prints_nothing_writes_nothing_and_gives_the_numbers_of_the_command(
    empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = compare(CompareRequest(("regular", "intensive"), SMALL))
    assert capsys.readouterr() == ("", "")
    assert not list(empty.iterdir())
    assert run(["compare", "regular", "intensive", *WORDS, "--no-report", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    mine = json.loads(json.dumps(record_of(found, (), "en")))
    assert mine["result_sha256"] == told["result_sha256"]
    assert [row["mean"] for row in mine["rows"]] == [row["mean"] for row in told["rows"]]


@pytest.mark.parametrize(
    "ask",
    [
        lambda settings: compare(CompareRequest(("regular", "intensve"), settings)),
        lambda settings: project(ProjectRequest(("intensve",), settings)),
        lambda settings: who(WhoRequest(("intensve",), settings)),
        lambda settings: cost(CostRequest(("intensve",), settings)),
        lambda settings: dose(DoseRequest(("contacts",), settings, scenario="intensve")),
    ],
)
def test_every_problem_is_named_at_once(ask: Callable[[RunSettings], object], empty: Path) -> None:
    (empty / "file").write_text("")
    wrong = RunSettings(people=1, draws=0, workers=999, out=empty / "file", posterior="nobody")
    with pytest.raises(InputError) as refused:
        ask(wrong)
    paths = " ".join(problem.path for problem in refused.value.problems)
    for part in ("--people", "--draws", "--workers", "--out", "--posterior", "scenario"):
        assert part in paths, (part, paths)


def test_whoever_no_longer_wants_it_stops_it_and_what_finished_is_kept(empty: Path) -> None:
    url, started = f"sqlite:///{empty}/runs.sqlite", list[str]()
    settings = RunSettings(people=40, months=3, draws=4, posterior="prior", workers=1, database=url)
    steps: list[int] = []
    watch = Watch(
        progress=lambda text, done, whole: steps.append(done),
        started=started.append,
        cancelled=lambda: len(steps) >= 2,
        chunk=1,
    )
    with pytest.raises(CancelledRunError):
        compare(CompareRequest(("regular", "intensive"), settings), watch)
    with open_store(url) as store:
        assert store.count() == 0
        (left,) = store.unfinished()
    assert [left.id] == started
    assert 2 <= left.done < left.total


def test_a_whole_answer_is_kept_where_it_was_asked_to_be(empty: Path) -> None:
    url = f"sqlite:///{empty}/runs.sqlite"
    found = compare(CompareRequest(("regular",), RunSettings(people=40, months=2, posterior="prior", database=url)))
    assert isinstance(found, Compared)
    with open_store(url) as store:
        assert store.load(found.result.run_id).digest() == found.result.digest()
        assert store.row(found.result.run_id).command == "run"


def test_a_stopped_question_about_persons_is_taken_up_by_the_same_question(empty: Path) -> None:
    """The answer is that of a question that was never stopped, to the last digit, and only the rest is simulated."""
    url = f"sqlite:///{empty}/runs.sqlite"
    settings = RunSettings(people=200, months=3, draws=3, posterior="prior", workers=1, database=url)
    once = who(WhoRequest(("intensive",), RunSettings(people=200, months=3, draws=3, posterior="prior"), tailor=False))
    steps: list[int] = []
    watch = Watch(progress=lambda _text, done, _all: steps.append(done), cancelled=lambda: len(steps) >= 2, chunk=1)
    with pytest.raises(CancelledRunError):
        who(WhoRequest(("intensive",), settings, tailor=False), watch)
    with open_store(url) as store:
        (left,) = store.unfinished()
    again: list[int] = []
    notes: list[str] = []
    watch = Watch(
        progress=lambda _text, done, _all: again.append(done), note=lambda text: notes.append(text.en), chunk=1
    )
    found = who(WhoRequest(("intensive",), replace(settings, resume=True), tailor=False), watch)
    assert len(again) == left.total - left.done
    assert repr(found.who.rows) == repr(once.who.rows)
    assert found.who.result.run_id == left.id
    assert not any("a new one begins" in text for text in notes)
    with open_store(url) as store:
        assert store.row(left.id).command == "who"
        assert store.unfinished() == []
    cost(CostRequest(("intensive",), replace(settings, resume=True)), watch)
    assert any("a new one begins" in text for text in notes)
