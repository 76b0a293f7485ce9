"""Who gains: effects by group with their intervals, and the shares that are better and worse off."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.effects.validity import LABELS
from analysis.effects.words import amount, number, unit_of
from analysis.figures.common import ticks
from analysis.figures.style import COLOURS, GREY, INK, Drawing, axes_of, stamp
from analysis.who.by_group import Who, WhoRow
from analysis.who.groups import EVERYBODY, family_title, title_of_group
from analysis.who.outcomes import OUTCOMES
from sim.problems import Say

__all__ = ["draw_who"]

_BETTER, _WORSE = COLOURS[1], COLOURS[2]
_HEADS = Say("effect|share of the group", "effect|deel van de groep")


def draw_who(found: Who, scenario: str, outcome: str, lang: str) -> Drawing:
    """Draw the shrunk effect of each group, and its shares better (right) and worse off (left)."""
    rows = [row for row in found.select(scenario, outcome) if not row.suppressed]
    lines: list[tuple[float, WhoRow]] = []
    heads: list[tuple[float, str]] = []
    place = 0.0
    for number_, row in enumerate(rows):
        if number_ == 0 or row.family != rows[number_ - 1].family:
            place += 0.45
            if row.family != EVERYBODY:
                heads.append((place, family_title(row.family, lang)))
                place += 0.8
        lines.append((place, row))
        place += 0.8
    measure = OUTCOMES[outcome].measure
    with axes_of(9.6, 0.9 + 0.19 * place / 0.8, 1, 2) as (figure, panels):
        effect, shares = panels
        for at, row in lines:
            low, middle, high = row.shrunk.low, row.shrunk.mean, row.shrunk.high
            bold = row.family == EVERYBODY
            good = middle * OUTCOMES[outcome].good >= 0.0
            colour = INK if bold else _BETTER if good else _WORSE
            effect.plot([low, high], [at, at], color=colour, linewidth=2.2 if bold else 1.4)
            effect.plot([middle], [at], "o" if good else "s", color=colour, markersize=6 if bold else 4.5)
            for share, sign, dye, marker in ((row.better, 1, _BETTER, "o"), (row.worse, -1, _WORSE, "s")):
                ends = [sign * 100.0 * each for each in (share.low, share.high) if np.isfinite(each)]
                shares.plot([0.0, sign * 100.0 * share.mean], [at, at], color=dye, linewidth=0.8, alpha=0.5)
                shares.plot(ends, [at] * len(ends), color=dye, linewidth=2.6, alpha=0.55)
                shares.plot([sign * 100.0 * share.mean], [at], marker, color=dye, markersize=4.5)
        for axes, head in zip(panels, _HEADS.to(lang).split("|"), strict=True):
            axes.axvline(0.0, color=INK, linewidth=1.0)
            axes.set_ylim(place, -0.2)
            axes.grid(visible=True, axis="x")
            axes.grid(visible=False, axis="y")
            axes.tick_params(axis="y", length=0)
            axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
            axes.set_title(head)
        names = [title_of_group(row.family, row.group, lang) for _, row in lines]
        effect.set_yticks([at for at, _ in lines], names, fontsize=8)
        for at, text in heads:
            effect.annotate(
                text,
                (0.0, at),
                xycoords=("axes fraction", "data"),
                xytext=(-4, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=8,
                fontweight="bold",
                color=GREY,
                annotation_clip=False,
            )
        shares.set_yticks([])
        effect.set_xlabel(f"{OUTCOMES[outcome].text.to(lang)} ({unit_of(measure, lang, difference=True)})")
        shares.set_xlabel(Say("% worse off  |  % better off", "% slechter af  |  % beter af").to(lang))
        ticks(effect.xaxis, measure, lang)
        shares.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(abs(x), 0, lang)))
        label = found.label(scenario)
        words = Say("bars: 90% intervals, effects shrunk", "staafjes: 90%-marges, effecten gekrompen")
        stamp(
            figure,
            [
                label.calibration.to(lang).upper(),
                LABELS[label.validity].to(lang),
                words.to(lang),
                f"run {found.result.run_id}",
            ],
        )
    caption = Say(
        f"Who gains under {found.result.title(scenario, 'en')} after {found.month} months",
        f"Wie wint er bij {found.result.title(scenario, 'nl')} na {found.month} maanden",
    ).to(lang)
    parts = [
        f"{family_title(row.family, lang) if row.family != EVERYBODY else ''} "
        f"{title_of_group(row.family, row.group, lang)} "
        f"{amount(row.shrunk.mean, measure, lang, difference=True)}".strip()
        for _, row in lines
    ]
    return Drawing(f"who_gains_{scenario}", caption, "; ".join(parts) + ".", figure)
