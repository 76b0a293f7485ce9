"""What `bijstand dose` does: points simulated as one run, stored, written, drawn and told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.answering.dose import Request, read_request
from app.answering.runs import crew_of, database_url, people_and_sizes, simulating
from app.terminal.output import language, print_json, print_table, say
from sim.problems import Say

if TYPE_CHECKING:
    from analysis.dose.response import Dose
    from analysis.effects.summary import Summary
    from scenarios.execution.result import RunResult

__all__ = ["dose"]

_MAIN = ("on_benefit", "exit_work_ever", "hours_over_12", "stress")
_HEADS = Say(
    "measure|effect|90% interval|luck|parameters|unit|label", "maat|effect|90%-marge|toeval|parameters|eenheid|label"
)
_SHAPES = Say(
    "measure|lever|diminishing returns|turning point|enough: 90% of the gain at|label",
    "maat|knop|afnemende opbrengst|keerpunt|genoeg: 90% van de winst bij|label",
)


def dose(context: click.Context, levers: Sequence[str], given: Mapping[str, Any]) -> None:
    """Check everything, run all points, write and print.

    Raises:
        InputError: all problems of levers, values and options; nothing was simulated.
    """
    from analysis.dose.response import dose_of
    from analysis.effects.summary import summarise
    from analysis.effects.tables import headline_measures
    from analysis.effects.words import PATHS
    from scenarios.execution.plan import plan
    from scenarios.execution.resume import run_kept
    from scenarios.execution.run import begin
    from scenarios.store.store import open_store

    request = read_request(levers, given)
    ready = plan(request.scenarios, request.options)
    with crew_of(given, request.workers) as crew:
        Path(given["out"]).mkdir(parents=True, exist_ok=True)
        with open_store(database_url(given["db"], given["out"]), write=True) as store:
            start = begin(ready)
            store.plan(start, command="dose")
            with simulating(context, start.run_id) as progress:
                result = run_kept(
                    ready, store, command="dose", start=start, progress=progress, executor=crew, workers=request.workers
                )
    summary = summarise(result, months=[request.month])
    measures = headline_measures(summary, PATHS)
    found = dose_of(result, summary, request.name, request.axes, request.points, measures, request.month)
    folder, files = _write(result, summary, found, given, language(context))
    if given["as_json"]:
        record = _record(result, found, language(context))
        print_json({**record, "folder": str(folder), "files": [str(path) for path in files]})
        return
    _print(context, result, found, request)
    say(context, Say(f"tables and figure: {folder}", f"tabellen en figuur: {folder}"))


def _write(
    result: RunResult, summary: Summary, found: Dose, given: Mapping[str, Any], lang: str
) -> tuple[Path, list[Path]]:
    """Write tables and figure into ``out/<run id>``, whole or not at all."""
    from analysis.dose.tables import dose_columns, dose_csv, dose_rows, shape_columns, shape_rows

    out = Path(given["out"])
    folder, partial = out / result.run_id, out / f".{result.run_id}.partial"
    try:
        partial.mkdir(parents=True)
        files = [partial / "dose.csv", partial / "dose.json"]
        files[0].write_text(dose_csv(found, lang), encoding="utf-8")
        record = _record(result, found, lang)
        files[1].write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        if given["report"]:
            from analysis.dose.figures import draw_dose
            from analysis.figures import style
            from analysis.report.excel import write_sheets

            sheets = {
                "dose": (dose_columns(found), [tuple(row.values()) for row in dose_rows(found, lang)]),
                "shapes": (
                    shape_columns(),
                    [tuple(row[name] for name in shape_columns()) for row in shape_rows(found, lang)],
                ),
            }
            files.append(write_sheets(partial / "dose.xlsx", sheets, lang))
            files += style.save(draw_dose(result, summary, found, lang).figure, partial, "dose")
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


def _record(result: RunResult, found: Dose, lang: str) -> dict[str, Any]:
    from analysis.dose.tables import dose_rows, shape_rows

    return {
        "run_id": found.run_id,
        "scenario": found.scenario,
        "month": found.month,
        "levers": {
            axis.lever: {"values": axis.values, "regular": axis.regular, "observed": axis.seen} for axis in found.axes
        },
        "label": result.provenance.label[lang],
        "months_beyond_known_law": result.provenance.law.get("months_beyond_known_law", 0),
        "rows": dose_rows(found, lang),
        "shapes": shape_rows(found, lang),
        "result_sha256": result.digest(),
        "failures": [vars(failure) for failure in result.failures],
    }


def _print(context: click.Context, result: RunResult, found: Dose, request: Request) -> None:
    from analysis.dose.response import axis_text
    from analysis.effects.words import amount, interval, name_of, number, unit_of

    lang = language(context)
    names = [axis_text(axis.lever).to(lang) for axis in found.axes]
    main = [name for name in _MAIN if name in found.measures]
    cells = [
        [
            *(number(x, 0 if x == round(x) else 2, lang) for x in point),
            name_of(measure, lang),
            amount(row.mean, measure, lang, difference=True),
            interval(row.low, row.high, measure, lang, difference=True),
            f"± {amount(1.645 * row.monte_carlo_se, measure, lang)}",
            f"± {amount(1.645 * row.parameter_sd, measure, lang)}",
            unit_of(measure, lang, difference=True),
            row.label(lang),
        ]
        for measure in main
        for point, row in zip(found.points, found.rows[found.measures.index(measure)], strict=True)
    ]
    title = Say(
        f"{found.scenario}: effect against the background in month {found.month}",
        f"{found.scenario}: effect ten opzichte van de achtergrond in maand {found.month}",
    )
    print_table([*names, *_HEADS.to(lang).split("|")], cells, title=title.to(lang))
    shapes = [
        [
            name_of(shape.measure, lang),
            shape.lever,
            *(f"{number(100.0 * chance, 0, lang)}%" for chance in (shape.diminishing, shape.turning)),
            " .. ".join(
                number(x, 0 if x == round(x) else 2, lang) if x == x else "?"
                for x in (shape.enough_low, shape.enough_high)
            ),
            max(found.rows[found.measures.index(shape.measure)], key=lambda row: row.distance).label(lang),
        ]
        for shape in found.shapes
        if shape.measure in main
    ]
    click.echo("")
    chances = Say("probabilities under the parameters, luck taken out", "kansen onder de parameters, zonder het toeval")
    print_table(_SHAPES.to(lang).split("|"), shapes, title=chances.to(lang))
    label = result.provenance.label
    say(context, Say(f"\nrun {result.run_id}: {label['en']}", f"\nrun {result.run_id}: {label['nl']}"))
    say(context, people_and_sizes(result))
    for axis in found.axes:
        if axis.seen is not None:
            low, high = (number(x, 2, lang).rstrip("0").rstrip(".,") for x in axis.seen)
            seen = Say(
                f"{axis.lever}: the trials observed {low} to {high}", f"{axis.lever}: de proeven zagen {low} tot {high}"
            )
            say(context, seen)
