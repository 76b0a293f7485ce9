"""`bijstand trial`: the trials that were run, and what a simulated one gives beside its report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app import options
from app.terminal.output import language, print_json, print_table, say
from app.terminal.watching import watching
from sim.problems import Say

__all__ = ["command"]

_HEADERS = Say(
    "trial|title|people|arms|reference|start|months|survey months|assigned",
    "proef|titel|mensen|groepen|referentie|start|maanden|enquêtemaanden|loting",
)
_MOMENTS = {
    "after_sign_up": Say("after sign-up", "na aanmelding"),
    "before_sign_up": Say("before sign-up", "voor aanmelding"),
}


class _Group(click.Group):
    """The group; some commands are read from files of their own when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["list", "run", "new", "check", "estimate"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "estimate":
            from app.commands.trial_estimate import estimate_command

            return estimate_command
        if cmd_name in ("new", "check"):
            from app.commands.trial_design import check_command, new_command

            return new_command if cmd_name == "new" else check_command
        return super().get_command(ctx, cmd_name)


@click.group(name="trial", cls=_Group)
def command() -> None:
    """Simulate a trial as it was run, beside its report; estimate effects in your own microdata.

    Example: bijstand trial run nijmegen --replicates 50
    """


@command.command(name="list")
@options.evidence_option
@options.json_option
@click.pass_context
def list_trials(context: click.Context, evidence: Path, as_json: bool) -> None:
    """List the trials that are ready to run, the imported ones last.

    Example: bijstand trial list
    """
    from app.answering.trial_own import found_design, imported
    from sim.trial.read import NAMES

    lang = language(context)
    rows: list[dict[str, Any]] = []
    for name in (*NAMES, *imported(evidence)):
        one, _ = found_design(name, evidence)
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
@options.whole("--replicates", "simulated trials", default="100")
@options.whole("--draws", "sets of parameters, drawn from the prior or posterior (1 = the medians)", default="1")
@click.option(
    "--posterior",
    default="prior",
    show_default=True,
    metavar="NAME|FILE",
    help="a posterior (bijstand posterior list); it may have been fitted to these very figures",
)
@options.whole("--seed", "base seed", default="1")
@options.whole("--reference", "people of the reference group [default: as published]")
@click.option("--recruit", is_flag=True, help="let people sign up, instead of the published participants")
@options.database_option
@options.folder("--page", "write the tables to this Markdown file", default=None, metavar="FILE")
@options.folder("--each", "write every figure of every simulated trial to this CSV file", default=None, metavar="FILE")
@options.figures_option
@click.option("--png", is_flag=True, help="also write the figures as PNG; they are written as SVG")
@options.evidence_option
@options.json_option
@click.pass_context
def run_command(
    context: click.Context,
    /,
    page: Path | None,
    each: Path | None,
    figures: bool,
    png: bool,
    as_json: bool,
    db: str,
    **given: Any,
) -> None:
    """Simulate the trial NAME many times at its real size and print its report's tables.

    NAME is a trial of `bijstand trial list` (imported ones included), or a TOML file with a design of your
    own. Every figure has its simulated mean, its 90% sampling interval and the published value; what lies
    outside is marked.

    Example: bijstand trial run nijmegen --replicates 20 --reference 500
    """
    from app.answering import trial
    from app.terminal.trial_text import print_trial

    lang, out = language(context), given["out"]
    request = trial.TrialRequest(database=db, **options.given_only(given))
    with watching(context) as watch:
        made = trial.trial(request, watch, options.found_wrong(context))
    files = trial.write(made, out, page, lang, figures=figures, png=png)
    if each is not None:
        files.append(trial.write_each(made, each))
    if as_json:
        print_json(trial.record_of(made, files, lang))
        return
    print_trial(context, made)
    count, folder = sum(file.suffix == ".svg" for file in files), out / f"trial_{made.asked.design.name}"
    say(
        context,
        Say(f"tables: {files[0]}; {count} figures: {folder}", f"tabellen: {files[0]}; {count} figuren: {folder}"),
    )
