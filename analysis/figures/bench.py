"""The figure of `bijstand bench`: how fast each engine is at each size, against what the machine allows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.figures.style import GREY, axes_of, line_of, save, stamp

__all__ = ["draw_bench"]

_LINES = (
    ("engine_two_threads_wall", "engine, two threads (clock)"),
    ("engine", "engine, one thread"),
    ("numpy", "vectorised NumPy"),
    ("mesa", "plain Mesa objects"),
)


def draw_bench(found: Mapping[str, Any], folder: Path, name: str = "benchmark") -> list[Path]:
    """Write `name`.svg and .png: million agent-months per second by number of people; return the paths."""
    with axes_of(7.0, 4.2) as (figure, axes):
        panel = axes[0]
        for number, (key, label) in enumerate(_LINES):
            points = [(row["people"], row[key]) for row in found["sizes"] if row[key] is not None]
            if not points:
                continue
            look = line_of(number)
            x, y = zip(*points, strict=True)
            panel.plot(x, y, color=look.colour, linestyle=look.dash, marker=look.marker, label=label)
        bound = min(found["roofline"]["bound_by_memory"], found["roofline"]["bound_by_arithmetic"])
        panel.axhline(bound, color=GREY, linewidth=1.0, linestyle=":")
        panel.annotate(
            "what arithmetic and memory of one core allow",
            (found["sizes"][0]["people"], bound),
            xytext=(0, 4),
            textcoords="offset points",
            color=GREY,
            fontsize=8.5,
        )
        panel.set_xscale("log")
        panel.set_yscale("log")
        panel.set_xlabel("people")
        panel.set_ylabel("million agent-months per second")
        panel.set_title("One society, four ways to compute it (equal results)")
        panel.legend(loc="center right")
        machine = found["machine"]
        stamp(figure, [f"{machine['processor']}, {machine['cores']} cores", found["made"][:10]])
        return save(figure, folder, name)
