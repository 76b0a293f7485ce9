"""What the simulator would find, learnt from a few hundred runs: one regression per row of the evidence.

Features of a town: 1, every input (latents of the parameters in force there, and its place numbers), and
squares and products of the free ones. Weights have normal priors whose scales (free, other, curved) and the
noise are chosen by the marginal likelihood. Parameter sets of one batch share their luck, so their errors
correlate (rho); the noise is whitened first. Error: out of sample (each batch from all others), with the
Monte Carlo noise of the held-out runs taken off, and never less than the uncertainty of the weights.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.fit.simulate import Moments
from calibration.fit.space import Space
from calibration.likelihood.covariance import denoised
from calibration.likelihood.targets import Targets
from scenarios.execution.processes import Pool, one_thread

__all__ = ["Emulator", "TownEmulator", "fit_emulator", "fit_town"]

Array = NDArray[np.float64]
_OTHERS = (0.1, 0.3, 1.0)  # scale of the weights of inputs that are not free, relative to free ones
_CURVED = (0.03, 0.1, 0.3)  # of squares and products
_SHARED = (0.0, 0.5, 0.8, 0.95)  # correlation of the errors within a batch
_NOISE = np.logspace(-1.5, 4.0, 23)  # noise variance over weight variance
_EDGE = 4.0
_LEVEL = 30.0  # scale of the constant


@dataclass(frozen=True)
class TownEmulator:
    """Regressions of the rows of one town.

    Attributes:
        curved: columns of the inputs that act in squares and products.
        weights: shape [features, rows].
        error: covariance of the error of `predict` [rows, rows], Monte Carlo error of the design included.
        r2: share of the variance between parameter sets that is predicted out of sample, by row.
        scales: chosen scales (others, curved).
    """

    curved: NDArray[np.int64]
    weights: Array
    error: Array
    r2: Array
    scales: tuple[float, float]

    def predict(self, inputs: Array) -> Array:
        """Return the expected moments [K, rows] of inputs [K, U]."""
        return np.asarray(_features(inputs, self.curved) @ self.weights)

    def pulled(self, adjoint: Array, inputs: Array) -> Array:
        """Return the gradient in the inputs [K, U] of what has gradient `adjoint` [K, rows] in the moments."""
        held = np.clip(inputs, -_EDGE, _EDGE)
        up = adjoint @ self.weights.T  # of the features
        linear, size = inputs.shape[1], len(self.curved)
        found = up[:, 1 : 1 + linear].copy()
        first, second = np.triu_indices(size)
        mixed = np.zeros((len(inputs), size, size))
        mixed[:, first, second] = up[:, 1 + linear :]
        mixed = mixed + mixed.transpose(0, 2, 1)
        on = np.arange(size)
        mixed[:, on, on] /= math.sqrt(2.0)  # of (x^2 - 1) / sqrt(2), counted twice above
        found[:, self.curved] += np.einsum("kij,kj->ki", mixed, held[:, self.curved])
        return np.asarray(np.where(np.abs(inputs) < _EDGE, found, 0.0))


@dataclass(frozen=True)
class Emulator:
    """The moments of every row as a function of z."""

    space: Space
    places: Mapping[str, NDArray[np.int64]]
    towns: Mapping[str, TownEmulator]

    def means(self, z: Array) -> Array:
        """Return the expected moments, [K, D] -> [K, T]."""
        z = np.atleast_2d(z)
        found = np.empty((len(z), sum(len(place) for place in self.places.values())))
        for town, each in self.towns.items():
            found[:, self.places[town]] = each.predict(self.space.inputs(z, town))
        return found

    def pulled(self, adjoint: Array, z: Array) -> Array:
        """Return the gradient in z [K, D] of what has gradient `adjoint` [K, T] in `means(z)`."""
        found = np.zeros_like(z)
        for town, each in self.towns.items():
            inputs = self.space.inputs(z, town)
            found += self.space.pulled(each.pulled(adjoint[:, self.places[town]], inputs), z, town)
        return found

    @property
    def r2(self) -> Array:
        """Out-of-sample R2 by row."""
        found = np.empty(sum(len(place) for place in self.places.values()))
        for town, each in self.towns.items():
            found[self.places[town]] = each.r2
        return found

    @property
    def error_sd(self) -> Array:
        """Standard error of the emulator by row."""
        found = np.empty(sum(len(place) for place in self.places.values()))
        for town, each in self.towns.items():
            found[self.places[town]] = np.sqrt(np.diag(each.error))
        return found

    def errors(self) -> dict[str, Array]:
        """Return the covariance of the error by town."""
        return {town: each.error for town, each in self.towns.items()}


def fit_emulator(
    targets: Targets,
    space: Space,
    design: Moments,
    *,
    region: NDArray[np.bool_] | None = None,
    pool: Pool | None = None,
) -> Emulator:
    """Return the emulator of a design.

    Args:
        targets: rows.
        space: what z means.
        design: simulated moments.
        region: which sets lie where the fit will look (the last wave); the error is measured there.
        pool: processes; one town is one task.
    """
    tasks: list[tuple[Callable[..., TownEmulator], tuple[object, ...]]] = []
    for town in targets.towns:
        place = targets.places[town]
        arguments = (
            space.inputs(design.z, town),
            _filled(design.mean[:, place]),
            design.batch,
            space.curved,
            design.variance[place] / design.replicates,
            region,
        )
        tasks.append((fit_town, arguments))
    with one_thread():
        found = dict((pool or Pool(1)).run(tasks))
    towns = {town: found[number] for number, town in enumerate(targets.towns)}
    return Emulator(space, dict(targets.places), towns)


def fit_town(
    inputs: Array,
    y: Array,
    batch: NDArray[np.int64],
    curved: NDArray[np.int64],
    noise: Array,
    region: NDArray[np.bool_] | None,
) -> TownEmulator:
    """Return the regressions of `y` [K, rows] on `inputs` [K, U]; see `fit_emulator`.

    Args:
        inputs: of one town.
        y: means over the replicates.
        batch: batch of each set (sets of a batch share their luck).
        curved: columns of the inputs that act in a curve.
        noise: variance of the means [rows].
        region: sets where the error is measured.
    """
    features = _features(inputs, curved)
    centre, size = y.mean(axis=0), y.std(axis=0)
    size = np.where(size > 1e-12, size, 1.0)
    scaled = (y - centre) / size
    linear = inputs.shape[1]
    shapes = [(others, bent) for others in _OTHERS for bent in _CURVED]
    middle = (_whiten(features, batch, _SHARED[1]), _whiten(scaled, batch, _SHARED[1]))
    best = (-math.inf, shapes[0])
    for shape in shapes:
        weight = _scales(features.shape[1], linear, curved, *shape)
        total = float(_solve(*middle, weight, 0.0)[0].max(axis=0).sum())
        best = max(best, (total, shape))
    scales = best[1]
    scale = _scales(features.shape[1], linear, curved, *scales)
    whitened = [(_whiten(features, batch, rho), _whiten(scaled, batch, rho)) for rho in _SHARED]
    solved = [_solve(*pair, scale, _log_det(batch, rho)) for pair, rho in zip(whitened, _SHARED, strict=True)]
    evidence = np.stack([each[0] for each in solved])  # [rho, noise, rows]
    flat = evidence.reshape(-1, evidence.shape[-1]).argmax(axis=0)
    rho_of, noise_of = flat // len(_NOISE), flat % len(_NOISE)
    weights = np.empty((features.shape[1], y.shape[1]))
    unsure = np.empty(y.shape[1])
    look = np.ones(len(y), dtype=bool) if region is None else region
    residual = np.empty_like(y)
    for number, rho in enumerate(_SHARED):
        rows = np.flatnonzero(rho_of == number)
        if not len(rows):
            continue
        _, spectrum, vectors, projected, left = solved[number]
        shrunk = 1.0 / (spectrum[:, None] + _NOISE[noise_of[rows]])
        weights[:, rows] = scale[:, None] * (vectors @ (shrunk * projected[:, rows]))
        sigma2 = left[noise_of[rows], rows]
        turned = np.square((features[look] * scale) @ vectors).mean(axis=0)
        unsure[rows] = sigma2 * (turned @ shrunk)
        left_out = _held_out(
            (whitened[number][0] * scale) @ vectors,
            spectrum,
            projected[:, rows],
            whitened[number][1][:, rows],
            batch,
            _NOISE[noise_of[rows]],
        )
        residual[:, rows] = _unwhiten(left_out, batch, rho)
    error, r2 = _error(residual * size, y, noise, unsure * size**2, look)
    weights = weights * size
    weights[0] += centre
    return TownEmulator(curved, weights, error, r2, scales)


def _error(residual: Array, y: Array, noise: Array, unsure: Array, look: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return the covariance of the emulator's error and its R2, the noise of the held-out runs taken off."""
    missed = np.square(residual).mean(axis=0)
    spread = y.var(axis=0)
    r2 = 1.0 - np.maximum(missed - noise, 0.0) / np.maximum(spread - noise, 1e-12)
    r2 = np.where(spread - noise > 0.02 * spread, np.clip(r2, -1.0, 1.0), 0.0)
    local = residual[look]
    variance = np.maximum(np.square(local).mean(axis=0) - noise, unsure)
    scaled = local / np.maximum(np.sqrt(np.square(local).mean(axis=0)), 1e-12)
    correlation = denoised(scaled.T @ scaled / max(len(local) - 1, 1), max(len(local), 8), 0.05)
    sd = np.sqrt(np.maximum(variance, 1e-12))
    return correlation * np.outer(sd, sd), r2


def _held_out(
    turned: Array, spectrum: Array, projected: Array, y: Array, batch: NDArray[np.int64], noise: Array
) -> Array:
    """Return whitened y minus its prediction from all other batches, shape [K, rows].

    Exact, without fitting again: (I - H_bb)^-1 times the residuals of batch b, H the hat matrix.
    """
    residual = y - turned @ (projected / (spectrum[:, None] + noise))
    members = [np.flatnonzero(batch == each) for each in np.unique(batch)]
    for value in np.unique(noise):
        rows = np.flatnonzero(noise == value)
        shrunk = turned / (spectrum + value)
        for at in members:
            hat = shrunk[at] @ turned[at].T
            residual[np.ix_(at, rows)] = np.linalg.solve(np.eye(len(at)) - hat, residual[np.ix_(at, rows)])
    return np.asarray(residual)


def _solve(x: Array, y: Array, scale: Array, log_det: float) -> tuple[Array, ...]:
    """Return log evidence [noise, rows], spectrum, vectors, projected y and variance left [noise, rows]."""
    scaled = x * scale
    spectrum, vectors = np.linalg.eigh(scaled.T @ scaled)
    spectrum = np.maximum(spectrum, 0.0)
    projected = vectors.T @ (scaled.T @ y)
    n = len(y)
    total = np.square(y).sum(axis=0)
    explained = np.square(projected).T @ (1.0 / (spectrum[:, None] + _NOISE))  # [rows, noise]
    left = np.maximum(total[:, None] - explained, 1e-10 * np.maximum(total[:, None], 1e-10)) / n
    curve = np.log1p(spectrum[:, None] / _NOISE).sum(axis=0)
    log_evidence = -0.5 * n * np.log(left) - 0.5 * curve - 0.5 * log_det
    return log_evidence.T, spectrum, vectors, projected, left.T


def _features(inputs: Array, curved: NDArray[np.int64]) -> Array:
    inputs = np.clip(inputs, -_EDGE, _EDGE)
    bent = inputs[:, curved]
    first, second = np.triu_indices(len(curved))
    products = bent[:, first] * bent[:, second]
    same = first == second
    products[:, same] = (products[:, same] - 1.0) / math.sqrt(2.0)
    return np.concatenate([np.ones((len(inputs), 1)), inputs, products], axis=1)


def _scales(features: int, linear: int, curved: NDArray[np.int64], others: float, bent: float) -> Array:
    scale = np.full(features, bent)
    scale[0] = _LEVEL
    scale[1 : 1 + linear] = others
    scale[1 + curved] = 1.0
    return scale


def _batch_means(values: Array, batch: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """Return the mean of each row's batch, and how many rows that has."""
    members = np.bincount(batch)
    sums = np.zeros((len(members), values.shape[1]))
    np.add.at(sums, batch, values)
    return (sums / np.maximum(members, 1)[:, None])[batch], members[batch]


def _whiten(values: Array, batch: NDArray[np.int64], rho: float) -> Array:
    """Return values whose errors are independent again, where those of a batch correlate by rho."""
    if rho == 0.0:
        return values
    mean, members = _batch_means(values, batch)
    common = 1.0 - rho + members * rho
    return np.asarray((values - mean) / math.sqrt(1.0 - rho) + mean / np.sqrt(common)[:, None])


def _unwhiten(values: Array, batch: NDArray[np.int64], rho: float) -> Array:
    """Return what `_whiten` was given."""
    if rho == 0.0:
        return values
    mean, members = _batch_means(values, batch)
    common = np.sqrt(1.0 - rho + members * rho)[:, None]
    return np.asarray((values - mean) * math.sqrt(1.0 - rho) + mean * common)


def _log_det(batch: NDArray[np.int64], rho: float) -> float:
    members = np.bincount(batch)
    members = members[members > 0]
    return float((np.log(1.0 - rho + members * rho) + (members - 1) * math.log(1.0 - rho)).sum())


def _filled(values: Array) -> Array:
    """Return values with the gaps (nobody answered) at the mean of their row."""
    missing = ~np.isfinite(values)
    if not missing.any():
        return values
    return np.asarray(np.where(missing, np.nanmean(values, axis=0), values))
