"""Looks at one outcome in one month, as means over groups of people that may overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios.execution.observe import Column, Look, Observation
from sim.engine.simulate import Job
from sim.setting import Setting

__all__ = ["GroupObserver"]


@dataclass(frozen=True)
class GroupObserver:
    """Keeps ``groups``: the mean of `measure` over each group at the end of `month`.

    Attributes:
        member: [groups, n] who of the whole population belongs to each group.
        measure, month: what is looked at, and when.
    """

    member: npt.NDArray[np.bool_]
    measure: str
    month: int

    def open(self, job: Job, setting: Setting) -> Look:
        """Return what looks at one society."""
        return _Means(self)


class _Means:
    def __init__(self, asked: GroupObserver) -> None:
        self._asked = asked
        self.columns: tuple[str, ...] = (asked.measure,)
        self._found = np.full(len(asked.member), np.nan)

    def look(self, month: int, column: Column) -> None:
        """Keep the means when the month has come."""
        if month == self._asked.month:
            values = column(self._asked.measure)
            sizes = self._asked.member.sum(axis=1)
            sums = self._asked.member @ values
            np.divide(sums, sizes, out=self._found, where=sizes > 0)

    def kept(self) -> Observation:
        """Return the means, [groups]."""
        return {"groups": self._found}
