"""The joint fit: waves of runs, an emulator, chains on it, and true runs that test it.

1. Covariance of the rows by simulation at the real size.
2. Waves: scrambled Sobol points of the prior, then draws of the emulated posterior (tempered at first);
   after each wave the emulator learns from all runs so far.
3. Chains on the emulator (`calibration.fit.sampler`); its out-of-sample error is part of the likelihood. All of
   them are kept.
4. True runs at draws of the posterior, with trials enough to see half a standard error (`calibration.fit.truth`).

The posterior is the emulator's, and says so: weights from the true runs themselves carry noise of variance about
(rows / trials) in their logarithm, so that their k-hat and how far they move the answer are reported, not used.

`Machinery` (covariances and emulator) does not depend on the published figures: it serves any data y.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.ordinal import Reading
from calibration.fit.checkpoint import Checkpoint
from calibration.fit.emulator import Emulator, fit_emulator
from calibration.fit.facts import Facts, fit_facts, known_facts, simulate_facts
from calibration.fit.halves import half_means
from calibration.fit.sampler import Approximation, Chains, approximate, diagnose, refined, sample
from calibration.fit.simulate import Moments, covariances, simulate_moments
from calibration.fit.space import Space, make_space
from calibration.fit.truth import Check, family_names, smoothed_weights, true_check
from calibration.likelihood.covariance import Covariance
from calibration.likelihood.joint import Likelihood, error_families, prepare_likelihood, selection_terms
from calibration.likelihood.targets import Targets
from scenarios.execution.processes import Pool, one_thread
from sim.mechanisms.base import Parameter
from sim.problems import Say
from sim.regime.presets import presets
from sim.trial.codes import code_names

__all__ = [
    "QUICK",
    "Check",
    "Data",
    "Fit",
    "Machinery",
    "Settings",
    "build",
    "fit",
    "fit_identity",
    "make_fit_space",
    "smoothed_weights",
]

Array = NDArray[np.float64]
Progress = Callable[[Say, int, int], None]


@dataclass(frozen=True)
class Settings:
    """How large a fit is.

    Attributes:
        points: parameter sets of each wave.
        tempering: exponent of the likelihood from which each later wave is drawn.
        replicates: trials per parameter set.
        covariance: trials for the covariance of the rows: that of 120 rows, inverted, is too sure when it
            comes from a few hundred (`bijstand validate sbc` says by how much).
        check, check_replicates: draws of the posterior at which true runs are made, and trials of each.
        chains, draws, thin, warm: of the sampler; `draws` per chain after thinning.
        extensions: how often the chains are made twice as long when they did not converge.
        halves: draws per chain of the fits from each half of the design (0 = not done).
        keep: draws in the posterior.
        batch: parameter sets simulated together.
        seed: base seed.
        facts: whether facts of the country are held (`calibration.fit.facts`).
    """

    points: tuple[int, ...] = (640, 384, 384, 256)
    tempering: tuple[float, ...] = (0.4, 1.0, 1.0)
    replicates: int = 4
    covariance: int = 1000
    check: int = 40
    check_replicates: int = 96
    chains: int = 4
    draws: int = 500
    thin: int = 2
    warm: int = 400
    extensions: int = 2
    halves: int = 150
    keep: int = 2000
    batch: int = 16
    seed: int = 1
    facts: bool = True


QUICK = Settings(
    points=(64, 48),
    tempering=(0.5,),
    replicates=2,
    covariance=32,
    check=8,
    check_replicates=4,
    draws=250,
    thin=1,
    warm=150,
    extensions=0,
    halves=0,
    keep=100,
    facts=False,
)

# Facts depend on few parameters and cost much: one of so many sets teaches them.
_FACTS_OF = 3

# The gate: what a fit must reach to be called converged.
MOST_RHAT = 1.02
LEAST_ESS = 400.0


@dataclass(frozen=True)
class Data:
    """Figures to fit: shares and effects y [T] (None = as published), findings in words by row id.

    `exact`: standard errors are those of the simulated trials (synthetic data).
    """

    y: Array | None = None
    readings: Mapping[str, Reading | None] | None = None
    exact: bool = False


@dataclass(frozen=True)
class Machinery:
    """What a fit needs besides data: rows, latents, emulator and covariances. Serves any data."""

    targets: Targets
    space: Space
    emulator: Emulator
    covariances: Mapping[str, Covariance]
    design: Moments | None = None
    region: NDArray[np.bool_] | None = None
    facts: Facts | None = None

    def likelihood(self, data: Data | None = None, *, power: float = 1.0, scores: bool = True) -> Likelihood:
        """Return the likelihood of data, with the error of the emulator in it."""
        data = data or Data()
        return prepare_likelihood(
            self.targets,
            self.space,
            self.covariances,
            extra=self.emulator.errors(),
            y=data.y,
            readings=data.readings,
            exact=data.exact,
            scores=scores,
            power=power,
        )

    def log(self, likelihood: Likelihood) -> Callable[[Array], Array]:
        """Return the log likelihood as a function of z [K, D]."""
        if self.facts is None:
            return lambda z: likelihood.log(self.emulator.means(z), z)
        held = self.facts
        return lambda z: likelihood.log(self.emulator.means(z), z) + held.log(z)

    def gradient(self, likelihood: Likelihood) -> Callable[[Array], Array]:
        """Return the gradient of the log likelihood as a function of z [K, D] (see `Likelihood.gradient`)."""

        def of(z: Array) -> Array:
            in_means, in_z = likelihood.gradient(self.emulator.means(z), z)
            found = self.emulator.pulled(in_means, z) + in_z
            return found if self.facts is None else found + self.facts.gradient(z)

        return of

    def white(self, likelihood: Likelihood) -> Callable[[Array], Array]:
        """Return the whitened residuals as a function of z [K, D], facts of the country in."""

        def of(z: Array) -> Array:
            found = likelihood.white(self.emulator.means(z), z)
            return found if self.facts is None else np.hstack([found, self.facts.white(z)])

        return of

    def approximation(self, likelihood: Likelihood) -> Approximation:
        """Return the normal approximation of the posterior."""
        slope, curvature = likelihood.log_errors(self.space.dimension)
        return approximate(self.white(likelihood), self.space.dimension, slope=slope, curvature=curvature)

    def sample(
        self,
        likelihood: Likelihood,
        *,
        draws: int,
        warm: int,
        thin: int = 1,
        chains: int = 4,
        seed: int = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> Chains:
        """Sample the posterior of data: a pilot run shapes the ellipses, then `draws` per chain are kept."""
        log, gradient = self.log(likelihood), self.gradient(likelihood)
        with one_thread():
            shape = self.approximation(likelihood)
            pilot = sample(
                log,
                self.space.dimension,
                draws=warm,
                warm=warm // 3,
                chains=chains,
                seed=seed + 1_000_003,
                approximation=shape,
                gradient=gradient,
            )
            return sample(
                log,
                self.space.dimension,
                draws=draws,
                warm=warm // 2,
                thin=thin,
                chains=chains,
                seed=seed,
                approximation=refined(shape, pilot.flat()),
                gradient=gradient,
                progress=progress,
            )


@dataclass(frozen=True)
class Fit:
    """A fit: everything needed to judge it and to write its posterior.

    `z` [S, D] are equally likely draws, chain after chain; `means` [S, T] the moments there; `halves` [2, D]
    posterior means from each half of the design.
    """

    machinery: Machinery
    data: Data
    settings: Settings
    chains: Chains
    check: Check | None
    z: Array
    means: Array
    rhat: Array
    ess: Array
    timings: Mapping[str, float]
    halves: Array | None = None

    @property
    def converged(self) -> bool:
        """Whether all latents mixed and the simulator agrees: rhat < 1.02, ess > 400, every family faithful."""
        mixed = self.rhat.max() < MOST_RHAT and self.ess.min() > LEAST_ESS
        return bool(mixed and self.check is not None and self.check.faithful)


def make_fit_space(targets: Targets, priors: Mapping[str, Parameter] | None = None) -> Space:
    """Return the space of a fit to these targets."""
    return make_space(
        targets.towns,
        biases=targets.biases,
        errors=error_families(targets),
        priors=priors,
        codes={town: code_names(targets.designs[town]) for town in targets.towns},
        selections=selection_terms(targets)[0],
    )


def fit(
    targets: Targets,
    settings: Settings | None = None,
    *,
    space: Space | None = None,
    data: Data | None = None,
    pool: Pool | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Fit the parameters to the rows of `targets`.

    Args:
        targets: rows (`select_targets`).
        settings: sizes and seed.
        space: latents; `make_fit_space(targets)` when left out.
        data: other figures than the published ones.
        pool: processes that simulate.
        checkpoint: where runs are kept; a fit with the same settings goes on from there, bit for bit.
        progress: called with (what is being done, done, total).
    """
    settings = settings or Settings()
    data = data or Data()
    pool = pool or Pool(1)
    timings: dict[str, float] = {}
    machinery = build(
        targets, settings, space=space, data=data, pool=pool, checkpoint=checkpoint, progress=progress, timings=timings
    )
    likelihood = machinery.likelihood(data)
    with _timed(timings, "chains"):
        chains, found = _converge(machinery, likelihood, settings, progress)
    check = None
    if settings.check:
        with _timed(timings, "check"):
            check = check_by_true_runs(
                machinery,
                likelihood,
                chains.flat(settings.check),
                replicates=settings.check_replicates,
                seed=settings.seed,
                pool=pool,
                checkpoint=checkpoint,
                progress=_teller(progress)(Say("true runs", "echte runs")),
            )
    halves = None
    if settings.halves:
        with _timed(timings, "halves"):
            halves = half_means(
                machinery,
                data,
                draws=settings.halves,
                warm=settings.warm,
                thin=settings.thin,
                chains=settings.chains,
                seed=settings.seed,
                pool=pool,
            )
    z = chains.flat(settings.keep)
    means = machinery.emulator.means(z)
    return Fit(machinery, data, settings, chains, check, z, means, found["rhat"], found["ess"], timings, halves)


def build(
    targets: Targets,
    settings: Settings,
    *,
    space: Space | None = None,
    data: Data | None = None,
    pool: Pool | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
    timings: dict[str, float] | None = None,
) -> Machinery:
    """Return covariances and emulator; later waves look where `data` (the published figures) point."""
    space = space or make_fit_space(targets)
    pool = pool or Pool(1)
    times = {} if timings is None else timings
    told = _teller(progress)

    def simulate(z: Array, number: int) -> Moments:
        return simulate_moments(
            targets,
            space,
            z,
            replicates=settings.replicates,
            seed=settings.seed,
            stage=f"wave{number + 1}",
            pool=pool,
            batch=settings.batch,
            checkpoint=checkpoint,
            progress=told(Say(f"wave {number + 1}", f"ronde {number + 1}")),
        )

    def spread(at: Array, stage: str, replicates: int) -> dict[str, Covariance]:
        return covariances(
            targets,
            space,
            at,
            replicates=replicates,
            seed=settings.seed,
            stage=stage,
            pool=pool,
            checkpoint=checkpoint,
            progress=told(Say("covariance of the rows", "covariantie van de rijen")),
        )

    known = known_facts() if settings.facts else None
    rest: list[tuple[Array, Array]] = []

    def hold(z: Array, number: int) -> Facts | None:
        """Teach the emulator of the facts with another wave."""
        if known is None:
            return None
        told_of = told(Say(f"facts of the country, wave {number + 1}", f"feiten van het land, ronde {number + 1}"))
        part, stage = z[::_FACTS_OF], f"wave{number + 1}"
        rest.append(
            (part, simulate_facts(known, space, part, stage=stage, pool=pool, checkpoint=checkpoint, progress=told_of))
        )
        return fit_facts(known, space, *(np.vstack(each) for each in zip(*rest, strict=True)))

    with _timed(times, "covariance"):
        first = spread(np.zeros(space.dimension), "covariance1", max(min(settings.covariance // 2, 100), 8))
    with _timed(times, "wave 1"):
        design = simulate(_sobol(settings.points[0], space.dimension, settings.seed), 0)
    region: NDArray[np.bool_] | None = None
    with _timed(times, "facts"):
        facts = hold(design.z, 0)
    machinery = Machinery(targets, space, _learn(targets, space, design, region, pool, times), first, facts=facts)
    for number, power in zip(range(1, len(settings.points)), settings.tempering, strict=True):
        with _timed(times, "chains of waves"):
            chains = machinery.sample(
                machinery.likelihood(data, power=power),
                draws=max(settings.warm // 2, -(-settings.points[number] // settings.chains)),
                warm=max(settings.warm // 2, 8),
                chains=settings.chains,
                seed=settings.seed + number,
            )
        with _timed(times, f"wave {number + 1}"):
            more = simulate(chains.flat(settings.points[number]), number)
        region = np.concatenate([np.zeros(len(design.z), dtype=bool), np.ones(len(more.z), dtype=bool)])
        design = design.joined(more)
        with _timed(times, "facts"):
            facts = hold(more.z, number)
        machinery = replace(machinery, emulator=_learn(targets, space, design, region, pool, times), facts=facts)
        if number == 1:  # the matrix belongs where the posterior is
            with _timed(times, "covariance"):
                found = spread(chains.flat().mean(axis=0), "covariance2", settings.covariance)
            machinery = replace(machinery, covariances=found)
    return replace(machinery, design=design, region=region)


def _learn(
    targets: Targets,
    space: Space,
    design: Moments,
    region: NDArray[np.bool_] | None,
    pool: Pool,
    times: dict[str, float],
) -> Emulator:
    with _timed(times, "emulator"):
        return fit_emulator(targets, space, design, region=region, pool=pool)


def _converge(
    machinery: Machinery, likelihood: Likelihood, settings: Settings, progress: Progress | None
) -> tuple[Chains, dict[str, Array]]:
    """Sample until the chains agree; each extension doubles the thinning."""
    thin = settings.thin
    told = _teller(progress)(Say("chains", "ketens"))
    for extension in range(settings.extensions + 1):
        chains = machinery.sample(
            likelihood,
            draws=settings.draws,
            warm=settings.warm,
            thin=thin,
            chains=settings.chains,
            seed=settings.seed,
            progress=told,
        )
        found = diagnose(chains)
        if extension == settings.extensions or (found["rhat"].max() < MOST_RHAT and found["ess"].min() > LEAST_ESS):
            break
        thin *= 2
    return chains, found


def check_by_true_runs(
    machinery: Machinery,
    likelihood: Likelihood,
    z: Array,
    *,
    replicates: int,
    seed: int,
    pool: Pool,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Check:
    """Run the simulator at draws z [S, D] and hold the emulator against it; every draw has luck of its own."""
    targets, space, emulator = machinery.targets, machinery.space, machinery.emulator
    true = simulate_moments(
        targets,
        space,
        z,
        replicates=replicates,
        seed=seed,
        stage="check",
        pool=pool,
        batch=1,
        checkpoint=checkpoint,
        progress=progress,
    )
    error = np.ones(len(targets.rows))
    for town, place in targets.places.items():
        error[place] = machinery.covariances[town].sd
        for number, row in zip(place, targets.rows_of(town), strict=True):
            known = targets.errors.get(row.id)
            if known is not None and known.median > 0:
                error[number] = known.median
    watched = {name: at for name, at in space.index.items() if name.startswith("response.")}
    return true_check(
        z,
        true.mean,
        emulator.means(z),
        variance=true.variance,
        replicates=replicates,
        error=error,
        claimed=emulator.error_sd,
        families=family_names(targets),
        log=likelihood.log,
        watched=watched,
    )


def _sobol(points: int, dimension: int, seed: int) -> Array:
    """Return scrambled Sobol points of N(0, I), shape [points, dimension]."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    from sim.random_numbers import stream

    engine = qmc.Sobol(dimension, scramble=True, rng=np.random.default_rng(stream("design", seed)))
    exponent = max(int(np.ceil(np.log2(points))), 1)
    return np.asarray(ndtri(np.clip(engine.random_base2(exponent)[:points], 1e-9, 1 - 1e-9)))


@contextmanager
def _timed(times: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        times[name] = times.get(name, 0.0) + time.perf_counter() - start


def _teller(progress: Progress | None) -> Callable[[Say], Callable[[int, int], None] | None]:
    def of(text: Say) -> Callable[[int, int], None] | None:
        if progress is None:
            return None
        return lambda done, total: progress(text, done, total)

    return of


def fit_identity(targets: Targets, space: Space, settings: Settings, data: Data | None = None) -> dict[str, object]:
    """Return what a fit depends on, as plain values; kept with its batches, so that no other uses them."""
    from calibration.fit.checkpoint import array_digest
    from calibration.fit.model_version import mechanisms_digest, priors_digest

    own = data is not None and data.y is not None
    y = data.y if data is not None and own else targets.observed
    return {
        "settings": {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(settings).items()
        },
        "rows": array_digest(targets.ids),
        "figures": array_digest(y, data.exact if data is not None and own else None),
        "evidence": targets.evidence,
        "space": space.digest(),
        "priors": priors_digest(),
        "mechanisms": mechanisms_digest(),
        "regimes": array_digest(tuple(repr(each) for each in presets().values())),
    }
