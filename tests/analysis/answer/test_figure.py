"""The figure of an answer: 8 cm, text that can be read, nothing that overlaps, the same bytes each time."""

from __future__ import annotations

import re
import warnings

import pytest
from matplotlib.transforms import Bbox

from analysis.answer.figure_base import SMALLEST_TEXT, WIDTH, to_svg
from analysis.answer.figure_three import draw_three
from analysis.figures.style import Drawing, png
from tests.analysis.answer.cases import answer, cases, made

SHOWN = [
    name
    for name, case in cases().items()
    if case["verdict"] not in ("hidden", "zero", "unknown") and case.get("concluded")
]


def _boxes(drawing: Drawing) -> list[tuple[str, Bbox]]:
    drawing.figure.set_dpi(300)  # at 100 hinting makes letters wider than they are on paper
    renderer = drawing.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in drawing.figure.texts]


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("name", SHOWN)
def test_texts_are_large_enough_inside_and_apart(name: str, lang: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawing = draw_three(answer(name), lang)
    assert min(float(text.get_fontsize()) for text in drawing.figure.texts) >= SMALLEST_TEXT
    boxes, whole = _boxes(drawing), drawing.figure.bbox
    for place, (text, one) in enumerate(boxes):
        assert one.x0 >= whole.x0 - 3, text
        assert one.x1 <= whole.x1 + 3, text
        for other_text, other in boxes[place + 1 :]:
            assert not one.padded(-3.0).overlaps(other.padded(-3.0)), f"{text} over {other_text}"


def test_it_is_eight_centimetres_wide_and_its_text_stays_text() -> None:
    vector = to_svg(draw_three(answer("nijmegen intensive"), "nl").figure)
    assert f'width="{WIDTH:.6f}'.rstrip("0") in vector
    assert {"Vooraf", "Proef Nijmegen", "alleen richting", "6 proeven samen", "Conclusie"} <= set(
        re.findall(r">([^<>]+)</text>", vector)
    )
    assert "−100 (−194 tot −6)" in vector
    assert "Liberation Sans" in vector
    assert "text-anchor: end" not in vector


def test_the_same_answer_gives_the_same_bytes() -> None:
    one, two = (draw_three(answer("nijmegen intensive"), "en").figure for _ in range(2))
    assert to_svg(one) == to_svg(two)
    assert png(one) == png(two)


def test_far_outside_the_trials_there_is_a_range_and_no_middle() -> None:
    vector = to_svg(draw_three(answer("far outside the trials"), "nl").figure)
    assert "−90 tot +110" in vector
    assert "+10 (" not in vector
    assert "geen enkele proef heeft dit gemeten" in vector
    assert "pattern" in vector  # hatched


def test_triangles_are_named_only_where_there_are_any() -> None:
    assert "Driehoek" in draw_three(answer("nijmegen intensive"), "nl").caption
    assert "Driehoek" not in draw_three(answer("weak gain"), "nl").caption
    assert "boven 8 uur" not in draw_three(answer("nijmegen intensive"), "nl").caption
    assert "Kleine baan > 8 uur" in draw_three(answer("nijmegen intensive"), "nl").caption


def test_nothing_is_drawn_of_too_few_people() -> None:
    with pytest.raises(ValueError, match="nothing is shown"):
        draw_three(answer("too few people"), "nl")


def test_marks_are_told_apart_without_colour() -> None:
    axes = draw_three(made(cases()["nijmegen intensive"]), "nl").figure.axes[0]
    marks = {line.get_marker() for line in axes.get_lines()} - {"None", ""}
    assert {"o", "s", "D", "<", ">"} <= marks
