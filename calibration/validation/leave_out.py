"""Prediction, not only fit: what the model says of rows it did not see, against two simple rivals.

*No effect* expects every contrast to be zero; *pooled effect* expects what the other municipalities found on
average (same outcome and lever, else same outcome, else the same unit), with their spread
(`calibration.meta_analysis.pool`). All three are judged with the same sampling errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.schema import Row
from calibration.fit.amortised import refit
from calibration.fit.checkpoint import Checkpoint
from calibration.fit.joint import Machinery
from calibration.meta_analysis.pool import pool
from calibration.meta_analysis.rows import lever_of
from calibration.validation.refits import Part, Predicted, part_of, predict, reading_of
from calibration.validation.rows import RowCheck, check_rows
from calibration.validation.scores import crps, log_score
from sim.problems import InputError, Say

__all__ = ["METHODS", "SPLITS", "LeftOut", "Score", "leave_out", "leave_out_all", "likely_told", "masks", "pooled_law"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]

METHODS: Mapping[str, Say] = {
    "model": Say("calibrated model", "gekalibreerd model"),
    "no_effect": Say("no effect", "geen effect"),
    "pooled": Say("pooled effect", "gezamenlijk effect"),
}
SPLITS: Mapping[str, Say] = {
    "town": Say("without {0}", "zonder {0}"),
    "controls": Say("from control groups to the arms", "van controlegroepen naar de groepen"),
    "months": Say("from 12 months to later", "van 12 maanden naar later"),
}
# Rows about an effect of a treatment; differences in response or between volunteers and others are not.
_EFFECTS = ("causal_itt", "survey_panel", "ordinal")


@dataclass(frozen=True)
class Score:
    """How well one method predicted the contrasts that were left out.

    Attributes:
        rows: contrasts with a number; `told`: findings in words.
        crps: mean CRPS in standard errors of each figure (lower is better); `crps_gain`: how much lower than
            no effect, with the standard error of that difference over rows.
        log: log density of all numbers together (higher is better) plus that of the findings in words.
    """

    method: str
    rows: int
    told: int
    crps: float
    crps_gain: float
    crps_error: float
    log: float
    log_told: float


@dataclass(frozen=True)
class LeftOut:
    """One refit: what was left out, every row's prediction, and the scores."""

    name: str
    title: Say
    kept: int
    checks: tuple[RowCheck, ...]
    scores: tuple[Score, ...]
    rhat: float

    def inside(self, level: float) -> tuple[int, int]:
        """Return how many numbers lie in their 50% (0.5) or 90% interval, and how many numbers there are."""
        numbers = [row for row in self.checks if not row.told and math.isfinite(row.published)]
        if level < 0.7:
            return sum(row.inside_half for row in numbers), len(numbers)
        return sum(not row.outside for row in numbers), len(numbers)

    def score(self, method: str) -> Score | None:
        """Return the score of a method; None when there were no contrasts."""
        return next((each for each in self.scores if each.method == method), None)


def masks(core: Machinery) -> dict[str, tuple[Say, Mask, Mask]]:
    """Return every split: title, rows kept, rows predicted (each [T])."""
    targets = core.targets
    rows, of = targets.rows, np.array(targets.of)
    found: dict[str, tuple[Say, Mask, Mask]] = {}
    for town in targets.towns:
        mine = of == town
        if mine.all():
            continue
        title = Say(SPLITS["town"].en.format(town.title()), SPLITS["town"].nl.format(town.title()))
        found[f"town.{town}"] = (title, ~mine, mine)
    untreated = np.array([_untreated(core, town, row) for row, town in zip(rows, targets.of, strict=True)])
    controls, treated = untreated, ~untreated & np.array([row.use in _EFFECTS for row in rows])
    if controls.any() and treated.any():
        found["controls"] = (SPLITS["controls"], controls, treated)
    early = np.array([row.horizon_months is None or row.horizon_months <= 12 for row in rows])
    if early.any() and not early.all():
        found["months"] = (SPLITS["months"], early, ~early)
    return found


def leave_out_all(
    core: Machinery,
    *,
    only: Sequence[str] = (),
    draws: int = 400,
    seed: int = 1,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> tuple[LeftOut, ...]:
    """Refit without each municipality, from control groups only and from the first year only.

    Raises:
        InputError: splits that do not exist, or nothing to leave out.
    """
    from sim.problems import one_of

    known = masks(core)
    InputError.raise_if(one_of("split", name, known) for name in only if name not in known)
    chosen = [name for name in known if not only or name in only]
    result = []
    for number, name in enumerate(chosen):
        result.append(leave_out(core, name, *known[name], draws=draws, seed=seed + number, checkpoint=checkpoint))
        if progress:
            progress("leave-out", number + 1, len(chosen))
    return tuple(result)


def leave_out(
    core: Machinery,
    name: str,
    title: Say,
    kept: Mask,
    out: Mask,
    *,
    draws: int = 400,
    seed: int = 1,
    checkpoint: Checkpoint | None = None,
) -> LeftOut:
    """Refit on the rows `kept` and predict the rows `out` (masks [T])."""
    fitted = part_of(core, kept)
    made = refit(fitted.core, fitted.likelihood, seed=seed, draws=max(20, draws // 10), warm=120, checkpoint=checkpoint)
    unseen = part_of(core, out)
    predicted = predict(unseen, made.z, seed)
    targets = unseen.targets
    likely = likely_told(unseen, predicted.means, predicted.error)
    published = np.array([_figure(row) for row in targets.rows])
    checks = check_rows(
        targets.ids, list(targets.of), [row.outcome for row in targets.rows], published, predicted.replicated, likely
    )
    others = [row for row, keep in zip(core.targets.rows, kept, strict=True) if keep]
    scores = _scores(core, unseen, predicted, published, likely, others)
    return LeftOut(name, title, int(kept.sum()), checks, scores, made.rhat)


def pooled_law(row: Row, others: Sequence[tuple[Row, float, float]]) -> tuple[float, float]:
    """Return mean and standard deviation of what other rows lead one to expect of a contrast.

    Args:
        row: the contrast.
        others: contrasts elsewhere with estimate and standard error.

    Returns:
        (0, 0) when nothing comparable is known: no effect.
    """
    lever = lever_of(row.municipality, row.arm)

    def like(other: Row) -> int:
        if other.unit != row.unit and row.kind != "ordinal":
            return 3
        if other.outcome != row.outcome:
            return 2 if other.unit == row.unit else 3
        return 0 if lever_of(other.municipality, other.arm) == lever else 1

    levels = [like(other) for other, _, _ in others]
    for level in range(3):
        chosen = [(y, s) for (_, y, s), found in zip(others, levels, strict=True) if found == level]
        if chosen:
            made = pool([y for y, _ in chosen], [s for _, s in chosen])
            spread = made.tau2 if math.isfinite(made.tau2) else 0.0
            return made.mean, math.sqrt(spread + made.error**2)
    return 0.0, 0.0


def _scores(
    core: Machinery, part: Part, predicted: Predicted, published: Array, likely: Array, others: Sequence[Row]
) -> tuple[Score, ...]:
    """Score the contrasts of the rows left out; levels have no rival."""
    rows = part.targets.rows
    contrast = np.array([bool(row.comparator) and row.use in _EFFECTS for row in rows])
    numbers = contrast & np.isfinite(published)
    told = contrast & np.isfinite(likely)
    if not (numbers | told).any():
        return ()
    errors = core.targets.errors
    elsewhere = [
        (row, float(row.estimate), errors[row.id].median)
        for row in others
        if row.comparator and row.use in _EFFECTS and row.estimate is not None and row.id in errors
    ]
    laws = np.array([pooled_law(row, elsewhere) if numbers[n] or told[n] else (0.0, 0.0) for n, row in enumerate(rows)])
    at = np.flatnonzero(numbers)
    size = len(predicted.means)
    rng = np.random.default_rng(len(at))
    block = predicted.sampling[np.ix_(at, at)] + 1e-12 * np.eye(len(at))
    root = np.linalg.cholesky(block) if len(at) else block
    noise = rng.standard_normal((size, len(at))) @ root.T
    spread = rng.standard_normal((size, len(at))) * laws[at, 1]
    samples = {"model": predicted.replicated[:, at], "no_effect": noise, "pooled": laws[at, 0] + spread + noise}
    y, unit = published[at], predicted.error[at]
    each = {name: crps(y, found) / unit for name, found in samples.items()} if len(at) else {}
    joint = {"model": 0.0, "no_effect": 0.0, "pooled": 0.0}
    if len(at):
        middle = predicted.means[:, at]
        off = middle - middle.mean(axis=0)
        joint["model"] = log_score(y, middle.mean(axis=0)[None], block + off.T @ off / (size - 1))
        joint["no_effect"] = log_score(y, np.zeros((1, len(at))), block)
        joint["pooled"] = log_score(y, laws[at, 0][None], block + np.diag(laws[at, 1] ** 2))
    words = {"model": likely}
    zero = np.zeros((1, len(rows)))
    words["no_effect"] = likely_told(part, zero, predicted.error)
    words["pooled"] = likely_told(part, laws[None, :, 0], np.hypot(predicted.error, laws[:, 1]), predicted.error)
    result = []
    for name in METHODS:
        own = each.get(name, np.zeros(0))
        gain = each["no_effect"] - own if len(at) else np.zeros(0)
        by_words = float(np.log(np.maximum(words[name][told], 1e-12)).sum())
        result.append(
            Score(
                name,
                len(at),
                int(told.sum()),
                float(own.mean()) if len(at) else math.nan,
                float(gain.mean()) if len(at) else math.nan,
                float(gain.std(ddof=1) / math.sqrt(len(at))) if len(at) > 1 else math.nan,
                joint[name] + by_words,
                by_words,
            )
        )
    return tuple(result)


def likely_told(part: Part, means: Array, spread: Array, unit: Array | None = None) -> Array:
    """Return the probability of what was told in words, shape [R]; NaN for numbers.

    Args:
        part: the rows.
        means: expected values, [S, R].
        spread: standard deviation of an estimate around them, [R].
        unit: standard error that the statement is about (`spread` when left out), [R].
    """
    from scipy.special import ndtr

    found = np.full(means.shape[1], np.nan)
    told_in = spread if unit is None else unit
    for number in range(means.shape[1]):
        reading = reading_of(part, number)
        if reading is None:
            continue
        low, high = reading.low * told_in[number], reading.high * told_in[number]
        inside = ndtr((high - means[:, number]) / spread[number]) - ndtr((low - means[:, number]) / spread[number])
        found[number] = float((reading.truth * inside + (1 - reading.truth) * 0.5).mean())
    return found


def _figure(row: Row) -> float:
    return math.nan if row.kind == "ordinal" or row.estimate is None else float(row.estimate)


def _untreated(core: Machinery, town: str, row: Row) -> bool:
    """Return whether a row is about people who got the regular treatment, and nobody else."""
    arms = {arm.name for arm in core.targets.designs[town].arms if arm.role != "treatment"}
    arms |= {"reference_matched", "total_population"}
    return row.arm in arms and (not row.comparator or row.comparator in arms)
