"""Project policies over years: by length of treatment, ending and labour market, each number with its label."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.beside import answers_of_run, assumed_of_run, records_of, write_answers
from app.answering.request import USUAL, RunSettings, Watch
from app.answering.runner import Runner, failures_told, open_runner
from app.output_folder import write_folder
from sim.problems import InputError, Problem, Say, one_of, within

if TYPE_CHECKING:
    from analysis.answer.triple import Answer
    from analysis.effects.summary import Row, Summary
    from analysis.projection.policies import Policy
    from analysis.projection.variants import Spread
    from scenarios.description.schema import Scenario
    from scenarios.execution.plan import Options
    from scenarios.execution.result import Finished, RunResult

__all__ = ["MAIN", "ProjectRequest", "Projection", "project", "record_of", "shown_months", "write"]

# What the precision is about.
MAIN = ("on_benefit", "exit_work_ever", "hours_over_12")
ENDINGS = {"announced": (True,), "silent": (False,), "both": (True, False)}
_FINEST, _COARSEST = 0.01, 50.0  # percentage points
_MONTHS, _DRAWS, _SEEDS = 48, 40, 4
_LEAST_MOST, _MOST_MOST = 40, 1_000_000
PILOT_DRAWS, PILOT_SEEDS = 20, 3
_VARIANT_DRAWS, _VARIANT_SEEDS, _VARIANT_PEOPLE = 10, 2, 1000
_PILOT, _VARIANTS = Say("pilot", "proefrun"), Say("variants", "varianten")


@dataclass(frozen=True)
class ProjectRequest:
    """What to project.

    Attributes:
        scenarios: policies by name, file or as read; the background of the first is the baseline.
        treatments: months of treatment as whole numbers, or ``always``; empty = as the file says.
        ending: ``announced``, ``silent`` or ``both``; None = announced. Only where a treatment ends.
        markets: paths of the labour market; empty = as the file says.
        lockdown: whether the lockdowns happen; None = as the file says.
        precision: half of the 90% interval that computing alone may leave, percentage points; chooses draws and
            seeds by a pilot run. None = draws and seeds as given.
        most: most replicates of each scenario with `precision`.
        variants: also without each mechanism in turn.
    """

    scenarios: tuple[str | Scenario, ...]
    settings: RunSettings = USUAL
    treatments: tuple[str, ...] = ()
    ending: str | None = None
    markets: tuple[str, ...] = ()
    lockdown: bool | None = None
    precision: float | None = None
    most: int = 4000
    variants: bool = False


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
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class _Checked:
    """A request that can be done: for each market the scenarios, of which the first is the baseline."""

    asked: ProjectRequest
    options: Options
    sides: tuple[tuple[str | None, list[Scenario], list[Policy]], ...]


def project(
    request: ProjectRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()
) -> tuple[Projection, ...]:
    """Return a run for each market.

    Raises:
        InputError: every problem of scenarios and settings; nothing was simulated.
        FailedRunError, CancelledRunError: a run began and was not finished.
    """
    watch = watch or Watch()
    checked = _check(request, watch, list(problems))
    with open_runner(request.settings) as runner:
        return tuple(_run(checked, *side, runner, watch) for side in checked.sides)


def _check(request: ProjectRequest, watch: Watch, problems: list[Problem]) -> _Checked:
    from analysis.projection.policies import policies
    from scenarios.description.find import find_scenarios
    from scenarios.execution.plan import plan

    settings = request.settings
    months = _MONTHS if settings.months is None else settings.months
    problems += _precision_problems(request)
    treatments = _treatments(request.treatments, months, problems)
    endings = _endings(request, problems)
    markets = _markets(request.markets, problems)
    options = settings.options(problems, watch, months=_MONTHS, draws=_DRAWS, seeds=_SEEDS)
    problems += settings.problems()
    scenarios: tuple[Scenario, ...] = ()
    try:
        scenarios = tuple(replace(each, groups=()) for each in find_scenarios(request.scenarios))
    except InputError as error:
        problems += error.problems
    sides: list[tuple[str | None, list[Scenario], list[Policy]]] = []
    for market in markets if scenarios and not problems else ():
        try:
            baseline, found = policies(
                scenarios, treatments=treatments, endings=endings, market=market, lockdown=request.lockdown
            )
            sides.append((market, [baseline, *(policy.scenario for policy in found)], found))
            plan(sides[-1][1], replace(options, draws=1, seeds=1))
        except InputError as error:
            problems += [each for each in error.problems if each not in problems]
    InputError.raise_if(problems)
    return _Checked(request, options, tuple(sides))


def _precision_problems(request: ProjectRequest) -> Iterator[Problem]:
    if not _LEAST_MOST <= request.most <= _MOST_MOST:
        span = f"{_LEAST_MOST} .. {_MOST_MOST}"
        yield Problem("--most", request.most, Say(span, span))
    if request.precision is None:
        return
    for name in ("draws", "seeds"):
        if (size := getattr(request.settings, name)) is not None:
            allowed = Say("leave it out: --precision chooses it", "laat weg: --precision kiest het")
            yield Problem(f"--{name}", size, allowed)
    if not _FINEST <= request.precision <= _COARSEST:
        yield within("--precision", request.precision, _FINEST, _COARSEST, "percentage points")


def _treatments(words: Sequence[str], months: int, problems: list[Problem]) -> tuple[int | None, ...]:
    """Return lengths of treatment: 0 for good, None as the file says."""
    found: list[int] = []
    allowed = Say(
        f"months in 1 .. {months} (the months of the run), or always, with commas, each once",
        f"maanden van 1 t/m {months} (de maanden van de run), of always, met komma's, elk één keer",
    )
    for text in words:
        if text == "always" and 0 not in found:
            found.append(0)
        elif text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= months and int(text) not in found:
            found.append(int(text))
        else:
            problems.append(Problem("--treatment", text or ",".join(words), allowed))
    return tuple(found) if words else (None,)


def _endings(request: ProjectRequest, problems: list[Problem]) -> tuple[bool, ...]:
    """Return whether people know the end, for each way of ending."""
    word = request.ending
    if word is None:
        return (True,)
    if word not in ENDINGS:
        problems.append(one_of("--ending", word, list(ENDINGS)))
        return (True,)
    if not any(text not in ("always", "") for text in request.treatments):
        allowed = Say("only with --treatment MONTHS: nothing ends", "alleen met --treatment MAANDEN: er eindigt niets")
        problems.append(Problem("--ending", word, allowed))
    return ENDINGS[word]


def _markets(found: Sequence[str], problems: list[Problem]) -> tuple[str | None, ...]:
    from sim.setting import MARKETS

    problems += [one_of("--market", each, MARKETS) for each in found if each not in MARKETS]
    if len(set(found)) < len(found):
        problems.append(Problem("--market", ",".join(found), Say("each market once", "elke markt één keer")))
    return tuple(found) or (None,)


def _run(
    checked: _Checked,
    market: str | None,
    scenarios: list[Scenario],
    policies: list[Policy],
    runner: Runner,
    watch: Watch,
) -> Projection:
    from analysis.effects.summary import summarise
    from analysis.projection.policies import answers, marks_of
    from scenarios.execution.plan import plan
    from scenarios.execution.resume import reused
    from scenarios.execution.run import begin

    options, said = checked.options, None
    known: tuple[Finished, ...] = ()
    ready = plan(scenarios, options)
    marks = marks_of(ready.months, policies)
    if checked.asked.precision is not None:
        pilot, options, said = _pilot(checked, scenarios, marks, runner, watch)
        ready = plan(scenarios, options)
        known = tuple(reused(pilot, ready, begin(ready)))
    result = runner.run(ready, "project", watch, known=known)
    summary = replace(summarise(result), marks=marks)
    assumed = assumed_of_run(result, ready, runner, watch)
    return Projection(
        market or scenarios[0].market,
        result,
        summary,
        tuple(policies),
        tuple(answers(result, summary, policies, _measures(summary))),
        tuple(_spreads(checked, policies, summary, watch)) if checked.asked.variants else (),
        said,
        answers_of_run(result, summary, assumed),
    )


def _pilot(
    checked: _Checked, scenarios: list[Scenario], marks: tuple[int, ...], runner: Runner, watch: Watch
) -> tuple[RunResult, Options, Say]:
    """Run a small pilot; return it, the options with the chosen sizes, and the choice in words."""
    from analysis.inference.precision import components, sizes_for, sizes_in_words
    from scenarios.execution.plan import plan
    from sim.outcomes.measures import MEASURES

    asked, options = checked.asked, checked.options
    assert asked.precision is not None
    most = len(options.source) if options.source is not None else 2000
    small = replace(options, draws=min(PILOT_DRAWS, most), seeds=PILOT_SEEDS)
    pilot = runner.simulate(plan(scenarios, small), watch, _PILOT)
    parts = []
    for measure in MAIN:
        values = pilot.measure(measure)[..., 0, :]
        sides = values[1:] - values[0] if len(scenarios) > 1 else values
        parts += [components(side[..., month - 1]) for side in sides for month in marks]
    sizes = sizes_for(parts, asked.precision / 100.0, most_draws=most, most_seeds=200, most_replicates=asked.most)
    chosen = replace(options, draws=sizes.draws, seeds=sizes.seeds)
    return pilot, chosen, sizes_in_words(sizes, parts, [MEASURES[name].text for name in MAIN])


def _spreads(checked: _Checked, policies: Sequence[Policy], summary: Summary, watch: Watch) -> Iterator[Spread]:
    from analysis.projection.variants import plan_variants, spread

    options = checked.options
    small = replace(
        options,
        draws=min(_VARIANT_DRAWS, options.draws or _VARIANT_DRAWS),
        seeds=_VARIANT_SEEDS,
        people=None if options.people is None else min(options.people, _VARIANT_PEOPLE),
    )
    months = [month for month in shown_months(summary, policies) if month in summary.months]
    for policy in policies:
        ready = plan_variants(policy.scenario, small)
        with failures_told():
            yield from spread(
                ready,
                summary,
                measures=_measures(summary),
                months=months,
                progress=watch.of(_VARIANTS),
                workers=checked.asked.settings.threads(),
            )


def _measures(summary: Summary) -> tuple[str, ...]:
    from analysis.effects.tables import headline_measures
    from analysis.effects.words import PATHS

    return headline_measures(summary, PATHS)


def shown_months(summary: Summary, policies: Sequence[Policy]) -> tuple[int, ...]:
    """Return the months of the printed table: two years, ends of treatments, the last."""
    last = summary.months[-1]
    ends = {policy.ends for policy in policies if policy.ends is not None}
    return tuple(month for month in summary.key_months() if month in {24, last} | ends)


def write(found: Projection, out: Path, lang: str, *, report: bool = True, full: bool = False) -> list[Path]:
    """Write tables (and report) of a run into ``out/<run id>``; return the files."""
    from analysis.effects.tables import headline_measures, write_csv

    result, summary = found.result, found.summary

    def files(folder: Path) -> list[Path]:
        rows = [*summary.rows(measures=headline_measures(summary), months=summary.key_months()), *found.contrasts]
        paths = [write_csv(summary, folder / "results.csv", lang, rows=rows), folder / "summary.json"]
        record = record_of(found, (), lang) | {"folder": str(out / result.run_id)}
        paths[1].write_text(json.dumps(record, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
        paths += write_answers(found.answers, folder, result.run_id)
        if full:
            paths.append(write_csv(summary, folder / "results_full.csv.gz", lang))
        if report:
            from analysis.report.write import write_report

            paths += write_report(
                result,
                summary,
                folder,
                lang,
                formats=("html", "xlsx"),
                contrasts=found.contrasts,
                answers=found.answers,
            )
        return paths

    return write_folder(out, result.run_id, files, run_id=result.run_id)


def record_of(found: Projection, files: Sequence[Path], lang: str) -> dict[str, Any]:
    """Return everything for machines."""
    from analysis.effects.tables import full_rows, headline_measures, to_json
    from analysis.effects.validity import LABELS

    rows = found.summary.rows(measures=headline_measures(found.summary), months=found.summary.key_months())
    return {
        "market": found.market,
        **json.loads(to_json(found.summary, lang, rows=rows)),
        "label": found.result.provenance.label[lang],
        "months_beyond_known_law": found.result.provenance.law.get("months_beyond_known_law", 0),
        "precision": None if found.precision is None else found.precision.to(lang),
        "answers": records_of(found.answers),
        "contrasts": full_rows(found.contrasts, lang),
        "variants": [{**asdict(each), "validity": LABELS[each.validity].to(lang)} for each in found.spreads],
        "result_sha256": found.result.digest(),
        "folder": str(files[0].parent) if files else None,
        "files": [str(path) for path in files],
        "failures": [vars(failure) for failure in found.result.failures],
    }
