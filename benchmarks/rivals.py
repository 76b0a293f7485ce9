"""The comparators as a rival would write them, and the society as commands run it.

The comparators of `benchmarks.measure` give the engine's own bits, which handicaps them: an exponential of 28 steps
where the C library's would do, blocks of a size that suits the engine. Here each may do what is best for it, checked
to give the same sums to 1e-6. And the engine is asked what commands ask: people who enter, every measure, every group.
"""

from __future__ import annotations

import gc
import importlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.mesa_objects import MesaSociety
from sim.engine import society
from sim.engine.job import Job, Record
from sim.engine.simulate import simulate
from sim.month import MECHANISMS
from sim.outcomes.measures import HEADLINE
from sim.people.population import Population
from sim.policy import elementwise
from sim.setting import SETTLE_MONTHS, Setting

__all__ = ["as_commands_run_it", "process_bytes", "rivals", "tell_process"]

_BLOCKS = (4096, 8192, 16_384, 32_768)


def rivals(people: Population, job: Job, setting: Setting, repeats: int, *, objects: int) -> dict[str, Any]:
    """Return million agent-months per CPU second of each, and the engine's ratio to them, in turn.

    Args:
        people, job, setting: the same work as in `benchmarks.measure`; `objects` of the people live as Mesa objects.
        repeats: rounds; ratios are medians over them.
    """
    record = Record(series=HEADLINE)
    lived = setting.months + SETTLE_MONTHS
    few = people.take(np.arange(min(objects, len(people))))
    own = Job(job.parameters, _cut(job, len(few)), job.seed, job.place)
    model = MesaSociety(few, own, setting, HEADLINE, expert=True)
    sums = simulate(few, [own], setting, record, backend="compiled")[0].sums[:, 0]
    rates: dict[str, list[float]] = {"engine": [], "mesa": [], **{f"numpy {block}": [] for block in _BLOCKS}}
    for _ in range(repeats):
        rates["engine"].append(_rate(len(people) * lived, lambda: simulate(people, [job], setting, record)))
        rates["mesa"].append(_rate(len(few), model.step))
        for block in _BLOCKS:
            with _free_numpy(block):
                work = lambda: simulate(people, [job], setting, record, backend="numpy")  # noqa: E731
                rates[f"numpy {block}"].append(_rate(len(people) * lived, work))
    while len(model.series) < min(3, setting.months):
        model.step()
    seen = np.array(model.series)
    if not np.allclose(seen, sums[: len(seen)], rtol=1e-6, atol=1e-3):
        raise AssertionError("the objects do not live the same months")
    best = max(_BLOCKS, key=lambda block: statistics.median(rates[f"numpy {block}"]))
    return {
        "people": len(people),
        "objects": len(few),
        "block": best,
        "engine": statistics.median(rates["engine"]),
        "mesa": statistics.median(rates["mesa"]),
        "numpy": statistics.median(rates[f"numpy {best}"]),
        "over_mesa": _ratio(rates["engine"], rates["mesa"]),
        "over_numpy": _ratio(rates["engine"], rates[f"numpy {best}"]),
    }


def as_commands_run_it(asked: int, repeats: int) -> list[dict[str, Any]]:
    """Return what a society costs as `bijstand compare` lives it: people enter, every measure, every group."""
    from scenarios.description.find import find_scenario
    from scenarios.execution.plan import Options, plan

    found = []
    for months in (24, 120):
        options = Options(population="netherlands", people=asked, months=months, inflow=True, draws=1, seeds=1)
        made = plan([find_scenario("intensive")], options)
        side = made.sides[0]
        job = Job(side.parameters[0], side.schedules[0], made.keys[0])
        entry = made.population["entry_month"]
        lived = float((months + SETTLE_MONTHS - np.maximum(entry - 1, 0)).sum())
        seconds = []
        for _ in range(repeats):
            before = time.process_time()
            simulate(made.population, [job], side.setting, made.record, backend="compiled")
            seconds.append(time.process_time() - before)
        cpu = statistics.median(seconds)
        found.append(
            {
                "months": months,
                "asked": asked,
                "people": len(made.population),
                "series": len(made.record.series),
                "groups": made.record.n_groups,
                "cpu": cpu,
                "million_agent_months": lived / cpu / 1e6,
            }
        )
    return found


def process_bytes(asked: int) -> float | None:
    """Return the bytes per person lived of a whole process that draws people and lives them (None: not told)."""
    call = f"import benchmarks.rivals as r; r.tell_process({asked})"
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, "-c", call], cwd=root, capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


def tell_process(asked: int) -> None:
    """Print the most memory of this process, over the people that it lived, after `as_commands_run_it` of 24 months."""
    import resource

    from scenarios.description.find import find_scenario
    from scenarios.execution.plan import Options, plan

    options = Options(population="netherlands", people=asked, months=24, inflow=True, draws=1, seeds=1)
    made = plan([find_scenario("intensive")], options)
    side = made.sides[0]
    job = Job(side.parameters[0], side.schedules[0], made.keys[0])
    simulate(made.population, [job], side.setting, made.record, backend="compiled")
    print(1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / len(made.population))


def _cut(job: Job, n: int) -> Any:
    from dataclasses import replace

    return replace(job.schedule, instance=job.schedule.instance[:n])


def _rate(agent_months: int, work: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    try:
        before = time.process_time()
        work()
        return agent_months / (time.process_time() - before) / 1e6
    finally:
        gc.enable()


def _ratio(over: list[float], under: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(over, under, strict=True))


@contextmanager
def _free_numpy(block: int) -> Iterator[None]:
    """Let NumPy work on blocks of its own size and call the C library's exponential."""
    modules = [elementwise, *(importlib.import_module(f"sim.mechanisms.{name}") for name in MECHANISMS)]
    ours, chunk = elementwise.exp, society._CHUNK
    patched = [module for module in modules if getattr(module, "exp", None) is ours]
    try:
        society._CHUNK = block
        for module in patched:
            module.exp = np.exp  # type: ignore[attr-defined]
        yield
    finally:
        society._CHUNK = chunk
        for module in patched:
            module.exp = ours  # type: ignore[attr-defined]
