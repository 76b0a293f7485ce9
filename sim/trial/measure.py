"""What is measured: registers of everybody by month since the start, surveys of those who answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from sim.engine.population_arrays import Crowd
from sim.engine.simulate import Job, Record, Society
from sim.outcomes.measurement import answers, item_response, measures_of
from sim.people.columns import STATES
from sim.people.population import Population
from sim.random_numbers import Draws
from sim.regime.rules import read_number
from sim.setting import Setting
from sim.trial.design import Survey, TrialDesign
from sim.trial.randomise import rank_within
from sim.trial.recruit import People, score

__all__ = ["REGISTER", "live", "response", "state_names", "survey_answers"]

Array = npt.NDArray[np.float64]

# Register outcomes kept by default; a report that counts wage work only multiplies by `wage_work`.
REGISTER: tuple[str, ...] = (
    "on_benefit",
    "left_for_work",
    "left_other",
    "exit_work_ever",
    "exit_any_ever",
    "works",
    "wage_work",
    "hours_over_8",
    "hours_over_12",
    "hours_over_27",
    "wml_over_70",
    "permanent",
    "self_employed",
    "part_time_on_benefit",
    "hours",
    "earnings",
    "benefit_paid",
    "contacts",
)


def state_names(design: TrialDesign, measures: Sequence[str]) -> tuple[str, ...]:
    """Return the columns and measures that must be taken from the society in every kept month."""
    names = list(measures)
    names += measures_of(design.survey.study)
    for term in design.survey.terms:
        expression, _ = read_number(term.of, term.name, {"municipality": (), "arm": ()})
        names += sorted(expression.states) if expression is not None else []
    return tuple(dict.fromkeys(names))


def live(
    population: Population,
    jobs: Sequence[Job],
    setting: Setting,
    months: Sequence[int],
    names: Sequence[str],
    threads: int,
) -> list[Array]:
    """Return the states of everybody in the given months (0 = the moment before the start), one per job.

    Shape [months, names, n] each.
    """
    record = Record(columns=tuple(names))
    crowd = Crowd(population)

    def one(job: Job, inner: int) -> Array:
        society = Society(population, job, setting, record, threads=inner, crowd=crowd)
        taken = np.empty((len(months), len(names), len(population)))
        for row, month in enumerate(months):
            if month > society.month:
                society.run_to(month)
            for column, name in enumerate(names):
                taken[row, column] = society.column(name)
        return taken

    if threads < 2 or len(jobs) < threads:
        return [one(job, threads) for job in jobs]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda job: one(job, 1), jobs))


def response(
    design: TrialDesign,
    people: People,
    wave: int,
    states: Mapping[str, Array],
    asked: npt.NDArray[np.bool_],
    draws: Draws,
) -> npt.NDArray[np.bool_]:
    """Return who answers a survey, shape [n]: the published number per arm, the most willing first.

    Willingness: the terms of the design on the states of the moment, plus noise that is partly the person's.
    """
    survey: Survey = design.survey
    share = survey.persistence.value
    own, new = draws.normal("survey_response", 0), draws.normal("survey_response", wave + 1)
    known = {name: values for name, values in states.items() if name in STATES}
    # Times the spread of the logistic law, so that terms are in log-odds.
    luck = np.pi / np.sqrt(3.0) * (np.sqrt(share) * own + np.sqrt(1.0 - share) * new)
    willing = score(survey.terms, people, draws.seed, states=known) + luck
    group = people.replicate * 64 + people.arm
    queue = rank_within(group, np.where(asked, -willing, 1e9))
    rates = np.array([arm.response[wave] if arm.response else 0.0 for arm in design.arms])
    _, dense = np.unique(group, return_inverse=True)
    size = np.bincount(dense, weights=asked)[dense]
    answered: npt.NDArray[np.bool_] = asked & (queue < np.floor(rates[people.arm] * size + 0.5))
    return answered


def survey_answers(
    design: TrialDesign,
    people: People,
    wave: int,
    states: Mapping[str, Array],
    responded: npt.NDArray[np.bool_],
    draws: Draws,
    factors: Mapping[str, float] | None,
) -> dict[str, Array]:
    """Return the answers of a wave by item, shape [n]; NaN where there is none."""
    study = design.survey.study
    given = answers(study, wave, states, people.column("reporting_trait"), draws, factors)
    partial = item_response(study, wave, draws)
    return {name: np.where(responded & partial.get(name, np.True_), values, np.nan) for name, values in given.items()}
