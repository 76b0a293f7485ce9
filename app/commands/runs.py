"""`bijstand runs`: everything about runs that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from app import options
from app.answering.beside import answers_of_run, kept_assumed, records_of
from app.commands import runs_again, runs_files
from app.terminal.output import language, print_json, print_table, say
from app.terminal.run_text import print_summary
from sim.problems import InputError, Problem, Say, within

if TYPE_CHECKING:
    from scenarios.reproduction.provenance import Provenance

__all__ = ["command"]

_HEADERS = Say(
    "run|made (UTC)|scenarios|population|people|months|draws|seeds|failed|seconds|label",
    "run|gemaakt (UTC)|scenario's|populatie|mensen|maanden|draws|seeds|mislukt|seconden|label",
)


@click.group(name="runs")
def command() -> None:
    """List, show, finish, prove, compare and hand over what was run.

    A run is called by its id, by the beginning of it, or by last, last-1, ...

    Example: bijstand runs list
    """


@command.command(name="list")
@click.option("--limit", default="20", show_default=True, metavar="N", help="how many, the newest first")
@click.option("--scenario", metavar="NAME", help="only runs of this scenario")
@click.option("--all", "everything", is_flag=True, help="also runs that are not finished")
@options.database_option
@options.json_option
@click.pass_context
def list_runs(
    context: click.Context, /, limit: str, scenario: str | None, everything: bool, db: str, as_json: bool, **_: Any
) -> None:
    """List runs, the newest first.

    Example: bijstand runs list --limit 5
    """
    from scenarios.store.database import exists
    from scenarios.store.store import open_store

    problems: list[Problem] = []
    if not (limit.isdigit() and len(limit) < 8 and int(limit) >= 1):
        problems.append(within("--limit", limit, 1, 9_999_999))
    try:
        named = context.get_parameter_source("db") is not ParameterSource.DEFAULT
        store = open_store(db) if named or exists(db) else None
    except InputError as error:
        problems += error.problems
    InputError.raise_if(problems)
    if store is None:
        rows, count, begun = [], 0, []
    else:
        with store:
            # What is unfinished first: a run that is finished meanwhile is seen, and once.
            begun = store.unfinished(limit=int(limit)) if everything else []
            rows, count = store.runs(limit=int(limit), scenario=scenario), store.count(scenario=scenario)
    there = {row.id for row in rows}
    begun = [row for row in begun if row.id not in there and (scenario is None or scenario in row.scenarios)]
    if as_json:
        more = {"unfinished": [asdict(row) for row in begun]} if everything else {}
        print_json({"count": count, "runs": [asdict(row) for row in rows], **more})
        return
    for row in begun:
        told = f"{row.id}  {', '.join(row.scenarios)}"
        text = Say(f"{told}: unfinished {row.done}/{row.total}", f"{told}: onvoltooid {row.done}/{row.total}")
        say(context, text)
    if not rows and not begun:
        say(
            context,
            Say("no runs yet: bijstand compare regular intensive", "nog geen runs: bijstand compare regular intensive"),
        )
        return
    if not rows:
        return
    lang = language(context)
    shown = [
        (
            row.id,
            row.created[:19].replace("T", " "),
            ", ".join(row.scenarios),
            row.population,
            row.people,
            row.months,
            row.draws,
            row.seeds,
            row.failed,
            f"{row.seconds:.1f}",
            row.label[lang],
        )
        for row in rows
    ]
    print_table(_HEADERS.to(lang).split("|"), shown)
    if count > len(rows):
        say(context, Say(f"{len(rows)} of {count} runs (--limit)", f"{len(rows)} van {count} runs (--limit)"))


@command.command(name="show")
@click.argument("run_id", metavar="ID")
@options.database_option
@options.json_option
@click.pass_context
def show(context: click.Context, /, run_id: str, db: str, as_json: bool, **_: Any) -> None:
    """Show one run, by its id or the beginning of it: outcomes, and what it was made with.

    Example: bijstand runs show 20260131-12
    """
    from analysis.effects.summary import summarise
    from analysis.effects.tables import full_rows, headline_measures
    from scenarios.store.store import open_store

    with open_store(db) as store:
        result = store.load(store.find(run_id))
        sources = store.sources_of(result.run_id)
        assumed = kept_assumed(store, result.run_id)
    summary = summarise(result)
    answers = answers_of_run(result, summary, assumed)
    lang = language(context)
    if as_json:
        rows = summary.rows(measures=headline_measures(summary), months=summary.key_months(), groups=["all"])
        print_json(
            {
                "run_id": result.run_id,
                "result_sha256": result.digest(),
                "provenance": result.provenance.to_dict(),
                "failures": [asdict(failure) for failure in result.failures],
                "sources": [asdict(source) for source in sources],
                "rows": full_rows(rows, lang),
                "answers": records_of(answers),
            }
        )
        return
    print_summary(context, result, summary, answers)
    click.echo()
    print_table(("", ""), _made_with(result.provenance, lang))


def _made_with(provenance: Provenance, lang: str) -> list[tuple[str, str]]:
    dutch = lang == "nl"
    population, law, parameters = provenance.population, provenance.law, provenance.parameters
    return [
        ("gemaakt" if dutch else "made", str(provenance.created)),
        ("code", f"{provenance.code['version']}, {provenance.code['sha256'][:12]}"),
        ("python", f"{provenance.environment['python']}, {provenance.environment['platform']}"),
        (
            "populatie" if dutch else "population",
            f"{population['name']}, {population['sha256'][:12]}, {population['source']}",
        ),
        ("wet" if dutch else "law", f"{law['first']} .. {law['last']}, {law['sha256'][:12]}"),
        ("parameters", f"{parameters['source']}, {parameters['sha256'][:12]}"),
        *_posterior(parameters.get("posterior")),
        ("seeds", f"{provenance.seeds['base']}: 1 .. {provenance.seeds['count']}"),
        *((f"scenario {entry['name']}", str(entry["sha256"])[:12]) for entry in provenance.scenarios),
    ]


def _posterior(used: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if not used:
        return []
    town = f", {used['town']}" if used.get("town") else ""
    made = f"{str(used.get('created', ''))[:10]}, {used.get('evidence', '')}"
    return [("posterior", f"{used['name']} ({str(used['sha256'])[:12]}), {made}{town}")]


for _each in (
    runs_again.resume,
    runs_again.expand,
    runs_again.verify,
    runs_again.diff,
    runs_again.panel,
    runs_files.export,
    runs_files.import_run,
    runs_files.tables,
    runs_files.check,
):
    command.add_command(_each)
