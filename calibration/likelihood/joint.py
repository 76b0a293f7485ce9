"""The joint likelihood of all towns, prepared once so that thousands of vectors cost little.

As `calibration.likelihood.covariance.log_likelihood`, with two differences. Unknown standard errors are latents of
the fit (`error.<study>.<outcome>`), not summed over scores; and the emulator's error is part of the matrix in
units of the standard errors, so that one Cholesky factor per town serves every vector:

    (y - m(z) - bias(z)) / d(z) ~ N(0, R + nugget I + D0^-1 E D0^-1),     d(z) = d0 exp(log_sd score(z))
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from analysis.inference.interval import NINETY
from calibration.evidence.bias import family_of, spread_of
from calibration.evidence.ordinal import Reading, read_finding
from calibration.evidence.standard_errors import answer_sd
from calibration.fit.space import Space
from calibration.likelihood.covariance import NUGGET, Covariance, orthant, orthant_slope
from calibration.likelihood.targets import Targets

__all__ = ["Likelihood", "TownLikelihood", "error_families", "prepare_likelihood", "selection_terms"]

Array = NDArray[np.float64]
# A standard error known to 2% is taken as known.
_KNOWN = 0.02
# Width of a selection term, in shares (survey scales: that many standard deviations of a share over their own).
_SELECTION = 0.10


@dataclass(frozen=True)
class TownLikelihood:
    """One town: rows with numbers first, then findings in words; levels with a count apart.

    `at` are positions among all rows; `d0` median standard errors, `log_sd` and `score` (dimension of z,
    -1 = known) how they vary; `factor` the Cholesky factor of the matrix in units of `d0`.
    """

    at: NDArray[np.int64]
    numbers: int
    y: Array
    d0: Array
    log_sd: Array
    score: NDArray[np.int64]
    factor: Array
    inverse: Array
    lower: Array
    upper: Array
    truth: Array
    counted: NDArray[np.int64]
    count: Array
    people: Array

    def residuals(self, means: Array, z: Array) -> tuple[Array, Array]:
        """Return whitened residuals [K, numbers] and standard errors [K, rows]."""
        error = self.d0 * np.exp(self.log_sd * np.where(self.score >= 0, z[:, self.score], 0.0))
        k = self.numbers
        off = (self.y - means[:, self.at[:k]]) / error[:, :k]
        return off @ self.inverse.T, error

    def log(self, means: Array, z: Array) -> Array:
        """Return the log likelihood of each vector, shape [K]."""
        white, error = self.residuals(means, z)
        k = self.numbers
        total = -0.5 * np.square(white).sum(axis=1) - np.log(error[:, :k]).sum(axis=1)
        total -= np.log(np.diag(self.factor)[:k]).sum() + 0.5 * k * math.log(2 * math.pi)
        if len(self.at) > k:
            centre = means[:, self.at[k:]] / error[:, k:] + white @ self.factor[k:, :k].T
            total = total + orthant(centre, self.factor[k:, k:], self.lower, self.upper, self.truth)
        if len(self.counted):
            total = total + _binomial(means[:, self.counted], self.count, self.people)
        return np.asarray(total)

    def gradient(self, means: Array, z: Array) -> tuple[Array, Array]:
        """Return the gradient of `log` in the means [K, T] and directly in z [K, D]."""
        in_means, in_z = np.zeros_like(means), np.zeros_like(z)
        white, error = self.residuals(means, z)
        k = self.numbers
        up_white = -white
        up_error = np.zeros_like(error)  # of the log standard errors
        if len(self.at) > k:
            tied = self.factor[k:, :k]
            own = means[:, self.at[k:]] / error[:, k:]
            centre = own + white @ tied.T
            up = orthant_slope(centre, self.factor[k:, k:], self.lower, self.upper, self.truth)
            in_means[:, self.at[k:]] = up / error[:, k:]
            up_error[:, k:] = -up * own
            up_white = up_white + up @ tied
        off = up_white @ self.inverse  # of the residuals over their errors
        residual = (self.y - means[:, self.at[:k]]) / error[:, :k]
        in_means[:, self.at[:k]] = -off / error[:, :k]
        up_error[:, :k] = -off * residual - 1.0
        used = np.flatnonzero(self.score >= 0)
        for place in used:
            in_z[:, self.score[place]] += up_error[:, place] * self.log_sd[place]
        if len(self.counted):
            edge = 0.5 / (self.people + 1)
            at = means[:, self.counted]
            share = np.clip(at, edge, 1 - edge)
            slope = self.count / share - (self.people - self.count) / (1 - share)
            in_means[:, self.counted] += np.where((at > edge) & (at < 1 - edge), slope, 0.0)
        return in_means, in_z

    def pointwise(self, means: Array, z: Array, rows: int) -> Array:
        """Return the log likelihood of each row [K, rows]: numbers given the other numbers of the town.

        A finding in words is taken given the numbers, a count by itself; 0 for rows that are not counted.
        """
        found = np.zeros((len(means), rows))
        white, error = self.residuals(means, z)
        k = self.numbers
        if k:
            precision = self.inverse.T @ self.inverse
            own = np.diag(precision)
            pulled = white @ self.inverse  # precision times the residuals
            found[:, self.at[:k]] = (
                0.5 * np.log(own / (2 * math.pi)) - 0.5 * np.square(pulled) / own - np.log(error[:, :k])
            )
        if len(self.at) > k:
            centre = means[:, self.at[k:]] / error[:, k:] + white @ self.factor[k:, :k].T
            sd = np.sqrt(np.square(self.factor[k:, k:]).sum(axis=1))
            inside = ndtr((self.upper - centre) / sd) - ndtr((self.lower - centre) / sd)
            told = self.truth * np.clip(inside, 1e-300, 1.0) + (1.0 - self.truth) * 0.5
            found[:, self.at[k:]] = np.log(told)
        for place, count, people in zip(self.counted, self.count, self.people, strict=True):
            found[:, place] = _binomial(means[:, [place]], np.array([count]), np.array([people]))
        return found


@dataclass(frozen=True)
class Likelihood:
    """Log likelihood of expected moments; `bias_matrix` [biases, T] and their dimensions and widths."""

    towns: Mapping[str, TownLikelihood]
    bias: Array
    bias_at: NDArray[np.int64]

    def shifted(self, means: Array, z: Array) -> Array:
        """Return the moments with the bias of imbalanced control groups, shape [K, T]."""
        return means + z[:, self.bias_at] @ self.bias if len(self.bias_at) else means

    def by_town(self, means: Array, z: Array) -> dict[str, Array]:
        """Return the log likelihood of each town, [K] each."""
        moved = self.shifted(means, z)
        return {town: each.log(moved, z) for town, each in self.towns.items()}

    def gradient(self, means: Array, z: Array) -> tuple[Array, Array]:
        """Return the gradient of `log` in the means [K, T], and in z [K, D] where it does not act through them."""
        moved = self.shifted(means, z)
        in_means, in_z = np.zeros_like(moved), np.zeros_like(z)
        for each in self.towns.values():
            up, direct = each.gradient(moved, z)
            in_means += up
            in_z += direct
        if len(self.bias_at):
            in_z[:, self.bias_at] += in_means @ self.bias.T
        return in_means, in_z

    def pointwise(self, means: Array, z: Array) -> Array:
        """Return the log likelihood of each row, [K, T] (see `TownLikelihood.pointwise`)."""
        moved = self.shifted(means, z)
        return np.asarray(sum(each.pointwise(moved, z, means.shape[1]) for each in self.towns.values()))

    def log(self, means: Array, z: Array) -> Array:
        """Return the log likelihood of all rows, [K, T] and [K, D] -> [K]."""
        return np.asarray(sum(self.by_town(means, z).values()))

    def log_errors(self, dimension: int) -> tuple[Array, Array]:
        """Return slope and curvature in z of the log standard errors, as `approximate` takes them.

        Shape [D] each.
        """
        slope, curvature = np.zeros(dimension), np.zeros(dimension)
        for each in self.towns.values():
            used = each.score[: each.numbers] >= 0
            at, size = each.score[: each.numbers][used], each.log_sd[: each.numbers][used]
            np.add.at(slope, at, size)
            np.add.at(curvature, at, size**2)
        return slope, curvature

    def white(self, means: Array, z: Array) -> Array:
        """Return residuals that are independent standard normals when all is well, shape [K, numbers].

        Levels with a count are in (roughly); findings in words are not.
        """
        moved = self.shifted(means, z)
        parts = []
        for each in self.towns.values():
            parts.append(each.residuals(moved, z)[0])
            if len(each.counted):
                share = each.count / each.people
                edge = np.maximum(share * (1 - share), 0.5 / each.people) / each.people
                parts.append((share - moved[:, each.counted]) / np.sqrt(edge))
        return np.concatenate(parts, axis=1)


def error_families(targets: Targets) -> tuple[str, ...]:
    """Return the families of rows whose standard errors are not known exactly: ``<study>.<outcome>``."""
    return tuple(
        dict.fromkeys(
            _family(row.study, row.outcome)
            for row in targets.rows
            if row.id in targets.errors and targets.errors[row.id].log_sd > _KNOWN and not _is_count(row)
        )
    )


def selection_terms(targets: Targets) -> tuple[dict[str, float], Array]:
    """Return the terms of rows against people who did not take part: widths by name, and what one unit adds [S, T].

    Who takes part differs from who does not in ways that the simulator knows poorly: each town has a term for all
    such rows of a family of outcomes, and each treated arm one of its own, so that what those rows tell of
    treatments is left to the contrasts by lot. The width is that of a difference that nobody would be surprised at.
    """
    names: dict[str, float] = {}
    places: list[tuple[str, int, float]] = []
    for place, (row, town, role) in enumerate(zip(targets.rows, targets.of, targets.roles, strict=True)):
        if role != "selection":
            continue
        control = targets.designs[town].control
        treated = row.arm if control is None or row.arm != control.name else ""
        spread = spread_of(row) / answer_sd("", "proportion")
        family = family_of(row.outcome) or "other"
        for name in [f"{town}.{family}", *([f"{town}.{treated}.{family}"] if treated else [])]:
            names[name] = _SELECTION
            places.append((name, place, spread))
    order = {name: number for number, name in enumerate(names)}
    found = np.zeros((len(names), len(targets.rows)))
    for name, place, spread in places:
        found[order[name], place] = spread
    return names, found


def prepare_likelihood(
    targets: Targets,
    space: Space,
    covariances: Mapping[str, Covariance],
    *,
    extra: Mapping[str, Array] | None = None,
    y: Array | None = None,
    readings: Mapping[str, Reading | None] | None = None,
    exact: bool = False,
    scores: bool = True,
    power: float = 1.0,
) -> Likelihood:
    """Return the likelihood of published (or given) figures.

    Args:
        targets: rows.
        space: its dimensions `error.*` and `bias.*` are used.
        covariances: by town (`estimate_covariance`).
        extra: covariance of the error of the means by town (emulator, Monte Carlo), added.
        y: figures in place of the published ones, shape [T] (synthetic data; shares for levels with a count).
        readings: in place of the published findings in words, by row id.
        exact: standard errors are the simulated ones (synthetic data from the simulator).
        scores: False takes standard errors at their medians.
        power: exponent of the likelihood; below 1 for a wave that should not narrow too soon.
    """
    values = targets.observed if y is None else np.asarray(y, float)
    towns = {}
    for town in targets.towns:
        place = targets.places[town]
        added = np.zeros((len(place), len(place))) if extra is None else extra[town]
        towns[town] = _prepare(targets, space, town, covariances[town], added, values, readings, exact, scores, power)
    names = [f"bias.{name}" for name in targets.biases if f"bias.{name}" in space.index]
    widths = np.array([space.biases[name.removeprefix("bias.")] for name in names])
    kept = [number for number, name in enumerate(targets.biases) if f"bias.{name}" in space.index]
    matrix = targets.bias_matrix[kept] * widths[:, None] if kept else np.zeros((0, len(targets.rows)))
    terms, moved = selection_terms(targets)
    inside = [number for number, name in enumerate(terms) if f"selection.{name}" in space.index]
    chosen = [f"selection.{name}" for name in terms if f"selection.{name}" in space.index]
    sizes = np.array([space.selections[name.removeprefix("selection.")] for name in chosen])
    matrix = np.vstack([matrix, moved[inside] * sizes[:, None]]) if inside else matrix
    at = np.array([space.index[name] for name in (*names, *chosen)], dtype=np.int64)
    return Likelihood(towns, matrix, at)


def widen(likelihood: Likelihood, town: str, factor: float) -> Likelihood:
    """Return the likelihood with all standard errors of a town multiplied."""
    towns = dict(likelihood.towns)
    towns[town] = replace(towns[town], d0=towns[town].d0 * factor)
    return replace(likelihood, towns=towns)


def _prepare(
    targets: Targets,
    space: Space,
    town: str,
    covariance: Covariance,
    added: Array,
    values: Array,
    readings: Mapping[str, Reading | None] | None,
    exact: bool,
    scores: bool,
    power: float,
) -> TownLikelihood:
    rows, place = targets.rows_of(town), targets.places[town]
    found: dict[int, Reading] = {}
    for number, row in enumerate(rows):
        if row.kind == "ordinal":
            reading = read_finding(row) if readings is None or row.id not in readings else readings[row.id]
            if reading is not None:
                found[number] = reading
    counted = [number for number, row in enumerate(rows) if _is_count(row)]
    numbers = [n for n, row in enumerate(rows) if n not in counted and row.kind != "ordinal"]
    both = np.array([*numbers, *found], dtype=np.int64)
    d0, log_sd, score = np.ones(len(both)), np.zeros(len(both)), np.full(len(both), -1)
    for position, number in enumerate(both):
        row = rows[number]
        known = None if exact else targets.errors.get(row.id)
        usable = known is not None and known.median > 0
        d0[position] = max(known.median if known is not None and usable else float(covariance.sd[number]), 1e-9)
        name = f"error.{_family(row.study, row.outcome)}"
        if scores and known is not None and usable and known.log_sd > _KNOWN and name in space.index:
            log_sd[position], score[position] = known.log_sd, space.index[name]
    d0 = d0 / math.sqrt(power)
    inside = covariance.correlation[np.ix_(both, both)] + added[np.ix_(both, both)] / np.outer(d0, d0)
    factor = np.zeros((0, 0))
    if len(both):
        own = 1e-10 if exact else NUGGET  # synthetic figures come from the simulator itself: no error of their own
        factor = np.asarray(np.linalg.cholesky(inside + own * np.eye(len(both))), dtype=np.float64)
    k = len(numbers)
    people = np.array([float(rows[n].n_arm or rows[n].n or 1.0) for n in counted])
    shares = np.array(
        [
            values[place[n]] if values is not targets.observed else (rows[n].count or 0.0) / size
            for n, size in zip(counted, people, strict=True)
        ]
    )
    # the error of the emulator makes a count less sharp: fewer people, the same share
    variance = np.maximum(shares * (1 - shares), 1e-4)
    effective = power * people / (1.0 + people * np.diag(added)[counted] / variance) if counted else people
    return TownLikelihood(
        at=place[both] if len(both) else np.zeros(0, dtype=np.int64),
        numbers=k,
        y=values[place[numbers]] if k else np.zeros(0),
        d0=d0,
        log_sd=log_sd,
        score=score,
        factor=factor,
        inverse=np.asarray(np.linalg.inv(factor[:k, :k]), dtype=np.float64),
        lower=np.array([reading.low for reading in found.values()]),
        upper=np.array([reading.high for reading in found.values()]),
        truth=np.array([reading.truth for reading in found.values()]),
        counted=place[counted] if counted else np.zeros(0, dtype=np.int64),
        count=shares * effective,
        people=effective,
    )


def _binomial(means: Array, count: Array, people: Array) -> Array:
    from scipy.special import gammaln

    share = np.clip(means, 0.5 / (people + 1), 1 - 0.5 / (people + 1))
    constant = gammaln(people + 1) - gammaln(count + 1) - gammaln(people - count + 1)
    each = constant + count * np.log(share) + (people - count) * np.log1p(-share)
    return np.asarray(each.sum(axis=1))


def _is_count(row: object) -> bool:
    """Return whether a row is a level with a count of people."""
    from calibration.evidence.schema import Row

    assert isinstance(row, Row)
    return row.kind == "level" and row.count is not None and bool(row.n_arm or row.n) and row.unit == "proportion"


def _family(study: str, outcome: str) -> str:
    return f"{study}.{outcome}"


def synthetic_readings(targets: Targets, t: Sequence[float]) -> dict[str, Reading | None]:
    """Return what would have been told in words about t = estimate / s.e. of every row (NaN: as published).

    A report that told whether a finding was significant tells so again (at ten percent); one that told only
    the sign tells the sign.
    """
    found: dict[str, Reading | None] = {}
    for row, value in zip(targets.rows, t, strict=True):
        if row.kind != "ordinal":
            continue
        told = read_finding(row)
        if told is None or not math.isfinite(value):
            found[row.id] = told
            continue
        edge = NINETY
        size = (0.0, math.inf)
        if row.marker or row.significant == "no":
            size = (edge, math.inf) if abs(value) > edge else (0.0, edge)
        found[row.id] = Reading(*(size if value > 0 else (-size[1], -size[0])), told.truth)
    return found
