"""`bijstand project`: what a policy does over years, while it lasts and after it stops."""

from __future__ import annotations

from typing import Any

import click

from app import options
from app.answering import project
from app.answering.request import RunSettings
from app.commands.compare import run_options
from app.terminal.output import language, print_json, say
from app.terminal.project_text import print_projection
from app.terminal.watching import watching
from sim.problems import Say

__all__ = ["command"]

_OPTIONS = (
    *options.projection_options,
    click.option("--ending", metavar="WORD", help="the end is announced, silent, or both (compared) [announced]"),
    click.option("--lockdown/--no-lockdown", default=None, help="the lockdowns of 2020-2022 happen [the file]"),
    click.option("--variants", is_flag=True, help="also without each mechanism in turn: a spread of its own"),
)


@click.command(name="project")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@options.together(*_OPTIONS)
@run_options
@click.pass_context
def command(
    context: click.Context,
    /,
    scenarios: tuple[str, ...],
    report: bool,
    full: bool,
    levels: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Project policies against the background of the first, up to 120 months and beyond.

    Every policy and every length of treatment has the same people, random numbers and months. Each number has
    its interval, its sources of uncertainty and its label: how far it stands from the evidence.

    Example: bijstand project intensive --treatment 24,48,always --months 120 --precision 0.5
    """
    settings: RunSettings = given["settings"]
    with watching(context) as watch:
        request = project.ProjectRequest(scenarios, **options.given_only(given))
        found = project.project(request, watch, options.found_wrong(context))
    lang = language(context)
    assert settings.out is not None
    files = [project.write(each, settings.out, lang, report=report, full=full) for each in found]
    if as_json:
        print_json({"runs": [project.record_of(*each, lang) for each in zip(found, files, strict=True)]})
        return
    for each, paths in zip(found, files, strict=True):
        print_projection(context, each, levels=levels)
        folder = paths[0].parent
        say(context, Say(f"report and tables: {folder}", f"rapport en tabellen: {folder}"))
