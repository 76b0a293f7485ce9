"""`bijstand prior`: what the priors say of effects before any trial is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app import options
from app.terminal.output import language, print_json, print_table, say
from app.terminal.watching import watching
from sim.problems import InputError, Say, within

__all__ = ["command"]

_BOUNDS = {"people": (100, 100_000), "draws": (8, 10_000), "seeds": (2, 20), "month": (1, 120), "seed": (0, 2**31 - 1)}


@click.group(name="prior")
def command() -> None:
    """Look at the priors themselves.

    Example: bijstand prior check --draws 200
    """


@command.command(name="check")
@options.population_option
@options.whole("--people", "people simulated", default="1500")
@options.whole("--draws", "prior draws", default="400")
@options.whole("--seeds", "replicates per draw", default="2")
@options.whole("--month", "month of the effects", default="24")
@options.whole("--seed", "base seed", default="1")
@options.whole("--workers", "threads", default="1")
@options.folder("--out", "folder for the page priors.md and priors.json", default=None)
@options.json_option
@click.pass_context
def check(context: click.Context, /, **given: Any) -> None:
    """Show mean, spread and sign of every effect under the priors, against the bars that they must keep.

    Example: bijstand prior check --out docs/validation
    """
    from analysis.checks.prior_effects import prior_effects
    from analysis.checks.prior_page import effects_record, headers, prior_rows, prior_told, write_prior_page
    from scenarios.description.people import is_population, population_problem

    problems = options.found_wrong(context)
    for name, (low, high) in _BOUNDS.items():
        if given[name] is not None and not low <= given[name] <= high:
            problems.append(within(f"--{name}", given[name], low, high))
    population = given["population"] or "nijmegen"
    if not is_population(population):
        problems.append(population_problem("--population", population))
    InputError.raise_if(problems)
    sizes = {name: given[name] for name in _BOUNDS}
    with watching(context) as watch:
        step = watch.of(Say("effects under the priors", "effecten onder de priors"))
        found = prior_effects(population=population, threads=given["workers"] or 1, progress=step, **sizes)
    settings = {"population": population, **sizes}
    files = [] if given["out"] is None else write_prior_page(found, Path(given["out"]), settings)
    if given["as_json"]:
        told = prior_told(found)._asdict()
        print_json(
            {"settings": settings, "told": told, "effects": effects_record(found), "files": [str(f) for f in files]}
        )
        return
    lang = language(context)
    print_table(headers(lang), prior_rows(found, lang))
    say(context, prior_told(found))
    for file in files:
        click.echo(str(file))
