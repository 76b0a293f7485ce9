"""A scenario: which people, under which regimes, for how long; read from TOML, every problem at once.

The format is described in docs/scenario-files.md; `KEYS` is its table of contents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from scenarios.description.assignment_table import read_assignment
from scenarios.description.fields import Fields
from scenarios.description.no_effect import without_effect
from scenarios.description.people import is_population, population_problem
from scenarios.description.strata import STRATA
from scenarios.description.toml_file import read_toml
from sim.parameters import MECHANISMS, PARAMETERS
from sim.problems import InputError, Problem, Say, nearest_name
from sim.regime.assignment import Assignment, Everybody, regimes_of
from sim.regime.presets import presets
from sim.regime.read import regime_from_dict
from sim.regime.regime import Regime, check_sequences
from sim.setting import MARKETS

__all__ = ["KEYS", "MOST", "Scenario", "read_scenario", "read_scenario_file"]

# The largest sizes that are taken for meant.
MOST = {"people": 2_000_000, "months": 600, "draws": 10_000, "seeds": 10_000}

KEYS: tuple[str, ...] = (
    "name",
    "title",
    "population",
    "people",
    "start",
    "months",
    "inflow",
    "regime",
    "assignment",
    "regimes",
    "start_month",
    "background",
    "delivery",
    "drift",
    "market",
    "lockdown",
    "parameters",
    "mechanisms_off",
    "draws",
    "seeds",
    "groups",
)


@dataclass(frozen=True)
class Scenario:
    """One scenario, checked.

    Attributes:
        name, title: how it is called, in tables and by policy staff.
        population: a shipped population, or the folder of an imported client file.
        people: how many; None = as many as the population has.
        start: first day of month 1; None = the population's own.
        months: length of the run.
        inflow: months in which new people enter; None = all months, in populations that take people in.
        regimes: every regime that can occur, by name (those that follow by `after` included).
        assignment: who gets which.
        start_month: first month of treatment.
        background: the regime of everybody before, after and beside the treatment.
        delivery: share of the planned difference that caseworkers bring about.
        drift: share per year in which practice moves towards the regime `drift_towards`.
        market, lockdown: path of the labour market.
        parameters: values that replace the drawn ones, by name.
        mechanisms_off: mechanisms at their neutral values.
        draws, seeds: parameter sets, and replicates of each.
        groups: strata of which outcomes are kept, see `scenarios.description.strata`.
        given: keys that the file itself names.
        text: the file as it was read.
        place: where it was read from.
    """

    name: str
    title: Say
    population: str
    people: int | None
    start: date | None
    months: int
    inflow: int | None
    regimes: Mapping[str, Regime]
    assignment: Assignment
    start_month: int
    background: Regime
    delivery: float
    drift: float
    drift_towards: str | None
    market: str
    lockdown: bool
    parameters: Mapping[str, float]
    mechanisms_off: tuple[str, ...]
    draws: int
    seeds: int
    groups: tuple[str, ...]
    given: frozenset[str] = field(default_factory=frozenset)
    text: str = ""
    place: str = ""


def read_scenario_file(path: Path) -> Scenario:
    """Return the scenario of a TOML file.

    Raises:
        InputError: everything that is wrong with the file; each path starts with the file's name.
    """
    text, data = read_toml(path)
    try:
        return read_scenario(data, text=text, place=str(path), default_name=path.stem.lower())
    except InputError as error:
        shown = [Problem(f"{path.name}: {p.path}", p.value, p.allowed, p.nearest) for p in error.problems]
        raise InputError(shown) from None


def read_scenario(
    data: Mapping[str, Any], *, text: str = "", place: str = "", default_name: str = "scenario"
) -> Scenario:
    """Return the scenario that a TOML table describes.

    Raises:
        InputError: unknown keys (with the nearest name), wrong types, values out of bounds, contradictions,
            settings without effect: all of them.
    """
    problems: list[Problem] = []
    fields = Fields(data, "", KEYS, problems)
    fields.needed(("name",))
    name = fields.name("name", default_name) if "name" in fields else default_name
    own = _own_regimes(fields)
    known = {**presets(), **own}
    assignment = _assignment(fields, {**known, **dict.fromkeys(fields.table("regimes"))})
    background = fields.choice("background", known, "regular")
    drift, towards = _drift(fields, known)
    scenario = Scenario(
        name=name,
        title=fields.say("title", name),
        population=_population(fields, place),
        people=fields.whole("people", 10, MOST["people"], None, "people"),
        start=fields.day("start"),
        months=fields.whole("months", 1, MOST["months"], 24, "months") or 24,
        inflow=_inflow(fields),
        regimes=_used(known, assignment, towards),
        assignment=assignment or Everybody("regular"),
        start_month=fields.whole("start_month", 1, MOST["months"], 1, "months") or 1,
        background=known[background],
        delivery=fields.number("delivery", 0, 2, 1.0),
        drift=drift,
        drift_towards=towards,
        market=fields.choice("market", MARKETS, "historic"),
        lockdown=fields.truth("lockdown", True),
        parameters=_parameters(fields),
        mechanisms_off=fields.names("mechanisms_off", [n for n, each in MECHANISMS.items() if not each.core]),
        draws=fields.whole("draws", 1, MOST["draws"], 20, "draws") or 20,
        seeds=fields.whole("seeds", 1, MOST["seeds"], 5, "seeds") or 5,
        groups=fields.names("groups", STRATA),
        given=frozenset(data),
        text=text,
        place=place,
    )
    if scenario.background.ends:
        allowed = Say("a regime without an end", "een regime zonder einde")
        problems.append(Problem("background", background, allowed))
    problems += check_sequences(scenario.regimes)
    if not problems:
        problems += without_effect(scenario, own)
    InputError.raise_if(problems)
    return scenario


def _own_regimes(fields: Fields) -> dict[str, Regime]:
    found: dict[str, Regime] = {}
    known = presets()
    for name, table in fields.table("regimes").items():
        place = f"regimes.{name}"
        if name in known:
            allowed = Say("a name that is not yet a ready regime", "een naam die nog geen kant-en-klaar regime is")
            fields.problems.append(Problem(place, name, allowed))
        try:
            found[name] = regime_from_dict(name, table, place, {**known, **found})
        except InputError as error:
            fields.problems += error.problems
    return found


def _assignment(fields: Fields, known: Mapping[str, object]) -> Assignment | None:
    if "regime" in fields and "assignment" in fields:
        allowed = Say("either regime (for everybody) or [assignment]", "óf regime (voor iedereen) óf [assignment]")
        fields.wrong("assignment", "regime is given too", allowed)
    if "regime" in fields:
        name = fields.choice("regime", known, "")
        return Everybody(name) if name else None
    if "assignment" in fields:
        return read_assignment(fields.data["assignment"], list(known), fields.problems)
    allowed = Say(
        "a regime for everybody, or a table [assignment]", "een regime voor iedereen, of een tabel [assignment]"
    )
    fields.wrong("regime", "missing", allowed, nearest_name("regime", fields.data))
    return None


def _used(known: Mapping[str, Regime], assignment: Assignment | None, towards: str | None) -> dict[str, Regime]:
    """Return the regimes that can occur: assigned, drifted towards, and what follows them."""
    waiting = [*(regimes_of(assignment) if assignment else ()), *([towards] if towards else [])]
    found: dict[str, Regime] = {}
    while waiting:
        name = waiting.pop(0)
        if name in known and name not in found:
            found[name] = known[name]
            following = known[name].after
            waiting += [following] if following else []
    return found


def _drift(fields: Fields, known: Mapping[str, Regime]) -> tuple[float, str | None]:
    if "drift" not in fields:
        return 0.0, None
    drift = Fields(fields.data["drift"], "drift", ("per_year", "towards"), fields.problems)
    drift.needed(("per_year", "towards"))
    share = drift.number("per_year", 0, 1, 0.0, "share per year")
    return share, drift.choice("towards", known, "regular") if "towards" in drift else None


def _population(fields: Fields, place: str) -> str:
    """Return a shipped name, or the folder of an imported population (beside the scenario file)."""
    given = fields.text("population", "nijmegen")
    if is_population(given):
        return given
    beside = str(Path(place).parent / given) if place and len(given) < 1000 else given
    if is_population(beside):
        return beside
    fields.problems.append(population_problem(fields.place("population"), given))
    return "nijmegen"


def _inflow(fields: Fields) -> int | None:
    """Return months of inflow: true = as many as the run has (None), false = 0."""
    value = fields.data.get("inflow")
    if value is None or isinstance(value, bool):
        return 0 if value is False else None
    if isinstance(value, int) and 0 <= value <= MOST["months"]:
        return value
    span = f"0 .. {MOST['months']}"
    allowed = Say(f"true, false, or months in {span}", f"true, false, of maanden van {span}")
    fields.wrong("inflow", value, allowed)
    return None


def _parameters(fields: Fields) -> dict[str, float]:
    """Return parameter values by full name; both ``"a.b" = 1`` and ``a.b = 1`` are read."""
    values: dict[str, Any] = {}
    for key, value in fields.table("parameters").items():
        nested = isinstance(value, Mapping)
        values |= {f"{key}.{name}": each for name, each in value.items()} if nested else {key: value}
    table = Fields(values, "parameters", PARAMETERS, fields.problems)
    found: dict[str, float] = {}
    for name in values:
        if name not in PARAMETERS:
            continue
        each = PARAMETERS[name]
        found[name] = table.number(name, each.low, each.high, each.value, each.unit)
    return found
