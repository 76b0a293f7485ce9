"""Prove a run: make it again, all of it or a sample, and compare bit for bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scenarios.execution.result import Finished, RunResult
from scenarios.execution.run import Progress, begin, finished_tasks
from scenarios.reproduction.diff import Difference, input_differences
from scenarios.reproduction.replan import plan_again
from sim.problems import InputError, Problem, Say, within

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from scenarios.execution.executors import WorkerPool

__all__ = ["Mismatch", "Verified", "verify"]


@dataclass(frozen=True)
class Mismatch:
    """One replicate whose numbers are not those that were stored; the first place where they differ."""

    scenario: str
    draw: int
    seed: int
    group: str
    month: int
    measure: str
    stored: float | str
    found: float | str
    values: int


@dataclass(frozen=True)
class Verified:
    """What a second run found.

    Attributes:
        run_id: which run.
        checked, of: replicates that were made again, and how many the run has.
        inputs: what is not as it was when the run was made; numbers may still be the same.
        wrong: replicates that came out otherwise.
    """

    run_id: str
    checked: int
    of: int
    inputs: tuple[Difference, ...]
    wrong: tuple[Mismatch, ...]

    @property
    def same(self) -> bool:
        """Whether every number that was made again is the stored one, to the last bit."""
        return not self.wrong and self.checked > 0


def verify(
    result: RunResult,
    *,
    sample: int | None = None,
    progress: Progress | None = None,
    executor: Executor | WorkerPool | None = None,
    workers: int = 1,
    population: str | None = None,
) -> Verified:
    """Make `sample` replicates of a stored run again (None = all), spread evenly, and compare them.

    Raises:
        InputError: a sample of nothing, people that are not there any more, other parameters or another shape
            than the stored inputs give.
    """
    of = int(np.prod(result.values.shape[:3]))
    if sample is not None and not 1 <= sample <= of:
        raise InputError([within("--sample", sample, 1, of)])
    plan = plan_again(result.provenance, population=population, source=result.source)
    now = begin(plan, run_id=result.run_id)
    inputs = tuple(input_differences(result.provenance, now.provenance))
    InputError.raise_if(_other_shape(result, now, inputs))
    places = np.linspace(0, of - 1, sample or of).round().astype(int)
    wanted = {tuple(int(n) for n in np.unravel_index(place, result.values.shape[:3])) for place in places}
    every = {tuple(int(n) for n in place) for place in np.ndindex(*result.values.shape[:3])}
    wrong: list[Mismatch] = []
    done = 0
    skipped = {(side, draw, seed) for side, draw, seed in every - wanted}
    for finished in finished_tasks(plan, skipped, executor, workers=workers):
        wrong += _compare(result, now, finished)
        done += len(finished.pairs)
        if progress is not None:
            progress(done, len(wanted))
    wrong.sort(key=lambda each: (each.scenario, each.draw, each.seed))
    return Verified(result.run_id, done, of, inputs, tuple(wrong))


def _other_shape(result: RunResult, now: RunResult, inputs: tuple[Difference, ...]) -> list[Problem]:
    told = "; ".join(f"{each.path}: {each.a} -> {each.b}" for each in inputs[:6])
    why = Say(f"what the run was made with ({told})", f"waarmee de run gemaakt is ({told})")
    other = {
        "parameters": not np.array_equal(result.parameters, now.parameters),
        "months": not np.array_equal(result.months, now.months),
        "measures": not set(result.measures) & set(now.measures),
        **{name: getattr(result, name) != getattr(now, name) for name in ("scenarios", "groups", "seeds")},
    }
    return [Problem(name, "others than were stored", why) for name, wrong in other.items() if wrong]


def _compare(result: RunResult, now: RunResult, finished: Finished) -> list[Mismatch]:
    common = [name for name in result.measures if name in now.measures]
    mine = [result.measures.index(name) for name in common]
    theirs = [now.measures.index(name) for name in common]
    name = result.scenarios[finished.side]
    reasons = {(each.scenario, each.draw, each.seed): each.reason for each in result.failures}
    found: list[Mismatch] = []
    for (draw, seed), outcome in zip(finished.pairs, finished.outcomes, strict=True):
        failed = reasons.get((name, draw, seed))
        if isinstance(outcome, str) or failed is not None:
            told = outcome if isinstance(outcome, str) else "numbers"
            if told != failed:
                found.append(Mismatch(name, draw, seed, "", 0, "failure", failed or "numbers", told, 1))
            continue
        stored = np.ascontiguousarray(result.values[finished.side, draw, seed][..., mine])
        again = np.ascontiguousarray(outcome[0][..., theirs])
        apart = stored.view(np.int64) != again.view(np.int64)
        heads = result.people[finished.side, draw, seed] != outcome[1]
        if apart.any():
            group, month, measure = (int(n) for n in np.argwhere(apart)[0])
            values = (float(stored[group, month, measure]), float(again[group, month, measure]))
            where = (result.groups[group], month + 1, common[measure])
            found.append(Mismatch(name, draw, seed, *where, *values, int(apart.sum())))
        elif heads.any():
            group, month = (int(n) for n in np.argwhere(heads)[0])
            counts = (int(result.people[finished.side, draw, seed, group, month]), int(outcome[1][group, month]))
            where = (result.groups[group], month + 1, "people")
            found.append(Mismatch(name, draw, seed, *where, *counts, int(heads.sum())))
    return found
