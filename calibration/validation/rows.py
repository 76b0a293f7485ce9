"""What a fit says of each row and each parameter: posterior predictive check, contraction, convergence.

All functions take arrays (draws in rows), so that any fit, also one of another method, can be judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.problems import InputError, Problem, Say

__all__ = [
    "Contraction",
    "Convergence",
    "RowCheck",
    "check_rows",
    "contraction",
    "convergence",
    "in_words",
    "share_outside",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RowCheck:
    """One row of the evidence beside what the calibrated model predicts for it.

    `tail` is the two-sided predictive probability of a value at least this far out (discrete: mid-p).
    `likely` is the predictive probability of what was told in words; NaN for a row with a number.
    """

    id: str
    town: str
    outcome: str
    published: float
    median: float
    half: tuple[float, float]
    most: tuple[float, float]
    tail: float
    likely: float = math.nan

    @property
    def told(self) -> bool:
        """Whether the row is a finding in words."""
        return not math.isnan(self.likely)

    @property
    def inside_half(self) -> bool:
        """Whether the published number lies in the 50% interval."""
        return self.half[0] <= self.published <= self.half[1]

    @property
    def outside(self) -> bool:
        """Whether the row is a surprise: outside the 90% interval, or told with less than 10% chance."""
        if self.told:
            return self.likely < 0.1
        return not self.most[0] <= self.published <= self.most[1]


@dataclass(frozen=True)
class Contraction:
    """What the data did to one parameter.

    `share` = 1 - posterior variance / prior variance (0: nothing learned; 1: known exactly; below 0: wider);
    `shift` = move of the mean in prior standard deviations; `error` = Monte Carlo error of `share`.
    """

    name: str
    share: float
    error: float
    shift: float
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]

    @property
    def told(self) -> str:
        """Share with its Monte Carlo error, as ``40% ± 12``; a share below its error is no learning."""
        if not math.isfinite(self.share):
            return ""
        return f"{100 * max(0.0, self.share):.0f}% ± {100 * self.error:.0f}"

    @property
    def learned(self) -> str:
        """``nothing``, ``little``, ``some`` or ``much``."""
        size = self.share if abs(self.shift) < 0.5 else max(self.share, 0.1)
        if size < max(0.05, 2 * self.error if abs(self.shift) < 0.5 else 0.0):
            return "nothing"
        return "little" if size < 0.2 else "some" if size < 0.5 else "much"


@dataclass(frozen=True)
class Convergence:
    """R-hat, effective draws and Monte Carlo error (in posterior standard deviations) of one quantity."""

    name: str
    rhat: float
    bulk: float
    tail: float
    error: float

    @property
    def good(self) -> bool:
        """Rank-normalised R-hat at most 1.01 and 400 effective draws (Vehtari et al. 2021), 1.05 and 100."""
        return self.rhat <= 1.05 and min(self.bulk, self.tail) >= 100


def check_rows(
    ids: Sequence[str],
    towns: Sequence[str],
    outcomes: Sequence[str],
    published: Array,
    replicated: Array,
    likely: Array | None = None,
) -> tuple[RowCheck, ...]:
    """Put every row beside its posterior predictive draws (sampling error included).

    Args:
        ids, towns, outcomes: of each row, length T.
        published: [T]; NaN where only words were told.
        replicated: [S, T] replicated tables.
        likely: [T] predictive probability of what was told in words; NaN for numbers.
    """
    if replicated.ndim != 2 or not len(ids) == len(towns) == len(outcomes) == len(published) == (replicated.shape[1]):
        said = Say("as many rows as columns of draws", "evenveel rijen als kolommen met trekkingen")
        raise InputError([Problem("rows", f"{len(ids)} and {replicated.shape}", said)])
    low, low_half, middle, high_half, high = np.quantile(replicated, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    below = (replicated < published).mean(axis=0) + 0.5 * (replicated == published).mean(axis=0)
    told = np.full(len(ids), np.nan) if likely is None else likely
    return tuple(
        RowCheck(
            ids[t],
            towns[t],
            outcomes[t],
            float(published[t]),
            float(middle[t]),
            (float(low_half[t]), float(high_half[t])),
            (float(low[t]), float(high[t])),
            float(2 * min(below[t], 1 - below[t])) if math.isfinite(published[t]) else math.nan,
            float(told[t]),
        )
        for t in range(len(ids))
    )


def share_outside(rows: Sequence[RowCheck]) -> tuple[int, int]:
    """Return how many numbers lie outside their 90% interval, and how many numbers there are."""
    numbers = [row for row in rows if not row.told and math.isfinite(row.published)]
    return sum(row.outside for row in numbers), len(numbers)


def contraction(
    names: Sequence[str], prior: Array, posterior: Array, effective: Array | float | None = None
) -> tuple[Contraction, ...]:
    """Compare prior [S0, Q] and posterior [S, Q] draws; `effective`: effective posterior draws."""
    size = np.broadcast_to(len(posterior) if effective is None else effective, (len(names),))
    spread, mean = prior.std(axis=0, ddof=1), prior.mean(axis=0)
    left = posterior.std(axis=0, ddof=1)
    ends = np.quantile(prior, [0.05, 0.5, 0.95], axis=0)
    after = np.quantile(posterior, [0.05, 0.5, 0.95], axis=0)
    found = []
    for q, name in enumerate(names):
        ratio = (left[q] / spread[q]) ** 2 if spread[q] > 0 else math.nan
        found.append(
            Contraction(
                name,
                float(1 - ratio),
                float(ratio * math.sqrt(2 / max(size[q], 2) + 2 / len(prior))),
                float((posterior[:, q].mean() - mean[q]) / spread[q]) if spread[q] > 0 else math.nan,
                (float(ends[0, q]), float(ends[1, q]), float(ends[2, q])),
                (float(after[0, q]), float(after[1, q]), float(after[2, q])),
            )
        )
    return tuple(found)


def convergence(names: Sequence[str], chains: Array) -> tuple[Convergence, ...]:
    """Return R-hat, bulk and tail effective size and relative Monte Carlo error of chains [C, S, Q]."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        import arviz

    az: Any = arviz  # its functions carry no types

    if chains.ndim != 3 or chains.shape[2] != len(names) or chains.shape[1] < 4:
        said = Say("chains of 4 draws or more, one name each", "ketens van 4 of meer trekkingen, elk met naam")
        raise InputError([Problem("chains", str(chains.shape), said)])
    found = []
    for q, name in enumerate(names):
        one = chains[:, :, q]
        bulk = float(az.ess(one, method="bulk"))
        tail = float(az.ess(one, method="tail"))
        rhat = float(az.rhat(one)) if len(chains) > 1 else math.nan
        found.append(Convergence(name, rhat, bulk, tail, 1 / math.sqrt(max(bulk, 1.0))))
    return tuple(found)


def in_words(rows: Sequence[RowCheck]) -> Say:
    """Say how well the rows are reproduced."""
    outside, numbers = share_outside(rows)
    half = sum(row.inside_half for row in rows if not row.told and math.isfinite(row.published))
    told = [row for row in rows if row.told]
    odd = sum(row.outside for row in told)
    wide = 0.1 * numbers
    return Say(
        f"{outside} of {numbers} published numbers lie outside their 90% predictive interval (about "
        f"{wide:.0f} would by chance), {half} inside the 50% interval (about {numbers / 2:.0f}); "
        f"{odd} of {len(told)} findings in words had less than 10% chance.",
        f"{outside} van de {numbers} gepubliceerde getallen liggen buiten hun 90%-voorspelmarge (door toeval "
        f"ongeveer {wide:.0f}), {half} binnen de 50%-marge (ongeveer {numbers / 2:.0f}); {odd} van de "
        f"{len(told)} bevindingen in woorden hadden minder dan 10% kans.",
    )
