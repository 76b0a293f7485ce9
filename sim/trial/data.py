"""What a researcher holds after a trial: arms, baseline, registers by month, surveys with their gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.problems import InputError, one_of

__all__ = ["TrialData"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TrialData:
    """One simulated trial of n people, the reference group last where the design has one.

    Attributes:
        design: name of the design.
        replicate: number of the replicate.
        arms: names of the arms.
        roles: role of each arm (treatment, control, reference).
        arm: index of each person's arm, shape [n].
        person: stable ids.
        caseworker: caseworker of each person (0, 1, ...).
        wave: start wave; `follow_up`: months that the registers follow the person.
        in_itt: belongs to the analysis.
        withdrawn: refused after assignment.
        covariates: baseline by name, shape [n] each.
        register: outcomes by measure, shape [months + 1, n]; row m: m months after the person's start (0:
            just before). NaN: not recorded, or beyond the follow-up.
        survey: answers by item, shape [waves, n]; NaN: no answer.
        responded: whether a person answered the survey, shape [waves, n].
        survey_months: planned months of the surveys.
    """

    design: str
    replicate: int
    arms: tuple[str, ...]
    roles: tuple[str, ...]
    arm: npt.NDArray[np.int64]
    person: npt.NDArray[np.int64]
    caseworker: npt.NDArray[np.int64]
    wave: npt.NDArray[np.int64]
    follow_up: npt.NDArray[np.int64]
    in_itt: npt.NDArray[np.bool_]
    withdrawn: npt.NDArray[np.bool_]
    covariates: Mapping[str, Array]
    register: Mapping[str, npt.NDArray[np.float32]]
    survey: Mapping[str, Array]
    responded: npt.NDArray[np.bool_]
    survey_months: tuple[int, ...]

    def __len__(self) -> int:
        return int(self.arm.shape[0])

    def in_arm(self, *names: str) -> npt.NDArray[np.bool_]:
        """Return who is in one of the arms, shape [n]; raise InputError on an unknown arm."""
        InputError.raise_if(one_of("arm", name, self.arms) for name in names if name not in self.arms)
        return np.isin(self.arm, [self.arms.index(name) for name in names])

    def at(self, measure: str, month: int, *, cut_off: bool = False) -> Array:
        """Return a register outcome `month` months after the start, shape [n].

        Args:
            measure: name of the outcome.
            month: months after each person's own start.
            cut_off: a person whose follow-up ends earlier is taken at its end (as a report does that reads
                the register on one last day); otherwise NaN.
        """
        if measure not in self.register:
            raise InputError((one_of("register", measure, self.register),))
        table = self.register[measure]
        row = np.full(len(self), month)
        if cut_off:
            row = np.minimum(row, self.follow_up)
        inside = (row < len(table)) & (row <= self.follow_up)
        value = table[np.minimum(row, len(table) - 1), np.arange(len(self))].astype(np.float64)
        found: Array = np.where(inside, value, np.nan)
        return found
