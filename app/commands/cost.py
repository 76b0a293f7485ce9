"""`bijstand cost`: accounts per party, when they break even, and what a budget delivers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app import options
from app.answering import cost
from app.answering.observed import PriceChanges
from app.answering.request import RunSettings
from app.terminal.cost_text import print_cost
from app.terminal.output import language, print_json, say
from app.terminal.watching import watching
from sim.problems import Say

__all__ = ["command"]


@click.command(name="cost")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@options.against_option
@options.price_options
@click.option(
    "--effect",
    default="months_worked",
    show_default=True,
    metavar="NAME",
    help="natural unit of the cost plane: months_worked, months_on_benefit, wellbeing, stress, ...",
)
@options.decimal("--worth", "largest value of one unit in the acceptability curve [5000]", metavar="EUR", unit="EUR")
@options.decimal("--budget", "a fixed budget over the run: whom can it reach?", metavar="EUR", unit="EUR")
@options.whole("--clients", "people that the budget is for [the people of the run]")
@click.option("--group", metavar="CONDITION", help="accounts of those under a condition only [everybody]")
@options.settings_options
@options.figures_option
@options.json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    scenarios: tuple[str, ...],
    given_prices: tuple[str, ...],
    price_file: Path | None,
    figures: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Cost and benefit of scenarios for participant, municipality, national government and society.

    Euros per person over the whole run, discounted, against the baseline, under common random numbers. Prices
    that no source gives are assumptions and say so: put in your own.

    Example: bijstand cost intensive --price caseworker_hour=62 --budget 500000 --people 2000
    """
    lang, settings = language(context), given["settings"]
    assert isinstance(settings, RunSettings)
    request = cost.CostRequest(scenarios, prices=PriceChanges(given_prices, price_file), **options.given_only(given))
    with watching(context) as watch:
        found = cost.cost(request, watch, options.found_wrong(context))
    assert settings.out is not None
    files = cost.write(found, settings.out, lang, figures=figures)
    if as_json:
        print_json(cost.record_of(found, files, lang))
        return
    print_cost(context, found)
    say(context, Say(f"tables and figures: {files[0].parent}", f"tabellen en figuren: {files[0].parent}"))
