"""`bijstand runs resume|expand|verify|panel|diff`: finish, enlarge, prove and compare stored runs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.answering.runs import (
    crew_of,
    crew_options,
    crew_problems,
    database_option,
    database_url,
    finish,
    numbers_of,
    simulating,
)
from app.terminal.output import language, note, print_json, print_table, progress_bar, say
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from scenarios.reproduction.diff import Difference
    from scenarios.reproduction.verify import Verified

__all__ = ["diff", "expand", "panel", "resume", "verify"]

_JSON = click.option("--json", "as_json", is_flag=True, help="print JSON")
_OUT = click.option("--out", default="out", show_default=True, metavar="DIR", help="folder for reports and tables")
_REPORT = click.option("--report/--no-report", default=True, help="write the HTML report")
_WORKERS = click.option("--workers", metavar="N", help="how many at once [default: all processors]")
_POPULATION = click.option(
    "--population", metavar="FOLDER", help="where the imported people stand now, if not where they were"
)
_HEADS = Say("what|where|A|B", "wat|waar|A|B")


@click.command(name="resume")
@click.argument("run_id", metavar="ID")
@_WORKERS
@crew_options
@_POPULATION
@database_option
@_OUT
@_REPORT
@_JSON
@click.pass_context
def resume(context: click.Context, /, run_id: str, **given: Any) -> None:
    """Finish a run that was stopped: only what is left is simulated, and the numbers are the same.

    Example: bijstand runs resume 20260131-12
    """
    from scenarios.execution.resume import resume as take_up
    from scenarios.store.store import open_store

    workers = _workers(given, [])
    with open_store(database_url(given["db"], given["out"])) as looked:
        found = looked.find_unfinished(run_id)
    with open_store(database_url(given["db"], given["out"]), write=True) as store:
        store.planned(found)
        with crew_of(given, workers) as crew, simulating(context, found) as progress:
            result, _ = take_up(
                store, found, progress=progress, executor=crew, workers=workers, population=given["population"]
            )
    finish(context, result, {**given, "full": False})


@click.command(name="expand")
@click.argument("run_id", metavar="ID")
@click.option("--draws", metavar="N", help="sets of parameters in all")
@click.option("--seeds", metavar="N", help="repetitions of each in all")
@click.option("--months", metavar="N", help="months in all")
@_WORKERS
@crew_options
@_POPULATION
@database_option
@_OUT
@_REPORT
@_JSON
@click.pass_context
def expand(context: click.Context, /, run_id: str, **given: Any) -> None:
    """Make a run larger: a new run, equal to one made so from the start; the old one stays.

    Replicates are used again where only draws or seeds are added; more months make all of them anew.

    Example: bijstand runs expand 20260131-12 --draws 60
    """
    from scenarios.execution.resume import expand as enlarge
    from scenarios.store.store import open_store

    problems: list[Problem] = []
    sizes = numbers_of({name: given[name] for name in ("draws", "seeds", "months")}, problems)
    workers = _workers(given, problems)
    with open_store(database_url(given["db"], given["out"]), write=True) as store:
        found = store.find(run_id)
        with crew_of(given, workers) as crew, simulating(context, None) as progress:
            result, _, again = enlarge(
                store,
                found,
                draws=sizes.get("draws"),
                seeds=sizes.get("seeds"),
                months=sizes.get("months"),
                progress=progress,
                executor=crew,
                workers=workers,
                population=given["population"],
            )
    told = Say(f"{again} replicates of {found} used again", f"{again} herhalingen van {found} hergebruikt")
    note(context, told)
    finish(context, result, {**given, "full": False})


@click.command(name="verify")
@click.argument("run_id", metavar="ID|PACKAGE")
@click.option("--sample", metavar="N", help="replicates to make again, spread evenly [default: all]")
@_WORKERS
@crew_options
@_POPULATION
@database_option
@_OUT
@_JSON
@click.pass_context
def verify(context: click.Context, /, run_id: str, **given: Any) -> None:
    """Make a run again and compare bit for bit: an id, or a package that `runs export` wrote.

    Ends with 0 when every number is the same, with 1 when one is not, with 2 when what is stored was edited.

    Example: bijstand runs verify last --sample 20
    """
    from scenarios.execution.executors import LostWorkersError
    from scenarios.reproduction.package import read_package
    from scenarios.reproduction.verify import verify as prove
    from scenarios.store.store import open_store

    problems: list[Problem] = []
    sample = _whole("--sample", given["sample"], problems)
    workers = _workers(given, problems)
    if "\x00" not in run_id and len(run_id) < 1000 and run_id and Path(run_id).exists():
        result, _ = read_package(Path(run_id))
    else:
        with open_store(database_url(given["db"], given["out"])) as store:
            result = store.load(store.find(run_id))
    text = "opnieuw maken" if language(context) == "nl" else "making again"
    try:
        with crew_of(given, workers) as crew, progress_bar(text) as progress:
            found = prove(
                result, sample=sample, progress=progress, executor=crew, workers=workers, population=given["population"]
            )
    except LostWorkersError as error:
        raise click.ClickException(error.text.to(language(context))) from error
    if given["as_json"]:
        print_json({"same": found.same, **asdict(found)})
    else:
        _tell(context, found)
    if not found.same:
        context.exit(1)


@click.command(name="panel")
@click.argument("run_id", metavar="ID")
@click.option("--scenario", metavar="NAME", help="a scenario of the run [default: its first]")
@click.option("--draw", default="1", show_default=True, metavar="N", help="number of the parameter set")
@click.option("--seed", default="1", show_default=True, metavar="N", help="number of the repetition")
@click.option("--columns", metavar="LIST", help="columns or measures, with commas between them")
@_WORKERS
@_POPULATION
@database_option
@_OUT
@_JSON
@click.pass_context
def panel(context: click.Context, /, run_id: str, **given: Any) -> None:
    """Make one replicate again, person by month, as a Parquet file that the database knows by its hash.

    Small groups are not hidden in it.

    Example: bijstand runs panel last --scenario intensive --columns hours,earnings,stress
    """
    from scenarios.execution.panels import COLUMNS, make_panel
    from scenarios.store.store import open_store

    problems: list[Problem] = []
    numbers = numbers_of({name: given[name] for name in ("seed", "workers")}, problems)
    draw = _whole("--draw", given["draw"], problems)
    InputError.raise_if(problems)
    listed = given["columns"].split(",") if given["columns"] is not None else COLUMNS
    with open_store(database_url(given["db"], given["out"]), write=True) as store:
        found = store.find(run_id)
        made = make_panel(
            store,
            found,
            store.row(found).scenarios[0] if given["scenario"] is None else given["scenario"],
            draw=1 if draw is None else draw,
            seed=numbers["seed"],
            columns=[word.strip() for word in listed],
            threads=numbers.get("workers", 1),
            population=given["population"],
        )
        path = store.check_panel(found, made.name)
    if given["as_json"]:
        print_json({"run_id": found, "file": str(path), **asdict(made)})
        return
    say(context, Say(f"{made.rows} rows: {path}", f"{made.rows} rijen: {path}"))


@click.command(name="diff")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@database_option
@_OUT
@_JSON
@click.pass_context
def diff(context: click.Context, first: str, second: str, db: str | None, out: str, as_json: bool) -> None:
    """Explain what differs between two runs: code, people, levers, law, parameters, seeds, results.

    Example: bijstand runs diff last-1 last
    """
    from scenarios.reproduction.diff import input_differences, result_differences
    from scenarios.store.store import open_store

    with open_store(database_url(db, out)) as store:
        a, b = (store.load(store.find(word)) for word in (first, second))
    inputs, results = input_differences(a.provenance, b.provenance), result_differences(a, b)
    if as_json:
        print_json(
            {"a": a.run_id, "b": b.run_id, "inputs": list(map(asdict, inputs)), "results": list(map(asdict, results))}
        )
        return
    if not inputs and not results:
        same = Say("the same in everything: inputs and results", "in alles hetzelfde: invoer en uitkomsten")
        say(context, same)
        return
    _table(context, [*inputs, *results])
    if not results:
        say(context, Say("the results are the same", "de uitkomsten zijn hetzelfde"))


def _tell(context: click.Context, found: Verified) -> None:
    if found.inputs:
        _table(context, list(found.inputs))
    for each in found.wrong[:20]:
        where = f"{each.scenario}, draw {each.draw + 1}, seed {each.seed + 1}"
        place = f"{each.group}, {each.measure}"
        say(
            context,
            Say(
                f"{where}: {place}, month {each.month}: stored {each.stored}, made again {each.found} "
                f"({each.values} values differ)",
                f"{where}: {place}, maand {each.month}: opgeslagen {each.stored}, opnieuw {each.found} "
                f"({each.values} waarden verschillen)",
            ),
        )
    count = len(found.wrong)
    if found.same:
        text = Say(
            f"run {found.run_id}: {found.checked} of {found.of} replicates made again, all the same bit for bit",
            f"run {found.run_id}: {found.checked} van {found.of} herhalingen opnieuw gemaakt, alle bit voor bit gelijk",
        )
    else:
        text = Say(
            f"run {found.run_id}: {count} of {found.checked} replicates that were made again are NOT the same",
            f"run {found.run_id}: {count} van {found.checked} opnieuw gemaakte herhalingen zijn NIET gelijk",
        )
    say(context, text)


def _table(context: click.Context, found: list[Difference]) -> None:
    from scenarios.reproduction.diff import KINDS

    lang = language(context)
    rows = [(KINDS[each.kind].to(lang), each.path, _short(each.a), _short(each.b)) for each in found]
    print_table(_HEADS.to(lang).split("|"), rows)


def _short(value: object) -> str:
    text = f"{value:.9g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _workers(given: dict[str, Any], problems: list[Problem]) -> int:
    """Return how many work at once; raise what is wrong with the words so far, all together."""
    from scenarios.execution.run import available_workers

    numbers = numbers_of({"workers": given["workers"]}, problems)
    InputError.raise_if(problems + crew_problems(given))
    return numbers.get("workers") or available_workers()


def _whole(name: str, word: str | None, problems: list[Problem]) -> int | None:
    if word is None:
        return None
    if not (word.strip().isdigit() and len(word) < 12):
        problems.append(Problem(name, word, Say("a whole number of at least 1", "een geheel getal vanaf 1")))
        return None
    return int(word)
