"""What the response to a dose says on the terminal: the effect at each value, and the shape of the curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from analysis.inference.interval import NINETY
from app.terminal.output import language, print_table, say
from app.terminal.run_text import run_line
from sim.problems import Say

if TYPE_CHECKING:
    from app.answering.dose import Dosed

__all__ = ["print_dose"]

_MAIN = ("on_benefit", "exit_work_ever", "hours_over_12", "stress")
_HEADS = Say(
    "measure|effect|90% interval|luck|parameters|unit|label", "maat|effect|90%-marge|toeval|parameters|eenheid|label"
)
_SHAPES = Say(
    "measure|lever|diminishing returns|turning point|enough: 90% of the gain at|label",
    "maat|knop|afnemende opbrengst|keerpunt|genoeg: 90% van de winst bij|label",
)


def print_dose(context: click.Context, answer: Dosed) -> None:
    """Print effects, shapes with their probabilities, and what the trials observed of each lever."""
    from analysis.dose.response import axis_text
    from analysis.effects.words import amount, interval, name_of, number, unit_of

    lang, result, found = language(context), answer.result, answer.dose
    names = [axis_text(axis.lever).to(lang) for axis in found.axes]
    main = [name for name in _MAIN if name in found.measures]
    cells = [
        [
            *(number(x, 0 if x == round(x) else 2, lang) for x in point),
            name_of(measure, lang),
            amount(row.mean, measure, lang, difference=True),
            interval(row.low, row.high, measure, lang, difference=True),
            f"± {amount(NINETY * row.monte_carlo_se, measure, lang)}",
            f"± {amount(NINETY * row.parameter_sd, measure, lang)}",
            unit_of(measure, lang, difference=True),
            row.label(lang),
        ]
        for measure in main
        for point, row in zip(found.points, found.rows[found.measures.index(measure)], strict=True)
    ]
    title = Say(
        f"{found.scenario}: effect against the background in month {found.month}",
        f"{found.scenario}: effect ten opzichte van de achtergrond in maand {found.month}",
    )
    print_table([*names, *_HEADS.to(lang).split("|")], cells, title=title.to(lang))
    shapes = [
        [
            name_of(shape.measure, lang),
            shape.lever,
            *(f"{number(100.0 * chance, 0, lang)}%" for chance in (shape.diminishing, shape.turning)),
            " .. ".join(
                number(x, 0 if x == round(x) else 2, lang) if x == x else "?"
                for x in (shape.enough_low, shape.enough_high)
            ),
            max(found.rows[found.measures.index(shape.measure)], key=lambda row: row.distance).label(lang),
        ]
        for shape in found.shapes
        if shape.measure in main
    ]
    click.echo("")
    chances = Say("probabilities under the parameters, luck taken out", "kansen onder de parameters, zonder het toeval")
    print_table(_SHAPES.to(lang).split("|"), shapes, title=chances.to(lang))
    run_line(context, result)
    for axis in found.axes:
        if axis.seen is not None:
            low, high = (number(x, 2, lang).rstrip("0").rstrip(".,") for x in axis.seen)
            seen = Say(
                f"{axis.lever}: the trials observed {low} to {high}", f"{axis.lever}: de proeven zagen {low} tot {high}"
            )
            say(context, seen)
