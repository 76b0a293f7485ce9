"""Standard errors that reports omit, with how well they are known.

A report prints an estimate, a marker and N. The marker says in which range |estimate| / s.e. lay, N and the
kind of outcome say what the s.e. can be, and all contrasts of one outcome share people and spread. So, per
family (study, municipality, outcome), with theta the level of the control group (shares) or the residual
standard deviation (scales):

    log s.e. of row r = log s_r(theta) + b_block + e_r,     P(markers | theta, b, e) = product over rows of
    the share of the unrounded estimates (uniform within the printed digits) that would carry the marker

s_r(p) = sqrt(p_arm (1 - p_arm) / n_arm + p_0 (1 - p_0) / n_0) with p_arm = p + estimate (robust), or the
pooled form (classical), half the weight each; s_r(sd) = sd sqrt(1/n_arm + 1/n_0). A block is one table
(comparison group, specification, horizon): its factor b holds what covariates explain and people that a
model loses. Hour thresholds nest, so their levels are ordered. The sums run over grids, so that there is
no Monte Carlo error; results are medians with 5% and 95% bounds and a log standard deviation.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.inference.interval import NINETY
from calibration.evidence.schema import MARKERS, Row, Study

__all__ = ["StandardError", "answer_sd", "infer_standard_errors", "marker_bounds", "marker_windows", "ordinal_error"]

Method = Literal["reported", "markers", "binomial", "binomial_difference", "levels_plus_one", "assumed_sd", "matching"]

# Residual standard deviation where a report gives none: median and log-sd of a lognormal prior per unit.
# Five- and six-point items have standard deviations of 0.7 to 1.2; 0-10 ladders 1.2 to 2.3; hours and counts
# are skewed and differ by outcome, so their priors are wide and the markers decide.
_SPREAD: Mapping[str, tuple[float, float]] = {
    "scale_1_10": (0.85, 0.25),
    "scale_0_10": (0.80, 0.25),
    "scale_1_6": (1.20, 0.25),
    "hours_per_week": (5.5, 0.25),
    "count_4_weeks": (1.3, 1.0),
    "index_unit_unclear": (0.60, 0.40),
}
# An index of rating items, rescaled to 1-10, spreads 9/4 times as far as a mean of five-point items.
_INDEX = frozenset({"health_index", "wellbeing_index", "job_search_confidence"})
_INDEX_SPREAD = (1.20, 0.25)
_WIDE = (1.0, 1.0)  # a unit we know nothing about
# Block factors by specification: log mean and log sd. R2 uniform on 0..0.25 lowers the s.e. by 7% (sd 4%);
# a model that needs survey answers loses up to a quarter of the people.
_BLOCK: Mapping[str, tuple[float, float]] = {"basic": (0.0, 0.02), "loep": (-0.07, 0.042), "extra": (-0.005, 0.055)}
_OTHER_BLOCK = (0.0, 0.05)
_JITTER = {"proportion": 0.012, "": 0.03}
_LADDER = ("hours_gt_27", "hours_gt_12", "hours_gt_8")  # each contains the one before it
_BINOMIAL_LOG_SD = 0.05
_ASSUMED_LOG_SD = 0.25
_LEVELS = np.linspace(0.04, 0.60, 113)


@dataclass(frozen=True)
class StandardError:
    """A standard error as a lognormal: median and log standard deviation, with its 5% and 95% bounds."""

    median: float
    log_sd: float
    low: float
    high: float
    method: Method

    def at(self, z: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return the standard error at standard normal `z`."""
        return np.asarray(self.median * np.exp(self.log_sd * np.asarray(z, float)))


def infer_standard_errors(rows: Iterable[Row], studies: Iterable[Study]) -> dict[str, StandardError]:
    """Return the standard error of every row for which one can be said, by row id.

    Contrasts without an error of their own are inferred per family from their markers; levels are
    binomial; a researcher's reported error is taken as it is.
    """
    heads = {study.name: study for study in studies}
    known: dict[str, StandardError] = {}
    families: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    every = list(rows)
    for row in every:
        found = _direct(row, heads[row.study])
        if found is not None:
            known[row.id] = found
        elif (
            row.kind in ("effect", "coefficient") and row.estimate is not None and row.n and row.specification != "text"
        ):
            families[(row.study, row.municipality, row.outcome)].append(row)
    windows = {study: marker_windows(row for row in every if row.study == study) for study in heads}
    solved = {key: _Family(group, windows[key[0]]) for key, group in families.items() if _sized(group)}
    for key, family in solved.items():
        known |= family.errors(_nesting(key, solved))
    return known


def marker_windows(rows: Iterable[Row]) -> dict[str, tuple[float, float]]:
    """Return per marker the range of |t| that it stands for, given the markers that the study prints.

    One star beside two stars means 'at ten percent and not at five'; where a study prints one level only, the
    range has no upper end.
    """
    used = {row.marker for row in rows if row.kind not in ("ordinal", "level", "baseline")}
    ladder = [mark for mark in ("p<0.10", "p<0.05", "p<0.01") if mark in used]
    windows = dict(MARKERS)
    for mark, stricter in itertools.pairwise(ladder):
        windows[mark] = (MARKERS[mark][0], MARKERS[stricter][0])
    return windows


def marker_bounds(estimate: float, window: tuple[float, float], half_unit: float = 0.0) -> tuple[float, float]:
    """Return the lowest and highest s.e. that fit a marker; `half_unit` = half the last printed digit."""
    low, high = window
    least, most = max(0.0, abs(estimate) - half_unit), abs(estimate) + half_unit
    return (least / high if math.isfinite(high) else 0.0), (most / low if low > 0 else math.inf)


def answer_sd(outcome: str, unit: str) -> float:
    """Return the assumed standard deviation of an answer as the reports scale it (a share: 0.43)."""
    if unit == "proportion":
        return 0.43
    return (_INDEX_SPREAD if outcome in _INDEX else _SPREAD.get(unit, _WIDE))[0]


def ordinal_error(row: Row, study: Study, *, spread: tuple[float, float] = (0.43, 0.15)) -> StandardError:
    """Return the s.e. of a finding told in words, from the people of the trial shared equally over its arms.

    Args:
        row: the finding.
        study: its head (people and number of groups).
        spread: standard deviation of the outcome (median, log-sd); the default fits shares of 10 to 45%.

    Raises:
        KeyError: a municipality without a number of people.
    """
    size = study.participants[row.municipality]
    per_arm = size.people / size.arms
    groups = {"all_arms": size.arms - 1.0, "other_arms": size.arms - 2.0}
    arm, other = groups.get(row.arm, 1.0), groups.get(row.comparator, 1.0)
    median = spread[0] * math.sqrt(1 / (per_arm * arm) + 1 / (per_arm * max(other, 1.0)))
    return _lognormal(median, math.hypot(spread[1], 0.05), "binomial")


def _direct(row: Row, study: Study) -> StandardError | None:
    """Return the s.e. that needs no markers: reported, from counts, or from an assumed spread."""
    if row.se is not None and row.se_from in ("reported", "own_error"):
        return StandardError(row.se, 0.0, row.se, row.se, "reported")
    if row.se_from == "matching_benchmark" and row.se is not None:
        return _lognormal(row.se, 0.2, "matching")
    value, people, others = row.estimate, row.n_arm or row.n, row.n_comparator
    if row.kind == "level" and value is not None and people:
        if row.unit == "proportion":
            share = value if row.count is None else row.count / people
            return _lognormal(math.sqrt(max(share * (1 - share), 0.0) / people), _BINOMIAL_LOG_SD, "binomial")
        if row.outcome in study.assumed_sd:
            return _lognormal(study.assumed_sd[row.outcome] / math.sqrt(people), _ASSUMED_LOG_SD, "assumed_sd")
    if row.kind != "difference" or not people or not others:
        return None
    if row.unit != "proportion":
        spread = study.assumed_sd.get(row.outcome)
        scale = math.sqrt(1 / people + 1 / others)
        return None if spread is None else _lognormal(spread * scale, _ASSUMED_LOG_SD, "assumed_sd")
    if row.level is None or row.level_comparator is None:
        return None
    if row.se_from == "levels_plus_one":  # shares rounded to whole percents, some of them 0
        arm, other = ((p * n + 1) / (n + 2) for p, n in ((row.level, people), (row.level_comparator, others)))
        variance = arm * (1 - arm) / people + other * (1 - other) / others
        return _lognormal(math.sqrt(variance), 0.08, "levels_plus_one")
    variance = row.level * (1 - row.level) / people + row.level_comparator * (1 - row.level_comparator) / others
    return _lognormal(math.sqrt(variance), _BINOMIAL_LOG_SD, "binomial_difference")


def _lognormal(median: float, log_sd: float, method: Method) -> StandardError:
    edge = math.exp(NINETY * log_sd)
    return StandardError(median, log_sd, median / edge, median * edge, method)


def _sized(rows: Sequence[Row]) -> bool:
    return all((row.n_arm and row.n_comparator) or row.n for row in rows)


class _Family:
    """All contrasts of one outcome: their s.e. share one theta."""

    def __init__(self, rows: Sequence[Row], windows: Mapping[str, tuple[float, float]]) -> None:
        self.rows = rows
        self.windows = windows
        self.shares = rows[0].unit == "proportion"
        self.theta, prior = self._grid()
        node, weight = np.polynomial.hermite_e.hermegauss(7)
        jitter = _JITTER.get(rows[0].unit, _JITTER[""])
        self.jitter, self.jitter_weight = jitter * node, weight / weight.sum()
        self.blocks: dict[tuple[str, str, float | None], list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            self.blocks[
                ((row.comparator == "reference" and "reference") or "arms", row.specification, row.horizon_months)
            ].append(place)
        self.steps = np.linspace(-3.0, 3.0, 25)
        self.step_weight = np.exp(-0.5 * self.steps**2) / np.exp(-0.5 * self.steps**2).sum()
        # [row] -> log s.e. without jitter [theta, form, step]; and P(marker) of it, jitter summed out
        self.log_error = [self._log_error(place) for place in range(len(rows))]
        self.fits = [self._fit(place) for place in range(len(rows))]
        self.block_fit = {key: self._block(members) for key, members in self.blocks.items()}
        # both forms (robust, classical) hold for a whole study, so they are summed last
        joint = np.prod([fit @ self.step_weight for fit in self.block_fit.values()], axis=0)
        self.likelihood = prior[:, None] * joint / joint.max() if joint.max() > 0 else np.ones_like(joint)

    def level_likelihood(self) -> NDArray[np.float64]:
        return np.asarray(self.likelihood.sum(axis=1))

    def errors(self, nesting: NDArray[np.float64]) -> dict[str, StandardError]:
        """Return the s.e. of each row; `nesting` [theta] is what the other thresholds say about theta."""
        found = {}
        for key, members in self.blocks.items():
            others = np.prod(
                [fit @ self.step_weight for other, fit in self.block_fit.items() if other != key], axis=0
            ) * np.ones_like(self.likelihood)
            for place in members:
                rest = np.ones_like(self.fits[place].sum(axis=-1))
                for mate in members:
                    if mate != place:
                        rest = rest * self.fits[mate].sum(axis=-1)
                weight = (
                    (self.prior * nesting)[:, None, None, None]
                    * others[:, :, None, None]
                    * self.step_weight[:, None]
                    * rest[..., None]
                    * self.fits[place]
                )
                log_error = self.log_error[place][..., None] + self.jitter
                row = self.rows[place]
                found[row.id] = _ranged(_summary(log_error.ravel(), weight.ravel()), row)
        return found

    def _grid(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self.shares:
            prior = _LEVELS * (1.0 - _LEVELS) ** 4  # Beta(2, 5): 6% to 58%, most below 40%
            self.prior = prior / prior.sum()
            return _LEVELS, self.prior
        first = self.rows[0]
        median, log_sd = _INDEX_SPREAD if first.outcome in _INDEX else _SPREAD.get(first.unit, _WIDE)
        z = np.linspace(-4.0, 4.0, 161)
        self.prior = np.exp(-0.5 * z**2) / np.exp(-0.5 * z**2).sum()
        return median * np.exp(log_sd * z), self.prior

    def _log_error(self, place: int) -> NDArray[np.float64]:
        row = self.rows[place]
        arm, other = _people(row)
        if self.shares:
            robust, classical = self._share_error(row, arm, other)
            base = np.log(np.stack([robust, classical], axis=1))
        else:
            base = np.log(self.theta * math.sqrt(1 / arm + 1 / other))[:, None]
        mean, sd = _BLOCK.get(row.specification, _OTHER_BLOCK)
        return np.asarray(base[:, :, None] + (mean + sd * self.steps))

    def _share_error(self, row: Row, arm: float, other: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        effects = {(r.arm, r.comparator): r.estimate or 0.0 for r in self.rows if r.comparator}
        control = next((r.comparator for r in self.rows if r.comparator != "reference"), row.comparator)

        def level(group: str) -> NDArray[np.float64]:
            if group == "reference":
                shift = -effects.get((control, "reference"), 0.0)
            else:
                shift = effects.get((group, control), 0.0)
            return np.clip(self.theta + shift, 0.01, 0.97)

        first, second = level(row.arm), level(row.comparator)
        robust = np.sqrt(first * (1 - first) / arm + second * (1 - second) / other)
        pooled = (arm * first + other * second) / (arm + other)
        return robust, np.sqrt(pooled * (1 - pooled) * (1 / arm + 1 / other))

    def _fit(self, place: int) -> NDArray[np.float64]:
        """Return P(marker | theta, form, step, jitter) x P(jitter)."""
        row = self.rows[place]
        low, high = self.windows[row.marker]
        error = np.exp(self.log_error[place][..., None] + self.jitter)
        share = _covered(row.estimate or 0.0, _half_unit(row), low * error, high * error)
        return np.asarray(share * self.jitter_weight)

    def _block(self, members: Sequence[int]) -> NDArray[np.float64]:
        fit = np.ones(self.fits[members[0]].shape[:-1])
        for place in members:
            fit = fit * self.fits[place].sum(axis=-1)
        return fit


def _people(row: Row) -> tuple[float, float]:
    share = math.sqrt(row.n_low / row.n) if row.n_low and row.n else 1.0  # the middle of a range, on a log scale
    if row.n_arm and row.n_comparator:
        return row.n_arm * share, row.n_comparator * share
    half = share * (row.n or 2.0) / 2  # two groups at best: the smallest s.e. that N allows
    return row.n_arm or half, row.n_comparator or half


def _ranged(known: StandardError, row: Row) -> StandardError:
    """Return a standard error made wider by a number of people that is printed as a range (log-uniform in it)."""
    if not (row.n and row.n_low and row.n_low < row.n):
        return known
    reach = 0.5 * math.log(row.n / row.n_low)  # of the log standard error
    spread = math.hypot(known.log_sd, reach / math.sqrt(12))
    factor = spread / known.log_sd
    low, high = (known.median * (edge / known.median) ** factor for edge in (known.low, known.high))
    return StandardError(known.median, spread, low, high, known.method)


def _half_unit(row: Row) -> float:
    """Return half the last printed digit (0.005 for '-0,13*')."""
    digits = row.printed.strip("*~% €n.s").replace(",", ".")
    if not digits or row.corrected is not None:
        return 0.0
    places = len(digits.split(".")[1]) if "." in digits else 0
    return float(0.5 * 10.0**-places / (100 if "%" in row.printed else 1))


def _covered(estimate: float, half: float, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of [estimate - half, estimate + half] whose size lies in [low, high)."""
    half = max(half, 1e-9)
    first, last = estimate - half, estimate + half

    def overlap(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.clip(np.minimum(last, end) - np.maximum(first, start), 0.0, None))

    return np.asarray((overlap(low, high) + overlap(-high, -low)) / (last - first))


def _nesting(key: tuple[str, str, str], solved: Mapping[tuple[str, str, str], _Family]) -> NDArray[np.float64]:
    """Return what the nested thresholds say about the level of this one: more hours, fewer people."""
    family = solved[key]
    weight = np.ones(family.theta.size)
    if key[2] not in _LADDER or not family.shares:
        return weight
    rung = _LADDER.index(key[2])
    for other in _LADDER[:rung]:  # rarer ones lie below
        found = solved.get((key[0], key[1], other))
        if found is not None:
            weight = weight * np.cumsum(found.level_likelihood())
    for other in _LADDER[rung + 1 :]:
        found = solved.get((key[0], key[1], other))
        if found is not None:
            weight = weight * np.cumsum(found.level_likelihood()[::-1])[::-1]
    return np.asarray(weight / weight.max()) if weight.max() > 0 else np.ones_like(weight)


def _summary(log_error: NDArray[np.float64], weight: NDArray[np.float64]) -> StandardError:
    total = weight.sum()
    if not total > 0:  # no s.e. carries all markers: fall back on the prior of the family
        weight = np.ones_like(weight)
        total = weight.sum()
    order = np.argsort(log_error)
    cumulated = np.cumsum(weight[order]) / total
    low, median, high = np.exp(np.interp([0.05, 0.5, 0.95], cumulated, log_error[order]))
    mean = float((weight * log_error).sum() / total)
    spread = math.sqrt(max(float((weight * (log_error - mean) ** 2).sum() / total), 1e-12))
    return StandardError(float(median), spread, float(low), float(high), "markers")
