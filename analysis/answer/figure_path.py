"""An answer over months, or over doses: concluded as a band, assumed beside it, trials where they measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.answer.figure_base import ASSUMED, CONCLUDED, WIDTH, box, canvas, text_width, write_at
from analysis.answer.measures import UNITS, spoken
from analysis.answer.sentences import place_name
from analysis.answer.triple import Finding, Span
from analysis.answer.wording import signed
from analysis.effects.words import number
from analysis.figures.style import INK, Drawing
from sim.problems import Say

__all__ = ["Course", "Mark", "draw_course"]

_HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 170.0, 30.0, 30.0, 42.0, 5.0
_MOST_BEAMS = 7  # assumed intervals that are drawn along the axis
_STEP = 13.0  # points between triangles that stand at one place

_WORDS = {
    "assumed": Say("Assumed", "Vooraf"),
    "concluded": Say("Concluded", "Conclusie"),
    "directions": Say("direction only", "alleen richting"),
    "towns": Say("other towns", "andere steden"),
    "together": Say("{0} trials together", "{0} proeven samen"),
    "unmeasured": Say("not measured", "niet gemeten"),
    "month": Say("month", "maand"),
    "caption": Say(
        "Band: what is concluded. Bars: what was assumed. Hatched: nobody measured there.",
        "Vlak: de conclusie. Balkjes: vooraf. Gestreept: daar heeft niemand gemeten.",
    ),
}


@dataclass(frozen=True)
class Mark:
    """A trial's finding at a place of the axis; `own` is the town that the answer is about."""

    at: float
    finding: Finding
    own: bool = False


@dataclass(frozen=True)
class Course:
    """An effect along an axis, in the unit of its measure.

    Attributes:
        measure: the outcome.
        places: months or doses, ascending.
        concluded: at each place.
        assumed: at each place, or empty.
        marks: what towns found, and where.
        together: the trials together, and where; None where there is no such number.
        measured_to: last place at which a trial measured; everything beyond is hatched.
        axis: name of the axis; months when empty.
        ticks: doses that trials gave.
    """

    measure: str
    places: Sequence[float]
    concluded: Sequence[Span]
    assumed: Sequence[Span] = ()
    marks: Sequence[Mark] = ()
    together: tuple[float, Span, int] | None = None
    measured_to: float = 0.0
    axis: Say = field(default_factory=lambda: _WORDS["month"])
    ticks: Sequence[float] = ()


def draw_course(course: Course, lang: str) -> Drawing:
    """Draw an effect over months or doses at 8 cm.

    Raises:
        ValueError: fewer than two places.
    """
    if len(course.places) < 2:
        raise ValueError("a course needs two places")
    words = spoken(course.measure)
    title = f"{words.short.to(lang)}: {UNITS[words.kind.form].to(lang)}"
    with canvas(_HEIGHT) as figure:
        axes = box(figure, _LEFT, _BOTTOM, WIDTH - _LEFT - _RIGHT, _HEIGHT - _BOTTOM - _TOP)
        _ground(axes, course, lang)
        _band(axes, course, words.kind.factor)
        _assumed(axes, course, words.kind.factor)
        _trials(axes, course, words.kind.factor)
        write_at(figure, 3.0, _HEIGHT - 11.0, title, 8.0, bold=True)
        _legend(figure, course, lang)
        middle = _LEFT + (WIDTH - _LEFT - _RIGHT) / 2.0
        write_at(figure, middle, 3.0, course.axis.to(lang), 8.0, align="centre")
        beyond = course.places[-1] - course.measured_to
        if beyond > 0.0:
            span = course.places[-1] - course.places[0]
            at = _LEFT + max(course.measured_to - course.places[0], 0.0) / span * (WIDTH - _LEFT - _RIGHT)
            write_at(figure, at + 3.0, _BOTTOM + 3.0, _WORDS["unmeasured"].to(lang), 6.9, colour="#444444")
    return Drawing("course", f"{title}. {_WORDS['caption'].to(lang)}", _alt(course, lang), figure)


def _ground(axes: Axes, course: Course, lang: str) -> None:
    for side in ("right", "top"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set(color="#555555", linewidth=0.6)
    axes.set_xlim(course.places[0], course.places[-1])
    steps = [1, 2, 3, 6, 10] if course.axis == _WORDS["month"] else [1, 2, 5, 10]
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=steps, integer=course.axis == _WORDS["month"]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, int(value != round(value)), lang)))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(value, 2 * (value != round(value)), lang)))
    axes.tick_params(labelsize=7.5, pad=1.5)
    axes.axhline(0.0, color="#333333", linewidth=0.8, zorder=1)
    if course.measured_to < course.places[-1]:
        start = max(course.measured_to, course.places[0])
        axes.axvspan(start, course.places[-1], color="#f0f0f0", linewidth=0, zorder=0)
    for dose in course.ticks:
        below = axes.get_xaxis_transform()
        axes.plot([dose] * 2, [-0.03, 0.03], transform=below, color=INK, linewidth=1.0, clip_on=False)


def _band(axes: Axes, course: Course, factor: float) -> None:
    at = np.asarray(course.places, dtype=np.float64)
    mean, low, high = (
        np.array([getattr(span, name) for span in course.concluded]) * factor for name in ("mean", "low", "high")
    )
    edge = min(max(course.measured_to, at[0]), at[-1])
    for inside in (True, False):
        # Both parts end at the last measured place, whether or not there is a number at it.
        kept = at[at <= edge] if inside else at[at >= edge]
        xs = np.unique(np.append(kept, edge))
        if len(xs) < 2:
            continue
        lower, middle, upper = (np.interp(xs, at, values) for values in (low, mean, high))
        if inside:
            axes.fill_between(xs, lower, upper, facecolor="#D0E3F1", edgecolor=CONCLUDED, linewidth=0.7, zorder=2)
            axes.plot(xs, middle, color=CONCLUDED, linewidth=2.2, zorder=3)
        else:
            axes.fill_between(
                xs, lower, upper, facecolor="none", edgecolor="#7FB4D9", linewidth=0.0, hatch="//////", zorder=2
            )
            for line in (lower, upper):
                axes.plot(xs, line, color=CONCLUDED, linewidth=0.7, zorder=3)
            axes.plot(xs, middle, color=CONCLUDED, linewidth=1.6, linestyle=(0, (3, 2)), zorder=3)


def _assumed(axes: Axes, course: Course, factor: float) -> None:
    if not course.assumed:
        return
    count = len(course.places)
    chosen = sorted({round(place) for place in np.linspace(0, count - 1, _MOST_BEAMS + 2)[1:-1]})
    for place in chosen:
        span, at = course.assumed[place], course.places[place]
        axes.errorbar(
            [at], [span.mean * factor],
            yerr=[[(span.mean - span.low) * factor], [(span.high - span.mean) * factor]],
            fmt="o", markersize=3.6, markerfacecolor="white", markeredgecolor=ASSUMED, markeredgewidth=1.2,
            ecolor=ASSUMED, elinewidth=1.2, capsize=2.2, capthick=1.2, zorder=4,
        )  # fmt: skip


def _trials(axes: Axes, course: Course, factor: float) -> None:
    low, high = axes.get_ylim()
    per_point = (high - low) / (_HEIGHT - _BOTTOM - _TOP)
    stood: dict[tuple[float, int], int] = {}
    for mark in course.marks:
        each = mark.finding
        if each.estimate is None:
            key = (mark.at, each.direction)
            stood[key] = stood.get(key, 0) + 1
            away = (6.5 + _STEP / 2.0 * (stood[key] - 1)) * each.direction * per_point
            shape = "^" if each.direction > 0 else "v" if each.direction < 0 else "o"
            _point(axes, mark.at, away, shape, 4.4, filled=False)
            continue
        if each.low is not None and each.high is not None:
            ends = [each.low * factor, each.high * factor]
            axes.plot([mark.at] * 2, ends, color=INK, linewidth=1.0 if mark.own else 0.6, zorder=5)
        _point(axes, mark.at, each.estimate * factor, "s" if mark.own else "o", 4.6 if mark.own else 2.6)
    if course.together is not None:
        at, span, _ = course.together
        axes.plot([at] * 2, [span.low * factor, span.high * factor], color=INK, linewidth=1.0, zorder=5)
        _point(axes, at, span.mean * factor, "D", 5.0, filled=False)


def _point(axes: Axes, x: float, y: float, shape: str, size: float, *, filled: bool = True) -> None:
    fill = INK if filled else "white"
    axes.plot(
        [x], [y], shape, markersize=size, markerfacecolor=fill, markeredgecolor=INK, markeredgewidth=1.0, zorder=6
    )


def _legend(figure: Figure, course: Course, lang: str) -> None:
    """Write the marks that occur in one line under the title."""
    y, x = _HEIGHT - 25.0, 4.0
    whole = _HEIGHT
    entries: list[tuple[str, str, str, str]] = []
    if course.assumed:
        entries.append((_WORDS["assumed"].to(lang), "o", "white", ASSUMED))
    own = [mark for mark in course.marks if mark.own and mark.finding.estimate is not None]
    if own:
        entries.append((place_name(own[0].finding.town), "s", INK, INK))
    if any(not mark.own and mark.finding.estimate is not None for mark in course.marks):
        entries.append((_WORDS["towns"].to(lang), "o", INK, INK))
    if any(mark.finding.estimate is None for mark in course.marks):
        entries.append((_WORDS["directions"].to(lang), "^", "white", INK))
    if course.together is not None:
        entries.append((_WORDS["together"].to(lang).format(course.together[2]), "D", "white", INK))
    entries.append((_WORDS["concluded"].to(lang), "band", "#D0E3F1", CONCLUDED))
    layer = box(figure, 0.0, 0.0, WIDTH, whole)
    layer.set(xlim=(0.0, WIDTH), ylim=(0.0, whole))
    layer.axis("off")
    for text, marker, fill, edge in entries:
        if x + 12.5 + text_width(text, 7.0) > WIDTH:  # the next line
            x, y = 4.0, y - 10.5
        if marker == "band":
            layer.barh(y + 2.6, 9.0, left=x, height=5.0, facecolor=fill, edgecolor=edge, linewidth=0.7)
        else:
            layer.plot([x, x + 9.0], [y + 2.6] * 2, color=edge, linewidth=1.0 if marker != "^" else 0.0)
            size = 2.8 if fill == INK and marker == "o" else 4.0
            layer.plot([x + 4.5], [y + 2.6], marker, markersize=size, markerfacecolor=fill, markeredgecolor=edge)
        _, end = write_at(figure, x + 11.5, y, text, 7.0)
        x = end + 5.0


def _alt(course: Course, lang: str) -> str:
    words = spoken(course.measure)
    factor = words.kind.factor
    last = course.concluded[-1]
    low, high = (signed(end * factor, 0, lang) for end in (last.low, last.high))
    at = number(course.places[-1], 0, lang)
    to = "tot" if lang == "nl" else "to"
    return f"{words.short.to(lang)}, {course.axis.to(lang)} {at}: {low} {to} {high}."
