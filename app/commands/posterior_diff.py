"""`bijstand posterior diff`: what was learned between two posteriors, in words and a figure."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analysis.inference.interval import NINETY
from app import options
from app.answering.posterior import posterior_named
from app.answering.request import RunSettings, Watch
from app.answering.runner import open_runner
from app.output_folder import folder_problems
from app.terminal.output import language, print_json, print_table, say
from app.terminal.watching import watching
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from analysis.effects.summary import Row, Summary
    from calibration.posteriors.posterior import Posterior
    from calibration.posteriors.projection_moves import EffectMove
    from calibration.posteriors.text import Changes

__all__ = ["diff"]

_HEADS = Say(
    "parameter|unit|A (90%)|B (90%)|moved (sd)|sd B / sd A",
    "parameter|eenheid|A (90%)|B (90%)|verschoven (sd)|sd B / sd A",
)
_PROJECTED = Say(
    "measure|month|scenario|effect under A (90%)|effect under B (90%)|unit|label",
    "maat|maand|scenario|effect onder A (90%)|effect onder B (90%)|eenheid|label",
)
_SIZES = {"people": 1000, "months": 24, "draws": 20, "seeds": 2, "seed": 1}
_LINES = 30


@click.command(name="diff")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "--scenario",
    "scenarios",
    metavar="NAME",
    multiple=True,
    help="how its effect against `regular` moves (repeatable; simulates)  [default: intensive]",
)
@click.option("--no-projections", is_flag=True, help="parameters only: nothing is simulated")
@options.population_option
@options.whole("--people", "how many people [default: 1000]")
@options.whole("--months", "months to simulate [default: 24]")
@options.whole("--draws", "draws of each posterior [default: 20, or all it has]")
@options.whole("--seeds", "repetitions of each [default: 2]")
@options.whole("--seed", "base seed [default: 1]")
@options.workers_option
@options.database_option
@options.as_settings
@options.json_option
@click.pass_context
def diff(
    context: click.Context,
    /,
    first: str,
    second: str,
    scenarios: tuple[str, ...],
    no_projections: bool,
    settings: RunSettings,
    as_json: bool,
) -> None:
    """Tell in words and figures what moved from posterior A to posterior B: parameters and projections.

    Projections are two stored runs with the same people and seeds, one under A and one under B.

    Example: bijstand posterior diff shipped joint-2026 --scenario intensive
    """
    from calibration.posteriors.projection_moves import effect_moves, projection_words
    from calibration.posteriors.text import changes

    problems = [*options.found_wrong(context), *settings.worker_problems(), *folder_problems(settings.out)]
    found: list[Posterior] = []
    for word in (first, second):
        try:
            found.append(posterior_named(word, settings.database))
        except InputError as error:
            problems += error.problems
    if problems or len(found) < 2:
        raise InputError(problems)
    a, b = found
    told = changes(a, b)
    lang = language(context)
    projected: list[tuple[Row, Row]] = []
    draws = min(_SIZES["draws"] if settings.draws is None else settings.draws, len(a), len(b))
    if not no_projections:
        with watching(context) as watch:
            projected = _project(a, b, scenarios or ("intensive",), settings, draws, watch)
    moves = effect_moves(projected, draws)
    words = projection_words(moves, draws)
    assert settings.out is not None
    files = _draw(told, a, b, projected, settings.out, lang)
    if as_json:
        _print_json(told, a, b, moves, words, files, lang)
        return
    for text in told.words:
        say(context, text)
    if words:
        click.echo()
    for text in words:
        say(context, text)
    click.echo()
    rows = [
        (m.name, m.unit, _ends(m.a, lang), _ends(m.b, lang), _figure(m.shift, lang), _figure(m.ratio, lang))
        for m in told.moved[:_LINES]
    ]
    print_table(_HEADS.to(lang).split("|"), rows)
    if projected:
        click.echo()
        print_table(_PROJECTED.to(lang).split("|"), [_line(*pair, lang) for pair in projected])
        runs = ", ".join(f"{name} {row.run_id}" for name, row in zip("AB", projected[0], strict=True))
        say(context, Say(f"runs: {runs}", f"runs: {runs}"))
    for path in (each for each in files if each.suffix == ".svg"):
        say(context, Say(f"figure: {path}", f"figuur: {path}"))


def _print_json(
    told: Changes,
    a: Posterior,
    b: Posterior,
    moves: tuple[EffectMove, ...],
    words: tuple[Say, ...],
    files: list[Path],
    lang: str,
) -> None:
    from analysis.effects.tables import full_rows

    rows = [
        {
            "a": one,
            "b": other,
            "shift": each.shift,
            "luck": each.luck,
            "ratio": each.ratio,
            "moved": each.moved,
            "surer": each.surer,
        }
        for each, one, other in zip(
            moves, full_rows([m.a for m in moves], lang), full_rows([m.b for m in moves], lang), strict=True
        )
    ]
    print_json(
        {
            "a": {"name": a.name, "digest": a.digest},
            "b": {"name": b.name, "digest": b.digest},
            "words": [text.to(lang) for text in told.words],
            "moved": [asdict(each) for each in told.moved],
            "rows": {"added": told.added, "removed": told.removed, "changed": told.otherwise},
            "projections": rows,
            "projection_words": [text.to(lang) for text in words],
            "files": [str(path) for path in files],
        }
    )


def _project(
    a: Posterior, b: Posterior, scenarios: tuple[str, ...], settings: RunSettings, draws: int, watch: Watch
) -> list[tuple[Row, Row]]:
    """Return the effects of scenarios against `regular` under both posteriors, under common random numbers.

    Both runs are kept in the database, so that they can be shown, proved and enlarged.
    """
    from analysis.effects.summary import summarise
    from calibration.posteriors.posterior import source_of
    from scenarios.description.find import find_scenarios
    from scenarios.execution.plan import plan

    words = ["regular", *(name for name in dict.fromkeys(scenarios) if name != "regular")]
    if len(words) < 2:
        other = Say("a scenario to set against `regular`", "een scenario om tegenover `regular` te zetten")
        raise InputError([Problem("--scenario", "regular", other)])
    problems: list[Problem] = []
    sized = replace(settings, posterior="prior", draws=draws if settings.draws is None else settings.draws)
    sizes = sized.options(problems, watch, **_SIZES)
    InputError.raise_if(problems)
    found = find_scenarios(words)
    plans = [plan(found, replace(sizes, source=source_of(each))) for each in (a, b)]
    with open_runner(settings) as runner:
        summaries = [summarise(runner.run(each, "compare", watch)) for each in plans]
    return list(zip(*(_effects(summary) for summary in summaries), strict=True))


def _effects(summary: Summary) -> list[Row]:
    from analysis.effects.tables import headline_measures
    from analysis.effects.words import PATHS

    return [
        summary.difference(scenario, measure, month)
        for measure in headline_measures(summary, PATHS)
        for month in summary.key_months()
        for scenario in summary.scenarios[1:]
    ]


def _line(one: Row, other: Row, lang: str) -> tuple[str, ...]:
    from analysis.effects.words import amount, interval, name_of, unit_of
    from calibration.posteriors.projection_moves import labels_of

    def told(row: Row) -> str:
        middle = amount(row.mean, row.measure, lang, difference=True)
        return f"{middle} ({interval(row.low, row.high, row.measure, lang, difference=True)})"

    unit = unit_of(one.measure, lang, difference=True)
    names = (name_of(one.measure, lang), str(one.month), one.scenario)
    return (*names, told(one), told(other), unit, labels_of(one, other, lang))


def _draw(
    told: Changes, a: Posterior, b: Posterior, projected: list[tuple[Row, Row]], out: Path, lang: str
) -> list[Path]:
    from analysis.figures import style
    from analysis.figures.posterior import Pair, draw_effects, draw_moves

    pairs = []
    for each in told.moved[:_LINES]:
        unit = (each.a[2] - each.a[0]) / (2 * NINETY) or 1.0
        one, other = (tuple((value - each.a[1]) / unit for value in ends) for ends in (each.a, each.b))
        pairs.append(Pair(each.name, (one[0], one[1], one[2]), (other[0], other[1], other[2])))
    names = (a.name, b.name) if a.name != b.name else (f"{a.name} A", f"{b.name} B")
    foot = [Say("bars: 90% intervals", "balken: 90%-marges").to(lang), f"A {a.digest[:8]}, B {b.digest[:8]}"]
    drawings = [draw_moves(pairs, *names, lang, foot)]
    if projected:
        first, second = projected[0]
        labels = [f"{which}: {row.calibration.to(lang)}" for which, row in (("A", first), ("B", second))]
        runs = f"A {first.run_id}, B {second.run_id}"
        drawings.append(draw_effects(projected, *names, lang, ["; ".join(labels), runs]))
    name = f"posterior_{a.name}_{b.name}"
    try:
        files = []
        for drawing, ending in zip(drawings, ("", "_projections"), strict=False):
            files += style.save(drawing.figure, out, f"{name}{ending}.{lang}")
        return files
    except OSError as error:
        allowed = Say("a folder that can be written", "een map die te schrijven is")
        raise InputError([Problem("--out", f"{out}: {error.strerror}", allowed)]) from error


def _ends(ends: tuple[float, float, float], lang: str) -> str:
    low, middle, high = (_figure(each, lang) for each in ends)
    to = "tot" if lang == "nl" else "to"
    return f"{middle} ({low} {to} {high})"


def _figure(value: float, lang: str) -> str:
    text = f"{value:.3g}"
    return text.replace(".", ",") if lang == "nl" else text
