"""The emulator against the simulator: true runs at draws of the posterior, with gates that have power.

A squared error far below what an emulator claims is no test: it passes whatever is wrong. Here every row is run at
some tens of posterior draws with enough trials that the Monte Carlo error is a small part of its standard error;
rows of one town and theme are averaged, so that an error of half a standard error in one family shows; and the
differences between draws are regressed on the emulated ones, so that an emulator that moves too little shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.likelihood.targets import Targets

__all__ = ["Check", "Family", "family_names", "smoothed_weights", "true_check"]

Array = NDArray[np.float64]

# Gates: mean error of a family of rows in standard errors of the evidence; slope of true on emulated differences.
MOST_GAP = 0.25
SLOPES = (0.75, 1.25)
# Slopes are asked where the emulated differences between draws are at least this many standard errors.
_MOVES = 0.1


@dataclass(frozen=True)
class Family:
    """Rows of one town and theme.

    Attributes:
        name: ``<town>/<use>``.
        rows: how many.
        gap: mean over rows and draws of (true - emulated), in standard errors; `gap_error` its Monte Carlo error.
        spread: root mean square over rows of their mean error, Monte Carlo error taken off.
        slope, slope_error: of true on emulated differences between draws; NaN where they hardly move.
    """

    name: str
    rows: int
    gap: float
    gap_error: float
    spread: float
    slope: float
    slope_error: float

    @property
    def faithful(self) -> bool:
        """Whether the emulator errs by less than the gates here."""
        level = abs(self.gap) - 2.0 * self.gap_error < MOST_GAP
        if not np.isfinite(self.slope):
            return level
        low, high = SLOPES
        return level and low < self.slope + 2.0 * self.slope_error and self.slope - 2.0 * self.slope_error < high


@dataclass(frozen=True)
class Check:
    """True runs at draws of the posterior of the emulator.

    Attributes:
        z: draws, shape [S, D].
        moments, emulated: what the simulator and the emulator find there, shape [S, T].
        scores: (true - emulated), mean over the draws, over its own error (Monte Carlo and what the emulator
            claims), shape [T].
        families: by town and theme.
        raw_k_hat: shape of the tail of importance weights from the true runs.
        moved: largest shift of the mean of a response by these weights, in posterior standard deviations.
    """

    z: Array
    moments: Array
    emulated: Array
    scores: Array
    families: tuple[Family, ...]
    raw_k_hat: float
    moved: float

    @property
    def faithful(self) -> bool:
        """Whether every family of rows is within the gates."""
        return all(each.faithful for each in self.families)

    @property
    def worst(self) -> Family:
        """The family with the largest mean error."""
        return max(self.families, key=lambda each: abs(each.gap))


def family_names(targets: Targets) -> tuple[str, ...]:
    """Return the family of each row, ``<town>/<use>``."""
    return tuple(f"{town}/{row.use}" for town, row in zip(targets.of, targets.rows, strict=True))


def true_check(
    z: Array,
    true: Array,
    emulated: Array,
    *,
    variance: Array,
    replicates: int,
    error: Array,
    claimed: Array,
    families: Sequence[str],
    log: Callable[[Array, Array], Array],
    watched: Mapping[str, int],
) -> Check:
    """Return what true runs say of an emulator.

    Args:
        z: draws [S, D].
        true, emulated: expected rows there, shape [S, T]; NaN in `true` where nobody could be compared.
        variance: of one trial, shape [T].
        replicates: trials per draw, each draw with luck of its own.
        error: standard error of each row in the evidence, shape [T].
        claimed: standard error that the emulator claims, shape [T].
        families: of the rows.
        log: log likelihood of (moments, z).
        watched: latents whose mean is followed under reweighing, by name.
    """
    draws = len(z)
    filled = np.where(np.isfinite(true), true, emulated)
    unit = np.maximum(error, 1e-9)
    off = (filled - emulated) / unit
    noise = np.sqrt(variance / replicates) / unit  # of one draw
    mean = off.mean(axis=0)
    own = noise / np.sqrt(draws)
    scores = mean / np.maximum(np.hypot(own, claimed / unit), 1e-9)
    found = []
    for name in dict.fromkeys(families):
        rows = np.flatnonzero(np.array(families) == name)
        # Rows of one trial share its luck: the error of their mean is taken from the draws, which do not.
        each = off[:, rows].mean(axis=1)
        moved = emulated[:, rows] / unit[rows]
        moved = moved - moved.mean(axis=0)
        apart = filled[:, rows] / unit[rows]
        apart = apart - apart.mean(axis=0)
        slope, slope_error = _slope(moved, apart)
        found.append(
            Family(
                name,
                len(rows),
                float(each.mean()),
                float(each.std(ddof=1) / np.sqrt(draws)) if draws > 1 else float("inf"),
                float(np.sqrt(max(np.mean(np.square(mean[rows]) - np.square(own[rows])), 0.0))),
                slope,
                slope_error,
            )
        )
    weights, k_hat = smoothed_weights(log(filled, z) - log(emulated, z))
    shifts = [
        abs(float(weights @ z[:, at] - z[:, at].mean())) / max(float(z[:, at].std()), 1e-9) for at in watched.values()
    ]
    return Check(z, filled, emulated, scores, tuple(found), k_hat, max(shifts, default=0.0))


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


def _slope(emulated: Array, true: Array) -> tuple[float, float]:
    """Return the slope of true on emulated differences [S, rows], pooled over the rows, and its error."""
    if float(np.sqrt(np.square(emulated).mean())) < _MOVES or len(emulated) < 3:
        return float("nan"), float("nan")
    within = np.square(emulated).sum(axis=1)
    slope = float((emulated * true).sum() / within.sum())
    # Draws are independent, rows of a draw are not: the error is clustered by draw.
    score = (emulated * (true - slope * emulated)).sum(axis=1)
    return slope, float(np.sqrt(np.square(score).sum()) / within.sum())
