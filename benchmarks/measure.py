"""Times the same society on every engine, in turn, and holds the results against the bars."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.mesa_objects import MesaSociety
from benchmarks.roofline import machine_limits, work_of_a_month
from sim.assignment import ByArm, Everybody
from sim.engine import Job, Record, simulate
from sim.kernel import warm
from sim.measures import HEADLINE
from sim.parameters import defaults, draw_priors
from sim.people import catalogue
from sim.people.population import Population
from sim.presets import preset
from sim.random_numbers import stream
from sim.schedule import compile_schedule
from sim.setting import SETTLE_MONTHS, make_setting

__all__ = ["Say", "bench"]

Say = Callable[[str], None]
_REPEATS = 5
_MONTHS = 24
_LIVED = _MONTHS + SETTLE_MONTHS
_ROOT = Path(__file__).resolve().parents[1]


def bench(*, quick: bool, say: Say) -> dict[str, Any]:
    """Return every measurement of this machine as plain values."""
    warm()
    sizes = [1000, 10_000] if quick else [1000, 10_000, 100_000, 450_000, 1_000_000]
    largest = _people(max(sizes))
    rows = [_size(largest, n, quick, say) for n in sizes]
    found: dict[str, Any] = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "machine": _machine(),
        "method": (
            f"agent-months include the {SETTLE_MONTHS} settling months; {len(HEADLINE)} series recorded; "
            "variants in turn, CPU time, medians of ratios within a repetition; "
            "two threads by the clock (wall) and by CPU time: one thread / (serial part + half of the rest), "
            "which is what the clock of a quiet machine would show; commands: wall-clock and CPU time"
        ),
        "sizes": rows,
        "scaling": _scaling(rows),
    }
    del largest
    gc.collect()
    say("memory")
    found["memory"] = _memory(10_000 if quick else 1_000_000)
    say("start-up")
    found["startup"] = _startup(3 if quick else 5)
    say("national run and trials")
    found["national"] = _national(0.1 if quick else 1.0)
    found["trials"] = _trials(500 if quick else 10_000)
    say("roofline")
    found["roofline"] = _roofline(rows)
    found["bars"] = _bars(found)
    return found


@cache
def _people(n: int) -> Population:
    return catalogue.load("netherlands", n)


def _job(people: Population, months: int, regime: str = "intensive") -> Job:
    regimes = {name: preset(name) for name in dict.fromkeys((regime, "regular"))}
    schedule = compile_schedule(
        people, regimes, Everybody(regime), months=months, background=regimes["regular"]
    )
    return Job(defaults(), schedule, stream("replicate", 1))


def _timed(work: Callable[[], object]) -> tuple[float, float, float]:
    """Return seconds by the clock, of all threads and of this thread."""
    gc.collect()
    wall, cpu, own = time.perf_counter(), time.process_time(), time.thread_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu, time.thread_time() - own


def _size(largest: Population, n: int, quick: bool, say: Say) -> dict[str, Any]:
    """Time one size: engine on one and two threads, NumPy, Mesa objects; in turn."""
    say(f"{n:,} people")
    people = largest.take(np.arange(n))
    job, setting, record = (
        _job(people, _MONTHS),
        make_setting(people.start, _MONTHS),
        Record(series=HEADLINE),
    )
    inner = max(1, 100_000 // n)

    def engine(threads: int, backend: Any, times: int) -> tuple[float, float, float]:
        def work() -> None:
            for _ in range(times):
                simulate(people, [job], setting, record, threads=threads, backend=backend)

        wall, cpu, serial = _timed(work)
        return wall / times, cpu / times, (serial + (cpu - serial) / threads) / times

    mesa_runs = n <= (1000 if quick else 100_000)
    numpy_runs = _REPEATS if n <= 100_000 else 1
    model = MesaSociety(people, job, setting, HEADLINE) if mesa_runs else None
    engine(1, "compiled", 1)
    taken: dict[str, list[tuple[float, ...]]] = {"one": [], "two": [], "numpy": [], "mesa": []}
    for turn in range(_REPEATS):
        taken["one"].append(engine(1, "compiled", inner))
        taken["two"].append(engine(2, "compiled", inner))
        if turn < numpy_runs:
            taken["numpy"].append(engine(1, "numpy", max(1, 5000 // n)))
        if model is not None:
            wall, cpu, _ = _timed(model.step)
            taken["mesa"].append((wall * _LIVED, cpu * _LIVED))
    work = n * _LIVED

    def ratios(over: str, under: str, clock: int) -> float | None:
        pairs = list(zip(taken[over], taken[under], strict=False))
        return statistics.median(a[clock] / b[clock] for a, b in pairs) if pairs else None

    def rate(name: str, clock: int) -> float | None:
        return work / statistics.median(t[clock] for t in taken[name]) / 1e6 if taken[name] else None

    return {
        "people": n,
        "repetitions": {name: len(times) for name, times in taken.items()},
        "engine": rate("one", 1),
        "engine_two_threads_wall": rate("two", 0),
        "numpy": rate("numpy", 1),
        "mesa": rate("mesa", 1),
        "seconds": statistics.median(t[1] for t in taken["one"]),
        "over_mesa": ratios("mesa", "one", 1),
        "over_numpy": ratios("numpy", "one", 1),
        "two_threads_wall": ratios("one", "two", 0),
        "two_threads_cpu": statistics.median(
            one[1] / two[2] for one, two in zip(taken["one"], taken["two"], strict=True)
        ),
    }


def _scaling(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_size = {row["people"]: row["seconds"] for row in rows}
    return [
        {"from": n, "to": 10 * n, "ratio": by_size[10 * n] / by_size[n]}
        for n in by_size
        if 10 * n in by_size and n >= 10_000
    ]


def _memory(n: int) -> dict[str, Any]:
    """Measure in a process of its own: what a run adds to the people, and what the people take."""
    code = f"""
import ctypes, gc, re
import benchmarks.measure as m
from sim.engine import Record, simulate
from sim.setting import make_setting
from sim.measures import HEADLINE
def now(field):
    return int(re.search(field + r":\\s+(\\d+) kB", open("/proc/self/status").read()).group(1)) * 1024
small = m._people(2000); job = m._job(small, 6)
simulate(small, [job], make_setting(small.start, 6), Record(series=HEADLINE), backend="compiled")
people = m._people({n}); gc.collect()
held = sum(v.nbytes for v in people.columns.values())
held += sum(getattr(people, k).nbytes for k in ("person", "municipality", "caseworker", "arm"))
job = m._job(people, 24); setting = make_setting(people.start, 24); gc.collect()
ctypes.CDLL(None).malloc_trim(0)  # what the allocator keeps for later would hide what the engine takes
open("/proc/self/clear_refs", "w").write("5")
before = now("VmRSS")
simulate(people, [job], setting, Record(series=HEADLINE), backend="compiled")
print((now("VmHWM") - before) / {n}, held / {n})
"""
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            cwd=_ROOT,
            env={**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536"},
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return {"people": n, "engine_bytes_per_person": None, "population_bytes_per_person": None}
    engine, population = (float(word) for word in done.stdout.split())
    return {
        "people": n,
        "engine_bytes_per_person": engine,
        "population_bytes_per_person": population,
    }


def _startup(repeats: int) -> dict[str, float]:
    """Return median seconds of wall-clock time of whole commands."""
    with tempfile.TemporaryDirectory() as folder:
        store = [f"--db=sqlite:///{folder}/x.sqlite", f"--out={folder}"]
        commands = {
            "help": ["--help"],
            "run_small": ["run", "intensive", "--people", "200", "--draws", "2", "--seeds", "2", *store],
        }
        # A warm cache holds Python's bytecode too, whatever the shell of who measures says about keeping it.
        warm_shell = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        found = {}
        for name, words in commands.items():
            times = []
            for _ in range(repeats + 1):
                begin, before = time.perf_counter(), _children()
                done = subprocess.run(
                    [sys.executable, "-m", "app.cli", *words],
                    cwd=_ROOT,
                    env=warm_shell,
                    capture_output=True,
                    check=False,
                )
                failed = float("nan") if done.returncode else 0.0
                times.append((time.perf_counter() - begin + failed, _children() - before + failed))
            found[name] = statistics.median(wall for wall, _ in times[1:])
            found[f"{name}_cpu"] = statistics.median(cpu for _, cpu in times[1:])
    return found


def _children() -> float:
    """Return the CPU seconds of the processes that were waited for."""
    times = os.times()
    return times.children_user + times.children_system


def _national(share: float) -> dict[str, float]:
    people = _people(round(415_000 * share))
    jobs = [_job(people, 48, name) for name in ("regular", "exemption", "intensive", "disregard")]
    setting = make_setting(people.start, 48)
    wall, cpu, _ = _timed(lambda: simulate(people, jobs, setting, Record(series=HEADLINE), threads=2))
    return {"people": len(people), "months": 48, "regimes": 4, "wall": wall / share, "cpu": cpu / share}


def _trials(number: int) -> dict[str, float]:
    """Trials of 390 people in three arms, each with parameters, lots and luck of its own."""
    people = catalogue.load("nijmegen", 390)
    arms = dict(zip(people.arms, ("exemption", "intensive", "regular"), strict=False))
    regimes = {name: preset(name) for name in ("exemption", "intensive", "regular")}
    schedule = compile_schedule(people, regimes, ByArm(arms), months=25, background=regimes["regular"])
    record = Record(series=HEADLINE, groups=people.arm, n_groups=len(people.arms))
    jobs = [
        Job(values, schedule, stream("replicate", seed))
        for seed, values in enumerate(draw_priors(50, 1)[np.arange(number) % 50])
    ]
    setting = make_setting(people.start, 25)
    wall, cpu, _ = _timed(lambda: simulate(people, jobs, setting, record, threads=2))
    times = 10_000 / number
    return {
        "trials": 10_000,
        "measured": number,
        "people": len(people),
        "months": 25,
        "wall": wall * times,
        "cpu": cpu * times,
    }


def _roofline(rows: list[dict[str, Any]]) -> dict[str, Any]:
    limits, work = machine_limits(), work_of_a_month()
    steps = work["arithmetic"] + work["comparisons_and_selects"] + work["whole_number_steps_of_draws"]
    by_memory = limits["bandwidth_gb_s"] * 1e3 / work["bytes"]
    by_arithmetic = limits["gflop_s"] * 1e3 / steps
    best = max(row["engine"] for row in rows)
    return {
        **limits,
        **work,
        "steps": steps,
        "bound_by_memory": by_memory,
        "bound_by_arithmetic": by_arithmetic,
        "attained": best,
        "share_of_bound": best / min(by_memory, by_arithmetic),
    }


def _bars(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Hold the measurements against the bars of the project (in a quick run the sizes are smaller)."""
    rows = found["sizes"]
    compared = [row for row in rows if row["over_mesa"] is not None][-1]
    numpy_row = [row for row in rows if row["people"] <= 100_000][-1]
    threads = [row for row in rows if 10_000 <= row["people"] <= 100_000][-1]
    scaling = max((each["ratio"] for each in found["scaling"]), default=None)
    bars = [
        (f"engine / Mesa objects, {compared['people']:,} people", ">=", 200.0, compared["over_mesa"]),
        (f"engine / NumPy, {numpy_row['people']:,} people", ">=", 5.0, numpy_row["over_numpy"]),
        (f"two threads / one, CPU time, {threads['people']:,} people", ">=", 1.8, threads["two_threads_cpu"]),
        ("time(10N) / time(N), from 10,000", "<=", 10.5, scaling),
        ("bytes per person of the engine", "<=", 400.0, found["memory"]["engine_bytes_per_person"]),
        ("seconds of `bijstand --help`", "<=", 0.5, found["startup"]["help"]),
        ("seconds of a small `bijstand run`", "<=", 3.0, found["startup"]["run_small"]),
        ("seconds of 415,000 people x 48 months x 4 regimes", "<=", 25.0, found["national"]["wall"]),
        ("seconds of 10,000 trials of 390 people, 25 months, 3 arms", "<=", 60.0, found["trials"]["wall"]),
    ]
    return [
        {
            "bar": name,
            "sign": sign,
            "bound": bound,
            "measured": value,
            "holds": None if value is None else bool(value >= bound if sign == ">=" else value <= bound),
        }
        for name, sign, bound, value in bars
    ]


def _machine() -> dict[str, Any]:
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return {
        "processor": name,
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }
