"""What the figures of a run share: lines with bands, labels drawn on the panels, words in two languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter, MaxNLocator

from analysis.effects.summary import Row, Summary
from analysis.effects.validity import LABELS, Label
from analysis.effects.words import is_share, number
from analysis.figures.style import GREY, line_of, stamp
from sim.problems import Say

__all__ = ["Titles", "band", "dress", "foot", "labelled", "legend", "series", "ticks", "title_of"]

# Title of each scenario in the language of the figure.
Titles = Mapping[str, str]

_MONTH = Say("months since the start", "maanden sinds de start")
_RUN = Say("run", "run")
_BAND = Say("bands: 90% intervals", "banden: 90%-marges")
_BAR = Say("bars: 90% intervals", "staafjes: 90%-marges")
_FROM = Say("{0} from month {1}", "vanaf maand {1} {0}")


class _Numbers(Formatter):
    """Ticks as they are written in the language, with as many decimals as their distance asks for."""

    def __init__(self, factor: float, lang: str) -> None:
        self._factor, self._lang = factor, lang

    def __call__(self, x: float, pos: int | None = None) -> str:
        return number(x * self._factor, 2, self._lang)

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return all labels of an axis."""
        shown = np.asarray(values, dtype=np.float64) * self._factor
        step = float(np.min(np.abs(np.diff(shown)))) if len(shown) > 1 else 1.0
        decimals = 0
        while decimals < 5 and abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
            decimals += 1
        return [number(value, decimals, self._lang) for value in shown]


def title_of(titles: Titles, scenario: str) -> str:
    """Return the title of a scenario, or its name."""
    return titles.get(scenario, scenario)


def labelled(titles: Titles, summary: Summary, scenario: str, lang: str) -> str:
    """Return the title of a scenario with its validity label, and the month from which it changes."""
    labels = [one.label for one in summary.validity[summary.scenarios.index(scenario)]]
    words = [LABELS[labels[0]].to(lang)]
    words += [
        _FROM.to(lang).format(LABELS[labels[place]].to(lang), summary.months[place])
        for place in range(1, len(labels))
        if labels[place] != labels[place - 1]
    ]
    return f"{title_of(titles, scenario)} [{'; '.join(words)}]"


def series(rows: Sequence[Row]) -> tuple[npt.NDArray[np.float64], ...]:
    """Return months, means, lows and highs of rows of one line."""
    return tuple(
        np.array([getattr(row, name) for row in rows], dtype=np.float64) for name in ("month", "mean", "low", "high")
    )


def band(axes: Axes, rows: Sequence[Row], which: int, text: str, *, step: bool = False) -> None:
    """Draw one scenario: line, markers every few months and the band of its interval."""
    line = line_of(which)
    months, mean, low, high = series(rows)
    if step:
        axes.fill_between(months, low, high, color=line.colour, alpha=0.14, linewidth=0, step="post")
        axes.step(months, mean, where="post", color=line.colour, linestyle=line.dash, label=text)
        return
    axes.fill_between(months, low, high, color=line.colour, alpha=0.14, linewidth=0)
    every = max(1, len(rows) // 6)
    axes.plot(
        months,
        mean,
        color=line.colour,
        linestyle=line.dash,
        marker=line.marker,
        markevery=(which % every, every),
        markersize=4.5,
        label=text,
    )


def dress(axes: Axes, summary: Summary, measure: str, title: str, lang: str, scenario: str = "") -> None:
    """Give a panel over time its title, its scales in the unit of the measure, and its validity zones."""
    axes.set_title(fill(title, 46))
    axes.set_xlabel(_MONTH.to(lang))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=7))
    axes.margins(x=0.02)
    ticks(axes.yaxis, measure, lang)
    shown = [summary.scenarios.index(scenario)] if scenario else range(len(summary.scenarios))
    order = list(Label)
    nearest = [
        min((summary.validity[s][place].label for s in shown), key=order.index)
        for place, _ in enumerate(summary.months)
    ]
    _zones(axes, summary.months, nearest, lang)


def ticks(axis: Axis, measure: str, lang: str) -> None:
    """Write the ticks of an axis as the numbers of a measure are written: shares as percentages."""
    axis.set_major_formatter(_Numbers(100.0 if is_share(measure) else 1.0, lang))


def legend(figure: Figure, axes: Axes, columns: int = 2) -> None:
    """Put one legend above all panels."""
    handles, texts = axes.get_legend_handles_labels()
    columns = columns if columns > 2 or max((len(text) for text in texts), default=0) <= 54 else 1
    figure.legend(handles, texts, loc="outside upper left", ncols=min(columns, len(texts)), handlelength=3.2)


def foot(figure: Figure, summary: Summary, lang: str, *, bars: bool = False) -> None:
    """Write the calibration, what the bands are, and the run under the figure."""
    words = [summary.calibration.to(lang).upper(), (_BAR if bars else _BAND).to(lang)]
    stamp(figure, [*words, f"{_RUN.to(lang)} {summary.run_id}"])


def _zones(axes: Axes, months: Sequence[int], labels: Sequence[Label], lang: str) -> None:
    """Shade the months in which every scenario of the panel stands outside the evidence, and say so."""
    start = 0
    for place in range(1, len(labels) + 1):
        if place < len(labels) and labels[place] == labels[start]:
            continue
        label = labels[start]
        if label != Label.INSIDE:
            low = months[start] - (0.5 if start else 0.0)
            high = months[place - 1] + (0.5 if place < len(labels) else 0.0)
            depth = 0.09 if label == Label.EXTRAPOLATED else 0.18
            axes.axvspan(low, max(high, low + 0.2), color=GREY, alpha=depth, lw=0, zorder=0)
            right = (low + high) / 2 > (months[0] + months[-1]) / 2
            axes.text(
                high if right else low,
                1.0,
                f" {LABELS[label].to(lang)} ",
                transform=axes.get_xaxis_transform(),
                va="top",
                ha="right" if right else "left",
                fontsize=7.5,
                color=GREY,
                style="italic",
            )
        start = place
