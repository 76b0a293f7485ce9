"""Random-effects meta-analysis across municipalities: mean, spread, and what a new municipality may expect.

Model: y_i ~ N(mu, tau2 + s_i^2). tau2 by restricted maximum likelihood (REML), Paule-Mandel or
DerSimonian-Laird; its interval by the Q-profile (Viechtbauer 2007); I2 and H2 follow from it (Higgins and
Thompson 2002). The mean has the normal interval or that of Hartung and Knapp. What a new municipality may
expect is drawn from the confidence distribution of tau2 (Nagashima, Noma and Furukawa 2019), because the
textbook interval (t with k - 2 degrees of freedom, Higgins, Thompson and Spiegelhalter 2009; also
returned) takes tau2 as known and covers too little. Findings that give only a
sign and a marker enter as P(low < y < high) under N(mu, tau2 + s^2) (`pool_with_findings`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.ordinal import Reading
from sim.problems import InputError, Problem, Say, one_of

__all__ = ["METHODS", "Pooled", "heterogeneity_in_words", "pool", "pool_with_findings", "tau_squared"]

Array = NDArray[np.float64]
Method = Literal["reml", "paule_mandel", "dersimonian_laird", "likelihood"]
METHODS: tuple[Method, ...] = ("reml", "paule_mandel", "dersimonian_laird")
_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Pooled:
    """The result; intervals are (low, high) at `level`. Unknown = NaN (one study has no heterogeneity)."""

    studies: int
    findings: int
    method: Method
    level: float
    mean: float
    error: float
    interval: tuple[float, float]
    prediction: tuple[float, float]
    prediction_textbook: tuple[float, float]
    tau2: float
    tau2_interval: tuple[float, float]
    i2: float
    i2_interval: tuple[float, float]
    q: float
    q_p: float
    weights: tuple[float, ...]


def pool(
    estimates: Sequence[float],
    errors: Sequence[float],
    *,
    method: Method = "reml",
    level: float = 0.95,
    knapp_hartung: bool = False,
) -> Pooled:
    """Pool estimates with their standard errors.

    Args:
        estimates: one per study, same unit.
        errors: standard errors, above 0.
        method: how tau2 is estimated.
        level: of all intervals.
        knapp_hartung: interval of the mean by t and the weighted spread (advised for few studies).

    Raises:
        InputError: no studies, unequal lengths, errors that are not above 0, an unknown method.
    """
    y, s = _checked(estimates, errors, method, level)
    k = len(y)
    tau2 = tau_squared(y, s, method)
    weight = 1.0 / (tau2 + s**2)
    mean = float((weight * y).sum() / weight.sum())
    error = float(1.0 / math.sqrt(weight.sum()))
    z = _normal(level)
    half = z * error
    if knapp_hartung and k > 1:
        spread = float((weight * (y - mean) ** 2).sum() / (k - 1))
        error = math.sqrt(max(spread, _TOLERANCE)) * error
        half = _student(level, k - 1) * error
    reach = _student(level, k - 2) * math.sqrt(tau2 + 1.0 / weight.sum()) if k > 2 else math.nan
    fixed = 1.0 / s**2
    q = float((fixed * (y - (fixed * y).sum() / fixed.sum()) ** 2).sum())
    span = _q_profile(y, s, level)
    typical = _typical_variance(s)
    return Pooled(
        studies=k,
        findings=0,
        method=method,
        level=level,
        mean=mean,
        error=error,
        interval=(mean - half, mean + half),
        prediction=_prediction(y, s, level) if k > 2 else (math.nan, math.nan),
        prediction_textbook=(mean - reach, mean + reach),
        tau2=tau2 if k > 1 else math.nan,
        tau2_interval=span,
        i2=tau2 / (tau2 + typical) if k > 1 else math.nan,
        i2_interval=(span[0] / (span[0] + typical), span[1] / (span[1] + typical)),
        q=q,
        q_p=_chi_square_tail(q, k - 1) if k > 1 else math.nan,
        weights=tuple(float(w) for w in weight / weight.sum()),
    )


def tau_squared(estimates: Sequence[float] | Array, errors: Sequence[float] | Array, method: Method) -> float:
    """Return the variance between studies, cut at 0."""
    y, s = np.asarray(estimates, float), np.asarray(errors, float)
    if len(y) < 2:
        return 0.0
    if method == "dersimonian_laird":
        weight = 1.0 / s**2
        scale = weight.sum() - (weight**2).sum() / weight.sum()
        return max(0.0, (_generalised_q(y, s, 0.0) - (len(y) - 1)) / float(scale))
    if method == "paule_mandel":
        return _root(lambda tau2: _generalised_q(y, s, tau2) - (len(y) - 1), _ceiling(y, s))
    return _reml(y, s)


def pool_with_findings(
    estimates: Sequence[float],
    errors: Sequence[float],
    findings: Sequence[tuple[Reading, float]],
    *,
    biases: Sequence[float] = (),
    level: float = 0.95,
) -> Pooled:
    """Pool estimates together with findings that give only a sign and a marker.

    Args:
        estimates, errors: as in `pool`; may be empty.
        findings: reading and standard error of each finding.
        biases: standard deviation of a shift of each finding, because its groups differed (none when left out).
        level: of all intervals.

    Returns:
        Maximum likelihood (not restricted); intervals of mean and tau2 by profile likelihood; the prediction
        interval averages over mean and tau in proportion to the likelihood. Unknown (NaN) where the findings bound no
        size: signs that all point one way.
    """
    if not findings:
        return pool(estimates, errors, level=level)
    y, s = _checked(estimates, errors, "reml", level, fewest=0)
    bounds = np.array([(reading.low * error, reading.high * error) for reading, error in findings])
    truth = np.array([reading.truth for reading, _ in findings])
    spread = np.array([error for _, error in findings])
    every = np.hypot(np.concatenate([s, spread]), np.concatenate([0.0 * s, biases or 0.0 * spread]))
    width = float(np.concatenate([np.abs(y), every]).max())
    means = np.linspace(-4 * width, 4 * width, 801)
    taus = np.linspace(0.0, 3 * width, 241)
    total = np.zeros((means.size, taus.size))
    for value, error in zip(y, s, strict=True):
        variance = taus**2 + error**2
        total += -0.5 * (value - means[:, None]) ** 2 / variance - 0.5 * np.log(variance)
    from scipy.special import ndtr

    shifts = np.array(biases or [0.0] * len(findings))
    for (low, high), error, sure, shift in zip(bounds, spread, truth, shifts, strict=True):
        sd = np.sqrt(taus**2 + error**2 + shift**2)
        inside = ndtr((high - means[:, None]) / sd) - ndtr((low - means[:, None]) / sd)
        total += np.log(np.maximum(sure * inside + (1 - sure) * 0.5, 1e-300))
    best = np.unravel_index(int(total.argmax()), total.shape)
    mean, tau2 = float(means[best[0]]), float(taus[best[1]] ** 2)
    drop = 0.5 * _normal(level) ** 2
    interval = _profile(means, total.max(axis=1), drop)
    if best[0] in (0, means.size - 1):  # a sign by itself bounds nothing: the likelihood rises to the edge of the grid
        mean, interval = math.nan, (math.nan, math.nan)
    tau_interval = _profile(taus, total.max(axis=0), drop)
    error = (interval[1] - interval[0]) / (2 * _normal(level))
    k = len(y) + len(findings)
    reach = _student(level, k - 2) * math.sqrt(tau2 + error**2) if k > 2 else math.nan
    expected = _predictive(total, means, taus, level) if k > 2 else (math.nan, math.nan)
    typical = _typical_variance(every)
    span = (tau_interval[0] ** 2, tau_interval[1] ** 2)
    weight = 1.0 / (tau2 + every**2)
    return Pooled(
        studies=len(y),
        findings=len(findings),
        method="likelihood",
        level=level,
        mean=mean,
        error=error,
        interval=interval,
        prediction=expected,
        prediction_textbook=(mean - reach, mean + reach),
        tau2=tau2,
        tau2_interval=span,
        i2=tau2 / (tau2 + typical),
        i2_interval=(span[0] / (span[0] + typical), span[1] / (span[1] + typical)),
        q=math.nan,
        q_p=math.nan,
        weights=tuple(float(w) for w in weight / weight.sum()),
    )


def heterogeneity_in_words(pooled: Pooled, unit: str = "") -> Say:
    """Return one sentence on how far the municipalities differ, as certain as the data allow."""
    k = pooled.studies + pooled.findings
    if k < 2:
        return Say(
            "One study: nothing can be said about differences between municipalities.",
            "Eén studie: over verschillen tussen gemeenten valt niets te zeggen.",
        )
    share, (low, high) = pooled.i2, pooled.i2_interval
    if high - low > 0.6 or k < 5:
        size = Say("cannot be told from chance yet", "is nog niet van toeval te onderscheiden")
    elif share < 0.3:
        size = Say("is small", "is klein")
    elif share < 0.6:
        size = Say("is moderate", "is matig")
    else:
        size = Say("is large", "is groot")
    percent = f"{100 * share:.0f}% ({100 * low:.0f} - {100 * high:.0f}%)"
    tau = f"{math.sqrt(pooled.tau2):.3g}{' ' + unit if unit else ''}"
    few = k < 5
    return Say(
        f"The difference between {k} municipalities {size.en}: {percent} of the variation is more than "
        f"chance; spread between municipalities {tau}."
        + (" With so few studies the spread is hardly known." if few else ""),
        f"Het verschil tussen {k} gemeenten {size.nl}: {percent} van de variatie is meer dan toeval; "
        f"spreiding tussen gemeenten {tau.replace('.', ',')}."
        + (" Met zo weinig studies is de spreiding nauwelijks bekend." if few else ""),
    )


def _checked(
    estimates: Sequence[float], errors: Sequence[float], method: str, level: float, *, fewest: int = 1
) -> tuple[Array, Array]:
    problems: list[Problem] = []
    y, s = np.asarray(estimates, float), np.asarray(errors, float)
    if y.ndim != 1 or y.shape != s.shape or len(y) < fewest:
        allowed = Say("as many estimates as errors, one or more", "evenveel schattingen als fouten")
        problems.append(Problem("pool", f"{y.shape} and {s.shape}", allowed))
    elif not (np.isfinite(y).all() and np.isfinite(s).all() and (s > 0).all()):
        allowed = Say("finite estimates, errors above 0", "eindige schattingen, fouten boven 0")
        problems.append(Problem("pool", "not finite or not above 0", allowed))
    if method not in METHODS:
        problems.append(one_of("method", method, METHODS))
    if not 0.5 <= level < 1:
        problems.append(Problem("level", level, Say("0.5 up to 1", "0,5 tot 1")))
    InputError.raise_if(problems)
    return y, s


def _reml(y: Array, s: Array) -> float:
    """Return REML tau2: the root of the restricted score, found by bisection from the highest likelihood."""
    grid = np.concatenate([[0.0], np.geomspace(1e-8, 1.0, 200) * _ceiling(y, s)])
    start = int(np.argmax([_restricted(y, s, tau2) for tau2 in grid]))
    if start == 0:
        return 0.0
    low, high = grid[start - 1], grid[min(start + 1, grid.size - 1)]
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda tau2: -_restricted(y, s, tau2), bounds=(low, high), method="bounded", options={"xatol": 1e-12}
    )
    return float(found.x)


def _restricted(y: Array, s: Array, tau2: float) -> float:
    weight = 1.0 / (tau2 + s**2)
    mean = (weight * y).sum() / weight.sum()
    return float(0.5 * np.log(weight).sum() - 0.5 * math.log(weight.sum()) - 0.5 * (weight * (y - mean) ** 2).sum())


def _generalised_q(y: Array, s: Array, tau2: float) -> float:
    weight = 1.0 / (tau2 + s**2)
    mean = (weight * y).sum() / weight.sum()
    return float((weight * (y - mean) ** 2).sum())


def _ceiling(y: Array, s: Array) -> float:
    return float(100.0 * (np.var(y) + (s**2).max()) + _TOLERANCE)


def _root(function: Callable[[float], float], ceiling: float) -> float:
    """Return the root of a falling function on [0, ceiling]; 0 when it starts below 0."""
    if function(0.0) <= 0.0:
        return 0.0
    if function(ceiling) > 0.0:
        return ceiling
    from scipy.optimize import brentq

    return float(brentq(function, 0.0, ceiling, xtol=1e-14))


def _q_profile(y: Array, s: Array, level: float) -> tuple[float, float]:
    if len(y) < 2:
        return math.nan, math.nan
    from scipy.special import chdtri

    tail = (1 - level) / 2
    low, high = float(chdtri(len(y) - 1, tail)), float(chdtri(len(y) - 1, 1 - tail))
    ceiling = 1000 * _ceiling(y, s)
    return (
        _root(lambda tau2: _generalised_q(y, s, tau2) - low, ceiling),
        _root(lambda tau2: _generalised_q(y, s, tau2) - high, ceiling),
    )


def _prediction(y: Array, s: Array, level: float) -> tuple[float, float]:
    """Return what a new study may show: mean, its error and tau2 all uncertain (Nagashima, Noma and Furukawa 2019).

    tau2 has its confidence distribution 1 - P(Q <= observed | tau2), with the exact law of DerSimonian and Laird's Q;
    the mean has the error of Hartung and Knapp at that tau2. Their bootstrap, summed over equally likely nodes of tau2
    and of t in place of draws.
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr, stdtrit

    k = len(y)
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, 48) * _ceiling(y, s)])
    above = np.maximum.accumulate(1.0 - _law_of_q(s, grid, _generalised_q(y, s, 0.0)))
    tau2 = np.interp((np.arange(64) + 0.5) / 64, above, grid)
    weight = 1.0 / (tau2[:, None] + s**2)
    total = weight.sum(axis=1)
    centre = (weight * y).sum(axis=1) / total
    spread = (weight * np.square(y - centre[:, None])).sum(axis=1) / (k - 1)
    error = np.sqrt(np.maximum(spread, _TOLERANCE) / total)
    means = centre[:, None] + stdtrit(k - 1, (np.arange(128) + 0.5) / 128) * error[:, None]
    sd = np.maximum(np.sqrt(tau2), 0.02 * error)[:, None]
    reach = float(means.max() - means.min()) + 10 * float(sd.max())

    def quantile(share: float) -> float:
        return float(brentq(lambda x: ndtr((x - means) / sd).mean() - share, -reach, reach, xtol=1e-6 * reach))

    middle = float(centre.mean())
    means = means - middle
    return middle + quantile(0.5 - level / 2), middle + quantile(0.5 + level / 2)


def _law_of_q(s: Array, tau2: Array, observed: float, nodes: int = 240) -> Array:
    """Return P(Q <= observed) for each tau2: Q is a sum of weighted chi-squares, its law an integral (Imhof 1961)."""
    fixed = 1.0 / s**2
    form = np.diag(fixed) - np.outer(fixed, fixed) / fixed.sum()
    root = np.sqrt(s**2 + tau2[:, None])
    values = np.linalg.eigvalsh(root[:, :, None] * form * root[:, None, :])[:, 1:] / max(observed, _TOLERANCE)
    x, weight = np.polynomial.legendre.leggauss(nodes)
    scale = 2.0 / values.mean(axis=1)[:, None]
    u = scale * (1 + x) / (1 - x)
    angle = 0.5 * np.arctan(values[:, None, :] * u[:, :, None]).sum(axis=2) - 0.5 * u
    size = np.exp(0.25 * np.log1p(np.square(values[:, None, :] * u[:, :, None])).sum(axis=2))
    height = np.sin(angle) / (u * size) * 2 * scale / np.square(1 - x)
    return np.asarray(np.clip(0.5 - (height @ weight) / math.pi, 0.0, 1.0))


def _predictive(total: Array, means: Array, taus: Array, level: float) -> tuple[float, float]:
    """Return the interval of N(mean, tau^2) averaged over the likelihood on its grid."""
    from scipy.special import ndtr

    weight, means, taus = np.exp(total - total.max())[::4, ::4], means[::4], taus[::4]
    by_tau = weight.sum(axis=0)
    reach = float(np.abs(means).max())
    values = np.linspace(-2 * reach, 2 * reach, 401)
    below = np.zeros(values.size)
    for column, tau in enumerate(taus):
        if by_tau[column] < 1e-9 * by_tau.max():
            continue
        steps = ndtr((values[:, None] - means) / max(float(tau), 1e-6 * reach))
        below += steps @ weight[:, column]
    below /= below[-1]
    low, high = np.interp([0.5 - level / 2, 0.5 + level / 2], below, values)
    return float(low), float(high)


def _typical_variance(s: Array) -> float:
    """Return the 'typical' sampling variance of Higgins and Thompson."""
    weight = 1.0 / s**2
    if len(s) < 2:
        return float(s[0] ** 2)
    return float((len(s) - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum()))


def _profile(grid: Array, heights: Array, drop: float) -> tuple[float, float]:
    inside = np.flatnonzero(heights >= heights.max() - drop)
    return float(grid[inside[0]]), float(grid[inside[-1]])


def _normal(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def _student(level: float, freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + level / 2))


def _chi_square_tail(q: float, freedom: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(freedom, q))
