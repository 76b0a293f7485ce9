"""`bijstand trial`: the trials that were run, and what a simulated one gives beside its report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.terminal.output import language, print_json, print_table, progress_bar, say
from app.whole_numbers import whole_numbers
from sim.problems import InputError, Problem, Say, within

if TYPE_CHECKING:
    from app.answering.trials import Asked

__all__ = ["command"]

_JSON = click.option("--json", "as_json", is_flag=True, help="print JSON")
_EVIDENCE = click.option(
    "--evidence", default="out/evidence", show_default=True, metavar="DIR", help="folder with imported trials"
)
_HEADERS = Say(
    "trial|title|people|arms|reference|start|months|survey months|assigned",
    "proef|titel|mensen|groepen|referentie|start|maanden|enquêtemaanden|loting",
)
_MOMENTS = {
    "after_sign_up": Say("after sign-up", "na aanmelding"),
    "before_sign_up": Say("before sign-up", "voor aanmelding"),
}
_MOST = 10_000


class _Group(click.Group):
    """The group; `estimate` is read from its own file when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["list", "run", "estimate"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "estimate":
            from app.commands.trial_estimate import estimate_command

            return estimate_command
        return super().get_command(ctx, cmd_name)


@click.group(name="trial", cls=_Group)
def command() -> None:
    """Simulate a trial as it was run, beside its report; estimate effects in your own microdata.

    Example: bijstand trial run nijmegen --replicates 50
    """


@command.command(name="list")
@_EVIDENCE
@_JSON
@click.pass_context
def list_trials(context: click.Context, evidence: str, as_json: bool) -> None:
    """List the trials that are ready to run, the imported ones last.

    Example: bijstand trial list
    """
    from app.answering.trial_own import found_design, imported
    from sim.trial.read import NAMES

    lang = language(context)
    rows: list[dict[str, Any]] = []
    for name in (*NAMES, *imported(Path(evidence))):
        one, _ = found_design(name, Path(evidence))
        rows.append(
            {
                "trial": name,
                "title": one.title.to(lang),
                "people": one.people,
                "arms": len(one.participant_arms),
                "reference": one.reference.randomised if one.reference else 0,
                "start": min(wave.start for wave in one.waves).isoformat(),
                "months": one.months,
                "survey_months": ", ".join(str(month) for month in one.survey.months),
                "assigned": _MOMENTS[one.moment].to(lang),
            }
        )
    if as_json:
        print_json(rows)
        return
    print_table(_HEADERS.to(lang).split("|"), [tuple(row.values()) for row in rows])


@command.command(name="run")
@click.argument("name")
@click.option("--replicates", metavar="N", default="100", show_default=True, help="simulated trials")
@click.option(
    "--draws",
    metavar="N",
    default="1",
    show_default=True,
    help="sets of parameters, drawn from the prior or posterior (1 = the medians)",
)
@click.option(
    "--posterior",
    default="prior",
    show_default=True,
    metavar="NAME|FILE",
    help="a posterior (bijstand posterior list); it may have been fitted to these very figures",
)
@click.option("--seed", metavar="N", default="1", show_default=True, help="base seed")
@click.option("--reference", metavar="N", help="people of the reference group [default: as published]")
@click.option("--recruit", is_flag=True, help="let people sign up, instead of the published participants")
@click.option("--out", default="out", show_default=True, metavar="DIR", help="folder for tables and figures")
@click.option("--page", metavar="FILE", help="write the tables to this Markdown file")
@click.option("--figures/--no-figures", default=True, help="draw the figures")
@_EVIDENCE
@_JSON
@click.pass_context
def run_command(
    context: click.Context,
    /,
    name: str,
    recruit: bool,
    out: str,
    page: str | None,
    figures: bool,
    evidence: str,
    posterior: str,
    as_json: bool,
    **given: str | None,
) -> None:
    """Simulate the trial NAME many times at its real size and print its report's tables.

    NAME is a trial of `bijstand trial list` (imported ones included), or a TOML file with a design of your
    own. Every figure has its simulated mean, its 90% sampling interval and the published value; what lies
    outside is marked.

    Example: bijstand trial run nijmegen --replicates 20 --reference 500
    """
    from app.answering.trials import json_of, run_trial, said, write
    from scenarios.execution.run import available_workers

    asked, folder, target = _read(name, recruit, out, page, evidence, posterior, given)
    lang = language(context)
    with progress_bar("simuleren" if lang == "nl" else "simulating") as progress:
        made = run_trial(asked, progress, available_workers())
    files = write(made, folder, target, lang, figures=figures)
    if as_json:
        print_json(json_of(made, files, lang))
        return
    from analysis.trial.output import HEADERS, cells_of, summary_line

    for table in made.tables:
        click.echo(click.style(table.title.to(lang), bold=True))
        print_table(HEADERS.to(lang).split("|"), [cells_of(row, lang) for row in table.rows])
        click.echo(summary_line(table).to(lang) + "\n")
    for sentence in said(made):
        say(context, sentence)
    count = len(files) // 2
    say(
        context,
        Say(
            f"tables: {files[0]}; {count} figures: {folder / f'trial_{asked.design.name}'}",
            f"tabellen: {files[0]}; {count} figuren: {folder / f'trial_{asked.design.name}'}",
        ),
    )


def _read(
    name: str, recruit: bool, out: str, page: str | None, evidence: str, posterior: str, given: dict[str, str | None]
) -> tuple[Asked, Path, Path | None]:
    """Return what is asked; raise one `InputError` with every problem."""
    from app.answering.posterior_choice import chosen_source
    from app.answering.runs import database_url
    from app.answering.trial_own import found_design
    from app.answering.trials import Asked
    from calibration.likelihood.covariance import source_of

    problems: list[Problem] = []
    numbers = whole_numbers(given, problems)
    for option, low, high in (("replicates", 2, _MOST), ("draws", 1, _MOST), ("seed", 0, 2**53)):
        if option in numbers and not low <= numbers[option] <= high:
            problems.append(within(f"--{option}", numbers[option], low, high))
    if numbers.get("draws", 1) > numbers.get("replicates", 1):
        allowed = Say("at most the number of replicates", "hoogstens het aantal herhalingen")
        problems.append(Problem("--draws", numbers["draws"], allowed))
    for option, path in (("--out", out), ("--page", page), ("--evidence", evidence)):
        if path is not None and (not path or "\x00" in path):
            problems.append(Problem(option, path, Say("the name of a file or folder", "een naam")))
    if any(part.is_file() for part in (Path(out), *Path(out).parents)):
        problems.append(Problem("--out", out, Say("the name of a folder", "de naam van een map")))
    source = chosen_source(posterior, database_url(None, out), problems)
    if source is not None:
        problems += source.too_many(numbers.get("draws", 1))
    found = own = None
    try:
        found, own = found_design(name, Path(evidence.replace("\x00", "")))
    except InputError as error:
        problems += error.problems
    reference = numbers.get("reference")
    if found is not None and reference is not None and not 0 <= reference <= found.eligible_people:
        problems.append(within("--reference", reference, 0, found.eligible_people))
    if problems or found is None:
        raise InputError(problems)
    asked = Asked(
        found,
        numbers["replicates"],
        numbers["draws"],
        numbers["seed"],
        "eligible" if recruit else source_of(found),
        reference,
        own,
        evidence,
        source,
        posterior,
    )
    return asked, Path(out), Path(page) if page else None
