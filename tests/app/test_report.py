"""`bijstand report`: files of stored runs, and bad input told at once with exit code 2."""

from __future__ import annotations

import gzip
import json

import pytest

from app.cli import run as bijstand
from scenarios.store.store import open_store
from tests.analysis.samples import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs")
    with open_store(f"sqlite:///{place / 'bijstand.sqlite'}", write=True) as store:
        store.save(run(draws=2, seeds=2, months=6))
    return place


def test_writes_what_was_asked_for(folder, capsys):
    assert bijstand(["report", "20260131", "--out", str(folder), "--lang", "nl", "--format", "html,xlsx"]) == 0
    said = capsys.readouterr().out
    files = sorted(path.name for path in (folder / "20260131-120000-abcdefghjkmn").iterdir())
    assert [name.rsplit(".", 2)[1:] for name in files] == [["nl", "html"], ["nl", "xlsx"]]
    assert said.count("20260131-120000-abcdefghjkmn.nl") == 2


def test_the_data_of_the_figures_are_kept_with_the_run(folder, capsys):
    for _ in range(2):
        assert bijstand(["report", "last", "--out", str(folder), "--format", "xlsx"]) == 0
    with open_store(f"sqlite:///{folder}/bijstand.sqlite") as store:
        (kept,) = [each for each in store.sources_of(store.find("last")) if each.name == "report.en.json"]
        rows = json.loads(gzip.decompress(store.source(kept.sha256)[1]))["rows"]
    assert kept.kind == "figure"
    assert {row["month"] for row in rows} == set(range(1, 7))


def test_prints_json(folder, capsys):
    assert bijstand(["report", "2026", "--out", str(folder), "--format", "md", "--json"]) == 0
    paths = json.loads(capsys.readouterr().out)["20260131-120000-abcdefghjkmn"]
    assert any(path.endswith(".en.md") for path in paths)
    assert any(path.endswith(".png") for path in paths)


def test_tells_all_problems_at_once(folder, capsys):
    words = ["report", "2027", "nothing", "--out", str(folder), "--format", "htlm,md", "--lang", "de"]
    assert bijstand(words) == 2
    said = capsys.readouterr().err
    for word in ("2027", "nothing", "htlm", "html", "--lang"):
        assert word in said


def test_no_database_is_bad_input(tmp_path, capsys):
    assert bijstand(["report", "2026", "--out", str(tmp_path / "none")]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_out_is_a_file(folder, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    words = ["report", "2026", "--db", f"sqlite:///{folder / 'bijstand.sqlite'}", "--out", str(tmp_path / "file")]
    assert bijstand(words) == 2
    assert "--out" in capsys.readouterr().err
