"""`bijstand plan`: what a trial that might be done would show, what it costs and what it is worth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app import options
from app.answering import planning
from app.answering.observed import PriceChanges
from app.terminal.output import language, print_json, say
from app.terminal.plan_text import print_plan
from app.terminal.watching import watching
from sim.problems import Say

__all__ = ["command"]


@click.command(name="plan")
@click.argument("files", nargs=-1, required=True, metavar="PLAN.toml...")
@options.whole("--trials", "simulated trials of each design", default="2000")
@click.option("--quick", is_flag=True, help=f"{planning.QUICK} trials: the shape, in seconds")
@options.whole("--draws", "sets of parameters [a quarter of the trials]")
@options.whole("--people", "people in each site's caseload, for value and volunteers; 0 = leave it out", default="500")
@options.whole("--seed", "base seed", default="1")
@options.workers_option
@options.posterior_option
@options.decimal("--budget", "what a trial may cost, in the search for designs", metavar="EUR", unit="EUR")
@options.folder("--kept", "folder of simulated trials, taken up again", default="out/plan_trials")
@options.price_options
@options.database_option
@options.page_option
@options.figures_option
@options.json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    files: tuple[str, ...],
    quick: bool,
    given_prices: tuple[str, ...],
    price_file: Path | None,
    page: Path | None,
    figures: bool,
    as_json: bool,
    db: str,
    **given: Any,
) -> None:
    """Plan trials by simulating them under what the trials so far have taught.

    For every design of every plan: power for the effects that you state, the smallest effect that is found, the people
    needed, what the model expects, cost and value of information; 24 against 48 months where both are given; a protocol
    section. Seven plans are ready in plans/.

    Example: bijstand plan plans/nijmegen_as_run.toml plans/nijmegen_48.toml --quick
    """
    lang, out = language(context), given["out"]
    if quick:
        given["trials"], given["people"] = planning.QUICK, min(given["people"] or 0, 200)
    request = planning.PlanRequest(
        files=tuple(Path(word) for word in files),
        database=db,
        prices=PriceChanges(given_prices, price_file),
        **options.given_only(given),
    )
    with watching(context) as watch:
        answer = planning.planning(request, watch, options.found_wrong(context))
    written = planning.write(answer, out, lang, figures=figures, page=page)
    if as_json:
        print_json(planning.record_of(answer, written, lang))
        return
    print_plan(context, answer)
    place = out / answer.run_id
    say(context, Say(f"page, protocols and figures: {place}", f"pagina, protocollen en figuren: {place}"))
