"""Trials per CPU-second of planned designs, Nijmegen's size, own luck: `python -m benchmarks.planner`.

Before the planner: 34-42 without survey at 48 months, 36-40 with survey at 24 (recruited, own luck for each set).
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from analysis.planning.file import read_plan
from sim.engine.kernel import warm
from sim.parameters import draw_priors
from sim.trial.planned import simulate_site


def measure() -> dict[str, float]:
    """Return trials per CPU-second by case; a trial with its twin counts as two."""
    warm()
    (plan,) = read_plan(Path(__file__).parents[1] / "plans/nijmegen_as_run.toml")
    site = replace(plan.sites[0], people=389)
    parameters = draw_priors(20, 1)
    cases = {
        "24 months": (replace(site, follow_up=24, surveys=()), ()),
        "48 months": (replace(site, follow_up=48, surveys=()), ()),
        "24 months, survey": (
            replace(site, follow_up=24, surveys=(0, 12, 24)),
            ("trust_municipality", "life_satisfaction"),
        ),
    }
    found = {}
    for name, (one, items) in cases.items():
        for timed in (False, True):
            begin = time.process_time()
            for draw, vector in enumerate(parameters[: 20 if timed else 1]):
                simulate_site(
                    one, vector, {}, seed=1, draw=draw, trials=5, months=(12, 24), measures=("exit_work_ever",),
                    survey_items=items,
                )  # fmt: skip
            spent = time.process_time() - begin
        found[name] = 2 * 20 * 5 / spent
    return found


if __name__ == "__main__":
    print(json.dumps({name: round(value) for name, value in measure().items()}, indent=2))
