"""Runs a trial many times at its real size.

1. People: drawn with the published baseline, or recruited (`recruit`).
2. Lots: arm, wave, mistakes (`randomise`).
3. Delivery: withdrawal, contamination, schedules (`deliver`).
4. Months: one run of the engine for every wave, many replicates at once.
5. Measurement: registers and surveys (`measure`).

Numbers belong to (design, seed, replicate): they do not change with the number of replicates, threads or
parameter sets. Replicates of one block are drawn together; the block size follows from the design.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.engine.simulate import Job
from sim.outcomes.measures import MEASURES
from sim.people.population import Population
from sim.problems import InputError, Problem, Say, one_of, within
from sim.random_numbers import Draws, stream
from sim.regime.schedule import Schedule
from sim.setting import Setting, make_setting
from sim.trial.data import TrialData
from sim.trial.deliver import Treated, schedule_of, staff, treat, wave_population
from sim.trial.design import TrialDesign
from sim.trial.measure import REGISTER, live, response, state_names, survey_answers
from sim.trial.recruit import People, published, recruited

__all__ = ["block_size", "iterate_trial", "simulate_many", "simulate_trial"]

Array = npt.NDArray[np.float64]
Source = Literal["published", "eligible"]
_ROWS = 24_000
_MOST_REPLICATES = 30_000


@dataclass(frozen=True)
class _Wave:
    rows: npt.NDArray[np.int64]
    population: Population
    schedule: Schedule
    setting: Setting
    months: int


@dataclass(frozen=True)
class _Block:
    people: People
    treated: Treated
    caseworker: npt.NDArray[np.int64]
    waves: tuple[_Wave | None, ...]
    covariates: dict[str, Array]
    rows: npt.NDArray[np.int64]
    """Of those who may be asked in a survey: `surveyed` are they, `draws` their luck."""
    surveyed: People
    draws: Draws


def block_size(design: TrialDesign, reference: int | None = None) -> int:
    """Return the replicates that are drawn and simulated together."""
    return max(1, min(64, _ROWS // (design.people + _reference_size(design, reference))))


def simulate_trial(
    design: TrialDesign,
    parameters: Array,
    seed: int,
    *,
    replicates: int = 1,
    source: Source = "published",
    reference: int | None = None,
    measures: Sequence[str] = REGISTER,
    months: Sequence[int] | None = None,
    place: Mapping[str, float] | None = None,
    factors: Mapping[str, float] | None = None,
    codes: Mapping[str, float] | None = None,
    market: str = "historic",
    lockdown: bool = True,
    threads: int = 1,
) -> list[TrialData]:
    """Return `replicates` simulated trials under one parameter set.

    Args:
        design: the trial (`sim.trial.read.design`).
        parameters: vector of `sim.parameters`, shape [P].
        seed: base seed; replicate r is the same whatever the number of replicates.
        source: ``published``: participants with the published baseline; ``eligible``: people sign up.
        reference: people of the reference group per replicate (None: as published; 0: none).
        measures: register outcomes, names of `sim.outcomes.measures.MEASURES`.
        months: months after the start in which registers are kept; None = those of the report and surveys.
        place: shifts of the municipality (`sim.engine.rows.PLACE`), one number for all replicates.
        factors: measurement parameters by survey item.
        codes: readings of the arms (`sim.trial.codes.code_names`).
        market, lockdown: labour market (`sim.setting`).
        threads: threads.

    Raises:
        InputError: numbers out of bounds, unknown outcomes.
    """
    return [
        row[0]
        for row in simulate_many(
            design,
            parameters[None],
            seed,
            replicates=replicates,
            source=source,
            reference=reference,
            measures=measures,
            months=months,
            place=[place or {}],
            factors=[factors or {}],
            codes=[codes or {}],
            market=market,
            lockdown=lockdown,
            threads=threads,
        )
    ]


def iterate_trial(
    design: TrialDesign, parameters: Array, seed: int, *, replicates: int = 1, **settings: object
) -> Iterator[TrialData]:
    """Yield the trials of `simulate_trial` one by one, for those who keep only a summary of each."""
    for row in simulate_many(design, parameters[None], seed, replicates=replicates, **settings):  # type: ignore[arg-type]
        yield row[0]


def simulate_many(
    design: TrialDesign,
    parameters: Array,
    seed: int,
    *,
    replicates: int = 1,
    source: Source = "published",
    reference: int | None = None,
    measures: Sequence[str] = REGISTER,
    months: Sequence[int] | None = None,
    place: Sequence[Mapping[str, float]] | None = None,
    factors: Sequence[Mapping[str, float]] | None = None,
    codes: Sequence[Mapping[str, float]] | None = None,
    market: str = "historic",
    lockdown: bool = True,
    threads: int = 1,
) -> Iterator[list[TrialData]]:
    """Yield, replicate by replicate, the trial under each parameter set of [J, P] (same people and luck).

    `place`, `factors` and `codes` (readings of the arms, `sim.trial.codes`) are given per parameter set. Problems are
    raised, all at once, at the first step.
    """
    _check(design, parameters, replicates, source, reference, measures, months)
    key = stream("trial", design.name, seed)
    size = block_size(design, reference)
    kept = _kept_months(design, months)
    for first in range(0, replicates, size):
        count = min(size, replicates - first)
        block = _block(design, seed, first, count, source, _reference_size(design, reference), market, lockdown)
        found = _simulate_block(design, block, parameters, key, kept, tuple(measures), place, factors, codes, threads)
        for number in range(count):
            # People are sorted by replicate: a slice, of which nothing is copied.
            ends = np.searchsorted(block.people.replicate, (first + number, first + number + 1))
            rows = slice(*ends.tolist())
            yield [_data(design, block, whole, rows, first + number) for whole in found]


@dataclass(frozen=True)
class _Found:
    register: dict[str, npt.NDArray[np.float32]]
    survey: dict[str, Array]
    responded: npt.NDArray[np.bool_]


@lru_cache(maxsize=4)
def _block(
    design: TrialDesign, seed: int, first: int, count: int, source: Source, reference: int, market: str, lockdown: bool
) -> _Block:
    key = stream("trial", design.name, seed)
    draw = published if source == "published" else recruited
    people = draw(design, key, first, count, reference)
    treated = treat(design, people, key)
    caseworker, quality = staff(design, people, key)
    waves: list[_Wave | None] = []
    for number, wave in enumerate(design.waves):
        rows, population = wave_population(design, people, treated, caseworker, quality, number)
        if not len(rows):
            waves.append(None)
            continue
        months = design.follow_up(wave)
        schedule = schedule_of(design, population, months, key)
        setting = make_setting(wave.start, months, market=market, lockdown=lockdown)
        waves.append(_Wave(rows, population, schedule, setting, months))
    asked = np.flatnonzero(treated.in_itt & np.array([arm.role != "reference" for arm in design.arms])[people.arm])
    draws = Draws(key, people.person[asked])
    covariates = _covariates(design, people, treated)
    return _Block(people, treated, caseworker, tuple(waves), covariates, asked, people.take(asked), draws)


def _simulate_block(
    design: TrialDesign,
    block: _Block,
    parameters: Array,
    key: int,
    kept: tuple[int, ...],
    measures: tuple[str, ...],
    place: Sequence[Mapping[str, float]] | None,
    factors: Sequence[Mapping[str, float]] | None,
    codes: Sequence[Mapping[str, float]] | None,
    threads: int,
) -> list[_Found]:
    names = state_names(design, measures)
    n, jobs = len(block.people), len(parameters)
    register = [
        {name: np.full((design.months + 1, n), np.nan, dtype=np.float32) for name in measures} for _ in range(jobs)
    ]
    asked_when = len(design.survey.months)
    states = [[{name: np.zeros(n) for name in names} for _ in range(asked_when)] for _ in range(jobs)]
    for number, wave in enumerate(block.waves):
        if wave is None:
            continue
        surveys = design.survey_months(design.waves[number])
        months = sorted({month for month in (*kept, *surveys) if month <= wave.months})
        read = [
            schedule_of(design, wave.population, wave.months, key, each) if each else wave.schedule
            for each in (codes or [{}] * jobs)
        ]
        shifts = [
            Job(vector, read[job], key, _place(place[job] if place else {}, wave.population))
            for job, vector in enumerate(parameters)
        ]
        for job, taken in enumerate(live(wave.population, shifts, wave.setting, months, names, threads)):
            for row, month in enumerate(months):
                now = dict(zip(names, taken[row], strict=True))
                for name in measures:
                    register[job][name][month, wave.rows] = now[name]
            for which, month in enumerate(surveys):
                for name, values in zip(names, taken[months.index(month)], strict=True):
                    states[job][which][name][wave.rows] = values
    return [
        _Found(register[job], *_surveyed(design, block, states[job], factors[job] if factors else None))
        for job in range(jobs)
    ]


def _surveyed(
    design: TrialDesign, block: _Block, states: Sequence[Mapping[str, Array]], factors: Mapping[str, float] | None
) -> tuple[dict[str, Array], npt.NDArray[np.bool_]]:
    rows = block.rows
    withdrawn, shape = block.treated.withdrawn[rows], (len(states), len(block.people))
    responded = np.zeros(shape, dtype=bool)
    survey: dict[str, Array] = {}
    for wave, everybody in enumerate(states):
        now = {name: values[rows] for name, values in everybody.items()}
        answered = response(design, block.surveyed, wave, now, ~(withdrawn & design.survey.net[wave]), block.draws)
        responded[wave, rows] = answered
        given = survey_answers(design, block.surveyed, wave, now, answered, block.draws, factors)
        for name, values in given.items():
            survey.setdefault(name, np.full(shape, np.nan))[wave, rows] = values
    return survey, responded


def _covariates(design: TrialDesign, people: People, treated: Treated) -> dict[str, Array]:
    """Return the baseline that reports control for (Nijmegen 2020, tables 11 and 12), shape [n] each."""
    column = people.column
    before = column("earnings_before")
    found = {
        name: column(name)
        for name in (
            "male",
            "age",
            "household",
            "migration",
            "education",
            "spell_months",
            "youngest_child_age",
            "poor_dutch",
            "physical",
            "mental",
            "addiction",
            "low_education",
            "hours",
            "work_duty_exempt",
        )
    }
    found["earnings_year_before"] = 12.0 * before
    found["earned_before"] = (before > 0).astype(np.float64)
    found["works_part_time"] = (column("hours") > 0).astype(np.float64)
    found["new_inflow"] = np.array([float(wave.newest) for wave in design.waves])[treated.wave]
    found["wave"] = treated.wave.astype(np.float64)
    return found


def _data(design: TrialDesign, block: _Block, found: _Found, rows: slice, replicate: int) -> TrialData:
    desk = block.caseworker[rows]
    follow = np.array([design.follow_up(wave) for wave in design.waves])[block.treated.wave[rows]]
    return TrialData(
        design=design.name,
        replicate=replicate,
        arms=tuple(arm.name for arm in design.arms),
        roles=tuple(arm.role for arm in design.arms),
        arm=block.people.arm[rows],
        person=block.people.person[rows],
        caseworker=desk - desk.min(),
        wave=block.treated.wave[rows],
        follow_up=follow,
        in_itt=block.treated.in_itt[rows],
        withdrawn=block.treated.withdrawn[rows],
        covariates={name: values[rows] for name, values in block.covariates.items()},
        register={name: values[:, rows] for name, values in found.register.items()},
        survey={name: values[:, rows] for name, values in found.survey.items()},
        responded=found.responded[:, rows],
        survey_months=design.survey.months,
    )


def _place(shifts: Mapping[str, float], population: Population) -> dict[str, Array]:
    return {name: np.full(len(population.municipalities), value) for name, value in shifts.items()}


def _reference_size(design: TrialDesign, reference: int | None) -> int:
    if design.reference is None:
        return 0
    return design.reference.randomised if reference is None else reference


def _kept_months(design: TrialDesign, months: Sequence[int] | None) -> tuple[int, ...]:
    if months is not None:
        return tuple(sorted(set(months)))
    ends = {design.follow_up(wave) for wave in design.waves}
    return tuple(sorted({0, *design.report_months, *ends}))


def _check(
    design: TrialDesign,
    parameters: Array,
    replicates: int,
    source: str,
    reference: int | None,
    measures: Sequence[str],
    months: Sequence[int] | None,
) -> None:
    from sim.parameters import PARAMETERS

    problems: list[Problem] = [one_of("measures", name, MEASURES) for name in measures if name not in MEASURES]
    if parameters.ndim != 2 or parameters.shape[1] != len(PARAMETERS):
        allowed = Say(f"{len(PARAMETERS)} values", f"{len(PARAMETERS)} waarden")
        problems.append(Problem("parameters", parameters.shape, allowed))
    if not 1 <= replicates <= _MOST_REPLICATES:
        problems.append(within("replicates", replicates, 1, _MOST_REPLICATES))
    if source not in ("published", "eligible"):
        problems.append(one_of("source", source, ("published", "eligible")))
    if reference is not None and not 0 <= reference <= design.eligible_people:
        problems.append(within("reference", reference, 0, design.eligible_people))
    problems += [within("months", month, 0, design.months) for month in months or () if not 0 <= month <= design.months]
    InputError.raise_if(problems)
