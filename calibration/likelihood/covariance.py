"""Joint likelihood of the rows of a trial: correlations by simulation, errors by inference.

Rows are not independent: arms share a control group, hour thresholds nest, the same people are asked twice.
`estimate_covariance` simulates the trial at its real size and takes the covariance of its moments;
`log_likelihood` combines the correlation with the (uncertain) standard errors of the evidence:

    L = mean over z of N(y - m; D(z) R D(z)) x P(findings | normal rows) x binomial levels

with D(z) the standard errors at standard normal scores z, one score per outcome of a study (contrasts of an
outcome share their spread). Findings told in words are orthant probabilities of the same normal law given
the rows with numbers (Geweke, Hajivassiliou and Keane's simulator on fixed quasi-random points, so that the
result is smooth and repeatable).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.ordinal import Reading, read_finding
from calibration.evidence.schema import Row
from calibration.evidence.standard_errors import StandardError
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from sim.trial.design import TrialDesign

__all__ = [
    "NUGGET",
    "Covariance",
    "denoised",
    "estimate_covariance",
    "log_likelihood",
    "normal_points",
    "orthant",
    "orthant_slope",
    "source_of",
]

Array = NDArray[np.float64]
_SCORES = 32
_POINTS = 64
# Variance of an error of its own that every row has, in units of its squared standard error: covariates differ between
# models, figures are rounded, correlations are simulated. Without it two rows that correlate by .95 count the gap
# between them as several errors and decide the fit; with it their gap has at least .63 of a standard error.
NUGGET = 0.1


@dataclass(frozen=True)
class Covariance:
    """Simulated mean, standard deviation [rows] and correlation [rows, rows] of the moments of a trial.

    `replicates` says how well: the error of a correlation r is about (1 - r^2) / sqrt(replicates).
    """

    ids: tuple[str, ...]
    mean: Array
    sd: Array
    correlation: Array
    replicates: int

    @property
    def matrix(self) -> Array:
        """The covariance matrix itself, shape [rows, rows]."""
        return np.asarray(self.correlation * np.outer(self.sd, self.sd))


def estimate_covariance(
    trial: TrialDesign,
    rows: Sequence[Row],
    replicates: int,
    *,
    parameters: Array | None = None,
    seed: int = 1,
    floor: float = 0.02,
    reference: int | None = None,
    source: str | None = None,
    place: Mapping[str, float] | None = None,
    codes: Mapping[str, float] | None = None,
    threads: int = 1,
) -> Covariance:
    """Simulate the trial `replicates` times at its real size and return the covariance of its moments.

    Args:
        trial: a design (`sim.trial.read.design`).
        rows: rows of that municipality.
        replicates: trials; a few hundred give correlations to about 0.05.
        parameters: vector of `sim.parameters`; the defaults when left out.
        seed: base seed: the same numbers each time.
        floor: smallest eigenvalue of the correlation, so that it can be inverted; noise is taken out entry by
            entry first.
        reference: people of the reference group per replicate (None = as published).
        source: ``published`` or ``eligible`` (`sim.trial.run`); None = published where the population has the
            arms of the trial, else people sign up.
        place: shifts of the municipality (`sim.engine.rows.PLACE`).
        codes: readings of the arms (`sim.trial.codes`).
        threads: threads of the simulator.

    Raises:
        InputError: fewer than 8 replicates, no rows, rows that the trial cannot produce.
    """
    problems = []
    if replicates < 8:
        problems.append(Problem("replicates", replicates, Say("8 or more", "8 of meer")))
    if not rows:
        problems.append(Problem("rows", "none", Say("one row or more", "een rij of meer")))
    InputError.raise_if(problems)
    from calibration.moments.evaluate import evaluate
    from calibration.moments.prepared import months_needed, registers_needed
    from sim.parameters import defaults
    from sim.trial.run import iterate_trial

    settings: dict[str, object] = {
        "threads": threads,
        "reference": reference,
        "source": source or source_of(trial),
        "place": [place or {}],
        "codes": [codes or {}],
    }
    measures = registers_needed(tuple(rows))
    if measures:
        settings["measures"] = measures
    settings["months"] = months_needed(tuple(rows), tuple(trial.follow_up(wave) for wave in trial.waves))
    vector = defaults() if parameters is None else parameters
    values = np.array(
        [evaluate(data, rows) for data in iterate_trial(trial, vector, seed, replicates=replicates, **settings)]
    )
    return _summary(tuple(row.id for row in rows), values, floor)


def log_likelihood(
    rows: Sequence[Row],
    means: Array,
    covariance: Covariance,
    errors: Mapping[str, StandardError] | None = None,
    *,
    extra: Array | None = None,
    bias: Mapping[str, float] | None = None,
    nugget: float = NUGGET,
) -> float:
    """Return the log likelihood of the rows, given what the model expects of them.

    Args:
        rows: evidence rows; numbers, findings in words and levels with a count.
        means: expected moment of every row, shape [rows].
        covariance: of the same rows (`estimate_covariance`).
        errors: standard errors of the evidence; a row without one takes the simulated standard deviation.
        extra: covariance to add (emulator or Monte Carlo error of `means`), shape [rows, rows].
        bias: shift of the expected value by row id (an imbalanced control group).
        nugget: variance of an error of its own that every row has, in squared standard errors.

    Raises:
        InputError: rows and covariance that do not belong together.
    """
    if tuple(row.id for row in rows) != covariance.ids or np.shape(means) != (len(rows),):
        allowed = Say("the rows of the covariance, in its order", "de rijen van de covariantie, in volgorde")
        raise InputError((Problem("rows", f"{len(rows)} rows", allowed),))
    known = errors or {}
    shifted = np.asarray(means, float) + np.array([(bias or {}).get(row.id, 0.0) for row in rows])
    total, counted = _binomial(rows, shifted)
    readings = {place: read_finding(row) for place, row in enumerate(rows) if row.kind == "ordinal"}
    numbers = [place for place, row in enumerate(rows) if place not in counted and row.kind != "ordinal"]
    told = [place for place, reading in readings.items() if reading is not None]
    if not numbers and not told:
        return total
    places = [*numbers, *told]
    groups = {key: number for number, key in enumerate(dict.fromkeys(_spread_key(rows[p]) for p in places))}
    which = np.array([groups[_spread_key(rows[place])] for place in places])
    median = np.array([_median(rows[p], known, covariance.sd[p]) for p in places])
    log_sd = np.array([known[rows[p].id].log_sd if rows[p].id in known else 0.0 for p in places])
    correlation = covariance.correlation[np.ix_(places, places)]
    added = np.zeros_like(correlation) if extra is None else extra[np.ix_(places, places)]
    y = np.array([rows[place].estimate or 0.0 for place in numbers])
    found = [readings[place] for place in told]
    scores = normal_points(len(groups), _SCORES) if log_sd.any() else np.zeros((1, len(groups)))
    each = []
    for score in scores:
        error = median * np.exp(log_sd * score[which])
        matrix = (correlation + nugget * np.eye(len(error))) * np.outer(error, error) + added
        each.append(_joint(y, shifted[places], matrix, error, found))
    best = max(each)
    return total + best + math.log(sum(math.exp(value - best) for value in each) / len(each))


def _joint(y: Array, mean: Array, matrix: Array, error: Array, readings: Sequence[Reading | None]) -> float:
    """Return log N(y) plus log P(findings | y)."""
    k = len(y)
    factor = np.asarray(np.linalg.cholesky(matrix + 1e-12 * np.diag(np.diag(matrix))), dtype=np.float64)
    rest = np.linalg.solve(factor[:k, :k], y - mean[:k])
    log_density = float(-0.5 * rest @ rest - np.log(np.diag(factor[:k, :k])).sum() - 0.5 * k * math.log(2 * math.pi))
    if not readings:
        return log_density
    centre = mean[k:] + factor[k:, :k] @ rest
    lower = np.array([reading.low if reading else -math.inf for reading in readings]) * error[k:]
    upper = np.array([reading.high if reading else math.inf for reading in readings]) * error[k:]
    truth = np.array([reading.truth if reading else 0.0 for reading in readings])
    return log_density + float(orthant(centre[None], factor[k:, k:], lower, upper, truth)[0])


def orthant(centre: Array, factor: Array, lower: Array, upper: Array, truth: Array) -> Array:
    """Return log P(findings) for x = centre + factor e, by sequential conditioning on fixed points.

    A statement true with probability `truth` mixes "lower < x < upper" with "nothing said" (1/2); x is drawn from that
    mixture, so that later findings hear it exactly as far as it is believed.

    Args:
        centre: shape [K, m]. factor: lower triangular, shape [m, m].
        lower, upper, truth: shape [m].
    """
    from scipy.special import ndtr, ndtri

    m = centre.shape[1]
    uniform = ndtr(normal_points(m, _POINTS))
    drawn = np.zeros((len(centre), _POINTS, m))
    weight = np.ones((len(centre), _POINTS))
    for row in range(m):
        moved = centre[:, row, None] + drawn[:, :, :row] @ factor[row, :row]
        low = ndtr((lower[row] - moved) / factor[row, row])
        high = ndtr((upper[row] - moved) / factor[row, row])
        inside = np.clip(high - low, 1e-300, 1.0)
        outside = 0.5 * (1.0 - truth[row])
        total = truth[row] * inside + outside
        weight = weight * total
        mass = uniform[:, row] * total  # of the mixture below the point: flat outside, steeper between low and high
        share = low + (mass - outside * low) / (outside + truth[row])
        if outside > 0:
            above = high + (mass - outside * low - (outside + truth[row]) * inside) / outside
            share = np.where(share < low, mass / outside, np.where(share > high, above, share))
        drawn[:, :, row] = ndtri(np.clip(share, 1e-15, 1 - 1e-15))
    return np.asarray(np.log(np.maximum(weight.mean(axis=1), 1e-300)))


def orthant_slope(centre: Array, factor: Array, lower: Array, upper: Array, truth: Array) -> Array:
    """Return the gradient of `orthant` in the centre [K, m]: the same points, backwards through the conditioning."""
    from scipy.special import ndtr, ndtri

    m = centre.shape[1]
    uniform = ndtr(normal_points(m, _POINTS))
    drawn = np.zeros((len(centre), _POINTS, m))
    weight = np.ones((len(centre), _POINTS))
    # of the log weight, and of the point drawn, in what is conditioned on
    of_weight, of_drawn = np.zeros_like(drawn), np.zeros_like(drawn)
    for row in range(m):
        spread, told = factor[row, row], truth[row]
        moved = centre[:, row, None] + drawn[:, :, :row] @ factor[row, :row]
        below, above = (lower[row] - moved) / spread, (upper[row] - moved) / spread
        low, high = ndtr(below), ndtr(above)
        d_low, d_high = -_density(below) / spread, -_density(above) / spread
        inside, outside = np.clip(high - low, 1e-300, 1.0), 0.5 * (1.0 - told)
        total, d_total = told * inside + outside, told * (d_high - d_low)
        weight = weight * total
        of_weight[:, :, row] = d_total / total
        mass, d_mass = uniform[:, row] * total, uniform[:, row] * d_total
        share = low + (mass - outside * low) / (outside + told)
        slope = d_low * told / (outside + told) + d_mass / (outside + told)
        if outside > 0:
            over = high + (mass - outside * low - (outside + told) * inside) / outside
            d_over = d_high + (d_mass - outside * d_low - (outside + told) * (d_high - d_low)) / outside
            left, right = share < low, share > high
            share = np.where(left, mass / outside, np.where(right, over, share))
            slope = np.where(left, d_mass / outside, np.where(right, d_over, slope))
        drawn[:, :, row] = ndtri(np.clip(share, 1e-15, 1 - 1e-15))
        of_drawn[:, :, row] = slope / np.maximum(_density(drawn[:, :, row]), 1e-14)
    share_of = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    found, up = np.zeros_like(centre), np.zeros_like(drawn)
    for row in range(m - 1, -1, -1):
        back = share_of * of_weight[:, :, row] + up[:, :, row] * of_drawn[:, :, row]
        found[:, row] = back.sum(axis=1)
        up[:, :, :row] += back[:, :, None] * factor[row, :row]
    return found


def _density(x: Array) -> Array:
    return np.asarray(np.exp(-0.5 * np.square(np.clip(x, -37.0, 37.0))) / math.sqrt(2.0 * math.pi))


def _binomial(rows: Sequence[Row], means: Array) -> tuple[float, set[int]]:
    """Return the log likelihood of levels that come with a count, and which rows those are."""
    from scipy.special import gammaln

    total, places = 0.0, set()
    for place, row in enumerate(rows):
        people = row.n_arm or row.n
        if row.kind != "level" or row.count is None or not people or row.unit != "proportion":
            continue
        share = min(max(float(means[place]), 0.5 / (people + 1)), 1 - 0.5 / (people + 1))
        k, n = row.count, people
        total += float(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))
        total += k * math.log(share) + (n - k) * math.log1p(-share)
        places.add(place)
    return total, places


def _median(row: Row, known: Mapping[str, StandardError], simulated: float) -> float:
    found = known.get(row.id)
    value = simulated if found is None or not found.median > 0 else found.median
    return max(float(value), 1e-9)


def _spread_key(row: Row) -> tuple[str, str]:
    return row.study, row.outcome


@lru_cache(maxsize=64)
def normal_points(width: int, points: int) -> Array:
    """Return fixed quasi-random normal scores, shape [points, width]."""
    from scipy.special import ndtri
    from scipy.stats import qmc

    engine = qmc.Sobol(max(width, 1), scramble=True, rng=np.random.default_rng(20_240_101))
    return np.asarray(ndtri(np.clip(engine.random(points), 1e-9, 1 - 1e-9)))[:, :width]


def source_of(trial: TrialDesign) -> str:
    """Return where a trial's people come from: ``published`` when its population has its arms."""
    from sim.people import recipe

    known = {arm.name for arm in recipe.read(trial.participants).arms}
    return "published" if all(arm.name in known for arm in trial.participant_arms) else "eligible"


def denoised(correlation: Array, replicates: int, floor: float) -> Array:
    """Return a correlation matrix without its noise, made invertible.

    Each entry is shrunk by its own error, r max(0, 1 - (1 - r^2)^2 / (replicates r^2)): 0.5 hardly moves,
    0.05 of 100 replicates vanishes. Eigenvalues below `floor` are raised to it.
    """
    square = np.maximum(correlation**2, 1e-12)
    kept = correlation * np.clip(1.0 - (1.0 - square) ** 2 / (replicates * square), 0.0, 1.0)
    np.fill_diagonal(kept, 1.0)
    values, vectors = np.linalg.eigh(kept)
    if values[0] < floor:
        kept = (vectors * np.maximum(values, floor)) @ vectors.T
        scale = np.sqrt(np.diag(kept))
        kept = kept / np.outer(scale, scale)
        np.fill_diagonal(kept, 1.0)
    return np.asarray(0.5 * (kept + kept.T))


def _summary(ids: tuple[str, ...], values: Array, floor: float) -> Covariance:
    missing = ~np.isfinite(values)
    if missing.any(axis=0).any():
        often = [ids[place] for place in np.flatnonzero(missing.mean(axis=0) > 0.2)]
        InputError.raise_if(
            Problem(
                name, "not computed in most trials", Say("a row within the follow-up", "een rij binnen de looptijd")
            )
            for name in often
        )
        values = np.where(missing, np.nanmean(values, axis=0), values)
    replicates = len(values)
    mean, sd = values.mean(axis=0), values.std(axis=0, ddof=1)
    scaled = (values - mean) / np.where(sd > 0, sd, 1.0)
    correlation = denoised(scaled.T @ scaled / (replicates - 1), replicates, floor)
    return Covariance(ids, mean, sd, correlation, replicates)
