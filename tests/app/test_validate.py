"""`bijstand validate` refuses what it cannot do, and its pages say in words what the numbers say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis.figures.calibration import Span, draw_rows
from app.cli import run
from calibration.fit.review import own_draws, review
from calibration.validation.lessons import lessons, lessons_page
from calibration.validation.page import MOST_BYTES, Section, write_page
from calibration.validation.page_checks import sbc_section
from calibration.validation.page_fit import fit_sections
from calibration.validation.rows import Contraction
from calibration.validation.sbc import Detection, Sbc
from sim.problems import InputError, Say
from tests.calibration.machines import small_machinery


def test_all_problems_of_a_line_are_told_at_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "file"
    file.write_text("x")
    words = ["validate", "all", "--truths", "5", "--design", "x", "--draws", "1", "--out", str(file)]
    assert run(words) == 2
    told = capsys.readouterr().err
    assert all(name in told for name in ("--truths", "--design", "--draws", "--out"))
    assert run(["validate", "fit", "--posterior", "none.nc", "--work", "w"]) == 2
    assert "none.nc" in capsys.readouterr().err
    assert run(["--lang", "nl", "validate", "sbc", "--truths", "5"]) == 2
    assert "toegestaan" in capsys.readouterr().err


def test_the_page_of_a_fit_shows_every_section_in_both_languages(tmp_path: Path) -> None:
    core = small_machinery()
    draws = own_draws(core, chains=4, draws=40, thin=2)
    found = review(core, draws)
    assert [row.id for row in found.rows] == list(core.targets.ids)
    free = {each.name: each for each in found.contractions if each.name in core.space.free}
    assert max(each.share for each in free.values()) > 0.1
    sections = fit_sections(found, core.space.free, np.full(30, 10.0))
    files = write_page(tmp_path, "page", Say("Title", "Titel"), (Say("One", "Een"),), sections)
    text = files[0].read_text("utf-8")
    assert "# Title" in text
    assert "*Titel*" in text
    assert "Gepubliceerd tegenover voorspeld" in text
    assert all(path.stat().st_size < MOST_BYTES for path in files[1:])
    assert all(f"calibration/{path.name}" in text for path in files[1:])
    taught = lessons(found)
    page = lessons_page(taught, Say("source", "bron"))
    assert "What the trials taught" in page
    assert "Wat de trials over elk mechanisme leerden" in page
    names = {each.mechanism for each in taught}
    assert {"attention", "trust", "obligations"} <= names
    order = [("much", "some", "little", "nothing").index(each.learned) for each in taught]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("share", "shift", "learned"),
    [(0.6, 0.0, "much"), (0.3, 0.0, "some"), (0.1, 0.0, "little"), (0.02, 0.1, "nothing"), (0.0, 1.0, "little")],
)
def test_learned_is_said_as_the_numbers_are(share: float, shift: float, learned: str) -> None:
    span = (-1.6, 0.0, 1.6)
    assert Contraction("a", share, 0.02, shift, span, span).learned == learned


def test_the_page_of_known_truths_names_what_is_wrong() -> None:
    rng = np.random.default_rng(1)
    truths = rng.standard_normal((100, 2))
    draws = rng.standard_normal((100, 199, 2))
    draws[:, :, 1] *= 0.2  # far too sure
    made = Sbc(
        ("right", "too_sure"),
        truths,
        draws,
        rng.chisquare(10, 100),
        10,
        np.ones(100),
        (Detection("mirrored", 25, 20, 60.0),),
        {"mirrored": np.full(25, 60.0)},
        {},
    )
    section = sbc_section(made)
    told = " ".join(sentence.en for sentence in section.sentences)
    assert "all together: too_sure" in told
    assert "20 of 25" in told
    assert len(section.drawings) == 3


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(InputError):
        write_page(file, "page", Say("a", "b"), (), [Section(Say("a", "b"))])


def test_rows_outside_are_counted_in_the_caption() -> None:
    span = Span("row", 0.0, (-0.5, 0.5), (-1.0, 1.0), 3.0, True)
    made = draw_rows("x", "Oss", [span, Span("in", 0.0, (-0.5, 0.5), (-1.0, 1.0), 0.1)], "en")
    assert "1 of 2" in made.caption
    assert "row" in made.alt
