"""Figures of the checks of a fit: ranks, coverage, prediction of what was left out, sensitivity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.figures.style import GREY, INK, Drawing, axes_of, grid, line_of, pad, stamp
from sim.problems import Say

__all__ = ["draw_bars", "draw_coverage", "draw_detection", "draw_ranks", "draw_scores"]

Array = npt.NDArray[np.float64]


def draw_ranks(
    name: str,
    title: str,
    names: Sequence[str],
    ranks: npt.NDArray[np.int64],
    draws: int,
    region: tuple[float, float],
    lang: str,
    *,
    bins: int = 10,
    foot: Sequence[str] = (),
) -> Drawing:
    """Draw a rank histogram per quantity; `region`: counts per bar that a right posterior gives (99%)."""
    rows, columns = grid(len(names), 7)
    edges = np.linspace(0, draws + 1, bins + 1) - 0.5
    worst = []
    with axes_of(1.45 * columns, 1.15 * rows + 0.5, rows, columns, sharex=True, sharey=True) as (figure, panels):
        for q, axes in enumerate(panels[: len(names)]):
            counts = np.histogram(ranks[:, q], bins=edges)[0]
            out = bool(((counts < region[0]) | (counts > region[1])).any())
            axes.axhspan(*region, color=GREY, alpha=0.25, linewidth=0)
            axes.bar(np.arange(bins), counts, width=0.9, color=line_of(2 if out else 1).colour)
            axes.set_title(names[q], fontsize=6.3, pad=2)
            axes.set_xticks([])
            axes.tick_params(labelsize=6)
            if out:
                worst.append(names[q])
        pad(panels, len(names))
        figure.suptitle(title, x=0.01, ha="left", fontsize=10.5)
        stamp(figure, foot)
    caption = Say(
        f"{title}: flat is right; grey is where 99% of the bars fall when it is",
        f"{title}: vlak is goed; grijs is waar dan 99% van de staven valt",
    ).to(lang)
    return Drawing(name, caption, (", ".join(worst) or "-") + ".", figure)


def draw_coverage(
    name: str,
    title: str,
    names: Sequence[str],
    shares: Sequence[Array],
    levels: Sequence[float],
    regions: Sequence[tuple[float, float]],
    lang: str,
    *,
    foot: Sequence[str] = (),
) -> Drawing:
    """Draw the share of truths inside their intervals, beside the binomial region of each level."""
    with axes_of(6.8, 1.6 + 0.2 * len(names)) as (figure, panels):
        axes = panels[0]
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        for number, (share, level, (low, high)) in enumerate(zip(shares, levels, regions, strict=True)):
            line = line_of(number + 1)
            axes.axvspan(low, high, color=line.colour, alpha=0.15, linewidth=0)
            axes.axvline(level, color=line.colour, linewidth=1.0, linestyle="--")
            axes.plot(share, range(len(names)), linestyle="", marker=line.marker, markersize=4.5, color=line.colour)
        axes.set_yticks(range(len(names)), names, fontsize=7)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(0.0, 1.02)
        axes.set_xlabel(Say("share of truths inside", "aandeel waarheden erbinnen").to(lang))
        axes.set_title(title)
        stamp(figure, foot)
    caption = Say(
        f"{title}: dots within the bands are what right intervals give",
        f"{title}: stippen binnen de banden horen bij goede marges",
    ).to(lang)
    alt = "; ".join(
        f"{100 * level:.0f}%: {100 * float(np.mean(share)):.0f}" for share, level in zip(shares, levels, strict=True)
    )
    return Drawing(name, caption, alt + ".", figure)


def draw_scores(
    name: str,
    title: str,
    groups: Sequence[str],
    methods: Sequence[str],
    values: Array,
    unit: str,
    lang: str,
    *,
    errors: Array | None = None,
    foot: Sequence[str] = (),
) -> Drawing:
    """Draw scores of rival predictions per group; `values` [groups, methods], `errors` their half widths."""
    with axes_of(7.2, 1.6 + 0.42 * len(groups)) as (figure, panels):
        axes = panels[0]
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.axvline(0.0, color=GREY, linewidth=0.8)
        for number, method in enumerate(methods):
            line = line_of(number + 1)
            spots = np.arange(len(groups)) + 0.18 * (number - (len(methods) - 1) / 2)
            if errors is not None:
                for spot, value, error in zip(spots, values[:, number], errors[:, number], strict=True):
                    axes.plot((value - error, value + error), (spot, spot), color=line.colour, linewidth=1.0)
            axes.plot(
                values[:, number],
                spots,
                linestyle="",
                marker=line.marker,
                markersize=6,
                color=line.colour,
                label=method,
            )
        axes.set_yticks(range(len(groups)), groups)
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.set_xlabel(unit)
        axes.set_title(title)
        axes.legend(loc="best")
        stamp(figure, foot)
    alt = "; ".join(
        f"{group}: " + ", ".join(f"{m} {v:.3g}" for m, v in zip(methods, row, strict=True))
        for group, row in zip(groups, values, strict=True)
    )
    return Drawing(name, f"{title} ({unit})", alt + ".", figure)


def draw_bars(
    name: str,
    title: str,
    labels: Sequence[str],
    panels_of: Sequence[tuple[str, Array, Array, Array]],
    unit: str,
    lang: str,
    *,
    foot: Sequence[str] = (),
) -> Drawing:
    """Draw bars per label, a panel per outcome: (outcome, first order, total, half width of the total)."""
    first = Say("alone", "alleen").to(lang)
    total = Say("with all interplay", "met alle samenspel").to(lang)
    with axes_of(2.0 + 2.3 * len(panels_of), 1.7 + 0.24 * len(labels), 1, len(panels_of), sharey=True) as (
        figure,
        panels,
    ):
        spots = np.arange(len(labels))
        for axes, (what, alone, whole, half) in zip(panels, panels_of, strict=True):
            axes.grid(visible=True, axis="x")
            axes.grid(visible=False, axis="y")
            axes.barh(
                spots,
                whole,
                xerr=half,
                color=line_of(1).colour,
                alpha=0.4,
                label=total,
                error_kw={"linewidth": 0.8, "ecolor": INK},
            )
            axes.barh(spots, alone, height=0.4, color=line_of(1).colour, label=first)
            axes.set_title(what, fontsize=8.5)
            axes.set_xlabel(unit, fontsize=8)
        panels[0].set_yticks(spots, labels, fontsize=7.5)
        panels[0].set_ylim(len(labels) - 0.4, -0.6)
        panels[-1].legend(loc="lower right", fontsize=7)
        figure.suptitle(title, x=0.01, ha="left", fontsize=10.5)
        stamp(figure, foot)
    alt = "; ".join(
        f"{what}: {labels[int(np.argmax(whole))]} {float(np.max(whole)):.2f}" for what, _, whole, _ in panels_of
    )
    return Drawing(name, title, alt + ".", figure)


def draw_detection(
    name: str, title: str, reference: Array, cases: Sequence[tuple[str, float]], lang: str, foot: Sequence[str] = ()
) -> Drawing:
    """Draw the misfit under right models (histogram) and of named cases (vertical lines)."""
    with axes_of(7.2, 3.2) as (figure, panels):
        axes = panels[0]
        label = Say("right model", "goed model").to(lang)
        axes.hist(reference, bins=20, color=GREY, alpha=0.6, label=label)
        for number, (what, value) in enumerate(cases):
            line = line_of(number + 1)
            axes.axvline(value, color=line.colour, linestyle=line.dash, label=f"{what}: {value:.0f}")
        axes.set_xlabel(Say("misfit", "misfit").to(lang))
        axes.set_title(title)
        axes.legend(loc="best", fontsize=7.5)
        stamp(figure, foot)
    alt = "; ".join(f"{what}: {value:.1f}" for what, value in cases)
    return Drawing(name, title, alt + ".", figure)
