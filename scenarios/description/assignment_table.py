"""Who gets which regime, read from a scenario file and checked as far as it can be without the people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import numpy as np

from sim.people.columns import TRAITS
from sim.people.population import Population
from sim.problems import InputError, Problem
from sim.regime.assignment import Assignment, ByArm, assign
from sim.regime.presets import assignment_presets
from sim.regime.read_assignment import assignment_from_data

__all__ = ["read_assignment"]


def read_assignment(
    data: object, regimes: Collection[str], problems: list[Problem], path: str = "assignment"
) -> Assignment | None:
    """Return the assignment that a name or a table describes, or None with the reasons in `problems`.

    A name is a ready assignment (``tailored``) or else a regime for everybody; so it is for one arm.
    """
    ready = assignment_presets()
    try:
        found = ready[data] if isinstance(data, str) and data in ready else assignment_from_data(data, path)
        if isinstance(found, ByArm):
            found = ByArm({arm: _ready(given, ready, regimes) for arm, given in found.arms.items()})
        # A population of nobody finds what is wrong whoever the people are.
        assign(_nobody(found), found, regimes, path=path)
    except InputError as error:
        problems += error.problems
        return None
    return found


def _ready(given: str | Assignment, ready: Mapping[str, Assignment], regimes: Collection[str]) -> str | Assignment:
    return ready.get(given, given) if isinstance(given, str) and given not in regimes else given


def _nobody(assignment: Assignment) -> Population:
    arms = tuple(assignment.arms) if isinstance(assignment, ByArm) else ("all",)
    none = np.zeros(0)
    return Population(
        name="nobody",
        start=date(2018, 1, 1),
        person=none.astype(np.int64),
        municipality=none.astype(np.int16),
        municipalities=("nowhere",),
        caseworker=none.astype(np.int32),
        arm=none.astype(np.int16),
        arms=arms,
        columns=dict.fromkeys(TRAITS, none),
    )
