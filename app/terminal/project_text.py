"""What a projection says on the terminal: each policy, the contrasts between them, structural variants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from analysis.inference.interval import NINETY
from app.answering.project import MAIN, Projection, shown_months
from app.terminal.output import language, note, print_table, say
from app.terminal.run_text import print_summary
from sim.problems import Say

if TYPE_CHECKING:
    from analysis.effects.summary import Row

__all__ = ["print_projection"]

_SHOWN = (*MAIN, "stress")
_HEADS = Say(
    "question|measure|month|difference|90% interval|unit|luck|parameters|draws above zero|label",
    "vraag|maat|maand|verschil|90%-marge|eenheid|toeval|parameters|trekkingen boven nul|label",
)
_SPREAD = Say(
    "policy|measure|month|effect|lowest|without|highest|without|same sign|unit|label",
    "beleid|maat|maand|effect|laagste|zonder|hoogste|zonder|zelfde teken|eenheid|label",
)


def print_projection(context: click.Context, found: Projection, *, levels: bool = False) -> None:
    """Print the summary, what a policy does beside another or another length, and what mechanisms it hangs on."""
    lang = language(context)
    shown = shown_months(found.summary, found.policies)
    say(context, Say(f"labour market: {found.market}", f"arbeidsmarkt: {found.market}"))
    answers = [answer for answer in found.answers if answer.asked.month in shown]
    print_summary(context, found.result, replace(found.summary, marks=shown), answers, levels=levels)
    rows = [row for row in found.contrasts if row.measure in _SHOWN and row.month in shown]
    if rows:
        click.echo("")
        print_table(_HEADS.to(lang).split("|"), [_contrast(row, found, lang) for row in rows])
    if found.spreads:
        _print_spreads(context, found, lang)
    if found.precision is not None:
        note(context, found.precision)


def _contrast(row: Row, found: Projection, lang: str) -> list[str]:
    from analysis.effects.words import amount, interval, name_of, number, unit_of
    from analysis.projection.policies import question

    titles = {name: found.result.title(name, lang) for name in found.result.scenarios}
    return [
        question(row, titles, lang),
        name_of(row.measure, lang),
        str(row.month),
        amount(row.mean, row.measure, lang, difference=True),
        interval(row.low, row.high, row.measure, lang, difference=True),
        unit_of(row.measure, lang, difference=True),
        f"± {amount(NINETY * row.monte_carlo_se, row.measure, lang)}",
        f"± {amount(NINETY * row.parameter_sd, row.measure, lang)}",
        f"{number(100.0 * row.share_above, 0, lang)}%",
        row.label(lang),
    ]


def _print_spreads(context: click.Context, found: Projection, lang: str) -> None:
    from analysis.effects.validity import LABELS
    from analysis.effects.words import amount, name_of, number, unit_of
    from sim.parameters import MECHANISMS

    cells = [
        [
            found.result.title(each.scenario, lang),
            name_of(each.measure, lang),
            str(each.month),
            *(amount(x, each.measure, lang, difference=True) for x in (each.whole, each.low)),
            MECHANISMS[each.lowest].title.to(lang),
            amount(each.high, each.measure, lang, difference=True),
            MECHANISMS[each.highest].title.to(lang),
            f"{number(100.0 * each.same_sign, 0, lang)}%",
            unit_of(each.measure, lang, difference=True),
            LABELS[each.validity].to(lang),
        ]
        for each in found.spreads
        if each.measure in _SHOWN
    ]
    count, run = found.spreads[0].variants, found.spreads[0].run_id
    title = Say(
        f"structural variants: the effect without each of {count} mechanisms in turn, in no interval above",
        f"structurele varianten: het effect zonder elk van {count} mechanismen, in geen marge hierboven",
    )
    click.echo("")
    print_table(_SPREAD.to(lang).split("|"), cells, title=title.to(lang))
    label = found.result.provenance.label
    say(context, Say(f"run {run}: {label['en']}", f"run {run}: {label['nl']}"))
