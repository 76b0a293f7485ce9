"""What the engine process answers: names to functions from plain data to plain data.

Each function takes (data, environment, progress) and returns what JSON could hold. Bad input raises InputError;
the engine makes it data. The numbers are those of the answering layer, digit for digit those of the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.studio.answers import budget, calibration, council, evidence, planning, runs, whatif
from app.studio.answers.shared import problems_of

__all__ = ["ANSWERS", "problems_of", "warm_up"]

Progress = Callable[[int, int], None]
Answer = Callable[[Mapping[str, Any], Mapping[str, Any], Progress], Any]

ANSWERS: dict[str, Answer] = {
    "whatif": whatif.whatif,
    "keep": whatif.keep,
    "budget": budget.budget,
    "council": council.council,
    "evidence": evidence.listed,
    "forest": evidence.forest,
    "check_trial": calibration.check,
    "fit": calibration.fit,
    "template": calibration.template,
    "plans": planning.listed,
    "plan": planning.plan,
    "runs": runs.listed,
    "run": runs.shown,
    "rename": runs.rename,
    "verify": runs.verify,
    "resume": runs.resume,
    "files": runs.files,
}


def warm_up(environment: Mapping[str, Any]) -> None:
    """Import what a preview needs, compile the month and read the posterior, before the first question."""
    from sim.engine.kernel import warm

    warm()
    sides = [f'name = "{name}"\npopulation = "nijmegen"\nmonths = 6\nregime = "regular"\n' for name in "ab"]
    whatif.whatif({"sides": sides, "people": 100, "draws": 2, "seeds": 1}, environment, lambda done, total: None)
