"""Charts as SVG, made on the server without numpy: title, description, ticks; colours and sizes by the style sheet.

Labels are text of at least 12 px as drawn: a chart is as wide as its column, and a narrow one is a second drawing,
not a smaller picture of the first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["forest", "lines"]

Series = Mapping[str, Sequence[Sequence[float]]]


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers that span [low, high], at most `most` and a few."""
    if not math.isfinite(low) or not math.isfinite(high) or high <= low:
        return [low]
    raw = (high - low) / most
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    first = math.floor(low / step)
    return [round(step * (first + number), 10) for number in range(math.ceil(high / step) - first + 1)]


def lines(
    series: Series,
    months: Sequence[float],
    *,
    title: str,
    text: str,
    names: Mapping[str, str],
    axis: str,
    write: object = None,
    marks: Sequence[float] | None = None,
    width: int = 420,
    height: int = 300,
) -> str:
    """Return bands and lines over months.

    Args:
        series: per side [mean, low, high], each [months].
        title, text: name and description for those who do not see the picture.
        names: what the sides are called, in the order of their letters.
        axis: what stands on the vertical axis, with its unit.
        write: turns a tick into text.
        marks: what is named on the horizontal axis; months of years when left out.
        width, height: of the drawing in CSS pixels.
    """
    spell = write if callable(write) else lambda value: f"{value:g}"
    finite = [value for side in series.values() for part in side for value in part if math.isfinite(value)]
    levels = ticks(min(finite), max(finite)) if finite else [0.0, 1.0]
    low, high = levels[0], levels[-1] if levels[-1] > levels[0] else levels[0] + 1.0
    left, right, top, bottom = 64, 12, 26, 44
    wide, tall = width - left - right, height - top - bottom

    def x(month: float) -> float:
        return left + wide * (month - months[0]) / max(months[-1] - months[0], 1)

    def y(value: float) -> float:
        return top + tall * (high - value) / (high - low)

    out = [
        f'<svg class="chart" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>{escape(title)}</title><desc>{escape(text)}</desc>",
        f'<text class="axis" x="4" y="14">{escape(axis)}</text>',
    ]
    for mark in levels:
        out.append(f'<line class="grid" x1="{left}" x2="{width - right}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>')
        out.append(_word("tick", left - 6, y(mark) + 4, "end", spell(mark)))
    named = _months([int(month) for month in months]) if marks is None else marks
    out += [_word("tick", x(month), height - 24, "middle", f"{month:g}") for month in named]
    for place, (side, (mean, lower, upper)) in enumerate(series.items()):
        points = [
            (x(month), y(m), y(a), y(b))
            for month, m, a, b in zip(months, mean, lower, upper, strict=True)
            if all(math.isfinite(value) for value in (m, a, b))
        ]
        if not points:
            continue
        band = [f"{px:.1f},{pb:.1f}" for px, _, _, pb in points] + [
            f"{px:.1f},{pa:.1f}" for px, _, pa, _ in points[::-1]
        ]
        path = " ".join(f"{px:.1f},{pm:.1f}" for px, pm, _, _ in points)
        out.append(f'<polygon class="band side{place}" points="{" ".join(band)}"/>')
        out.append(
            f'<polyline class="line side{place}" points="{path}"><title>{escape(names[side])}</title></polyline>'
        )
        out.append(_word(f"letter side{place}", points[-1][0] - 4, points[-1][1] - 5, "end", "ABCD"[place]))
    out.append("</svg>")
    return "".join(out)


def forest(
    rows: Sequence[tuple[str, float | None, float | None, float | None, int]],
    *,
    title: str,
    write: object = None,
    width: int = 560,
) -> str:
    """Return a forest plot: a square with its interval for a number, a triangle for a direction only.

    Args:
        rows: (name, estimate, low, high, direction -1/0/1); the last is all together, drawn as a diamond.
        title: name of the picture, with the unit.
        write: turns a tick into text.
        width: of the drawing in CSS pixels.
    """
    spell = write if callable(write) else lambda value: f"{value:g}"
    ends = [value for _, mean, low, high, _ in rows for value in (mean, low, high) if value is not None]
    levels = ticks(min([0.0, *ends]), max([0.0, *ends])) if ends else [-1.0, 0.0, 1.0]
    left, right, top, pitch = 130, 16, 30, 28
    height = top + pitch * len(rows) + 34

    def x(value: float) -> float:
        return left + (width - left - right) * (value - levels[0]) / (levels[-1] - levels[0])

    text = "; ".join(
        f"{name}: {spell(mean) if mean is not None else ('<', '0', '>')[way + 1]}" for name, mean, _, _, way in rows
    )
    out = [
        f'<svg class="chart" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>{escape(title)}</title><desc>{escape(text)}</desc>",
        _word("axis", 4, 16, "start", title),
        f'<line class="zero" x1="{x(0.0):.1f}" x2="{x(0.0):.1f}" y1="{top}" y2="{height - 30}"/>',
    ]
    out += [_word("tick", x(level), height - 10, "middle", spell(level)) for level in levels]
    for place, (name, mean, low, high, way) in enumerate(rows):
        y = top + pitch * (place + 0.5)
        out.append(_word("tick", left - 10, y + 4, "end", name))
        if low is not None and high is not None:
            out.append(f'<line class="whisker" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')
        if mean is None:
            at = x(0.0) + (14 if way > 0 else -14 if way < 0 else 0)
            tip = 7 if way >= 0 else -7
            points = f"{at - tip:.1f},{y - 6:.1f} {at - tip:.1f},{y + 6:.1f} {at + tip:.1f},{y:.1f}"
            out.append(f'<polygon class="direction" points="{points}"/>')
        elif place == len(rows) - 1:
            points = " ".join(f"{x(mean) + dx:.1f},{y + dy:.1f}" for dx, dy in ((-8, 0), (0, -6), (8, 0), (0, 6)))
            out.append(f'<polygon class="together" points="{points}"/>')
        else:
            out.append(f'<rect class="town" x="{x(mean) - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"/>')
    out.append("</svg>")
    return "".join(out)


def _word(style: str, x: float, y: float, anchor: str, text: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _months(months: Sequence[int]) -> list[int]:
    """Return the months that are named on the axis."""
    last = months[-1]
    step = next(each for each in (3, 6, 12, 24, 60) if last / each <= 8)
    return [month for month in range(step, last + 1, step) if month >= months[0]]
