"""Sampling of latents whose prior is N(0, I), all chains at once: by Hamiltonian moves, or by elliptical slices.

With a gradient, trajectories of about a quarter of an orbit run in coordinates in which the normal approximation
is round; a move is accepted by the log density itself, so that a gradient that is only nearly right costs moves
but no truth. Step sizes adapt for each chain while it warms up, and stay after that.

The ellipse goes through a point drawn from a normal approximation of the posterior (Gauss and Newton's, from
the whitened residuals), and the slice is of posterior over approximation; that leaves the posterior
exactly invariant for any approximation and mixes in a few steps when it is good. Every chain has its own
random numbers: results do not depend on how many chains run together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.random_numbers import stream

__all__ = ["Approximation", "Chains", "Log", "approximate", "diagnose", "refined", "sample"]

Array = NDArray[np.float64]
Log = Callable[[Array], Array]  # [K, D] -> [K]
Residuals = Callable[[Array], Array]  # [K, D] -> [K, R]
Progress = Callable[[int, int], None]
Gradient = Callable[[Array], Array]  # [K, D] -> [K, D]
_MOST_STEPS = 200
# Leapfrog steps of a trajectory, the longest one in radians, and the share of moves to be accepted.
_LEAPS = 6
_ORBIT = 2.0
_ACCEPT = 0.8


@dataclass(frozen=True)
class Approximation:
    """A normal law N(mean, factor factor') of the latents."""

    mean: Array
    factor: Array
    inverse: Array

    def log(self, z: Array) -> Array:
        """Return the log density up to a constant, [K, D] -> [K]."""
        return np.asarray(-0.5 * np.square((z - self.mean) @ self.inverse.T).sum(axis=1))


@dataclass(frozen=True)
class Chains:
    """Draws [chains, draws, D], their log likelihood [chains, draws] and evaluations per draw."""

    z: Array
    log_likelihood: Array
    steps: float

    def flat(self, draws: int | None = None) -> Array:
        """Return draws of all chains [K, D], thinned evenly to `draws`."""
        whole: Array = self.z.transpose(1, 0, 2).reshape(-1, self.z.shape[2])
        if draws is None or draws >= len(whole):
            return whole
        return np.asarray(whole[np.linspace(0, len(whole) - 1, draws).round().astype(int)])


def prior_approximation(dimension: int) -> Approximation:
    """Return N(0, I): plain elliptical slice sampling."""
    unit = np.eye(dimension)
    return Approximation(np.zeros(dimension), unit, unit)


def approximate(
    residuals: Residuals, dimension: int, *, slope: Array | None = None, curvature: Array | None = None, steps: int = 15
) -> Approximation:
    """Return the normal approximation of the posterior of unit-normal residuals and a N(0, I) prior.

    Gauss-Newton with halving; the Jacobian by central differences.

    Args:
        residuals: whitened residuals of many vectors.
        dimension: of z.
        slope, curvature: first and added second derivatives [D] of what else stands in the minus log
            posterior (log standard errors).
        steps: at most.
    """
    z = np.zeros(dimension)
    tilt = np.zeros(dimension) if slope is None else slope
    bend = np.ones(dimension) + (0.0 if curvature is None else curvature)

    def loss(at: Array) -> float:
        return float(0.5 * np.square(residuals(at[None])[0]).sum() + 0.5 * at @ at + tilt @ at)

    now = loss(z)
    jacobian, here = _jacobian(residuals, z)
    for _ in range(steps):
        precision = np.diag(bend) + jacobian.T @ jacobian
        move = -np.linalg.solve(precision, jacobian.T @ here + z + tilt)
        size = 1.0
        while size > 1e-3 and not loss(z + size * move) < now:
            size *= 0.5
        if size <= 1e-3:
            break
        z = z + size * move
        before, now = now, loss(z)
        jacobian, here = _jacobian(residuals, z)
        if before - now < 1e-2:
            break
    values, vectors = np.linalg.eigh(np.diag(bend) + jacobian.T @ jacobian)
    root = np.sqrt(values)
    return Approximation(z, (vectors / root) @ vectors.T, (vectors * root) @ vectors.T)


def refined(approximation: Approximation, draws: Array) -> Approximation:
    """Return the approximation moved and stretched, along its own axes, to draws [K, D] of the posterior.

    Means and spreads are shrunk towards the old ones by what autocorrelated draws can tell.
    """
    turned = (draws - approximation.mean) @ approximation.inverse.T
    trust = len(draws) / (len(draws) + 100.0)
    mean = trust * turned.mean(axis=0)
    spread = np.clip(turned.std(axis=0) ** trust, 0.5, 2.0)
    return Approximation(
        approximation.mean + approximation.factor @ mean,
        approximation.factor * spread,
        approximation.inverse / spread[:, None],
    )


def sample(
    log: Log,
    dimension: int,
    *,
    draws: int,
    warm: int,
    chains: int = 4,
    seed: int = 1,
    approximation: Approximation | None = None,
    thin: int = 1,
    gradient: Gradient | None = None,
    progress: Progress | None = None,
) -> Chains:
    """Return `draws` per chain (after `warm`, one of every `thin`) from N(z; 0, I) exp(log(z)).

    Args:
        log: log likelihood of many vectors at once.
        dimension: of z.
        draws, warm, thin: kept and dropped.
        chains: started at overdispersed points of the approximation.
        seed: base seed.
        approximation: the ellipses; N(0, I) when left out.
        gradient: of the log likelihood, [K, D] -> [K, D]; Hamiltonian moves when given.
        progress: called with (steps done, steps).
    """
    base = approximation or prior_approximation(dimension)
    if gradient is not None:
        return _hamiltonian(log, gradient, base, draws, warm, chains, seed, thin, progress)
    generators = [np.random.default_rng(stream("sampler", seed, chain)) for chain in range(chains)]

    def normal() -> Array:
        return np.stack([each.standard_normal(dimension) for each in generators])

    def ratio(at: Array, likelihood: Array) -> Array:
        return np.asarray(likelihood - 0.5 * np.square(at).sum(axis=1) - base.log(at))

    z = base.mean + 1.5 * normal() @ base.factor.T
    likelihood = log(z)
    kept = np.empty((chains, draws, dimension))
    logs = np.empty((chains, draws))
    total, used = warm + draws * thin, 0
    for step in range(total):
        direction = normal() @ base.factor.T
        height = ratio(z, likelihood) + np.log([each.random() for each in generators])
        angle = np.array([2 * math.pi * each.random() for each in generators])
        low, high = angle - 2 * math.pi, angle.copy()
        centred = z - base.mean
        left = np.arange(chains)
        for _ in range(_MOST_STEPS):
            turn = angle[left, None]
            proposal = base.mean + centred[left] * np.cos(turn) + direction[left] * np.sin(turn)
            found = log(proposal)
            used += len(left)
            good = ratio(proposal, found) > height[left]
            z[left[good]], likelihood[left[good]] = proposal[good], found[good]
            left = left[~good]
            if not len(left):
                break
            for chain in left:
                if angle[chain] < 0:
                    low[chain] = angle[chain]
                else:
                    high[chain] = angle[chain]
                angle[chain] = low[chain] + (high[chain] - low[chain]) * generators[chain].random()
        if step >= warm and (step - warm) % thin == 0:
            kept[:, (step - warm) // thin] = z
            logs[:, (step - warm) // thin] = likelihood
        if progress and (step % 50 == 0 or step == total - 1):
            progress(step + 1, total)
    return Chains(kept, logs, used / (chains * total))


def _hamiltonian(
    log: Log,
    gradient: Gradient,
    base: Approximation,
    draws: int,
    warm: int,
    chains: int,
    seed: int,
    thin: int,
    progress: Progress | None,
) -> Chains:
    generators = [np.random.default_rng(stream("hamiltonian", seed, chain)) for chain in range(chains)]
    dimension = len(base.mean)

    def density(u: Array) -> tuple[Array, Array]:
        """Log posterior and log likelihood at u, in the round coordinates."""
        z = base.mean + u @ base.factor.T
        likelihood = log(z)
        return np.asarray(likelihood - 0.5 * np.square(z).sum(axis=1)), likelihood

    def force(u: Array) -> Array:
        z = base.mean + u @ base.factor.T
        return np.asarray((gradient(z) - z) @ base.factor)

    u = np.stack([each.standard_normal(dimension) for each in generators])
    now, likelihood = density(u)
    push = force(u)
    step = np.full(chains, 0.8 * dimension**-0.25)
    mean_log, smoothed = np.zeros(chains), np.log(step)
    centre = np.log(2.0 * step)
    kept, logs = np.empty((chains, draws, dimension)), np.empty((chains, draws))
    total = warm + draws * thin
    for turn in range(total):
        momentum = np.stack([each.standard_normal(dimension) for each in generators])
        jitter = np.array([0.8 + 0.4 * each.random() for each in generators])
        height = np.log([each.random() for each in generators])
        size = (step * jitter)[:, None]
        start = now - 0.5 * np.square(momentum).sum(axis=1)
        at, pushed, speed = u, push, momentum
        with np.errstate(over="ignore", invalid="ignore"):  # a trajectory that runs away is refused below
            for _ in range(_LEAPS):
                speed = speed + 0.5 * size * pushed
                at = at + size * speed
                pushed = force(at)
                speed = speed + 0.5 * size * pushed
            then, found = density(at)
            kinetic = 0.5 * np.square(speed).sum(axis=1)
        gain = np.nan_to_num(then - kinetic - start, nan=-np.inf)
        taken = height < gain
        u = np.where(taken[:, None], at, u)
        push = np.where(taken[:, None], pushed, push)
        now, likelihood = np.where(taken, then, now), np.where(taken, found, likelihood)
        if turn < warm:  # dual averaging towards the wanted share of moves (Hoffman and Gelman, 2014)
            share = np.minimum(np.exp(np.minimum(gain, 0.0)), 1.0)
            count = turn + 1.0
            mean_log = mean_log + (_ACCEPT - share - mean_log) / (count + 10.0)
            new = np.minimum(centre - np.sqrt(count) / 0.05 * mean_log, math.log(_ORBIT / _LEAPS))
            smoothed = count**-0.75 * new + (1.0 - count**-0.75) * smoothed
            step = np.exp(new if turn < warm - 1 else smoothed)
        elif (turn - warm) % thin == 0:
            kept[:, (turn - warm) // thin] = base.mean + u @ base.factor.T
            logs[:, (turn - warm) // thin] = likelihood
        if progress and (turn % 50 == 0 or turn == total - 1):
            progress(turn + 1, total)
    return Chains(kept, logs, float(_LEAPS))


def diagnose(chains: Chains, places: NDArray[np.int64] | None = None) -> dict[str, Array]:
    """Return rhat and bulk effective sample size of every latent (or of `places`), log likelihood last."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        import arviz

    z = chains.z if places is None else chains.z[:, :, places]
    whole = np.concatenate([z, chains.log_likelihood[:, :, None]], axis=2)
    convert: Callable[..., object] = arviz.convert_to_dataset
    rhat: Callable[..., Mapping[str, object]] = arviz.rhat
    effective: Callable[..., Mapping[str, object]] = arviz.ess
    data = convert({"z": whole})
    return {
        "rhat": np.asarray(rhat(data)["z"], dtype=np.float64),
        "ess": np.asarray(effective(data, method="bulk")["z"], dtype=np.float64),
    }


def _jacobian(residuals: Residuals, z: Array, step: float = 1e-3) -> tuple[Array, Array]:
    """Return the derivatives [R, D] of the residuals at z, and the residuals."""
    moves = np.eye(len(z)) * step
    found = residuals(np.concatenate([z + moves, z - moves, z[None]]))
    return (found[: len(z)] - found[len(z) : -1]).T / (2 * step), found[-1]
