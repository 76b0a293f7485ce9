"""`bijstand run`: simulate one scenario."""

from __future__ import annotations

from typing import Any

import click

from app.commands.compare import answer, run_options

__all__ = ["command"]


@click.command(name="run")
@click.argument("scenario")
@run_options
@click.pass_context
def command(context: click.Context, /, scenario: str, **given: Any) -> None:
    """Simulate one scenario: a name (`bijstand scenarios list`) or a TOML file.

    Prints outcomes with their intervals, stores the run, and writes a report in <out>/<run id>.

    Example: bijstand run intensive --people 500 --draws 10 --seeds 4
    """
    answer(context, (scenario,), **given)
