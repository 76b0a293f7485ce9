"""Does the model fit at all: a chi-square statistic with its reference, in total and per municipality.

With moments linear in the latent normals, y ~ N(m0, C + J J'), so the smallest penalised misfit

    M = min over z of (y - m(z))' C^-1 (y - m(z)) + z'z

has a chi-square law with as many degrees as rows: exactly, whatever the data taught. A town's part is the
sum of squares of its whitened residuals at the fit; those have covariance (I + A A')^-1 with A the whitened
Jacobian, so the sum is nearly a scaled chi-square with the same mean and variance (Satterthwaite 1946). Where
moments bend or correlations are estimated, the reference comes from the synthetic truths of the
simulation-based calibration instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.problems import Say

__all__ = ["Misfit", "misfit", "statistic"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Misfit:
    """How far a group of rows lies from the fit.

    `expected`: its mean when the model is right; `ends`: then its 5%, 50% and 95% points.
    `p`: chance of a statistic at least this large when the model is right, from `reference`
    (``chi-square`` or ``simulated``, then with `references` synthetic trials).
    """

    group: str
    statistic: float
    rows: int
    expected: float
    ends: tuple[float, float, float]
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
            f"{self.group}: misfit {self.statistic:.0f} over {self.rows} rows, where a right model "
            "gives about "
            f"{self.expected:.0f} (p = {chance}): "
            f"{verdict.en}.",
            f"{self.group}: misfit {self.statistic:.0f} over {self.rows} rijen, waar een goed model ongeveer "
            f"{self.expected:.0f} geeft (p = {chance.replace('.', ',')}): {verdict.nl}.",
        )


def statistic(published: Array, centre: Array, jacobian: Array, covariance: Array) -> float:
    """Return M for moments `centre` + J z, all in one step; chi-square with len(published) degrees."""
    total = covariance + jacobian @ jacobian.T
    rest = published - centre
    return float(rest @ np.linalg.solve(total, rest))


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
        groups: municipality -> places of its rows, independent of other municipalities; or all rows.
        reference: statistics of the same groups under synthetic truths; replaces the chi-square law.
    """
    factor = np.linalg.cholesky(covariance)
    white = np.linalg.solve(factor, published - fitted)
    scaled = np.linalg.solve(factor, jacobian)
    spread = np.linalg.inv(np.eye(len(white)) + scaled @ scaled.T)
    found = []
    for name, places in groups.items():
        out = np.asarray(places)
        block = spread[np.ix_(out, out)]
        mean, square = float(np.trace(block)), float(np.square(block).sum())
        value = float(white[out] @ white[out])
        freedom, scale = mean**2 / square, square / mean
        known = None if reference is None else reference.get(name)
        if known is None or not len(known):
            found.append(Misfit(name, value, len(out), mean, _ends(freedom, scale), _tail(value / scale, freedom)))
        else:
            p = (1 + float((known >= value).sum())) / (1 + len(known))
            low, middle, high = np.quantile(known, [0.05, 0.5, 0.95])
            ends = (float(low), float(middle), float(high))
            found.append(Misfit(name, value, len(out), float(np.mean(known)), ends, p, "simulated", len(known)))
    return tuple(found)


def _ends(freedom: float, scale: float) -> tuple[float, float, float]:
    """Return the 5%, 50% and 95% points of a scaled chi-square."""
    from scipy.special import chdtri

    low, middle, high = (scale * float(chdtri(freedom, q)) for q in (0.95, 0.5, 0.05))
    return low, middle, high


def _tail(value: float, freedom: float) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, value))
