"""Refits without some rows: which are kept, their likelihood, and what it predicts of the others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.ordinal import Reading, read_finding
from calibration.fit.emulator import Emulator
from calibration.fit.joint import Machinery
from calibration.likelihood.covariance import Covariance
from calibration.likelihood.joint import Likelihood
from calibration.likelihood.targets import Targets
from sim.problems import InputError, Problem, Say

__all__ = ["Part", "Predicted", "part_of", "predict"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """Some of the rows: where they are among all (`columns`), their machinery and likelihood."""

    core: Machinery
    columns: NDArray[np.int64]
    likelihood: Likelihood

    @property
    def targets(self) -> Targets:
        """The rows."""
        return self.core.targets


@dataclass(frozen=True)
class Predicted:
    """What a refit expects of rows it did not see.

    Attributes:
        columns: places of the rows among all.
        means: expected values of each draw, shape [S, R].
        sampling: covariance of the figures around them (sampling and emulator error), shape [R, R].
        error: standard error of each figure by itself (sampling only), shape [R].
        replicated: figures as they might be published, shape [S, R].
    """

    columns: NDArray[np.int64]
    means: Array
    sampling: Array
    error: Array
    replicated: Array


def part_of(core: Machinery, kept: Mask) -> Part:
    """Return machinery and likelihood of the rows where `kept`, shape [T].

    Raises:
        InputError: no rows left.
    """
    columns = np.flatnonzero(kept)
    if not len(columns):
        said = Say("one row or more", "een rij of meer")
        raise InputError([Problem("rows", "none", said)])
    dropped = [row.id for row, keep in zip(core.targets.rows, kept, strict=True) if not keep]
    targets = core.targets.without(dropped)
    covariances, towns = {}, {}
    for town in targets.towns:
        inside = kept[core.targets.places[town]]
        covariances[town] = _some(core.covariances[town], inside)
        whole = core.emulator.towns[town]
        error = whole.error[np.ix_(inside, inside)]
        towns[town] = replace(whole, weights=whole.weights[:, inside], error=error, r2=whole.r2[inside])
    emulator = Emulator(core.space, dict(targets.places), towns)
    small = Machinery(targets, core.space, emulator, covariances, facts=core.facts)
    return Part(small, columns, small.likelihood())


def predict(part: Part, z: Array, seed: int) -> Predicted:
    """Return what draws z [S, D] expect of the rows of `part`, with figures drawn around it.

    Levels with a count get binomial errors; findings in words are on the scale of their simulated standard
    error. Unknown standard errors are those of each draw in the figures, and medians in `sampling`.
    """
    means = part.likelihood.shifted(part.core.emulator.means(z), z)
    rows = len(part.columns)
    sampling, error = np.zeros((rows, rows)), np.zeros(rows)
    scale = np.ones((len(z), rows))
    for town, place in part.targets.places.items():
        known = part.core.covariances[town]
        each = part.likelihood.towns[town]
        d = known.sd.astype(float).copy()
        inside = {int(at): position for position, at in enumerate(each.at)}
        for number, at in enumerate(place):
            if int(at) not in inside:
                continue
            position = inside[int(at)]
            d[number] = each.d0[position]
            if each.score[position] >= 0:
                scale[:, at] = np.exp(each.log_sd[position] * z[:, each.score[position]])
        error[place] = d
        sampling[np.ix_(place, place)] = known.correlation * np.outer(d, d) + part.core.emulator.towns[town].error
    factor = _root(sampling)
    noise = np.random.default_rng(seed).standard_normal(means.shape) @ factor.T
    return Predicted(part.columns, means, sampling, error, means + noise * scale)


def reading_of(part: Part, number: int) -> Reading | None:
    """Return what a row told in words, None for a row with a number."""
    row = part.targets.rows[number]
    return read_finding(row) if row.kind == "ordinal" else None


def _some(covariance: Covariance, inside: Mask) -> Covariance:
    ids = tuple(name for name, keep in zip(covariance.ids, inside, strict=True) if keep)
    block = covariance.correlation[np.ix_(inside, inside)]
    return Covariance(ids, covariance.mean[inside], covariance.sd[inside], block, covariance.replicates)


def _root(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
