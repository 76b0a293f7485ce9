"""What the largest run would cost here: the Netherlands for ten years, from parts measured on the spot."""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

from benchmarks.rivals import process_bytes
from sim.engine.job import Job
from sim.engine.simulate import simulate
from sim.setting import SETTLE_MONTHS

__all__ = ["plan_of_the_country"]

_ASKED, _MONTHS, _DRAWS, _SEEDS, _REGIMES = 415_000, 120, 30, 4, 4
# Asked in the measurement: linear from there on (docs/validation/benchmark.md).
_SMALL = 20_000


def plan_of_the_country(repeats: int = 5) -> dict[str, Any]:
    """Return CPU seconds and memory of the Netherlands x 120 months x 30 draws x 4 seeds x 4 regimes, with inflow.

    People and schedules are drawn once, months are lived 480 times; every measure and group is recorded. Drawing and
    living are measured with 20,000 people asked, memory as the slope between two processes of 24 months; times are
    extrapolated in proportion to people, which `bijstand bench` checks.
    """
    from scenarios.description.find import find_scenario
    from scenarios.execution.plan import Options, plan

    before = time.process_time()
    options = Options(population="netherlands", people=_SMALL, months=_MONTHS, inflow=True, draws=1, seeds=1)
    made = plan([find_scenario("intensive")], options)
    drawing = time.process_time() - before
    side = made.sides[0]
    job = Job(side.parameters[0], side.schedules[0], made.keys[0])
    seconds = []
    for _ in range(repeats + 1):  # the first loads the machine code
        before = time.process_time()
        simulate(made.population, [job], side.setting, made.record, backend="compiled")
        seconds.append(time.process_time() - before)
    living = statistics.median(seconds[1:])
    times, societies = _ASKED / _SMALL, _DRAWS * _SEEDS * _REGIMES
    lived = round(len(made.population) * times)
    few, many = (process_bytes(asked) for asked in (_SMALL, 4 * _SMALL))
    share = len(made.population) / _SMALL
    slope = None if few is None or many is None else (4.0 * many - few) / 3.0
    cores = os.cpu_count() or 1
    return {
        "asked": _ASKED,
        "lived": lived,
        "months": _MONTHS,
        "draws": _DRAWS,
        "seeds": _SEEDS,
        "regimes": _REGIMES,
        "societies": societies,
        "people_per_asked": share,
        "ns_per_person_month": 1e9 * living / len(made.population) / (_MONTHS + SETTLE_MONTHS),
        "cpu_drawing": drawing * times,
        "cpu_living": living * times * societies,
        "cpu_hours": (drawing * times + living * times * societies) / 3600.0,
        "hours_here": (drawing * times + living * times * societies / cores) / 3600.0,
        "cores": cores,
        "memory_gb": None if slope is None else slope * lived / 1e9,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }
