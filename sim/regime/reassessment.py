"""Tailoring that looks again: rules read on the states of the day move people to another regime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.regime.assignment import first_match
from sim.regime.rules import Columns, Expression

__all__ = ["Reassessment"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reassessment:
    """Rules that are read again on the states of the day.

    Attributes:
        every: months between two readings, in months 1 + k, 1 + 2k, ...
        rules: conditions in order.
        targets: regime index for each rule, and for the rest at the end.
        lookup: instance of [regime, background, month - 1], -1 where there is none.
        background: background of each person.
        extra: municipality and arm of each person, which rules may name.
    """

    every: int
    rules: tuple[Expression, ...]
    targets: npt.NDArray[np.int16]
    lookup: npt.NDArray[np.int16]
    background: npt.NDArray[np.int16]
    extra: Mapping[str, Floats]

    def due(self, month: int) -> bool:
        """Whether the rules are read in `month` (1, 2, ...)."""
        return month > 1 and (month - 1) % self.every == 0

    def move(
        self,
        month: int,
        instance: npt.NDArray[np.int16],
        instance_regime: npt.NDArray[np.int16],
        start: npt.NDArray[np.int16],
        columns: Columns,
        rows: slice = slice(None),
    ) -> npt.NDArray[np.int16]:
        """Return the instance of each person from `month` on.

        Whoever is not yet treated, or gets the same regime again, stays where he is.

        Args:
            month: a month that is `due`.
            instance: present instance of the people in `rows`, shape [n].
            instance_regime, start: of the schedule.
            columns: states and traits of the people in `rows`, by name.
            rows: which people of the population these are.
        """

        def column(name: str) -> npt.NDArray[np.float64]:
            return self.extra[name][rows] if name in self.extra else columns(name)

        regime = self.targets[first_match(list(self.rules), column, len(instance))]
        moved = self.lookup[regime, self.background[rows], month - 1]
        stays = (instance_regime[instance] == regime) | (start[instance] >= month)
        return np.where(stays, instance, moved).astype(np.int16)
