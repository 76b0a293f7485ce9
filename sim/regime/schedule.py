"""Where every lever stands in every month, for everybody: regimes compiled into one table.

An *instance* is one regime that started in one calendar month against one background. People of one
instance share their levers in every month, so that waves and later inflow have their own clock and the
table stays small: ``table[month - 1, instance]`` holds the values of `LEVER_ROWS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of, within
from sim.regime.assignment import Assignment, ByRules, assign, columns_of, read_rules
from sim.regime.lever_path import NO_END, background_path, month_of, write_instance
from sim.regime.levers import LEVERS
from sim.regime.reassessment import Reassessment
from sim.regime.regime import Regime, check_sequences

__all__ = ["LEVER_ROWS", "NO_END", "Reassessment", "Schedule", "compile_schedule", "retable"]

_NAMES = tuple(LEVERS)
_FELT = tuple(position for position, lever in enumerate(LEVERS.values()) if lever.felt)
_PRACTICE = np.array([position for position, lever in enumerate(LEVERS.values()) if lever.practice])
_LOW = np.array([lever.low for lever in LEVERS.values()])
_HIGH = np.array([lever.high for lever in LEVERS.values()])

LEVER_ROWS: tuple[str, ...] = (
    *_NAMES,
    *(f"bg_{_NAMES[position]}" for position in _FELT),
    "months_to_end",
    "since_start",
)
_MOST_INSTANCES = 32_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Schedule:
    """What the engine needs to know of regimes.

    Attributes:
        regimes: names of the regimes that people were given.
        table: values of `LEVER_ROWS`, shape [months, instances, rows].
        instance_regime: index into `regimes`, shape [instances].
        start: first month of treatment of an instance, shape [instances] (months + 1: not in this run).
        instance: instance of each person in month 1, shape [n].
        reassess: how people are moved later, or None.
        plan: what `table` is made from, before delivery and drift.
    """

    regimes: tuple[str, ...]
    table: Floats
    instance_regime: npt.NDArray[np.int16]
    start: npt.NDArray[np.int16]
    instance: npt.NDArray[np.int16]
    reassess: Reassessment | None
    plan: _Plan


@dataclass(frozen=True)
class _Plan:
    """The table before delivery and drift.

    `target` is where a lever should stand and NaN where it follows the background (its undrifted value is
    then in `base`); `drift_towards` is NaN where the background does not drift.
    """

    base: Floats  # [months, backgrounds, levers]
    target: Floats  # [months, instances, levers]
    clock: Floats  # [months, instances, 2]
    background: npt.NDArray[np.int16]  # [instances]
    treated: npt.NDArray[np.bool_]  # [instances, 1]: delivery works on it
    control: npt.NDArray[np.bool_]  # [instances, 1]: its own levers drift too
    reference: npt.NDArray[np.bool_]  # [instances, 1]: never drifts
    drift_towards: Floats  # [levers]


def compile_schedule(
    population: Population,
    regimes: Mapping[str, Regime],
    assignment: Assignment,
    *,
    months: int,
    background: Regime | Mapping[str, Regime],
    start_month: int | npt.NDArray[np.integer] = 1,
    delivery: float = 1.0,
    drift_per_year: float = 0.0,
    drift_towards: str | None = None,
    seed: int = 0,
) -> Schedule:
    """Return the schedule of a run of `months` months.

    Args:
        population: people, sitting stock and later inflow (`entry_month`).
        regimes: every regime of the scenario by name (those that only follow by `after` included).
        assignment: who gets which.
        months: length of the run.
        background: the regular regime, for all or by municipality; its clock is the calendar of the run.
        start_month: first month of treatment, for all or per person, shape [n]; whoever enters
            later starts on entering.
        delivery: share of the planned difference from the background that caseworkers bring about, on
            the levers that are practice (0 = nothing arrives, 1 = as planned).
        drift_per_year: share of the distance to `drift_towards` that background and control arms cover in a
            year, on the levers that are practice; ``1 - (1 - drift) ** years`` after a number of years.
        drift_towards: the regime whose levers (as they stand at its start) practice drifts towards.
        seed: key of the replicate, for lots and choices.

    Raises:
        InputError: all problems of regimes, assignment and numbers.
    """
    problems = _wrong_numbers(population, months, start_month, delivery, drift_per_year)
    problems += check_sequences(regimes)
    backgrounds, municipality = _backgrounds(population, background, problems)
    toward = np.full(len(_NAMES), np.nan)
    if drift_towards is not None and drift_towards not in regimes:
        problems.append(one_of("drift_towards", drift_towards, regimes))
    elif drift_towards is not None:
        for name, value in regimes[drift_towards].levers.items():
            if LEVERS[name].practice:
                toward[_NAMES.index(name)] = value
    elif drift_per_year:
        problems.append(Problem("drift_towards", "missing", Say("name of a regime", "naam van een regime")))
    try:
        names, given = assign(population, assignment, regimes, seed=seed)
    except InputError as error:
        raise InputError((*problems, *error.problems)) from None
    InputError.raise_if(problems)
    begins = np.maximum(np.asarray(start_month, dtype=np.int64), population["entry_month"].astype(np.int64))
    begins = np.minimum(np.broadcast_to(begins, (len(population),)), months + 1)
    group, instances = _instances(given, municipality, begins, names, len(backgrounds), months, assignment)
    InputError.raise_if(_never_treated(population.start, names, regimes, given, begins, months))

    base = np.stack([background_path(regime, population.start, months) for regime in backgrounds], axis=1)
    target = np.full((months, len(instances), len(_NAMES)), np.nan)
    clock = np.empty((months, len(instances), 2))
    for number, (regime, place, start) in enumerate(instances):
        write_instance(
            target[:, number], clock[:, number], regimes, names[regime], base[:, place], start, population.start
        )
    roles = np.array([regimes[names[regime]].role for regime, _, _ in instances])[:, None]
    plan = _Plan(
        base,
        target,
        clock,
        np.array([place for _, place, _ in instances], dtype=np.int16),
        roles == "treatment",
        roles == "control",
        roles == "reference",
        toward,
    )
    schedule = Schedule(
        names,
        _table(plan, delivery, drift_per_year),
        np.array([regime for regime, _, _ in instances], dtype=np.int16),
        np.array([start for _, _, start in instances], dtype=np.int16),
        group,
        None,
        plan,
    )
    if isinstance(assignment, ByRules) and assignment.reassess_months:
        schedule = replace(schedule, reassess=_reassessment(population, assignment, names, municipality, schedule))
    return schedule


def retable(schedule: Schedule, delivery: float = 1.0, drift_per_year: float = 0.0) -> Schedule:
    """Return the schedule with another delivery and drift; nothing else is computed again."""
    problems = _wrong_shares(delivery, drift_per_year)
    InputError.raise_if(problems)
    return replace(schedule, table=_table(schedule.plan, delivery, drift_per_year))


def _table(plan: _Plan, delivery: float, drift: float) -> Floats:
    months = plan.base.shape[0]
    base = plan.base
    gone = np.zeros(months)
    drifts = drift > 0 and bool(np.isfinite(plan.drift_towards[_PRACTICE]).any())
    if drifts:
        gone = 1.0 - (1.0 - drift) ** (np.arange(months) / 12.0)
        base = base.copy()
        now = base[:, :, _PRACTICE]
        toward = plan.drift_towards[_PRACTICE]
        base[:, :, _PRACTICE] = np.where(np.isnan(toward), now, now + gone[:, None, None] * (toward - now))
    under = base[:, plan.background]
    if drifts and plan.reference.any():
        under = np.where(plan.reference[None], plan.base[:, plan.background], under)
    own = ~np.isnan(plan.target)
    table = np.empty((months, len(plan.background), len(LEVER_ROWS)))
    levers = table[:, :, : len(_NAMES)]
    levers[...] = np.where(own, plan.target, under)
    if delivery != 1.0:
        planned = levers[:, :, _PRACTICE]
        bottom = under[:, :, _PRACTICE]
        arrives = np.clip(bottom + delivery * (planned - bottom), _LOW[_PRACTICE], _HIGH[_PRACTICE])
        changed = own[:, :, _PRACTICE] & plan.treated[None]
        levers[:, :, _PRACTICE] = np.where(changed, arrives, planned)
    if drifts and plan.control.any():
        planned = levers[:, :, _PRACTICE]
        toward = plan.drift_towards[_PRACTICE]
        changed = own[:, :, _PRACTICE] & plan.control[None] & ~np.isnan(toward)
        moved = planned + gone[:, None, None] * (np.where(np.isnan(toward), 0.0, toward) - planned)
        levers[:, :, _PRACTICE] = np.where(changed, moved, planned)
    table[:, :, len(_NAMES) : len(_NAMES) + len(_FELT)] = under[:, :, list(_FELT)]
    table[:, :, -2:] = plan.clock
    return table


def _instances(
    given: npt.NDArray[np.int16],
    municipality: npt.NDArray[np.int16],
    begins: npt.NDArray[np.int64],
    names: tuple[str, ...],
    backgrounds: int,
    months: int,
    assignment: Assignment,
) -> tuple[npt.NDArray[np.int16], list[tuple[int, int, int]]]:
    """Return each person's instance and the (regime, background, start) of every instance, sorted."""
    width = months + 2
    key = (given.astype(np.int64) * backgrounds + municipality) * width + begins
    present = np.bincount(key, minlength=len(names) * backgrounds * width) > 0
    if isinstance(assignment, ByRules) and assignment.reassess_months:
        shaped = present.reshape(len(names), backgrounds, width)
        inhabited = np.bincount(municipality, minlength=backgrounds) > 0
        shaped[:, inhabited, 1 + assignment.reassess_months : months + 1 : assignment.reassess_months] = True
    keys = np.flatnonzero(present)
    if len(keys) > _MOST_INSTANCES:
        allowed = Say(
            f"at most {_MOST_INSTANCES} combinations of regime, municipality and start",
            f"hoogstens {_MOST_INSTANCES} combinaties van regime, gemeente en start",
        )
        raise InputError((Problem("assignment", len(keys), allowed),))
    number = np.cumsum(present, dtype=np.int64) - 1
    regime, rest = np.divmod(keys, backgrounds * width)
    place, start = np.divmod(rest, width)
    instances = list(zip(regime.tolist(), place.tolist(), start.tolist(), strict=True))
    return number[key].astype(np.int16), instances


def _reassessment(
    population: Population,
    assignment: ByRules,
    names: tuple[str, ...],
    municipality: npt.NDArray[np.int16],
    schedule: Schedule,
) -> Reassessment:
    rules, _ = read_rules(assignment, "assignment", population)
    chosen = [rule.regime for rule in assignment.rules] + [assignment.otherwise]
    months = len(schedule.table)
    lookup = np.full((len(names), schedule.plan.base.shape[1], months), -1, dtype=np.int16)
    for number, (regime, place, start) in enumerate(
        zip(schedule.instance_regime, schedule.plan.background, schedule.start, strict=True)
    ):
        if start <= months:
            lookup[regime, place, start - 1] = number
    columns = columns_of(population)
    return Reassessment(
        assignment.reassess_months,
        tuple(rules),
        np.array([names.index(name) for name in chosen], dtype=np.int16),
        lookup,
        municipality,
        {name: columns(name) for name in ("municipality", "arm")},
    )


def _backgrounds(
    population: Population, background: Regime | Mapping[str, Regime], problems: list[Problem]
) -> tuple[list[Regime], npt.NDArray[np.int16]]:
    if isinstance(background, Regime):
        found = [background]
        place = np.zeros(len(population), dtype=np.int16)
    else:
        found = []
        for name in population.municipalities:
            if name in background:
                found.append(background[name])
            else:
                problems.append(one_of(f"background.{name}", "missing", background))
        place = population.municipality
    for regime in found:
        if regime.ends:
            allowed = Say("a background without an end", "een achtergrond zonder einde")
            problems.append(Problem(f"background.{regime.name}", "ends", allowed))
    return found, place


def _wrong_numbers(
    population: Population, months: int, start_month: int | npt.NDArray[np.integer], delivery: float, drift: float
) -> list[Problem]:
    problems = _wrong_shares(delivery, drift)
    if not 1 <= months <= 600:
        problems.append(within("months", months, 1, 600, "months"))
    starts = np.asarray(start_month)
    if starts.ndim > 1 or (starts.ndim == 1 and len(starts) != len(population)):
        allowed = Say("one month, or one for each person", "één maand, of één per persoon")
        problems.append(Problem("start_month", f"shape {starts.shape}", allowed))
    elif starts.size and starts.min() < 1:
        problems.append(within("start_month", int(starts.min()), 1, 600))
    return problems


def _wrong_shares(delivery: float, drift: float) -> list[Problem]:
    problems: list[Problem] = []
    if not 0.0 <= delivery <= 2.0:
        problems.append(within("delivery", delivery, 0, 2))
    if not 0.0 <= drift <= 1.0:
        problems.append(within("drift_per_year", drift, 0, 1, "share per year"))
    return problems


def _never_treated(
    first_day: date,
    names: tuple[str, ...],
    regimes: Mapping[str, Regime],
    given: npt.NDArray[np.int16],
    begins: npt.NDArray[np.int64],
    months: int,
) -> list[Problem]:
    """A regime that was over before anybody could start is a setting without effect."""
    problems: list[Problem] = []
    for number, name in enumerate(names):
        end = regimes[name].to_date
        starts = begins[given == number]
        if end is None or not starts.size or starts.min() > months:
            continue
        if month_of(end, first_day) < starts.min():
            allowed = Say(
                f"a last day after the start of treatment (the run starts on {first_day})",
                f"een laatste dag na de start van de behandeling (de simulatie begint op {first_day})",
            )
            problems.append(Problem(f"regimes.{name}.to_date", end, allowed))
    return problems
