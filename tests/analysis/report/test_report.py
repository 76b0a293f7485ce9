"""The report: both languages, honest sentences, self-contained, deterministic, complete in every row."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from openpyxl import load_workbook

from analysis.effects.summary import summarise
from analysis.figures.style import svg
from analysis.projection.council import council, phrase
from analysis.report.content import report_content, titles_of
from analysis.report.face import face
from analysis.report.text import WORDS
from analysis.report.write import drawings, write_report
from sim.problems import InputError
from tests.analysis.samples import run

FACE = {"en": "NOT CALIBRATED", "nl": "NIET GEKALIBREERD"}


@pytest.fixture(scope="module")
def result():
    return run(failed=(("intensive", 2, 1),), draws=4, seeds=3, months=26)


@pytest.fixture(scope="module")
def summary(result):
    return summarise(result)


@pytest.fixture(scope="module", params=["en", "nl"])
def written(request, result, summary, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    paths = write_report(result, summary, folder, request.param)
    return request.param, {path.suffix: path for path in paths if path.parent == folder}, paths


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def page(path):
    parser = _Page()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.tags


def test_html_stands_alone(written):
    _, files, _ = written
    for tag, attrs in page(files[".html"]):
        assert tag not in ("script", "link", "iframe", "img")
        for name in ("src", "href", "xlink:href"):
            assert attrs.get(name, "#").startswith("#")
    assert "@import" not in files[".html"].read_text(encoding="utf-8")


def test_html_is_accessible(written):
    lang, files, _ = written
    tags = page(files[".html"])
    assert ("html", {"lang": lang}) in tags
    names = [tag for tag, _ in tags]
    assert names.count("h1") == 1
    assert names.count("table") == names.count("caption")
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    pictures = [attrs for tag, attrs in tags if tag == "svg"]
    assert len(pictures) == 5
    assert all(attrs["role"] == "img" and attrs["aria-labelledby"] in ids for attrs in pictures)
    assert all(attrs.get("scope") for tag, attrs in tags if tag == "th")


def test_the_face_says_not_calibrated_and_who_made_it(written):
    lang, files, _ = written
    for suffix in (".html", ".md"):
        text = files[suffix].read_text(encoding="utf-8")
        assert FACE[lang] in text
        assert "20260131-120000-abcdefghjkmn" in text
        assert "bijstand compare regular exemption intensive keep_all" in text
    assert "not finite" in files[".html"].read_text(encoding="utf-8")


def test_markdown_tables_have_no_ragged_rows(written):
    _, files, _ = written
    width = 0
    for line in files[".md"].read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        assert width in (0, cells), line
        width = cells


def test_excel_has_interval_label_and_run_in_every_row(written):
    lang, files, _ = written
    book = load_workbook(files[".xlsx"], read_only=True)
    assert len(book.sheetnames) == 6
    sheet = book[book.sheetnames[1]]
    rows = list(sheet.iter_rows(values_only=True))
    head = rows[0]
    assert len(rows) > 100
    for row in rows[1:]:
        cells = dict(zip(head, row, strict=True))
        assert cells["run_id"] == "20260131-120000-abcdefghjkmn"
        assert cells["calibration"] == {"en": "not calibrated", "nl": "niet gekalibreerd"}[lang]
        assert cells["validity"]
        assert (cells["mean"] is None) == bool(cells["suppressed"])
        assert (cells["low"] is None) == bool(cells["suppressed"])


def test_suppressed_numbers_appear_nowhere(result, summary):
    for lang in ("en", "nl"):
        content = report_content(result, summary, lang)
        rows = [row for block in content["groups"] for row in block["rows"] if row["suppressed"]]
        assert rows
        assert all(row["mean"] == "?" and row["difference"] == "?" for row in rows)


def test_the_same_run_gives_the_same_bytes(result, summary, tmp_path):
    first, second = (write_report(result, summary, tmp_path / name, "nl", ["html"]) for name in ("a", "b"))
    assert first[0].read_bytes() == second[0].read_bytes()


def test_labels_are_drawn_on_every_figure(result, summary):
    for lang, words in {
        "en": ("NOT CALIBRATED", "extrapolated"),
        "nl": ("NIET GEKALIBREERD", "geëxtrapoleerd"),
    }.items():
        for drawing in drawings(result, summary, lang):
            text = svg(drawing.figure)
            for word in (*words, summary.run_id):
                assert word in text, (drawing.name, word)
            assert drawing.alt


def test_the_council_never_claims_what_the_interval_does_not_show(result, summary):
    shifted = []
    for measure in ("on_benefit", "stress", "works"):
        for scenario in summary.scenarios[1:]:
            row = summary.difference(scenario, measure, 24)
            unclear = replace(row, low=-0.01, high=0.02)
            assert "not distinguishable from zero" in phrase(unclear, "en", "x")
            assert "niet te onderscheiden van nul" in phrase(unclear, "nl", "x")
            clear = replace(row, mean=0.02, low=0.01, high=0.03)
            assert "not distinguishable" not in phrase(clear, "en", "x")
            touching = replace(row, low=0.0, high=0.03)
            assert "not distinguishable" in phrase(touching, "en", "x")
            shifted.append(phrase(replace(row, low=np.nan, high=np.nan), "en", "x"))
    assert all("no interval" in text for text in shifted)


def test_the_council_page_is_short_and_says_how_sure(result, summary):
    for lang, word in (("en", "not calibrated"), ("nl", "niet gekalibreerd")):
        sentences = council(summary, lang, titles_of(result, lang), "nijmegen", 300)
        assert 4 <= len(sentences) <= 7
        assert any(word in sentence for sentence in sentences)
        assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in sentences)


def test_a_null_comparison_says_exactly_zero(tmp_path):
    result = run(scenarios=("regular", "same"), draws=3, seeds=2, months=24)
    values = result.values.copy()
    values[1] = values[0]
    result = replace(result, values=values)
    sentences = council(summarise(result), "en", titles_of(result, "en"), "nijmegen", 300)
    assert sum("same exactly zero" in sentence for sentence in sentences) == 3
    assert write_report(result, summarise(result), tmp_path, "en", ["html"])[0].exists()


@pytest.mark.parametrize(("draws", "seeds"), [(1, 1), (1, 3), (3, 1)])
def test_small_runs_say_what_they_cannot_tell(draws, seeds, tmp_path):
    result = run(draws=draws, seeds=seeds, months=5, groups=("all",), scenarios=("regular", "intensive"))
    content = report_content(result, summarise(result), "en")
    said = content["unknown"][0]
    assert "One draw" in said or "one draw" in said or "replicate" in said or "one seed" in said
    paths = write_report(result, summarise(result), tmp_path, "nl", ["html", "xlsx"])
    assert len(paths) == 2


def test_one_scenario_alone_is_reported(tmp_path):
    result = run(scenarios=("regular",), draws=2, seeds=2, months=4)
    paths = write_report(result, summarise(result), tmp_path, "en")
    assert "no comparison" in paths[0].read_text(encoding="utf-8")


def test_hostile_titles_do_not_become_markup(tmp_path):
    result = run(scenarios=("regular", "intensive"), draws=2, seeds=2, months=4)
    bad = '<script>alert("x")</script>|$x^2$'
    result = replace(result, titles={"intensive": {"en": bad, "nl": bad}})
    html, markdown, *_ = write_report(result, summarise(result), tmp_path, "en", ["html", "md"])
    assert "<script>" not in html.read_text(encoding="utf-8")
    assert "<script>" not in markdown.read_text(encoding="utf-8")
    rows = [line for line in markdown.read_text(encoding="utf-8").splitlines() if line.startswith("| On benefit")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows[:2]}) == 1


def test_bad_choices_are_told_together(result, summary, tmp_path):
    with pytest.raises(InputError) as caught:
        write_report(result, summary, tmp_path / "x", "de", ["pdf", "html"])
    assert [problem.path for problem in caught.value.problems] == ["--format", "--lang"]
    assert not (tmp_path / "x").exists()


def test_every_word_is_in_both_languages():
    assert all(word.en and word.nl for word in WORDS.values())


_POSTERIOR = {
    "name": "joint",
    "created": "2026-11-21T12:00:00+00:00",
    "evidence": "0123456789abcdef",
    "rows": 140,
    "draws": 400,
    "town": "oss",
    "calibrated": True,
    "misfit": {"en": "The intervals hold 120 of 140.", "nl": "De marges bevatten er 120 van 140."},
    "furthest": {"oss": {"en": "Oss found +8.7 points.", "nl": "Oss vond +8,7."}, "delft": {"en": "x1", "nl": "x2"}},
    "stale": [],
}


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_the_face_says_by_which_posterior_the_numbers_are_calibrated(tmp_path, lang):
    label = {"en": "calibrated (posterior joint)", "nl": "gekalibreerd (posterior joint)"}
    plain = run(draws=3, seeds=2, months=24, label=label)
    older = [{"en": "other priors", "nl": "andere priors"}]
    cases = {
        "told": ({}, {"en": "CALIBRATED", "nl": "GEKALIBREERD"}),
        "stale": ({"stale": older}, {"en": "OLDER MODEL", "nl": "OUDER MODEL"}),
        "unsure": ({"calibrated": False}, {"en": "NOT CALIBRATED", "nl": "NIET GEKALIBREERD"}),
    }
    for name, (changed, title) in cases.items():
        parameters = {**plain.provenance.parameters, "posterior": {**_POSTERIOR, **changed}}
        result = replace(plain, provenance=replace(plain.provenance, parameters=parameters))
        paths = write_report(result, summarise(result), tmp_path / name, lang)
        for path in paths:
            if path.suffix not in (".html", ".md"):
                continue
            text = path.read_text(encoding="utf-8")
            assert title[lang] in text
            assert "joint" in text
            assert "--posterior joint" in text
            assert (_POSTERIOR["misfit"][lang] in text) == (name != "unsure")
            assert (("NOT CALIBRATED" in text) or ("NIET GEKALIBREERD" in text)) == (name == "unsure")
            assert ("Oss" in text) == (name != "unsure")
            assert (_POSTERIOR["furthest"]["oss"][lang] in text) == (name != "unsure")
            assert "x1" not in face(result, lang).text
            assert (older[0][lang] in text) == (name == "stale")


def test_a_single_draw_says_that_parameter_uncertainty_is_missing():
    plain = run(draws=1, seeds=2, months=24)
    parameters = {**plain.provenance.parameters, "posterior": {**_POSTERIOR, "town": ""}}
    result = replace(plain, provenance=replace(plain.provenance, parameters=parameters))
    assert "missing from every interval" in face(result, "en").text
    assert "no trial was fitted" in face(result, "en").text
    assert "ontbreekt" in face(result, "nl").text
