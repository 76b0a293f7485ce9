"""What passes between people and office in a month, for those there at the start: euros, hours, units.

Money is booked as it falls due, not as it is settled. *Income elsewhere* is what the model lets people live
on who left benefit without work; *allowances lost* are what it takes from income above the norm. Both, and the
hours of the office, are rows that the stages of the model record: no equation stands here a second time.

Hours of caseworkers are those that the office has to pay. Within every caseload that somebody has:

    staffed = clients on benefit x hours of a caseworker / caseload
    contact = contacts x minutes / 60, less for group sessions, x (1 + indirect hours)
    needed  = the larger of the two

A smaller caseload costs caseworkers whether or not they meet more people; more contacts than a caseload has
room for cost caseworkers too. The budget loop of the model, which buys hours out of savings, is paid as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios.execution.observe import Column, Observation
from sim.engine.simulate import Job
from sim.setting import Setting

__all__ = ["QUANTITIES", "FlowObserver"]

Array = npt.NDArray[np.float64]

# Means per person who was there at the start, each month.
QUANTITIES: tuple[str, ...] = (
    "benefit",
    "premium",
    "earnings",
    "elsewhere",
    "allowances",
    "programme",
    "staffed_hours",
    "contact_hours",
    "needed_hours",
    "needed_hours_low",
    "needed_hours_high",
    "on_benefit",
    "contacts",
    "planned_contacts",
    "works",
    "income",
    "wellbeing",
    "stress",
    "bandwidth",
)
_AT = {name: place for place, name in enumerate(QUANTITIES)}


@dataclass(frozen=True)
class FlowObserver:
    """Keeps ``flows``, [months, quantities]: means per person of `people`.

    Attributes:
        people: who is looked at, True or False for everybody in the population.
        indirect: hours per hour of contact: as priced, low and high.
    """

    people: npt.NDArray[np.bool_]
    indirect: tuple[float, float, float]

    def open(self, job: Job, setting: Setting) -> _Flows:
        """Return what looks at one society."""
        return _Flows(setting.months, self.people, self.indirect)


class _Flows:
    columns: tuple[str, ...] = (
        "status",
        "in_benefit",
        "paid",
        "premium",
        "earnings",
        "elsewhere",
        "allowances_lost",
        "contacts",
        "contact_minutes",
        "staffed_hours",
        "hours",
        "income",
        "wellbeing",
        "stress",
        "bandwidth",
        "lever_contacts",
        "lever_caseload",
        "lever_programme_cost",
    )

    def __init__(self, months: int, people: npt.NDArray[np.bool_], indirect: tuple[float, float, float]) -> None:
        self._people, self._indirect = people, indirect
        self._count = max(int(people.sum()), 1)
        self._values = np.zeros((months, len(QUANTITIES)))

    def look(self, month: int, column: Column) -> None:
        see = {name: column(name)[self._people] for name in self.columns}
        on = see["in_benefit"]
        contact = see["contacts"] * see["contact_minutes"] / 60.0
        staffed = on * see["staffed_hours"]
        needed = [self._needed(see["lever_caseload"], staffed, contact, extra) for extra in self._indirect]
        sums: dict[str, float] = {
            "benefit": see["paid"].sum(),
            "premium": see["premium"].sum(),
            "earnings": see["earnings"].sum(),
            "elsewhere": see["elsewhere"].sum(),
            "allowances": see["allowances_lost"].sum(),
            "programme": (see["lever_programme_cost"] * on).sum(),
            "staffed_hours": staffed.sum(),
            "contact_hours": contact.sum(),
            "needed_hours": needed[0],
            "needed_hours_low": needed[1],
            "needed_hours_high": needed[2],
            "on_benefit": (see["status"] < 0.5).sum(),
            "contacts": see["contacts"].sum(),
            "planned_contacts": (see["lever_contacts"] * on).sum(),
            "works": (see["hours"] > 0.0).sum(),
            **{name: see[name].sum() for name in ("income", "wellbeing", "stress", "bandwidth")},
        }
        for name, total in sums.items():
            self._values[month - 1, _AT[name]] = total / self._count

    def kept(self) -> Observation:
        return {"flows": self._values}

    def _needed(self, caseload: Array, staffed: Array, contact: Array, indirect: float) -> float:
        _, which = np.unique(caseload, return_inverse=True)
        asked = np.bincount(which, weights=contact) * (1.0 + indirect)
        there = np.bincount(which, weights=staffed)
        return float(np.maximum(asked, there).sum())
