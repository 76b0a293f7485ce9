"""`bijstand dose`: how the effect moves with one lever, or with two."""

from __future__ import annotations

from typing import Any

import click

from app import options
from app.answering import dose
from app.answering.request import RunSettings
from app.terminal.dose_text import print_dose
from app.terminal.output import language, print_json, say
from app.terminal.watching import watching
from sim.problems import Say

__all__ = ["command"]


def _span(suffix: str, *texts: str) -> options.Option:
    """Return the options that say which values a lever takes."""
    low, high, steps, values = texts
    return options.together(
        options.decimal(f"--from{suffix}", low, param=f"low{suffix}"),
        options.decimal(f"--to{suffix}", high, param=f"high{suffix}"),
        options.whole(f"--steps{suffix}", steps),
        options.decimals(f"--values{suffix}", values),
    )


@click.command(name="dose")
@click.argument("levers", nargs=-1, required=True, metavar="LEVER [LEVER]")
@click.option("--scenario", metavar="NAME|FILE", help="what the lever is moved in [default: by lever]")
@_span(
    "",
    "lowest value [default: by lever]",
    "highest value [default: by lever]",
    "number of values [default: by lever]",
    "the values themselves, in place of the three above",
)
@_span("2", "the same for the second lever", "", "", "")
@options.whole("--month", "month of the effects [default: the last]")
@options.settings_options
@options.report_option
@options.json_option
@click.pass_context
def command(
    context: click.Context, /, levers: tuple[str, ...], settings: RunSettings, report: bool, as_json: bool, **given: Any
) -> None:
    """Draw the effect against the dose: a lever of docs/regimes.md, or `treatment_months`.

    Two levers give a surface. Values beyond what the trials observed are shaded and labelled; diminishing
    returns and turning points are told with their probability.

    Example: bijstand dose contacts --from 0 --to 4 --steps 9
    """
    spans = tuple(
        dose.Span(given[f"low{n}"], given[f"high{n}"], given[f"steps{n}"], given[f"values{n}"]) for n in ("", "2")
    )
    request = dose.DoseRequest(levers, settings, (spans[0], spans[1]), given["scenario"], given["month"])
    with watching(context) as watch:
        found = dose.dose(request, watch, options.found_wrong(context))
    assert settings.out is not None
    files = dose.write(found, settings.out, language(context), report=report)
    if as_json:
        print_json(dose.record_of(found, files, language(context)))
        return
    print_dose(context, found)
    folder = files[0].parent
    say(context, Say(f"tables and figure: {folder}", f"tabellen en figuur: {folder}"))
