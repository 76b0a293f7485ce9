"""Survival on benefit: the share that has not left benefit yet, month by month."""

from __future__ import annotations

from dataclasses import replace

from analysis.effects.summary import Row, Summary
from analysis.effects.words import amount
from analysis.figures.common import Titles, band, dress, foot, labelled, legend, title_of
from analysis.figures.style import Drawing, axes_of
from sim.problems import Say

__all__ = ["draw_survival"]

_EVER = Say("Not yet left benefit (%)", "Nog niet uit de bijstand geweest (%)")
_STATE = Say("On benefit (%)", "In de bijstand (%)")
_CAPTION_EVER = Say(
    "Survival on benefit: share of people who have not left benefit for any reason",
    "Overleving in de bijstand: deel van de mensen dat om geen enkele reden is uitgestroomd",
)
_CAPTION_STATE = Say(
    "Share of people on benefit (first exits were not recorded; returns count as on benefit)",
    "Deel van de mensen in de bijstand (eerste uitstroom niet vastgelegd; terugkeer telt als in de bijstand)",
)


def draw_survival(summary: Summary, lang: str, titles: Titles, group: str = "all") -> Drawing | None:
    """Draw survival curves with bands; None when the run recorded neither exits nor benefit."""
    ever = "exit_any_ever" in summary.measures
    measure = "exit_any_ever" if ever else "on_benefit"
    if measure not in summary.measures:
        return None
    with axes_of(9.6, 4.0) as (figure, panels):
        axes, ends = panels[0], []
        for which, scenario in enumerate(summary.scenarios):
            line = [summary.level(scenario, measure, month, group) for month in summary.months]
            line = [_stayed(row) for row in line] if ever else line
            band(axes, line, which, labelled(titles, summary, scenario, lang), step=True)
            ends.append(f"{title_of(titles, scenario)} {amount(line[-1].mean, measure, lang)}%")
        dress(axes, summary, measure, (_EVER if ever else _STATE).to(lang), lang)
        axes.set_ylim(top=1.0)
        legend(figure, axes)
        foot(figure, summary, lang)
    month = summary.months[-1]
    head = Say(f"Step lines; in month {month}: ", f"Traplijnen; in maand {month}: ").to(lang)
    caption = (_CAPTION_EVER if ever else _CAPTION_STATE).to(lang)
    return Drawing("survival", caption, head + ", ".join(ends) + ".", figure)


def _stayed(row: Row) -> Row:
    return replace(row, mean=1.0 - row.mean, low=1.0 - row.high, high=1.0 - row.low)
