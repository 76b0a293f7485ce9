"""The arrays that a span of months reads and writes: one job's people, offices, levers and records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Levers", "State"]

Floats = npt.NDArray[np.float64]


class Levers(NamedTuple):
    """The levers by month, the settling months first.

    Attributes:
        table: shape [1 + months, rows, instances].
        changed: 1 where a row differs from the month before, shape [1 + months, rows].
    """

    table: Floats
    changed: npt.NDArray[np.int8]


@dataclass(frozen=True)
class State:
    """Arrays of fixed place: whoever changes them writes into them, so that a bound kernel sees it.

    Attributes:
        traits: shape [traits, n]; levels, counters: states, shape [states, n] (`sim.engine.layout`).
        person, municipality, caseworker: as in the population, in the order of the engine, shape [n].
        begin: row of the calendar of the first month lived, never falling (`population_arrays.Seats`), shape [n].
        instance: row of the lever table of each person now, shape [n].
        group: group of each person in the sums, shape [n].
        load: caseload over the start by caseworker; place: `sim.engine.rows.PLACE` by municipality.
        values: parameters, shape [P]; levers: by month; calendar: `sim.setting` table.
        key, flip: key of the luck; whether it is mirrored.
        chosen: numbers of the measures that are summed; kept: rows copied to flows [kept, n] after a span.
    """

    traits: npt.NDArray[np.float32]
    levels: Floats
    counters: npt.NDArray[np.float32]
    person: npt.NDArray[np.int64]
    municipality: npt.NDArray[np.int16]
    caseworker: npt.NDArray[np.int32]
    begin: npt.NDArray[np.int16]
    instance: npt.NDArray[np.int16]
    group: npt.NDArray[np.int16]
    load: Floats
    place: Floats
    values: Floats
    levers: Levers
    calendar: Floats
    key: int
    flip: bool
    chosen: npt.NDArray[np.int64]
    kept: npt.NDArray[np.int64]
    flows: Floats
