"""`bijstand doubt`: the strongest reasons not to believe a number."""

from __future__ import annotations

from typing import Any

import click

from app import options
from app.answering import doubt
from app.answering.request import RunSettings
from app.terminal.output import language, print_json, print_table, say
from app.terminal.watching import watching
from sim.problems import Say

__all__ = ["command"]

_HEADS = Say("reason|moves by|becomes|k|draws", "reden|verschuift|wordt|k|trekkingen")
_MOST = 15


@click.command(name="doubt")
@click.argument("run", metavar="RUN")
@click.option(
    "--measure", default="hours_over_12", show_default=True, metavar="NAME", help="the number that is doubted"
)
@options.worker_options
@options.database_option
@options.as_settings
@options.json_option
@click.pass_context
def command(context: click.Context, /, run: str, measure: str, settings: RunSettings, as_json: bool, **_: Any) -> None:
    """The strongest reasons not to believe the number of a stored run, in the order of how far each moves it.

    Priors half and twice as wide or moved, each family of evidence and each town left out (draws weighed again, k
    told: above 0.7 the draws cannot tell); another labour market and each mechanism off (small simulations). Not
    asked: lever codes, bias terms, prices. Also: `twijfel`.

    Example: bijstand doubt last --measure hours_over_12
    """
    with watching(context) as watch:
        found = doubt.doubt(doubt.DoubtRequest(run, settings, measure), watch, options.found_wrong(context))
    lang = language(context)
    if as_json:
        print_json(doubt.record_of(found, lang))
        return
    from analysis.answer.doubt_words import doubt_rows, doubt_sentences

    print_table(_HEADS.to(lang).split("|"), doubt_rows(found.doubts[:_MOST], found.measure, lang))
    for text in (
        *doubt_sentences(found.doubts, found.whole, found.measure, lang),
        *(t.to(lang) for t in found.left_out),
    ):
        click.echo(text)
    say(context, Say(f"run {found.run_id}, month {found.month}", f"run {found.run_id}, maand {found.month}"))
