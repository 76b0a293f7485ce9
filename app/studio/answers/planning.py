"""Plan a trial: a shipped plan with other sizes and lengths, simulated; its tables, sentences and protocol."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.studio.answers.shared import posterior_of, watching
from sim.problems import InputError, Problem, Say, one_of

__all__ = ["listed", "plan"]

Progress = Callable[[int, int], None]

# Most designs of one question, and trials of each: an answer in about a minute.
_MOST, _TRIALS = 8, 200


def listed(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Return the shipped plans: name and title."""
    import tomllib

    from analysis.planning.ready import ready_plans

    told = {name: tomllib.loads(path.read_text("utf-8")) for name, path in ready_plans().items()}
    return {"plans": {name: dict(each["title"]) for name, each in told.items()}}


def plan(data: Mapping[str, Any], environment: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Simulate the designs.

    Args:
        data: ``plan``: name; ``months``, ``follow_up``, ``per_arm``: lists of whole numbers, empty = as the plan says.
        environment: database, folder and posterior of the studio.
        progress: told trials done and all.
    """
    from analysis.planning.page import sentences, tables
    from analysis.planning.protocol import protocol_text
    from analysis.planning.ready import changed, ready_plans
    from app.answering.planning import PlanRequest, planning

    ready = ready_plans()
    if data["plan"] not in ready:
        raise InputError([one_of("plan", data["plan"], ready)])
    values = {name: data[name] for name in ("months", "follow_up", "per_arm") if data[name]}
    count = 1
    for numbers in values.values():
        count *= len(numbers)
    if count > _MOST:
        raise InputError([Problem("plan", f"{count} designs", Say(f"at most {_MOST}", f"hoogstens {_MOST}"))])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{data['plan']}.toml"
        path.write_text(changed(ready[data["plan"]].read_text("utf-8"), values), encoding="utf-8")
        asked = PlanRequest(
            (path,),
            posterior=posterior_of(environment),
            trials=_TRIALS,
            workers=1,
            kept=Path(environment["out"]) / "plan_trials",
        )
        try:
            found = planning(asked, watching(progress))
        except InputError as error:
            raise InputError(
                [Problem(p.path.replace(f"{folder}/", ""), p.value, p.allowed, p.nearest) for p in error.problems]
            ) from None
    both = ("nl", "en")
    pairs = list(zip(found.designs, found.shown, strict=True))
    protocols = {lang: [protocol_text(one, rows, found.label, lang) for one, rows in pairs] for lang in both}
    return {
        "run_id": found.run_id,
        "trials": _TRIALS,
        "designs": [one.name for one in found.designs],
        "tables": {lang: [[title, heads, rows] for title, heads, rows in tables(found, lang)] for lang in both},
        "sentences": {lang: sentences(found, lang) for lang in both},
        "protocols": protocols,
    }
