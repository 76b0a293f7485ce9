"""`bijstand dose`: how the effect moves with one lever, or with two."""

from __future__ import annotations

from typing import Any

import click

from app.answering.doses import dose
from app.answering.runs import run_options

__all__ = ["command"]


@click.command(name="dose")
@click.argument("levers", nargs=-1, required=True, metavar="LEVER [LEVER]")
@click.option("--scenario", metavar="NAME|FILE", help="what the lever is moved in [default: by lever]")
@click.option("--from", "low", metavar="X", help="lowest value [default: by lever]")
@click.option("--to", "high", metavar="X", help="highest value [default: by lever]")
@click.option("--steps", metavar="N", help="number of values [default: by lever]")
@click.option("--values", metavar="X,Y,...", help="the values themselves, in place of the three above")
@click.option("--from2", "low2", metavar="X", help="the same for the second lever")
@click.option("--to2", "high2", metavar="X")
@click.option("--steps2", metavar="N")
@click.option("--values2", metavar="X,Y,...")
@click.option("--month", metavar="N", help="month of the effects [default: the last]")
@run_options
@click.pass_context
def command(context: click.Context, /, levers: tuple[str, ...], **given: Any) -> None:
    """Draw the effect against the dose: a lever of docs/regimes.md, or `treatment_months`.

    Two levers give a surface. Values beyond what the trials observed are shaded and labelled; diminishing
    returns and turning points are told with their probability.

    Example: bijstand dose contacts --from 0 --to 4 --steps 9
    """
    dose(context, levers, given)
