"""Two posteriors side by side: what moved, in standard deviations of the first, and projected effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from analysis.effects.summary import Row
from analysis.effects.words import amount, is_share, name_of, unit_of
from analysis.figures.style import GREY, Drawing, axes_of, grid, line_of, pad, stamp
from sim.problems import Say

__all__ = ["Pair", "draw_effects", "draw_moves"]

_CAPTION = Say(
    "What changed from posterior {a} to posterior {b}, in standard deviations of {a}",
    "Wat er veranderde van posterior {a} naar posterior {b}, in standaardafwijkingen van {a}",
)
_AXIS = Say("standard deviations of {a}, from its median", "standaardafwijkingen van {a}, vanaf de mediaan")
_EFFECTS = Say(
    "Projected effects under posterior {a} and under posterior {b}: means and 90% intervals",
    "Geprojecteerde effecten onder posterior {a} en onder posterior {b}: gemiddelden en 90%-marges",
)
_HEIGHT = 0.26
Ends = tuple[float, float, float]


@dataclass(frozen=True)
class Pair:
    """One line: a quantity under A and B as (low, middle, high), in standard deviations of A."""

    label: str
    a: Ends
    b: Ends


def draw_moves(
    pairs: Sequence[Pair],
    a: str,
    b: str,
    lang: str,
    words: Sequence[str],
    *,
    name: str = "moves",
    caption: Say = _CAPTION,
    axis: Say = _AXIS,
) -> Drawing:
    """Draw 90% intervals under A and B, the first line on top; `words` go into the foot."""
    with axes_of(8.0, 1.6 + _HEIGHT * len(pairs)) as (figure, panels):
        axes = panels[0]
        _beside(axes, [(pair.a, pair.b) for pair in pairs], (a, b))
        axes.set_yticks(range(len(pairs)), [pair.label for pair in pairs])
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        axes.set_xlabel(axis.to(lang).format(a=a))
        axes.legend(loc="best")
        stamp(figure, words)
    return Drawing(name, caption.to(lang).format(a=a, b=b), "; ".join(_words(pair) for pair in pairs), figure)


def draw_effects(pairs: Sequence[tuple[Row, Row]], a: str, b: str, lang: str, words: Sequence[str]) -> Drawing:
    """Draw each effect under A and under B, a panel per measure, in its unit; `words` go into the foot."""
    measures = list(dict.fromkeys(first.measure for first, _ in pairs))
    several = len({first.scenario for first, _ in pairs}) > 1
    rows, columns = grid(len(measures), 3)
    deep = max(sum(first.measure == measure for first, _ in pairs) for measure in measures)
    month = "maand" if lang == "nl" else "month"
    size = (3.4 * columns, (1.4 + 0.42 * deep) * rows + 0.5)
    with axes_of(*size, rows, columns) as (figure, panels):
        for axes, measure in zip(panels, measures, strict=False):
            mine = [pair for pair in pairs if pair[0].measure == measure]
            factor = 100.0 if is_share(measure) else 1.0
            spans = [(_span(first, factor), _span(second, factor)) for first, second in mine]
            _beside(axes, spans, (a, b))
            labels = [
                f"{first.scenario}, {month} {first.month}" if several else f"{month} {first.month}" for first, _ in mine
            ]
            axes.set_yticks(range(len(mine)), labels)
            axes.set_ylim(len(mine) - 0.4, -0.6)
            axes.set_title(name_of(measure, lang), fontsize=9)
            axes.set_xlabel(unit_of(measure, lang, difference=True))
        pad(panels, len(measures))
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=2)
        stamp(figure, words)
    alt = "; ".join(_effect_words(first, second, lang) for first, second in pairs)
    return Drawing("effects", _EFFECTS.to(lang).format(a=a, b=b), alt, figure)


def _beside(axes: Axes, spans: Sequence[tuple[Ends, Ends]], names: tuple[str, str]) -> None:
    """Draw each line's interval (low, middle, high) under the first name, and below it under the second."""
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    for which, name in enumerate(names):
        line = line_of(which + 1)
        for place, span in enumerate(spans):
            low, middle, high = span[which]
            axes.errorbar(
                [middle],
                [place + (0.16 if which else -0.16)],
                xerr=[[max(middle - low, 0.0)], [max(high - middle, 0.0)]],
                color=line.colour,
                marker=line.marker,
                markersize=3.5,
                capsize=1.5,
                elinewidth=1.2,
                label=name if place == 0 else None,
            )


def _span(row: Row, factor: float) -> Ends:
    return factor * row.low, factor * row.mean, factor * row.high


def _effect_words(first: Row, second: Row, lang: str) -> str:
    one, other = (amount(row.mean, row.measure, lang, difference=True) for row in (first, second))
    unit = unit_of(first.measure, lang, difference=True)
    return f"{name_of(first.measure, lang)}, {first.month}, {first.scenario}: {one} -> {other} {unit}"


def _words(pair: Pair) -> str:
    return f"{pair.label}: {pair.a[1]:+.1f} -> {pair.b[1]:+.1f}"
