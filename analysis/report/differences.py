"""Paired difference paths: each scenario minus the baseline under the same luck, with bands and labels."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.effects.summary import Summary
from analysis.effects.tables import headline_measures
from analysis.effects.words import PATHS, amount, name_of, unit_of
from analysis.figures.common import Titles, band, dress, foot, labelled, legend, title_of
from analysis.figures.style import INK, Drawing, axes_of, grid, pad
from sim.problems import Say

__all__ = ["draw_differences"]

_CAPTION = Say(
    "Difference with {0}, the same people and the same luck", "Verschil met {0}, dezelfde mensen en hetzelfde toeval"
)


def draw_differences(
    summary: Summary, lang: str, titles: Titles, measures: Sequence[str] | None = None, group: str = "all"
) -> Drawing:
    """Draw the differences of up to six measures over time; zero is the baseline."""
    chosen = tuple(measures or headline_measures(summary, PATHS))
    rows, columns = grid(len(chosen), 2)
    with axes_of(9.6, 0.9 + 2.7 * rows, rows, columns) as (figure, panels):
        for axes, measure in zip(panels, chosen, strict=False):
            axes.axhline(0.0, color=INK, linewidth=1.2)
            for which, scenario in enumerate(summary.scenarios[1:], start=1):
                line = [summary.difference(scenario, measure, month, group) for month in summary.months]
                band(axes, line, which, labelled(titles, summary, scenario, lang))
            unit = unit_of(measure, lang, difference=True)
            dress(axes, summary, measure, f"{name_of(measure, lang)} ({unit})", lang)
        pad(panels, len(chosen))
        legend(figure, panels[0])
        foot(figure, summary, lang)
    caption = _CAPTION.to(lang).format(title_of(titles, summary.baseline))
    return Drawing("differences", caption, _alt(summary, lang, titles, chosen, group), figure)


def _alt(summary: Summary, lang: str, titles: Titles, measures: Sequence[str], group: str) -> str:
    month = summary.months[-1]
    clear: list[str] = []
    for scenario in summary.scenarios[1:]:
        for measure in measures:
            row = summary.difference(scenario, measure, month, group)
            if row.differs:
                value = amount(row.mean, measure, lang, difference=True)
                unit = unit_of(measure, lang, difference=True)
                clear.append(f"{title_of(titles, scenario)}, {name_of(measure, lang)}: {value} {unit}")
    head = Say(
        f"Difference paths with bands; in month {month} the band leaves zero out for: ",
        f"Paden van verschillen met banden; in maand {month} ligt nul buiten de band bij: ",
    ).to(lang)
    return head + ("; ".join(clear) or Say("none of them", "geen enkel verschil").to(lang)) + "."
