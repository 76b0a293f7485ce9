"""Forest plot: the effects of every scenario at 16 and 24 months, one row per measure, with their labels."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.effects.summary import Summary
from analysis.effects.tables import headline_measures
from analysis.effects.words import amount, interval, name_of, unit_of
from analysis.figures.common import Titles, foot, labelled, legend, ticks, title_of
from analysis.figures.style import INK, Drawing, axes_of, line_of
from sim.problems import Say

__all__ = ["draw_forest"]

_CAPTION = Say(
    "Effects against {0} at {1} months: points are means, bars 90% intervals",
    "Effecten ten opzichte van {0} na {1} maanden: punten zijn gemiddelden, balken 90%-marges",
)


def draw_forest(
    summary: Summary, lang: str, titles: Titles, measures: Sequence[str] | None = None, group: str = "all"
) -> Drawing | None:
    """Draw one column per month and one row of panels per unit; None without a second scenario."""
    if len(summary.scenarios) < 2:
        return None
    chosen = tuple(measures or headline_measures(summary))
    units: dict[str, list[str]] = {}
    for measure in chosen:
        units.setdefault(unit_of(measure, lang, difference=True), []).append(measure)
    months = summary.key_months()
    lines = len(summary.scenarios) - 1
    heights = [len(names) * (0.22 + 0.13 * lines) + 0.3 for names in units.values()]
    size = 1.1 + sum(heights) + 0.45 * len(units)
    with axes_of(9.6, size, len(units), len(months), sharex="row", heights=heights) as (figure, panels):
        for row, (unit, names) in enumerate(units.items()):
            for column, month in enumerate(months):
                axes = panels[row * len(months) + column]
                _panel(axes, summary, names, month, group, lang, titles)
                axes.set_yticks(
                    range(len(names)), [name_of(name, lang) for name in names] if column == 0 else [""] * len(names)
                )
                axes.set_xlabel(unit)
                if row == 0:
                    axes.set_title(Say(f"after {month} months", f"na {month} maanden").to(lang))
        legend(figure, panels[0])
        foot(figure, summary, lang, bars=True)
    listed = ", ".join(str(month) for month in months[:-1])
    listed = f"{listed}{Say(' and ', ' en ').to(lang)}{months[-1]}" if listed else str(months[-1])
    caption = _CAPTION.to(lang).format(title_of(titles, summary.baseline), listed)
    return Drawing("forest", caption, _alt(summary, lang, titles, chosen, months[-1], group), figure)


def _panel(
    axes: Axes, summary: Summary, names: Sequence[str], month: int, group: str, lang: str, titles: Titles
) -> None:
    axes.axvline(0.0, color=INK, linewidth=1.1)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    effects = summary.scenarios[1:]
    for which, scenario in enumerate(effects, start=1):
        line, shift = line_of(which), (which - (len(effects) + 1) / 2) * 0.72 / max(len(effects), 2)
        for place, name in enumerate(names):
            row = summary.difference(scenario, name, month, group)
            axes.errorbar(
                [row.mean],
                [place + shift],
                xerr=[[max(row.mean - row.low, 0.0)], [max(row.high - row.mean, 0.0)]],
                color=line.colour,
                marker=line.marker,
                markersize=5,
                capsize=2.5,
                elinewidth=1.4,
                label=labelled(titles, summary, scenario, lang) if place == 0 else None,
            )
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    ticks(axes.xaxis, names[0], lang)


def _alt(summary: Summary, lang: str, titles: Titles, measures: Sequence[str], month: int, group: str) -> str:
    parts = []
    for scenario in summary.scenarios[1:]:
        for measure in measures:
            row = summary.difference(scenario, measure, month, group)
            value = amount(row.mean, measure, lang, difference=True)
            ends = interval(row.low, row.high, measure, lang, difference=True)
            unit = unit_of(measure, lang, difference=True)
            parts.append(f"{title_of(titles, scenario)}, {name_of(measure, lang)}: {value} ({ends}) {unit}")
    return Say(f"Effects in month {month}: ", f"Effecten in maand {month}: ").to(lang) + "; ".join(parts) + "."
