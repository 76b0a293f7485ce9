"""The months of every person in one replicate of a stored run, made again and kept as a file by its hash."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.execution.payload import work_of
from scenarios.reproduction.replan import plan_again
from sim.problems import InputError, Problem, one_of, within

if TYPE_CHECKING:
    from scenarios.store.sources import Panel
    from scenarios.store.store import Store

__all__ = ["COLUMNS", "make_panel"]

# What a panel holds when nothing is said.
COLUMNS = ("status", "hours", "earnings", "stress", "wellbeing")


def make_panel(
    store: Store,
    run_id: str,
    scenario: str,
    *,
    draw: int = 1,
    seed: int = 1,
    columns: Sequence[str] = COLUMNS,
    threads: int = 1,
    population: str | None = None,
) -> Panel:
    """Simulate one replicate again, person by month, and keep it in the folder of the store's panels.

    Args:
        store: where the run is, and where the panel goes.
        run_id: full id.
        scenario: a scenario of the run.
        draw: number of the parameter set, from 1.
        seed: number of the repetition, from 1.
        columns: columns of persons or measures.
        threads: threads of the engine.
        population: folder of the imported people, when it stands elsewhere now.

    Raises:
        InputError: no such scenario, draw, seed or column; no room.
    """
    from sim.engine.panel import write_panel

    result = store.load(run_id)
    problems: list[Problem] = []
    if scenario not in result.scenarios:
        problems.append(one_of("--scenario", scenario, result.scenarios))
    for name, number, most in (("draw", draw, len(result.parameters)), ("seed", seed, len(result.seeds))):
        if not 1 <= number <= most:
            problems.append(within(f"--{name}", number, 1, most))
    InputError.raise_if(problems)
    plan = plan_again(result.provenance, population=population, source=result.source)
    side = result.scenarios.index(scenario)
    (job,) = work_of(plan).jobs(side, ((draw - 1, seed - 1),))
    name = f"{scenario}, draw {draw}, seed {seed}: {', '.join(columns)}"[:200]
    label = result.provenance.label["en"]
    told = {"run_id": run_id, "name": name, "label": label, "result_sha256": result.digest()}
    with tempfile.TemporaryDirectory(dir=store.panel_folder(), prefix=".panel-") as folder:
        path = Path(folder) / "panel.parquet"
        setting = plan.sides[side].setting
        write_panel(path, plan.population, job, setting, columns, labels=told, threads=threads)
        return store.keep_panel(run_id, name, path)
