"""What the trials found, what the model makes of each row, and where every number comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analysis.answer.measures import SPOKEN
from analysis.inference.interval import NINETY
from calibration.meta_analysis.found import found
from sim.problems import InputError, Say, one_of

__all__ = ["forest", "listed"]

Progress = Callable[[int, int], None]

TREATMENTS = {
    "guidance": Say("intensive guidance", "intensieve begeleiding"),
    "exemption": Say("exemption from duties", "ontheffing van plichten"),
    "disregard": Say("keeping more of one's earnings", "meer bijverdiensten houden"),
}


def forest(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Return what each town found of a treatment and outcome, and the trials together.

    Args:
        data: ``treatment``, ``measure``.
        environment, progress: not used.
    """
    treatment, measure = str(data["treatment"]), str(data["measure"])
    problems = [one_of("treatment", treatment, TREATMENTS)] * (treatment not in TREATMENTS)
    problems += [one_of("measure", measure, SPOKEN)] * (measure not in SPOKEN)
    InputError.raise_if(problems)
    told = found(treatment, measure)
    return {
        "treatments": {name: text._asdict() for name, text in TREATMENTS.items()},
        "measures": list(SPOKEN),
        "treatment": treatment,
        "measure": measure,
        "found": None if told is None else told.as_json(),
    }


def listed(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Return the rows of one study with the model's own figure beside each, where the posterior predicted it."""
    from calibration.evidence.registry import load_registry
    from calibration.evidence.schema import USES

    registry = load_registry(Path(environment["out"]) / "evidence")
    studies = {
        study.name: {"title": study.title, "short": study.short, "year": study.year} for study in registry.studies
    }
    study = str(data.get("study") or next(iter(studies)))
    if study not in studies:
        raise InputError([one_of("study", study, studies)])
    beside = _predicted(environment["posterior"], environment["database"])
    rows: list[dict[str, Any]] = []
    for row in registry:
        if row.study != study or not row.is_target:
            continue
        model = beside.get(row.id)
        rows.append(
            {
                "id": row.id,
                "town": row.municipality,
                "arm": row.arm,
                "against": row.comparator,
                "outcome": row.outcome,
                "month": row.horizon_months,
                "printed": row.printed or row.sign,
                "estimate": row.estimate,
                "unit": row.unit,
                "source": f"{registry.study(row.study).short}, {row.locator}",
                "use": USES[row.use]._asdict(),
                "doubts": [text._asdict() for text in registry.doubts(row)],
                "model": model,
            }
        )
    misfits = sum(model["inside"] is False for row in rows if (model := row["model"]) is not None)
    return {"studies": studies, "study": study, "rows": rows, "misfits": misfits, "predicted": bool(beside)}


@cache
def _predicted(posterior: str | None, database: str) -> dict[str, dict[str, Any]]:
    """Return by row what the calibrated model gives for it: mean, 90% predictive interval, inside or not."""
    from calibration.posteriors.posterior import default_posterior

    chosen = None if posterior == "prior" else default_posterior()
    if chosen is None or chosen.predictive is None:
        return {}
    told = chosen.predictive
    mean = told.simulated.mean(axis=0)
    half = NINETY * np.sqrt(told.simulated.var(axis=0) + np.diag(told.covariance))
    inside, known = told.inside(), np.isfinite(told.published) & np.isfinite(half)
    return {
        row: {
            "mean": float(mean[place]),
            "low": float(mean[place] - half[place]) if known[place] else None,
            "high": float(mean[place] + half[place]) if known[place] else None,
            "inside": bool(inside[place]) if known[place] else None,
        }
        for place, row in enumerate(told.rows)
    }
