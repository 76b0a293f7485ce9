"""`bijstand ablate`: mechanisms off, one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app import options
from app.answering import ablate
from app.answering.request import RunSettings
from app.terminal.output import language, print_json, print_table, say
from app.terminal.watching import watching
from sim.files import write_whole
from sim.problems import Say

__all__ = ["command"]


@click.command(name="ablate")
@click.argument("scenario")
@options.population_option
@options.posterior_option
@options.whole("--people", "how many people", default="2000")
@options.whole("--months", "months to simulate", default="24")
@options.whole("--draws", "sets of parameters (1 = medians)", default="10")
@options.whole("--seeds", "repetitions of each", default="2")
@options.whole("--seed", "base seed")
@click.option("--mechanism", "mechanisms", metavar="NAME", multiple=True, help="only this one (repeatable)")
@options.database_option
@options.as_settings
@options.page_option
@options.json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    scenario: str,
    settings: RunSettings,
    mechanisms: tuple[str, ...],
    page: Path | None,
    as_json: bool,
) -> None:
    """Switch every mechanism off, one at a time, and show what changes after 16 and 24 months.

    Two numbers each: the change in the outcome under SCENARIO, and the change in the effect of SCENARIO
    against its background. Every society has the same people and the same random numbers.

    Example: bijstand ablate intensive --people 1000 --draws 5
    """
    from analysis.checks.ablation_page import ablation_page, ablation_tables, size_line

    lang = language(context)
    with watching(context) as watch:
        request = ablate.AblateRequest(scenario, settings, mechanisms)
        found = ablate.ablate(request, watch, options.found_wrong(context))
    assert settings.out is not None
    files = ablate.write(found, settings.out, lang)
    if page is not None:
        write_whole(page, ablation_page(found, lang, _again(scenario, settings, page, mechanisms)).encode())
    if as_json:
        print_json(ablate.record_of(found, files, lang))
        return
    # The last month: changes with their intervals, an asterisk where an interval leaves zero out.
    for table in ablation_tables(found, lang):
        print_table(table.heads, table.cells, title=table.title)
        click.echo("")
    say(context, size_line(found))
    say(context, Say(f"table and figure: {files[0].parent}", f"tabel en figuur: {files[0].parent}"))


def _again(scenario: str, settings: RunSettings, page: Path, mechanisms: tuple[str, ...]) -> str:
    """Return the command that makes the page again."""
    names = ("population", "posterior", "people", "months", "draws", "seeds", "seed")
    words: dict[str, Any] = {name: getattr(settings, name) for name in names} | {"page": page}
    given = [f"--{key} {value}" for key, value in words.items() if value is not None]
    return " ".join(["bijstand ablate", scenario, *given, *(f"--mechanism {name}" for name in mechanisms)])
