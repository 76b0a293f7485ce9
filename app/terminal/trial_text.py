"""A simulated trial beside its report, as the terminal says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.terminal.output import language, print_table, say

if TYPE_CHECKING:
    from app.answering.trial import Made

__all__ = ["print_trial"]


def print_trial(context: click.Context, made: Made) -> None:
    """Print every table with what lies outside its interval, and the sentences that go with them."""
    from analysis.trial.output import HEADERS, cells_of, summary_line
    from app.answering.trial import said

    lang = language(context)
    for table in made.tables:
        click.echo(click.style(table.title.to(lang), bold=True))
        print_table(HEADERS.to(lang).split("|"), [cells_of(row, lang) for row in table.rows])
        click.echo(summary_line(table).to(lang) + "\n")
    for sentence in said(made):
        say(context, sentence)
