"""Figures of a fit: predictions beside rows, what was learned, from which rows, what stays tied together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.ticker import MaxNLocator

from analysis.figures.style import GREY, INK, Drawing, axes_of, grid, line_of, pad, stamp
from analysis.inference.interval import NINETY
from sim.problems import Say

__all__ = ["Span", "draw_contraction", "draw_gates", "draw_matrix", "draw_misfit", "draw_quality", "draw_rows"]

Array = npt.NDArray[np.float64]
_MOST_ROWS = 70


@dataclass(frozen=True)
class Span:
    """One line of a figure: a point with two nested intervals, and optionally an observed value."""

    label: str
    middle: float
    half: tuple[float, float]
    most: tuple[float, float]
    observed: float = float("nan")
    flagged: bool = False


def draw_rows(name: str, title: str, spans: Sequence[Span], lang: str, foot: Sequence[str] = ()) -> Drawing:
    """Draw the rows of one municipality, in predictive standard deviations around the predicted median.

    All rows are drawn; rows outside are labelled, and all rows where they fit on the page.
    """
    shown = list(spans)
    blue, red = line_of(1).colour, line_of(2).colour
    step = 0.22 if len(shown) <= _MOST_ROWS else 0.22 * _MOST_ROWS / len(shown)
    with axes_of(7.6, 1.5 + step * len(shown)) as (figure, panels):
        axes = panels[0]
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.axvline(0.0, color=GREY, linewidth=0.8)
        ticks: list[tuple[int, str]] = []
        for place, span in enumerate(shown):
            unit = (span.most[1] - span.most[0]) / (2 * NINETY) or 1.0
            most, half = ([(end - span.middle) / unit for end in ends] for ends in (span.most, span.half))
            axes.plot(most, (place, place), color=blue, linewidth=1.2, alpha=0.7)
            axes.plot(half, (place, place), color=blue, linewidth=3.2, solid_capstyle="butt", alpha=0.7)
            spot = float(np.clip((span.observed - span.middle) / unit, -5, 5))
            mark, size, colour = ("D", 4, red) if span.flagged else ("o", 3, INK)
            axes.plot([spot], [place], marker=mark, markersize=size, color=colour)
            if span.flagged or len(shown) <= _MOST_ROWS:
                ticks.append((place, span.label))
        axes.set_yticks([place for place, _ in ticks], [label for _, label in ticks], fontsize=6.5)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(-5.2, 5.2)
        axes.set_xlabel(
            Say(
                "predictive standard deviations from the prediction", "voorspelstandaardafwijkingen van de voorspelling"
            ).to(lang)
        )
        axes.set_title(title)
        stamp(figure, foot)
    outside = [span.label for span in shown if span.flagged]
    caption = Say(
        f"{title}: dots are published numbers, bars the 50% and 90% predictive intervals; "
        f"{len(outside)} of {len(shown)} outside (diamonds)",
        f"{title}: stippen zijn gepubliceerde getallen, balken de voorspelmarges van 50% en 90%; "
        f"{len(outside)} van {len(shown)} erbuiten (ruiten)",
    ).to(lang)
    alt = ("; ".join(outside[:12]) or "-") + "."
    return Drawing(name, caption, alt, figure)


def draw_contraction(
    name: str, title: str, prior: Sequence[Span], posterior: Sequence[Span], lang: str, foot: Sequence[str] = ()
) -> Drawing:
    """Draw prior (grey) and posterior (blue) intervals of each parameter, in prior standard deviations."""
    blue = line_of(1).colour
    with axes_of(7.6, 1.5 + 0.27 * len(prior)) as (figure, panels):
        axes = panels[0]
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        for place, (before, after) in enumerate(zip(prior, posterior, strict=True)):
            axes.plot(before.most, (place - 0.17,) * 2, color=GREY, linewidth=1.2)
            axes.plot([before.middle], [place - 0.17], marker="|", color=GREY)
            axes.plot(after.most, (place + 0.13,) * 2, color=blue, linewidth=1.4)
            axes.plot(after.half, (place + 0.13,) * 2, color=blue, linewidth=4, solid_capstyle="butt")
            axes.plot([after.middle], [place + 0.13], marker="o", markersize=3.5, color=INK)
        axes.set_yticks(range(len(prior)), [span.label for span in posterior], fontsize=8)
        axes.set_ylim(len(prior) - 0.4, -0.6)
        axes.set_xlabel(
            Say("prior standard deviations (0 = prior median)", "standaardafwijkingen van de prior (0 = mediaan)").to(
                lang
            )
        )
        axes.set_title(title)
        stamp(figure, foot)
    caption = Say(
        f"{title}: grey the 90% prior interval, blue the 90% and 50% posterior intervals",
        f"{title}: grijs de 90%-marge van de prior, blauw de 90%- en 50%-marge van de posterior",
    ).to(lang)
    alt = "; ".join(f"{s.label}: {s.middle:+.2f} ({s.most[0]:+.2f}, {s.most[1]:+.2f})" for s in posterior)
    return Drawing(name, caption, alt + ".", figure)


def draw_matrix(
    name: str,
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Array,
    lang: str,
    *,
    signed: bool = False,
    unit: str = "",
    foot: Sequence[str] = (),
) -> Drawing:
    """Draw a table of numbers as shades, the larger ones written in their cells.

    Args:
        name: file name.
        title: heading.
        rows, columns: labels.
        values: [rows, columns].
        lang: "en" or "nl".
        signed: -1..1 (correlations), else 0 upwards.
        unit: of the numbers, for the caption.
        foot: words for the foot.
    """
    top = 1.0 if signed else max(float(np.nanmax(values, initial=0.0)), 1e-9)
    with axes_of(2.6 + 0.36 * len(columns), 2.0 + 0.25 * len(rows)) as (figure, panels):
        axes = panels[0]
        axes.grid(visible=False)
        axes.imshow(values, aspect="auto", vmin=-top if signed else 0.0, vmax=top, cmap="PuOr" if signed else "Blues")
        axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=7.5)
        axes.set_yticks(range(len(rows)), rows, fontsize=7.5)
        for i in range(len(rows)):
            for j in range(len(columns)):
                value = float(values[i, j])
                if np.isfinite(value) and abs(value) >= 0.25 * top and not (signed and i == j):
                    dark = abs(value) > 0.65 * top
                    axes.text(
                        j, i, f"{100 * value:.0f}", ha="center", va="center", fontsize=6, color="white" if dark else INK
                    )
        axes.set_title(title)
        stamp(figure, foot)
    order = np.argsort(-np.abs(np.nan_to_num(values)), axis=None)[:6]
    said = [(int(place) // len(columns), int(place) % len(columns)) for place in order]
    alt = "; ".join(f"{rows[i]}, {columns[j]}: {100 * values[i, j]:.0f}" for i, j in said)
    return Drawing(name, f"{title} ({unit})" if unit else title, alt + ".", figure)


def draw_misfit(
    name: str,
    title: str,
    labels: Sequence[str],
    statistics: Sequence[float],
    regions: Sequence[tuple[float, float, float]],
    lang: str,
    foot: Sequence[str] = (),
) -> Drawing:
    """Draw the misfit of each municipality over its expected value, beside its 90% reference region.

    `regions`: 5%, 50% and 95% points of the reference distribution of each.
    """
    with axes_of(7.2, 1.6 + 0.32 * len(labels)) as (figure, panels):
        axes = panels[0]
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        for place, (value, (low, middle, high)) in enumerate(zip(statistics, regions, strict=True)):
            base = middle or 1.0
            axes.plot(
                (low / base, high / base), (place, place), color=GREY, linewidth=4, alpha=0.5, solid_capstyle="butt"
            )
            outside = value > high
            axes.plot(
                [value / base],
                [place],
                marker="D" if outside else "o",
                markersize=6,
                color=line_of(2).colour if outside else line_of(1).colour,
            )
        axes.axvline(1.0, color=INK, linewidth=0.8)
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.set_xlim(left=0.0)
        axes.set_xlabel(
            Say(
                "misfit / what a right model gives on average (median)",
                "misfit / wat een goed model gemiddeld geeft (mediaan)",
            ).to(lang)
        )
        axes.set_title(title)
        stamp(figure, foot)
    caption = Say(
        f"{title}: dots beside the 90% region of a right model (grey)",
        f"{title}: stippen naast het 90%-gebied van een goed model (grijs)",
    ).to(lang)
    alt = "; ".join(
        f"{label}: {value:.1f} ({low:.1f} - {high:.1f})"
        for label, value, (low, _, high) in zip(labels, statistics, regions, strict=True)
    )
    return Drawing(name, caption, alt + ".", figure)


def draw_gates(
    name: str, title: str, gates: Sequence[tuple[str, float]], lang: str, foot: Sequence[str] = ()
) -> Drawing:
    """Draw how much of each limit was used, as bars; beyond the dashed line the limit is passed."""
    good, bad = line_of(1).colour, line_of(2).colour
    with axes_of(7.2, 1.5 + 0.34 * len(gates)) as (figure, panels):
        axes = panels[0]
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        shown = [min(max(used, 0.0), 3.0) for _, used in gates]
        colours = [good if used < 1.0 else bad for _, used in gates]
        axes.barh(range(len(gates)), shown, height=0.55, color=colours, alpha=0.85)
        axes.axvline(1.0, color=INK, linewidth=1.0, linestyle="--")
        axes.set_yticks(range(len(gates)), [label for label, _ in gates])
        axes.set_ylim(len(gates) - 0.4, -0.6)
        axes.set_xlim(0.0, max(1.15, *shown, 1.0) if shown else 1.15)
        axes.set_xlabel(Say("share of what is allowed (1 = the limit)", "deel van wat mag (1 = de grens)").to(lang))
        axes.set_title(title)
        stamp(figure, foot)
    caption = Say(
        f"{title}: bars that stay left of the dashed line are reached",
        f"{title}: balken die links van de streepjeslijn blijven, zijn gehaald",
    ).to(lang)
    alt = "; ".join(f"{label}: {100 * used:.0f}% of what is allowed" for label, used in gates)
    return Drawing(name, caption, alt + ".", figure)


def draw_quality(
    name: str, title: str, panels_of: Sequence[tuple[str, Array, float, bool]], lang: str, foot: Sequence[str] = ()
) -> Drawing:
    """Draw quality numbers of a fit, one panel each: (name, values, limit, higher is better)."""
    rows, columns = grid(len(panels_of), 3)
    outside = []
    with axes_of(2.9 * columns, 2.5 * rows, rows, columns) as (figure, panels):
        for axes, (what, values, limit, upward) in zip(panels, panels_of, strict=False):
            finite = values[np.isfinite(values)]
            axes.hist(finite, bins=24, color=line_of(1).colour, alpha=0.8)
            axes.axvline(limit, color=line_of(2).colour, linewidth=1.2, linestyle="--")
            axes.set_title(what)
            axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
            bad = int((finite < limit).sum() if upward else (finite > limit).sum())
            outside.append(f"{what}: {bad}/{len(finite)}")
        pad(panels, len(panels_of))
        stamp(figure, foot)
    caption = Say(
        f"{title}: the dashed line is the limit; beyond it: {'; '.join(outside)}",
        f"{title}: de streepjeslijn is de grens; erbuiten: {'; '.join(outside)}",
    ).to(lang)
    return Drawing(name, caption, "; ".join(outside) + ".", figure)
