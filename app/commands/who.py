"""`bijstand who`: for whom a policy works, who gains and who loses, and a rule that tailors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app import options
from app.answering import who
from app.answering.observed import PriceChanges
from app.answering.request import RunSettings
from app.terminal.output import language, print_json
from app.terminal.watching import watching
from app.terminal.who_text import print_who

__all__ = ["command"]


@click.command(name="who")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@options.against_option
@click.option(
    "--goal",
    default="months_worked",
    show_default=True,
    metavar="NAME",
    help="outcome shown, and what a rule is learned for: income, months_worked, on_benefit, stress, ...",
)
@click.option("--tailor/--no-tailor", default=True, help="look for a rule that chooses between the scenarios")
@options.whole("--depth", "questions below each other in the rule, 1-3", default="2")
@options.listed("--observe", "what the rule may ask [what a caseworker sees]", param="observe")
@click.option("--group", "groups", multiple=True, metavar="CONDITION", help="a group of your own (repeatable)")
@options.price_options
@options.settings_options
@options.figures_option
@options.json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    scenarios: tuple[str, ...],
    goal: str,
    given_prices: tuple[str, ...],
    price_file: Path | None,
    figures: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """For whom does it work? Effects by group, who is better and worse off, and a rule that tailors.

    Groups are those of the start: obstacles, stress, bandwidth, household, spell, education, view of people.
    The same person meets the same random numbers in every scenario. With two or more scenarios the rule chooses
    between all of them and the baseline; it is written as a scenario that `bijstand run` runs. A group of your own is
    a condition as in rules: --group 'household == "single" and debt > 0' (traits: bijstand columns).

    Example: bijstand who intensive exemption --goal wellbeing --people 3000
    """
    lang, settings = language(context), given["settings"]
    assert isinstance(settings, RunSettings)
    prices = PriceChanges(given_prices, price_file)
    request = who.WhoRequest(scenarios, goals=(goal,), prices=prices, **options.given_only(given))
    with watching(context) as watch:
        found = who.who(request, watch, options.found_wrong(context))
    assert settings.out is not None
    files = who.write(found, goal, settings.out, lang, figures=figures)
    if as_json:
        print_json(who.record_of(found, goal, files, lang))
        return
    print_who(context, found, goal, files)
