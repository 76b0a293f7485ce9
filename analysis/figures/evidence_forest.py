"""Forest plot of the evidence: what each municipality found, the pooled effect and a new municipality."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.ticker import MaxNLocator

from analysis.figures.style import GREY, INK, Drawing, axes_of, line_of, stamp
from sim.problems import Say

__all__ = ["ForestRow", "draw_evidence_forest"]


@dataclass(frozen=True)
class ForestRow:
    """One line: `estimate` with its interval, or `None` with the interval that a finding in words allows."""

    label: str
    estimate: float | None
    low: float
    high: float
    weight: float = 0.0
    note: str = ""


def draw_evidence_forest(
    rows: Sequence[ForestRow],
    mean: ForestRow,
    prediction: tuple[float, float],
    *,
    title: str,
    unit: str,
    lang: str,
    sources: Sequence[str] = (),
) -> Drawing:
    """Draw the municipalities from top to bottom, the pooled effect as a diamond, a new one as a bar.

    Args:
        rows: municipalities; a weight of 0..1 sets the size of the square.
        mean: the pooled effect.
        prediction: interval for a new municipality; NaN when it cannot be told.
        title: outcome and lever.
        unit: of the axis.
        lang: "en" or "nl".
        sources: words for the foot.
    """
    finite = [value for row in (*rows, mean) for value in (row.low, row.high) if math.isfinite(value)]
    finite += [value for value in prediction if math.isfinite(value)]
    low, high = min([*finite, 0.0]), max([*finite, 0.0])
    margin = 0.06 * (high - low or 1.0)
    line = line_of(1)
    with axes_of(8.4, 1.6 + 0.36 * (len(rows) + 2)) as (figure, panels):
        axes = panels[0]
        axes.axvline(0.0, color=INK, linewidth=1.0)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        for place, row in enumerate(rows):
            ends = max(row.low, low - margin), min(row.high, high + margin)
            told = row.estimate is None
            axes.plot(
                ends,
                (place, place),
                color=GREY if told else line.colour,
                linewidth=1.5,
                linestyle=(0, (2, 1.5)) if told else "-",
            )
            if row.estimate is not None:
                axes.plot(
                    [row.estimate],
                    [place],
                    marker="s",
                    color=line.colour,
                    markersize=4 + 8 * math.sqrt(max(row.weight, 0.0)),
                )
        spot = len(rows)
        axes.axhline(spot - 0.5, color=GREY, linewidth=0.7)
        centre = mean.estimate if mean.estimate is not None else 0.0
        axes.fill([mean.low, centre, mean.high, centre], [spot, spot - 0.28, spot, spot + 0.28], color=INK)
        if all(math.isfinite(value) for value in prediction):
            axes.plot(prediction, (spot + 1, spot + 1), color=line_of(2).colour, linewidth=4, solid_capstyle="butt")
        else:
            text = Say("cannot be told", "niet te zeggen").to(lang)
            axes.text(0.0, spot + 1, text, va="center", ha="center", fontsize=8.5, color=GREY)
        labels = [f"{row.label}{'  ' + row.note if row.note else ''}" for row in rows]
        labels += [mean.label, Say("a new municipality", "een nieuwe gemeente").to(lang)]
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.set_xlim(low - margin, high + margin)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=7))
        axes.set_xlabel(unit)
        axes.set_title(title)
        stamp(figure, sources)
    caption = Say(
        f"{title}: squares are estimates with their intervals, dashed lines what findings in words allow, "
        "the diamond is the pooled effect, the thick bar what a new municipality may expect",
        f"{title}: vierkanten zijn schattingen met marge, streepjes wat bevindingen in woorden toelaten, "
        "de ruit is het gezamenlijke effect, de dikke balk wat een nieuwe gemeente mag verwachten",
    ).to(lang)
    return Drawing("forest_evidence", caption, _alt(rows, mean, prediction, lang), figure)


def _alt(rows: Sequence[ForestRow], mean: ForestRow, prediction: tuple[float, float], lang: str) -> str:
    parts = [
        f"{row.label}: " + (row.note if row.estimate is None else f"{row.estimate:.3g} ({row.low:.3g}, {row.high:.3g})")
        for row in rows
    ]
    parts.append(f"{mean.label}: {mean.estimate:.3g} ({mean.low:.3g}, {mean.high:.3g})")
    if all(math.isfinite(value) for value in prediction):
        new = Say("a new municipality", "een nieuwe gemeente").to(lang)
        parts.append(f"{new}: {prediction[0]:.3g}, {prediction[1]:.3g}")
    return "; ".join(parts) + "."
