"""A researcher's own trial: a template, every problem of an uploaded file by row and column, a quick fit."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.studio.answers.shared import plain, watching
from sim.files import below
from sim.problems import InputError, one_of

__all__ = ["check", "fit", "template"]

Progress = Callable[[int, int], None]

_KINDS = (".csv", ".xlsx")


def template(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Return the template of a trial's effects as CSV or Excel."""
    from calibration.evidence.template import write_template

    suffix = f".{data['kind']}"
    if suffix not in _KINDS:
        raise InputError([one_of("kind", data["kind"], [kind[1:] for kind in _KINDS])])
    with tempfile.TemporaryDirectory() as folder:
        path = write_template(Path(folder) / f"template{suffix}")
        return {"name": path.name, "content": base64.b64encode(path.read_bytes()).decode("ascii")}


def check(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Read an uploaded file; with ``keep`` it joins the evidence of this studio.

    Args:
        data: ``content``: the bytes; ``suffix``: of the file's name, which is not used otherwise; ``keep``.
        environment: folder of the imported evidence.
        progress: not used.
    """
    from calibration.evidence.own.store import store_trial
    from calibration.evidence.own.trial import read_own_trial

    suffix = str(data["suffix"]).lower()
    if suffix not in _KINDS:
        raise InputError([one_of("file", suffix or "no ending", _KINDS)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(data["content"])
        try:
            trial = read_own_trial(path)
            if data.get("keep"):
                store_trial(trial, Path(environment["out"]) / "evidence", path, replace=True)
        except InputError as error:
            raise InputError([_without_folder(each, folder) for each in error.problems]) from None
    return {
        "name": trial.study.name,
        "rows": [
            {
                "arm": row.arm,
                "against": row.comparator,
                "outcome": row.outcome,
                "printed": row.printed,
                "month": row.horizon_months,
            }
            for row in trial.rows
        ],
        "arms": {arm.name: arm.regime for arm in trial.arms},
        "warnings": [warning._asdict() for warning in trial.warnings],
        "kept": bool(data.get("keep")),
    }


def _without_folder(problem: Any, folder: str) -> Any:
    from dataclasses import replace

    return replace(problem, path=problem.path.replace(f"{folder}/", ""))


def fit(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Fit the mechanisms to an imported trial alone, quickly; return what was learned and what was not."""
    from app.answering.calibrate import CalibrateRequest, calibrate, verdict
    from calibration.posteriors.text import learned

    out, trial = Path(environment["out"]), str(data["trial"])
    target = below(out, f"posterior_{trial}.nc")
    asked = CalibrateRequest(
        name=trial,
        only=(trial,),
        evidence=out / "evidence",
        file=target,
        work=below(out, f"fit_{trial}"),
        workers=1,
        quick=True,
    )
    made = calibrate(asked, watching(progress))
    return {
        "name": made.posterior.name,
        "file": target.name,
        "verdict": verdict(made.fit)._asdict(),
        "learned": [plain(vars(each)) for each in learned(made.posterior)][:40],
    }
