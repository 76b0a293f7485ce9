"""Does the model fit at all: a chi-square statistic with its reference, in total and per municipality.

With moments linear in the latent normals, y ~ N(m0, C + J J'), so the smallest penalised misfit

    M = min over z of (y - m(z))' C^-1 (y - m(z)) + z'z

has a chi-square law with as many degrees as rows: exactly, whatever the data taught. A town's part is the
Mahalanobis distance of its residual at the fit, whose covariance is C (C + J J')^-1 C. Where moments bend,
the reference comes from the synthetic truths of the simulation-based calibration instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.problems import Say

__all__ = ["Misfit", "misfit", "residual_covariance", "statistic"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Misfit:
    """How far a group of rows lies from the fit.

    `p`: chance of a statistic at least this large when the model is right, from `reference`
    (``chi-square`` or ``simulated``, then with `references` synthetic trials).
    """

    group: str
    statistic: float
    freedom: int
    p: float
    reference: str = "chi-square"
    references: int = 0

    def in_words(self) -> Say:
        """One sentence."""
        if self.p >= 0.05:
            verdict = Say("no sign that the model misses something", "geen teken dat het model iets mist")
        elif self.p >= 0.005:
            verdict = Say("some misfit: look at the rows", "enige misfit: bekijk de rijen")
        else:
            verdict = Say("the model misses something here", "het model mist hier iets")
        chance = f"{self.p:.3f}" if self.p >= 0.0005 else "< 0.0005"
        return Say(
            f"{self.group}: misfit {self.statistic:.0f} over {self.freedom} rows (p = {chance}): "
            f"{verdict.en}.",
            f"{self.group}: misfit {self.statistic:.0f} over {self.freedom} rijen "
            f"(p = {chance.replace('.', ',')}): {verdict.nl}.",
        )


def statistic(published: Array, centre: Array, jacobian: Array, covariance: Array) -> float:
    """Return M for moments `centre` + J z, all in one step; chi-square with len(published) degrees."""
    total = covariance + jacobian @ jacobian.T
    rest = published - centre
    return float(rest @ np.linalg.solve(total, rest))


def residual_covariance(jacobian: Array, covariance: Array) -> Array:
    """Return the covariance of the residual at the fit, shape [T, T]."""
    total = covariance + jacobian @ jacobian.T
    return np.asarray(covariance @ np.linalg.solve(total, covariance))


def misfit(
    published: Array,
    fitted: Array,
    jacobian: Array,
    covariance: Array,
    groups: Mapping[str, Sequence[int]],
    *,
    reference: Mapping[str, Array] | None = None,
) -> tuple[Misfit, ...]:
    """Return the misfit of every group of rows at the fitted moments.

    Args:
        published, fitted: [T].
        jacobian: [T, D] at the fit, in latent standard normals.
        covariance: [T, T], of the sampling error (with what is left of Monte Carlo and emulator error).
        groups: municipality -> places of its rows; give all rows as one group for the total.
        reference: statistics of the same groups under synthetic truths; replaces the chi-square law.
    """
    spread = residual_covariance(jacobian, covariance)
    rest = published - fitted
    found = []
    for name, places in groups.items():
        out = np.asarray(places)
        block = spread[np.ix_(out, out)]
        # A direction that the fit follows fully has no residual left: pseudo-inverse, degrees of its rank.
        values, vectors = np.linalg.eigh(0.5 * (block + block.T))
        kept = values > 1e-9 * max(float(values[-1]), 1e-300)
        scores = (vectors[:, kept].T @ rest[out]) / np.sqrt(values[kept])
        value, freedom = float(scores @ scores), int(kept.sum())
        known = None if reference is None else reference.get(name)
        if known is None or not len(known):
            found.append(Misfit(name, value, freedom, _tail(value, freedom)))
        else:
            p = (1 + float((known >= value).sum())) / (1 + len(known))
            found.append(Misfit(name, value, freedom, p, "simulated", len(known)))
    return tuple(found)


def _tail(value: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, value)) if freedom else math.nan
