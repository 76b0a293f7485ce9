"""`bijstand report`: write the report of stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app import options
from app.answering.beside import answers_of_run, kept_assumed, kept_page, kept_policy
from app.output_folder import folder_problems
from app.terminal.output import language, note, print_json, say
from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    from scenarios.execution.result import RunResult

__all__ = ["command"]

_FORMATS = ("html", "xlsx", "md")
_LANGUAGES = ("en", "nl")


@click.command(name="report")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--lang", metavar="en|nl", help="language of the report [default: that of the command line]")
@click.option("--format", "formats", default="html,xlsx,md", show_default=True, metavar="LIST", help="files to write")
@options.database_option
@options.json_option
@click.pass_context
def command(
    context: click.Context, runs: tuple[str, ...], lang: str | None, out: Path, formats: str, db: str, as_json: bool
) -> None:
    """Write the report of stored runs: HTML, Excel and Markdown, in Dutch or English.

    A run is named by its id or by any unique start of it; `bijstand runs list` shows them.

    Example: bijstand report 20260131-12 --lang nl --format html
    """
    from analysis.effects.summary import summarise
    from analysis.report.content import Beside
    from analysis.report.write import write_report
    from scenarios.store.store import open_store

    chosen = tuple(dict.fromkeys(word.strip() for word in formats.split(",") if word.strip()))
    spoken = lang if lang is not None else language(context)
    problems = [one_of("--format", word, _FORMATS) for word in chosen if word not in _FORMATS]
    if not chosen:
        problems.append(one_of("--format", formats, _FORMATS))
    if spoken not in _LANGUAGES:
        problems.append(one_of("--lang", spoken, _LANGUAGES))
    problems += [*options.found_wrong(context), *folder_problems(out)]
    found: list[str] = []
    try:
        store = open_store(db)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from error
    written: dict[str, list[Path]] = {}
    with store:
        for word in runs:
            try:
                found.append(store.find(word))
            except InputError as error:
                problems += error.problems
        InputError.raise_if(problems)
        for run_id in dict.fromkeys(found):
            result = store.load(run_id)
            try:
                summary = summarise(result)
                beside = Beside(kept_policy(store, run_id), kept_page(store, run_id))
                answers = answers_of_run(result, summary, kept_assumed(store, run_id))
                written[run_id] = write_report(
                    result, summary, out / run_id, spoken, chosen, answers=answers, beside=beside
                )
            except OSError as error:
                place = f"{error.filename or out}: {error.strerror}"
                raise InputError([Problem("--out", place, _WRITABLE)]) from error
            _keep_data(context, db, result, spoken)
    if as_json:
        print_json({run_id: [str(path) for path in paths] for run_id, paths in written.items()})
        return
    for paths in written.values():
        for path in paths:
            if path.parent.name.startswith("figures-"):
                continue
            say(context, Say(f"report: {path}", f"rapport: {path}"))


def _keep_data(context: click.Context, url: str, result: RunResult, lang: str) -> None:
    """Store the rows that the figures show with the run; a database that is only read is left alone."""
    import gzip

    from analysis.effects.summary import summarise
    from analysis.effects.tables import headline_measures, to_json
    from scenarios.store.store import open_store

    summary = summarise(result)
    text = to_json(summary, lang, rows=summary.rows(measures=headline_measures(summary)))
    data = gzip.compress(text.encode(), mtime=0)
    try:
        with open_store(url, write=True, timeout=5.0) as store:
            store.add_source("figure", f"report.{lang}.json", data, media="application/json+gzip", run_id=result.run_id)
    except InputError:
        told = "the data of the figures were not stored: the database takes no writes"
        verteld = "de gegevens van de figuren zijn niet opgeslagen: de database neemt niets aan"
        note(context, Say(told, verteld))


_WRITABLE = Say("a folder with room in which you may write", "een map met ruimte waarin u mag schrijven")
