"""What a commit made faster: the same commands and the same months, here and there in turn.

``python -m benchmarks.speed BASE [--rounds 5] [--out docs/validation]`` lays the commit BASE out beside this one
(`git worktree`), warms both up, and measures CPU seconds of whole processes, children included, one tree after the
other; the ratio is the median of the ratios of the rounds. Both run in this environment (`sys.executable`).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

__all__ = ["ENGINE", "JOBS", "measure", "page"]

_ROOT = Path(__file__).resolve().parents[1]
_COMMAND = "from app.cli import main; main()"

# Lives one society of a ready scenario as commands record it; prints CPU seconds per society and nanoseconds per
# agent-month. Names of modules: of this tree, and of the first round.
_ENGINE = """
import sys, time
from importlib import import_module

def first(*names):
    for name in names:
        try:
            return import_module(name)
        except ModuleNotFoundError:
            continue

plan = first("scenarios.execution.plan", "scenarios.plan")
find = first("scenarios.description.find", "scenarios.find")
engine = first("sim.engine.simulate", "sim.engine")
months, people, inflow = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "inflow"
options = plan.Options(population="netherlands", people=people, months=months, inflow=inflow, draws=1, seeds=1)
made = plan.plan([find.find_scenario("intensive")], options)
side = made.sides[0]
job = engine.Job(side.parameters[0], side.schedules[0], made.keys[0])

def live():
    before = time.process_time()
    engine.simulate(made.population, [job], side.setting, made.record, backend="compiled")
    return time.process_time() - before

live()
seconds = sorted(live() for _ in range(3))[1]
print(seconds, 1e9 * seconds / len(made.population) / (months + 12))
"""

# name -> (months, people, inflow or still) of a society
ENGINE: Mapping[str, tuple[str, ...]] = {
    "the month, 24 months, 50 series x 8 groups": ("24", "20000", "inflow"),
    "the month, 120 months with inflow": ("120", "10000", "inflow"),
    "the month, 24 months, nobody enters": ("24", "20000", "still"),
}

# name -> arguments of `bijstand`
JOBS: Mapping[str, tuple[str, ...]] = {
    "bijstand --help": ("--help",),
    "run, small": ("run", "intensive", "--people", "200", "--draws", "2", "--seeds", "2"),
    "compare, small, with report": (
        *("compare", "regular", "intensive", "--people", "500", "--draws", "5", "--seeds", "2"),
        *("--out", "out"),
    ),
    "compare, small, without report": (
        *("compare", "regular", "intensive", "--people", "500", "--draws", "5", "--seeds", "2"),
        "--no-report",
    ),
    "trial run oss": ("trial", "run", "oss"),
    "trial run nijmegen": ("trial", "run", "nijmegen"),
}


def measure(base: str, rounds: int, only: Sequence[str] = ()) -> dict[str, Any]:
    """Return CPU seconds of every job, before and after, by round."""
    chosen = [name for name in (*ENGINE, *JOBS) if not only or name in only]
    with tempfile.TemporaryDirectory(prefix="bijstand-speed-") as place:
        before = Path(place) / "before"
        _git("worktree", "add", "--detach", "--quiet", str(before), base)
        try:
            trees = {"before": before, "after": _ROOT}
            found: dict[str, dict[str, list[float]]] = {name: {"before": [], "after": []} for name in chosen}
            for round_ in range(-1, rounds):  # the first round compiles the month and every module
                for name in chosen:
                    for side, tree in trees.items():
                        seconds = _cpu(name, tree, Path(place))
                        if round_ >= 0:
                            found[name][side].append(seconds)
                print(f"round {round_ + 1} of {rounds}", file=sys.stderr)
        finally:
            _git("worktree", "remove", "--force", str(before))
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "base": _git("rev-parse", "--short", base),
        "commit": _git("rev-parse", "--short", "HEAD"),
        "load": os.getloadavg()[0],
        "cores": os.cpu_count(),
        "rounds": rounds,
        "jobs": found,
    }


def _cpu(name: str, tree: Path, place: Path) -> float:
    """Return CPU seconds of a job in a tree; NaN when it failed there."""
    environment = os.environ | {"PYTHONPATH": str(tree)}
    home = place / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    code = [_ENGINE, *ENGINE[name]] if name in ENGINE else [_COMMAND, *JOBS[name]]
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", *code], env=environment, cwd=home, capture_output=True, text=True, check=False
    )
    after = os.times()
    if done.returncode != 0:
        return math.nan
    if name in ENGINE:
        return float(done.stdout.split()[0])
    return after.children_user + after.children_system - before.children_user - before.children_system


def page(found: Mapping[str, Any]) -> str:
    """Return the table before and after as Markdown."""
    lines = [
        "# Speed, before and after",
        "",
        f"Written by `python -m benchmarks.speed {found['base']}` on {found['made']}; do not edit.",
        "",
        f"CPU seconds of commit {found['base']} and of {found['commit']}, in turn, {found['rounds']} rounds on "
        f"{found['cores']} cores (load {found['load']:.1f} at the end: neighbours make both slower). Commands are "
        "whole processes, start-up included; *the month* is one society inside the engine, one thread. The ratio is "
        "the median of the ratios of the rounds, with the least and the most.",
        "",
        "| | before | after | ratio | least | most |",
        "|---|---|---|---|---|---|",
    ]
    for name, sides in found["jobs"].items():
        ratios = [a / b for a, b in zip(sides["before"], sides["after"], strict=True) if a > 0 and b > 0]
        cells = [_middle(sides["before"]), _middle(sides["after"])]
        spread = (
            [f"{each:.2f}" for each in (statistics.median(ratios), min(ratios), max(ratios))] if ratios else ["-"] * 3
        )
        lines.append(f"| {name} | {' | '.join((*cells, *spread))} |")
    return "\n".join(lines) + "\n"


def _middle(seconds: Sequence[float]) -> str:
    known = [each for each in seconds if math.isfinite(each)]
    return f"{statistics.median(known):.3g}" if known else "did not run"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=_ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description="Measure this tree against BASE.")
    parser.add_argument("base", metavar="BASE", help="the commit to compare with")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", default=[], help="one of the jobs, by name")
    parser.add_argument("--out", type=Path, help="folder for speed.md and speed.json")
    given = parser.parse_args()
    unknown = [name for name in given.only if name not in {*ENGINE, *JOBS}]
    if unknown:
        parser.error(f"no such job: {', '.join(unknown)} (there are: {', '.join((*ENGINE, *JOBS))})")
    found = measure(given.base, given.rounds, given.only)
    if given.out is not None:
        (given.out / "speed.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        (given.out / "speed.md").write_text(page(found), encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    _main()
