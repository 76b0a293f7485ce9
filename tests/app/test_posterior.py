"""`bijstand posterior`, and runs under one: by name, by file, by default; all that is wrong at once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import run
from calibration.evidence.registry import load_registry
from calibration.posteriors.file import save
from sim.parameters import PARAMETERS
from tests.calibration.sample_posteriors import FREE, small

Told = Callable[..., tuple[int, str, str]]
SIZES = ("--people", "40", "--months", "3", "--draws", "3", "--seeds", "2", "--no-report")


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a line in an empty folder that holds three posteriors, where none is shipped."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BIJSTAND_LANG", raising=False)
    monkeypatch.setattr("calibration.posteriors.posterior.SHIPPED", tmp_path / "shipped.nc")
    save(small("hand", evidence=load_registry().digest()), Path("hand.nc"))
    save(small("next", draws=20, seed=11), Path("next.nc"))
    save(small("bad", converged=False), Path("bad.nc"))

    def line(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(words))
        said = capsys.readouterr()
        return code, said.out, said.err

    return line


@pytest.mark.parametrize(
    ("column", "value"),
    [("converged", "1"), ("digest", "'x'"), ("draws", "9"), ("towns", "'[\"ede\"]'"), ("created", "'2000'")],
)
def test_an_edited_line_of_a_posterior_is_found_and_named(told: Told, column: str, value: str) -> None:
    told("posterior", "register", "hand.nc")
    told("posterior", "register", "bad.nc")
    assert told("runs", "check")[0] == 0
    with sqlite3.connect("out/bijstand.sqlite") as plain:
        plain.execute(f"UPDATE posteriors SET {column} = {value} WHERE name = 'bad'")
    code, out, said = told("--lang", "nl", "runs", "check")
    assert (code, out) == (2, "")
    assert said.splitlines()[0] == "NIET gaaf; 1 bevinding:"
    assert f"'posteriors.{column}' is daarna veranderd" in said


def test_register_list_use_and_go_back(told: Told) -> None:
    assert "not calibrated" in told("posterior", "list")[1]
    assert told("posterior", "register", "hand.nc")[0] == 0
    assert "already" in told("posterior", "register", "hand.nc")[1]
    assert told("posterior", "register", "next.nc", "--name", "joint-2026")[0] == 0
    assert "never be the default" in told("posterior", "register", "bad.nc")[2]
    found = json.loads(told("posterior", "list", "--json")[1])
    assert found["default"] == "prior"
    assert {row["name"] for row in found["posteriors"]} == {"bad", "hand", "joint-2026"}
    assert told("posterior", "use", "joint-2026")[1] == "runs use: joint-2026\n"
    code, out, _ = told("--lang", "nl", "run", "regular", *SIZES)
    assert code == 0
    assert "gekalibreerd (posterior joint-2026" in out
    assert "niet gekalibreerd" not in out
    assert "gekalibreerd (posterior joint-2026" in told("--lang", "nl", "runs", "list")[1]
    assert "runs use: the priors" in told("posterior", "use", "shipped")[1]
    assert "not calibrated" in told("run", "regular", *SIZES)[1]


def test_the_evidence_of_the_fit_is_kept_with_it(told: Told) -> None:
    import sqlite3

    told("posterior", "register", "hand.nc")
    told("posterior", "register", "next.nc")  # fitted to other evidence than there is now
    with sqlite3.connect("out/bijstand.sqlite") as plain:
        kept = plain.execute("SELECT name, data FROM sources WHERE kind = 'evidence'").fetchall()
    assert [name for name, _ in kept] == [load_registry().digest()]
    tables = json.loads(kept[0][1])
    assert list(tables) == sorted(study.name for study in load_registry().studies)
    assert all(row.id in tables[row.study] for row in load_registry())


def test_what_did_not_converge_or_is_not_there_is_never_the_default(told: Told) -> None:
    told("posterior", "register", "bad.nc")
    for name, word in (("bad", "converged"), ("band", "did you mean 'bad'"), ("shipped.nc", "register")):
        code, _, err = told("posterior", "use", name)
        assert code == 2
        assert word in err
    assert json.loads(told("posterior", "list", "--json")[1])["default"] == "prior"


def test_a_fit_to_synthetic_data_teaches_and_never_calibrates(told: Told) -> None:
    save(small("lesson", settings={"synthetic": 7}), Path("lesson.nc"))
    save(small("lesson", settings={"synthetic": 7}), Path("shipped.nc"))
    assert told("posterior", "register", "lesson.nc")[0] == 0
    assert told("posterior", "use", "lesson")[0] == 2
    assert "settings.synthetic" in told("posterior", "check", "lesson")[2]
    words = ("run", "regular", "--people", "40", "--months", "2", "--draws", "2", "--seeds", "1")
    found = json.loads(told(*words, "--posterior", "lesson.nc", "--json")[1])
    assert found["label"].startswith("not calibrated: fitted to synthetic data")
    pages = [Path(name).read_text("utf-8") for name in found["files"] if name.endswith((".md", ".html"))]
    assert any("for teaching" in page for page in pages)
    assert "not calibrated: prior" in told(*words, "--no-report")[1]


def test_the_shipped_one_is_the_default_when_it_converged(told: Told) -> None:
    save(small("ours", converged=False), Path("shipped.nc"))
    assert "not calibrated" in told("run", "regular", *SIZES)[1]
    save(small("ours"), Path("shipped.nc"))
    assert "calibrated (posterior ours" in told("run", "regular", *SIZES)[1]
    assert "not calibrated" in told("run", "regular", *SIZES, "--posterior", "prior")[1]
    Path("cut.nc").write_bytes(Path("shipped.nc").read_bytes()[:9000])
    Path("cut.nc").rename("shipped.nc")
    code, out, err = told("posterior", "list")
    assert (code, "refused" in err, "prior" in out) == (0, True, True)
    assert told("posterior", "check", "shipped")[0] == 2
    assert "not calibrated" in told("run", "regular", *SIZES)[1]
    save(small("ours"), Path("shipped.nc"))
    rows = json.loads(told("posterior", "list", "--json")[1])
    assert rows["default"] == rows["posteriors"][0]["name"] == "shipped"


def test_a_comparison_under_a_file_is_enlarged_and_proven(told: Told) -> None:
    words = ("compare", "regular", "intensive", "--population", "oss", "--posterior", "hand.nc", *SIZES)
    first = json.loads(told(*words, "--json")[1])
    again = json.loads(told(*words, "--json", "--workers", "2")[1])
    assert first["result_sha256"] == again["result_sha256"]
    assert first["label"].startswith("calibrated (posterior hand")
    assert {row["calibration"] for row in first["rows"]} == {"calibrated"}
    assert told("runs", "verify", first["run_id"])[0] == 0
    assert told("runs", "export", first["run_id"], "--out", "package.zip")[0] == 0
    assert told("runs", "import", "package.zip", "--db", "sqlite:///other.sqlite")[0] == 0
    words = ("runs", "verify", first["run_id"], "--db", "sqlite:///other.sqlite", "--sample", "2")
    assert told(*words)[0] == 0
    Path("hand.nc").unlink()  # the run holds what it needs
    code, _, err = told("runs", "expand", first["run_id"], "--draws", "5", "--no-report")
    assert (code, "12 replicates" in err) == (0, True)
    shown = json.loads(told("runs", "show", first["run_id"], "--json")[1])["provenance"]
    assert shown["parameters"]["posterior"]["name"] == "hand"
    assert shown["parameters"]["posterior"]["town"] == "oss"


def test_one_draw_says_what_is_missing(told: Told) -> None:
    words = ("run", "regular", "--people", "40", "--months", "2", "--draws", "1", "--seeds", "1")
    assert "without parameter uncertainty" in told(*words, "--no-report", "--posterior", "hand.nc")[1]


def test_ablate_takes_a_posterior(told: Told) -> None:
    words = ("ablate", "exemption", "--people", "40", "--months", "3", "--draws", "2", "--seeds", "1")
    code, out, _ = told(*words, "--mechanism", "trust", "--posterior", "hand.nc")
    assert code == 0
    assert "calibrated (posterior hand" in out


def test_everything_wrong_is_told_at_once(told: Told) -> None:
    Path("cut.nc").write_bytes(Path("hand.nc").read_bytes()[:5000])
    for posterior in ("hande", "cut.nc", "absent.nc", "a\x00b", ""):
        code, _, err = told("run", "regular", "--posterior", posterior, "--population", "oz", "--draws", "0")
        assert code == 2
        assert "Traceback" not in err
        assert "osterior" in err
        for word in ("--population", "--draws"):
            assert word in err
    code, _, err = told("run", "regular", "--posterior", "hand.nc", "--draws", "17", "--people", "40")
    assert code == 2
    assert "at most 16" in err


def test_show_tells_every_fitted_parameter(told: Told) -> None:
    found = json.loads(told("posterior", "show", "hand.nc", "--json")[1])
    assert [row["name"] for row in found["parameters"]] == FREE
    assert all(row["unit"] and 0 < row["share"] <= 1 for row in found["parameters"])
    code, table, _ = told("--lang", "nl", "posterior", "show", "hand.nc")
    assert code == 0
    for name in FREE:
        assert name in table
    for word in ("vooraf", "1 van de 2 gepubliceerde", "rhat 1.01", "gekalibreerd (posterior hand"):
        assert word in table
    everything = json.loads(told("posterior", "show", "hand.nc", "--all", "--json")[1])
    assert [row["name"] for row in everything["parameters"]] == list(PARAMETERS)


def test_check_gives_every_reason_and_ends_with_two(told: Told) -> None:
    assert told("posterior", "check", "hand.nc")[0] == 0
    code, _, err = told("posterior", "check", "bad.nc")
    assert code == 2
    for word in ("converged", "evidence", "3 gone"):
        assert word in err
    code, out, _ = told("posterior", "check", "bad.nc", "--json")
    assert code == 2
    assert not json.loads(out)["sound"]


def test_check_flags_another_model(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibration.posteriors.posterior.mechanisms_digest", lambda: "0" * 16)
    code, _, err = told("posterior", "check", "hand.nc")
    assert code == 2
    assert "equations of mechanisms changed" in err
    assert "older version" in told("posterior", "show", "hand.nc")[1]


def test_diff_says_what_moved_and_how_projections_moved(told: Told) -> None:
    words = ("posterior", "diff", "hand.nc", "next.nc", "--scenario", "exemption", "--people", "40")
    code, out, _ = told("--lang", "nl", *words, "--months", "3", "--draws", "2", "--seeds", "1")
    assert code == 0
    for word in (
        "grootheden veranderden",
        "standaardafwijking",
        "effect onder A",
        "exemption",
        "figuur:",
        "Projecties: van",
        "het toeval van 2 trekkingen",
    ):
        assert word in out
    assert Path("out/posterior_hand_next.nl.svg").stat().st_size > 1000
    assert Path("out/posterior_hand_next_projections.nl.svg").stat().st_size > 1000
    kept = next(line for line in out.splitlines() if line.startswith("runs: A ")).replace(",", "").split()[2::2]
    assert len(set(kept)) == 2
    assert all(run_id in told("runs", "list")[1] for run_id in kept)
    assert told("runs", "verify", kept[0])[0] == 0
    found = json.loads(told("posterior", "diff", "hand.nc", "hand.nc", "--no-projections", "--json")[1])
    assert found["projections"] == []
    assert all(each["shift"] == 0 and each["ratio"] == 1 for each in found["moved"])
    assert any("No free parameter moved" in line for line in found["words"])
    code, _, err = told("posterior", "diff", "hand.nc", "nope", "--people", "x")
    assert code == 2
    assert "nope" in err
    assert "--people" in err
