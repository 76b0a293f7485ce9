"""Cost and benefit: accounts per party, break-even, cost-effectiveness and capacity of a run of scenarios.

Amounts are per person who was there at the start, over all months of the run, discounted; effects are in
natural units, not discounted. Everything is a difference with the first scenario, replicate by replicate
under the same luck, so that a scenario that changes nothing costs exactly nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.cost.accounts import EFFECTS, LINES, OUTLAY, PARTIES, book, discount, effects, lines_in, lines_of
from analysis.cost.flows import QUANTITIES, FlowObserver
from analysis.cost.prices import Prices
from analysis.effects.summary import LEVEL, Row, Summary, summarise
from analysis.inference.interval import Interval
from analysis.inference.variance import Apart, decompose
from analysis.who.groups import group_of, groups_of
from scenarios.execution.observe import Observed
from scenarios.execution.plan import Plan
from scenarios.execution.result import RunResult
from scenarios.execution.run import Run, execute
from sim.parameters import PARAMETERS

__all__ = ["BreakEven", "Cost", "Number", "cost", "flow_observer", "hours_of", "priced", "sensitivity"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Number(Interval):
    """An interval, with the share of the draws above zero and what it holds."""

    share_above: float
    apart: Apart


@dataclass(frozen=True)
class BreakEven:
    """When the cumulative account of a party stops being negative, for good.

    Attributes:
        share: of the draws in which it does within the run.
        month, low, high: median and 90% range of the month over those draws (NaN when there are none).
        never_apart: the account never differs from the baseline: there is nothing to break even.
        draws: how many draws.
    """

    share: float
    month: float
    low: float
    high: float
    never_apart: bool
    draws: int


@dataclass(frozen=True)
class Cost:
    """The run with its quantities, priced.

    Attributes:
        result: the run.
        summary: its levels and differences at the last month, for labels.
        prices: what was reckoned with.
        quantities: [scenario, draw, seed, month, quantity] per person; NaN where a replicate failed.
        books: [scenario, draw, seed, line, party] discounted totals, parties without society.
        paths: [scenario, draw, seed, month, party] discounted, each month, society last.
        effects: [scenario, draw, seed, effect].
        people: people counted.
    """

    result: RunResult
    summary: Summary
    prices: Prices
    quantities: Array
    books: Array
    paths: Array
    effects: Array
    people: int

    @property
    def month(self) -> int:
        """The last month."""
        return int(self.result.months[-1])

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Scenarios; the first is the baseline."""
        return self.result.scenarios

    def label(self, scenario: str) -> Row:
        """Return the row of the run whose labels hold for the accounts of `scenario`."""
        return self.summary.difference(scenario, "on_benefit", self.month)

    def line(self, scenario: str, line: str, party: str) -> Number:
        """Return one line of the account of a party, against the baseline."""
        return _number(self.replicates(scenario, line, party))

    def net(self, scenario: str, party: str) -> Number:
        """Return the whole account of a party, against the baseline; society is the sum of the parties."""
        return _number(self.account(scenario, party))

    def assumed(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Return the prices behind these lines of which nobody printed the figure, the discount rate too."""
        used = {name for line in lines for name in LINES[line].prices} | ({"discount_rate"} if lines else set())
        return tuple(name for name in self.prices.all if name in used and self.prices.all[name].guessed)

    def assumed_of(self, party: str) -> tuple[str, ...]:
        """Return the prices behind the account of a party of which nobody printed the figure."""
        return self.assumed(lines_of(party))

    def budget(self, scenario: str, budget: str) -> Number:
        """Return the municipality's account in one of its budgets: benefits, reintegration or staff."""
        names = lines_in(budget)
        return _number(np.sum([self.replicates(scenario, name, "municipality") for name in names], axis=0))

    def outlay(self, scenario: str) -> Array:
        """Return what the municipality lays out beside benefits (positive = costs), [draw, seed]."""
        total: Array = -np.sum([self.replicates(scenario, name, "municipality") for name in OUTLAY], axis=0)
        return total

    def effect(self, scenario: str, effect: str) -> Number:
        """Return an effect in natural units, per person."""
        return _number(self.gained(scenario, effect))

    def gained(self, scenario: str, effect: str) -> Array:
        """Return an effect per replicate, [draw, seed]."""
        place, at = self.scenarios.index(scenario), list(EFFECTS).index(effect)
        return np.asarray(self.effects[place, ..., at] - self.effects[0, ..., at])

    def quantity(self, scenario: str, quantity: str) -> Number:
        """Return the mean of a quantity over the months, per person: a level, not a difference."""
        place, at = self.scenarios.index(scenario), QUANTITIES.index(quantity)
        return _number(self.quantities[place, ..., at].mean(axis=-1))

    def per_client(self, scenario: str, quantity: str) -> Number:
        """Return a quantity per month on benefit: a level, not a difference."""
        place, at = self.scenarios.index(scenario), QUANTITIES.index(quantity)
        on = self.quantities[place, ..., QUANTITIES.index("on_benefit")].sum(axis=-1)
        total = self.quantities[place, ..., at].sum(axis=-1)
        return _number(np.divide(total, on, out=np.zeros_like(total), where=on > 0))

    def break_even(self, scenario: str, party: str) -> BreakEven:
        """Return when the account of a party breaks even; each draw is the mean over its seeds."""
        return _break_even(np.cumsum(self.path(scenario, party), axis=-1))

    def path(self, scenario: str, party: str) -> Array:
        """Return the account of a party in each month, the mean over the seeds, [draws, months]."""
        place, at = self.scenarios.index(scenario), list(PARTIES).index(party)
        return _by_draw(self.paths[place, ..., at] - self.paths[0, ..., at])

    def running(self, scenario: str, party: str) -> tuple[Array, Array, Array]:
        """Return the account summed to each month: mean and 90% interval, [months] each; the last is `net`."""
        place, at = self.scenarios.index(scenario), list(PARTIES).index(party)
        parts = decompose(np.cumsum(self.paths[place, ..., at] - self.paths[0, ..., at], axis=-1), LEVEL)
        return parts.mean, parts.low, parts.high

    def cloud(self, scenario: str, effect: str, party: str) -> tuple[Array, Array]:
        """Return (extra effect, extra cost) of each draw, mean over its seeds; cost is minus the account."""
        good = EFFECTS[effect].good
        return good * _by_draw(self.gained(scenario, effect)), -_by_draw(self.account(scenario, party))

    def per_unit(self, scenario: str, effect: str, party: str) -> tuple[float, float, float]:
        """Return what a unit of effect costs a party: median and 90% range over the draws.

        Per draw: the least worth of a unit from which the effect is worth its cost. At most zero: it saves
        and gains; infinite: it costs and gains nothing. NaN: a draw that gains nothing and saves, of which no
        worth says that it pays from there on.
        """
        gained, spent = self.cloud(scenario, effect, party)
        if np.any((gained <= 0.0) & (spent < 0.0)):
            return float("nan"), float("nan"), float("nan")
        least = np.full(gained.shape, np.inf)
        np.divide(spent, gained, out=least, where=gained > 0.0)
        # A quantile that is one of the draws: between a number and the infinite there is nothing.
        low, middle, high = np.sort(least)[
            [max(int(np.ceil(share * len(least))) - 1, 0) for share in (0.05, 0.5, 0.95)]
        ].tolist()
        return middle, low, high

    def acceptable(self, scenario: str, effect: str, party: str, worth: Array) -> Array:
        """Return the share of the draws in which the effect is worth its cost, at each amount per unit."""
        gained, spent = self.cloud(scenario, effect, party)
        better = worth[:, None] * gained[None, :] - spent[None, :] > 0.0
        return np.asarray(better.mean(axis=1))

    def replicates(self, scenario: str, line: str, party: str) -> Array:
        """Return one line of the account of a party per replicate, against the baseline, [draw, seed]."""
        place, at, who = self.scenarios.index(scenario), list(LINES).index(line), list(PARTIES).index(party)
        mine, base = self.books[place, ..., at, :], self.books[0, ..., at, :]
        difference = mine - base
        return np.asarray(difference.sum(axis=-1) if party == "society" else difference[..., who])

    def account(self, scenario: str, party: str) -> Array:
        """Return the whole account of a party per replicate, against the baseline, [draw, seed]."""
        total: Array = np.sum([self.replicates(scenario, line, party) for line in LINES], axis=0)
        return total


def cost(plan: Plan, prices: Prices, run: Run = execute, group: str | None = None) -> Cost:
    """Run a plan and return its accounts; the first scenario is the baseline.

    Args:
        plan: at least two scenarios.
        prices: what is reckoned with.
        run: runs the plan with an observer; the usual one keeps nothing in a database.
        group: only of those who fall under this condition (`analysis.who.groups.group_of`).
    """
    people = groups_of(plan.population).people
    if group is not None:
        people = people & group_of(group, plan.population)
    shape = (len(plan.sides), len(plan.draws), len(plan.keys), plan.months, len(QUANTITIES))
    quantities = np.full(shape, np.nan)

    def take(pair: Observed) -> None:
        for side, kept in enumerate(pair.sides):
            if kept is not None:
                quantities[side, pair.draw, pair.seed] = kept["flows"]

    result = run(plan, observer=flow_observer(people, prices), take=take)
    return priced(plan, result, quantities, prices, people=int(people.sum()))


def flow_observer(people: npt.NDArray[np.bool_], prices: Prices) -> FlowObserver:
    """Return the observer of the money and hours of `people`."""
    indirect = prices.all["indirect_hours"]
    return FlowObserver(people, (indirect.value, indirect.low, indirect.high))


def priced(plan: Plan, result: RunResult, quantities: Array, prices: Prices, *, people: int) -> Cost:
    """Return the accounts of quantities [scenario, draw, seed, month, quantity] at `prices`."""
    start = plan.sides[0].setting.start
    factors = discount(prices["discount_rate"], plan.months)
    books, paths = [], []
    for side, table in enumerate(quantities):
        monthly = book(table, prices, start, first=side == 0) * factors[:, None, None]
        books.append(monthly.sum(axis=-3))
        parties = monthly.sum(axis=-2)
        paths.append(np.concatenate([parties, parties.sum(axis=-1, keepdims=True)], axis=-1))
    return Cost(
        result=result,
        summary=summarise(result, [plan.months]),
        prices=prices,
        quantities=quantities,
        books=np.stack(books),
        paths=np.stack(paths),
        effects=effects(quantities),
        people=people,
    )


def sensitivity(plan: Plan, found: Cost, party: str) -> Iterator[tuple[str, str, str, Number]]:
    """Give (scenario, price, ``low`` or ``high``, account of the party) at the ends of every price."""
    start = plan.sides[0].setting.start

    def account(prices: Prices, needed: str, side: int) -> Number:
        factors = discount(prices["discount_rate"], plan.months)[:, None, None]
        base, mine = (
            book(found.quantities[place], prices, start, first=place == 0, needed=needed) for place in (0, side)
        )
        difference = (mine - base) * factors
        if party != "society":
            difference = difference[..., [list(PARTIES).index(party)]]
        return _number(np.asarray(difference.sum(axis=(-3, -2, -1))))

    for side, scenario in enumerate(found.scenarios[1:], start=1):
        for name, price in found.prices.all.items():
            for end in ("low", "high"):
                hours = f"needed_hours_{end}" if name == "indirect_hours" else "needed_hours"
                changed = found.prices.with_value(name, getattr(price, end))
                yield scenario, name, end, account(changed, hours, side)


def hours_of(found: Cost) -> float:
    """Return the hours that a caseworker has for clients in a month."""
    return float(found.result.parameters[:, list(PARAMETERS).index("attention.hours")].mean())


def _number(values: Array) -> Number:
    parts = decompose(values[..., None], LEVEL)
    return Number(
        **vars(Interval.at(parts, 0)), share_above=float(parts.share_above[0]), apart=Apart(int(parts.apart[0]))
    )


def _by_draw(values: Array) -> Array:
    """Return the mean over the seeds of each draw that has one, shape [draws, ...]."""
    finite = np.isfinite(values.reshape(*values.shape[:2], -1))
    there: npt.NDArray[np.bool_] = np.asarray(finite.all(axis=-1))
    kept = np.asarray(there.sum(axis=1)) > 0
    spread = there[kept].reshape(*there[kept].shape, *([1] * (values.ndim - 2)))
    return np.asarray(np.where(spread, values[kept], 0.0).sum(axis=1) / spread.sum(axis=1))


def _break_even(path: Array) -> BreakEven:
    """Return the break-even of cumulative paths, shape [draws, months]."""
    nothing = float("nan")
    months = path.shape[1]
    if np.count_nonzero(path) == 0:
        return BreakEven(nothing, nothing, nothing, nothing, True, len(path))
    # The month after the last one below zero; beyond the run where the last month is below.
    since = np.where(path < -1e-9, np.arange(1, months + 1), 0).max(axis=1)
    reached = since[since < months] + 1.0
    share = len(reached) / len(path)
    if len(reached) == 0:
        return BreakEven(share, nothing, nothing, nothing, False, len(path))
    low, middle, high = (float(end) for end in np.quantile(reached, (0.05, 0.5, 0.95)))
    return BreakEven(share, middle, low, high, False, len(path))
