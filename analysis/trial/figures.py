"""A trial beside its report, a figure per table: how far each published value lies from the simulated mean.

Distances are in sampling standard deviations of the simulated trial, so that shares, hours and scales fit one
axis; the band holds 90% of simulated trials. Where only signs were published, the simulated effects are
drawn with their intervals and the sign is written beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes

from analysis.figures.style import COLOURS, INK, Drawing, axes_of, stamp
from analysis.inference.interval import NINETY
from analysis.trial.output import summary_line
from analysis.trial.tables import Row, Table
from sim.problems import Say

__all__ = ["draw_trial"]

_FAR = 6.0
_DISTANCE = Say(
    "published minus simulated, in sampling standard deviations",
    "gepubliceerd min gesimuleerd, in steekproef-standaarddeviaties",
)
_EFFECT = Say("simulated effect, 90% interval", "gesimuleerd effect, 90%-marge")


def draw_trial(tables: Sequence[Table], lang: str, title: str, labels: Sequence[str]) -> list[Drawing]:
    """Draw one figure per table that has something to draw.

    Args:
        tables: the tables of a trial.
        lang: language.
        title: title of the trial.
        labels: what qualifies the numbers (not calibrated, run).
    """
    return [_draw(table, rows, lang, title, labels) for table in tables if (rows := _drawable(table))]


def _draw(table: Table, rows: Sequence[Row], lang: str, title: str, labels: Sequence[str]) -> Drawing:
    with axes_of(9.6, 1.6 + 0.19 * len(rows)) as (figure, panels):
        _panel(panels[0], table, rows, lang)
        stamp(figure, labels)
    caption = f"{title}. {table.title.to(lang)}. {summary_line(table).to(lang)}"
    far = [_label(row, lang) for row in rows if row.outside]
    alt = Say("Outside: ", "Erbuiten: ").to(lang) + ("; ".join(far) or Say("none", "geen").to(lang))
    name = "".join(letter if letter.isalnum() else "_" for letter in table.name).strip("_")
    return Drawing(name, caption, f"{caption} {alt}", figure)


def _drawable(table: Table) -> list[Row]:
    known = [row for row in table.rows if not row.suppressed and np.isfinite(row.mean)]
    valued = [row for row in known if row.published is not None and row.published.value is not None]
    if valued:
        return [row for row in valued if row.sd > 0]
    return [row for row in known if row.cell.comparator]


def _panel(axes: Axes, table: Table, rows: Sequence[Row], lang: str) -> None:
    distances = all(row.published is not None and row.published.value is not None for row in rows)
    axes.set_title(fill(table.title.to(lang), 70))
    axes.axvline(0.0, color=INK, linewidth=1.0)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    if distances:
        axes.axvspan(-NINETY, NINETY, color="#e6e6e6", zorder=0)
    for place, row in enumerate(rows):
        colour = COLOURS[2] if row.outside else COLOURS[1]
        if distances and row.published is not None and row.published.value is not None:
            gap = (row.published.value - row.mean) / row.sd
            far = abs(gap) > _FAR
            marker = "<" if gap < -_FAR else ">" if far else "D" if row.outside else "o"
            axes.plot([float(np.clip(gap, -_FAR, _FAR))], [place], marker=marker, color=colour, markersize=5)
            continue
        reach = [[max(row.mean - row.low, 0.0)], [max(row.high - row.mean, 0.0)]]
        axes.errorbar([row.mean], [place], xerr=reach, color=colour, marker="o", markersize=4, capsize=2)
        if row.published is not None:
            axes.annotate(
                f"{row.published.sign.replace('_', ' ')} {row.published.marker}".strip(),
                (row.high, place),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
            )
    axes.set_yticks(range(len(rows)), [_label(row, lang) for row in rows], fontsize=7.5)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel((_DISTANCE if distances else _EFFECT).to(lang))
    if distances:
        axes.set_xlim(-_FAR - 0.4, _FAR + 0.4)


def _label(row: Row, lang: str) -> str:
    parts = [row.outcome.to(lang), row.who.to(lang), row.how.to(lang)]
    return ", ".join(part for part in parts if part)
