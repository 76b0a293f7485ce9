"""Draws intervals and marks of an answer: values in the unit of the text, heights in points."""

from __future__ import annotations

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.answer.figure_base import SMALLEST_TEXT, WIDTH, text_width, write_at
from analysis.answer.measures import UNITS, Spoken
from analysis.answer.wording import signed
from analysis.figures.style import INK
from sim.problems import Say

__all__ = ["FOOT", "LEFT", "RIGHT", "Pen"]

LEFT, RIGHT, FOOT = 64.0, 3.4, 27.0  # points beside the axis, and below it

_WAYS = {
    "less": Say("← less", "← minder"),
    "fewer": Say("← fewer", "← minder"),
    "more": Say("more →", "meer →"),
    "lower": Say("← lower", "← lager"),
    "higher": Say("higher →", "hoger →"),
}


class Pen:
    """Draws marks in the unit of the text at heights in points."""

    def __init__(self, figure: Figure, axes: Axes, low: float, high: float, lang: str, words: Spoken) -> None:
        self.figure, self.axes, self.lang, self.words = figure, axes, lang, words
        self.low, self.high = low, high
        axes.set_xlim(low, high)

    def at(self, value: float) -> float:
        """Return where a value lies, in points from the left of the figure."""
        return LEFT + (value - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT)

    def ground(self, height: float) -> None:
        """Set the axis, with zero as a line."""
        axes = self.axes
        axes.set_ylim(0.0, height)
        axes.set_yticks([])
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set(color="#555555", linewidth=0.6)
        axes.axvline(0.0, color="#333333", linewidth=0.8, zorder=0)
        placed = MaxNLocator(nbins=5, steps=[1, 2, 5, 10]).tick_values(self.low, self.high)
        ticks = [float(tick) for tick in placed if self.low <= tick <= self.high]
        axes.set_xticks(ticks, [""] * len(ticks))
        step = min((b - a for a, b in pairwise(ticks)), default=1.0)
        decimals = 0 if step >= 1.0 else 1 if step >= 0.1 else 2
        for tick in ticks:
            text = signed(tick, decimals, self.lang)
            write_at(self.figure, self.at(tick), FOOT - 9.5, text, 7.5, align="centre")

    def number(
        self, y: float, text: str, middle: float, *, size: float = 7.0, colour: str = INK, bold: bool = False
    ) -> None:
        """Write a number above its interval."""
        write_at(
            self.figure, self.at(middle), y + 6.2, text, size, align="centre", colour=colour, bold=bold, ground=True
        )

    def line(self, y: float, low: float, high: float, *, colour: str = INK, width: float = 1.0) -> None:
        """Draw an interval, cut with arrow heads where it leaves the axis."""
        axes = self.axes
        base = FOOT
        axes.plot([max(low, self.low), min(high, self.high)], [y - base] * 2, color=colour, linewidth=width)
        for end, edge, mark in ((low, self.low, "<"), (high, self.high, ">")):
            if (end < edge) if mark == "<" else (end > edge):
                axes.plot([edge], [y - base], marker=mark, color=colour, markersize=3.5, clip_on=False)

    def mark(
        self, y: float, value: float, marker: str, size: float, *, fill: str, edge: str, width: float = 1.0
    ) -> None:
        """Draw a point."""
        if self.low <= value <= self.high:
            self.axes.plot(
                [value], [y - FOOT], marker=marker, markersize=size, markerfacecolor=fill, markeredgecolor=edge,
                markeredgewidth=width, linestyle="none", zorder=5,
            )  # fmt: skip

    def foot(self) -> None:
        """Write which way is more, and the unit."""
        form = self.words.kind.form
        names = (
            ("fewer", "more")
            if form == "people"
            else ("lower", "higher")
            if form in ("ten", "one")
            else ("less", "more")
        )
        zero = self.at(0.0)
        unit = UNITS[form].to(self.lang)
        less, more = (_WAYS[name].to(self.lang) for name in names)
        wide = text_width(unit, SMALLEST_TEXT) + 4.0
        start = max(wide + 2.0, min(zero - 3.0 - text_width(less, 7.5), WIDTH - text_width(less + more, 7.5) - 12.0))
        _, end = write_at(self.figure, start, 2.5, less, 7.5)
        write_at(self.figure, max(zero + 3.0, end + 6.0), 2.5, more, 7.5)
        write_at(self.figure, 1.2, 2.5, unit, SMALLEST_TEXT, colour="#444444")
