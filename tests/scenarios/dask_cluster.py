"""A real Dask scheduler and real workers, each a process of its own, on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Cluster:
    """Processes by their role; all are ours."""

    folder: Path
    root: Path = _ROOT
    address: str = ""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        file = self.folder / "scheduler.json"
        words = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self.scheduler = self._run([*words, "--scheduler-file", str(file)])
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                self.address = json.loads(file.read_text())["address"]
                return
            except (OSError, ValueError):
                time.sleep(0.05)
        raise TimeoutError("the scheduler did not start")

    def add_worker(self) -> subprocess.Popen[bytes]:
        words = ["worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny"]
        words += ["--no-dashboard", "--local-directory", str(self.folder), "--memory-limit", "0"]
        self.workers.append(self._run(words))
        return self.workers[-1]

    def _run(self, words: list[str]) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{words[0]}-{len(self.workers)}.log").open("wb")
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    found = Cluster(folder)
    try:
        found.start()
        for _ in range(workers):
            found.add_worker()
        yield found
    finally:
        every = [*found.workers, *([found.scheduler] if found.scheduler else [])]
        for process in every:
            process.kill()
        for process in every:
            process.wait(10)
