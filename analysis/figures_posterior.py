"""Two posteriors side by side: what moved, in standard deviations of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.style import GREY, Drawing, axes_of, line_of, stamp
from sim.problems import Say

__all__ = ["Pair", "draw_moves"]

_CAPTION = Say(
    "What changed from posterior {a} to posterior {b}, in standard deviations of {a}",
    "Wat er veranderde van posterior {a} naar posterior {b}, in standaardafwijkingen van {a}",
)
_AXIS = Say("standard deviations of {a}, from its median", "standaardafwijkingen van {a}, vanaf de mediaan")
_HEIGHT = 0.26


@dataclass(frozen=True)
class Pair:
    """One line: a quantity under A and B as (low, middle, high), in standard deviations of A."""

    label: str
    a: tuple[float, float, float]
    b: tuple[float, float, float]


def draw_moves(pairs: Sequence[Pair], a: str, b: str, lang: str, words: Sequence[str]) -> Drawing:
    """Draw 90% intervals under A and B, the first line on top; `words` go into the foot."""
    with axes_of(8.0, 1.6 + _HEIGHT * len(pairs)) as (figure, panels):
        axes = panels[0]
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.axvline(0.0, color=GREY, linewidth=0.8)
        for which, name in enumerate((a, b)):
            line = line_of(which + 1)
            for place, pair in enumerate(pairs):
                low, middle, high = pair.b if which else pair.a
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
        axes.set_yticks(range(len(pairs)), [pair.label for pair in pairs])
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        axes.set_xlabel(_AXIS.to(lang).format(a=a))
        axes.legend(loc="best")
        stamp(figure, words)
    caption = _CAPTION.to(lang).format(a=a, b=b)
    return Drawing("moves", caption, "; ".join(_words(pair) for pair in pairs), figure)


def _words(pair: Pair) -> str:
    return f"{pair.label}: {pair.a[1]:+.1f} -> {pair.b[1]:+.1f}"
