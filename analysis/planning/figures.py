"""Figures of a plan: power over participants for the stated effects, and the smallest effect over people and months."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.figures.style import INK, Drawing, axes_of, line_of, stamp
from analysis.planning.curve import contour, curves
from analysis.planning.design import Design
from analysis.planning.trials import Library
from sim.problems import Say

__all__ = ["draw_plan"]


def draw_plan(
    designs: Sequence[Design], libraries: Sequence[Library], label: Say, run_id: str, lang: str
) -> Iterator[Drawing]:
    """Yield, per design, its curves, and its contour where it is read in several months."""
    for design, library in zip(designs, libraries, strict=True):
        asked = design.decision
        name = design.name.replace(" ", "_").replace("=", "")
        with axes_of(7.2, 4.4, 1, 1) as (figure, panels):
            axes = panels[0]
            for number, each in enumerate(curves(design, library, asked.outcome, asked.month, asked.arm)):
                line = line_of(number)
                axes.plot(
                    each.people, 100 * each.power, color=line.colour, linestyle=line.dash, label=f"{each.effect:g}"
                )
            axes.axhline(100 * design.power, color=INK, linewidth=0.8)
            axes.axvline(design.people, color=INK, linewidth=0.8)
            axes.set_xscale("log")
            axes.set_xlabel(Say("participants", "deelnemers").to(lang))
            axes.set_ylabel("power (%)")
            axes.set_title(design.title.to(lang))
            axes.legend(title=Say("effect (points)", "effect (punten)").to(lang))
            stamp(figure, (label.to(lang), run_id))
        caption = Say("Power over participants, by stated effect", "Power naar deelnemers, per opgegeven effect").to(
            lang
        )
        yield Drawing(f"power_{name}", caption, f"{caption}: {design.title.to(lang)}", figure)
        people, months, smallest = contour(design, library, asked.outcome, asked.arm)
        if len(months) > 1:
            with axes_of(7.2, 4.4, 1, 1) as (figure, panels):
                axes = panels[0]
                axes.clabel(axes.contour(people, months, smallest.T), fmt="%g")
                axes.set_xscale("log")
                axes.set_xlabel(Say("participants", "deelnemers").to(lang))
                axes.set_ylabel(Say("month", "maand").to(lang))
                axes.set_title(Say("smallest effect (points)", "kleinste effect (punten)").to(lang))
                stamp(figure, (label.to(lang), run_id))
            caption = Say(
                "Smallest effect by participants and months", "Kleinste effect naar deelnemers en maanden"
            ).to(lang)
            yield Drawing(f"smallest_{name}", caption, f"{caption}: {design.title.to(lang)}", figure)
