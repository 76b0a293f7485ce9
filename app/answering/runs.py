"""What `bijstand run` and `bijstand compare` do: check everything, simulate, store, write, print."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from app.answering.posterior_choice import chosen_source, posterior_option
from app.terminal.output import language, note, on_terminal, print_json, print_sections, print_table, progress_bar, say
from sim.problems import InputError, Problem, Say
from sim.written_numbers import try_whole

if TYPE_CHECKING:
    from analysis.effects.summary import Summary
    from scenarios.execution.executors import Crew
    from scenarios.execution.plan import Options, Plan
    from scenarios.execution.result import RunResult

__all__ = [
    "crew_of",
    "crew_options",
    "crew_problems",
    "database_option",
    "database_problems",
    "database_url",
    "finish",
    "numbers_of",
    "options_of",
    "out_folder",
    "people_and_sizes",
    "print_summary",
    "run_options",
    "run_scenarios",
    "simulating",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_MOST_WORKERS = 256
_NINETY = 1.645  # half the width of a 90% interval in standard errors
_APART = Say("luck|parameters", "toeval|parameters")

# Numbers are read as texts, so that one message names all that is wrong.
_NUMBERS: tuple[tuple[str, str], ...] = (
    ("people", "how many people"),
    ("months", "months to simulate"),
    ("draws", "sets of parameters, drawn from the posterior or the prior (1 = the medians)"),
    ("seeds", "repetitions of each with other luck"),
    ("seed", "base seed: the same seed gives the same numbers"),
    ("workers", "threads; the numbers do not depend on it (default: all processors)"),
)


def run_options(function: _Command) -> _Command:
    """Add the options of a run."""
    options = [
        click.option("--population", metavar="NAME|FOLDER", help="other people than the scenario says"),
        posterior_option,
        *(click.option(f"--{name}", metavar="N", help=text) for name, text in _NUMBERS),
        click.option("--inflow/--no-inflow", default=None, help="new people enter, or nobody [default: the file]"),
        crew_options,
        database_option,
        click.option("--out", default="out", show_default=True, metavar="DIR", help="folder for reports and tables"),
        click.option("--report/--no-report", default=True, help="write the HTML report"),
        click.option("--full", is_flag=True, help="also write every measure and month (results_full.csv.gz)"),
        click.option("--json", "as_json", is_flag=True, help="print JSON"),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def crew_options(function: _Command) -> _Command:
    """Add the options that say who does the work, beside `--workers`."""
    address = "a Dask scheduler that runs elsewhere does the work: tcp://HOST:PORT (docs/cluster.md)"
    function = click.option("--processes", is_flag=True, help="workers are processes, not threads")(function)
    return click.option("--cluster", metavar="ADDRESS", help=address)(function)


@contextmanager
def crew_of(given: Mapping[str, Any], workers: int) -> Iterator[Crew | None]:
    """Give those who do the work; None for threads of this process.

    Raises:
        InputError: a cluster that is not there, has no workers, or runs another program.
    """
    if given["cluster"] is None and not given["processes"]:
        yield None
        return
    from scenarios.execution.executors import open_crew

    with open_crew(workers, given["cluster"], apart=given["processes"]) as crew:
        yield crew


def crew_problems(given: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with the options of `crew_options`, before anybody is called."""
    if given["cluster"] is None:
        return []
    from scenarios.execution.cluster import check_address

    problems = check_address(given["cluster"])
    for name, meant in (("processes", given["processes"]), ("workers", given["workers"] is not None)):
        if meant:
            allowed = Say("leave it out: the cluster has its own", "laat weg: het cluster heeft zijn eigen")
            problems.append(Problem(f"--{name}", given["workers"] or "given", allowed))
    return problems


def database_option(function: _Command) -> _Command:
    """Add the option that names the database."""
    text = "database of runs [default: sqlite:///<out>/bijstand.sqlite]"
    return click.option("--db", metavar="URL", help=text)(function)


def database_url(given: str | None, out: str = "out") -> str:
    """Return the database that was named, or that of the output folder."""
    return given if given is not None else f"sqlite:///{Path(out) / 'bijstand.sqlite'}"


def run_scenarios(context: click.Context, words: Sequence[str], command: str, given: Mapping[str, Any]) -> None:
    """Run the scenarios that `words` name; the first is the baseline.

    Everything is checked before anything is simulated, and all problems are told together.
    """
    from scenarios.execution.resume import run_kept
    from scenarios.execution.run import available_workers, begin
    from scenarios.store.store import open_store

    problems: list[Problem] = []
    numbers = numbers_of(given, problems)
    workers = numbers.pop("workers", None) or available_workers()
    plan = _plan(words, given, numbers, problems)
    url = database_url(given["db"], given["out"])
    out = out_folder(given["out"], problems)
    problems += crew_problems(given)
    if problems or plan is None:
        raise InputError(problems + database_problems(url))
    with crew_of(given, workers) as crew:
        out.mkdir(parents=True, exist_ok=True)
        with open_store(url, write=True) as store:
            start = begin(plan)
            store.plan(start, command=command)
            with simulating(context, start.run_id) as progress:
                result = run_kept(
                    plan, store, command=command, start=start, progress=progress, executor=crew, workers=workers
                )
    finish(context, result, given)


@contextmanager
def simulating(context: click.Context, run_id: str | None) -> Iterator[Callable[[int, int], None] | None]:
    """Draw progress; a run that is stopped tells how to finish it (None: its id is not known here)."""
    from scenarios.execution.executors import LostWorkersError
    from scenarios.execution.resume import NotStartedError
    from scenarios.execution.run import RunFailedError

    text = "simuleren" if language(context) == "nl" else "simulating"
    name = "ID (bijstand runs list --all)" if run_id is None else run_id
    told = Say(
        f"what finished is kept; to finish the run: bijstand runs resume {name}",
        f"wat klaar is, is bewaard; de run afmaken: bijstand runs resume {name}",
    )
    try:
        with progress_bar(text) as progress:
            yield progress
    except KeyboardInterrupt:
        note(context, told)
        raise
    except LostWorkersError as error:
        lang = language(context)
        raise click.ClickException(f"{error.text.to(lang)}\n{told.to(lang)}") from error
    except RunFailedError as error:
        raise click.ClickException(f"{error}\n{told.to(language(context))}") from error
    except NotStartedError:
        raise
    except InputError as error:
        lines = [problem.to(language(context)) for problem in error.problems]
        raise click.ClickException("\n".join([*lines, told.to(language(context))])) from error


def finish(context: click.Context, result: RunResult, given: Mapping[str, Any]) -> None:
    """Write the files of a stored run, and print what it found."""
    out = Path(given["out"])
    summary = _summary(result)
    folder, files = _write(result, summary, out, language(context), report=given["report"], full=given["full"])
    if given["as_json"]:
        print_json(_as_json(result, summary, folder, files, language(context)))
        return
    print_summary(context, result, summary)
    if files and given["report"]:
        shown = next((path for path in files if path.suffix == ".html"), files[0])
        say(context, Say(f"report: {shown}", f"rapport: {shown}"))


def people_and_sizes(result: RunResult) -> Say:
    """Say how many people a run has, and how often they were simulated."""
    people, name = (result.provenance.population[key] for key in ("people", "name"))
    draws, seeds = len(result.parameters), len(result.seeds)
    return Say(
        f"{people} people ({name}), {draws} draws x {seeds} seeds",
        f"{people} mensen ({name}), {draws} trekkingen x {seeds} herhalingen",
    )


def print_summary(context: click.Context, result: RunResult, summary: Summary) -> None:
    """Print the headline table, its run id and label, and what failed.

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
    label = result.provenance.label
    say(context, Say(f"\nrun {result.run_id}: {label['en']}", f"\nrun {result.run_id}: {label['nl']}"))
    say(context, people_and_sizes(result))
    beyond = result.provenance.law.get("months_beyond_known_law", 0)
    if beyond:
        say(
            context,
            Say(
                f"the law of the last {beyond} months is not known yet: the last known amounts are held",
                f"de wet van de laatste {beyond} maanden is nog onbekend: de laatst bekende bedragen gelden",
            ),
        )
    if result.failures:
        count, first = len(result.failures), result.failures[0]
        note(
            context,
            Say(
                f"{count} replicates failed and are left out; the first ({first.scenario}): {first.reason}",
                f"{count} herhalingen mislukten en tellen niet mee, bijv. ({first.scenario}): {first.reason}",
            ),
        )


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
        "?" if math.isnan(size) else f"± {amount(_NINETY * size, measure, lang)}"
        for size in (row.monte_carlo_se, row.parameter_sd)
    )
    return luck, parameters


def _plan(
    words: Sequence[str], given: Mapping[str, Any], numbers: Mapping[str, int], problems: list[Problem]
) -> Plan | None:
    from scenarios.description.find import find_scenarios
    from scenarios.execution.plan import plan

    try:
        scenarios = find_scenarios(words)
    except InputError as error:
        problems += error.problems
        scenarios = []
    options = options_of(given, numbers, problems)
    try:
        return plan(scenarios, options) if scenarios and not problems else None
    except InputError as error:
        problems += error.problems
        return None


def options_of(given: Mapping[str, Any], numbers: Mapping[str, int], problems: list[Problem]) -> Options:
    """Return what the command line says on top of the scenarios; what is out of bounds joins the problems."""
    from scenarios.execution.plan import Options

    sizes: dict[str, Any] = dict(numbers)
    source = chosen_source(given["posterior"], database_url(given["db"], given["out"]), problems)
    options = Options(population=given["population"], inflow=given["inflow"], source=source, **sizes)
    try:
        options.check()
    except InputError as error:
        problems += error.problems
    return options


def numbers_of(given: Mapping[str, Any], problems: list[Problem]) -> dict[str, int]:
    """Return the numbers of the command line that are given; what is no number joins the problems."""
    numbers: dict[str, int] = {}
    for name, _ in _NUMBERS:
        word = given.get(name)
        if word is None:
            continue
        number = try_whole(f"--{name}", word, problems)
        if number is not None:
            numbers[name] = number
    workers = numbers.get("workers", 1)
    if not 1 <= workers <= _MOST_WORKERS:
        allowed = Say(f"1 .. {_MOST_WORKERS}", f"1 .. {_MOST_WORKERS}")
        problems.append(Problem("--workers", workers, allowed))
    return numbers


def out_folder(word: str, problems: list[Problem]) -> Path:
    """Return the output folder; it is made later, when nothing else is wrong."""
    out = Path(word)
    if "\x00" in word or not word:
        problems.append(Problem("--out", word, Say("the name of a folder", "de naam van een map")))
        return Path("out")
    standing = next(place for place in (out, *out.parents, Path(".")) if place.exists())
    if not standing.is_dir():
        allowed = Say(f"a folder; {standing} is a file", f"een map; {standing} is een bestand")
        problems.append(Problem("--out", word, allowed))
    elif not os.access(standing, os.W_OK):
        allowed = Say(
            f"a folder in which you may write; not {standing}", f"een map waarin u mag schrijven; niet {standing}"
        )
        problems.append(Problem("--out", word, allowed))
    return out


def database_problems(url: str) -> list[Problem]:
    """Return what is wrong with a database, without making one."""
    from scenarios.store.database import exists
    from scenarios.store.store import open_store

    try:
        if exists(url):
            open_store(url).close()
    except InputError as error:
        return list(error.problems)
    return []


def _summary(result: RunResult) -> Summary:
    from analysis.effects.summary import summarise

    return summarise(result)


def _write(
    result: RunResult, summary: Summary, out: Path, lang: str, *, report: bool, full: bool
) -> tuple[Path, list[Path]]:
    """Write tables and report into ``out/<run id>``, whole or not at all."""
    from analysis.effects.tables import headline_measures, to_json, write_csv

    folder, partial = out / result.run_id, out / f".{result.run_id}.partial"
    try:
        partial.mkdir(parents=True)
        shown = list(summary.rows(measures=headline_measures(summary), months=summary.key_months()))
        files = [partial / "results.csv", partial / "summary.json"]
        write_csv(summary, files[0], lang, rows=shown)
        files[1].write_text(to_json(summary, lang, rows=shown), encoding="utf-8")
        if full:
            files.append(write_csv(summary, partial / "results_full.csv.gz", lang))
        if report:
            from analysis.report.write import write_report

            files += write_report(result, summary, partial, lang, formats=("html",))
        partial.rename(folder)
    except OSError as error:
        told = Say(
            f"run {result.run_id} is stored, but its files were not written to {folder}: {error.strerror}",
            f"run {result.run_id} is opgeslagen, maar er is niet geschreven in {folder}: {error.strerror}",
        )
        raise click.ClickException(told.to(lang)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder, [folder / path.relative_to(partial) for path in files]


def _as_json(result: RunResult, summary: Summary, folder: Path, files: Sequence[Path], lang: str) -> dict[str, Any]:
    import json

    from analysis.effects.tables import headline_measures, to_json

    rows = summary.rows(measures=headline_measures(summary), months=summary.key_months(), groups=["all"])
    return {
        **json.loads(to_json(summary, lang, rows=rows)),
        "label": result.provenance.label[lang],
        "result_sha256": result.digest(),
        "folder": str(folder),
        "files": [str(path) for path in files],
        "failures": [vars(failure) for failure in result.failures],
    }
