"""`bijstand runs resume|expand|verify|panel|diff`: finish, enlarge, prove and compare stored runs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from app import options
from app.answering import again
from app.answering.request import RunSettings
from app.commands.compare import finish
from app.terminal.output import language, note, print_json, print_table, say
from app.terminal.watching import watching
from sim.problems import InputError, Say

if TYPE_CHECKING:
    from scenarios.reproduction.diff import Difference
    from scenarios.reproduction.verify import Verified

__all__ = ["diff", "expand", "panel", "resume", "verify"]

_POPULATION = click.option(
    "--population", metavar="FOLDER", help="where the imported people stand now, if not where they were"
)
_HEADS = Say("what|where|A|B", "wat|waar|A|B")


def _work_options(function: Any) -> Any:
    """Add who does the work, where imported people stand and which database; they come as ``settings``."""
    together = options.together(options.worker_options, _POPULATION, options.database_option)
    return together(options.as_settings(function))


@click.command(name="resume")
@click.argument("run_id", metavar="ID")
@_work_options
@options.report_option
@options.json_option
@click.pass_context
def resume(context: click.Context, /, run_id: str, settings: RunSettings, report: bool, as_json: bool) -> None:
    """Finish a run that was stopped: only what is left is simulated, and the numbers are the same.

    Example: bijstand runs resume 20260131-12
    """
    with watching(context) as watch:
        found = again.resume(run_id, settings, watch, options.found_wrong(context))
    assert settings.out is not None
    finish(context, found, settings.out, report=report, as_json=as_json)


@click.command(name="expand")
@click.argument("run_id", metavar="ID")
@options.whole("--draws", "sets of parameters in all")
@options.whole("--seeds", "repetitions of each in all")
@options.whole("--months", "months in all")
@_work_options
@options.report_option
@options.json_option
@click.pass_context
def expand(context: click.Context, /, run_id: str, settings: RunSettings, report: bool, as_json: bool) -> None:
    """Make a run larger: a new run, equal to one made so from the start; the old one stays.

    Replicates are used again where only draws or seeds are added; more months make all of them anew.

    Example: bijstand runs expand 20260131-12 --draws 60
    """
    with watching(context) as watch:
        found, old, count = again.expand(run_id, settings, watch, options.found_wrong(context))
    note(context, Say(f"{count} replicates of {old} used again", f"{count} herhalingen van {old} hergebruikt"))
    assert settings.out is not None
    finish(context, found, settings.out, report=report, as_json=as_json)


@click.command(name="verify")
@click.argument("run_id", metavar="ID|PACKAGE")
@options.whole("--sample", "replicates to make again, spread evenly [default: all]")
@_work_options
@options.json_option
@click.pass_context
def verify(context: click.Context, /, run_id: str, sample: int | None, settings: RunSettings, as_json: bool) -> None:
    """Make a run again and compare bit for bit: an id, or a package that `runs export` wrote.

    Ends with 0 when every number is the same, with 1 when one is not, with 2 when what is stored was edited.

    Example: bijstand runs verify last --sample 20
    """
    with watching(context) as watch:
        found = again.verify(run_id, sample, settings, watch, options.found_wrong(context))
    if as_json:
        print_json({"same": found.same, **asdict(found)})
    else:
        _tell(context, found)
    if not found.same:
        context.exit(1)


@click.command(name="panel")
@click.argument("run_id", metavar="ID")
@click.option("--scenario", metavar="NAME", help="a scenario of the run [default: its first]")
@options.whole("--draw", "number of the parameter set", default="1")
@options.whole("--seed", "number of the repetition", default="1")
@options.listed("--columns", "columns or measures, with commas between them", param="columns")
@options.workers_option
@_POPULATION
@options.database_option
@options.json_option
@click.pass_context
def panel(context: click.Context, /, run_id: str, db: str, as_json: bool, **given: Any) -> None:
    """Make one replicate again, person by month, as a Parquet file that the database knows by its hash.

    Small groups are not hidden in it.

    Example: bijstand runs panel last --scenario intensive --columns hours,earnings,stress
    """
    from scenarios.execution.panels import COLUMNS, make_panel
    from scenarios.store.store import open_store

    InputError.raise_if(options.found_wrong(context))
    with open_store(db, write=True) as store:
        found = store.find(run_id)
        made = make_panel(
            store,
            found,
            given["scenario"] or store.row(found).scenarios[0],
            draw=given["draw"],
            seed=given["seed"],
            columns=given["columns"] or COLUMNS,
            threads=given["workers"] or 1,
            population=given["population"],
        )
        path = store.check_panel(found, made.name)
    if as_json:
        print_json({"run_id": found, "file": str(path), **asdict(made)})
        return
    say(context, Say(f"{made.rows} rows: {path}", f"{made.rows} rijen: {path}"))


@click.command(name="diff")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@options.database_option
@options.json_option
@click.pass_context
def diff(context: click.Context, /, first: str, second: str, db: str, as_json: bool, **_: Any) -> None:
    """Explain what differs between two runs: code, people, levers, law, parameters, seeds, results.

    Example: bijstand runs diff last-1 last
    """
    from scenarios.reproduction.diff import input_differences, result_differences
    from scenarios.store.store import open_store

    with open_store(db) as store:
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
