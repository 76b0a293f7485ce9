"""What `bijstand who` and `bijstand cost` share: options, plan, store, files written whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from app.answering.posterior_choice import posterior_option
from app.answering.runs import (
    database_option,
    database_problems,
    database_url,
    numbers_of,
    options_of,
    out_folder,
    people_and_sizes,
)
from app.terminal.output import language, progress_bar, say
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from analysis.effects.summary import Row
    from scenarios.execution.plan import Plan
    from scenarios.execution.result import RunResult

__all__ = ["Ready", "files_of", "label_lines", "lived_options", "living", "ready", "store"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_NUMBERS = (
    ("people", "how many people"),
    ("months", "months to simulate"),
    ("draws", "sets of parameters, drawn from the posterior or the prior (1 = the medians)"),
    ("seeds", "repetitions of each with other luck"),
    ("seed", "base seed: the same seed gives the same numbers"),
    ("workers", "threads; the numbers do not depend on it (default: all processors)"),
)


@dataclass(frozen=True)
class Ready:
    """A checked command line: nothing is simulated yet.

    Attributes:
        plan: the baseline first, then the scenarios.
        workers: threads.
        url: database.
        out: folder for files.
    """

    plan: Plan
    workers: int
    url: str
    out: Path


def lived_options(function: _Command) -> _Command:
    """Add the options of a run that looks at persons."""
    options = [
        click.option("--population", metavar="NAME|FOLDER", help="other people than the scenario says"),
        posterior_option,
        *(click.option(f"--{name}", metavar="N", help=text) for name, text in _NUMBERS),
        click.option("--inflow/--no-inflow", default=None, help="new people enter, or nobody [default: the file]"),
        database_option,
        click.option("--out", default="out", show_default=True, metavar="DIR", help="folder for tables and figures"),
        click.option("--figures/--no-figures", default=True, help="draw the figures"),
        click.option("--json", "as_json", is_flag=True, help="print JSON"),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def ready(words: Sequence[str], against: str, given: Mapping[str, Any], problems: list[Problem]) -> Ready:
    """Return the plan of `words` against the scenario `against`; raise every problem at once.

    Args:
        words: scenarios by name or file.
        against: the baseline.
        given: options.
        problems: what else was found wrong.
    """
    from scenarios.description.find import find_scenarios
    from scenarios.execution.plan import plan
    from scenarios.execution.run import available_workers

    numbers = numbers_of(given, problems)
    workers = numbers.pop("workers", None) or available_workers()
    url = database_url(given["db"], given["out"])
    out = out_folder(given["out"], problems)
    problems += database_problems(url)
    options = options_of(given, numbers, problems)
    made: Plan | None = None
    try:
        found = find_scenarios([against, *words])
        made = plan(found, options) if not problems else None
    except InputError as error:
        problems += error.problems
    if problems or made is None:
        raise InputError(problems)
    return Ready(made, workers, url, out)


@contextmanager
def living(context: click.Context) -> Iterator[Callable[[int, int], None] | None]:
    """Draw progress; a run without one good replicate fails with its reason."""
    from scenarios.execution.run import RunFailedError

    text = "simuleren" if language(context) == "nl" else "simulating"
    try:
        with progress_bar(text) as progress:
            yield progress
    except RunFailedError as error:
        raise click.ClickException(str(error)) from error


def store(made: Ready, result: RunResult, command: str) -> None:
    """Store the run, so that `bijstand runs` and `bijstand report` know it."""
    from scenarios.store.store import open_store

    made.out.mkdir(parents=True, exist_ok=True)
    with open_store(made.url, write=True) as kept:
        kept.save(result, command=command)


def files_of(
    context: click.Context, made: Ready, result: RunResult, write: Callable[[Path], Sequence[Path]]
) -> list[Path]:
    """Let `write` fill the folder of the run, whole or not at all; return the files."""
    folder, partial = made.out / result.run_id, made.out / f".{result.run_id}.partial"
    try:
        partial.mkdir(parents=True)
        written = list(write(partial))
        partial.rename(folder)
    except OSError as error:
        told = Say(
            f"run {result.run_id} is stored, but its files were not written to {folder}: {error.strerror}",
            f"run {result.run_id} is opgeslagen, maar er is niet geschreven in {folder}: {error.strerror}",
        )
        raise click.ClickException(told.to(language(context))) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return [folder / path.relative_to(partial) for path in written]


def label_lines(context: click.Context, result: RunResult, rows: Mapping[str, Row]) -> None:
    """Print under a table: the run, what it was made with, and the label of every scenario."""
    label = result.provenance.label
    say(context, Say(f"\nrun {result.run_id}: {label['en']}", f"\nrun {result.run_id}: {label['nl']}"))
    say(context, people_and_sizes(result))
    for scenario, row in rows.items():
        reasons = row.reasons.to(language(context))
        click.echo(f"{scenario}: {row.label(language(context))}" + (f" ({reasons})" if reasons else ""))
    if result.failures:
        count, first = len(result.failures), result.failures[0]
        say(
            context,
            Say(
                f"{count} replicates failed and are left out; the first ({first.scenario}): {first.reason}",
                f"{count} herhalingen mislukten en tellen niet mee, bijv. ({first.scenario}): {first.reason}",
            ),
        )
