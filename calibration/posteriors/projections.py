"""Projected effects as functions of the latents: what a fit is for, and what it is tested on.

A quantity is the effect of a scenario against the regular regime after 48 months, on the same people with
the same luck: given the seeds it is a fixed function of z, so that a projection can be ranked among the
projections of a posterior.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.fit.emulator import TownEmulator, fit_town
from calibration.fit.space import Space
from sim.problems import InputError, Problem, Say, one_of

__all__ = ["QUANTITIES", "ProjectionEmulator", "Quantity", "fit_projections", "project"]

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Quantity:
    """An effect: scenario minus regular, on a measure, in a month."""

    scenario: str
    measure: str
    month: int
    text: Say

    @property
    def name(self) -> str:
        """Short name: ``intensive.works.48``."""
        return f"{self.scenario}.{self.measure}.{self.month}"


_SCENARIOS = {
    "intensive": Say("intensive guidance", "intensieve begeleiding"),
    "exemption": Say("exemption from duties", "ontheffing van plichten"),
    "disregard": Say("more earnings kept", "meer bijverdienen"),
}
_MEASURES = {
    "works": Say("works", "werkt"),
    "on_benefit": Say("on benefit", "in de bijstand"),
    "stress": Say("stress", "stress"),
    "wellbeing": Say("wellbeing", "welbevinden"),
}
_MONTH = 48
_REGULAR = "regular"
QUANTITIES: tuple[Quantity, ...] = tuple(
    Quantity(
        scenario, measure, _MONTH, Say(f"{who.en}: {what.en}, month {_MONTH}", f"{who.nl}: {what.nl}, maand {_MONTH}")
    )
    for scenario, who in _SCENARIOS.items()
    for measure, what in _MEASURES.items()
)


@dataclass(frozen=True)
class ProjectionEmulator:
    """Regressions of the quantities on the inputs of one town (None: a new municipality)."""

    space: Space
    town: str | None
    quantities: tuple[Quantity, ...]
    fitted: TownEmulator

    @property
    def r2(self) -> Array:
        """Out-of-sample R2 by quantity."""
        return self.fitted.r2

    @property
    def error_sd(self) -> Array:
        """Standard error by quantity."""
        return np.asarray(np.sqrt(np.diag(self.fitted.error)))

    def means(self, z: Array) -> Array:
        """Return the quantities, [K, D] -> [K, Q]."""
        return self.fitted.predict(self.space.inputs(z, self.town))

    def draws(self, z: Array, seed: int) -> Array:
        """Return the quantities with the emulator's own error added, [K, D] -> [K, Q]."""
        factor = np.linalg.cholesky(self.fitted.error + 1e-18 * np.eye(len(self.fitted.error)))
        noise = np.random.default_rng(seed).standard_normal((len(z), len(factor)))
        return np.asarray(self.means(z) + noise @ factor.T)


def project(
    space: Space,
    z: Array,
    *,
    town: str | None = "nijmegen",
    people: int = 800,
    seeds: int = 2,
    seed: int = 1,
    quantities: Sequence[Quantity] = QUANTITIES,
    threads: int = 1,
    progress: Progress | None = None,
    parameters: Array | None = None,
) -> Array:
    """Simulate the quantities under every latent vector, shape [K, Q].

    Args:
        space: what z means.
        z: [K, D].
        town: whose people and deviations; None = a new municipality's deviations, with Nijmegen's people.
        people: people simulated.
        seeds: repetitions, the same for every vector and scenario.
        seed: base seed.
        quantities: what is projected.
        threads: threads of the engine.
        progress: called with (vectors done, vectors).
        parameters: parameter vectors [K, P] in place of those of z.

    Raises:
        InputError: a town that is not in the fit or has no people.
    """
    from scenarios.description.find import find_scenario
    from scenarios.execution.plan import Options, plan
    from sim.engine.simulate import Job, Record, simulate

    if town is not None and town not in space.towns:
        raise InputError([one_of("town", town, space.towns)])
    if not quantities or seeds < 1:
        said = Say("one quantity and one seed or more", "een grootheid en een seed of meer")
        raise InputError([Problem("quantities", f"{len(quantities)}, {seeds} seeds", said)])
    names = [_REGULAR, *dict.fromkeys(each.scenario for each in quantities)]
    months = max(each.month for each in quantities)
    options = Options(population=town or "nijmegen", people=people, months=months, draws=1, seeds=seeds, seed=seed)
    made = plan([find_scenario(name) for name in names], options)
    measures = tuple(dict.fromkeys(each.measure for each in quantities))
    record = Record(series=measures)
    vectors = space.parameters(z, town) if parameters is None else parameters
    shifts = space.place(z, town)
    towns = len(made.population.municipalities)
    found = np.empty((len(z), len(quantities)))
    for row, (vector, shift) in enumerate(zip(vectors, shifts, strict=True)):
        place = {name: np.full(towns, value) for name, value in shift.items()}
        mean = []
        for side in made.sides:
            jobs = [Job(vector, s, key, place) for s, key in zip(side.schedules, made.keys, strict=True)]
            told = simulate(made.population, jobs, side.setting, record, threads=threads)
            mean.append(np.mean([one.means()[:, 0] for one in told], axis=0))
        for column, each in enumerate(quantities):
            measure = measures.index(each.measure)
            effect = mean[names.index(each.scenario)] - mean[0]
            found[row, column] = effect[each.month - 1, measure]
        if progress:
            progress(row + 1, len(z))
    return found


def fit_projections(
    space: Space, z: Array, values: Array, *, town: str | None = "nijmegen", quantities: Sequence[Quantity] = QUANTITIES
) -> ProjectionEmulator:
    """Return the emulator of projections [K, Q] at z [K, D]; the luck of the seeds is part of them."""
    if len(z) < 20:
        raise InputError([Problem("design", len(z), Say("20 vectors or more", "20 vectoren of meer"))])
    batch = np.arange(len(z), dtype=np.int64)
    fitted = fit_town(space.inputs(z, town), values, batch, space.curved, np.zeros(values.shape[1]), None)
    return ProjectionEmulator(space, town, tuple(quantities), fitted)
