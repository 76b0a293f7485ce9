"""Moments of many parameter sets: batches over towns and parameter sets, on several processes.

Within a batch all parameter sets share people and luck (common random numbers). Batches of a *design* have
their own luck, so that the error of a small number of trials averages out over the design; batches of a
*comparison* share it, so that differences between parameter sets are sharp. A batch is one task, its numbers
depend on nothing else, and it is kept on disk as soon as it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.schema import Row
from calibration.fit.checkpoint import Arrays, Checkpoint, array_digest
from calibration.fit.space import Space
from calibration.likelihood.covariance import Covariance, estimate_covariance, source_of
from calibration.likelihood.targets import Targets
from scenarios.execution.processes import Pool
from sim.parameters import switch_off
from sim.trial.design import TrialDesign

__all__ = ["Moments", "TownWork", "covariances", "simulate_moments", "simulated_trials", "town_moments", "town_work"]

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
# People of the reference group simulated per replicate: enough for a mean, at a tenth of the cost of all.
_REFERENCE = 600
_WITH_REFERENCE = ("reference", "reference_matched", "total_population")


class TownWork(NamedTuple):
    """What one task simulates in one town: parameter vectors [K, P] with the shifts and code readings of each."""

    design: TrialDesign
    rows: tuple[Row, ...]
    vectors: Array
    place: Sequence[Mapping[str, float]]
    codes: Sequence[Mapping[str, float]]
    seed: int
    replicates: int


def town_work(
    targets: Targets, space: Space, z: Array, town: str, seed: int, replicates: int, off: Sequence[str] = ()
) -> TownWork:
    """Return the work of `town` at latent vectors z [K, D], with the mechanisms in `off` switched off."""
    vectors = switch_off(space.parameters(z, town), off)
    design, rows = targets.designs[town], tuple(targets.rows_of(town))
    return TownWork(design, rows, vectors, space.place(z, town), space.readings(z, town), seed, replicates)


@dataclass(frozen=True)
class Moments:
    """Simulated moments of parameter sets.

    Attributes:
        z: latent vectors, shape [K, D].
        mean: means over the replicates, shape [K, T].
        variance: variance of one replicate, averaged over the sets, shape [T].
        batch: batch of each set, shape [K]; sets of a batch share their luck.
        replicates: trials per set.
    """

    z: Array
    mean: Array
    variance: Array
    batch: NDArray[np.int64]
    replicates: int

    def joined(self, other: Moments) -> Moments:
        """Return both designs as one (their replicates must be equal)."""
        shift = self.batch.max() + 1
        weights = np.array([len(self.z), len(other.z)]) / (len(self.z) + len(other.z))
        return Moments(
            np.vstack([self.z, other.z]),
            np.vstack([self.mean, other.mean]),
            weights[0] * self.variance + weights[1] * other.variance,
            np.concatenate([self.batch, other.batch + shift]),
            self.replicates,
        )


def simulate_moments(
    targets: Targets,
    space: Space,
    z: Array,
    *,
    replicates: int,
    seed: int,
    stage: str,
    pool: Pool,
    batch: int = 8,
    common: bool = False,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> Moments:
    """Simulate every town under every latent vector.

    Args:
        targets: rows and designs.
        space: what z means.
        z: latent vectors, shape [K, D].
        replicates: trials per set.
        seed: base seed.
        stage: name of the batches on disk; stages have their own luck.
        pool: processes.
        batch: sets that are simulated together.
        common: all batches share their luck (for comparisons) instead of each having its own.
        checkpoint: where batches are kept.
        progress: called with (tasks done, tasks).
    """
    firsts = list(range(0, len(z), batch))
    mean = np.full((len(z), len(targets.rows)), np.nan)
    variance = np.zeros((len(firsts), len(targets.rows)))
    names, digests, tasks, where = [], [], [], []
    done = 0
    for number, first in enumerate(firsts):
        part = z[first : first + batch]
        luck = _seed(seed, stage, 0 if common else number + 1)
        for town in targets.towns:
            inputs = space.inputs(part, town)
            rows = targets.rows_of(town)
            digest = array_digest(inputs, luck, replicates, tuple(row.id for row in rows), space.digest())
            name = f"{stage}/{number:04d}_{town}"
            found = checkpoint.load(name, digest) if checkpoint else None
            place = (slice(first, first + len(part)), targets.places[town], number)
            if found is not None:
                mean[place[0], place[1]], variance[number, place[1]] = found["mean"], found["variance"]
                done += 1
                continue
            tasks.append((town_moments, (town_work(targets, space, part, town, luck, replicates),)))
            names.append(name)
            digests.append(digest)
            where.append(place)
    total = done + len(tasks)
    if progress:
        progress(done, total)
    for task, result in pool.run(tasks):
        rows_, columns, number = where[task]
        mean[rows_, columns], variance[number, columns] = result["mean"], result["variance"]
        if checkpoint:
            checkpoint.save(names[task], digests[task], result)
        done += 1
        if progress:
            progress(done, total)
    batches = np.repeat(np.arange(len(firsts)), batch)[: len(z)]
    return Moments(np.array(z), mean, variance.mean(axis=0), batches, replicates)


def covariances(
    targets: Targets,
    space: Space,
    z: Array,
    *,
    replicates: int,
    seed: int,
    stage: str,
    pool: Pool,
    checkpoint: Checkpoint | None = None,
    progress: Progress | None = None,
) -> dict[str, Covariance]:
    """Estimate the covariance of the rows of every town at one latent vector, at the real size."""
    found: dict[str, Covariance] = {}
    tasks, towns, digests = [], [], []
    luck = _seed(seed, stage, 0)
    for town in sorted(targets.towns, key=lambda town: -targets.designs[town].people):
        inputs = space.inputs(z[None], town)
        rows = targets.rows_of(town)
        digest = array_digest(inputs, luck, replicates, tuple(row.id for row in rows), space.digest())
        kept = checkpoint.load(f"{stage}/{town}", digest) if checkpoint else None
        if kept is not None:
            found[town] = _covariance(rows, kept)
            continue
        tasks.append((_estimate, (town_work(targets, space, z[None], town, luck, replicates),)))
        towns.append(town)
        digests.append(digest)
    for task, result in pool.run(tasks):
        found[towns[task]] = _covariance(targets.rows_of(towns[task]), result)
        if checkpoint:
            checkpoint.save(f"{stage}/{towns[task]}", digests[task], result)
        if progress:
            progress(len(found), len(targets.towns))
    return found


def simulated_trials(
    targets: Targets, space: Space, z: Array, *, replicates: int, seed: int, pool: Pool | None = None
) -> Array:
    """Return what single trials of the real size find at one latent vector, shape [replicates, T].

    For synthetic data: each replicate is one set of published figures from a known truth.
    """
    values = np.full((replicates, len(targets.rows)), np.nan)
    luck = _seed(seed, "synthetic", 0)
    tasks = [(_single, (town_work(targets, space, z[None], town, luck, replicates),)) for town in targets.towns]
    for task, result in (pool or Pool(1)).run(tasks):
        values[:, targets.places[targets.towns[task]]] = result["values"]
    return values


def _single(work: TownWork) -> Arrays:
    return {"values": _values(work, None)[:, 0]}


def town_moments(work: TownWork) -> Arrays:
    """Simulate one batch in one town: mean [J, rows] and variance of a replicate [rows]."""
    reference = work.design.reference
    people = None
    if reference is not None:
        wanted = any(name in _WITH_REFERENCE for row in work.rows for name in (row.arm, row.comparator))
        people = min(reference.randomised, _REFERENCE) if wanted else 0
    values = _values(work, people)
    with np.errstate(invalid="ignore"):
        mean = _mean(values)
        variance = _mean(np.square(values - mean)).mean(axis=0) * work.replicates / max(work.replicates - 1, 1)
    return {"mean": mean, "variance": np.nan_to_num(variance)}


def _values(work: TownWork, reference: int | None) -> Array:
    """Return the moments of every replicate, shape [replicates, J, rows]."""
    from calibration.moments.evaluate import evaluate
    from calibration.moments.prepared import months_needed, registers_needed
    from sim.trial.run import simulate_many

    design, rows = work.design, work.rows
    measures = registers_needed(rows)
    settings: dict[str, object] = {"measures": measures} if measures else {}
    months = months_needed(rows, tuple(design.follow_up(wave) for wave in design.waves))
    return np.array(
        [
            [evaluate(data, rows) for data in sets]
            for sets in simulate_many(
                design,
                work.vectors,
                work.seed,
                replicates=work.replicates,
                source=source_of(design),  # type: ignore[arg-type]
                reference=reference,
                months=months,
                place=work.place,
                codes=work.codes,
                **settings,  # type: ignore[arg-type]
            )
        ]
    )


def _estimate(work: TownWork) -> Arrays:
    found = estimate_covariance(
        work.design,
        work.rows,
        work.replicates,
        parameters=work.vectors[0],
        place=work.place[0],
        codes=work.codes[0],
        seed=work.seed,
    )
    return {
        "mean": found.mean,
        "sd": found.sd,
        "correlation": found.correlation,
        "replicates": np.array(float(work.replicates)),
    }


def _covariance(rows: Sequence[Row], kept: Arrays) -> Covariance:
    ids = tuple(row.id for row in rows)
    return Covariance(ids, kept["mean"], kept["sd"], kept["correlation"], int(kept["replicates"]))


def _mean(values: Array) -> Array:
    """Return the mean over replicates of the finite values (NaN where there is none), shape [J, rows]."""
    finite = np.isfinite(values)
    return np.asarray(
        np.where(finite, values, 0.0).sum(axis=0) / np.where(finite.any(axis=0), finite.sum(axis=0), np.nan)
    )


def _seed(seed: int, stage: str, number: int) -> int:
    """Return the base seed of a batch: a whole number below 2^31."""
    from sim.random_numbers import stream

    return int(stream(f"calibration/{stage}", seed, number) % (2**31))
