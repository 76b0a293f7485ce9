"""The options of the command line, each declared once; words become typed values here.

A word that cannot be read becomes a problem and not an error of its own, so that one message names all that
is wrong: `found_wrong` gives the problems of this call, and whoever answers adds its own to them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import click

from app.answering.request import RunSettings, folder_database
from sim.problems import Problem, Say
from sim.written_numbers import listed as parts_of
from sim.written_numbers import try_number, try_whole

__all__ = [
    "Option",
    "against_option",
    "as_settings",
    "database_option",
    "decimal",
    "decimals",
    "evidence_option",
    "figures_option",
    "folder",
    "found_wrong",
    "given_only",
    "json_option",
    "listed",
    "named_database",
    "page_option",
    "population_option",
    "posterior_option",
    "price_options",
    "projection_options",
    "read_words",
    "report_option",
    "settings_options",
    "together",
    "whole",
    "worker_options",
    "workers_option",
]

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Option(Protocol):
    """Adds an option to a command."""

    def __call__(self, function: _Command, /) -> _Command:
        """Return the command with the option."""


_PROBLEMS = "bijstand.problems"
_ANY = (-1e12, 1e12)
_SETTINGS = frozenset(field.name for field in fields(RunSettings))


def found_wrong(context: click.Context) -> list[Problem]:
    """Return the problems of the words of this call, to which readers add theirs."""
    problems: list[Problem] = context.meta.setdefault(_PROBLEMS, [])
    return problems


def whole(name: str, text: str = "", *, default: str | None = None, metavar: str = "N", **more: Any) -> Option:
    """Return an option that takes a whole number; its bounds are for whoever answers to check."""

    def read(context: click.Context, parameter: click.Parameter, word: Any) -> Any:
        if isinstance(word, tuple):
            return tuple(each for each in (read(context, parameter, one) for one in word) if each is not None)
        return None if word is None else try_whole(name, word, found_wrong(context))

    return click.option(
        name, metavar=metavar, default=default, show_default=default is not None, help=text, callback=read, **more
    )


def decimal(
    name: str, text: str = "", *, param: str | None = None, metavar: str = "X", unit: str = "", **more: Any
) -> Option:
    """Return an option that takes a number, as people write numbers (`sim.written_numbers`)."""

    def read(context: click.Context, _parameter: click.Parameter, word: str | None) -> float | None:
        return None if word is None else try_number(name, word, *_ANY, found_wrong(context), unit)

    return click.option(name, *([param] if param else []), metavar=metavar, help=text, callback=read, **more)


def decimals(name: str, text: str = "", **more: Any) -> Option:
    """Return an option that takes numbers with commas between them (semicolons where a comma is in a number)."""

    def read(context: click.Context, _parameter: click.Parameter, word: str | None) -> tuple[float, ...] | None:
        if word is None:
            return None
        found = [try_number(name, part, *_ANY, found_wrong(context)) for part in parts_of(word)]
        values = tuple(value for value in found if value is not None)
        return values if len(values) == len(found) else None

    return click.option(name, metavar="X,Y,...", help=text, callback=read, **more)


def listed(name: str, text: str = "", *, param: str, metavar: str = "A,B,...", **more: Any) -> Option:
    """Return an option that takes names with commas between them; None when it is left out."""

    def read(_context: click.Context, _parameter: click.Parameter, word: str | None) -> tuple[str, ...] | None:
        return None if word is None else tuple(part.strip() for part in word.split(","))

    return click.option(name, param, metavar=metavar, help=text, callback=read, **more)


def folder(
    name: str, text: str, *, default: str | None, param: str | None = None, metavar: str = "DIR", **more: Any
) -> Option:
    """Return an option that takes a folder or a file: a name that can be one."""

    def read(context: click.Context, _parameter: click.Parameter, word: str | None) -> Path | None:
        if word is None or (word and "\x00" not in word):
            return None if word is None else Path(word)
        found_wrong(context).append(
            Problem(name, word, Say("the name of a file or folder", "een naam van bestand of map"))
        )
        return None

    return click.option(
        name,
        *([param] if param else []),
        metavar=metavar,
        default=default,
        show_default=default is not None,
        help=text,
        callback=read,
        **more,
    )


def _page(context: click.Context, _parameter: click.Parameter, word: str | None) -> Path | None:
    if word is None:
        return None
    if "\x00" not in word and word.endswith(".md") and Path(word).parent.is_dir():
        return Path(word)
    allowed = Say("a file ending in .md in a folder that exists", "een bestand op .md in een map die bestaat")
    found_wrong(context).append(Problem("--page", word, allowed))
    return None


page_option = click.option(
    "--page", metavar="FILE.md", help="write the tables to this Markdown file too", callback=_page
)
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON")
report_option = click.option("--report/--no-report", default=True, help="write the HTML report")
figures_option = click.option("--figures/--no-figures", default=True, help="draw the figures")
against_option = click.option(
    "--against", default="regular", show_default=True, metavar="BASELINE", help="what it is compared with"
)
evidence_option = folder("--evidence", "folder of imported trials", default="out/evidence")
population_option = click.option("--population", metavar="NAME|FOLDER", help="other people than the scenario says")
posterior_option = click.option(
    "--posterior",
    metavar="NAME|FILE|prior",
    help="a posterior by name or file (bijstand posterior list), or 'prior' "
    "[default: the one of `posterior use`, else the shipped one, else the prior]",
)
workers_option = whole("--workers", "threads; the numbers do not depend on it [default: all processors]")
_processes = click.option("--processes", is_flag=True, help="workers are processes, not threads")
_cluster = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="a Dask scheduler that runs elsewhere does the work: tcp://HOST:PORT (docs/cluster.md)",
)
_SIZES = (
    whole("--people", "how many people"),
    whole("--months", "months to simulate"),
    whole("--draws", "sets of parameters, drawn from the posterior or the prior (1 = the medians)"),
    whole("--seeds", "repetitions of each with other random numbers"),
    whole("--seed", "base seed: the same seed gives the same numbers"),
)
_inflow = click.option("--inflow/--no-inflow", default=None, help="new people enter, or nobody [default: the file]")


projection_options = (
    listed(
        "--treatment",
        "lengths of treatment, all watched for --months [the file]",
        param="treatments",
        metavar="24,48,always",
    ),
    listed("--market", "labour markets: historic, flat, tight, slack [the file]", param="markets", metavar="A,B"),
    decimal(
        "--precision",
        "a pilot run chooses draws and seeds: half of the 90% interval that computing alone leaves, "
        "in percentage points",
        metavar="POINTS",
        unit="percentage points",
    ),
    whole("--most", "most replicates of each scenario with --precision", default="4000"),
)


def together(*options: Callable[[Any], Any]) -> Option:
    """Return one decorator that adds several options, in this order."""

    def add(function: _Command) -> _Command:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def given_only(given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given: a request has its own values for what was left out."""
    return {name: value for name, value in given.items() if value is not None}


_resume = click.option("--resume", is_flag=True, help="take up the stopped run of this very command")


def database_option(function: _Command) -> _Command:
    """Add ``--out`` and ``--db``; the command receives the URL of the database as ``db``."""

    def read(context: click.Context, _parameter: click.Parameter, word: str | None) -> str:
        return word if word is not None else folder_database(context.params.get("out") or "out")

    text = "database of runs [default: sqlite:///<out>/bijstand.sqlite]"
    # `--out` is eager, so that it is known when the default of `--db` is asked for.
    function = click.option("--db", metavar="URL", help=text, callback=read)(function)
    return folder("--out", "folder of answers: files, and the database", default="out", is_eager=True)(function)


def _named(_context: click.Context, _parameter: click.Parameter, word: str | None) -> str:
    return folder_database("out") if word is None else word


# For commands whose result is one file or folder of its own.
named_database = click.option(
    "--db", metavar="URL", help="database of runs [default: sqlite:///out/bijstand.sqlite]", callback=_named
)


def worker_options(function: _Command) -> _Command:
    """Add the options that say who does the work."""
    for option in (_cluster, _processes, workers_option):
        function = option(function)
    return function


def price_options(function: _Command) -> _Command:
    """Add the options that replace prices."""
    file = folder(
        "--prices", "replace prices by those of a TOML file", param="price_file", default=None, metavar="FILE"
    )
    function = file(function)
    return click.option(
        "--price", "given_prices", multiple=True, metavar="NAME=VALUE", help="replace a price (repeatable)"
    )(function)


def as_settings(function: _Command) -> _Command:
    """Let a command receive whatever options of a run it has as one `RunSettings`, named ``settings``."""

    @functools.wraps(function)
    def with_settings(*arguments: Any, **given: Any) -> Any:
        given["database"] = given.pop("db")
        settings = RunSettings(**{name: given.pop(name) for name in _SETTINGS & given.keys()})
        return function(*arguments, settings=settings, **given)

    return cast(_Command, with_settings)


def settings_options(function: _Command) -> _Command:
    """Add the options of a run; the command receives them as one `RunSettings`, named ``settings``."""

    all_of_them = (population_option, posterior_option, *_SIZES, _inflow, worker_options, _resume, database_option)
    return together(*all_of_them)(as_settings(function))


def read_words(words: Sequence[str], *added: Any) -> tuple[dict[str, Any], list[Problem]]:
    """Return what `words` say by the options of a run and those that are `added`, and what is wrong with them.

    Raises:
        click.UsageError: options that there are not.
    """

    @click.command(add_help_option=False)
    @together(*added, settings_options)
    @click.pass_context
    def read(context: click.Context, /, **given: Any) -> tuple[dict[str, Any], list[Problem]]:
        return given, found_wrong(context)

    found: tuple[dict[str, Any], list[Problem]] = read.main(list(words), standalone_mode=False)
    return found
