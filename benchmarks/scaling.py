"""Times one sweep in one process, on two threads, processes and Dask workers; writes a page and a figure.

`python -m benchmarks.scaling docs/validation`. The workers are processes on loopback that this starts itself.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scenarios.description.find import find_scenarios
from scenarios.execution.cluster import open_cluster
from scenarios.execution.executors import WorkerPool, processes, threads
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.run import execute
from sim.engine.kernel import warm

_REPEATS = 3
_SIZES = Options(population="netherlands", people=10_000, months=24, draws=20, seeds=3)
_WORDS = ("regular", "intensive")
_PAGE = """# Scaling: one process, two threads, two processes, two Dask workers

Made by `python -m benchmarks.scaling docs/validation` on {made}: {machine}, {cores} cores, load {load:.1f}
when it began. One sweep: {what}.
{repeats} repetitions, the variants in turn; medians. All variants gave the same bits (`{digest}`).

| variant | clock (s) | CPU (s) | busiest worker (s) | efficiency by CPU | balance | quiet cores | clock |
|---|---|---|---|---|---|---|---|
{rows}

![Efficiency at two workers](scaling.png)

- *CPU*: processor time of all processes together: workers, scheduler and the one that asks.
  *Busiest worker*: processor time of the worker that had most of it.
- *Efficiency by CPU*: CPU time of one process / CPU time of all. What is lost is lost to sending,
  waiting actively and doing things twice. It does not depend on who else uses the machine, but for what
  they push out of the caches.
- *Balance*: mean CPU time of the two workers / that of the busiest one. (Threads are not told apart.)
- *Quiet cores*: the product of both: what the clock would show with the two cores to ourselves.
  **The bar is 0.85.**
- Dask's workers watch themselves every 10 ms; that is switched off here, as `docs/cluster.md` advises.
- *Clock*: time of one process / (2 x time of the variant). With a load far above the number of cores it says
  more of the neighbours than of us, in either direction.

Not in these figures: starting workers (a second or two each) and drawing the people on a worker the first
time. Not measured: more than two workers, and workers on several machines.
"""


def measure(folder: Path) -> dict[str, Any]:
    """Return times of every variant, and write `scaling.json`, `scaling.md` and `scaling.png`."""
    load = os.getloadavg()[0]
    warm()
    made = plan(find_scenarios(_WORDS), _SIZES)
    times: dict[str, list[tuple[float, float, float, float]]] = {}
    digests: set[str] = set()
    with (
        _dask(2) as (address, children),
        threads(1) as one,
        threads(2) as two,
        processes(2) as apart,
        open_cluster(address) as cluster,
    ):
        crews: dict[str, tuple[WorkerPool, Callable[[], list[float]]]] = {
            "one process": (one, list),
            "two threads": (two, list),
            "two processes": (apart, lambda: [_cpu(pid) for pid in _pids(apart)]),
            "two Dask workers": (cluster, lambda: [_cpu(each.pid) for each in children]),
        }
        for pool, _ in crews.values():
            execute(made, executor=pool)  # people drawn, code loaded
        for _ in range(_REPEATS):
            for name, (pool, workers) in crews.items():
                before, clock, mine = workers(), time.perf_counter(), time.process_time()
                digests.add(execute(made, executor=pool).digest())
                wall, own = time.perf_counter() - clock, time.process_time() - mine
                spent = [now - then for now, then in zip(workers(), before, strict=True)]
                busy = spent[:2] or [own]
                times.setdefault(name, []).append((wall, own + sum(spent), max(busy), statistics.mean(busy)))
    assert len(digests) == 1
    found = {
        "made": datetime.now(UTC).isoformat(timespec="minutes"),
        "load": load,
        "digest": digests.pop()[:16],
        "replicates": made.replicates,
        "times": times,
    }
    _write(found, made, folder)
    return found


def _write(found: dict[str, Any], made: Plan, folder: Path) -> None:
    medians = {
        name: [statistics.median(each) for each in zip(*rows, strict=True)] for name, rows in found["times"].items()
    }
    alone = medians["one process"]
    rows, bars = [], {}
    for name, (wall, cpu, busiest, _) in medians.items():
        shares = [
            [one[1] / each[1] for one, each in zip(found["times"]["one process"], found["times"][name], strict=True)],
            [each[3] / each[2] for each in found["times"][name]],
        ]
        efficiency, balance = (statistics.median(each) for each in shares)
        split = "processes" in name or "Dask" in name
        quiet = efficiency * (balance if split else 1.0)
        bars[name] = quiet
        cells = [f"{wall:.1f}", f"{cpu:.1f}", f"{busiest:.1f}" if split else ""]
        if name == "one process":
            cells += ["1", "", "1", "1"]
        else:
            clock = alone[0] / (2 * wall)
            cells += [f"{efficiency:.2f}", f"{balance:.2f}" if split else "", f"**{quiet:.2f}**", f"{clock:.2f}"]
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    what = (
        f"{', '.join(_WORDS)}; {made.replicates} replicates "
        f"({len(made.draws)} draws x {len(made.keys)} seeds), {made.months} months, "
        f"{len(made.population):,} people ({_SIZES.population}, newcomers included)"
    )
    page = _PAGE.format(
        **{name: found[name] for name in ("made", "load", "digest")},
        machine=platform.machine(),
        cores=os.cpu_count(),
        what=what,
        repeats=_REPEATS,
        rows="\n".join(rows),
    )
    (folder / "scaling.md").write_text(page, encoding="utf-8")
    (folder / "scaling.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    _figure(bars, folder / "scaling.png")


def _figure(bars: dict[str, float], path: Path) -> None:
    from matplotlib.figure import Figure

    names = [name for name in bars if name != "one process"]
    figure = Figure(figsize=(6, 2.4), layout="constrained")
    axes = figure.subplots()
    axes.barh(names[::-1], [bars[name] for name in names[::-1]], color="#0072b2")
    axes.axvline(0.85, color="black", linestyle="--", linewidth=1)
    axes.set_xlim(0, 1.05)
    axes.set_xlabel("efficiency at two workers on quiet cores (bar: 0.85)")
    figure.savefig(path, dpi=150, metadata={"Software": None})


@contextmanager
def _dask(workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Give the address of a scheduler, and the processes: workers first, the scheduler last."""
    children: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as folder:

        def start(*words: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-m", "dask", *words, "--no-dashboard", "--host", "127.0.0.1"]
            quiet = {**os.environ, "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
            return subprocess.Popen(command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        file = Path(folder) / "scheduler.json"
        scheduler = start("scheduler", "--port", "0", "--scheduler-file", str(file))
        children.append(scheduler)
        try:
            while not file.exists() or not file.read_text():
                time.sleep(0.1)
            address = json.loads(file.read_text())["address"]
            words = ("worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", folder)
            children[:0] = [start(*words) for _ in range(workers)]
            _wait_for(address, workers)
            yield address, children
        finally:
            for child in children:
                child.kill()
                child.wait()


def _wait_for(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=120)


def _pids(pool: WorkerPool) -> list[int]:
    return sorted(getattr(pool.executor, "_processes", None) or {})


def _cpu(pid: int) -> float:
    """Return processor seconds of a process."""
    import psutil

    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
    target.mkdir(parents=True, exist_ok=True)
    measure(target)
    print((target / "scaling.md").read_text(encoding="utf-8"))
