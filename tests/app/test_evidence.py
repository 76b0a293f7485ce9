"""The evidence commands, in both languages; the tutorial runs as it is written."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
from pathlib import Path

import pytest

from app.cli import run
from calibration.evidence.template import template_csv
from calibration.moments import table

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _json(capsys: pytest.CaptureFixture[str], *words: str) -> object:
    assert run(["evidence", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_list_chooses_rows(capsys: pytest.CaptureFixture[str]) -> None:
    rows = _json(capsys, "list", "--municipality", "nijmegen", "--use-flag", "causal_itt")
    assert isinstance(rows, list)
    assert len(rows) == 35
    assert {"id", "value", "marker", "source", "doubts", "use"} <= set(rows[0])
    assert run(["evidence", "list", "--outcome", "hours_gt_12"]) == 0
    assert "nij_t3_hours_gt_12_ex_vs_co_basic" in capsys.readouterr().out
    uses = _json(capsys, "list", "--uses")
    assert sum(one["rows"] for one in uses) == 1895  # type: ignore[attr-defined]


def test_show_tells_source_doubt_and_moment(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "nl", "evidence", "show", "nij_t3_hours_gt_12_ex_vs_co_extra"]) == 0
    out = capsys.readouterr().out
    for told in ("table 3", "itt_linear", "vragenlijstgegevens", "-0,10~", "markers"):
        assert told in out


def test_check_finds_the_evidence_sound(capsys: pytest.CaptureFixture[str]) -> None:
    facts = _json(capsys, "check")
    assert isinstance(facts, dict)
    assert facts["problems"] == []
    assert facts["targets"] == sum(facts["moments"].values()) == 529
    assert run(["--lang", "nl", "evidence", "check"]) == 0
    assert "0 problemen" in capsys.readouterr().out


def test_check_fails_on_a_row_with_no_moment_or_with_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Take one moment out of the table, then let another claim the same rows."""
    kept = table.MOMENTS
    without = tuple(moment for moment in kept if moment.name != "logit_margins")
    twice = (*kept, dataclasses.replace(next(m for m in kept if m.name == "logit_margins"), name="again"))
    for moments, told in ((without, "moments: none"), (twice, "moments: logit_margins, again")):
        monkeypatch.setattr(table, "MOMENTS", moments)
        assert run(["evidence", "check"]) == 1
        assert capsys.readouterr().out.count(told) == 3


def test_check_fails_on_a_spoiled_import(capsys: pytest.CaptureFixture[str]) -> None:
    Path("t.csv").write_text(template_csv(), encoding="utf-8")
    assert run(["evidence", "import", "t.csv", "--evidence", "mine"]) == 0
    rows = Path("mine/arnhem/rows.csv")
    rows.write_text(rows.read_text().replace(",hours_gt_8,", ",hours_gt_80,", 1))
    capsys.readouterr()
    assert run(["evidence", "check", "--evidence", "mine"]) == 1
    assert "exactly one moment" in capsys.readouterr().out
    rows.write_text(rows.read_text().replace("0.045", "much"))
    assert run(["evidence", "check", "--evidence", "mine"]) == 2


def test_pool_writes_a_figure_and_says_how_far_towns_differ(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["pool", "--outcome", "small_jobs", "--lever", "exemption", "--figure", "figures"]
    found = _json(capsys, *words)
    assert isinstance(found, dict)
    assert {line["municipality"] for line in found["lines"]} >= {"nijmegen", "utrecht"}
    assert found["pooled"]["interval"][0] < found["pooled"]["mean"] < found["pooled"]["interval"][1]
    first = {path: Path(path).read_bytes() for path in found["figures"]}
    assert len(first) == 2
    _json(capsys, *words)
    assert {path: Path(path).read_bytes() for path in found["figures"]} == first
    assert run(["--lang", "nl", "evidence", "pool"]) == 0
    out = capsys.readouterr().out
    assert "nieuwe gemeente" in out
    assert "2 gemeenten" in out


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--municipality", "nijmegn"),
        ("list", "--use", "causal"),
        ("show", "nij"),
        ("pool", "--outcome", "x"),
        ("pool", "--lever", "x"),
        ("pool", "--method", "x"),
        ("pool", "--level", "95"),
        ("pool", "--level", "much"),
        ("pool", "--outcome", "full_time_work", "--lever", "disregard"),
        ("import",),
        ("import", "a.csv", "--template", "b.csv"),
        ("import", "missing.csv"),
        ("import", "."),
        ("import", "--template", "b.ods"),
        ("remove", "nobody"),
        ("check", "--evidence", "file"),
    ],
)
def test_bad_input_ends_with_a_message(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").mkdir()
    Path("file/x").mkdir()
    Path("file/x/study.toml").write_text("study = ")
    assert run(["evidence", *words]) == 2
    told = capsys.readouterr().err
    assert "allowed" in told
    assert "Traceback" not in told


def test_imports_are_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert _json(capsys, "import", "--template", "t.xlsx") == {"written": "t.xlsx"}
    facts = _json(capsys, "import", "t.xlsx", "--evidence", "mine")
    assert isinstance(facts, dict)
    assert facts["rows"] == 7
    assert facts["arms"]["coaching"] == "intensive"
    assert run(["evidence", "import", "t.xlsx", "--evidence", "mine"]) == 2
    assert run(["evidence", "import", "t.xlsx", "--evidence", "mine", "--replace"]) == 0
    assert run(["evidence", "remove", "arnhem", "--evidence", "mine"]) == 0


def _blocks(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.M | re.S)


def test_the_tutorial_runs_and_says_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Commands run in order; a block without commands must stand in what they printed."""
    text = (ROOT / "docs/tutorials/own_trial.md").read_text("utf-8")
    wrong = template_csv().replace("0.045", "4.5").replace("-0.107", "0.01").replace("hours_gt_8", "hours_gt_9", 1)
    Path("wrong.csv").write_text(wrong, encoding="utf-8")
    printed = ""
    ran = 0
    for language, block in _blocks(text):
        if language == "python":
            names: dict[str, object] = {}
            exec(block, names)
            assert isinstance(names["fit"], float)
            continue
        if block.startswith("bijstand "):
            printed = ""
            for line in block.strip().split("\n"):
                code = run(shlex.split(line)[1:])
                assert code == (2 if "wrong" in line else 0), line
                heard = capsys.readouterr()
                printed += heard.out + heard.err
                ran += 1
            continue
        for line in block.strip().split("\n"):
            assert " ".join(line.split()) in " ".join(printed.split()), line
    assert ran >= 6
    assert Path("figures/forest_work_over_12_hours_intensive.svg").is_file()


def test_targets_lists_each_row_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    facts = _json(capsys, "targets")
    assert isinstance(facts, dict)
    assert facts["missing"] == []
    assert len(facts["rows"]) == 529
    assert facts["fitted"] == sum(row["fitted"] for row in facts["rows"])
    reasons = {row["row"]: row["reason"] for row in facts["rows"]}
    assert reasons["nij_t3_hours_gt_12_in_vs_co_basic"] == "repeated"
    assert {"treatment", "family", "told", "fitted"} == set(facts["balance"][0])
    assert run(["--lang", "nl", "evidence", "targets", "--left-out", "--town", "nijmegen"]) == 0
    out = capsys.readouterr().out
    assert "een getal dat volgt uit getallen die meedoen" in out
    assert "0 ontbreken zonder reden" in out
    assert run(["evidence", "targets", "--town", "nijmegn"]) == 2
    assert "did you mean 'nijmegen'" in capsys.readouterr().err


def test_targets_fails_when_a_row_leaves_without_a_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from calibration.evidence import selection

    kept = selection.left_out

    def planted(*given: object, **options: object) -> dict[str, str]:
        return {name: "" if name == "S008" else why for name, why in {**kept(*given, **options), "S008": ""}.items()}  # type: ignore[arg-type]

    monkeypatch.setattr("calibration.evidence.ledger.left_out", planted)
    assert run(["evidence", "targets", "--left-out"]) == 1
    out = capsys.readouterr().out
    assert "1 missing without a reason" in out
    assert "  - S008" in out
