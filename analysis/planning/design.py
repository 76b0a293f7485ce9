"""A design: one trial that might be done, with everything that its answer depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.outcomes import Outcome, outcomes
from analysis.planning.cost import Costs
from sim.problems import Say
from sim.trial.planned import Site

__all__ = ["CORRECTIONS", "ERRORS", "SPENDING", "Decision", "Design", "Reading", "Worth", "in_points", "one_step"]

CORRECTIONS = ("none", "holm", "benjamini_hochberg")
SPENDING = ("obrien_fleming", "pocock")
ERRORS = ("classical", "hc2", "cluster")


@dataclass(frozen=True)
class Reading:
    """An outcome as it will be analysed.

    Attributes:
        outcome: a name of `analysis.outcomes.outcomes()`.
        months: months after the start in which it is read.
        specification: covariates (`analysis.estimators.specifications`).
        errors: one of `ERRORS`.
    """

    outcome: str
    months: tuple[int, ...]
    specification: str = "raw"
    errors: str = "hc2"

    @property
    def of(self) -> Outcome:
        """The outcome."""
        return outcomes()[self.outcome]


@dataclass(frozen=True)
class Decision:
    """What will be decided: `arm` is adopted when its effect on `outcome` in `month` is at least `worth` (points)."""

    outcome: str
    month: int
    arm: str
    worth: float


@dataclass(frozen=True)
class Worth:
    """What the answer is worth to somebody.

    Attributes:
        population: people whom the decision concerns; 0 = the eligible people of the sites.
        months: horizon of the accounts.
        uptake: share of the population that the decision reaches.
        delay: months before it does, after the last reading.
        party: whose accounts (`analysis.cost.accounts.PARTIES`).
        per_unit: euros per unit of an effect, by name of `analysis.cost.accounts.EFFECTS`; what a wrong decision costs
            is what it misses of these and of the accounts.
        discount: share per year.
    """

    population: int = 0
    months: int = 60
    uptake: float = 1.0
    delay: int = 6
    party: str = "society"
    per_unit: Mapping[str, float] = field(default_factory=dict)
    discount: float = 0.0225


@dataclass(frozen=True)
class Design:
    """One combination of a plan.

    Attributes:
        name: of the plan, with what varies behind it.
        plan: name of the plan; `varied`: (key, value) of what is a list in it.
        title, question: for people.
        sites: the same arms in every site.
        tail: months at the end of the treatment that are not read: people brace for the end in them.
        readings: outcomes.
        stated: effects whose power is asked, in points of the outcome (of a share: percentage points).
        alpha, power: two-sided error, and the power that is asked.
        correction: for several outcomes and arms at once, one of `CORRECTIONS`.
        looks: shares of the people after which the data are looked at, the last is 1; empty = only at the end.
        spending: of alpha over the looks, one of `SPENDING`.
        decision, costs, worth: see there.
        sources: where an assumption comes from, by key of the plan.
    """

    name: str
    plan: str
    varied: tuple[tuple[str, object], ...]
    title: Say
    question: Say
    sites: tuple[Site, ...]
    tail: int
    readings: tuple[Reading, ...]
    stated: tuple[float, ...]
    alpha: float
    power: float
    correction: str
    looks: tuple[float, ...]
    spending: str
    decision: Decision
    costs: Costs
    worth: Worth
    sources: tuple[tuple[str, str], ...] = ()

    @property
    def people(self) -> int:
        """Participants of all sites."""
        return sum(site.people for site in self.sites)

    @property
    def treatments(self) -> tuple[str, ...]:
        """Arms that are compared with the control group."""
        return tuple(arm.name for arm in self.sites[0].arms if not arm.control)

    @property
    def per_arm(self) -> float:
        """Participants of an average arm, over all sites."""
        return self.people / len(self.sites[0].arms)


def in_points(name: str) -> float:
    """Return how many points a unit of the outcome is: 100 for a share, else 1."""
    return 100.0 if outcomes()[name].unit == "proportion" else 1.0


def one_step(name: str) -> bool:
    """Return whether a person's outcome is 0 or 1, so that an effect turns zeros into ones."""
    outcome = outcomes()[name]
    return outcome.unit == "proportion" and list(outcome.parts.values()) == [1.0]
