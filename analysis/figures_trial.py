"""A trial beside its report in one figure: how far each published value lies from the simulated mean.

Distances are in sampling standard deviations of the simulated trial, so that shares, hours and scales fit one
axis; the band holds 90% of simulated trials. Where only signs were published, the simulated effects are
drawn with their intervals and the sign is written beside them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from analysis.style import COLOURS, INK, Drawing, axes_of, stamp
from analysis.trial_tables import Row, Table
from sim.problems import Say

__all__ = ["draw_trial"]

_REACH = 1.645
_FAR = 6.0
_DISTANCE = Say(
    "published minus simulated, in sampling standard deviations",
    "gepubliceerd min gesimuleerd, in steekproef-standaarddeviaties",
)
_EFFECT = Say("simulated effect, 90% interval", "gesimuleerd effect, 90%-marge")
_ARROW = Say("beyond the axis", "voorbij de as")


def draw_trial(tables: Sequence[Table], lang: str, title: str, labels: Sequence[str]) -> Drawing | None:
    """Draw one panel per table; None when there is nothing to draw.

    Args:
        tables: the tables of a trial.
        lang: language.
        title: title of the trial.
        labels: what qualifies the numbers (not calibrated, run).
    """
    shown = [(table, rows) for table in tables if (rows := _drawable(table))]
    if not shown:
        return None
    heights = [0.35 + 0.17 * len(rows) for _, rows in shown]
    with axes_of(9.6, 1.2 + 1.05 * sum(heights) + 0.35 * len(shown), len(shown), 1, heights=heights) as (
        figure,
        panels,
    ):
        for axes, (table, rows) in zip(panels, shown, strict=False):
            _panel(axes, table, rows, lang)
        stamp(figure, labels)
    outside = sum(table.outside for table, _ in shown)
    compared = sum(table.compared for table, _ in shown)
    caption = Say(
        f"{title}: {outside} of {compared} published values lie outside the 90% of simulated trials",
        f"{title}: {outside} van {compared} gepubliceerde waarden liggen buiten 90% van de simulaties",
    ).to(lang)
    return Drawing("trial", caption, _alt(shown, lang), figure)


def _drawable(table: Table) -> list[Row]:
    known = [row for row in table.rows if not row.suppressed and np.isfinite(row.mean)]
    valued = [row for row in known if row.published is not None and row.published.value is not None]
    if valued:
        return [row for row in valued if row.sd > 0]
    return [row for row in known if row.cell.comparator]


def _panel(axes: Axes, table: Table, rows: Sequence[Row], lang: str) -> None:
    distances = all(row.published is not None and row.published.value is not None for row in rows)
    axes.set_title(table.title.to(lang))
    axes.axvline(0.0, color=INK, linewidth=1.0)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    if distances:
        axes.axvspan(-_REACH, _REACH, color="#e6e6e6", zorder=0)
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


def _alt(shown: Sequence[tuple[Table, Sequence[Row]]], lang: str) -> str:
    said = []
    for table, _ in shown:
        said.append(
            Say(
                f"{table.title.en}: {table.outside} of {table.compared} outside",
                f"{table.title.nl}: {table.outside} van {table.compared} erbuiten",
            ).to(lang)
        )
    return "; ".join(said)
