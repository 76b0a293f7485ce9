"""For whom: effects by group, and who is better and worse off under the same luck.

Every person lives in both scenarios with the same parameters and the same draws of chance. The difference of
one person is the effect on that person *in the model*: no trial can see it, and it is reported by group only.

* the effect of a group, with its interval (parameters and luck apart, as everywhere);
* the same effect shrunk towards those of its family, with what is not known of its few people;
* the share of its people who are better and who are worse off, by more than `Outcome.worth`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from analysis.effects.summary import LEVEL, Row, Summary, summarise
from analysis.inference.interval import NINETY, UNKNOWN, Interval
from analysis.inference.shrinkage import shrink
from analysis.inference.variance import Apart, Parts, decompose
from analysis.who.groups import EVERYBODY, Groups, groups_of
from analysis.who.outcomes import OUTCOMES, OutcomeObserver
from scenarios.execution.observe import Observation, Observed
from scenarios.execution.plan import Plan
from scenarios.execution.result import RunResult
from scenarios.execution.run import Run, execute

__all__ = ["Who", "WhoRow", "Winners", "who", "with_people"]

Array = npt.NDArray[np.float64]
# People of the average spread that every group is lent: few people alike are not proof that all are alike.
_LENT = 10.0


@dataclass(frozen=True)
class WhoRow:
    """One effect on one group.

    Attributes:
        scenario, family, group, outcome: what it is about; effects are against the baseline of the run.
        people: size of the group at the start.
        suppressed: fewer than ten, or so that those cannot be found by subtraction: nothing is shown.
        effect: mean difference of the group's people.
        shrunk: the same, drawn to the family; its interval also holds which people the group happens to hold.
        weight: of the group's own number in `shrunk` (1 = its own).
        better, worse: shares of its people; the intervals too hold which people the group happens to hold.
        contrast: `shrunk` minus the effect on everybody; unknown (NaN) for everybody.
        apart: what the intervals hold.
    """

    scenario: str
    family: str
    group: str
    outcome: str
    people: int
    suppressed: bool
    effect: Interval
    shrunk: Interval
    weight: float
    better: Interval
    worse: Interval
    contrast: Interval
    apart: Apart


@dataclass(frozen=True)
class Who:
    """All effects of a run by group.

    Attributes:
        result: the run.
        summary: its levels and differences at the last month, for labels.
        rows: every effect.
        people: people counted, all there at the start.
        entered: people who came later and are not counted.
    """

    result: RunResult
    summary: Summary
    rows: tuple[WhoRow, ...]
    people: int
    entered: int

    @property
    def month(self) -> int:
        """The month that outcomes are about."""
        return int(self.result.months[-1])

    def label(self, scenario: str) -> Row:
        """Return the row of the run whose validity and calibration hold for the effects of `scenario`."""
        return self.summary.difference(scenario, "on_benefit", self.month)

    def select(self, scenario: str, outcome: str) -> list[WhoRow]:
        """Return the rows of one scenario and outcome, everybody first."""
        return [row for row in self.rows if row.scenario == scenario and row.outcome == outcome]


class Winners:
    """Adds up differences of persons over the pairs of a run, in the order in which they are given."""

    def __init__(self, plan: Plan, groups: Groups) -> None:
        """Make room for every alternative of the plan's baseline."""
        self.groups = groups
        shape = (len(plan.sides) - 1, len(plan.draws), len(plan.keys), len(OUTCOMES), len(groups.names))
        self.effect, self.better, self.worse = (np.full(shape, np.nan) for _ in range(3))
        self.person = np.zeros((len(plan.sides) - 1, len(OUTCOMES), int(groups.people.sum())))
        self.pairs = np.zeros(len(plan.sides) - 1)
        self._good = np.array([outcome.good for outcome in OUTCOMES.values()], dtype=np.float64)[:, None]
        self._worth = np.array([outcome.worth for outcome in OUTCOMES.values()])[:, None] * (1.0 - 1e-9)

    def take(self, sides: Sequence[Observation | None], draw: int, seed: int) -> None:
        """Add one pair: the outcomes of persons under every scenario."""
        base = sides[0]
        for place, kept in enumerate(sides[1:]):
            if base is None or kept is None:
                continue
            gained = kept["outcomes"] - base["outcomes"]
            at = (place, draw, seed)
            self.effect[at] = self.groups.means(gained)
            self.better[at] = self.groups.means((gained * self._good >= self._worth).astype(np.float64))
            self.worse[at] = self.groups.means((-gained * self._good >= self._worth).astype(np.float64))
            self.person[place] += gained
            self.pairs[place] += 1


def who(
    plan: Plan, run: Run = execute, also: Callable[[Observed], None] | None = None, conditions: Sequence[str] = ()
) -> Who:
    """Run a plan and return effects by group of its scenarios against the first.

    Args:
        plan: at least two scenarios.
        run: runs the plan with an observer; the usual one keeps nothing in a database.
        also: called with every pair, for whoever needs the persons too.
        conditions: groups of one's own (`analysis.who.groups.group_of`), beside the usual ones.
    """
    groups = groups_of(plan.population, conditions)
    winners = Winners(plan, groups)

    def take(pair: Observed) -> None:
        winners.take(pair.sides, pair.draw, pair.seed)
        if also is not None:
            also(pair)

    result = run(plan, observer=OutcomeObserver(groups.people), take=take)
    counted = int(groups.people.sum())
    return Who(
        result=result,
        summary=summarise(result, [plan.months]),
        rows=tuple(_rows(result, winners)),
        people=counted,
        entered=len(plan.population) - counted,
    )


def _rows(result: RunResult, winners: Winners) -> Iterator[WhoRow]:
    groups = winners.groups
    for place, scenario in enumerate(result.scenarios[1:]):
        effect, better, worse = (
            decompose(table[place], LEVEL) for table in (winners.effect, winners.better, winners.worse)
        )
        person = winners.person[place] / max(winners.pairs[place], 1.0)
        chance = _chance(person, groups)
        for o, outcome in enumerate(OUTCOMES):
            shrunk, contrast, weight = _shrunk(effect, winners.effect[place, :, :, o], chance[o], groups, o)
            for g, (family, group) in enumerate(groups.names):
                yield WhoRow(
                    scenario=scenario,
                    family=family,
                    group=group,
                    outcome=outcome,
                    people=int(groups.sizes[g]),
                    suppressed=bool(groups.hidden[g]),
                    effect=_estimate(effect, o, g, groups),
                    shrunk=shrunk[g],
                    weight=weight[g],
                    better=_held(better, winners.better[place], o, g, groups),
                    worse=_held(worse, winners.worse[place], o, g, groups),
                    contrast=contrast[g],
                    apart=Apart(int(effect.apart[o, g])),
                )


def _chance(person: Array, groups: Groups) -> Array:
    """Return the variance of a group's mean by its people: spread of their effects over their number.

    The spread within a group counts as if `_LENT` people more had that of everybody. Ten people who all
    happened to meet the same would otherwise count as known without error, and draw their family to them.
    """
    first, second = groups.means(person), groups.means(person**2)
    sizes = groups.sizes.astype(np.float64)
    less = np.maximum(sizes - 1.0, 1.0)
    spread = np.maximum(second - first**2, 0.0) * sizes / less
    spread = (less * spread + _LENT * spread[..., :1]) / (less + _LENT)
    variance: Array = spread / np.maximum(sizes, 1.0)
    return variance


def _shrunk(
    effect: Parts, table: Array, chance: Array, groups: Groups, o: int
) -> tuple[list[Interval], list[Interval], list[float]]:
    """Return the shrunk effects on one outcome, what they are more than everybody's, and their weights.

    Args:
        effect: of every group.
        table: of every replicate, [draw, seed, group].
        chance: variance of a group's mean by its people.
        groups: the groups.
        o: place of the outcome.
    """
    found: list[Interval] = []
    contrasts: list[Interval] = []
    weights: list[float] = []
    shown = ~groups.hidden
    wide = _wide(len(table))
    for family, first, count, _ in groups.slices:
        at = slice(first, first + count)
        mean = np.where(shown[at], effect.mean[o, at], np.nan)
        drawn = shrink(mean, np.where(shown[at], chance[at], np.nan))
        # Every draw is drawn in alike, so that the spread over the draws is that of the shrunk effect.
        values = np.where(shown[at], table[..., at], 0.0) @ drawn.linear.T
        more = float(effect.mean[o, 0]) if family != EVERYBODY else np.nan
        # A group's own chance error is an upper bound for that of its contrast: it is a part of everybody.
        for estimates, middle, varied in (
            (found, drawn.effect, values),
            (contrasts, drawn.effect - more, values - table[..., :1]),
        ):
            known = decompose(varied, LEVEL).parameter_sd
            reckoned = _reckoned(varied, known)
            for place in range(count):
                estimates.append(
                    _with_chance(
                        float(middle[place]),
                        float(drawn.sd[place]),
                        float(known[place]) if shown[first + place] else np.nan,
                        wide * float(reckoned[place]),
                    )
                )
        weights += drawn.weight.tolist()
    return found, contrasts, weights


def _reckoned(table: Array, known: Array) -> Array:
    """Return the spread of [draw, seed, ...] to reckon with: `known`, what the parameters make of it.

    Where one seed leaves parameters and luck together (`known` is NaN) it is that of both; with one draw, 0.
    """
    together = np.zeros(table.shape[2:])
    if len(table) > 1:
        # Replicates that failed are NaN in every number: they are left out.
        by_draw = table.mean(axis=1, where=np.isfinite(table))
        together = by_draw.std(axis=0, ddof=1, where=np.isfinite(by_draw))
    spread: Array = np.nan_to_num(np.where(np.isfinite(known), known, together))
    return spread


def _with_chance(middle: float, chance: float, parameter: float, half: float) -> Interval:
    """Return an estimate whose interval holds chance and, `half` wide, what the parameters make of it."""
    whole = float(np.hypot(NINETY * chance, half))
    return Interval(middle, middle - whole, middle + whole, chance, parameter)


def with_people(table: Array, person: Array) -> Interval:
    """Return the mean of a table [draw, seed], with in its interval which people there happen to be.

    Args:
        table: mean over the people in each replicate.
        person: mean over the replicates of each person, [people].
    """
    parts = decompose(table[..., None], LEVEL)
    chance = float(person.std(ddof=1) / np.sqrt(len(person))) if len(person) > 1 else 0.0
    known = parts.parameter_sd
    half = _wide(len(table)) * float(_reckoned(table[..., None], known)[0])
    return _with_chance(float(parts.mean[0]), chance, float(known[0]), half)


def _wide(draws: int) -> float:
    """Return how many standard deviations of the draws half an interval is, for one more draw."""
    return float(stdtrit(max(draws - 1, 1), 0.5 + LEVEL / 2.0)) * float(np.sqrt(1.0 + 1.0 / draws))


def _estimate(parts: Parts, o: int, g: int, groups: Groups) -> Interval:
    return UNKNOWN if groups.hidden[g] else Interval.at(parts, o, g)


def _held(parts: Parts, table: Array, o: int, g: int, groups: Groups) -> Interval:
    """Return a share of a group's people; its interval holds which people they happen to be.

    A share of none, or of all, of a few people is no certainty: `_LENT` people are lent to the group of whom
    as many are better off as of everybody.
    """
    found = _estimate(parts, o, g, groups)
    if not np.isfinite(found.low):
        return found
    size = float(groups.sizes[g])
    share = (size * found.mean + _LENT * float(parts.mean[o, 0])) / (size + _LENT)
    chance = float(np.sqrt(max(share * (1.0 - share), 0.0) / size))
    spread = float(_reckoned(table[..., o, g, None], np.array([found.parameter_sd]))[0])
    wider = _with_chance(found.mean, chance, found.parameter_sd, _wide(len(table)) * spread)
    low, high = (float(np.clip(end, 0.0, 1.0)) for end in (wider.low, wider.high))
    return Interval(found.mean, low, high, chance, found.parameter_sd)
