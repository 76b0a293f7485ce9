"""Charts as SVG, made on the server without numpy: title, description, ticks; colours and sizes by the style sheet.

Labels are text of at least 12 px as drawn: a chart is as wide as its column, and a narrow one is a second drawing,
not a smaller picture of the first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["lines"]

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
    months: Sequence[int],
    *,
    title: str,
    text: str,
    names: Mapping[str, str],
    axis: str,
    write: object = None,
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
        width, height: of the drawing in CSS pixels.
    """
    spell = write if callable(write) else lambda value: f"{value:g}"
    finite = [value for side in series.values() for part in side for value in part if math.isfinite(value)]
    marks = ticks(min(finite), max(finite)) if finite else [0.0, 1.0]
    low, high = marks[0], marks[-1] if marks[-1] > marks[0] else marks[0] + 1.0
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
    for mark in marks:
        out.append(f'<line class="grid" x1="{left}" x2="{width - right}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>')
        out.append(_word("tick", left - 6, y(mark) + 4, "end", spell(mark)))
    out += [_word("tick", x(month), height - 24, "middle", str(month)) for month in _months(months)]
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


def _word(style: str, x: float, y: float, anchor: str, text: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _months(months: Sequence[int]) -> list[int]:
    """Return the months that are named on the axis."""
    last = months[-1]
    step = next(each for each in (3, 6, 12, 24, 60) if last / each <= 8)
    return [month for month in range(step, last + 1, step) if month >= months[0]]
