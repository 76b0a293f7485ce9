"""The amortised fit: one design, one emulator and one covariance that serve any data of these trials.

A fit of the real evidence narrows its design to where the data point; here the design covers the prior, so
that the posterior of any figures costs seconds. Used to test the calibration on synthetic truths and to
refit without some of the rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from calibration.fit.checkpoint import Checkpoint, array_digest
from calibration.fit.emulator import fit_emulator
from calibration.fit.joint import Data, Machinery, make_fit_space
from calibration.fit.sampler import diagnose, sample
from calibration.fit.simulate import covariances, simulate_moments
from calibration.fit.space import Space
from calibration.likelihood.joint import Likelihood, synthetic_readings
from calibration.likelihood.targets import Targets
from calibration.posteriors.projections import ProjectionEmulator, fit_projections, project
from scenarios.execution.processes import Pool, one_thread
from sim.problems import InputError, Problem, within

__all__ = ["Amortised", "Refit", "build_machinery", "latent_design", "refit", "stamp_of", "synthetic_likelihood"]

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Amortised:
    """What every refit shares: rows, emulator, covariances, projections; `seconds`: what it cost to make."""

    core: Machinery
    projections: ProjectionEmulator | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def targets(self) -> Targets:
        """The rows."""
        return self.core.targets

    @property
    def space(self) -> Space:
        """What the latents mean."""
        return self.core.space


@dataclass(frozen=True)
class Refit:
    """One posterior: draws [S, D], misfit at the mode and where the mode is; R-hat of what matters."""

    z: Array
    misfit: float
    freedom: int
    mode: Array
    rhat: float


def latent_design(size: int, dimension: int, seed: int) -> Array:
    """Return a scrambled Sobol sample of N(0, I), shape [size, dimension]."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    points = qmc.Sobol(dimension, scramble=True, rng=np.random.default_rng(seed)).random(size)
    return np.asarray(ndtri(np.clip(points, 1e-6, 1 - 1e-6)))


def build_machinery(
    targets: Targets,
    *,
    design: int = 1024,
    replicates: int = 2,
    trials: int = 1000,
    people: int = 1500,
    seeds: int = 3,
    seed: int = 1,
    pool: Pool | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> Amortised:
    """Simulate the design and fit the emulators of moments and projections.

    Args:
        targets: rows and trials.
        design: parameter sets over the prior.
        replicates: trials per set.
        trials: trials of the covariance, at the prior median.
        people, seeds: size of a projection.
        seed: base seed.
        pool: processes.
        checkpoint: where batches are kept.
        progress: called with (stage, done, all).

    Raises:
        InputError: sizes that cannot work.
    """
    problems: list[Problem] = []
    for name, value, low in (("design", design, 32), ("replicates", replicates, 2), ("trials", trials, 32)):
        if not low <= value <= 100_000:
            problems.append(within(name, value, low, 100_000))
    InputError.raise_if(problems)
    pool = pool or Pool(1)
    space = make_fit_space(targets)
    z = latent_design(design, space.dimension, seed)
    seconds: dict[str, float] = {}
    start = time.perf_counter()
    moments = simulate_moments(
        targets,
        space,
        z,
        replicates=replicates,
        seed=seed,
        stage="amortised",
        pool=pool,
        checkpoint=checkpoint,
        progress=_named(progress, "design"),
    )
    seconds["design"], start = time.perf_counter() - start, time.perf_counter()
    spread = covariances(
        targets,
        space,
        np.zeros(space.dimension),
        replicates=trials,
        seed=seed,
        stage="amortised_covariance",
        pool=pool,
        checkpoint=checkpoint,
        progress=_named(progress, "covariance"),
    )
    seconds["covariance"], start = time.perf_counter() - start, time.perf_counter()
    with one_thread():
        emulator = fit_emulator(targets, space, moments)
    seconds["emulator"], start = time.perf_counter() - start, time.perf_counter()
    town = "nijmegen" if "nijmegen" in targets.towns else targets.towns[0]
    projected = projected_at(space, z, town, people, seeds, seed, pool, checkpoint, progress)
    with one_thread():
        projections = fit_projections(space, z, projected, town=town)
    seconds["projections"] = time.perf_counter() - start
    return Amortised(Machinery(targets, space, emulator, spread), projections, seconds)


def projected_at(
    space: Space,
    z: Array,
    town: str | None,
    people: int,
    seeds: int,
    seed: int,
    pool: Pool,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
    batch: int = 16,
) -> Array:
    """Return the projections [K, Q] at z, in batches on the processes of `pool`, kept when done."""
    found: dict[int, Array] = {}
    tasks, places, digests = [], [], []
    for number, first in enumerate(range(0, len(z), batch)):
        part = z[first : first + batch]
        digest = array_digest(part, town, people, seeds, seed, space.digest())
        kept = checkpoint.load(f"projections/{number:04d}_{digest[:6]}", digest) if checkpoint else None
        if kept is not None:
            found[number] = kept["values"]
            continue
        tasks.append((_projected, (space, part, town, people, seeds, seed)))
        places.append(number)
        digests.append(digest)
    for task, result in pool.run(tasks):
        number = places[task]
        found[number] = result["values"]
        if checkpoint:
            checkpoint.save(f"projections/{number:04d}_{digests[task][:6]}", digests[task], result)
        if progress:
            progress("projections", len(found), len(found) + len(tasks) - task - 1)
    return np.concatenate([found[number] for number in sorted(found)])


def synthetic_likelihood(core: Machinery, y: Array) -> Likelihood:
    """Return the likelihood of figures [T] of the simulator: words are told from them as reports do."""
    sd = np.empty(len(y))
    for town, place in core.targets.places.items():
        sd[place] = core.covariances[town].sd
    readings = synthetic_readings(core.targets, [float(t) for t in y / np.maximum(sd, 1e-9)])
    return core.likelihood(Data(y, readings, exact=True))


def refit(
    core: Machinery,
    likelihood: Likelihood,
    *,
    seed: int,
    chains: int = 10,
    draws: int = 40,
    warm: int = 60,
    thin: int = 8,
    checkpoint: Checkpoint | None = None,
) -> Refit:
    """Return the posterior of a likelihood under the emulator of `core`.

    Args:
        core: emulator and space.
        likelihood: of the data, or of some of the rows.
        seed: of the chains.
        chains, draws, warm, thin: as in `calibration.fit.sampler.sample`.
        checkpoint: where the posterior is kept.
    """
    digest = array_digest(stamp_of(core), _told(likelihood), seed, chains, draws, warm, thin)
    name = f"refits/{digest[:16]}"
    kept = checkpoint.load(name, digest) if checkpoint else None
    if kept is not None:
        return Refit(kept["z"], float(kept["misfit"]), int(kept["freedom"]), kept["mode"], float(kept["rhat"]))
    with one_thread():
        base = core.approximation(likelihood)
        made = sample(
            core.log(likelihood),
            core.space.dimension,
            draws=draws,
            warm=warm,
            thin=thin,
            chains=chains,
            seed=seed,
            approximation=base,
            gradient=core.gradient(likelihood),
        )
        at = likelihood.white(core.emulator.means(base.mean[None]), base.mean[None])[0]
    look = np.array([core.space.index[name] for name in core.space.free])
    rhat = float(np.max(diagnose(made, look)["rhat"][:-1]))
    found = Refit(made.flat(), float(at @ at + base.mean @ base.mean), len(at), base.mean, rhat)
    if checkpoint:
        plain = {"misfit": found.misfit, "freedom": float(found.freedom), "rhat": found.rhat}
        arrays = {each: np.array(value) for each, value in plain.items()}
        checkpoint.save(name, digest, {"z": found.z, "mode": found.mode, **arrays})
    return found


def stamp_of(core: Machinery) -> str:
    """Return a hash of everything that a refit depends on besides the figures."""
    towns = core.emulator.towns.values()
    spreads = [array for each in core.covariances.values() for array in (each.sd, each.correlation)]
    weights = [array for each in towns for array in (each.weights, each.error)]
    return array_digest(core.space.digest(), core.targets.ids, *weights, *spreads)


def _told(likelihood: Likelihood) -> str:
    """Return a hash of the figures and words in a likelihood."""
    parts: list[object] = []
    for each in likelihood.towns.values():
        parts += [each.at, each.y, each.d0, each.log_sd, each.lower, each.upper, each.count, each.people]
    return array_digest(*parts)


def _projected(space: Space, z: Array, town: str | None, people: int, seeds: int, seed: int) -> dict[str, Array]:
    return {"values": project(space, z, town=town, people=people, seeds=seeds, seed=seed)}


def _named(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, whole: progress(stage, done, whole)
