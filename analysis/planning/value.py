"""The value of information of a trial: EVPI, EVPPI by mechanism, EVSI and the expected net benefit of sampling.

The net benefit of the policies is one (`analysis.planning.caseload`): the whole caseload over one horizon, the same for
every design; designs differ in the data only. EVSI by two ways: regression of net benefit on what the trial would find
(Strong and others 2015), and reweighing of the sets of parameters by the likelihood of each simulated trial. Standard
errors by a bootstrap over sets of parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.planning.design import Worth

__all__ = ["Value", "apart", "by_mechanism", "enbs", "evpi", "evppi", "evsi", "evsi_reweighed", "scale_up"]

Array = npt.NDArray[np.float64]
_BOOTSTRAP = 40
_RIDGES = np.logspace(-4, 4, 17)


@dataclass(frozen=True)
class Value:
    """A value of information per person, with its standard error."""

    value: float
    error: float


def evpi(benefit: Array) -> Value:
    """Return the value of knowing everything: net benefit [K, policies]."""
    return _booted(lambda rows: _gain(benefit[rows], benefit[rows]), len(benefit))


def evppi(benefit: Array, parameters: Array) -> Value:
    """Return the value of knowing some parameters, [K, P]: net benefit regressed on them (squares included)."""
    moving = parameters[:, np.ptp(parameters, axis=0) > 0]
    if not moving.shape[1]:
        return Value(0.0, 0.0)
    x = _powers(moving, 2)

    def one(rows: npt.NDArray[np.int64]) -> float:
        return min(_gain(_smoothed(x[rows], benefit[rows]), benefit[rows]), _gain(benefit[rows], benefit[rows]))

    return _booted(one, len(benefit))


def evsi(benefit: Array, summary: Array) -> Value:
    """Return the value of a trial: net benefit [K, policies] regressed on its findings.

    Args:
        benefit: net benefit per person.
        summary: what each simulated trial found, [K, R, findings]; findings that are missing count as their mean.
    """
    if benefit.shape[1] < 2 or summary.size == 0:
        return Value(0.0, 0.0)
    k, r = summary.shape[:2]
    flat = summary.reshape(k * r, -1)
    mean = np.nanmean(flat, axis=0)
    flat = np.where(np.isnan(flat), mean, flat)
    x = _powers(flat, 3).reshape(k, r, -1)

    def one(rows: npt.NDArray[np.int64]) -> float:
        mine = np.repeat(benefit[rows], r, axis=0)
        best = _gain(_smoothed(x[rows].reshape(len(rows) * r, -1), mine), mine)
        return min(best, _gain(benefit[rows], benefit[rows]))

    return _booted(one, k)


def evsi_reweighed(benefit: Array, truth: Array, summary: Array) -> Value:
    """Return the same by weighing all sets with the normal likelihood of each simulated trial.

    Args:
        benefit: [K, policies].
        truth: expected findings of each set, [K, findings].
        summary: findings, [K, R, findings].
    """
    if benefit.shape[1] < 2 or summary.size == 0:
        return Value(0.0, 0.0)
    k, r, many = summary.shape
    known = np.asarray(~np.isnan(summary).any(axis=2))
    residual = (summary - truth[:, None, :])[known]
    covariance = residual.T @ residual / max(len(residual) - 1, 1) + 1e-12 * np.eye(many)
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    a, b = truth @ root.T, np.where(known[..., None], summary, truth[:, None, :]) @ root.T

    def one(rows: npt.NDArray[np.int64]) -> float:
        seen = b[rows].reshape(len(rows) * r, many)
        distance = (seen**2).sum(axis=1)[:, None] - 2.0 * seen @ a[rows].T + (a[rows] ** 2).sum(axis=1)[None]
        weight = np.exp(-0.5 * (distance - distance.min(axis=1, keepdims=True)))
        after = weight @ benefit[rows] / weight.sum(axis=1, keepdims=True)
        # Weighing means of the same sets: the mean over trials is that of the sets but for the luck of the trials.
        after += benefit[rows].mean(axis=0) - after.mean(axis=0)
        return min(max(_gain(after, benefit[rows]), 0.0), _gain(benefit[rows], benefit[rows]))

    return _booted(one, k, many=8)


def apart(benefit: Array, first: Array, second: Array) -> Value:
    """Return EVSI of `second` minus `first` (findings [K, R, .] each), with the error of the difference (paired)."""
    parts = []
    for summary in (first, second):
        k, r = summary.shape[:2]
        flat = summary.reshape(k * r, -1)
        parts.append(_powers(np.where(np.isnan(flat), np.nanmean(flat, axis=0), flat), 3).reshape(k, r, -1))

    def one(rows: npt.NDArray[np.int64]) -> float:
        gains = []
        for x in parts:
            mine = np.repeat(benefit[rows], x.shape[1], axis=0)
            gains.append(_gain(_smoothed(x[rows].reshape(len(mine), -1), mine), mine))
        return gains[1] - gains[0]

    return _booted(one, len(benefit))


def scale_up(value: Value, worth: Worth, population: int, months_of_trial: int) -> Value:
    """Return what a value per person is to the whole population: uptake, delay and discount rate counted."""
    later = (months_of_trial + worth.delay) / 12.0
    factor = population * worth.uptake / (1.0 + worth.discount) ** later
    return Value(value.value * factor, value.error * factor)


def enbs(value: Value, cost: float) -> Value:
    """Return the expected net benefit of sampling: what the trial is worth to the population, minus its cost."""
    return Value(value.value - cost, value.error)


def _gain(after: Array, before: Array) -> float:
    """Return what choosing by `after` brings over choosing once, by the mean."""
    return float(after.max(axis=1).mean() - before.mean(axis=0).max())


def _smoothed(x: Array, benefit: Array) -> Array:
    """Return net benefit as far as the regressors tell it, [rows, policies]: ridge, strength by leave-one-out."""
    fitted = np.empty_like(benefit)
    centre = x - x.mean(axis=0)
    u, s, _ = np.linalg.svd(centre, full_matrices=False)
    kept = s > s[0] * 1e-10 if len(s) and s[0] > 0 else np.zeros(len(s), dtype=bool)
    u, s = u[:, kept], s[kept]
    for policy in range(benefit.shape[1]):
        y = benefit[:, policy] - benefit[:, policy].mean()
        along = u.T @ y
        best, found = np.inf, np.zeros_like(y)
        for ridge in _RIDGES:
            keep = s**2 / (s**2 + ridge * len(y) / 100.0)
            guess = u @ (keep * along)
            left = 1.0 - 1.0 / len(y) - (u**2) @ keep
            score = float((((y - guess) / np.maximum(left, 1e-6)) ** 2).mean())
            if score < best:
                best, found = score, guess
        fitted[:, policy] = benefit[:, policy].mean() + found
    return fitted


def _powers(x: Array, degree: int) -> Array:
    """Return standardised columns, their powers, and products of two (of few columns)."""
    spread = x.std(axis=0)
    z = np.clip((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0), -6.0, 6.0)
    columns: list[Array] = [z**power for power in range(1, degree + 1)]
    if z.shape[1] <= 8:
        columns += [z[:, [a]] * z[:, [b]] for a in range(z.shape[1]) for b in range(a)]
    return np.concatenate(columns, axis=1)


def _booted(one: Callable[[npt.NDArray[np.int64]], float], k: int, many: int = _BOOTSTRAP) -> Value:
    value = one(np.arange(k))
    random = np.random.default_rng(k)
    tries = [one(random.integers(0, k, k)) for _ in range(many)]
    return Value(max(value, 0.0) if value > -1e-12 else value, float(np.std(tries, ddof=1)))


def by_mechanism(benefit: Array, parameters: Array, names: Sequence[str]) -> Mapping[str, Value]:
    """Return EVPPI of each mechanism: parameters are called ``mechanism.name``."""
    groups: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        groups.setdefault(name.split(".")[0], []).append(number)
    return {name: evppi(benefit, parameters[:, columns]) for name, columns in groups.items()}
