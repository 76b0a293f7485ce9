"""The engine: many societies over the same people, in compiled blocks on threads, exact to the last bit.

One `Job` is a parameter set, a schedule of regimes and a seed. People are processed in blocks that fit the
cache, all months between two *boundaries* at once. Boundaries are where people or offices meet: caseloads
are counted every quarter, budgets every January, tailoring rules every so many months, and wherever a
snapshot is asked for. Sums are kept in fixed point (2**-20), so that no order of work changes a result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from sim.engine.job import Job, Outcome, Record, check
from sim.engine.population_arrays import Crowd
from sim.engine.society import Backend, Society
from sim.people.population import Population
from sim.setting import Setting

__all__ = ["Job", "Outcome", "Record", "Society", "simulate"]

# From this many people on, threads share the people of one job; below, each takes a job of its own.
_MANY = 20_000


def simulate(
    population: Population,
    jobs: Sequence[Job],
    setting: Setting,
    record: Record,
    *,
    threads: int = 1,
    backend: Backend = "auto",
) -> list[Outcome]:
    """Return the outcome of every job, in order.

    Args:
        population: the people, shared by all jobs and not copied.
        jobs: societies to simulate; jobs with the same seed share every person's luck.
        setting: law and labour market by month.
        record: what to keep.
        threads: threads over jobs, or over the people of one job when they are many or jobs are few.
        backend: ``auto`` uses NumPy for a small first run before anything is compiled.

    Raises:
        InputError: names that do not exist, snapshots out of range, a schedule for other people.
    """
    check(population, jobs, setting, record)
    crowd = Crowd(population, record.groups)
    apart = threads > 1 and len(jobs) >= threads and len(population) < _MANY
    inner = 1 if apart else threads

    def run(job: Job) -> Outcome:
        society = Society(population, job, setting, record, backend=backend, threads=inner, crowd=crowd)
        taken = []
        for month in record.snapshots:
            society.run_to(month)
            taken.append(np.stack([society.column(name) for name in record.columns]))
        society.run_to(setting.months)
        return society.outcome(taken)

    if not apart:
        return [run(job) for job in jobs]

    def several(some: Iterable[int]) -> list[Outcome]:
        return [run(jobs[number]) for number in some]

    # A few jobs at a time: handing over one by one would cost more than a small job.
    size = max(1, min(64, len(jobs) // (8 * threads)))
    parts = [range(lo, min(lo + size, len(jobs))) for lo in range(0, len(jobs), size)]
    with ThreadPoolExecutor(threads) as pool:
        return [outcome for part in pool.map(several, parts) for outcome in part]
