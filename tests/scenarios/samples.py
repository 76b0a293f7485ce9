"""A small run result, made by hand, for tests of the store."""

from __future__ import annotations

import numpy as np

from scenarios.execution.result import Failure, RunResult
from scenarios.reproduction.provenance import Provenance, new_run_id, text_hash


def sample(run_id: str | None = None, *, seed: int = 1, names: tuple[str, ...] = ("regular", "intensive")) -> RunResult:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(len(names), 2, 3, 2, 4, 5))
    values[-1, 1, 2] = np.nan
    texts = [f'name = "{name}"\n# ë {seed}\n' for name in names]
    provenance = Provenance(
        created="2026-01-31T12:00:00+00:00",
        label={"en": "not calibrated", "nl": "niet gekalibreerd"},
        code={"version": "0", "sha256": "c" * 64},
        environment={"python": "3.11"},
        population={"name": "nijmegen", "sha256": "a" * 64, "people": 7, "start": "2017-12-01", "source": "x"},
        scenarios=[
            {"name": name, "sha256": text_hash(text), "text": text} for name, text in zip(names, texts, strict=True)
        ],
        law={"first": "2017-12-01", "last": "2018-03-31", "sha256": "b" * 64},
        parameters={"source": "prior", "sha256": "d" * 64, "draws": 2},
        seeds={"base": seed, "count": 3},
        settings={"months": 4},
        timings={"simulate": 0.25, "prepare": 0.5},
    )
    return RunResult(
        run_id=run_id or new_run_id(),
        scenarios=names,
        groups=("all", "household: couple"),
        months=np.arange(1, 5),
        measures=("a", "b", "c", "d", "e"),
        values=values,
        people=rng.integers(0, 9, size=(len(names), 2, 3, 2, 4)),
        parameters=rng.normal(size=(2, 6)),
        seeds=(1, 2, 3),
        provenance=provenance,
        titles={name: {"en": name, "nl": f"{name} (nl)"} for name in names},
        failures=(Failure(names[-1], 1, 2, "not finite"),),
    )
