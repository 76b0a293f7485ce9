"""What the outcomes hang on: parameters (Sobol), priors (reweighting), and the presence of mechanisms.

Sobol indices are of the emulated projections over the prior (Saltelli's scheme of SALib); an outcome whose
emulator predicts poorly out of sample is refused. Prior sensitivity reweights posterior draws; Pareto k-hat
says where that cannot be trusted, and there the emulator is fitted again under the other prior. A mechanism
is switched off in true runs at posterior draws; the moments of the model without it are the emulated ones
plus that mean change; the rest is then refitted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from calibration.fit.checkpoint import Checkpoint, array_digest
from calibration.fit.joint import Machinery, smoothed_weights
from calibration.fit.sampler import approximate, sample
from calibration.fit.simulate import town_moments, town_work
from calibration.likelihood.joint import Likelihood
from calibration.posteriors.projections import ProjectionEmulator
from scenarios.execution.processes import Pool, one_thread
from sim.problems import InputError, Problem, Say, within

__all__ = [
    "LEAST_R2",
    "PriorShift",
    "Sobol",
    "Variant",
    "check_emulator",
    "prior_refits",
    "prior_sensitivity",
    "sobol",
    "variants",
]

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
# An emulator that explains less than this, on runs it has not seen, is not analysed.
LEAST_R2 = 0.7
# A refit of which more than this share of latents lies outside the design is not trusted.
MOST_BEYOND = 0.05


@dataclass(frozen=True)
class Sobol:
    """Indices of one outcome over groups of inputs, with 95% half widths; `r2`: of the emulator, new runs.

    `refused`: the emulator is too poor; the indices are empty.
    """

    outcome: str
    text: Say
    r2: float
    groups: tuple[str, ...]
    first: Array
    first_half: Array
    total: Array
    total_half: Array

    @property
    def refused(self) -> bool:
        """Whether the emulator was too poor to be analysed."""
        return not len(self.total)


@dataclass(frozen=True)
class PriorShift:
    """What another prior does to a projection: its posterior mean and deviation before and after.

    `k_hat`: of the weights; after a refit NaN, and `beyond` is the share of its changed latents outside
    three deviations of the shipped prior, where the emulator saw next to no runs.
    """

    parameter: str
    factor: float
    outcome: str
    before: tuple[float, float]
    after: tuple[float, float]
    k_hat: float
    beyond: float = 0.0

    @property
    def refitted(self) -> bool:
        """Whether the fit was made again, in place of weights."""
        return bool(np.isnan(self.k_hat))

    @property
    def moved(self) -> float:
        """Move of the mean, in posterior standard deviations."""
        return (self.after[0] - self.before[0]) / self.before[1] if self.before[1] > 0 else 0.0

    @property
    def trusted(self) -> bool:
        """Whether the reweighting can be trusted, or the refit stayed where the emulator learned."""
        return self.beyond < MOST_BEYOND if self.refitted else self.k_hat < 0.7


@dataclass(frozen=True)
class Variant:
    """The model without one mechanism.

    Attributes:
        mechanism, title: which.
        change: mean log likelihood of all rows with the mechanism off, minus with it on, all else as
            calibrated; `error` its standard error over the draws.
        misfit: penalised misfit after a refit without it, minus the full model's.
        evidence: log marginal likelihood (Laplace) without it minus with it; below 0 the mechanism helps.
    """

    mechanism: str
    title: Say
    change: float
    error: float
    misfit: float
    evidence: float


def check_emulator(projections: ProjectionEmulator, z: Array, true: Array) -> Array:
    """Return R2 of the emulator on runs it has not seen: z [K, D], true [K, Q]."""
    if len(z) < 10:
        raise InputError([Problem("check", len(z), Say("10 vectors or more", "10 vectoren of meer"))])
    missed = np.square(true - projections.means(z)).sum(axis=0)
    around = np.square(true - true.mean(axis=0)).sum(axis=0)
    return np.asarray(1.0 - missed / np.maximum(around, 1e-300))


def sobol(projections: ProjectionEmulator, r2: Array, *, points: int = 512, seed: int = 1) -> tuple[Sobol, ...]:
    """Return Sobol indices of every projection over the prior.

    Args:
        projections: the emulator.
        r2: of each outcome on runs it has not seen (`check_emulator`).
        points: a power of two; the emulator is evaluated points x (groups + 2) times.
        seed: of the scrambling.

    Free parameters stand alone; all others are one group, and so are the municipality's own numbers.
    """
    if points < 64 or points & (points - 1):
        said = Say("a power of two, 64 or more", "een macht van twee, 64 of meer")
        raise InputError([Problem("points", points, said)])
    import warnings

    analyse, draw = (import_module(f"SALib.{name}.sobol") for name in ("analyze", "sample"))

    space = projections.space
    names = list(space.names)
    mine = [name for name in names if not name.startswith(("error.", "bias."))]
    mine = [name for name in mine if ":" not in name or name.startswith(f"{projections.town or 'new'}:")]

    def group_of(name: str) -> str:
        if name in space.free:
            return name
        return "municipality" if name.startswith("tau.") or ":" in name else "other parameters"

    labels = [group_of(name) for name in mine]
    groups = tuple(dict.fromkeys(labels))
    problem = {
        "num_vars": len(mine),
        "names": mine,
        "groups": labels,
        "bounds": [[0.0, 1.0]] * len(mine),
        "dists": ["norm"] * len(mine),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sample = draw.sample(problem, points, calc_second_order=False, seed=seed)
        z = np.zeros((len(sample), space.dimension))
        z[:, [space.index[name] for name in mine]] = np.clip(sample, -4.0, 4.0)
        values = np.concatenate([projections.means(part) for part in np.array_split(z, -(-len(z) // 4096))])
        found = []
        for number, quantity in enumerate(projections.quantities):
            empty = np.zeros(0)
            if not r2[number] >= LEAST_R2:
                found.append(Sobol(quantity.name, quantity.text, float(r2[number]), groups, *([empty] * 4)))
                continue
            made = analyse.analyze(problem, values[:, number], calc_second_order=False, num_resamples=200, seed=seed)
            found.append(
                Sobol(
                    quantity.name,
                    quantity.text,
                    float(r2[number]),
                    groups,
                    np.asarray(made["S1"]),
                    np.asarray(made["S1_conf"]),
                    np.asarray(made["ST"]),
                    np.asarray(made["ST_conf"]),
                )
            )
    return tuple(found)


def prior_sensitivity(
    names: Sequence[str],
    outcomes: Sequence[str],
    latent: Array,
    values: Array,
    *,
    factors: Sequence[float] = (0.5, 2.0),
) -> tuple[PriorShift, ...]:
    """Return how projections move when the prior of a parameter is narrower or wider.

    Args:
        names: of the parameters, one per column of `latent`; each alone, then all at once (``all``).
        outcomes: of the projections.
        latent: posterior draws in prior standard deviations, [S, N].
        values: projections of the same draws, [S, Q].
        factors: of the prior's standard deviation.
    """
    if len(latent) != len(values) or latent.shape[1] != len(names) or min(factors, default=0.0) <= 0:
        said = Say("as many draws of latents as of projections", "evenveel trekkingen van beide")
        raise InputError([Problem("draws", f"{latent.shape}, {values.shape}", said)])
    found = []
    before = values.mean(axis=0), values.std(axis=0)
    for factor in factors:
        each = -0.5 * np.square(latent) * (1 / factor**2 - 1)
        for number, name in [*enumerate(names), (-1, "all")]:
            weights, k_hat = smoothed_weights(each.sum(axis=1) if number < 0 else each[:, number])
            mean = weights @ values
            spread = np.sqrt(np.maximum(weights @ np.square(values - mean), 0.0))
            for q, outcome in enumerate(outcomes):
                found.append(
                    PriorShift(
                        name,
                        factor,
                        outcome,
                        (float(before[0][q]), float(before[1][q])),
                        (float(mean[q]), float(spread[q])),
                        k_hat,
                    )
                )
    return tuple(found)


def prior_refits(
    core: Machinery,
    outcomes: Sequence[str],
    project: Callable[[Array], Array],
    shifts: Sequence[PriorShift],
    *,
    seed: int = 1,
) -> tuple[PriorShift, ...]:
    """Return `shifts` with a refit on the emulator in place of weights that cannot be trusted.

    Before and after are both of this emulator, with the same chains: they differ by the prior alone.

    Args:
        core: emulator and covariances.
        outcomes: of the projections.
        project: projections [K, Q] of latents [K, D].
        shifts: of `prior_sensitivity`.
        seed: of the chains.
    """
    poor = list(dict.fromkeys((each.parameter, each.factor) for each in shifts if not each.trusted))
    if not poor:
        return tuple(shifts)
    likelihood = core.likelihood()
    base = project(_drawn(core, likelihood, np.ones(core.space.dimension), seed))
    before = base.mean(axis=0), base.std(axis=0)
    made: dict[tuple[str, float, str], PriorShift] = {}
    for name, factor in poor:
        changed = [core.space.index[each] for each in (core.space.free if name == "all" else (name,))]
        scale = np.ones(core.space.dimension)
        scale[changed] = factor
        z = _drawn(core, likelihood, scale, seed)
        values = project(z)
        beyond = float((np.abs(z[:, changed]) > 3.0).mean())
        for q, outcome in enumerate(outcomes):
            made[name, factor, outcome] = PriorShift(
                name,
                factor,
                outcome,
                (float(before[0][q]), float(before[1][q])),
                (float(values[:, q].mean()), float(values[:, q].std())),
                float("nan"),
                beyond,
            )
    return tuple(made.get((each.parameter, each.factor, each.outcome), each) for each in shifts)


def _drawn(core: Machinery, likelihood: Likelihood, scale: Array, seed: int) -> Array:
    """Return draws [S, D] of the posterior under priors `scale` times as wide."""
    slope, curvature = likelihood.log_errors(core.space.dimension)
    with one_thread():
        shape = approximate(
            lambda u: likelihood.white(core.emulator.means(u * scale), u * scale),
            core.space.dimension,
            slope=slope,
            curvature=curvature,
        )
        found = sample(
            lambda u: likelihood.log(core.emulator.means(u * scale), u * scale),
            core.space.dimension,
            draws=100,
            warm=200,
            thin=6,
            chains=8,
            seed=seed,
            approximation=shape,
            gradient=lambda u: core.gradient(likelihood)(u * scale) * scale,
        )
    return found.flat() * scale


def variants(
    core: Machinery,
    z: Array,
    *,
    mechanisms: Sequence[str] = (),
    replicates: int = 2,
    seed: int = 1,
    pool: Pool | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> tuple[Variant, ...]:
    """Return what the rows say of the model without each mechanism, the most missed first.

    Args:
        core: emulator and covariances.
        z: posterior draws to switch off in, [K, D]; 8 to 32.
        mechanisms: all that can be switched off when left out.
        replicates: trials per draw; on and off share their luck.
        seed: base seed.
        pool: processes.
        checkpoint: where runs are kept.
        progress: called with (stage, done, all).

    Raises:
        InputError: too few draws, mechanisms that do not exist or cannot be switched off.
    """
    from sim.parameters import MECHANISMS, PARAMETERS, defaults, switch_off

    if not 4 <= len(z) <= 1000:
        raise InputError([within("draws", len(z), 4, 1000)])
    movable = {name.split(".")[0] for name, each in PARAMETERS.items() if each.off is not None}
    chosen = list(mechanisms) or [n for n, each in MECHANISMS.items() if not each.core and n in movable]
    switch_off(defaults(), chosen)  # refuses unknown names
    tables = _switched(core, z, [(), *((n,) for n in chosen)], replicates, seed, pool or Pool(1), checkpoint, progress)
    likelihood = core.likelihood()
    base = core.emulator.means(z)
    on = likelihood.log(base, z)
    misfit, evidence = _laplace(core, likelihood)
    found = []
    for number, name in enumerate(chosen, start=1):
        shift = np.nan_to_num(tables[number] - tables[0])
        gain = likelihood.log(base + shift, z) - on
        without = _laplace(_moved(core, shift.mean(axis=0)), likelihood)
        found.append(
            Variant(
                name,
                MECHANISMS[name].title,
                float(gain.mean()),
                float(gain.std(ddof=1) / np.sqrt(len(z))),
                without[0] - misfit,
                without[1] - evidence,
            )
        )
    return tuple(sorted(found, key=lambda each: each.evidence))


def _switched(
    core: Machinery,
    z: Array,
    off: Sequence[Sequence[str]],
    replicates: int,
    seed: int,
    pool: Pool,
    checkpoint: Checkpoint | None,
    progress: Progress | None,
) -> Array:
    """Return the moments at z with mechanisms off, shape [variants, K, T]; all share their luck."""
    targets, space = core.targets, core.space
    found = np.full((len(off), len(z), len(targets.rows)), np.nan)
    tasks, where, names_of = [], [], []
    for town in targets.towns:
        for number, names in enumerate(off):
            work = town_work(targets, space, z, town, seed, replicates, off=names)
            digest = array_digest(work.vectors, work.place, work.codes, targets.ids, replicates, seed)
            kept = checkpoint.load(f"variants/{digest[:16]}", digest) if checkpoint else None
            if kept is not None:
                found[number][:, targets.places[town]] = kept["mean"]
                continue
            names_of.append(digest)
            tasks.append((town_moments, (work,)))
            where.append((number, targets.places[town]))
    for done, (task, result) in enumerate(pool.run(tasks), start=1):
        number, place_of = where[task]
        found[number][:, place_of] = result["mean"]
        if checkpoint:
            checkpoint.save(f"variants/{names_of[task][:16]}", names_of[task], result)
        if progress:
            progress("variants", done, len(tasks))
    return found


def _moved(core: Machinery, shift: Array) -> Machinery:
    """Return the machinery with moments moved by `shift` [T]; the first feature of a town is the constant."""
    towns = {}
    for town, each in core.emulator.towns.items():
        weights = each.weights.copy()
        weights[0] += shift[core.emulator.places[town]]
        towns[town] = replace(each, weights=weights)
    return replace(core, emulator=replace(core.emulator, towns=towns))


def _laplace(core: Machinery, likelihood: Likelihood) -> tuple[float, float]:
    """Return the penalised misfit at the mode and the log marginal likelihood by Laplace's method."""
    base = core.approximation(likelihood)
    at = base.mean[None]
    means = core.emulator.means(at)
    white = likelihood.white(means, at)[0]
    top = float(likelihood.log(means, at)[0])
    penalty = float(base.mean @ base.mean)
    volume = float(np.linalg.slogdet(base.factor)[1])
    return float(white @ white) + penalty, top - 0.5 * penalty + volume
