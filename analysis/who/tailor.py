"""Tailoring: the best short rule for who gets what, and honestly what it gains over one regime for all.

Every person of the simulation lives under every regime with the same luck. On one half of the people the rule
is learned (`policy_tree`) from what a caseworker can see (`observables`); its depth is chosen by
cross-validation. What it brings is then measured on the other half, in new societies: the rule is run as a
scenario, with other luck and other draws of the parameters (with a posterior: the half of the draws that was
not learned from). One regime for all is the one that did best where the rule was learned.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.cost.flows import QUANTITIES
from analysis.cost.of_run import Cost, flow_observer, priced
from analysis.cost.prices import Prices
from analysis.effects.summary import LEVEL, Row
from analysis.effects.words import amount, interval, spoken_unit
from analysis.inference.interval import NINETY, Interval
from analysis.inference.variance import decompose
from analysis.who.by_group import with_people
from analysis.who.groups import groups_of
from analysis.who.observables import OBSERVED, splits_of
from analysis.who.outcomes import OUTCOMES, OutcomeObserver
from analysis.who.policy_tree import actions_of, best_tree, choose_depth, left_out
from analysis.who.tailor_rule import cannot_combine, rule_of, tailored_scenario
from scenarios.description.schema import Scenario
from scenarios.execution.observe import Observed, Together
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.result import RunResult
from scenarios.execution.run import Run, execute
from sim.problems import Say
from sim.random_numbers import stream, uniform

__all__ = ["Lessons", "Tailored", "learn", "tailor"]

Array = npt.NDArray[np.float64]
_FOLDS = 5
_SMALLEST = 0.05  # share of the people that a leaf holds at least
_NOTHING = Interval(0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Tailored:
    """A rule and what it brings.

    Attributes:
        goal: outcome that it was learned for.
        single: the scenario that did best for all, where it was learned.
        rules: (condition, scenario, share of the people), in order; the last condition is empty: the rest.
        scenario: the rule as a scenario, or None when no rule does better than one regime for all.
        reason: why there is no rule.
        gains: per outcome, the rule minus `single`, on people, luck and draws that it was not learned from.
        municipality, society: euros per person, the rule minus `single`; + is a gain.
        outlay: the same, of what the municipality lays out beside benefits; + is dearer.
        learned: gain in the goal where the rule was learned (not honest: to see how much it was flattered).
        trained, tested: people.
        result: the run that tested it.
        label: the labels of its numbers.
    """

    goal: str
    single: str
    rules: tuple[tuple[str, str, float], ...]
    scenario: Scenario | None
    reason: Say
    gains: dict[str, Interval]
    municipality: Interval
    outlay: Interval
    society: Interval
    learned: float
    trained: int
    tested: int
    result: RunResult | None
    label: Row | None


class Lessons:
    """Adds up what every scenario brings every person, over the draws and seeds that may be learned from."""

    def __init__(self, made: Plan, goal: str) -> None:
        """Make room for the people who are there at the start."""
        self._place = list(OUTCOMES).index(goal)
        self._good = OUTCOMES[goal].good
        self._draws = _learned_draws(made)
        self.people = groups_of(made.population).people
        self.rewards = np.zeros((int(self.people.sum()), len(made.sides)))
        self.pairs = 0

    def take(self, pair: Observed) -> None:
        """Add one pair of draw and seed."""
        if pair.draw not in self._draws or not pair.whole:
            return
        self.pairs += 1
        for side, kept in enumerate(pair.sides):
            assert kept is not None
            self.rewards[:, side] += self._good * kept["outcomes"][self._place]

    def mean(self) -> Array:
        """Return the mean reward of each person under each scenario, [people, scenarios]."""
        return self.rewards / max(self.pairs, 1)


def learn(
    made: Plan, rewards: Array, observed: Sequence[str] = OBSERVED, depth: int = 2
) -> tuple[list[tuple[str, int]], int, int, npt.NDArray[np.int64]]:
    """Return the rules, the action of the rest, the best single action, and the action of every person.

    Args:
        made: the plan whose scenarios are the actions.
        rewards: [people at the start, scenarios].
        observed: what the rule may ask.
        depth: most questions below each other.
    """
    school = _School(made, rewards, observed)
    deep = choose_depth(*school.lesson, depth, school.least) if school.splits else 0
    tree = best_tree(*school.lesson[:2], deep, school.least)
    rules, rest = rule_of(tree, school.splits)
    return rules, rest, int(np.argmax(school.lesson[0].sum(axis=0))), actions_of(tree, school.masks)


class _School:
    """The people who teach, the questions that may be asked of them, and their folds."""

    def __init__(self, made: Plan, rewards: Array, observed: Sequence[str]) -> None:
        people = groups_of(made.population).people
        train = _trained(made)[people]
        self.least = max(10, math.ceil(_SMALLEST * int(train.sum())))
        self.splits = splits_of(made.population.take(people), observed, self.least)
        self.masks = np.zeros((len(self.splits), len(train)), dtype=bool)
        for place, split in enumerate(self.splits):
            self.masks[place] = split.mask
        fold = _share(made, "fold")[people]
        folds = np.minimum((fold * _FOLDS).astype(np.int64), _FOLDS - 1)
        self.lesson = (rewards[train], self.masks[:, train], folds[train])


def _nearly(made: Plan, rewards: Array, observed: Sequence[str], depth: int, goal: str) -> Say:
    """Say what the best rule with a question brings people left out of its making, when none is clear."""
    school = _School(made, rewards, observed)
    if not school.splits:
        return Say("no question divides these people", "geen vraag verdeelt deze mensen")
    gained = left_out(*school.lesson, depth, school.least)
    best = 1 + int(np.argmax(gained[1:].mean(axis=1)))
    more = (gained[best] - gained[0]) * OUTCOMES[goal].good
    if not more.any():
        return Say("every rule ends with that for all", "elke regel komt daarop uit voor iedereen")
    half = NINETY * float(more.std(ddof=1) / np.sqrt(len(more)))
    measure = OUTCOMES[goal].measure
    texts = [
        f"{amount(float(more.mean()), measure, lang, difference=True)} "
        f"{spoken_unit(measure, lang)} "
        f"({interval(float(more.mean()) - half, float(more.mean()) + half, measure, lang, difference=True)})"
        for lang in ("en", "nl")
    ]
    return Say(
        f"the best one brings people left out of its making {texts[0]}; 90%, which people there are alone",
        f"de beste brengt mensen die er niet aan meededen {texts[1]}; 90%, alleen welke mensen er zijn",
    )


def tailor(
    made: Plan,
    lessons: Lessons,
    goal: str,
    prices: Prices,
    *,
    observed: Sequence[str] = OBSERVED,
    depth: int = 2,
    run: Run = execute,
) -> Tailored:
    """Learn a rule, run it, and return what it brings.

    Args:
        made: the plan that was lived; its scenarios are what the rule chooses between.
        lessons: what was seen of it.
        goal: outcome, one of `who_outcomes.OUTCOMES`.
        prices: for the cost of the rule.
        observed: what the rule may ask.
        depth: most questions below each other.
        run: runs the plan that tests the rule.
    """
    scenarios = [side.scenario for side in made.sides]
    names = [scenario.name for scenario in scenarios]
    train = _trained(made)
    trained = int((train & lessons.people).sum())
    tested = int((~train & lessons.people).sum())
    none = Tailored(
        goal=goal,
        single="",
        rules=(),
        scenario=None,
        reason=Say("", ""),
        gains=dict.fromkeys(OUTCOMES, _NOTHING),
        municipality=_NOTHING,
        outlay=_NOTHING,
        society=_NOTHING,
        learned=0.0,
        trained=trained,
        tested=tested,
        result=None,
        label=None,
    )
    reason = cannot_combine(scenarios)
    if reason is None and min(trained, tested) < 100:
        reason = Say(
            "fewer than 100 people to learn from or to test on", "minder dan 100 mensen om te leren of te toetsen"
        )
    if reason is not None:
        return replace(none, reason=reason)
    rewards = lessons.mean()
    rules, rest, single, actions = learn(made, rewards, observed, depth)
    none = replace(none, single=names[single])
    if not rules:
        near = _nearly(made, rewards, observed, depth, goal)
        reason = Say(
            f"no rule does clearly better than {names[single]} for everybody: {near.en}",
            f"geen regel doet het duidelijk beter dan {names[single]} voor iedereen: {near.nl}",
        )
        return replace(none, reason=reason, rules=(("", names[single], 1.0),))
    learned = rewards[np.arange(len(rewards)), actions] - rewards[:, single]
    scenario = tailored_scenario(
        f"tailored_{goal}",
        Say(f"Tailored for {OUTCOMES[goal].text.en}", f"Maatwerk voor {OUTCOMES[goal].text.nl}"),
        scenarios,
        rules,
        rest,
    )
    listed = [(when, names[action], _held(made, when, lessons.people)) for when, action in rules]
    tested_run = _Test(made, scenario, names[single], prices, run)
    return replace(
        none,
        rules=(*listed, ("", names[rest], max(0.0, 1.0 - sum(share for _, _, share in listed)))),
        scenario=scenario,
        gains=tested_run.gains(),
        municipality=tested_run.euros("municipality"),
        society=tested_run.euros("society"),
        outlay=tested_run.outlay(),
        learned=float(learned[train[lessons.people]].mean()) * OUTCOMES[goal].good,
        result=tested_run.result,
        label=tested_run.cost.label(scenario.name),
    )


class _Test:
    """The rule in new societies, seen on the people who taught it nothing."""

    def __init__(self, made: Plan, scenario: Scenario, single: str, prices: Prices, run: Run) -> None:
        base = [side.scenario for side in made.sides]
        options = Options(seed=(made.seed + 500_009) % 2**31, source=made.source)
        fresh = plan([*base, scenario], options)
        people = groups_of(fresh.population).people & ~_trained(made)
        self._rule, self._single = len(fresh.sides) - 1, [each.name for each in base].index(single)
        self._draws = [draw for draw in range(len(fresh.draws)) if draw not in _learned_draws(made)] or [0]
        if made.source is None:
            self._draws = list(range(len(fresh.draws)))
        shape = (len(fresh.sides), len(fresh.draws), len(fresh.keys))
        quantities = np.full((*shape, fresh.months, len(QUANTITIES)), np.nan)
        self._means = np.full((*shape[1:], len(OUTCOMES)), np.nan)
        self._person = np.zeros((len(OUTCOMES), int(people.sum())))
        self._pairs = 0

        def take(pair: Observed) -> None:
            for side, kept in enumerate(pair.sides):
                if kept is not None:
                    quantities[side, pair.draw, pair.seed] = kept["flows"]
            rule, one = pair.sides[self._rule], pair.sides[self._single]
            if rule is None or one is None or pair.draw not in self._draws:
                return
            gained = rule["outcomes"] - one["outcomes"]
            self._means[pair.draw, pair.seed] = gained.mean(axis=1)
            self._person += gained
            self._pairs += 1

        both = Together((OutcomeObserver(people), flow_observer(people, prices)))
        self.result = run(fresh, observer=both, take=take)
        self.cost: Cost = priced(fresh, self.result, quantities, prices, people=int(people.sum()))
        self._names = (scenario.name, single)

    def gains(self) -> dict[str, Interval]:
        """Return the rule minus one regime for all, per outcome."""
        person = self._person / max(self._pairs, 1)
        return {
            name: with_people(self._means[self._draws][..., place], person[place])
            for place, name in enumerate(OUTCOMES)
        }

    def euros(self, party: str) -> Interval:
        """Return what the rule is to a party, more than one regime for all, in euros per person."""
        rule, one = (self.cost.account(name, party) for name in self._names)
        return _estimate((rule - one)[self._draws])

    def outlay(self) -> Interval:
        """Return what the municipality lays out more than under one regime for all, in euros per person."""
        rule, one = (self.cost.outlay(name) for name in self._names)
        return _estimate((rule - one)[self._draws])


def _estimate(values: Array) -> Interval:
    return Interval.at(decompose(values[..., None], LEVEL), 0)


def _learned_draws(made: Plan) -> range:
    """Return the draws to learn from: all of them where new ones can be drawn to test on, else one half."""
    draws = len(made.draws)
    return range(draws) if made.source is None or draws == 1 else range((draws + 1) // 2)


def _share(made: Plan, what: str) -> Array:
    """Return a number between 0 and 1 for each person that belongs to nothing else."""
    return uniform(stream("tailoring", what, made.seed), "assignment", 0, made.population.person)


def _trained(made: Plan) -> npt.NDArray[np.bool_]:
    """Return who teaches the rule: one half of the people, by lot."""
    return np.less(_share(made, "people"), 0.5)


def _held(made: Plan, when: str, people: npt.NDArray[np.bool_]) -> float:
    """Return the share of the people for whom a condition holds."""
    from sim.regime.assignment import columns_of
    from sim.regime.rules import read_condition

    rule, _ = read_condition(when)
    assert rule is not None
    return float(np.asarray(rule(columns_of(made.population)) != 0)[people].mean())
