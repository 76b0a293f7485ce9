"""What a run says on the terminal: the headline table, its id and label, what failed."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from analysis.inference.interval import NINETY
from app.terminal.output import language, note, on_terminal, print_sections, print_table, say
from sim.problems import Say

if TYPE_CHECKING:
    from analysis.answer.triple import Answer
    from analysis.effects.summary import Row, Summary
    from scenarios.execution.result import RunResult

__all__ = ["label_lines", "people_and_sizes", "print_answers", "print_levels", "print_summary", "run_line"]

_APART = Say("luck|parameters", "toeval|parameters")


def people_and_sizes(result: RunResult) -> Say:
    """Say how many people a run has, and how often they were simulated."""
    people, name = (result.provenance.population[key] for key in ("people", "name"))
    draws, seeds = len(result.parameters), len(result.seeds)
    return Say(
        f"{people} people ({name}), {draws} draws x {seeds} seeds",
        f"{people} mensen ({name}), {draws} trekkingen x {seeds} herhalingen",
    )


def run_line(context: click.Context, result: RunResult) -> None:
    """Print the id of a run, what it was made with, and its sizes."""
    label = result.provenance.label
    say(context, Say(f"\nrun {result.run_id}: {label['en']}", f"\nrun {result.run_id}: {label['nl']}"))
    say(context, people_and_sizes(result))


def failures(result: RunResult) -> Say | None:
    """Say how many replicates failed, and why the first did; None when all gave numbers."""
    if not result.failures:
        return None
    count, first = len(result.failures), result.failures[0]
    return Say(
        f"{count} replicates failed and are left out; the first ({first.scenario}): {first.reason}",
        f"{count} herhalingen mislukten en tellen niet mee, bijv. ({first.scenario}): {first.reason}",
    )


def label_lines(context: click.Context, result: RunResult, rows: Mapping[str, Row]) -> None:
    """Print under a table: the run, and the label of every scenario."""
    run_line(context, result)
    for scenario, row in rows.items():
        reasons = row.reasons.to(language(context))
        click.echo(f"{scenario}: {row.label(language(context))}" + (f" ({reasons})" if reasons else ""))
    failed = failures(result)
    if failed is not None:
        say(context, failed)


def print_summary(
    context: click.Context, result: RunResult, summary: Summary, answers: Sequence[Answer] = (), *, levels: bool = False
) -> None:
    """Print what was assumed, found and concluded, the run id and label, and what failed.

    A run without comparison has no answers: its levels are printed. With `levels` they are printed too.
    """
    if answers:
        print_answers(context, result, answers)
    if levels or not answers:
        print_levels(context, summary)
    run_line(context, result)
    beyond = result.provenance.law.get("months_beyond_known_law", 0)
    if beyond:
        say(
            context,
            Say(
                f"the law of the last {beyond} months is not known yet: the last known amounts are held",
                f"de wet van de laatste {beyond} maanden is nog onbekend: de laatst bekende bedragen gelden",
            ),
        )
    failed = failures(result)
    if failed is not None:
        note(context, failed)


def print_answers(context: click.Context, result: RunResult, answers: Sequence[Answer]) -> None:
    """Print one line an answer, in the width of the terminal, and how exactly it was computed."""
    from analysis.answer.line import ascii_only, computing_line, tables

    lang = language(context)
    titles = {name: result.title(name, lang) for name in result.scenarios}
    width = shutil.get_terminal_size((120, 24)).columns if on_terminal() else 120
    lines = [*tables(answers, lang, titles, width=width), computing_line(answers, lang)]
    plain = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") not in ("utf8", "utf16")
    for line in lines:
        click.echo(ascii_only(line) if plain else line)


def print_levels(context: click.Context, summary: Summary) -> None:
    """Print the levels under every scenario, and their differences.

    Two columns tell the uncertainty apart: what more seeds would take away, and what only better knowledge of
    the parameters would. They belong to the difference, and in the baseline's rows to the level.
    """
    from analysis.effects.tables import console_rows, headline_measures
    from analysis.effects.words import PATHS

    lang = language(context)
    measures = headline_measures(summary, PATHS)
    headers, rows = console_rows(summary, lang, measures=measures)
    names = [
        (measure, month, scenario)
        for measure in measures
        for month in summary.key_months()
        for scenario in summary.scenarios
    ]
    place = len(headers) - 4  # after the interval; the run id of the last column stands below the table
    heads = [*headers[:place], *_APART.to(lang).split("|"), *headers[place:-1]]
    cells = [
        [*row[:place], *_apart(summary, *name, lang), *row[place:-1]] for row, name in zip(rows, names, strict=True)
    ]
    if on_terminal():
        _print_narrow(heads, cells, lang)
    else:
        print_table(heads, cells)


def _print_narrow(heads: list[str], cells: list[list[str]], lang: str) -> None:
    """Print the table for a terminal: measure, unit and month stand above their rows."""
    unit, label = len(heads) - 3, len(heads) - 1
    month = "maand" if lang == "nl" else "month"
    sections: dict[str, list[list[str]]] = {}
    for row in cells:
        title = f"{row[0]} ({row[unit]}), {month} {row[1]}"
        sections.setdefault(title, []).append([f"  {row[2]}", *row[3:unit], row[label]])
    print_sections([f"  {heads[2]}", *heads[3:unit], heads[label]], list(sections.items()))


def _apart(summary: Summary, measure: str, month: int, scenario: str, lang: str) -> tuple[str, str]:
    from analysis.effects.words import amount

    read = summary.level if scenario == summary.baseline else summary.difference
    row = read(scenario, measure, month)
    if row.suppressed:
        return "", ""
    luck, parameters = (
        "?" if math.isnan(size) else f"± {amount(NINETY * size, measure, lang)}"
        for size in (row.monte_carlo_se, row.parameter_sd)
    )
    return luck, parameters
