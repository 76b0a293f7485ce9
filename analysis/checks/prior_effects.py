"""What the priors say of effects before any trial is read: their mean, spread and sign, against bars.

A prior that decides is no prior: where every draw has the same sign, or a spread far below what one trial can
tell, the answer was assumed. Effects of each type of treatment (its headline preset) on the headline outcomes are
simulated under draws of the priors, each of a municipality that was not studied, on the same people and with
common random numbers; the Monte Carlo error is taken off the spread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios.description.people import people_of
from sim.engine.simulate import Job, Record, simulate
from sim.outcomes.measures import HEADLINE, MEASURES
from sim.parameters import draw_priors
from sim.people.population import Population
from sim.random_numbers import stream
from sim.regime.assignment import ByArm
from sim.regime.presets import background_of, preset
from sim.regime.schedule import Schedule, compile_schedule
from sim.setting import make_setting

__all__ = ["BARS", "TREATMENTS", "Bar", "PriorEffect", "prior_effects", "simulated_effects", "summary"]

Array = npt.NDArray[np.float64]

# Type of treatment -> its headline preset.
TREATMENTS: Mapping[str, str] = {"guidance": "intensive", "exemption": "exemption", "disregard": "disregard"}


@dataclass(frozen=True)
class Bar:
    """What the prior of an effect must keep.

    Attributes:
        off_centre: most |mean| in standard deviations, None = not asked.
        spread: least standard deviation: points for shares, standard deviations between people for scales.
        low, high: bounds of the chance above zero.
    """

    off_centre: float | None
    spread: float
    low: float
    high: float


# Trust stands close together in the model; answers to it do not: 2 on 0-10 (assumed spreads of Oss 2020: 1.5 to 2.2).
_ANSWERS: Mapping[str, float] = {"trust": 0.2}
_WORK = Bar(0.3, 0.04, 0.3, 0.7)
_MIND = Bar(None, 0.15, 0.2, 0.8)
BARS: Mapping[str, Bar] = {
    "exit_work_ever": _WORK,
    "hours_over_8": _WORK,
    "hours_over_12": _WORK,
    "hours_over_27": _WORK,
    "wml_over_70": _WORK,
    "wellbeing": _MIND,
    "trust": _MIND,
}


@dataclass(frozen=True)
class PriorEffect:
    """The prior of one effect, in the unit of the outcome.

    `scale` is the standard deviation between people (scales with a bar), else 1; `error` the Monte Carlo
    standard error of the mean over the draws.
    """

    treatment: str
    measure: str
    mean: float
    sd: float
    above: float
    error: float
    scale: float = 1.0

    def misses(self) -> tuple[str, ...]:
        """Return which bars the prior misses: ``mean``, ``sd``, ``chance``; empty = all kept, or none asked."""
        bar = BARS.get(self.measure)
        if bar is None:
            return ()
        found = []
        if bar.off_centre is not None and abs(self.mean) >= bar.off_centre * self.sd:
            found.append("mean")
        if self.sd / self.scale < bar.spread:
            found.append("sd")
        if not bar.low <= self.above <= bar.high:
            found.append("chance")
        return tuple(found)


def simulated_effects(
    values: Array,
    *,
    population: str = "nijmegen",
    people: int | None = 1500,
    seeds: int = 2,
    month: int = 24,
    seed: int = 1,
    threads: int = 1,
    treatments: Mapping[str, str] = TREATMENTS,
    measures: Sequence[str] = HEADLINE,
    progress: Callable[[int, int], None] | None = None,
) -> Array:
    """Return effects under parameter vectors [draws, P], shape [draws, seeds, treatments, measures].

    The same people and luck for all vectors and treatments; see `prior_effects` for the arguments.
    """
    crowd = people_of(population, people)
    setting = make_setting(crowd.start, month)
    record = Record(series=tuple(measures))
    names = ["regular", *treatments.values()]
    schedules = [_schedule(crowd, population, name, month) for name in names]
    keys = [stream("replicate", seed, number) for number in range(1, seeds + 1)]
    found = np.empty((len(values), seeds, len(names), len(measures)))
    for draw, vector in enumerate(values):
        jobs = [Job(vector, schedule, key) for key in keys for schedule in schedules]
        outcomes = simulate(crowd, jobs, setting, record, threads=threads)
        means = np.stack([outcome.means()[-1, 0] for outcome in outcomes])
        found[draw] = means.reshape(seeds, len(names), len(measures))
        if progress:
            progress(draw + 1, len(values))
    return np.asarray(found[:, :, 1:] - found[:, :, :1])


def prior_effects(
    *,
    population: str = "nijmegen",
    people: int | None = 1500,
    draws: int = 400,
    seeds: int = 2,
    month: int = 24,
    seed: int = 1,
    threads: int = 1,
    measures: Sequence[str] = HEADLINE,
    parameters: Array | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[PriorEffect, ...]:
    """Return the prior of the effect of every treatment on every measure at the end of `month`.

    Args:
        population, people: who is simulated.
        draws: prior draws.
        seeds: replicates per draw, two or more: their differences give the Monte Carlo error.
        month: after the start of the treatment.
        seed: base seed.
        threads: of the engine.
        measures: names of `sim.outcomes.measures.MEASURES`.
        parameters: other draws than those of the priors, shape [draws, P].
        progress: called with (draws done, draws).
    """
    values = draw_priors(draws, seed) if parameters is None else parameters
    effects = simulated_effects(
        values,
        population=population,
        people=people,
        seeds=seeds,
        month=month,
        seed=seed,
        threads=threads,
        measures=measures,
        progress=progress,
    )
    scales = _scales(values, population, people, month, seed, measures)
    return tuple(
        summary(treatment, measure, effects[:, :, place, column], scales.get(measure, 1.0))
        for place, treatment in enumerate(TREATMENTS)
        for column, measure in enumerate(measures)
    )


def _schedule(crowd: Population, population: str, name: str, months: int) -> Schedule:
    return compile_schedule(
        crowd,
        {name: preset(name)},
        ByArm(dict.fromkeys(crowd.arms, name)),
        months=months,
        background=background_of(population) if len(crowd.municipalities) == 1 else preset("regular"),
    )


def summary(treatment: str, measure: str, effects: Array, scale: float) -> PriorEffect:
    """Return mean, spread and sign of effects [draws, seeds]; the noise between seeds is taken off the spread."""
    draws, seeds = effects.shape
    each = effects.mean(axis=1)
    noise = float(effects.var(axis=1, ddof=1).mean()) / seeds if seeds > 1 else 0.0
    whole = float(each.var(ddof=1))
    sd = float(np.sqrt(max(whole - noise, 0.0)))
    mean = float(each.mean())
    # Shrinking every draw to the mean by the same share leaves the law of the effects without the noise.
    inner = mean + (each - mean) * (sd / np.sqrt(whole) if whole > 0 else 0.0)
    above = float(np.mean(inner > 0) + 0.5 * np.mean(inner == 0))
    return PriorEffect(treatment, measure, mean, sd, above, float(np.sqrt(whole / draws)), scale)


def _scales(
    values: Array, population: str, people: int | None, month: int, seed: int, measures: Sequence[str]
) -> dict[str, float]:
    """Return the standard deviation between people of every measure with a bar that is a scale."""
    wanted = tuple(name for name in measures if name in BARS and MEASURES[name].unit != "share")
    if not wanted:
        return {}
    crowd = people_of(population, people)
    schedule = _schedule(crowd, population, "regular", month)
    job = Job(np.median(values, axis=0), schedule, stream("replicate", seed, 1))
    seen = simulate(crowd, [job], make_setting(crowd.start, month), Record(snapshots=(month,), columns=wanted))
    spread = np.nanstd(seen[0].snapshots[0], axis=1)
    return {name: max(float(spread[column]), _ANSWERS.get(name, 0.0)) for column, name in enumerate(wanted)}
