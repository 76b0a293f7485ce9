"""Read the command line of `bijstand project`: every problem in one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.answering.runs import crew_problems, database_problems, database_url, numbers_of, options_of, out_folder
from app.whole_numbers import whole_numbers
from sim.problems import InputError, Problem, Say, one_of
from sim.written_numbers import try_number

if TYPE_CHECKING:
    from scenarios.description.schema import Scenario
    from scenarios.execution.plan import Options

__all__ = ["Request", "read_request"]

_ENDINGS = {"announced": (True,), "silent": (False,), "both": (True, False)}
_MONTHS, _DRAWS, _SEEDS = 48, 40, 4
_FINEST, _COARSEST = 0.01, 50.0  # percentage points


@dataclass(frozen=True)
class Request:
    """What was asked, checked.

    Attributes:
        scenarios: policies, without groups.
        treatments: months of treatment, 0 for good, None as the file says.
        endings: whether people know the end.
        markets: paths of the labour market, None as the file says.
        lockdown: None as the file says.
        precision: percentage points, None = draws and seeds as given.
        most: most replicates of each scenario.
    """

    scenarios: tuple[Scenario, ...]
    treatments: tuple[int | None, ...]
    endings: tuple[bool, ...]
    markets: tuple[str | None, ...]
    lockdown: bool | None
    options: Options
    precision: float | None
    most: int
    variants: bool
    workers: int


def read_request(words: Sequence[str], given: Mapping[str, Any]) -> Request:
    """Return the request of a command line.

    Raises:
        InputError: all problems of scenarios, options, folder and database.
    """
    from analysis.projection.policies import policies
    from scenarios.description.find import find_scenarios
    from scenarios.execution.plan import plan
    from scenarios.execution.run import available_workers

    problems: list[Problem] = []
    numbers = numbers_of(given, problems)
    workers = numbers.pop("workers", None) or available_workers()
    months = numbers.setdefault("months", _MONTHS)
    precision = _precision(given, numbers, problems)
    most = whole_numbers({"most": given["most"]}, problems).get("most", 4000)
    if not 40 <= most <= 1_000_000:
        problems.append(Problem("--most", most, Say("40 .. 1000000", "40 .. 1000000")))
    numbers = {"draws": _DRAWS, "seeds": _SEEDS} | numbers
    treatments = _treatments(given["treatment"], months, problems)
    endings = _endings(given, problems)
    markets = _markets(given["market"], problems)
    options = options_of(given, numbers, problems)
    source = options.source
    if source is not None and given["draws"] is None:
        options = replace(options, draws=min(numbers["draws"], len(source)))
    elif source is not None:
        problems += source.too_many(numbers["draws"])
    out_folder(given["out"], problems)
    problems += crew_problems(given)
    problems += database_problems(database_url(given["db"], given["out"]))
    scenarios: tuple[Scenario, ...] = ()
    try:
        scenarios = tuple(replace(each, groups=()) for each in find_scenarios(words))
    except InputError as error:
        problems += error.problems
    if scenarios and not problems:
        small = replace(options, draws=1, seeds=1)
        for market in markets:
            try:
                baseline, found = policies(
                    scenarios, treatments=treatments, endings=endings, market=market, lockdown=given["lockdown"]
                )
                plan([baseline, *(policy.scenario for policy in found)], small)
            except InputError as error:
                problems += [each for each in error.problems if each not in problems]
    InputError.raise_if(problems)
    return Request(
        scenarios,
        treatments,
        endings,
        markets,
        given["lockdown"],
        options,
        precision,
        most,
        bool(given["variants"]),
        workers,
    )


def _precision(given: Mapping[str, Any], numbers: Mapping[str, int], problems: list[Problem]) -> float | None:
    word = given["precision"]
    if word is None:
        return None
    for name in ("draws", "seeds"):
        if name in numbers:
            allowed = Say("leave it out: --precision chooses it", "laat weg: --precision kiest het")
            problems.append(Problem(f"--{name}", numbers[name], allowed))
    return try_number("--precision", word, _FINEST, _COARSEST, problems, "percentage points")


def _treatments(word: str | None, months: int, problems: list[Problem]) -> tuple[int | None, ...]:
    if word is None:
        return (None,)
    found: list[int] = []
    allowed = Say(
        f"months in 1 .. {months} (the months of the run), or always, with commas, each once",
        f"maanden van 1 t/m {months} (de maanden van de run), of always, met komma's, elk één keer",
    )
    for part in word.split(","):
        text = part.strip()
        if text == "always" and 0 not in found:
            found.append(0)
        elif text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= months and int(text) not in found:
            found.append(int(text))
        else:
            problems.append(Problem("--treatment", text or word, allowed))
    return tuple(found)


def _endings(given: Mapping[str, Any], problems: list[Problem]) -> tuple[bool, ...]:
    word = given["ending"]
    if word is None:
        return (True,)
    if word not in _ENDINGS:
        problems.append(one_of("--ending", word, list(_ENDINGS)))
        return (True,)
    ends = any(part.strip() not in ("always", "") for part in (given["treatment"] or "").split(","))
    if not ends:
        allowed = Say("only with --treatment MONTHS: nothing ends", "alleen met --treatment MAANDEN: er eindigt niets")
        problems.append(Problem("--ending", word, allowed))
    return _ENDINGS[word]


def _markets(word: str | None, problems: list[Problem]) -> tuple[str | None, ...]:
    from sim.setting import MARKETS

    if word is None:
        return (None,)
    found = [part.strip() for part in word.split(",")]
    problems += [one_of("--market", each, MARKETS) for each in found if each not in MARKETS]
    if len(set(found)) < len(found):
        problems.append(Problem("--market", word, Say("each market once", "elke markt één keer")))
    return tuple(found)
