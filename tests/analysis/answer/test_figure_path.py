"""An effect over months and over doses, at 8 cm."""

from __future__ import annotations

import re

import pytest

from analysis.answer.figure_base import SMALLEST_TEXT, to_svg
from analysis.answer.figure_path import Course, Mark, draw_course
from analysis.answer.triple import Finding, Span
from sim.problems import Say

MONTHS = [float(month) for month in range(49)]
CONCLUDED = [Span(-0.005, -0.005 - 0.0018 * m, -0.005 + 0.0018 * m) for m in MONTHS]
ASSUMED = [Span(0.02 * m / 48, 0.02 * m / 48 - 0.001 * m, 0.02 * m / 48 + 0.001 * m) for m in MONTHS]
MARKS = (
    Mark(16.0, Finding("nijmegen", "hours_over_12", 16, -0.10, -0.194, -0.006), own=True),
    Mark(12.0, Finding("utrecht", "hours_over_8", 12, direction=1)),
    Mark(12.0, Finding("tilburg", "hours_over_8", 12, direction=-1)),
)


def _months(measured_to: float = 25.0) -> Course:
    together = (24.0, Span(-0.009, -0.061, 0.042), 6)
    return Course("hours_over_12", MONTHS, CONCLUDED, ASSUMED, MARKS, together, measured_to)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_all_texts_are_there_large_enough_and_inside(lang: str) -> None:
    drawing = draw_course(_months(), lang)
    vector = to_svg(drawing.figure)
    wanted = {
        "nl": {"Vooraf", "Nijmegen", "alleen richting", "6 proeven samen", "Conclusie", "niet gemeten", "maand"},
        "en": {"Assumed", "Nijmegen", "direction only", "6 trials together", "Concluded", "not measured", "month"},
    }
    assert wanted[lang] <= set(re.findall(r">([^<>]+)</text>", vector))
    assert min(float(text.get_fontsize()) for text in drawing.figure.texts) >= SMALLEST_TEXT
    drawing.figure.set_dpi(300)
    renderer = drawing.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    boxes = [text.get_window_extent(renderer) for text in drawing.figure.texts]
    assert max(one.x1 for one in boxes) <= drawing.figure.bbox.x1 + 3
    for place, one in enumerate(boxes):
        assert not any(one.padded(-3.0).overlaps(other.padded(-3.0)) for other in boxes[place + 1 :])


def test_what_nobody_measured_is_hatched_and_what_all_measured_is_not() -> None:
    assert "niet gemeten" in to_svg(draw_course(_months(25.0), "nl").figure)
    inside = to_svg(draw_course(_months(48.0), "nl").figure)
    assert "niet gemeten" not in inside
    assert "pattern" not in inside
    nowhere = to_svg(draw_course(_months(-1.0), "nl").figure)
    assert "pattern" in nowhere


def test_a_dose_has_its_own_axis_and_the_doses_of_the_trials() -> None:
    doses = [0.0, 0.5, 1.0, 2.0, 4.0, 8.0]
    spans = [Span(0.0, -0.01 * dose - 0.01, 0.01 * dose + 0.01) for dose in doses]
    axis = Say("talks a month", "gesprekken per maand")
    course = Course("hours_over_8", doses, spans, measured_to=4.3, axis=axis, ticks=(0.5, 1.0, 4.3))
    vector = to_svg(draw_course(course, "nl").figure)
    assert "gesprekken per maand" in vector
    assert "Kleine baan &gt; 8 uur: mensen op elke 1.000" in vector
    assert to_svg(draw_course(course, "nl").figure) == vector


def test_one_place_is_no_course() -> None:
    with pytest.raises(ValueError, match="two places"):
        draw_course(Course("works", [24.0], [Span(0.0, -0.1, 0.1)]), "nl")
