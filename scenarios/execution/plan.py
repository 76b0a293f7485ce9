"""Plan a run: people, draws, seeds and what every scenario makes of them; everything is checked here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from scenarios.description.fields import whole_span
from scenarios.description.parameter_source import Drawn, ParameterSource
from scenarios.description.people import is_population, people_of, population_problem, takes_in
from scenarios.description.schema import MOST, Scenario
from scenarios.description.strata import Cells, cells
from sim.engine.simulate import Record
from sim.outcomes.measures import MEASURES
from sim.parameters import defaults, draw_priors, switch_off, with_values
from sim.people.population import Population
from sim.problems import InputError, Problem, Say
from sim.random_numbers import stream
from sim.regime.assignment import Assignment, ByArm, OwnChoice, Shares
from sim.regime.schedule import Schedule, compile_schedule
from sim.setting import Setting, make_setting

__all__ = ["Options", "Plan", "Side", "inflow_months", "plan", "under_priors"]

# Bytes of the numbers that a run keeps; more would not fit in the memory of a small machine.
_MOST_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Options:
    """What the command line says on top of the scenario files; None = as the files say.

    `seed` is the base seed: it gives the seeds of the replicates and the prior draws of the parameters.
    `source` gives the draws in place of the priors: those of a posterior; the base seed says which come first.
    """

    population: str | None = None
    people: int | None = None
    months: int | None = None
    inflow: bool | None = None
    draws: int | None = None
    seeds: int | None = None
    seed: int = 1
    source: ParameterSource | None = None

    def check(self) -> None:
        """Refuse numbers out of bounds, all at once."""
        problems: list[Problem] = []
        for name, low in (("people", 10), ("months", 1), ("draws", 1), ("seeds", 1)):
            value = getattr(self, name)
            if value is not None and not low <= value <= MOST[name]:
                problems.append(Problem(f"--{name}", value, whole_span(low, MOST[name])))
        if not 0 <= self.seed < 2**31:
            problems.append(Problem("--seed", self.seed, whole_span(0, 2**31 - 1)))
        if self.population is not None and not is_population(self.population):
            problems.append(population_problem("--population", self.population))
        InputError.raise_if(problems)


@dataclass(frozen=True)
class Side:
    """One scenario, ready to run.

    Attributes:
        parameters: [draws, P] with the scenario's own values and switched-off mechanisms.
        schedules: one per replicate (the same one where no lot is drawn).
    """

    scenario: Scenario
    parameters: npt.NDArray[np.float64]
    schedules: tuple[Schedule, ...]
    setting: Setting


@dataclass(frozen=True)
class Plan:
    """A run that can be executed: everything checked, nothing simulated.

    Attributes:
        draws: [draws, P] parameters shared by the scenarios, before their own values.
        medians: the draws are the medians (one draw) and say nothing of parameter uncertainty.
        keys: 64-bit key of each replicate.
        seed: base seed.
        places: shifts of the municipality by draw, by name (`sim.engine.rows.PLACE`), each [draws].
        source: what the draws were taken from; None = the priors.
    """

    sides: tuple[Side, ...]
    population: Population
    cells: Cells
    draws: npt.NDArray[np.float64]
    medians: bool
    keys: tuple[int, ...]
    seed: int
    months: int
    record: Record
    places: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    source: ParameterSource | None = None

    @property
    def replicates(self) -> int:
        """Number of societies to simulate."""
        return len(self.sides) * len(self.draws) * len(self.keys)


def plan(scenarios: Sequence[Scenario], options: Options | None = None) -> Plan:
    """Return the plan of a run of `scenarios`, of which the first is the baseline.

    Raises:
        InputError: options out of bounds, scenarios of other people or other months, rules that match nobody,
            a start outside the known law, a run too large; all problems at once.
    """
    given = options or Options()
    given.check()
    problems: list[Problem] = []
    if not scenarios:
        raise InputError([Problem("scenario", "none", Say("at least one scenario", "ten minste één scenario"))])
    chosen = [_with_options(scenario, given) for scenario in scenarios]
    draws = max(scenario.draws for scenario in chosen)
    few = given.source.too_many(draws) if given.source is not None else []
    InputError.raise_if([*_differences(chosen), *_closed(chosen, given), *few])
    first = chosen[0]
    seeds = max(scenario.seeds for scenario in chosen)
    population = people_of(first.population, first.people, first.start, inflow_months(first))
    groups = tuple(dict.fromkeys(name for scenario in chosen for name in scenario.groups))
    drawn = _drawn(given, draws, first.population)
    keys = tuple(stream("replicate", given.seed, number) for number in range(1, seeds + 1))
    sides: list[Side] = []
    for scenario in chosen:
        try:
            sides.append(_side(scenario, population, drawn.parameters, keys))
        except InputError as error:
            problems += _named(error, scenario, len(chosen) > 1)
    divided: Cells | None = None
    try:
        divided = cells(population, groups)
    except InputError as error:
        problems += error.problems
    if divided is not None:
        problems += _too_large(len(chosen), draws, seeds, first.months, divided)
    if problems or divided is None:
        raise InputError(problems)
    record = Record(
        series=tuple(MEASURES), groups=divided.cell, n_groups=divided.member.shape[1], snapshots=(), columns=()
    )
    return Plan(
        sides=tuple(sides),
        population=population,
        cells=divided,
        draws=drawn.parameters,
        medians=draws == 1,
        keys=keys,
        seed=given.seed,
        months=first.months,
        record=record,
        places=drawn.places,
        source=given.source,
    )


def under_priors(made: Plan, *, seeds: int | None = None) -> Plan:
    """Return the same plan with prior draws: the same people and random numbers, before any trial was looked at.

    Args:
        made: the plan.
        seeds: at most so many of its seeds.
    """
    count, keys = len(made.draws), made.keys[:seeds]
    drawn = Drawn(defaults()[None, :] if count == 1 else draw_priors(count, made.seed), {})
    sides = tuple(
        replace(
            side,
            parameters=with_values(
                switch_off(drawn.parameters, side.scenario.mechanisms_off), side.scenario.parameters
            ),
            schedules=side.schedules[: len(keys)],
        )
        for side in made.sides
    )
    return replace(made, sides=sides, draws=drawn.parameters, keys=keys, places={}, source=None)


def inflow_months(scenario: Scenario) -> int:
    """Return in how many months of the run new people enter."""
    if not takes_in(scenario.population):
        return 0
    return scenario.months if scenario.inflow is None else min(scenario.inflow, scenario.months)


def _drawn(options: Options, draws: int, population: str) -> Drawn:
    """Return the draws for a population: of its own town where the source knows it."""
    if options.source is not None:
        return options.source.draw(draws, options.source.town_of(population), options.seed)
    return Drawn(defaults()[None, :] if draws == 1 else draw_priors(draws, options.seed), {})


def _with_options(scenario: Scenario, options: Options) -> Scenario:
    changes = {
        name: value
        for name in ("population", "people", "months", "draws", "seeds")
        if (value := getattr(options, name)) is not None
    }
    if "population" in changes and "people" not in changes and changes["population"] != scenario.population:
        changes["people"] = None  # the size in the file belongs to the population in the file
    if options.inflow is not None:
        changes["inflow"] = None if options.inflow else 0
    return replace(scenario, **changes)


def _differences(scenarios: Sequence[Scenario]) -> Iterator[Problem]:
    """Scenarios are compared person by person: they must have the same people, first day and months."""
    first = scenarios[0]
    for name in ("population", "people", "start", "months"):
        for other in scenarios[1:]:
            mine, theirs = getattr(first, name), getattr(other, name)
            if mine != theirs:
                option = "" if name == "start" else f" (--{name} sets it for all)"
                optie = "" if name == "start" else f" (--{name} zet het voor alle)"
                allowed = Say(
                    f"the same as in {first.name}: {mine}{option}", f"hetzelfde als in {first.name}: {mine}{optie}"
                )
                yield Problem(f"{other.name}: {name}", str(theirs), allowed)
    for other in scenarios[1:]:
        mine, theirs = inflow_months(first), inflow_months(other)
        if mine != theirs and first.population == other.population and first.months == other.months:
            allowed = Say(
                f"the same as in {first.name}: {mine} (--inflow or --no-inflow sets it for all)",
                f"hetzelfde als in {first.name}: {mine} (--inflow of --no-inflow zet het voor alle)",
            )
            yield Problem(f"{other.name}: inflow", str(theirs), allowed)


def _closed(scenarios: Sequence[Scenario], options: Options) -> Iterator[Problem]:
    """People who are asked to enter a population that nobody enters."""
    for scenario in scenarios:
        if takes_in(scenario.population):
            continue
        allowed = Say(
            f"leave it out: nobody enters {scenario.population}",
            f"laat weg: niemand stroomt in bij {scenario.population}",
        )
        if options.inflow:
            yield Problem("--inflow", "true", allowed)
            return
        if options.inflow is None and "inflow" in scenario.given and scenario.inflow != 0:
            yield Problem(f"{scenario.name}: inflow", scenario.inflow or "true", allowed)


def _side(scenario: Scenario, population: Population, drawn: npt.NDArray[np.float64], keys: tuple[int, ...]) -> Side:
    setting = _setting(population, scenario)
    parameters = with_values(switch_off(drawn, scenario.mechanisms_off), scenario.parameters)
    lots = keys if _by_lot(scenario.assignment) else keys[:1]
    schedules = tuple(
        compile_schedule(
            population,
            scenario.regimes,
            scenario.assignment,
            months=scenario.months,
            background=scenario.background,
            start_month=scenario.start_month,
            delivery=scenario.delivery,
            drift_per_year=scenario.drift,
            drift_towards=scenario.drift_towards,
            seed=key,
        )
        for key in lots
    )
    return Side(scenario, parameters, schedules if len(lots) == len(keys) else schedules * len(keys), setting)


def _setting(population: Population, scenario: Scenario) -> Setting:
    try:
        setting, other = (
            make_setting(population.start, scenario.months, market=scenario.market, lockdown=lockdown)
            for lockdown in (scenario.lockdown, not scenario.lockdown)
        )
    except InputError as error:  # the law calls the first day `first`, the scenario `start`
        raise InputError(
            [Problem(p.path.replace("first", "start"), p.value, p.allowed, p.nearest) for p in error.problems]
        ) from None
    if "lockdown" in scenario.given and np.array_equal(other.table, setting.table):
        allowed = Say(
            "leave it out: no month of this run lies in a lockdown",
            "laat weg: geen maand van deze simulatie valt in een lockdown",
        )
        raise InputError([Problem("lockdown", scenario.lockdown, allowed)])
    return setting


def _by_lot(assignment: Assignment) -> bool:
    if isinstance(assignment, ByArm):
        return any(not isinstance(given, str) and _by_lot(given) for given in assignment.arms.values())
    return isinstance(assignment, Shares | OwnChoice)


def _named(error: InputError, scenario: Scenario, several: bool) -> list[Problem]:
    if not several:
        return list(error.problems)
    return [Problem(f"{scenario.name}: {p.path}", p.value, p.allowed, p.nearest) for p in error.problems]


def _too_large(scenarios: int, draws: int, seeds: int, months: int, divided: Cells) -> Iterator[Problem]:
    size = scenarios * draws * seeds * months * (len(MEASURES) + 1) * len(divided.groups) * 8
    if size > _MOST_BYTES:
        allowed = Say(
            f"at most {_MOST_BYTES // 10**6} MB of results: fewer draws, seeds, months or groups",
            f"hoogstens {_MOST_BYTES // 10**6} MB aan uitkomsten: minder draws, seeds, months of groups",
        )
        yield Problem("draws x seeds", f"{size // 10**6} MB", allowed)
