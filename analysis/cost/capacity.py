"""The capacity loop: what contacts ask of caseworkers, and what a fixed budget can deliver.

A budget is what the municipality may lay out beside benefits, more than under the baseline: caseworkers,
premiums, programme. It reaches ``budget / outlay per person`` people, chosen by lot, and never more than
there are; what the scenario does to one person it does to each of them. Savings on benefits stand apart: they
come later and flow into another budget. The number of people is reckoned draw by draw (mean over the seeds);
a draw in which the scenario costs nothing extra reaches everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.cost.accounts import EFFECTS
from analysis.cost.flows import QUANTITIES
from analysis.cost.of_run import Cost, Number, hours_of

__all__ = ["Capacity", "Delivered", "Range", "capacity", "delivered"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Capacity:
    """What a scenario asks of the office; per client on benefit and month, levels.

    Attributes:
        planned: contacts planned.
        contacts: contacts had, those that clients sought included.
        contact_hours: hours in contact.
        staffed_hours: hours that the caseload staffs.
        needed_hours: hours to be paid, the larger of staffed and asked for.
        caseworkers: full-time caseworkers for 1,000 clients, by the hours needed.
    """

    planned: Number
    contacts: Number
    contact_hours: Number
    staffed_hours: Number
    needed_hours: Number
    caseworkers: float


@dataclass(frozen=True)
class Range:
    """Median and 90% range over the draws."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Delivered:
    """What a budget delivers.

    Attributes:
        budget, clients: euros over the run, and people who could take part.
        outlay: euros per person beside benefits, more than the baseline.
        people: how many the budget reaches.
        caseworkers: full-time caseworkers more, on average over the run.
        saved: euros of benefits saved on them, tax included (positive = saved).
        effects: effect on all of them together, by name.
    """

    budget: float
    clients: int
    outlay: Range
    people: Range
    caseworkers: Range
    saved: Range
    effects: dict[str, Range]


def capacity(found: Cost, scenario: str) -> Capacity:
    """Return what a scenario asks of the office."""
    needed = found.per_client(scenario, "needed_hours")
    return Capacity(
        planned=found.per_client(scenario, "planned_contacts"),
        contacts=found.per_client(scenario, "contacts"),
        contact_hours=found.per_client(scenario, "contact_hours"),
        staffed_hours=found.per_client(scenario, "staffed_hours"),
        needed_hours=needed,
        caseworkers=1000.0 * needed.mean / hours_of(found),
    )


def delivered(found: Cost, scenario: str, budget: float, clients: int) -> Delivered:
    """Return what `budget` euros over the run can deliver to at most `clients` people."""
    outlay = _draws(found.outlay(scenario))
    reached = np.where(outlay > 1e-9, budget / np.where(outlay > 1e-9, outlay, 1.0), float(clients))
    people = np.minimum(reached, float(clients))
    side = found.scenarios.index(scenario)
    hours = _draws(_mean_hours(found, side) - _mean_hours(found, 0))
    saved = np.sum(
        [
            _draws(found.replicates(scenario, line, "municipality"))
            for line in ("benefit", "benefit_tax", "budget_return")
        ],
        axis=0,
    )
    return Delivered(
        budget=budget,
        clients=clients,
        outlay=_range(outlay),
        people=_range(people),
        caseworkers=_range(people * hours / hours_of(found)),
        saved=_range(people * saved),
        effects={name: _range(people * _draws(found.gained(scenario, name))) for name in EFFECTS},
    )


def _mean_hours(found: Cost, side: int) -> Array:
    return np.asarray(found.quantities[side, ..., QUANTITIES.index("needed_hours")].mean(axis=-1))


def _draws(values: Array) -> Array:
    """Return the mean over the seeds of every draw, NaN for a draw without a replicate."""
    there = np.isfinite(values)
    sums = np.where(there, values, 0.0).sum(axis=1)
    count = there.sum(axis=1)
    found: Array = np.where(count > 0, sums / np.maximum(count, 1), np.nan)
    return found


def _range(values: Array) -> Range:
    low, middle, high = (float(end) for end in np.nanquantile(values, (0.05, 0.5, 0.95)))
    return Range(middle, low, high)
