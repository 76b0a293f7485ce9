"""Kills real runs at random moments and counts what is lost; writes a page and a figure.

`python -m tests.verification.survival docs/validation --kills 100`. Every process is the command line itself;
it is killed by SIGKILL, and what it left is read back before `runs resume` goes on.
"""

from __future__ import annotations

import json
import os
import platform
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from scenarios.store.database import reading
from scenarios.store.store import Store, open_store

__all__ = ["SIZES", "STAGES", "Kill", "Survived", "command", "finished", "kill_at_random", "start", "state", "whole"]

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("compare", "regular", "intensive", "--posterior", "prior")
# Large enough that simulating takes a second or two, in ten tasks and more: a kill must find a middle.
SIZES = ("--people", "20000", "--months", "12", "--draws", "8", "--seeds", "4", "--workers", "2")
_REPLICATES = 64
STAGES = ("run not begun", "no replicate yet", "some replicates", "all replicates, not the run", "the run")


@dataclass(frozen=True)
class Kill:
    """One process that was killed: when, and what was stored of its run."""

    database: str
    step: str  # "compare" or "resume"
    seconds: float
    state: str  # "nothing yet", "under way", "stored"
    done: int
    total: int

    @property
    def stage(self) -> str:
        """Which of `STAGES` was stored."""
        if self.state == "nothing yet":
            return STAGES[0]
        if self.state == "stored":
            return STAGES[4]
        return STAGES[1] if self.done == 0 else STAGES[2] if self.done < self.total else STAGES[3]


@dataclass
class Survived:
    """What came of it."""

    digest: str
    kills: list[Kill] = field(default_factory=list)
    finished: int = 0
    """Runs that were killed, taken up, finished, and found equal to the run that was never killed."""


def command(*words: str) -> list[str]:
    """Return the words of a process that is the command line."""
    return [sys.executable, "-m", "app.cli", *words]


def start(*words: str, folder: Path) -> subprocess.Popen[str]:
    """Start the command line in a folder."""
    return subprocess.Popen(
        command(*words),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_the_keyboard,
    )


def _hear_the_keyboard() -> None:
    """Undo what a child of a shell's background job inherits: an interrupt that is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finished(*words: str, folder: Path) -> tuple[int, str, str]:
    """Return exit code, output and errors of a process that may finish."""
    process = start(*words, folder=folder)
    out, told = process.communicate(timeout=300)
    assert "Traceback" not in told, told
    return process.returncode, out, told


def whole(url: str, folder: Path) -> tuple[str, float]:
    """Return the hash of the run that nobody stops, and its seconds (the second time: files are at hand)."""
    for _ in range(2):
        clock = time.monotonic()
        code, out, told = finished(*WORDS, *SIZES, *_where(url), folder=folder)
        seconds = time.monotonic() - clock
        assert code == 0, told
    return str(json.loads(out)["result_sha256"]), seconds


def state(store: Store, before: dict[str, str]) -> tuple[str, int, int, str | None]:
    """Return what is stored of the newest run, and its id; every other run must be as it was `before`.

    Raises:
        AssertionError: something stored is lost, changed, or half visible.
    """
    for settle in (False, True):  # while the server may still be at work for the one that was killed, and after
        if settle:
            _wait_for_the_server(store)
        problems = store.check()
        assert problems == [], [str(each) for each in problems]
    now = {row.id: row.result_sha256 for row in store.runs(limit=100_000)}
    assert before.items() <= now.items()
    for name, digest in now.items():
        assert store.load(name).digest() == digest
    left, new = store.unfinished(limit=100), [name for name in now if name not in before]
    assert len(left) + len(new) <= 1
    if new:
        (row,) = (row for row in store.runs(limit=100_000) if row.id == new[0])
        total = len(row.scenarios) * row.draws * row.seeds
        return "stored", total, total, new[0]
    if left:
        return "under way", left[0].done, left[0].total, left[0].id
    return "nothing yet", 0, 0, None


def _wait_for_the_server(store: Store) -> None:
    """Wait until nobody else is connected: PostgreSQL ends what a killed client had sent, a commit too."""
    if store._engine.dialect.name == "sqlite":
        return
    others = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    until = time.monotonic() + 120
    while True:
        with reading(store._engine) as connection:
            if connection.execute(others).scalar_one() == 0:
                return
        assert time.monotonic() < until, "the server did not see that its client died"
        time.sleep(0.01)


def kill_at_random(url: str, kills: int, seed: int, folder: Path, digest: str, seconds: float) -> Survived:
    """Start, kill, take up, kill again, until there were as many kills; then finish what is left.

    Raises:
        AssertionError: anything was lost, changed, half visible, or came out otherwise.
    """
    luck = random.Random(seed)
    survived = Survived(digest)
    database = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    open_store(url, write=True).close()
    with open_store(url) as store:
        before = {row.id: row.result_sha256 for row in store.runs(limit=100_000)}
        run_id: str | None = None
        done = 0
        while len(survived.kills) < kills or run_id is not None:
            step = "compare" if run_id is None else "resume"
            words = WORDS + SIZES if run_id is None else ("runs", "resume", run_id)
            process = start(*words, *_where(url), folder=folder)
            clock = time.monotonic()
            if len(survived.kills) < kills:
                _until_the_moment(store, process, luck, done, seconds)
                process.send_signal(signal.SIGKILL)
            moment = time.monotonic() - clock
            out, told = process.communicate(timeout=300)
            assert "Traceback" not in told, told
            word, count, total, run_id = state(store, before)
            assert count >= done or word == "nothing yet", "replicates that were stored are gone"
            assert not (done and word == "nothing yet"), "a run that had begun is gone"
            done = count
            if process.returncode == -signal.SIGKILL:
                survived.kills.append(Kill(database, step, moment, word, count, total))
            else:
                assert process.returncode == 0, told
                assert word == "stored"
                assert json.loads(out)["result_sha256"] == digest
            if word == "stored":
                assert run_id is not None
                assert store.load(run_id).digest() == digest, "other numbers than without kills"
                survived.finished += 1
                before[run_id] = digest
                run_id, done = None, 0
    return survived


def _until_the_moment(
    store: Store, process: subprocess.Popen[str], luck: random.Random, done: int, seconds: float
) -> None:
    """Wait until a random moment: one in ten at any time, else just after a random number of replicates."""
    if luck.random() < 0.1:
        with suppress(subprocess.TimeoutExpired):
            process.wait(luck.uniform(0.0, 1.5 * seconds))
        return
    wanted, begun = luck.uniform(done - 1, _REPLICATES + 4), done > 0
    while process.poll() is None:
        rows = store.unfinished(limit=1)
        begun = begun or bool(rows)
        if (rows and rows[0].done >= wanted) or (begun and not rows):  # far enough, or stored
            break
        time.sleep(0.005)
    with suppress(subprocess.TimeoutExpired):
        process.wait(luck.uniform(0.0, 0.05))


def _where(url: str) -> tuple[str, ...]:
    return ("--db", url, "--out", "out", "--no-report", "--json")


_PAGE = """# Survival: runs that are killed at random moments

Made by `python -m tests.verification.survival docs/validation --kills {kills}` on {made}: {machine},
Python {python}. The command line itself (`bijstand compare`, then `bijstand runs resume`) is killed by
SIGKILL at a random moment, again and again; what it left is read back after every kill; then it is taken up.

| database | kills | {stages} | runs finished | lost | other numbers |
|---|---|---|---|---|---|---|---|---|---|
{rows}

The columns in the middle say what was stored when the process was killed.

![How far the runs were when they were killed](survival.png)

Each run: {words}:
{replicates} replicates. The numbers of every run that was finished are those of the run that nobody
killed, to the last bit (`{digest}`). After **every** kill:

- the database is sound (SQLite: `PRAGMA integrity_check` and foreign keys), every stored run has its hash;
- the killed run is not among the runs, or it is there whole;
- no replicate that was stored before is gone: at most {most} kills in a row on one run.

One kill in ten falls at any moment of the {seconds:.1f} s that such a process takes (Python loads in half of
them), the others up to 0.05 s after a random number of replicates was stored, so that on a busy machine
too they fall in the midst of it. Other accidents have tests of their own:

| accident | test |
|---|---|
| Ctrl-C; a full disk; a server that is away or stops | `tests/verification/test_survival.py` |
| a worker process that is killed; two who take up one run | `tests/verification/test_survival.py` |
| killed at each statement of a save, on both databases | `tests/scenarios/test_kill_points.py` |
| a connection that is cut, in writing or reading; a full server | `tests/scenarios/test_postgres.py` |
| a Dask worker that is killed, a scheduler that goes | `tests/scenarios/execution/test_cluster.py` |

Not tested: a power cut (a killed process leaves the cache of the operating system intact; SQLite runs with
`synchronous=FULL`, PostgreSQL as its owner set it), and network file systems, on which SQLite is not safe.
"""


def _page(found: Sequence[Survived], made: str, seconds: float) -> str:
    rows = []
    for each in found:
        met = [kill.stage for kill in each.kills]
        cells = [each.kills[0].database, len(met), *map(met.count, STAGES), each.finished, 0, 0]
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    return _PAGE.format(
        kills=len(found[0].kills),
        stages=" | ".join(STAGES),
        made=made,
        machine=f"{platform.machine()}, {os.cpu_count()} cores",
        python=platform.python_version(),
        rows="\n".join(rows),
        words=f"`bijstand {' '.join(WORDS + SIZES)}`",
        replicates=max(kill.total for each in found for kill in each.kills),
        digest=found[0].digest[:16],
        most=max(_in_a_row(each.kills) for each in found),
        seconds=seconds,
    )


def _in_a_row(kills: Sequence[Kill]) -> int:
    longest = now = 0
    for kill in kills:
        now = now + 1 if kill.step == "resume" else 1
        longest = max(longest, now)
    return longest


def _figure(found: Sequence[Survived], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 2.6), layout="constrained")
    axes = figure.subplots()
    luck = random.Random(1)
    for place, each in enumerate(found):
        for step, colour in (("compare", "#0072b2"), ("resume", "#d55e00")):
            mine = [kill for kill in each.kills if kill.step == step]
            shares = [kill.done / kill.total if kill.total else 0.0 for kill in mine]
            heights = [place + luck.uniform(-0.25, 0.25) for _ in mine]
            label = f"killed in {step}" if place == 0 else None
            axes.scatter(shares, heights, s=14, alpha=0.7, color=colour, label=label)
    axes.set_yticks(range(len(found)), [each.kills[0].database for each in found])
    axes.set_xlim(-0.03, 1.03)
    axes.set_xlabel("share of the replicates that were stored when the process was killed")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.25), ncols=2, frameon=False)
    figure.savefig(path, dpi=150, metadata={"Software": None})


def databases(folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database of each kind."""
    from tests.scenarios.servers import fresh

    for kind in ("sqlite", "postgresql"):
        with fresh(kind, folder) as url:
            yield url


def main(words: Sequence[str]) -> None:
    """Kill, and write the page, the figure and the figures behind it."""
    import tempfile

    from sim.engine.kernel import warm

    target = Path(words[0])
    kills = int(words[words.index("--kills") + 1]) if "--kills" in words else 100
    warm()
    found: list[Survived] = []
    with tempfile.TemporaryDirectory(prefix="bijstand-survival-") as place:
        folder = Path(place)
        (folder / "out").mkdir()
        digest, seconds = whole(f"sqlite:///{folder}/never_killed.sqlite", folder)
        for number, url in enumerate(databases(folder)):
            found.append(kill_at_random(url, kills, number, folder, digest, seconds))
            sys.stdout.write(f"{found[-1].kills[-1].database}: {kills} kills, {found[-1].finished} finished, 0 lost\n")
            sys.stdout.flush()
    made = datetime.now(UTC).isoformat(timespec="minutes")
    (target / "survival.md").write_text(_page(found, made, seconds), encoding="utf-8")
    data = {"made": made, "seconds": seconds, "found": [asdict(each) for each in found]}
    (target / "survival.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
    _figure(found, target / "survival.png")


if __name__ == "__main__":
    main(sys.argv[1:])
