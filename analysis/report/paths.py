"""Outcome paths: every scenario month by month, with the band of its interval."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.effects.summary import Summary
from analysis.effects.tables import headline_measures
from analysis.effects.words import PATHS, amount, name_of, unit_of
from analysis.figures.common import Titles, band, dress, foot, labelled, legend, title_of
from analysis.figures.style import Drawing, axes_of, grid, pad
from sim.problems import Say

__all__ = ["draw_paths"]

_CAPTION = Say("Outcomes over time by scenario", "Uitkomsten in de tijd per scenario")


def draw_paths(
    summary: Summary, lang: str, titles: Titles, measures: Sequence[str] | None = None, group: str = "all"
) -> Drawing:
    """Draw up to six measures over time, one panel each."""
    chosen = tuple(measures or headline_measures(summary, PATHS))
    rows, columns = grid(len(chosen), 2)
    with axes_of(9.6, 0.9 + 2.7 * rows, rows, columns) as (figure, panels):
        for axes, measure in zip(panels, chosen, strict=False):
            for which, scenario in enumerate(summary.scenarios):
                line = [summary.level(scenario, measure, month, group) for month in summary.months]
                band(axes, line, which, labelled(titles, summary, scenario, lang))
            dress(axes, summary, measure, f"{name_of(measure, lang)} ({unit_of(measure, lang)})", lang)
        pad(panels, len(chosen))
        legend(figure, panels[0])
        foot(figure, summary, lang)
    return Drawing("paths", _CAPTION.to(lang), _alt(summary, lang, titles, chosen, group), figure)


def _alt(summary: Summary, lang: str, titles: Titles, measures: Sequence[str], group: str) -> str:
    month = summary.months[-1]
    parts = []
    for measure in measures:
        rows = [summary.level(scenario, measure, month, group) for scenario in summary.scenarios]
        ends = [f"{title_of(titles, row.scenario)} {amount(row.mean, measure, lang)}" for row in rows]
        parts.append(f"{name_of(measure, lang)} ({unit_of(measure, lang)}): {', '.join(ends)}")
    head = Say(f"Lines by month; in month {month}: ", f"Lijnen per maand; in maand {month}: ").to(lang)
    return head + "; ".join(parts) + "."
