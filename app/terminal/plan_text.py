"""What a plan shows, as the terminal says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.terminal.output import language, print_table

if TYPE_CHECKING:
    from app.answering.planning import PlanAnswer

__all__ = ["print_plan"]


def print_plan(context: click.Context, answer: PlanAnswer) -> None:
    """Print the sentences first, then every table."""
    from analysis.planning.page import sentences, tables

    lang = language(context)
    for sentence in sentences(answer, lang):
        click.echo(sentence + "\n")
    for title, headers, rows in tables(answer, lang):
        print_table(headers, rows, title=title)
        click.echo("")
