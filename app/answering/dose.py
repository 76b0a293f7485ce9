"""Draw the effect against a dose: points of one lever or two, simulated as one run."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.request import USUAL, RunSettings, Watch
from app.answering.runner import open_runner
from app.output_folder import write_folder
from sim.problems import InputError, Problem, Say, one_of, within
from sim.regime.levers import LEVERS

if TYPE_CHECKING:
    from analysis.dose.response import Axis, Dose
    from analysis.effects.summary import Summary
    from scenarios.description.schema import Scenario
    from scenarios.execution.plan import Plan
    from scenarios.execution.result import RunResult

__all__ = ["Checked", "DoseRequest", "Dosed", "Span", "check", "dose", "record_of", "write"]

_PEOPLE, _DRAWS, _SEEDS = 2000, 30, 3
_MOST_POINTS = 60
# Lowest and highest value and number of values that a lever gets when nothing is said.
_SPANS: dict[str, tuple[float, float, int]] = {
    "treatment_months": (6, 48, 8),
    "contacts": (0.0, 4.0, 9),
    "caseload": (50.0, 150.0, 5),
    "disregard_share": (0.25, 1.0, 4),
    "disregard_cap": (100.0, 600.0, 6),
    "disregard_months": (6, 48, 8),
    "premium_share": (0.1, 1.0, 4),
    "premium_cap": (100.0, 600.0, 6),
    "exit_bonus": (0.0, 5000.0, 5),
    "exit_bonus_times": (1, 4, 4),
    "supplement": (0.0, 600.0, 7),
    "supplement_hours": (12.0, 36.0, 5),
    "supplement_window": (3, 24, 8),
    "supplement_months": (6, 48, 8),
}
_GUIDANCE = frozenset({"contacts", "caseload", "group_share", "personal_content", "work_content"})


@dataclass(frozen=True)
class Span:
    """The values of one lever: `values`, or `steps` of them from `low` to `high`; None = by lever."""

    low: float | None = None
    high: float | None = None
    steps: int | None = None
    values: tuple[float, ...] | None = None


@dataclass(frozen=True)
class DoseRequest:
    """Which lever is moved, or which two, and in what.

    Attributes:
        levers: one or two names of `sim.regime.levers.LEVERS`, or ``treatment_months``.
        spans: values of each lever.
        scenario: name, file or as read; None = one in which the levers mean something.
        month: of the effects; None = the last.
    """

    levers: tuple[str, ...]
    settings: RunSettings = USUAL
    spans: tuple[Span, Span] = (Span(), Span())
    scenario: str | Scenario | None = None
    month: int | None = None


@dataclass(frozen=True)
class Checked:
    """A request that can be done: the scenarios of `points` follow their background."""

    name: str
    plan: Plan
    points: tuple[tuple[float, ...], ...]
    axes: tuple[Axis, ...]
    month: int


@dataclass(frozen=True)
class Dosed:
    """The run of all points, and the response to the dose."""

    result: RunResult
    summary: Summary
    dose: Dose


def dose(request: DoseRequest, watch: Watch | None = None, problems: Sequence[Problem] = ()) -> Dosed:
    """Simulate every point and return the response.

    Raises:
        InputError: every problem of levers, values and settings; nothing was simulated.
        FailedRunError, CancelledRunError: the run began and was not finished.
    """
    from analysis.dose.response import dose_of
    from analysis.effects.summary import summarise
    from analysis.effects.tables import headline_measures
    from analysis.effects.words import PATHS

    watch = watch or Watch()
    ready = check(request, problems, watch)
    with open_runner(request.settings) as runner:
        result = runner.run(ready.plan, "dose", watch)
    summary = summarise(result, months=[ready.month])
    measures = headline_measures(summary, PATHS)
    found = dose_of(result, summary, ready.name, ready.axes, ready.points, measures, ready.month)
    return Dosed(result, summary, found)


def check(request: DoseRequest, problems: Sequence[Problem] = (), watch: Watch | None = None) -> Checked:
    """Return what the request comes down to.

    Raises:
        InputError: every problem of levers, values, scenario, sizes, folder and database.
    """
    from analysis.dose.response import TREATMENT, Axis, dose_scenarios
    from scenarios.description.find import find_scenarios
    from scenarios.execution.plan import plan

    found, settings = list(problems), request.settings
    usual = {"months": 48 if TREATMENT in request.levers else 24, "draws": _DRAWS, "seeds": _SEEDS}
    if settings.population is None and request.scenario is None:
        usual["people"] = _PEOPLE
    months = usual["months"] if settings.months is None else settings.months
    month = months if request.month is None else request.month
    if not 1 <= month <= max(months, 1):
        allowed = Say(f"1 .. {months}, a month of the run", f"1 .. {months}, een maand van de run")
        found.append(Problem("--month", month, allowed))
    axes: list[Axis] = []
    for number, (lever, span) in enumerate(zip(request.levers, request.spans, strict=False)):
        values = _values(lever, "" if number == 0 else "2", months, span, found)
        if values:
            axes.append(Axis(lever, values))
    found += _levers(request)
    points = math.prod(len(axis.values) for axis in axes)
    if points > _MOST_POINTS:
        allowed = Say(f"at most {_MOST_POINTS} points", f"hoogstens {_MOST_POINTS} punten")
        found.append(Problem("--steps", points, allowed))
    options = settings.options(found, watch, **usual)
    found += settings.problems()
    word = request.scenario if request.scenario is not None else _scenario_of(request.levers)
    try:
        scenario = replace(find_scenarios([word])[0], groups=(), months=months)
    except InputError as error:
        raise InputError([*found, *error.problems]) from None
    InputError.raise_if(found)
    scenarios, at = dose_scenarios(scenario, axes)
    plan(scenarios, replace(options, draws=1, seeds=1))
    return Checked(scenario.name, plan(scenarios, options), at, tuple(axes), month)


def _levers(request: DoseRequest) -> list[Problem]:
    from analysis.dose.response import TREATMENT

    levers, known = request.levers, (TREATMENT, *LEVERS)
    problems = [one_of("LEVER", lever, known) for lever in levers if lever not in known]
    if len(levers) > 2 or len(set(levers)) < len(levers):
        allowed = Say("one lever, or two different ones", "één knop, of twee verschillende")
        problems.append(Problem("LEVER", " ".join(levers), allowed))
    if len(levers) < 2:
        allowed = Say("only with a second lever", "alleen met een tweede knop")
        problems += [Problem(f"--{name}2", value, allowed) for name, value in _given(request.spans[1])]
    return problems


def _given(span: Span) -> list[tuple[str, Any]]:
    named = {"from": span.low, "to": span.high, "steps": span.steps, "values": span.values}
    return [(name, value) for name, value in named.items() if value is not None]


def _values(lever: str, suffix: str, months: int, span: Span, problems: list[Problem]) -> tuple[float, ...]:
    """Return the values of a lever, from low to high; nothing when there is a problem with them."""
    from analysis.dose.response import TREATMENT

    if lever not in LEVERS and lever != TREATMENT:
        return ()
    lowest, highest = (1.0, float(months)) if lever == TREATMENT else (LEVERS[lever].low, LEVERS[lever].high)
    unit = "months" if lever == TREATMENT else LEVERS[lever].unit
    whole = lever == TREATMENT or LEVERS[lever].whole
    before = len(problems)
    if span.values is not None:
        allowed = Say("leave it out beside --values", "laat weg naast --values")
        given = [(name, value) for name, value in _given(span) if name != "values"]
        problems += [Problem(f"--{name}{suffix}", value, allowed) for name, value in given]
        values = list(span.values)
    else:
        low, high, steps = _SPANS.get(lever, (lowest, highest, 5))
        low = min(low, highest) if span.low is None else span.low
        high = min(high, highest) if span.high is None else span.high
        steps = steps if span.steps is None else span.steps
        if not 2 <= steps <= _MOST_POINTS:
            problems.append(within(f"--steps{suffix}", steps, 2, _MOST_POINTS))
            return ()
        if not low < high:
            allowed = Say(f"more than --from{suffix} ({low:g})", f"meer dan --from{suffix} ({low:g})")
            problems.append(Problem(f"--to{suffix}", high, allowed))
        values = [low + (high - low) * step / (steps - 1) for step in range(steps)]
        values = [float(round(value)) if whole else round(value, 9) for value in values]
    if len(problems) > before:
        return ()
    place = f"--values{suffix}" if span.values is not None else lever
    problems += [within(place, value, lowest, highest, unit) for value in values if not lowest <= value <= highest]
    if whole and any(value != round(value) for value in values):
        problems.append(Problem(place, values, Say("whole numbers", "gehele getallen")))
    found = tuple(sorted(set(values)))
    if len(found) < 2:
        problems.append(Problem(place, values, Say("at least two values", "ten minste twee waarden")))
    return found if len(problems) == before else ()


def _scenario_of(levers: Sequence[str]) -> str:
    """Return the scenario in which a lever means something."""
    found: list[str] = []
    for lever in levers:
        for start, name in (
            ("disregard", "disregard"),
            ("premium", "premium"),
            ("exit_bonus", "exit_bonus"),
            ("supplement", "supplement"),
        ):
            if lever.startswith(start):
                found.append(name)
        if lever in _GUIDANCE or lever == "treatment_months":
            found.append("intensive")
    kinds = set(found)
    if kinds == {"intensive", "disregard"} and "treatment_months" not in levers:
        return "intensive_disregard"
    if "treatment_months" in levers and len(kinds) > 1:
        return next(iter(kinds - {"intensive"}))
    return found[0] if found else "regular"


def write(found: Dosed, out: Path, lang: str, *, report: bool = True) -> list[Path]:
    """Write tables (and sheets and figure) into ``out/<run id>``; return the files."""
    from analysis.dose.tables import dose_columns, dose_csv, dose_rows, shape_columns, shape_rows

    def files(folder: Path) -> list[Path]:
        paths = [folder / "dose.csv", folder / "dose.json"]
        paths[0].write_text(dose_csv(found.dose, lang), encoding="utf-8")
        record = {name: value for name, value in record_of(found, (), lang).items() if name not in ("folder", "files")}
        paths[1].write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        if not report:
            return paths
        from analysis.dose.figures import draw_dose
        from analysis.figures import style
        from analysis.report.excel import write_sheets

        columns = shape_columns()
        sheets = {
            "dose": (dose_columns(found.dose), [tuple(row.values()) for row in dose_rows(found.dose, lang)]),
            "shapes": (columns, [tuple(row[name] for name in columns) for row in shape_rows(found.dose, lang)]),
        }
        paths.append(write_sheets(folder / "dose.xlsx", sheets, lang))
        figure = draw_dose(found.result, found.summary, found.dose, lang).figure
        return paths + style.save(figure, folder, "dose")

    return write_folder(out, found.result.run_id, files, run_id=found.result.run_id)


def record_of(answer: Dosed, files: Sequence[Path], lang: str) -> dict[str, Any]:
    """Return everything for machines."""
    from analysis.dose.tables import dose_rows, shape_rows

    result, found = answer.result, answer.dose
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
        "folder": str(files[0].parent) if files else None,
        "files": [str(path) for path in files],
    }
