"""The same posterior by another road: an ensemble smoother on true runs, without emulator or chains.

Ensemble smoother with multiple data assimilation: an ensemble from the prior meets the figures `steps` times,
each time with the sampling covariance times alpha = steps, and moves by regression of latents on simulated
figures. A member is one simulated trial, so that its own noise is one share of the perturbation that the
method asks for (the rest, alpha - 1, is added). Regression of 200 latents on 200 figures by some hundred
members finds correlations that are not there: every correlation is shrunk by its own error. Two ensembles
with luck of their own tell the Monte Carlo error.

The smoother knows numbers only: both methods are compared without the findings in words and with standard
errors at their medians.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from calibration.fit.checkpoint import Checkpoint
from calibration.fit.halves import design_error
from calibration.fit.joint import Data, Fit
from calibration.fit.result import sampling_covariance
from calibration.fit.sampler import diagnose
from calibration.fit.simulate import simulate_moments
from calibration.fit.space import Space
from calibration.likelihood.covariance import denoised
from scenarios.execution.processes import Pool
from sim.problems import Say
from sim.random_numbers import stream

__all__ = ["compare", "cross_check", "smoother"]

Array = NDArray[np.float64]
Progress = Callable[[Say, int, int], None]
_STEPS = 4


def cross_check(
    found: Fit,
    *,
    members: int = 768,
    ensembles: int = 2,
    pool: Pool | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> dict[str, object]:
    """Return both methods beside each other: mean and sd of the free parameters' latents, and the verdict.

    Args:
        found: the fit to check.
        members: parameter sets per ensemble and step.
        ensembles: independent repetitions (two or more), for the Monte Carlo error.
        pool, checkpoint, progress: as `calibration.fit.joint.fit`.
    """
    machinery, settings = found.machinery, found.settings
    words = {row.id: None for row in machinery.targets.rows if row.kind == "ordinal"}
    silent = machinery.targets.without(list(words))
    likelihood = machinery.likelihood(Data(found.data.y, words, found.data.exact), scores=False)
    chains = machinery.sample(
        likelihood, draws=settings.draws, warm=settings.warm, thin=settings.thin, seed=settings.seed + 17
    )
    kept = np.array([row.kind != "ordinal" for row in machinery.targets.rows])
    matrix = sampling_covariance(machinery.targets, machinery.covariances, exact=found.data.exact)
    sigma = matrix[np.ix_(kept, kept)]
    y = (machinery.targets.observed if found.data.y is None else found.data.y)[kept]
    shift = np.zeros((machinery.space.dimension, int(kept.sum())))
    for number, name in enumerate(machinery.targets.biases):
        width = machinery.space.biases[name]
        shift[machinery.space.index[f"bias.{name}"]] = width * machinery.targets.bias_matrix[number, kept]
    used = pool or Pool(1)
    results = []
    for ensemble in range(ensembles):

        def run(z: Array, step: int, ensemble: int = ensemble) -> Array:
            stage = f"smoother{ensemble}_{step}"
            text = Say(f"smoother {ensemble + 1}, step {step + 1}", f"smoother {ensemble + 1}, stap {step + 1}")
            told = None if progress is None else lambda done, total: progress(text, done, total)
            moments = simulate_moments(
                silent,
                machinery.space,
                z,
                replicates=1,
                seed=settings.seed,
                stage=stage,
                pool=used,
                checkpoint=checkpoint,
                progress=told,
            ).mean
            return np.where(np.isfinite(moments), moments, np.nanmean(moments, axis=0)) + z @ shift

        prior = np.random.default_rng(stream("smoother", settings.seed, ensemble))
        z = prior.standard_normal((members, machinery.space.dimension))
        results.append(smoother(run, z, y, sigma, generator=prior))
    effective = diagnose(chains)["ess"][:-1]
    free = np.array([machinery.space.index[name] for name in machinery.space.free])
    design = 0.0 if found.halves is None else design_error(found.halves, free)
    return compare(machinery.space, chains.flat(), effective, results, design=design)


def smoother(
    run: Callable[[Array, int], Array],
    z: Array,
    y: Array,
    sigma: Array,
    *,
    generator: np.random.Generator,
    steps: int = _STEPS,
    noisy: bool = True,
) -> Array:
    """Return the ensemble [K, D] after all steps.

    Args:
        run: simulated figures [K, T] of an ensemble [K, D] and the number of the step.
        z: ensemble of the prior N(0, I).
        y: figures, shape [T].
        sigma: their sampling covariance [T, T].
        generator: of the perturbations.
        steps: assimilations.
        noisy: whether each member's figures carry the noise of one trial already.
    """
    root = np.linalg.cholesky(sigma + 1e-12 * np.diag(np.diag(sigma)) + 1e-14 * np.eye(len(sigma)))
    added = math.sqrt(steps - 1.0 if noisy else float(steps))
    for step in range(steps):
        figures = run(z, step)
        spread, wide = figures.std(axis=0, ddof=1), z.std(axis=0, ddof=1)
        spread = np.where(spread > 1e-9, spread, 1.0)
        t, u = (figures - figures.mean(axis=0)) / spread, (z - z.mean(axis=0)) / wide
        n = len(z)
        among = denoised(t.T @ t / (n - 1), n, 0.02) * np.outer(spread, spread)
        cross = _shrunk(u.T @ t / (n - 1), n) * np.outer(wide, spread)
        noise = (steps - 1.0 if noisy else float(steps)) * sigma
        gain = np.linalg.solve(among + noise, cross.T)
        perturbed = y + added * generator.standard_normal((n, len(y))) @ root.T
        z = z + (perturbed - figures) @ gain
    return z


def compare(
    space: Space, draws: Array, effective: Array, ensembles: list[Array], *, design: float = 0.0
) -> dict[str, object]:
    """Return rows (name, both means and sds, difference over Monte Carlo error) and the verdict in words.

    Monte Carlo error is that of the ensembles, of the chains, and of the `design` from which the emulator
    learned (`calibration.fit.halves`).
    """
    names = (*space.free, *(f"bias.{name}" for name in space.biases))
    places = np.array([space.index[name] for name in names])
    sd = draws[:, places].std(axis=0)
    mean = draws[:, places].mean(axis=0)
    means = np.stack([each[:, places].mean(axis=0) for each in ensembles])
    sds = np.stack([each[:, places].std(axis=0, ddof=1) for each in ensembles])
    # one pooled error: repetitions are few, parameters many
    between = math.sqrt(float(np.mean(means.var(axis=0, ddof=1)))) / math.sqrt(len(ensembles))
    error = np.sqrt(between**2 + design**2 + np.square(sd) / effective[places])
    z = (mean - means.mean(axis=0)) / error
    rows = [
        {
            "name": space.names[place],
            "mean": float(mean[k]),
            "sd": float(sd[k]),
            "other_mean": float(means[:, k].mean()),
            "other_sd": float(sds[:, k].mean()),
            "z": float(z[k]),
        }
        for k, place in enumerate(places)
    ]
    inside = float(np.mean(np.abs(z) < 1.96))
    gap = float(np.sqrt(np.mean(np.square(mean - means.mean(axis=0)))))
    least = 0.95 - 2.0 * math.sqrt(0.95 * 0.05 / len(places))  # what chance leaves of 95% over so few
    agree = inside >= least and bool(np.max(np.abs(z)) < 3.5)
    ratio = float(np.mean(sds.mean(axis=0) / sd))
    en = "the methods differ by more than Monte Carlo error"
    nl = "de methoden verschillen meer dan de Monte Carlo-fout"
    if agree:
        en = "both methods agree within Monte Carlo error"
        nl = "beide methoden stemmen overeen binnen de Monte Carlo-fout"
    return {
        "rows": rows,
        "agree": agree,
        "inside": inside,
        "monte_carlo_error": between,
        "design_error": design,
        "root_mean_square_difference": gap,
        "sd_ratio": ratio,
        "verdict": {
            "en": f"{en}: {inside:.0%} within 1.96 errors, smoother error {between:.2f}, "
            f"error by the emulator's design {design:.2f}, rms gap {gap:.2f}, ratio of sds {ratio:.2f}",
            "nl": f"{nl}: {inside:.0%} binnen 1,96 fouten, fout van de smoother {between:.2f}, "
            f"fout door het ontwerp van de emulator {design:.2f}, rms-verschil {gap:.2f}, "
            f"verhouding van sd's {ratio:.2f}",
        },
    }


def _shrunk(correlation: Array, members: int) -> Array:
    """Return correlations without what chance alone brings, entry by entry."""
    square = np.maximum(np.square(correlation), 1e-12)
    return np.asarray(correlation * np.clip(1.0 - np.square(1.0 - square) / (members * square), 0.0, 1.0))
