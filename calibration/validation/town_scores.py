"""Does the model predict a town it did not see better than "no effect" does: work and soft outcomes, numbers and words.

Each town is left out in turn and its contrasts are predicted by a refit to the others. Three methods are scored with
the same sampling errors: the model, *no effect*, and the *pooled effect* of the other towns. Gains are sums over
contrasts with standard errors over them; *sharpness* is the spread of what a method expects, in standard errors, so
that coverage bought by saying nothing shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.bias import family_of
from calibration.fit.joint import Machinery
from calibration.fit.sampler import diagnose
from calibration.validation.leave_out import METHODS, likely_told, pooled_law
from calibration.validation.refits import part_of, predict
from calibration.validation.scores import crps

__all__ = ["KINDS", "TownScore", "score_town", "summed"]

Array = NDArray[np.float64]
KINDS = ("work numbers", "work words", "soft numbers", "soft words")


@dataclass(frozen=True)
class TownScore:
    """How one method predicted one kind of contrasts of a town that was left out.

    Attributes:
        town, kind, method: what and how; `rows` contrasts.
        score: mean of the negative CRPS in standard errors (numbers) or log chance of what was told (words).
        gain, error: sum over rows of the score less that of no effect, and its standard error over rows.
        inside: share of numbers in the 90% predictive interval; NaN for words.
        sharpness: mean spread of what is expected, in standard errors.
        rhat: largest R-hat of the responses in the refit.
    """

    town: str
    kind: str
    method: str
    rows: int
    score: float
    gain: float
    error: float
    inside: float
    sharpness: float
    rhat: float


def score_town(core: Machinery, town: str, draws: int = 100, warm: int = 120, seed: int = 1) -> list[TownScore]:
    """Leave a town out, predict its contrasts, and score the three methods by kind of contrast."""
    targets = core.targets
    out = np.array(targets.of) == town
    part, unseen = part_of(core, ~out), part_of(core, out)
    chains = part.core.sample(part.likelihood, draws=draws, warm=warm, seed=seed)
    look = np.array([at for name, at in core.space.index.items() if name.startswith("response.")])
    rhat = float(diagnose(chains, look)["rhat"][:-1].max())
    rows = unseen.targets.rows
    predicted = predict(unseen, chains.flat(), seed)
    effect = np.array([role == "effect" for role in unseen.targets.roles])
    told = effect & np.array([row.kind == "ordinal" for row in rows])
    numbers = effect & ~told & np.array([row.estimate is not None and bool(row.comparator) for row in rows])
    errors = targets.errors
    elsewhere = [
        (row, float(row.estimate), errors[row.id].median)
        for row, gone in zip(targets.rows, out, strict=True)
        if not gone and row.comparator and row.estimate is not None and row.id in errors
    ]
    laws = np.array([pooled_law(row, elsewhere) if effect[n] else (0.0, 0.0) for n, row in enumerate(rows)])
    size, unit = len(predicted.means), np.maximum(predicted.error, 1e-9)
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((size, len(rows))) * unit
    samples = {
        "model": predicted.replicated,
        "no_effect": noise,
        "pooled": laws[:, 0] + rng.standard_normal((size, len(rows))) * laws[:, 1] + noise,
    }
    zero = np.zeros((1, len(rows)))
    chances = {
        "model": likely_told(unseen, predicted.means, unit),
        "no_effect": likely_told(unseen, zero, unit),
        "pooled": likely_told(unseen, laws[None, :, 0], np.hypot(unit, laws[:, 1]), unit),
    }
    spreads = {"model": predicted.means.std(axis=0), "no_effect": np.zeros(len(rows)), "pooled": laws[:, 1]}
    y = np.array([0.0 if row.estimate is None else float(row.estimate) for row in rows])
    work = np.array([family_of(row.outcome) in ("work", "contract") for row in rows])
    found = []
    for kind in KINDS:
        at = np.flatnonzero((told if kind.endswith("words") else numbers) & (work == kind.startswith("work")))
        if not len(at):
            continue
        each = {
            method: np.log(np.maximum(chances[method][at], 1e-12))
            if kind.endswith("words")
            else -crps(y[at], samples[method][:, at]) / unit[at]
            for method in METHODS
        }
        for method in METHODS:
            gain = each[method] - each["no_effect"]
            low, high = np.quantile(samples[method][:, at], [0.05, 0.95], axis=0)
            inside = math.nan if kind.endswith("words") else float(np.mean((y[at] >= low) & (y[at] <= high)))
            error = float(gain.std(ddof=1) * math.sqrt(len(at))) if len(at) > 1 else math.nan
            found.append(
                TownScore(
                    town,
                    kind,
                    method,
                    len(at),
                    float(each[method].mean()),
                    float(gain.sum()),
                    error,
                    inside,
                    float((spreads[method][at] / unit[at]).mean()),
                    rhat,
                )
            )
    return found


def summed(scores: list[TownScore], kind: str, method: str) -> tuple[float, float, int]:
    """Return the gain over no effect summed over towns, its standard error, and the rows."""
    mine = [each for each in scores if each.kind == kind and each.method == method]
    errors: list[float] = [each.error for each in mine if math.isfinite(each.error)]
    return sum(each.gain for each in mine), math.hypot(*errors), sum(each.rows for each in mine)
