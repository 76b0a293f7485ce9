"""What `bijstand project` does: policies by length, ending and market, simulated, stored, written, told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.answering.projection import Request, read_request
from app.answering.runs import crew_of, database_url, print_summary, simulating
from app.terminal.output import language, note, print_json, print_table, say
from sim.problems import Say

if TYPE_CHECKING:
    from analysis.effects.summary import Row, Summary
    from analysis.projection.policies import Policy
    from analysis.projection.variants import Spread
    from scenarios.description.schema import Scenario
    from scenarios.execution.plan import Plan
    from scenarios.execution.result import Finished, RunResult

__all__ = ["Projection", "project", "projections"]

# What the precision is about; the printed contrasts show stress too.
MAIN = ("on_benefit", "exit_work_ever", "hours_over_12")
_SHOWN = (*MAIN, "stress")
PILOT_DRAWS, PILOT_SEEDS = 20, 3
_VARIANT_DRAWS, _VARIANT_SEEDS, _VARIANT_PEOPLE = 10, 2, 1000
_HEADS = Say(
    "question|measure|month|difference|90% interval|unit|luck|parameters|draws above zero|label",
    "vraag|maat|maand|verschil|90%-marge|eenheid|toeval|parameters|trekkingen boven nul|label",
)
_SPREAD = Say(
    "policy|measure|month|effect|lowest|without|highest|without|same sign|unit|label",
    "beleid|maat|maand|effect|laagste|zonder|hoogste|zonder|zelfde teken|eenheid|label",
)


@dataclass(frozen=True)
class Projection:
    """One run of a projection, on one path of the labour market."""

    market: str
    result: RunResult
    summary: Summary
    policies: tuple[Policy, ...]
    contrasts: tuple[Row, ...]
    spreads: tuple[Spread, ...]
    precision: Say | None


def project(context: click.Context, words: Sequence[str], given: Mapping[str, Any]) -> None:
    """Check everything, run each market, write a folder per run and print what was found.

    Raises:
        InputError: all problems of scenarios and options; nothing was simulated.
    """
    found = projections(context, words, given)
    lang = language(context)
    written = [_write(each, Path(given["out"]), lang, given) for each in found]
    if given["as_json"]:
        print_json({"runs": [_record(each, lang, *place) for each, place in zip(found, written, strict=True)]})
        return
    for each, (folder, _) in zip(found, written, strict=True):
        _print(context, each)
        say(context, Say(f"report and tables: {folder}", f"rapport en tabellen: {folder}"))


def projections(context: click.Context, words: Sequence[str], given: Mapping[str, Any]) -> list[Projection]:
    """Return a stored run for each market.

    Raises:
        InputError: all problems of scenarios and options; nothing was simulated.
    """
    from scenarios.store.store import open_store

    request = read_request(words, given)
    sides = [_sides(request, market) for market in request.markets]
    with crew_of(given, request.workers) as crew:
        Path(given["out"]).mkdir(parents=True, exist_ok=True)
        with open_store(database_url(given["db"], given["out"]), write=True) as store:
            return [
                _run(context, request, market, scenarios, policies, store, crew)
                for market, (scenarios, policies) in zip(request.markets, sides, strict=True)
            ]


def _sides(request: Request, market: str | None) -> tuple[list[Scenario], list[Policy]]:
    from analysis.projection.policies import policies

    baseline, found = policies(
        request.scenarios,
        treatments=request.treatments,
        endings=request.endings,
        market=market,
        lockdown=request.lockdown,
    )
    return [baseline, *(policy.scenario for policy in found)], found


def _run(
    context: click.Context,
    request: Request,
    market: str | None,
    scenarios: list[Scenario],
    policies: list[Policy],
    store: Any,
    crew: Any,
) -> Projection:
    from analysis.effects.summary import summarise
    from analysis.projection.policies import answers, marks_of
    from scenarios.execution.plan import plan
    from scenarios.execution.resume import reused, run_kept
    from scenarios.execution.run import begin

    options, said = request.options, None
    known: tuple[Finished, ...] = ()
    ready = plan(scenarios, options)
    marks = marks_of(ready.months, policies)
    if request.precision is not None:
        pilot, options, said = _pilot(context, request, scenarios, marks, crew)
        ready = plan(scenarios, options)
        known = tuple(reused(pilot, ready, begin(ready)))
    start = begin(ready)
    store.plan(start, command="project")
    with simulating(context, start.run_id) as progress:
        result = run_kept(
            ready,
            store,
            command="project",
            start=start,
            known=known,
            progress=progress,
            executor=crew,
            workers=request.workers,
        )
    summary = replace(summarise(result), marks=marks)
    return Projection(
        market or scenarios[0].market,
        result,
        summary,
        tuple(policies),
        tuple(answers(result, summary, policies, _measures(summary))),
        tuple(_spreads(context, request, policies, summary)) if request.variants else (),
        said,
    )


def _pilot(
    context: click.Context, request: Request, scenarios: list[Scenario], marks: tuple[int, ...], crew: Any
) -> tuple[RunResult, Any, Say]:
    """Run a small pilot; return it, the options with the chosen sizes, and the choice in words."""
    from analysis.inference.precision import components, sizes_for, sizes_in_words
    from sim.outcomes.measures import MEASURES

    assert request.precision is not None
    most = len(request.options.source) if request.options.source is not None else 2000
    small = replace(request.options, draws=min(PILOT_DRAWS, most), seeds=PILOT_SEEDS)
    pilot = _simulated(context, _planned(scenarios, small), crew, request.workers)
    parts = []
    for measure in MAIN:
        values = pilot.measure(measure)[..., 0, :]
        sides = values[1:] - values[0] if len(scenarios) > 1 else values
        parts += [components(side[..., month - 1]) for side in sides for month in marks]
    sizes = sizes_for(parts, request.precision / 100.0, most_draws=most, most_seeds=200, most_replicates=request.most)
    options = replace(request.options, draws=sizes.draws, seeds=sizes.seeds)
    return pilot, options, sizes_in_words(sizes, parts, [MEASURES[name].text for name in MAIN])


def _planned(scenarios: list[Scenario], options: Any) -> Plan:
    from scenarios.execution.plan import plan

    return plan(scenarios, options)


def _simulated(context: click.Context, ready: Plan, crew: Any, workers: int) -> RunResult:
    """Return a run that is not stored."""
    from app.terminal.output import progress_bar
    from scenarios.execution.run import RunFailedError, execute

    text = "proefrun" if language(context) == "nl" else "pilot"
    with progress_bar(text) as progress:
        try:
            return execute(ready, progress, executor=crew, workers=workers)
        except RunFailedError as error:
            raise click.ClickException(str(error)) from error


def _spreads(
    context: click.Context, request: Request, policies: Sequence[Policy], summary: Summary
) -> Iterator[Spread]:
    from analysis.projection.variants import plan_variants, spread
    from app.terminal.output import progress_bar

    people = request.options.people
    options = replace(
        request.options,
        draws=min(_VARIANT_DRAWS, request.options.draws or _VARIANT_DRAWS),
        seeds=_VARIANT_SEEDS,
        people=None if people is None else min(people, _VARIANT_PEOPLE),
    )
    months = [month for month in _shown_months(summary, policies) if month in summary.months]
    for policy in policies:
        ready = plan_variants(policy.scenario, options)
        with progress_bar("varianten" if language(context) == "nl" else "variants") as progress:
            yield from spread(
                ready, summary, measures=_measures(summary), months=months, progress=progress, workers=request.workers
            )


def _measures(summary: Summary) -> tuple[str, ...]:
    from analysis.effects.tables import headline_measures
    from analysis.effects.words import PATHS

    return headline_measures(summary, PATHS)


def _shown_months(summary: Summary, policies: Sequence[Policy]) -> tuple[int, ...]:
    """Return the months of the printed table: two years, ends of treatments, the last."""
    last = summary.months[-1]
    ends = {policy.ends for policy in policies if policy.ends is not None}
    return tuple(month for month in summary.key_months() if month in {24, last} | ends)


def _write(found: Projection, out: Path, lang: str, given: Mapping[str, Any]) -> tuple[Path, list[Path]]:
    """Write tables and report of a run into ``out/<run id>``, whole or not at all."""
    from analysis.effects.tables import headline_measures, write_csv

    result, summary = found.result, found.summary
    folder, partial = out / result.run_id, out / f".{result.run_id}.partial"
    try:
        partial.mkdir(parents=True)
        rows = [*summary.rows(measures=headline_measures(summary), months=summary.key_months()), *found.contrasts]
        files = [write_csv(summary, partial / "results.csv", lang, rows=rows), partial / "summary.json"]
        record = _record(found, lang, folder, [])
        files[1].write_text(json.dumps(record, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
        if given["full"]:
            files.append(write_csv(summary, partial / "results_full.csv.gz", lang))
        if given["report"]:
            from analysis.report.write import write_report

            files += write_report(result, summary, partial, lang, formats=("html", "xlsx"), contrasts=found.contrasts)
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


def _record(found: Projection, lang: str, folder: Path, files: Sequence[Path]) -> dict[str, Any]:
    from analysis.effects.tables import full_rows, headline_measures, to_json
    from analysis.effects.validity import LABELS

    rows = found.summary.rows(measures=headline_measures(found.summary), months=found.summary.key_months())
    return {
        "market": found.market,
        **json.loads(to_json(found.summary, lang, rows=rows)),
        "label": found.result.provenance.label[lang],
        "months_beyond_known_law": found.result.provenance.law.get("months_beyond_known_law", 0),
        "precision": None if found.precision is None else found.precision.to(lang),
        "contrasts": full_rows(found.contrasts, lang),
        "variants": [{**asdict(each), "validity": LABELS[each.validity].to(lang)} for each in found.spreads],
        "result_sha256": found.result.digest(),
        "folder": str(folder),
        "files": [str(path) for path in files],
        "failures": [vars(failure) for failure in found.result.failures],
    }


def _print(context: click.Context, found: Projection) -> None:
    lang = language(context)
    shown = _shown_months(found.summary, found.policies)
    say(context, Say(f"labour market: {found.market}", f"arbeidsmarkt: {found.market}"))
    print_summary(context, found.result, replace(found.summary, marks=shown))
    rows = [row for row in found.contrasts if row.measure in _SHOWN and row.month in shown]
    if rows:
        click.echo("")
        print_table(_HEADS.to(lang).split("|"), [_contrast(row, found, lang) for row in rows])
    if found.spreads:
        _print_spreads(context, found, lang)
    if found.precision is not None:
        note(context, found.precision)


def _contrast(row: Row, found: Projection, lang: str) -> list[str]:
    from analysis.effects.words import amount, interval, name_of, number, unit_of
    from analysis.projection.policies import question

    titles = {name: found.result.title(name, lang) for name in found.result.scenarios}
    return [
        question(row, titles, lang),
        name_of(row.measure, lang),
        str(row.month),
        amount(row.mean, row.measure, lang, difference=True),
        interval(row.low, row.high, row.measure, lang, difference=True),
        unit_of(row.measure, lang, difference=True),
        f"± {amount(1.645 * row.monte_carlo_se, row.measure, lang)}",
        f"± {amount(1.645 * row.parameter_sd, row.measure, lang)}",
        f"{number(100.0 * row.share_above, 0, lang)}%",
        row.label(lang),
    ]


def _print_spreads(context: click.Context, found: Projection, lang: str) -> None:
    from analysis.effects.validity import LABELS
    from analysis.effects.words import amount, name_of, number, unit_of
    from sim.parameters import MECHANISMS

    cells = [
        [
            found.result.title(each.scenario, lang),
            name_of(each.measure, lang),
            str(each.month),
            *(amount(x, each.measure, lang, difference=True) for x in (each.whole, each.low)),
            MECHANISMS[each.lowest].title.to(lang),
            amount(each.high, each.measure, lang, difference=True),
            MECHANISMS[each.highest].title.to(lang),
            f"{number(100.0 * each.same_sign, 0, lang)}%",
            unit_of(each.measure, lang, difference=True),
            LABELS[each.validity].to(lang),
        ]
        for each in found.spreads
        if each.measure in _SHOWN
    ]
    count, run = found.spreads[0].variants, found.spreads[0].run_id
    title = Say(
        f"structural variants: the effect without each of {count} mechanisms in turn, in no interval above",
        f"structurele varianten: het effect zonder elk van {count} mechanismen, in geen marge hierboven",
    )
    click.echo("")
    print_table(_SPREAD.to(lang).split("|"), cells, title=title.to(lang))
    label = found.result.provenance.label
    say(context, Say(f"run {run}: {label['en']}", f"run {run}: {label['nl']}"))
