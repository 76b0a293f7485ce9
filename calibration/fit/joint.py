"""The joint fit: waves of runs, an emulator, elliptical slice sampling, and a check by true runs.

1. Covariance of the rows by simulation at the real size.
2. Waves: scrambled Sobol points of the prior, then draws of the emulated posterior (tempered at first);
   after each wave the emulator learns from all runs so far.
3. Chains on the emulator; its out-of-sample error is part of the likelihood.
4. True runs at draws of the posterior. They say whether the emulator errs as much as it claims; then it
   learns from them too, and importance weights (Pareto smoothed) of the new over the old likelihood correct
   the draws. Their k-hat says whether the old posterior covers the new one.

Why not weights from the runs themselves: with T rows and R trials per draw their logarithm carries noise of
variance about T/R, whatever the emulator does; their k-hat is reported (`raw_k_hat`) and says just that.

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
from calibration.fit.halves import half_means
from calibration.fit.sampler import Approximation, Chains, approximate, diagnose, refined, sample
from calibration.fit.simulate import Moments, Pool, covariances, one_thread, simulate_moments
from calibration.fit.space import Space, make_space
from calibration.likelihood.covariance import Covariance
from calibration.likelihood.joint import Likelihood, error_families, prepare_likelihood
from calibration.likelihood.targets import Targets
from sim.mechanisms.base import Parameter
from sim.problems import Say

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
        check, check_replicates: true runs at draws of the posterior, and trials of each.
        chains, draws, thin, warm: of the sampler; `draws` per chain after thinning.
        extensions: how often the chains are made twice as long when they did not converge.
        halves: draws per chain of the fits from each half of the design (0 = not done).
        keep: draws in the posterior.
        batch: parameter sets simulated together.
        seed: base seed.
    """

    points: tuple[int, ...] = (512, 512, 384)
    tempering: tuple[float, ...] = (0.5, 1.0)
    replicates: int = 4
    covariance: int = 1000
    check: int = 200
    check_replicates: int = 8
    chains: int = 4
    draws: int = 2000
    thin: int = 4
    warm: int = 600
    extensions: int = 2
    halves: int = 500
    keep: int = 400
    batch: int = 8
    seed: int = 1


QUICK = Settings(
    points=(64, 48),
    tempering=(0.5,),
    replicates=2,
    covariance=32,
    check=24,
    check_replicates=2,
    draws=250,
    thin=1,
    warm=150,
    extensions=0,
    halves=0,
    keep=100,
)

# The gate: what a fit must reach to be called converged.
MOST_RHAT = 1.02
LEAST_ESS = 400.0
MOST_K = 0.7
MOST_ERROR = 1.5


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
        return lambda z: likelihood.log(self.emulator.means(z), z)

    def approximation(self, likelihood: Likelihood) -> Approximation:
        """Return the normal approximation of the posterior."""
        slope, curvature = likelihood.log_errors(self.space.dimension)
        return approximate(
            lambda z: likelihood.white(self.emulator.means(z), z),
            self.space.dimension,
            slope=slope,
            curvature=curvature,
        )

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
        log = self.log(likelihood)
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
                progress=progress,
            )


@dataclass(frozen=True)
class Check:
    """True runs at draws of the emulated posterior.

    Attributes:
        z: draws, shape [S, D].
        moments: what the simulator found, shape [S, T].
        level, shape: mean square of (true - emulated) over what its error and the noise of the runs allow, by
            town: of the average over the draws, and of the differences between them; about 1 or below when
            the emulator is right.
        emulator: learnt from these runs too.
        proposals: draws of the chains [K, D] with their Pareto-smoothed importance weights (sum 1).
        weights: see `proposals`.
        k_hat: shape of the tail of the weights; above 0.7 they cannot be trusted.
        raw_k_hat: the same of weights from the true runs themselves, noise included.
    """

    z: Array
    moments: Array
    level: Mapping[str, float]
    shape: Mapping[str, float]
    emulator: Emulator
    proposals: Array
    weights: Array
    k_hat: float
    raw_k_hat: float

    @property
    def faithful(self) -> bool:
        """Whether the emulator errs no more than it claims, all towns together."""
        found = (list(self.level.values()), list(self.shape.values()))
        return all(sum(each) / len(each) < MOST_ERROR for each in found)

    @property
    def size(self) -> float:
        """Effective number of weighted draws."""
        return float(1.0 / np.square(self.weights).sum())


@dataclass(frozen=True)
class Fit:
    """A fit: everything needed to judge it and to write its posterior.

    `z` [S, D] are equally likely draws; `means` [S, T] the moments there; `halves` [2, D] posterior means
    from each half of the design.
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
    def corrected(self) -> bool:
        """Whether the draws carry the importance weights of true runs."""
        return self.check is not None and self.check.k_hat < MOST_K and self.check.faithful

    @property
    def converged(self) -> bool:
        """Whether all latents mixed and true runs agree: rhat < 1.02, ess > 400, k-hat < 0.7, faithful."""
        return bool(self.rhat.max() < MOST_RHAT and self.ess.min() > LEAST_ESS and self.corrected)


def make_fit_space(targets: Targets, priors: Mapping[str, Parameter] | None = None) -> Space:
    """Return the space of a fit to these targets."""
    return make_space(targets.towns, biases=targets.biases, errors=error_families(targets), priors=priors)


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
            check = _check(machinery, likelihood, chains, settings, pool, checkpoint, progress)
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
    z, means = _draws(machinery, chains, check, settings)
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

    with _timed(times, "covariance"):
        first = spread(np.zeros(space.dimension), "covariance1", max(min(settings.covariance // 2, 100), 8))
    with _timed(times, "wave 1"):
        design = simulate(_sobol(settings.points[0], space.dimension, settings.seed), 0)
    region: NDArray[np.bool_] | None = None
    machinery = Machinery(targets, space, _learn(targets, space, design, region, pool, times), first)
    for number, power in zip(range(1, len(settings.points)), settings.tempering, strict=True):
        with _timed(times, "chains of waves"):
            chains = machinery.sample(
                machinery.likelihood(data, power=power),
                draws=max(settings.warm, 50),
                warm=settings.warm,
                chains=settings.chains,
                seed=settings.seed + number,
            )
        with _timed(times, f"wave {number + 1}"):
            more = simulate(chains.flat(settings.points[number]), number)
        region = np.concatenate([np.zeros(len(design.z), dtype=bool), np.ones(len(more.z), dtype=bool)])
        design = design.joined(more)
        machinery = replace(machinery, emulator=_learn(targets, space, design, region, pool, times))
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


def _check(
    machinery: Machinery,
    likelihood: Likelihood,
    chains: Chains,
    settings: Settings,
    pool: Pool,
    checkpoint: Checkpoint | None,
    progress: Progress | None,
) -> Check:
    z = chains.flat(settings.check)
    true = simulate_moments(
        machinery.targets,
        machinery.space,
        z,
        replicates=settings.check_replicates,
        seed=settings.seed,
        stage="check",
        pool=pool,
        batch=settings.batch,
        common=True,
        checkpoint=checkpoint,
        progress=_teller(progress)(Say("true runs", "echte runs")),
    )
    emulated = machinery.emulator.means(z)
    mean = np.where(np.isfinite(true.mean), true.mean, emulated)
    gap = (mean - emulated).mean(axis=0)
    level, shape = {}, {}
    for town, place in machinery.targets.places.items():
        allowed = true.variance[place] / true.replicates + np.square(machinery.emulator.error_sd[place])
        moves = allowed > 1e-12
        apart = np.square(mean[:, place] - emulated[:, place] - gap[place]).mean(axis=0)
        level[town] = float(np.mean(np.square(gap[place][moves]) / allowed[moves])) if moves.any() else 0.0
        shape[town] = float(np.mean(apart[moves] / allowed[moves])) if moves.any() else 0.0
    _, raw = smoothed_weights(likelihood.log(mean - gap, z) - likelihood.log(emulated, z))
    proposals = chains.flat()
    better = _relearn(machinery, true, settings, pool)
    new, old = (each.means(proposals) for each in (better, machinery.emulator))
    weights, k_hat = smoothed_weights(likelihood.log(new, proposals) - likelihood.log(old, proposals))
    return Check(z, mean, level, shape, better, proposals, weights, k_hat, raw)


def _relearn(machinery: Machinery, true: Moments, settings: Settings, pool: Pool) -> Emulator:
    """Return the emulator that has seen the true runs too (they share their luck: one batch)."""
    design = machinery.design
    if design is None:
        return machinery.emulator
    one = replace(true, batch=np.zeros(len(true.z), dtype=np.int64), replicates=settings.replicates)
    region = np.ones(len(design.z), dtype=bool) if machinery.region is None else machinery.region
    both = replace(design.joined(one), variance=design.variance)
    region = np.concatenate([region, np.zeros(len(true.z), dtype=bool)])
    return fit_emulator(machinery.targets, machinery.space, both, region=region, pool=pool)


def smoothed_weights(log_weights: Array) -> tuple[Array, float]:
    """Return Pareto-smoothed importance weights (sum 1) and the k-hat of their tail."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz

        smooth: Callable[..., tuple[object, object]] = arviz.psislw
        found, k_hat = smooth(np.array(log_weights, dtype=float))
    weights = np.exp(np.asarray(found, dtype=np.float64))
    return weights / weights.sum(), float(np.asarray(k_hat, dtype=np.float64))


def _draws(machinery: Machinery, chains: Chains, check: Check | None, settings: Settings) -> tuple[Array, Array]:
    """Return equally likely draws and their moments: resampled by weight when the weights can be trusted."""
    if check is not None and check.k_hat < MOST_K:
        start = np.random.default_rng(settings.seed).random()
        steps = (start + np.arange(settings.keep)) / settings.keep
        found = np.searchsorted(np.cumsum(check.weights), steps)
        z = check.proposals[np.minimum(found, len(check.proposals) - 1)]
        return z, check.emulator.means(z)
    z = chains.flat(settings.keep)
    return z, machinery.emulator.means(z)


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
    }
