"""`bijstand council`: one page for a council, in Dutch or English."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app import options
from app.answering import council
from app.answering.observed import PriceChanges
from app.answering.request import RunSettings
from app.terminal.output import language, print_json, say
from app.terminal.watching import watching
from sim.problems import Say, one_of

__all__ = ["command"]

_CLIENTS = Say(
    "for people and euros of the whole town: --clients N", "voor mensen en euro's van de hele gemeente: --clients N"
)


@click.command(name="council")
@click.argument("plan", metavar="FILE|RUN")
@options.whole("--clients", "people on benefit in your municipality: counts people and euros of the whole town")
@click.option("--group", "groups", multiple=True, metavar="EXPR", help="a group to show, as in rules (repeatable, 4)")
@click.option(
    "--measure", metavar="NAME", help="the outcome in the headline [hours_over_12; hours_over_8 for wages kept]"
)
@click.option("--place", metavar="NAME", help="the municipality [that of the people of the run]")
@click.option("--title", metavar="TEXT", help="the question at the top, at most 52 characters")
@click.option("--format", "formats", default="html", show_default=True, metavar="html,pdf", help="files to write")
@options.against_option
@options.price_options
@options.settings_options
@options.json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    plan: str,
    given_prices: tuple[str, ...],
    price_file: Path | None,
    formats: str,
    as_json: bool,
    **given: Any,
) -> None:
    """One page for a council: the plan, the answer, how sure it is, for whom it works, what it costs.

    Effects, groups and costs come from one run. A stored run is shown again from what it kept. Also: `raad`.

    Example: bijstand council plan.toml --lang nl --clients 2400 --format html,pdf
    """
    lang, settings = language(context), given["settings"]
    assert isinstance(settings, RunSettings)
    chosen = tuple(dict.fromkeys(word.strip() for word in formats.split(",") if word.strip()))
    problems = options.found_wrong(context)
    problems += [one_of("--format", word, council.FORMATS) for word in chosen or ("",) if word not in council.FORMATS]
    if "pdf" in chosen:
        from analysis.answer.page_write import pdf_problems

        problems += pdf_problems()
    request = council.CouncilRequest(plan, prices=PriceChanges(given_prices, price_file), **options.given_only(given))
    with watching(context) as watch:
        found = council.council(request, watch, problems)
    assert settings.out is not None
    files = council.write(found, settings.out, lang, chosen)
    if as_json:
        print_json(council.record_of(found, files))
        return
    for path in files[:-1]:
        say(context, Say(f"page: {path.resolve().as_uri()}", f"pagina: {path.resolve().as_uri()}"))
    if found.clients is None:
        say(
            context,
            Say(
                "for people and euros of the whole town: --clients N",
                "voor mensen en euro's van de hele gemeente: --clients N",
            ),
        )
