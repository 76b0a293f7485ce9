"""Simulation-based calibration: known truths, trials of the real size, and what the fit makes of them.

Truths are drawn from the prior; each gives one trial per municipality at its real size by the true simulator
(Talts et al. 2018; Cook, Gelman and Rubin 2006). A right calibration ranks the truth uniformly among the
posterior draws and its 90% intervals hold it nine times out of ten. Errors of the emulator, of the covariance
and of the sampler all show. Truths of which the model knows nothing show whether the misfit sees it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.fit.amortised import Amortised, projected_at, refit, synthetic_likelihood
from calibration.fit.checkpoint import Arrays, Checkpoint, array_digest
from calibration.fit.simulate import simulated_trials
from calibration.fit.space import Space
from calibration.likelihood.targets import Targets
from calibration.validation.scores import Coverage, coverage, ranks, uniform_p
from scenarios.execution.processes import Pool
from sim.problems import InputError, Problem, Say, within

__all__ = ["CASES", "LEVELS", "Detection", "Judged", "Sbc", "judge", "misspecified", "run_sbc"]

Array = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
LEVELS = (0.5, 0.9)
# Chance that any of the bounds of a right calibration is crossed.
FAMILY_ERROR = 0.05

CASES: Mapping[str, Say] = {
    "enthusiasm": Say(
        "treated people answer every scale half a point higher",
        "behandelden antwoorden op elke schaal een half punt hoger",
    ),
    "offices": Say(
        "chance 1.5 times as large as the trials allow (people cluster in offices)",
        "toeval 1,5 keer zo groot als de trials toelaten (mensen klonteren per kantoor)",
    ),
    "mirrored": Say(
        "effects on work of one town turned round (arms mislabelled)",
        "werkeffecten van één gemeente omgedraaid (groepen verwisseld)",
    ),
    "one_outcome": Say(
        "one outcome shifted by three standard errors everywhere", "één uitkomst overal drie standaardfouten verschoven"
    ),
}


@dataclass(frozen=True)
class Judged:
    """One quantity over all truths."""

    name: str
    p: float
    coverages: tuple[Coverage, ...]
    contraction: float
    correlation: float

    @property
    def right(self) -> bool:
        """Whether all coverages lie within their (pointwise) bounds."""
        return all(each.right for each in self.coverages)


@dataclass(frozen=True)
class Detection:
    """How often a kind of misspecification was seen at the 5% level, and the median misfit."""

    case: str
    truths: int
    seen: int
    median: float


@dataclass(frozen=True)
class Sbc:
    """The whole check.

    Attributes:
        names: quantities: latents by name, then projections.
        truths, draws: [N, Q], [N, S, Q].
        misfits: [N], with `freedom` rows; reference of the misfit statistic.
        rhat: worst R-hat of each posterior.
        detections: misspecified truths.
        seconds: by stage.
    """

    names: tuple[str, ...]
    truths: Array
    draws: Array
    misfits: Array
    freedom: int
    rhat: Array
    detections: tuple[Detection, ...]
    cases: Mapping[str, Array]
    seconds: Mapping[str, float]

    @property
    def inflation(self) -> float:
        """Mean misfit of right truths over its rows: above 1 the likelihood is too sure by that factor."""
        return float(self.misfits.mean() / max(self.freedom, 1))

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Rank of each truth, shape [N, Q]."""
        return ranks(self.truths, self.draws)


def judge(names: Sequence[str], truths: Array, draws: Array, *, error: float | None = None) -> tuple[Judged, ...]:
    """Return ranks and coverage of every quantity.

    Args:
        names: of the Q quantities.
        truths: [N, Q].
        draws: [N, S, Q].
        error: chance that one right coverage falls outside its bounds; left out: all of them together have
            a chance of 5% (Bonferroni).
    """
    each = FAMILY_ERROR / (len(names) * len(LEVELS)) if error is None else error
    rank = ranks(truths, draws)
    found = [coverage(names, truths, draws, level, error=each) for level in LEVELS]
    spread, middle = truths.var(axis=0), draws.mean(axis=1)
    left = draws.var(axis=1).mean(axis=0)
    result = []
    for q, name in enumerate(names):
        r = np.corrcoef(middle[:, q], truths[:, q])[0, 1] if middle[:, q].std() > 0 else 0.0
        result.append(
            Judged(
                name,
                uniform_p(rank[:, q], draws.shape[1]),
                tuple(level[q] for level in found),
                float(1 - left[q] / spread[q]) if spread[q] > 0 else 0.0,
                float(r),
            )
        )
    return tuple(result)


def misspecified(machinery: Amortised, y: Array, case: str, seed: int) -> Array:
    """Return figures [T] spoilt in a way that the model has no quantity for (`CASES`)."""
    rng = np.random.default_rng(seed)
    targets = machinery.targets
    error = np.empty(len(y))
    for town, place in targets.places.items():
        error[place] = machinery.core.covariances[town].sd
    spoilt = y.copy()
    contrast = np.array([bool(row.comparator) for row in targets.rows])
    if case == "enthusiasm":
        scale = np.array([row.unit.startswith("scale") for row in targets.rows])
        spoilt[contrast & scale] += 0.5
    elif case == "offices":
        extra = np.sqrt(1.5**2 - 1.0)
        for town, place in targets.places.items():
            matrix = machinery.core.covariances[town].matrix
            spoilt[place] += extra * rng.multivariate_normal(np.zeros(len(place)), matrix, method="eigh")
        counted = np.array([row.kind == "level" and row.unit == "proportion" for row in targets.rows])
        spoilt[counted] = np.clip(spoilt[counted], 0.0, 1.0)
    elif case == "mirrored":
        work = np.array([row.use == "causal_itt" for row in targets.rows])
        town = max(targets.towns, key=lambda name: int(work[targets.places[name]].sum()))
        mine = np.zeros(len(y), dtype=bool)
        mine[targets.places[town]] = True
        spoilt[work & mine] *= -1.0
    elif case == "one_outcome":
        names = sorted({row.outcome for row, told in zip(targets.rows, contrast, strict=True) if told})
        chosen = names[int(rng.integers(len(names)))]
        hit = contrast & np.array([row.outcome == chosen for row in targets.rows])
        spoilt[hit] += 3.0 * error[hit]
    else:
        raise InputError([Problem("case", case, Say(", ".join(CASES), ", ".join(CASES)))])
    return spoilt


def run_sbc(
    machinery: Amortised,
    *,
    truths: int = 100,
    misspecified_truths: int = 25,
    seed: int = 1,
    people: int = 1500,
    seeds: int = 3,
    pool: Pool | None = None,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> Sbc:
    """Draw truths, simulate their trials and projections, fit each, and rank.

    Args:
        machinery: of `build_machinery`.
        truths: at least 20.
        misspecified_truths: truths of which spoilt figures are fitted, for each of `CASES`.
        seed: base seed; truth i is the same for any number of truths.
        people, seeds: size of the true projections, as in the machinery's own.
        pool: processes.
        checkpoint: where results are kept.
        progress: called with (stage, done, all).

    Raises:
        InputError: too few truths.
    """
    problems = []
    if not 20 <= truths <= 10_000:
        problems.append(within("truths", truths, 20, 10_000))
    if not 0 <= misspecified_truths <= truths:
        problems.append(within("misspecified", misspecified_truths, 0, truths))
    InputError.raise_if(problems)
    from sim.random_numbers import stream

    pool = pool or Pool(1)
    space, seconds = machinery.space, dict(machinery.seconds)
    start = time.perf_counter()
    z = np.stack(
        [
            np.random.default_rng(stream("sbc", seed, number)).standard_normal(space.dimension)
            for number in range(truths)
        ]
    )
    y = _data(machinery, z, seed, pool, checkpoint, progress)
    seconds["data"], start = time.perf_counter() - start, time.perf_counter()
    projections = machinery.projections
    effects = np.zeros((truths, 0))
    if projections is not None:
        effects = projected_at(space, z, projections.town, people, seeds, _PROJECTION_SEED, pool, checkpoint, progress)
    seconds["true projections"], start = time.perf_counter() - start, time.perf_counter()
    figures = list(y)
    for case in CASES:
        figures += [misspecified(machinery, y[number], case, number) for number in range(misspecified_truths)]
    fitted = _fits(machinery, figures, seed, pool, checkpoint, progress)
    seconds["posteriors"] = time.perf_counter() - start
    watched = [*space.free, *(name for name in space.names if name.startswith("tau."))]
    columns = [space.index[name] for name in watched]
    names = [*watched, *([each.name for each in projections.quantities] if projections is not None else [])]
    draws = [fit["z"][:, columns] for fit in fitted[:truths]]
    if projections is not None:
        draws = [
            np.concatenate([one, projections.draws(fit["z"], seed=number)], axis=1)
            for number, (one, fit) in enumerate(zip(draws, fitted[:truths], strict=True))
        ]
    misfits = np.array([float(fit["misfit"]) for fit in fitted])
    own = misfits[:truths]
    edge = float(np.quantile(own, 0.95))
    cases, detections = {}, []
    for number, case in enumerate(CASES):
        first = truths + number * misspecified_truths
        values = misfits[first : first + misspecified_truths]
        if len(values):
            cases[case] = values
            seen = int((values > edge).sum())
            detections.append(Detection(case, len(values), seen, float(np.median(values))))
    return Sbc(
        tuple(names),
        np.concatenate([z[:, columns], effects], axis=1),
        np.array(draws),
        own,
        int(fitted[0]["freedom"]),
        np.array([float(fit["rhat"]) for fit in fitted[:truths]]),
        tuple(detections),
        cases,
        seconds,
    )


# Projections of truths share the luck of the projections of the design: one quantity, not two.
_PROJECTION_SEED = 1


def _data(
    machinery: Amortised, z: Array, seed: int, pool: Pool, checkpoint: Checkpoint | None, progress: Progress | None
) -> Array:
    """Return one set of figures per truth, [N, T], with the bias of the control group that the truth has."""
    targets, space = machinery.targets, machinery.space
    found: dict[int, Array] = {}
    tasks, numbers, digests = [], [], []
    for number, truth in enumerate(z):
        digest = array_digest(truth, targets.ids, space.digest(), seed)
        kept = checkpoint.load(f"truths/{number:04d}", digest) if checkpoint else None
        if kept is not None:
            found[number] = kept["values"]
            continue
        tasks.append((_one_trial, (targets, space, truth, seed * 100_003 + number)))
        numbers.append(number)
        digests.append(digest)
    for task, result in pool.run(tasks):
        found[numbers[task]] = result["values"]
        if checkpoint:
            checkpoint.save(f"truths/{numbers[task]:04d}", digests[task], result)
        if progress:
            progress("trials", len(found), len(z))
    y = np.array([found[number] for number in range(len(z))])
    missing = ~np.isfinite(y)
    if missing.any():  # nobody of a small arm answered: the report would have no figure; take what is expected
        y[missing] = machinery.core.emulator.means(z)[missing]
    shifts = space.bias(z)
    for number, name in enumerate(targets.biases):
        y += shifts[name][:, None] * targets.bias_matrix[number]
    return y


def _fits(
    machinery: Amortised,
    figures: Sequence[Array],
    seed: int,
    pool: Pool,
    checkpoint: Checkpoint | None,
    progress: Progress | None,
) -> list[Arrays]:
    weights = [each.weights for each in machinery.core.emulator.towns.values()]
    stamp = array_digest(machinery.space.digest(), *weights, *(c.sd for c in machinery.core.covariances.values()))
    found: dict[int, Arrays] = {}
    tasks, numbers, digests = [], [], []
    for number, y in enumerate(figures):
        digest = array_digest(y, stamp, seed)
        kept = checkpoint.load(f"fits/{number:04d}", digest) if checkpoint else None
        if kept is not None:
            found[number] = kept
            continue
        tasks.append((_one_fit, (machinery, y, seed * 100_003 + number)))
        numbers.append(number)
        digests.append(digest)
    for task, result in pool.run(tasks):
        found[numbers[task]] = result
        if checkpoint:
            checkpoint.save(f"fits/{numbers[task]:04d}", digests[task], result)
        if progress:
            progress("posteriors", len(found), len(figures))
    return [found[number] for number in range(len(figures))]


def _one_trial(targets: Targets, space: Space, z: Array, seed: int) -> Arrays:
    return {"values": simulated_trials(targets, space, z, replicates=1, seed=seed % (2**31))[0]}


def _one_fit(machinery: Amortised, y: Array, seed: int) -> Arrays:
    made = refit(machinery.core, synthetic_likelihood(machinery.core, y), seed=seed)
    return {
        "z": made.z,
        "misfit": np.array(made.misfit),
        "freedom": np.array(float(made.freedom)),
        "rhat": np.array(made.rhat),
    }
