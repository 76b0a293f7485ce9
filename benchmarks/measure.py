"""Times the same society on every engine, in turn, and holds the results against the bars."""

from __future__ import annotations

import ctypes
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
from benchmarks.rivals import as_commands_run_it, process_bytes, rivals
from benchmarks.roofline import machine_limits, work_of_a_month
from sim.engine import kernel
from sim.engine.simulate import Job, Record, simulate
from sim.outcomes.measures import HEADLINE
from sim.parameters import defaults, draw_priors
from sim.people import catalogue
from sim.people.population import Population
from sim.random_numbers import stream
from sim.regime.assignment import ByArm, Everybody
from sim.regime.presets import preset
from sim.regime.schedule import compile_schedule
from sim.setting import SETTLE_MONTHS, Setting, make_setting

__all__ = ["Say", "bench", "tell_memory", "tell_small"]

Say = Callable[[str], None]
_REPEATS = 5
# What a Mesa object takes, with room to spare: sizes that would not fit in memory are not run.
_BYTES_OF_AN_OBJECT = 8000
_MONTHS = 24
_LIVED = _MONTHS + SETTLE_MONTHS
_ROOT = Path(__file__).resolve().parents[1]


def bench(*, quick: bool, say: Say) -> dict[str, Any]:
    """Return every measurement of this machine as plain values."""
    kernel.warm()
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
            f"{_REPEATS} repetitions of everything timed (three pairs of one and two threads in each, "
            "up to 100,000 people); "
            "Mesa objects live one month each time, from the first settling month on, times all months; "
            "two threads by the clock (wall) and by CPU time: one thread / (serial part + half of the rest), "
            "which is what the clock of a quiet machine would show; commands: wall-clock and CPU time"
        ),
        "sizes": rows,
    }
    say("comparators as a rival would write them, and societies as commands run them")
    some = largest.take(np.arange(10_000 if quick else 100_000))
    setting = make_setting(some.start, _MONTHS)
    found["rivals"] = rivals(some, _job(some, _MONTHS), setting, _REPEATS, objects=1000 if quick else 20_000)
    found["commands"] = as_commands_run_it(2000 if quick else 100_000, _REPEATS)
    say("scaling")
    found["scaling"] = _scaling(largest)
    del largest
    _people.cache_clear()
    gc.collect()
    say("memory")
    found["memory"] = _memory(10_000 if quick else 1_000_000)
    found["memory"]["process_bytes_per_person"] = process_bytes(10_000 if quick else 1_000_000)
    say("start-up")
    found["startup"] = _startup(_REPEATS)
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
    schedule = compile_schedule(people, regimes, Everybody(regime), months=months, background=regimes["regular"])
    return Job(defaults(), schedule, stream("replicate", 1))


def _timed(work: Callable[[], object]) -> tuple[float, float, float]:
    """Return seconds by the clock, of all threads and of this thread."""
    gc.collect()
    gc.disable()  # as `timeit` does: a million objects held would be looked through in anybody's time
    try:
        wall, cpu, own = time.perf_counter(), time.process_time(), time.thread_time()
        work()
        return time.perf_counter() - wall, time.process_time() - cpu, time.thread_time() - own
    finally:
        gc.enable()


def _size(largest: Population, n: int, quick: bool, say: Say) -> dict[str, Any]:
    """Time one size: engine on one and two threads, NumPy, Mesa objects (when they fit); in turn."""
    say(f"{n:,} people")
    people = largest.take(np.arange(n))
    job, setting, record = (_job(people, _MONTHS), make_setting(people.start, _MONTHS), Record(series=HEADLINE))
    inner = max(1, 100_000 // n)

    def engine(threads: int, backend: Any, times: int) -> tuple[float, float, float]:
        def work() -> None:
            for _ in range(times):
                simulate(people, [job], setting, record, threads=threads, backend=backend)

        wall, cpu, serial = _timed(work)
        return wall / times, cpu / times, (serial + (cpu - serial) / threads) / times

    mesa_runs = n <= 1000 if quick else n * _BYTES_OF_AN_OBJECT < _free_memory()
    model = MesaSociety(people, job, setting, HEADLINE) if mesa_runs else None
    engine(1, "compiled", 1)
    taken: dict[str, list[tuple[float, ...]]] = {"one": [], "two": [], "numpy": [], "mesa": []}
    threaded: list[tuple[tuple[float, ...], tuple[float, ...]]] = []
    for _ in range(_REPEATS):
        # A neighbour of this machine who takes a core spoils a pair: where they are cheap there are three.
        threaded += [
            (engine(1, "compiled", inner), engine(2, "compiled", inner)) for _ in range(3 if n <= 100_000 else 1)
        ]
        taken["one"].append(threaded[-1][0])
        taken["two"].append(threaded[-1][1])
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
        "repetitions": {**{name: len(times) for name, times in taken.items()}, "pairs": len(threaded)},
        "engine": rate("one", 1),
        "engine_two_threads_wall": rate("two", 0),
        "numpy": rate("numpy", 1),
        "mesa": rate("mesa", 1),
        "seconds": statistics.median(t[1] for t in taken["one"]),
        "over_mesa": ratios("mesa", "one", 1),
        "over_numpy": ratios("numpy", "one", 1),
        "two_threads_wall": statistics.median(one[0] / two[0] for one, two in threaded),
        "two_threads_cpu": statistics.median(one[1] / two[2] for one, two in threaded),
    }


def _scaling(largest: Population) -> list[dict[str, Any]]:
    """Time ten times as many people against each size, in turn; medians of ratios of CPU time."""
    sizes = [n for n in (10_000, 100_000, 1_000_000) if n <= len(largest)]
    works = []
    for n in sizes:
        people = largest.take(np.arange(n))
        job, setting = _job(people, _MONTHS), make_setting(people.start, _MONTHS)
        works.append((people, job, setting, max(1, 100_000 // n)))
    taken: list[list[float]] = [[] for _ in sizes]
    for _ in range(_REPEATS):
        for times, (people, job, setting, inner) in zip(taken, works, strict=True):

            def work(p: Population = people, j: Job = job, s: Setting = setting, times: int = inner) -> None:
                for _ in range(times):
                    simulate(p, [j], s, Record(series=HEADLINE), backend="compiled")

            times.append(_timed(work)[1] / inner)
    return [
        {
            "from": n,
            "to": 10 * n,
            "ratio": statistics.median(b / a for a, b in zip(taken[k], taken[k + 1], strict=True)),
        }
        for k, n in enumerate(sizes[:-1])
    ]


def _free_memory() -> float:
    """Return the bytes of memory that are free; without limit where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
        return next(float(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return float("inf")


def _memory(n: int) -> dict[str, Any]:
    """Measure in processes of their own: what a run adds to the people, and what the people take."""
    found: dict[str, Any] = {"people": n, "population_bytes_per_person": None}
    for kind, size in (("engine", n), ("numpy", min(n, 100_000)), ("mesa", min(n, 10_000))):
        try:
            done = _child(f"tell_memory({kind!r}, {size})", MALLOC_MMAP_THRESHOLD_="65536")
        except (OSError, subprocess.CalledProcessError):
            found[f"{kind}_bytes_per_person"] = None
            continue
        added, held = (float(word) for word in done.split())
        found[f"{kind}_bytes_per_person"] = added
        if kind == "engine":
            found["population_bytes_per_person"] = held
    return found


def _child(call: str, **environment: str) -> str:
    """Call a function of this module in a new process; return what it printed."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import benchmarks.measure as m; m.{call}"],
        cwd=_ROOT,
        env=_warm_shell() | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def tell_memory(kind: str, n: int) -> None:
    """Print bytes per person that a run adds, and that the people take (Linux only)."""

    def now(field: str) -> int:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(field))

    def live(people: Population, job: Job, setting: Setting) -> None:
        if kind == "mesa":
            MesaSociety(people, job, setting, HEADLINE).step()
        else:
            backend: Any = "numpy" if kind == "numpy" else "compiled"
            simulate(people, [job], setting, Record(series=HEADLINE), backend=backend)

    months = 24 if kind == "engine" else 2
    small = _people(2000)
    live(small, _job(small, 6), make_setting(small.start, 6))
    people = catalogue.load("netherlands", n)
    held = sum(values.nbytes for values in people.columns.values())
    held += sum(getattr(people, name).nbytes for name in ("person", "municipality", "caseworker", "arm"))
    job, setting = _job(people, months), make_setting(people.start, months)
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what the allocator keeps for later would hide what is taken
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
    before = now("VmRSS")
    live(people, job, setting)
    print((now("VmHWM") - before) / n, held / n)


def tell_small(kind: str) -> None:
    """Live 390 people for 24 months: Mesa objects, NumPy, the engine from the cache, or compiled anew."""
    people = catalogue.load("nijmegen", 390)
    job, setting = _job(people, _MONTHS), make_setting(people.start, _MONTHS)
    if kind == "mesa":
        model = MesaSociety(people, job, setting, HEADLINE)
        for _ in range(_LIVED):
            model.step()
        return
    if kind == "cold":
        kernel._places = lambda: ()  # type: ignore[assignment]  # nothing kept, nowhere to keep it
    backend: Any = "numpy" if kind == "numpy" else "compiled"
    simulate(people, [job], setting, Record(series=HEADLINE), backend=backend)


def _warm_shell() -> dict[str, str]:
    """Return this environment; Python's bytecode is kept, whatever the shell of who measures says."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _startup(repeats: int) -> dict[str, float]:
    """Return median seconds, by the clock and of CPU time, of whole commands and programs, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        store = [f"--db=sqlite:///{folder}/x.sqlite", f"--out={folder}"]
        small = ["run", "intensive", "--people", "200", "--draws", "2", "--seeds", "2", *store]
        programs = {"help": ["-m", "app.cli", "--help"], "run_small": ["-m", "app.cli", *small]}
        for kind in ("mesa", "numpy", "engine", "cold"):
            programs[f"live_{kind}"] = ["-c", f"import benchmarks.measure as m; m.tell_small({kind!r})"]
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
        for _ in range(repeats + 1):
            for name, words in programs.items():
                begin, before = time.perf_counter(), _children()
                done = subprocess.run(
                    [sys.executable, *words], cwd=_ROOT, env=_warm_shell(), capture_output=True, check=False
                )
                failed = float("nan") if done.returncode else 0.0
                times[name].append((time.perf_counter() - begin + failed, _children() - before + failed))
    found = {}
    for name, taken in times.items():  # the first time warms the caches
        found[name] = statistics.median(wall for wall, _ in taken[1:])
        found[f"{name}_cpu"] = statistics.median(cpu for _, cpu in taken[1:])
    return found


def _children() -> float:
    """Return the CPU seconds of the processes that were waited for."""
    times = os.times()
    return times.children_user + times.children_system


def _median_of(work: Callable[[], object]) -> tuple[float, float]:
    """Return median seconds by the clock and of CPU time."""
    taken = [_timed(work) for _ in range(_REPEATS)]
    return statistics.median(wall for wall, _, _ in taken), statistics.median(cpu for _, cpu, _ in taken)


def _national(share: float) -> dict[str, float]:
    people = _people(round(415_000 * share))
    jobs = [_job(people, 48, name) for name in ("regular", "exemption", "intensive", "disregard")]
    setting = make_setting(people.start, 48)
    wall, cpu = _median_of(lambda: simulate(people, jobs, setting, Record(series=HEADLINE), threads=2))
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
    wall, cpu = _median_of(lambda: simulate(people, jobs, setting, record, threads=2))
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
    compared = [row for row in rows if row["over_mesa"] is not None and row["people"] <= 100_000][-1]
    numpy_row = [row for row in rows if row["people"] <= 100_000][-1]
    threads = [row for row in rows if 10_000 <= row["people"] <= 100_000][-1]
    scaling = max((each["ratio"] for each in found["scaling"]), default=None)
    both = f"two threads / one, {threads['people']:,} people"
    bars = [
        (f"engine / Mesa objects, {compared['people']:,} people", ">=", 200.0, compared["over_mesa"]),
        (f"engine / NumPy, {numpy_row['people']:,} people", ">=", 5.0, numpy_row["over_numpy"]),
        (f"{both}, by the clock", ">=", 1.8, threads["two_threads_wall"]),
        (f"{both}, by CPU time", ">=", 1.8, threads["two_threads_cpu"]),
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
