"""Which row informs which parameter, and which parameters the rows cannot tell apart.

Around the posterior mean the moments are taken as linear: precision = I + J' C^-1 J in latent standard
normals (the prior's precision is I). A row's worth for a parameter is how much wider that parameter's
posterior would be without the row; rows that say the same thing share their worth, so groups of rows are
taken out together as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.problems import InputError, Problem, Say

__all__ = ["Direction", "Information", "Pair", "Worth", "information", "pairs", "worth_of_groups"]

Array = NDArray[np.float64]
Places = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Direction:
    """One eigenvector of the rows' information: `strength` in prior precisions, its largest loadings."""

    strength: float
    loadings: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Worth:
    """What one row or group of rows is worth for one parameter.

    `wider`: posterior standard deviation without it over the one with it, minus 1.
    """

    group: str
    parameter: str
    wider: float


@dataclass(frozen=True)
class Pair:
    """Two parameters that the data only know together; `correlation` of their posterior."""

    first: str
    second: str
    correlation: float
    error: float


@dataclass(frozen=True)
class Information:
    """The linear picture of a fit; `precision` [D, D] includes the prior, `rows` [D, D] does not."""

    names: tuple[str, ...]
    rows: Array
    jacobian: Array
    covariance: Array

    @property
    def precision(self) -> Array:
        """Posterior precision."""
        return np.asarray(self.rows + np.eye(len(self.names)))

    @property
    def deviations(self) -> Array:
        """Posterior standard deviations in prior standard deviations, shape [D]."""
        return np.asarray(np.sqrt(np.diag(np.linalg.inv(self.precision))))

    @property
    def learned(self) -> float:
        """Number of directions the data determine: trace of information / (1 + information)."""
        values = np.linalg.eigvalsh(self.rows)
        return float((values / (1 + values)).sum())

    def directions(self, most: int = 8, loadings: int = 4) -> tuple[Direction, ...]:
        """Return the strongest directions, each with its largest loadings."""
        values, vectors = np.linalg.eigh(self.rows)
        found = []
        for place in np.argsort(values)[::-1][:most]:
            vector = vectors[:, place]
            vector = vector * np.sign(vector[np.argmax(np.abs(vector))])
            top = np.argsort(np.abs(vector))[::-1][:loadings]
            found.append(Direction(float(values[place]), tuple((self.names[d], float(vector[d])) for d in top)))
        return tuple(found)


def information(names: Sequence[str], jacobian: Array, covariance: Array) -> Information:
    """Return the information of rows with Jacobian [T, D] and covariance [T, T].

    Raises:
        InputError: shapes that do not belong together, a covariance that is not positive definite.
    """
    rows, dimensions = jacobian.shape
    if covariance.shape != (rows, rows) or dimensions != len(names):
        said = Say("a Jacobian [rows, names] and its covariance", "een Jacobiaan [rijen, namen] en covariantie")
        raise InputError([Problem("information", f"{jacobian.shape}, {covariance.shape}", said)])
    try:
        factor = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        said = Say("a positive definite covariance", "een positief definiete covariantie")
        raise InputError([Problem("covariance", "not positive definite", said)]) from None
    scaled = np.linalg.solve(factor, jacobian)
    return Information(tuple(names), np.asarray(scaled.T @ scaled), jacobian, covariance)


def worth_of_groups(found: Information, groups: Places, *, least: float = 0.0) -> tuple[Worth, ...]:
    """Return what every group of rows is worth for every parameter, the largest first.

    Args:
        found: of `information`.
        groups: name -> places of its rows (one row, or all of a municipality or outcome).
        least: leave out what is worth less.
    """
    full = np.linalg.inv(found.precision)
    sd = np.sqrt(np.diag(full))
    inverse = np.linalg.inv(found.covariance)
    result: list[Worth] = []
    for name, places in groups.items():
        out = np.asarray(places)
        # Information that the group adds to the others: precision of the group given the others (a block of
        # the inverse), times its Jacobian less what the others predict of it.
        block = inverse[np.ix_(out, out)]
        projected = np.linalg.solve(block, inverse[out] @ found.jacobian)
        loss = projected.T @ block @ projected
        without = np.linalg.inv(found.precision - loss)
        wider = np.sqrt(np.maximum(np.diag(without), 0.0)) / sd - 1.0
        result += [
            Worth(name, parameter, float(wider[d])) for d, parameter in enumerate(found.names) if wider[d] > least
        ]
    return tuple(sorted(result, key=lambda one: (-one.wider, one.group, one.parameter)))


def pairs(names: Sequence[str], draws: Array, *, least: float = 0.3, most: int = 20) -> tuple[Pair, ...]:
    """Return pairs whose posterior correlation is at least `least` and clear of its Monte Carlo error.

    Priors are independent, so a correlation is made by the data: the rows know a sum or a difference, not the
    two apart.
    """
    scaled = draws - draws.mean(axis=0)
    sd = scaled.std(axis=0)
    live = sd > 0
    correlation = np.zeros((len(names), len(names)))
    index = np.flatnonzero(live)
    correlation[np.ix_(index, index)] = np.corrcoef(draws[:, live], rowvar=False)
    found = []
    for i in range(len(names)):
        for j in range(i):
            r = float(correlation[i, j])
            error = (1 - r * r) / np.sqrt(len(draws))
            if abs(r) >= least and abs(r) > 3 * error:
                found.append(Pair(names[j], names[i], r, float(error)))
    return tuple(sorted(found, key=lambda pair: -abs(pair.correlation))[:most])
