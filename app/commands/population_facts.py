"""`bijstand population facts`: what is known of social assistance without trials, beside the model."""

from __future__ import annotations

from pathlib import Path

import click

from app import options
from app.answering.posterior import chosen_source
from app.answering.request import folder_database
from app.terminal.output import language, print_json, print_table, say
from sim.problems import InputError, Problem, Say

__all__ = ["facts_command"]


@click.command(name="facts")
@click.argument("name", required=False)
@options.whole("--people", "how many people", default="8000")
@options.whole("--draws", "sets of parameters", default="40")
@options.whole("--seed", "base seed", default="1")
@click.option("--out", metavar="FILE", help="Write the facts with their explanation: FILE.md.")
@click.option(
    "--lang", type=click.Choice(["en", "nl"]), help="Language of table and file [default: that of the command line]."
)
@options.posterior_option
@options.json_option
@click.pass_context
def facts_command(
    ctx: click.Context,
    /,
    name: str | None,
    people: int | None,
    draws: int | None,
    seed: int | None,
    out: str | None,
    lang: str | None,
    posterior: str | None,
    as_json: bool,
) -> None:
    """Show known facts beside the model; NAME is netherlands, oss or oss_eligible, and all when left out.

    Example: bijstand population facts netherlands --people 2000 --draws 10
    """
    problems = options.found_wrong(ctx)
    if seed is not None and seed < 0:
        allowed = Say("a whole number of 0 or more", "een geheel getal van 0 of meer")
        problems.append(Problem("--seed", seed, allowed))
    path = None if out is None else Path(out)
    if path is not None and (path.suffix != ".md" or not path.parent.is_dir()):
        allowed = Say("a file ending in .md in a folder that exists", "een bestand op .md in een map die bestaat")
        problems.append(Problem("--out", str(path), allowed))
    from analysis.checks.baseline import baseline_facts, check_sizes, facts_table, write_facts
    from scenarios.execution.run import available_workers

    places = () if name is None else (name,)
    problems += check_sizes(people, draws, places)
    # Without a word these are the facts under the priors, whatever runs use.
    source = None if posterior is None else chosen_source(posterior, folder_database("out"), problems)
    if source is not None and draws is not None:
        problems += source.too_many(draws)
    InputError.raise_if(problems)
    assert people is not None
    assert draws is not None
    assert seed is not None
    spoken = lang or language(ctx)
    rows = baseline_facts(people, draws, seed, available_workers(), places, source)
    if path is not None:
        words = ["bijstand population facts", name or "", f"--people {people} --draws {draws} --seed {seed}"]
        words += [] if posterior is None else [f"--posterior {posterior}"]
        made = " ".join(word for word in [*words, "--out", str(path)] if word)
        write_facts(rows, path, spoken, made, None if source is None else source.label)
    if as_json:
        print_json(
            [
                {
                    "id": row.fact.name,
                    "name": row.fact.name,
                    "place": row.fact.place,
                    "text": row.fact.text.to(spoken),
                    "unit": row.fact.unit,
                    "published": None if row.fact.low is None else [row.fact.low, row.fact.high],
                    "simulated": row.medians,
                    "medians": row.medians,
                    "interval90": [row.low, row.high],
                    "medians_inside": row.medians_inside,
                    "draws_meet": row.inside,
                    "source": row.fact.source,
                }
                for row in rows
            ]
        )
        return
    heads, cells = facts_table(rows, spoken)
    place = Say("place", "plaats").to(spoken)
    print_table((place, *heads[:-1]), [(where, *row[:-1]) for where, row in cells])
    label = Say("not calibrated: prior assumptions", "niet gekalibreerd: aannames vooraf")
    label = label if source is None else source.label
    click.echo(label.to(spoken))
    if path is not None:
        say(ctx, Say(f"written: {path}", f"geschreven: {path}"))
