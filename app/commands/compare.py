"""`bijstand compare`: scenarios side by side, under common random numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from app import options
from app.answering import compare
from app.answering.request import RunSettings
from app.terminal.output import language, print_json, say
from app.terminal.run_text import print_summary
from app.terminal.watching import watching
from sim.problems import Say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["answer", "command", "finish", "run_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


levels_option = click.option(
    "--levels", is_flag=True, help="also print the mean under every scenario, parameters and Monte Carlo error apart"
)


def run_options(function: _Command) -> _Command:
    """Add the options of a run that writes a report."""
    full = click.option("--full", is_flag=True, help="also write every measure and month (results_full.csv.gz)")
    for option in (options.json_option, full, levels_option, options.report_option, options.settings_options):
        function = option(function)
    return function


@click.command(name="compare")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO SCENARIO...")
@run_options
@click.pass_context
def command(context: click.Context, /, scenarios: tuple[str, ...], **given: Any) -> None:
    """Compare scenarios with the first one: names (`bijstand scenarios list`) or TOML files.

    Every person meets the same random numbers in each scenario, so that differences come from the policy alone.

    Example: bijstand compare regular exemption intensive --population oss_eligible
    """
    if len(scenarios) < 2:
        raise click.UsageError("give at least two scenarios; the first is the baseline (or use `bijstand run`)")
    answer(context, scenarios, **given)


def answer(
    context: click.Context,
    scenarios: tuple[str, ...],
    *,
    settings: RunSettings,
    report: bool,
    full: bool,
    levels: bool,
    as_json: bool,
) -> None:
    """Run the scenarios, write the files of the run, and print what it found."""
    with watching(context) as watch:
        found = compare.compare(compare.CompareRequest(scenarios, settings), watch, options.found_wrong(context))
    assert settings.out is not None
    finish(context, found, settings.out, report=report, full=full, as_json=as_json, levels=levels)


def finish(
    context: click.Context,
    found: compare.Compared,
    out: Path,
    *,
    report: bool,
    as_json: bool,
    full: bool = False,
    levels: bool = False,
) -> None:
    """Write the files of a stored run, and print what it found."""
    lang = language(context)
    files = compare.write(found, out, lang, report=report, full=full)
    if as_json:
        print_json(compare.record_of(found, files, lang))
        return
    print_summary(context, found.result, found.summary, found.answers, levels=levels)
    if report:
        shown = next((path for path in files if path.suffix == ".html"), files[0])
        say(context, Say(f"report: {shown}", f"rapport: {shown}"))
