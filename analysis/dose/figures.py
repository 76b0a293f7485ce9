"""Dose curves and surfaces: effects with intervals, and where the trials support them."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from analysis.dose.response import Dose, axis_text, label_at
from analysis.effects.summary import Row, Summary
from analysis.effects.validity import LABELS, Label
from analysis.effects.words import amount, interval, name_of, number, unit_of
from analysis.figures.common import ticks
from analysis.figures.style import GREY, INK, Drawing, axes_of, grid, line_of, pad, stamp
from analysis.inference.interval import NINETY
from scenarios.execution.result import RunResult
from sim.problems import Say

__all__ = ["draw_dose"]

_CAPTION = Say(
    "Effect of {0} in month {1}, against the background, under the same luck",
    "Effect van {0} in maand {1}, ten opzichte van de achtergrond, onder hetzelfde toeval",
)
_REGULAR = Say("regular", "regulier")
_BANDS = Say(
    "band: 90% interval; bars: luck alone; grey: beyond the evidence",
    "band: 90%-marge; staafjes: alleen toeval; grijs: buiten het bewijs",
)
_CELLS = Say(
    "90% intervals in brackets; hatched: beyond the evidence (/ extrapolated, x speculative)",
    "90%-marges tussen haakjes; gearceerd: buiten het bewijs (/ geëxtrapoleerd, x speculatief)",
)
_HATCH = {Label.INSIDE: "", Label.EXTRAPOLATED: "//", Label.SPECULATIVE: "xx"}
_FINE = 241  # places at which the label of a curve is judged


def draw_dose(result: RunResult, summary: Summary, dose: Dose, lang: str) -> Drawing:
    """Draw a curve per measure for one lever, a table of cells per measure for two."""
    names = " x ".join(axis_text(axis.lever).to(lang) for axis in dose.axes)
    caption = _CAPTION.to(lang).format(names, dose.month)
    if len(dose.axes) == 1:
        return _curves(result, summary, dose, caption, lang)
    return _surfaces(summary, dose, caption, lang)


def _curves(result: RunResult, summary: Summary, dose: Dose, caption: str, lang: str) -> Drawing:
    axis = dose.axes[0]
    values = np.array(axis.values)
    rows, columns = grid(len(dose.measures), 2)
    places = np.linspace(values[0], values[-1], _FINE)
    labels = [label_at(result, dose.axes, (place,), dose.month).label for place in places]
    with axes_of(9.6, 0.9 + 2.8 * rows, rows, columns) as (figure, panels):
        for axes, measure, line in zip(panels, dose.measures, dose.rows, strict=False):
            _zones(axes, places, labels, lang)
            axes.axhline(0.0, color=INK, linewidth=1.0)
            _line(axes, values, line)
            if axis.regular is not None and values[0] <= axis.regular <= values[-1]:
                axes.axvline(axis.regular, color=GREY, linestyle=(0, (1, 2)), linewidth=1.2)
                axes.text(
                    axis.regular,
                    0.02,
                    f" {_REGULAR.to(lang)}",
                    transform=axes.get_xaxis_transform(),
                    fontsize=7.5,
                    color=GREY,
                )
            axes.set_title(fill(f"{name_of(measure, lang)} ({unit_of(measure, lang, difference=True)})", 46))
            axes.set_xlabel(fill(axis_text(axis.lever).to(lang), 46))
            axes.xaxis.set_major_formatter(lambda x, _: number(x, 0 if x == round(x) else 2, lang))
            ticks(axes.yaxis, measure, lang)
        pad(panels, len(dose.measures))
        stamp(figure, [_foot(summary, dose, _BANDS, lang)])
    return Drawing("dose", caption, _alt(dose, lang), figure)


def _line(axes: Axes, values: np.ndarray, line: Sequence[Row]) -> None:
    style = line_of(1)
    mean, low, high = (np.array([getattr(row, name) for row in line]) for name in ("mean", "low", "high"))
    luck = NINETY * np.array([row.monte_carlo_se for row in line])
    axes.fill_between(values, low, high, color=style.colour, alpha=0.16, linewidth=0)
    axes.errorbar(
        values,
        mean,
        yerr=np.where(np.isfinite(luck), luck, 0.0),
        color=style.colour,
        marker=style.marker,
        markersize=4.5,
        capsize=2.5,
        elinewidth=1.2,
    )


def _zones(axes: Axes, places: np.ndarray, labels: Sequence[Label], lang: str) -> None:
    """Shade the values that stand outside the evidence, in two depths, and say which."""
    start = 0
    for place in range(1, len(labels) + 1):
        if place < len(labels) and labels[place] == labels[start]:
            continue
        label, low, high = labels[start], places[start], places[min(place, len(labels) - 1)]
        if label != Label.INSIDE:
            depth = 0.10 if label == Label.EXTRAPOLATED else 0.22
            axes.axvspan(low, high, color=GREY, alpha=depth, lw=0, zorder=0)
        axes.text(
            (low + high) / 2,
            0.99,
            LABELS[label].to(lang),
            transform=axes.get_xaxis_transform(),
            va="top",
            ha="center",
            fontsize=7,
            color=GREY,
            style="italic",
            rotation=0 if high - low > 0.22 * (places[-1] - places[0]) else 90,
        )
        start = place


def _surfaces(summary: Summary, dose: Dose, caption: str, lang: str) -> Drawing:
    first, second = dose.axes
    shown = dose.measures[:6]
    rows, columns = grid(len(shown), 2)
    wide, high = 0.5 + 1.25 * len(second.values), 1.0 + 0.62 * len(first.values)
    with axes_of(columns * max(wide, 4.2) + 0.6, 0.8 + rows * max(high, 2.6), rows, columns) as (figure, panels):
        for axes, measure, line in zip(panels, shown, dose.rows, strict=False):
            effects = np.array([row.mean for row in line]).reshape(len(first.values), len(second.values))
            reach = float(np.nanmax(np.abs(effects))) or 1.0
            axes.imshow(effects, cmap="PuOr", vmin=-1.6 * reach, vmax=1.6 * reach, aspect="auto", origin="lower")
            for number_, row in enumerate(line):
                down, right = divmod(number_, len(second.values))
                _cell(axes, row, right, down, lang)
            axes.set_title(fill(f"{name_of(measure, lang)} ({unit_of(measure, lang, difference=True)})", 46))
            axes.set_xlabel(fill(axis_text(second.lever).to(lang), 40))
            axes.set_ylabel(fill(axis_text(first.lever).to(lang), 30))
            axes.set_xticks(range(len(second.values)), [_value(x, lang) for x in second.values])
            axes.set_yticks(range(len(first.values)), [_value(x, lang) for x in first.values])
            axes.grid(visible=False)
        pad(panels, len(shown))
        stamp(figure, [_foot(summary, dose, _CELLS, lang)])
    return Drawing("dose", caption, _alt(dose, lang), figure)


def _cell(axes: Axes, row: Row, right: int, down: int, lang: str) -> None:
    box = Rectangle(
        (right - 0.5, down - 0.5), 1, 1, fill=False, hatch=_HATCH[row.validity], edgecolor="#9a9a9a", linewidth=0.6
    )
    axes.add_patch(box)
    mean = amount(row.mean, row.measure, lang, difference=True)
    ends = interval(row.low, row.high, row.measure, lang, difference=True)
    axes.text(
        right,
        down,
        f"{mean}\n({ends})",
        ha="center",
        va="center",
        fontsize=6.8,
        fontweight="bold" if row.differs else "normal",
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "alpha": 0.8, "linewidth": 0},
    )


def _foot(summary: Summary, dose: Dose, marks: Say, lang: str) -> str:
    found = {row.validity for line in dose.rows for row in line}
    labels = ", ".join(LABELS[label].to(lang) for label in Label if label in found)
    words = [summary.calibration.to(lang).upper(), labels, f"run {dose.run_id}"]
    return "  |  ".join(word for word in words if word) + f"\n{marks.to(lang)}"


def _value(value: float, lang: str) -> str:
    return number(value, 0 if value == round(value) else 2, lang)


def _alt(dose: Dose, lang: str) -> str:
    parts = []
    for measure, line in zip(dose.measures, dose.rows, strict=True):
        words = [
            f"{' x '.join(_value(x, lang) for x in point)}: "
            f"{amount(row.mean, measure, lang, difference=True)} "
            f"({interval(row.low, row.high, measure, lang, difference=True)}, "
            f"{LABELS[row.validity].to(lang)})"
            for point, row in zip(dose.points, line, strict=True)
        ]
        parts.append(f"{name_of(measure, lang)}: {', '.join(words)}")
    return "; ".join(parts) + "."
