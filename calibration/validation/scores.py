"""How good predictions are: ranks, coverage with its bounds, the log score and the CRPS.

CRPS of a sample: Gneiting and Raftery (2007), with the unbiased spread term. Lower is better for the CRPS,
higher for the log score. Ranks: Talts et al. (2018).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.problems import InputError, Problem, Say

__all__ = ["Coverage", "coverage", "crps", "expected_inside", "log_score", "ranks", "uniform_p", "within"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Coverage:
    """How often intervals of one quantity at one level held the truth.

    `low` and `high` bound the count when the intervals are right (an exact binomial region at 1 - `error`).
    """

    name: str
    level: float
    inside: int
    trials: int
    low: int
    high: int
    error: float

    @property
    def share(self) -> float:
        """Share of the intervals that held the truth."""
        return self.inside / self.trials if self.trials else math.nan

    @property
    def right(self) -> bool:
        """Whether the count lies within its binomial bounds."""
        return self.low <= self.inside <= self.high


def ranks(truths: Array, draws: Array) -> NDArray[np.int64]:
    """Return how many draws lie below each truth.

    Args:
        truths: [N, Q].
        draws: [N, S, Q].

    Returns:
        Ranks 0..S, shape [N, Q]; uniform when posterior and truths belong together.
    """
    if draws.ndim != 3 or truths.shape != (draws.shape[0], draws.shape[2]):
        said = Say("truths [N, Q] beside draws [N, S, Q]", "waarheden [N, Q] naast trekkingen [N, S, Q]")
        raise InputError([Problem("ranks", f"{truths.shape} and {draws.shape}", said)])
    return np.asarray((draws < truths[:, None, :]).sum(axis=1), dtype=np.int64)


def within(truths: Array, draws: Array, level: float) -> NDArray[np.bool_]:
    """Return whether each truth lies in the central interval of its draws, shape [N, Q]."""
    low, high = np.quantile(draws, [0.5 - level / 2, 0.5 + level / 2], axis=1)
    return np.asarray((truths >= low) & (truths <= high))


def coverage(
    names: Sequence[str], truths: Array, draws: Array, level: float, *, error: float = 0.05
) -> tuple[Coverage, ...]:
    """Return the coverage of every quantity; `error`: chance that a right one falls outside its bounds."""
    inside = within(truths, draws, level).sum(axis=0)
    low, high = expected_inside(len(truths), level, error)
    return tuple(
        Coverage(name, level, int(count), len(truths), low, high, error)
        for name, count in zip(names, inside, strict=True)
    )


def expected_inside(trials: int, level: float, error: float) -> tuple[int, int]:
    """Return the counts between which a right interval's coverage lies, with probability 1 - `error`."""
    from scipy.stats import binom

    if not trials:
        return 0, 0
    return int(binom.ppf(error / 2, trials, level)), int(binom.ppf(1 - error / 2, trials, level))


def uniform_p(rank: NDArray[np.int64], draws: int, bins: int = 10) -> float:
    """Return the p-value of uniform ranks 0..draws: chi-square over `bins` nearly equal groups."""
    from scipy.stats import chisquare

    edges = np.linspace(0, draws + 1, bins + 1).round().astype(np.int64)
    counts = np.histogram(rank, bins=edges - 0.5)[0]
    expected = np.diff(edges) / (draws + 1) * len(rank)
    return float(chisquare(counts, expected).pvalue)


def crps(truth: Array, draws: Array) -> Array:
    """Return the CRPS of samples.

    Args:
        truth: shape [T].
        draws: shape [S, T].

    Returns:
        One number per column, in the unit of the truth; 0 is perfect.
    """
    size = len(draws)
    ordered = np.sort(draws, axis=0)
    weight = 2.0 * np.arange(1, size + 1) - size - 1.0
    spread = (weight[:, None] * ordered).sum(axis=0) / (size * max(size - 1, 1))
    return np.asarray(np.abs(draws - truth).mean(axis=0) - spread)


def log_score(truth: Array, means: Array, covariance: Array) -> float:
    """Return the log density of `truth` under an equal mixture of normals.

    Args:
        truth: shape [T].
        means: shape [S, T].
        covariance: shape [T, T], of every component.
    """
    factor = np.linalg.cholesky(covariance)
    rest = np.linalg.solve(factor, (truth - means).T)
    each = -0.5 * (rest**2).sum(axis=0)
    top = float(each.max())
    mixed = top + math.log(float(np.exp(each - top).mean()))
    return mixed - float(np.log(np.diag(factor)).sum()) - 0.5 * len(truth) * math.log(2 * math.pi)
