"""Read the command line of `bijstand dose`: every problem in one message."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.answering.runs import crew_problems, database_problems, database_url, numbers_of, options_of, out_folder
from app.whole_numbers import whole_numbers
from sim.problems import InputError, Problem, Say, one_of, within
from sim.regime.levers import LEVERS
from sim.written_numbers import listed, try_number

if TYPE_CHECKING:
    from analysis.dose.response import Axis
    from scenarios.description.schema import Scenario
    from scenarios.execution.plan import Options

__all__ = ["Request", "read_request"]

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
}
_GUIDANCE = frozenset({"contacts", "caseload", "group_share", "personal_content", "work_content"})


@dataclass(frozen=True)
class Request:
    """What was asked, checked: the scenarios of `points` follow their background."""

    name: str
    scenarios: tuple[Scenario, ...]
    points: tuple[tuple[float, ...], ...]
    axes: tuple[Axis, ...]
    options: Options
    month: int
    workers: int


def read_request(levers: Sequence[str], given: Mapping[str, Any]) -> Request:
    """Return the request of a command line.

    Raises:
        InputError: all problems of levers, values, scenario, options, folder and database.
    """
    from analysis.dose.response import TREATMENT, Axis, dose_scenarios
    from scenarios.description.find import find_scenario
    from scenarios.execution.plan import plan
    from scenarios.execution.run import available_workers

    problems: list[Problem] = []
    numbers = numbers_of(given, problems)
    workers = numbers.pop("workers", None) or available_workers()
    months = numbers.setdefault("months", 48 if TREATMENT in levers else 24)
    numbers = {"draws": _DRAWS, "seeds": _SEEDS} | numbers
    if given["population"] is None and given["scenario"] is None:
        numbers = {"people": _PEOPLE} | numbers
    month = whole_numbers({"month": given["month"]}, problems).get("month", months)
    if not 1 <= month <= max(months, 1):
        told = Say(f"1 .. {months}, a month of the run", f"1 .. {months}, een maand van de run")
        problems.append(Problem("--month", month, told))
    axes: list[Axis] = []
    for number, lever in enumerate(levers):
        found = _values(lever, "" if number == 0 else "2", months, given, problems)
        if found:
            axes.append(Axis(lever, found))
    problems += _levers(levers, given)
    points = math.prod(len(axis.values) for axis in axes)
    if points > _MOST_POINTS:
        allowed = Say(f"at most {_MOST_POINTS} points", f"hoogstens {_MOST_POINTS} punten")
        problems.append(Problem("--steps", points, allowed))
    options = options_of(given, numbers, problems)
    source = options.source
    if source is not None and given["draws"] is None:
        options = replace(options, draws=min(numbers["draws"], len(source)))
    elif source is not None:
        problems += source.too_many(numbers["draws"])
    out_folder(given["out"], problems)
    problems += crew_problems(given)
    problems += database_problems(database_url(given["db"], given["out"]))
    word = given["scenario"] if given["scenario"] is not None else _scenario_of(levers)
    try:
        scenario = replace(find_scenario(word), groups=(), months=months)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    InputError.raise_if(problems)
    scenarios, values = dose_scenarios(scenario, axes)
    plan(scenarios, replace(options, draws=1, seeds=1))
    return Request(scenario.name, tuple(scenarios), values, tuple(axes), options, month, workers)


def _levers(levers: Sequence[str], given: Mapping[str, Any]) -> list[Problem]:
    from analysis.dose.response import TREATMENT

    known = (TREATMENT, *LEVERS)
    problems = [one_of("LEVER", lever, known) for lever in levers if lever not in known]
    if len(levers) > 2 or len(set(levers)) < len(levers):
        allowed = Say("one lever, or two different ones", "één knop, of twee verschillende")
        problems.append(Problem("LEVER", " ".join(levers), allowed))
    if len(levers) < 2:
        for name in ("from", "to", "steps", "values"):
            key = {"from": "low", "to": "high"}.get(name, name)
            if given[f"{key}2"] is not None:
                allowed = Say("only with a second lever", "alleen met een tweede knop")
                problems.append(Problem(f"--{name}2", given[f"{key}2"], allowed))
    return problems


def _values(
    lever: str, suffix: str, months: int, given: Mapping[str, Any], problems: list[Problem]
) -> tuple[float, ...]:
    """Return the values of a lever, from low to high."""
    from analysis.dose.response import TREATMENT

    if lever not in LEVERS and lever != TREATMENT:
        for name, key in (("from", "low"), ("to", "high")):
            if given[f"{key}{suffix}"] is not None:
                _number(f"--{name}{suffix}", given[f"{key}{suffix}"], problems)
        return ()
    lowest, highest = (1.0, float(months)) if lever == TREATMENT else _bounds(lever)
    unit = "months" if lever == TREATMENT else LEVERS[lever].unit
    whole = lever == TREATMENT or LEVERS[lever].whole
    told = len(problems)
    if given[f"values{suffix}"] is not None:
        for name, key in (("from", "low"), ("to", "high"), ("steps", "steps")):
            if given[f"{key}{suffix}"] is not None:
                allowed = Say("leave it out beside --values", "laat weg naast --values")
                problems.append(Problem(f"--{name}{suffix}", given[f"{key}{suffix}"], allowed))
        words = listed(str(given[f"values{suffix}"]))
        values = [_number(f"--values{suffix}", word, problems) for word in words]
    else:
        low, high, steps = _SPANS.get(lever, (lowest, highest, 5))
        low, high = min(low, highest), min(high, highest)
        texts = (given[f"low{suffix}"], given[f"high{suffix}"])
        low = low if texts[0] is None else _number(f"--from{suffix}", texts[0], problems)
        high = high if texts[1] is None else _number(f"--to{suffix}", texts[1], problems)
        named = {f"steps{suffix}": given[f"steps{suffix}"]}
        steps = whole_numbers(named, problems).get(f"steps{suffix}", steps)
        if not 2 <= steps <= _MOST_POINTS:
            problems.append(within(f"--steps{suffix}", steps, 2, _MOST_POINTS))
            return ()
        if len(problems) == told and not low < high:
            allowed = Say(f"more than --from{suffix} ({low:g})", f"meer dan --from{suffix} ({low:g})")
            problems.append(Problem(f"--to{suffix}", high, allowed))
        values = [low + (high - low) * step / (steps - 1) for step in range(steps)]
        values = [float(round(value)) if whole else round(value, 9) for value in values]
    if len(problems) > told:
        return ()
    place = f"--values{suffix}" if given[f"values{suffix}"] is not None else lever
    problems += [within(place, value, lowest, highest, unit) for value in values if not lowest <= value <= highest]
    if whole and any(value != round(value) for value in values):
        problems.append(Problem(place, values, Say("whole numbers", "gehele getallen")))
    found = tuple(sorted(set(values)))
    if len(found) < 2:
        problems.append(Problem(place, values, Say("at least two values", "ten minste twee waarden")))
    return found if len(problems) == told else ()


def _bounds(lever: str) -> tuple[float, float]:
    return LEVERS[lever].low, LEVERS[lever].high


def _number(path: str, word: str, problems: list[Problem]) -> float:
    value = try_number(path, word, -1e12, 1e12, problems)
    return math.nan if value is None else value


def _scenario_of(levers: Sequence[str]) -> str:
    """Return the scenario in which a lever means something."""
    found: list[str] = []
    for lever in levers:
        for start, name in (("disregard", "disregard"), ("premium", "premium"), ("exit_bonus", "exit_bonus")):
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
