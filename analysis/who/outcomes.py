"""Outcomes of one person over a run, and the difference that makes somebody better or worse off.

Under common random numbers a person meets the same luck in both scenarios; what differs is what the policy
did, small ripples included. A difference below `worth` is counted as neither better nor worse. The sizes of
`worth` are a choice, not a finding: about a tenth of the spread between people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios.execution.observe import Column, Observation
from sim.engine.simulate import Job
from sim.problems import Say
from sim.setting import Setting

__all__ = ["GOALS", "OUTCOMES", "Outcome", "OutcomeObserver"]


@dataclass(frozen=True)
class Outcome:
    """One outcome of a person.

    Attributes:
        name: machine name.
        column: column or measure at the end of the last month.
        monthly: divided by the months of the run (a sum since the start becomes a monthly mean).
        good: +1 when more is better, -1 when less is.
        worth: smallest difference that counts as better or worse off.
        measure: the measure whose name, unit and decimals it is written with.
    """

    name: str
    column: str
    monthly: bool
    good: int
    worth: float
    measure: str
    text: Say


_ALL = (
    Outcome("income", "income_sum", True, 1, 10.0, "income", Say("disposable income", "besteedbaar inkomen")),
    Outcome(
        "months_worked", "months_worked", False, 1, 1.0, "months_worked", Say("months with work", "maanden met werk")
    ),
    Outcome(
        "on_benefit",
        "on_benefit",
        False,
        -1,
        0.5,
        "on_benefit",
        Say("on benefit at the end", "in de bijstand aan het eind"),
    ),
    Outcome("stress", "stress", False, -1, 0.02, "stress", Say("stress", "stress")),
    Outcome("bandwidth", "bandwidth", False, 1, 0.02, "bandwidth", Say("bandwidth", "denkruimte")),
    Outcome("wellbeing", "wellbeing", False, 1, 0.1, "wellbeing", Say("well-being", "welbevinden")),
    Outcome("trust", "trust", False, 1, 0.02, "trust", Say("trust in the municipality", "vertrouwen in de gemeente")),
)
OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in _ALL}
# What a rule of assignment can be asked to bring about.
GOALS: tuple[str, ...] = tuple(OUTCOMES)


@dataclass(frozen=True)
class OutcomeObserver:
    """Keeps ``outcomes``, [outcomes, people]: those of `people` at the end of the last month.

    Attributes:
        people: who is looked at, True or False for everybody in the population.
    """

    people: npt.NDArray[np.bool_]

    def open(self, job: Job, setting: Setting) -> _AtTheEnd:
        """Return what looks at one society."""
        return _AtTheEnd(setting.months, self.people)


class _AtTheEnd:
    columns: tuple[str, ...] = tuple(dict.fromkeys(outcome.column for outcome in _ALL))

    def __init__(self, months: int, people: npt.NDArray[np.bool_]) -> None:
        self._months, self._people = months, people
        self._values = np.zeros((len(_ALL), int(people.sum())))

    def look(self, month: int, column: Column) -> None:
        if month != self._months:
            return
        for place, outcome in enumerate(_ALL):
            found = column(outcome.column)[self._people]
            self._values[place] = found / self._months if outcome.monthly else found

    def kept(self) -> Observation:
        return {"outcomes": self._values}
