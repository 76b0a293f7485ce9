"""A synthetic run with known effects, for tests of the analysis."""

from __future__ import annotations

import numpy as np

from scenarios.execution.result import Failure, RunResult
from scenarios.reproduction.provenance import LABEL, Provenance

MEASURES = (
    "on_benefit",
    "exit_work_ever",
    "exit_any_ever",
    "works",
    "hours_over_8",
    "hours_over_12",
    "hours_over_27",
    "income",
    "stress",
    "wellbeing",
    "trust",
)
SCENARIOS = ("regular", "exemption", "intensive", "keep_all")
LEVERS = {
    "regular": {},
    "exemption": {"search_duty": 0.0, "contacts": 0.0, "own_initiative": 1.0},
    "intensive": {"contacts": 1.0, "caseload": 82.5},
    "keep_all": {"disregard_share": 1.0, "disregard_cap": 202.0, "statutory_disregard": 0.0},
}
TITLES = {
    "regular": {"en": "regular", "nl": "regulier"},
    "exemption": {"en": "exemption", "nl": "ontheffing"},
    "intensive": {"en": "intensive coaching", "nl": "intensieve begeleiding"},
    "keep_all": {"en": "keep everything", "nl": "alles houden"},
}
BASE = dict(zip(MEASURES, (0.75, 0.2, 0.27, 0.3, 0.24, 0.19, 0.1, 1350.0, 0.5, 6.5, 0.5), strict=True))
EFFECT = {"exemption": -0.2, "intensive": 1.0, "keep_all": 0.4}


def run(
    *,
    draws: int = 8,
    seeds: int = 4,
    months: int = 30,
    scenarios: tuple[str, ...] = SCENARIOS,
    groups: tuple[str, ...] = ("all", "household: couple", "debt: yes"),
    small: tuple[str, ...] = ("debt: yes",),
    failed: tuple[tuple[str, int, int], ...] = (),
    parameter_sd: float = 0.015,
    luck: float = 0.01,
    number: int = 1,
    label: dict[str, str] | None = None,
    population: str = "nijmegen",
) -> RunResult:
    """Return a run whose scenarios share luck; effects grow over time and vary by draw."""
    rng = np.random.default_rng(number)
    time = 1 - np.exp(-np.arange(1, months + 1) / 10.0)
    shape = (draws, seeds, len(groups), months, len(MEASURES))
    shared = luck * rng.normal(size=shape).cumsum(axis=3) / np.sqrt(months)
    by_draw = parameter_sd * rng.normal(size=(draws, 1, 1, 1, len(MEASURES)))
    values = np.empty((len(scenarios), *shape))
    people = np.full((len(scenarios), draws, seeds, len(groups), months), 300)
    for g, group in enumerate(groups):
        people[:, :, :, g] = 6 if group in small else 300 if g == 0 else 80
    for s, scenario in enumerate(scenarios):
        push = EFFECT.get(scenario, 0.0)
        own = luck * rng.normal(size=(draws, seeds, 1, 1, len(MEASURES)))
        for m, measure in enumerate(MEASURES):
            sign = -1 if measure in ("on_benefit", "stress") else 1
            level = BASE[measure]
            scale = 40.0 * level if level > 1 else 1.0
            if measure == "wellbeing":
                scale = 5.0
            path = level if measure != "on_benefit" else 1 - 0.25 * time
            if measure.endswith("_ever"):
                path = level * time
            change = (0.03 * sign + by_draw[..., m]) * push * time if push else 0.0
            noise = shared[..., m] + (own[..., m] * time if push else 0.0)
            values[s, ..., m] = path + scale * 0.05 * (change * 20 * (1.0 if scale == 1.0 else 0.05) + noise * 4)
    failures = []
    for scenario, draw, seed in failed:
        values[scenarios.index(scenario), draw, seed] = np.nan
        people[scenarios.index(scenario), draw, seed] = 0
        failures.append(Failure(scenario, draw, seed, "not finite"))
    provenance = Provenance(
        created="2026-01-31T12:00:00.000+00:00",
        label=label or LABEL,
        code={"version": "0.1.0", "sha256": "c" * 64},
        environment={"python": "3.11", "platform": "test"},
        population={
            "name": population,
            "sha256": "a" * 64,
            "people": 300,
            "start": "2017-12-01",
            "source": "Nijmegen 2020",
        },
        scenarios=[
            {
                "name": name,
                "sha256": "e" * 64,
                "text": "",
                "regimes": {name: {"levers": LEVERS.get(name, {}), "changes": []}},
                "parameters": {},
                "mechanisms_off": [],
            }
            for name in scenarios
        ],
        law={"first": "2017-12-01", "last": "2020-05-01", "sha256": "b" * 64, "months_beyond_known_law": 0},
        parameters={"source": "prior draws", "sha256": "d" * 64, "draws": draws, "names": []},
        seeds={"base": 1, "count": seeds},
        settings={"months": months},
    )
    return RunResult(
        run_id="20260131-120000-abcdefghjkmn",
        scenarios=scenarios,
        groups=groups,
        months=np.arange(1, months + 1),
        measures=MEASURES,
        values=values,
        people=people,
        parameters=rng.normal(size=(draws, 3)),
        seeds=tuple(range(seeds)),
        provenance=provenance,
        titles=TITLES,
        failures=tuple(failures),
    )
