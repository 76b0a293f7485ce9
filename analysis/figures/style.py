"""One look for every figure: colour-blind safe, readable in print, the same bytes for the same numbers.

Figures are made without pyplot (no global state). Scenarios differ by colour, dash and marker at once, so
that they can be told apart in grey. Colours: M. Okabe and K. Ito, "Color Universal Design" (2008).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sim.files import write_whole

__all__ = [
    "COLOURS",
    "GREY",
    "INK",
    "Drawing",
    "Line",
    "axes_of",
    "grid",
    "line_of",
    "pad",
    "png",
    "save",
    "stamp",
    "svg",
    "write",
]

# Okabe-Ito without yellow (too light on paper); black is kept for the baseline.
COLOURS: tuple[str, ...] = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK = "#1a1a1a"
GREY = "#6b6b6b"
_DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)), (0, (1, 1)), (0, (8, 2, 2, 2, 2, 2)))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")

_RULES: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.titlesize": 10.5,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": 9.5,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.7,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "bijstand",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "xtick.labelsize": 9,
    "ytick.color": INK,
    "ytick.labelsize": 9,
}


class Line(NamedTuple):
    """How one scenario is drawn: colour, dash and marker together."""

    colour: str
    dash: Any
    marker: str


def line_of(number: int) -> Line:
    """Return the line of scenario `number` (0 is the baseline: black, solid)."""
    return Line(COLOURS[number % len(COLOURS)], _DASHES[number % len(_DASHES)], _MARKERS[number % len(_MARKERS)])


@contextmanager
def axes_of(
    width: float,
    height: float,
    rows: int = 1,
    columns: int = 1,
    *,
    sharex: bool | Literal["row", "col"] = False,
    sharey: bool = False,
    heights: Sequence[float] | None = None,
) -> Iterator[tuple[Figure, list[Axes]]]:
    """Give a figure of `width` x `height` inches and its axes, row by row, under the house rules."""
    with mpl.rc_context(_RULES):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        made = figure.subplots(rows, columns, sharex=sharex, sharey=sharey, squeeze=False, height_ratios=heights)
        yield figure, list(made.ravel())


@dataclass(frozen=True)
class Drawing:
    """A figure with the words that go with it: file name, caption, and text for who cannot see it."""

    name: str
    caption: str
    alt: str
    figure: Figure


def stamp(figure: Figure, words: Sequence[str]) -> None:
    """Write the label of the numbers (calibration, validity, run) across the foot of the figure."""
    figure.supxlabel("  |  ".join(word for word in words if word), fontsize=8.5, color="#8a3a00", fontweight="bold")


def grid(count: int, columns: int) -> tuple[int, int]:
    """Return the rows and columns that hold `count` panels."""
    columns = max(1, min(columns, count))
    return -(-max(count, 1) // columns), columns


def pad(axes: Sequence[Axes], used: int) -> None:
    """Hide the panels beyond the `used` first ones."""
    for unused in axes[used:]:
        unused.set_visible(False)


def _lay_out(figure: Figure) -> None:
    """Find the place of everything once: it is the same in every format, and costs as much as drawing it."""
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.execute(figure)
        figure.set_layout_engine("none")


def svg(figure: Figure) -> str:
    """Return the figure as SVG text: no date, fixed ids, equal bytes for equal figures."""
    with mpl.rc_context(_RULES):
        _lay_out(figure)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def png(figure: Figure, dpi: int = 160) -> bytes:
    """Return the figure as PNG bytes at print resolution."""
    with mpl.rc_context(_RULES):
        _lay_out(figure)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def save(figure: Figure, folder: Path, name: str, *, raster: bool = True) -> list[Path]:
    """Write `name`.svg and, unless it is not wanted, `name`.png in `folder`; return the paths."""
    return write(svg(figure), png(figure) if raster else None, folder, name)


def write(vector: str, raster: bytes | None, folder: Path, name: str) -> list[Path]:
    """Write a rendered figure in `folder`; return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    rendered = {f"{name}.svg": vector.encode(), f"{name}.png": raster}
    paths = [folder / file for file, content in rendered.items() if content is not None]
    for path in paths:
        write_whole(path, rendered[path.name] or b"")
    return paths
