"""What the figures of an answer share: eight centimetres wide, text that stays text, nothing told by colour alone.

Every text is left-aligned in the SVG, at an edge that was measured without hinting: WeasyPrint displaces the first
letter of right-aligned SVG text, and text turned into outlines shows thick bars in the PDF viewers of browsers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findSystemFonts, fontManager
from matplotlib.textpath import TextPath

from analysis.figures.style import INK, svg

__all__ = ["ASSUMED", "CONCLUDED", "WIDTH", "box", "canvas", "text_width", "to_svg", "write_at"]

CM = 72.0 / 2.54  # points in a centimetre
WIDTH = 8.0 * CM
ASSUMED, CONCLUDED = "#8a8a8a", "#0072B2"
SMALLEST_TEXT = 6.9

_STACK = "Arial, 'Liberation Sans', Helvetica, sans-serif"


def _font() -> str:
    """Return the font to measure with; DejaVu Sans, which comes with Matplotlib, is wider and always there."""
    equal = ("Arial", "Liberation Sans")  # of equal widths
    known = {entry.name for entry in fontManager.ttflist}
    if not known & set(equal):  # Matplotlib's list of fonts may be older than the font
        for path in findSystemFonts():
            if Path(path).name.lower().startswith(("liberationsans-", "arial.", "arialbd", "ariali")):
                fontManager.addfont(path)
        known = {entry.name for entry in fontManager.ttflist}
    return next((name for name in equal if name in known), "DejaVu Sans")


_FONT = _font()
_RULES: Any = {
    "font.family": _FONT,
    "hatch.linewidth": 1.1,
    "svg.fonttype": "none",
    "svg.hashsalt": "bijstand",
    "text.parse_math": False,
    "xtick.major.size": 2.0,
    "xtick.major.width": 0.6,
    "ytick.major.size": 2.0,
    "ytick.major.width": 0.6,
}


@contextmanager
def canvas(height: float) -> Iterator[Figure]:
    """Give a figure 8 cm wide and `height` points high, of which one unit is one point."""
    with mpl.rc_context(_RULES):
        figure = Figure(figsize=(WIDTH / 72.0, height / 72.0), facecolor="white")
        FigureCanvasAgg(figure)
        yield figure


def box(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Return axes whose place is given in points."""
    whole = float(figure.get_figheight()) * 72.0
    return figure.add_axes((left / WIDTH, bottom / whole, width / WIDTH, height / whole))


def text_width(text: str, size: float, *, bold: bool = False, italic: bool = False) -> float:
    """Return the width of a text in points, without hinting."""
    font = FontProperties(family=_FONT, weight="bold" if bold else "normal", style="italic" if italic else "normal")
    if not text.strip():
        return 0.0
    return float(TextPath((0.0, 0.0), text, size=size, prop=font, usetex=False).get_extents().x1)


def write_at(
    figure: Figure,
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    align: str = "left",
    colour: str = INK,
    bold: bool = False,
    italic: bool = False,
    ground: bool = False,
) -> tuple[float, float]:
    """Write a text whose left, middle or right end lies at `x` points; return its left and right ends.

    The text is kept inside the figure; `ground` puts white behind it.
    """
    wide = text_width(text, size, bold=bold, italic=italic)
    left = x - {"left": 0.0, "centre": wide / 2.0, "right": wide}[align]
    left = min(max(left, 1.0), WIDTH - wide - 1.0)
    whole = float(figure.get_figheight()) * 72.0
    figure.text(
        left / WIDTH,
        y / whole,
        text,
        fontsize=size,
        color=colour,
        ha="left",
        va="baseline",
        fontweight="bold" if bold else "normal",
        fontstyle="italic" if italic else "normal",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6} if ground else None,
    )
    return left, left + wide


def to_svg(figure: Figure) -> str:
    """Return the figure as SVG, with a font stack in place of the one font it was measured with."""
    text = svg(figure)
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"font-family: [^;\"]*", f"font-family: {_STACK}", text)
    return re.sub(r"(font: [^;\"]*?px )[^;\"]*", rf"\g<1>{_STACK}", text)
