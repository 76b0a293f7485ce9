"""Hours bands over time: who works how much, a panel per scenario, at the thresholds of the trials."""

from __future__ import annotations

import numpy as np

from analysis.effects.summary import Summary
from analysis.effects.words import amount
from analysis.figures.common import Titles, dress, foot, labelled, legend, series, title_of
from analysis.figures.style import INK, Drawing, axes_of, grid, pad
from sim.problems import Say

__all__ = ["HOURS", "draw_hours"]

# From most hours to fewest: measure, and the band between it and the one before.
HOURS: tuple[tuple[str, Say], ...] = (
    ("hours_over_32", Say("more than 32 hours", "meer dan 32 uur")),
    ("hours_over_27", Say("more than 27 hours", "meer dan 27 uur")),
    ("hours_over_12", Say("12 to 27 hours", "12 tot 27 uur")),
    ("hours_over_8", Say("8 to 12 hours", "8 tot 12 uur")),
    ("works", Say("up to 8 hours", "tot 8 uur")),
)
_SHADES = ("#04314f", "#0072B2", "#4fa3d1", "#a3d0ea", "#dceefb")
_HATCHES = ("", "", "//", "", "..")
_CAPTION = Say(
    "Hours worked per week by scenario; bars are the 90% intervals of the borders between the bands",
    "Gewerkte uren per week per scenario; staafjes zijn de 90%-marges van de grenzen tussen de banden",
)
_AXIS = Say("% of people", "% van de mensen")


def draw_hours(summary: Summary, lang: str, titles: Titles, group: str = "all") -> Drawing | None:
    """Draw the bands; None when the run recorded fewer than two thresholds."""
    shown = [(number, *entry) for number, entry in enumerate(HOURS) if entry[0] in summary.measures]
    if len(shown) < 2:
        return None
    rows, columns = grid(len(summary.scenarios), 2)
    with axes_of(9.6, 0.9 + 2.6 * rows, rows, columns, sharey=True) as (figure, panels):
        tops: list[float] = []
        for axes, scenario in zip(panels, summary.scenarios, strict=False):
            floor, top = np.zeros(len(summary.months)), 0.0
            for place, (number, measure, text) in enumerate(shown):
                line = [summary.level(scenario, measure, month, group) for month in summary.months]
                months, mean, low, high = series(line)
                axes.fill_between(
                    months,
                    floor,
                    mean,
                    facecolor=_SHADES[number],
                    hatch=_HATCHES[number],
                    edgecolor="white",
                    linewidth=0.6,
                    label=text.to(lang),
                )
                at = _bar_places(len(months), place)
                axes.errorbar(
                    months[at],
                    mean[at],
                    yerr=np.abs(np.vstack([mean - low, high - mean]))[:, at],
                    fmt="none",
                    ecolor=INK,
                    elinewidth=0.9,
                    capsize=2.5,
                )
                floor, top = mean, max(top, float(np.nanmax(np.append(high, 0.0))))
            tops.append(top)
            dress(axes, summary, shown[0][1], labelled(titles, summary, scenario, lang), lang, scenario)
        panels[0].set_ylim(0.0, min(1.0, 1.06 * max(tops) + 0.01))
        for first in range(0, len(panels), columns):
            panels[first].set_ylabel(_AXIS.to(lang))
        pad(panels, len(summary.scenarios))
        legend(figure, panels[0], columns=len(shown))
        foot(figure, summary, lang, bars=True)
    return Drawing("hours", _CAPTION.to(lang), _alt(summary, lang, titles, group), figure)


def _bar_places(count: int, place: int) -> list[int]:
    every = max(1, count // 4)
    return list(range(min(place * every // 5 + every // 2, count - 1), count, every))


def _alt(summary: Summary, lang: str, titles: Titles, group: str) -> str:
    month, measure = summary.months[-1], next(name for name, _ in HOURS[1:] if name in summary.measures)
    text = dict(HOURS)[measure].to(lang)
    parts = []
    for scenario in summary.scenarios:
        share = summary.level(scenario, measure, month, group).mean
        parts.append(f"{title_of(titles, scenario)} {amount(share, measure, lang)}%")
    head = Say(
        f"Stacked bands of hours worked; {text} in month {month}: ",
        f"Gestapelde banden van gewerkte uren; {text} in maand {month}: ",
    ).to(lang)
    return head + ", ".join(parts) + "."
