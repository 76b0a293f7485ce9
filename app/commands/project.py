"""`bijstand project`: what a policy does over years, while it lasts and after it stops."""

from __future__ import annotations

from typing import Any

import click

from app.answering.projections import project
from app.answering.runs import run_options

__all__ = ["command"]


@click.command(name="project")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--treatment", metavar="24,48,always", help="lengths of treatment, all watched for --months [the file]")
@click.option("--ending", metavar="WORD", help="the end is announced, silent, or both (compared) [default: announced]")
@click.option("--market", metavar="A,B", help="labour markets: historic, flat, tight, slack [the file]")
@click.option("--lockdown/--no-lockdown", default=None, help="the lockdowns of 2020-2022 happen [the file]")
@click.option(
    "--precision",
    metavar="POINTS",
    help="a pilot run chooses draws and seeds: half of the 90% interval that computing alone leaves, "
    "in percentage points",
)
@click.option(
    "--most", metavar="N", default="4000", show_default=True, help="most replicates of each scenario with --precision"
)
@click.option("--variants", is_flag=True, help="also without each mechanism in turn: a spread of its own")
@run_options
@click.pass_context
def command(context: click.Context, /, scenarios: tuple[str, ...], **given: Any) -> None:
    """Project policies against the background of the first, up to 120 months and beyond.

    Every policy and every length of treatment has the same people, the same luck and the same months. Each
    number has its interval, its sources of uncertainty and its label: how far it stands from the evidence.

    Example: bijstand project intensive --treatment 24,48,always --months 120 --precision 0.5
    """
    project(context, scenarios, given)
