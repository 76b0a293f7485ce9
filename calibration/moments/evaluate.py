"""The moments of a simulated trial: one number per row of the evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.schema import Row
from calibration.moments.prepared import Prepared
from calibration.moments.table import Moment, moment_of
from sim.problems import InputError, Problem, Say

if TYPE_CHECKING:
    from sim.trial.data import TrialData

__all__ = ["counts", "evaluate"]


def evaluate(data: TrialData, rows: Sequence[Row]) -> NDArray[np.float64]:
    """Return what this trial finds for every row, in the row's unit, shape [rows].

    NaN: nobody is left to compare (nobody answered, the follow-up is shorter than the horizon).

    Raises:
        InputError: rows without a moment, or of arms and outcomes that the trial does not have.
    """
    groups: dict[str, tuple[Moment, list[int]]] = {}
    problems: list[Problem] = []
    for place, row in enumerate(rows):
        moment = moment_of(row)
        if moment is None:
            problems.append(Problem(row.id, "no moment", Say("a target", "een doel van de fit")))
        else:
            groups.setdefault(moment.name, (moment, []))[1].append(place)
    InputError.raise_if(problems)
    trial = Prepared(data)
    values = np.full(len(rows), np.nan)
    for moment, places in groups.values():
        values[places] = moment.compute(trial, [rows[place] for place in places])
    return values


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many rows each moment claims."""
    found: dict[str, int] = defaultdict(int)
    for row in rows:
        moment = moment_of(row)
        if moment is not None:
            found[moment.name] += 1
    return dict(found)
