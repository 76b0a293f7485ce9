"""Who gets which regime: everybody, by arm, by rule (tailoring), by lot, or by own choice."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.people.population import Population
from sim.problems import InputError, Problem, Say, nearest_name, one_of, within
from sim.random_numbers import uniform
from sim.regime.rules import Columns, Expression, read_condition, read_number

__all__ = [
    "Assignment",
    "ByArm",
    "ByRules",
    "Everybody",
    "Option",
    "OwnChoice",
    "Rule",
    "Shares",
    "Term",
    "assign",
    "columns_of",
    "first_match",
    "read_rules",
    "regimes_of",
]


@dataclass(frozen=True)
class Everybody:
    """One regime for all."""

    regime: str


@dataclass(frozen=True)
class ByArm:
    """A regime (or another assignment) for every arm of the population."""

    arms: Mapping[str, str | Assignment]


@dataclass(frozen=True)
class Rule:
    """People for whom `when` holds get `regime`."""

    when: str
    regime: str


@dataclass(frozen=True)
class ByRules:
    """The first rule that holds decides; `otherwise` is for the rest.

    With `reassess_months` the rules are read again on the states of months 1 + k, 1 + 2k, ...
    """

    rules: tuple[Rule, ...]
    otherwise: str
    reassess_months: int = 0


@dataclass(frozen=True)
class Shares:
    """A lottery with these shares (their sum is 1); the same person draws the same lot in every scenario."""

    shares: Mapping[str, float]


@dataclass(frozen=True)
class Term:
    """A part of the attraction of an option: coefficient times the number `of` (an expression)."""

    of: str
    coefficient: float
    prior_sd: float = 0.0
    source: str = ""


@dataclass(frozen=True)
class Option:
    """A regime that people may choose, with what makes it attractive."""

    regime: str
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True)
class OwnChoice:
    """Own choice: multinomial logit, P(option) proportional to exp(sum of its terms).

    Drawn by Gumbel noise that belongs to person and place of the option in the list, so that taking the last
    option away moves only those who had chosen it.
    """

    options: tuple[Option, ...] = field(default_factory=tuple)


Assignment = Everybody | ByArm | ByRules | Shares | OwnChoice


def regimes_of(assignment: Assignment) -> tuple[str, ...]:
    """Return the regimes that an assignment can give, each once, in order of appearance."""
    return tuple(dict.fromkeys(_named(assignment)))


def assign(
    population: Population, assignment: Assignment, regimes: Collection[str], *, seed: int = 0, path: str = "assignment"
) -> tuple[tuple[str, ...], npt.NDArray[np.int16]]:
    """Return the names of the regimes used and each person's index into them, shape [n].

    Args:
        population: who is there in month 1, later inflow included (rules see their starting values).
        assignment: how.
        regimes: names that exist.
        seed: key of the replicate (`sim.random_numbers.stream`), for lots and choices.
        path: where the assignment stands, for problems.

    Raises:
        InputError: unknown names, rules that are wrong or match nobody, shares that do not add up.
    """
    names = regimes_of(assignment)
    InputError.raise_if(_problems(assignment, regimes, population, path))
    index = {name: position for position, name in enumerate(names)}
    given = np.full(len(population), -1, dtype=np.int16)
    _give(population, assignment, index, np.ones(len(population), dtype=bool), given, seed, path)
    return names, given


def columns_of(population: Population) -> Columns:
    """Return the columns that rules may read at the start: traits, states, municipality and arm."""

    def column(name: str) -> npt.NDArray[np.float64]:
        if name == "municipality":
            return population.municipality.astype(np.float64)
        if name == "arm":
            return population.arm.astype(np.float64)
        return population[name]

    return column


def read_rules(
    assignment: ByRules, path: str, population: Population | None = None
) -> tuple[list[Expression], list[Problem]]:
    """Return the conditions of the rules in order, and everything that is wrong with them."""
    labels = _labels(population)
    read = [
        read_condition(rule.when, f"{path}.rules[{number}].when", labels)
        for number, rule in enumerate(assignment.rules, start=1)
    ]
    return [rule for rule, _ in read if rule is not None], [p for _, wrong in read for p in wrong]


def first_match(rules: list[Expression], columns: Columns, n: int) -> npt.NDArray[np.int16]:
    """Return the position of the first rule that holds for each person, len(rules) when none does."""
    found = np.full(n, len(rules), dtype=np.int16)
    for position in range(len(rules) - 1, -1, -1):
        found[np.broadcast_to(rules[position](columns) != 0, (n,))] = position
    return found


def _named(assignment: Assignment) -> Iterator[str]:
    if isinstance(assignment, Everybody):
        yield assignment.regime
    elif isinstance(assignment, ByArm):
        for given in assignment.arms.values():
            yield from (given,) if isinstance(given, str) else _named(given)
    elif isinstance(assignment, ByRules):
        yield from (rule.regime for rule in assignment.rules)
        yield assignment.otherwise
    elif isinstance(assignment, Shares):
        yield from assignment.shares
    else:
        yield from (option.regime for option in assignment.options)


def _labels(population: Population | None) -> dict[str, tuple[str, ...]]:
    if population is None:
        return {"municipality": (), "arm": ()}
    return {"municipality": population.municipalities, "arm": population.arms}


def _problems(assignment: Assignment, regimes: Collection[str], population: Population, path: str) -> Iterator[Problem]:
    """Yield all that is wrong, but for rules that match nobody (they must be readable first)."""
    if isinstance(assignment, Everybody):
        yield from _unknown(assignment.regime, regimes, path)
    elif isinstance(assignment, ByArm):
        yield from _arm_problems(assignment, population, path)
        for arm, given in assignment.arms.items():
            place = f"{path}.{arm}"
            if isinstance(given, str):
                yield from _unknown(given, regimes, place)
                continue
            if isinstance(given, ByRules) and given.reassess_months:
                allowed = Say("0 inside an arm", "0 binnen een arm")
                yield Problem(f"{place}.reassess_months", given.reassess_months, allowed)
            yield from _problems(given, regimes, population, place)
    elif isinstance(assignment, ByRules):
        yield from _rule_problems(assignment, regimes, population, path)
    elif isinstance(assignment, Shares):
        yield from _share_problems(assignment, regimes, path)
    else:
        yield from _choice_problems(assignment, regimes, population, path)


def _arm_problems(assignment: ByArm, population: Population, path: str) -> Iterator[Problem]:
    for arm in assignment.arms:
        if arm not in population.arms:
            yield one_of(f"{path}.{arm}", arm, population.arms)
    inhabited = np.bincount(population.arm, minlength=len(population.arms)) > 0
    for number, arm in enumerate(population.arms):
        if inhabited[number] and arm not in assignment.arms:
            allowed = Say("a regime for every arm of the population", "een regime voor elke arm")
            yield Problem(f"{path}.{arm}", "missing", allowed, nearest_name(arm, assignment.arms))


def _rule_problems(
    assignment: ByRules, regimes: Collection[str], population: Population, path: str
) -> Iterator[Problem]:
    rules, wrong = read_rules(assignment, path, population)
    yield from wrong
    if assignment.reassess_months and not wrong and not any(rule.states for rule in rules):
        allowed = Say(
            "0: these rules read nothing that the months change",
            "0: deze regels lezen niets dat met de maanden verandert",
        )
        yield Problem(f"{path}.reassess_months", assignment.reassess_months, allowed)
    if not assignment.rules:
        yield Problem(f"{path}.rules", "none", Say("at least one rule", "ten minste één regel"))
    for number, rule in enumerate(assignment.rules, start=1):
        yield from _unknown(rule.regime, regimes, f"{path}.rules[{number}].regime")
    yield from _unknown(assignment.otherwise, regimes, f"{path}.otherwise")
    if len(set(regimes_of(assignment))) == 1:
        allowed = Say("at least two regimes", "ten minste twee regimes")
        yield Problem(path, f"{assignment.otherwise} for all", allowed)
    if not 0 <= assignment.reassess_months <= 600:
        yield within(f"{path}.reassess_months", assignment.reassess_months, 0, 600, "months")


def _share_problems(assignment: Shares, regimes: Collection[str], path: str) -> Iterator[Problem]:
    for name, share in assignment.shares.items():
        yield from _unknown(name, regimes, f"{path}.{name}")
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
            allowed = Say("a share above 0, at most 1", "een aandeel boven 0, hoogstens 1")
            yield Problem(f"{path}.{name}", share, allowed)
            return
    total = math.fsum(assignment.shares.values())
    if abs(total - 1.0) > 1e-9:
        allowed = Say("shares that add up to 1", "aandelen die optellen tot 1")
        yield Problem(path, f"sum {total:g}", allowed)


def _choice_problems(
    assignment: OwnChoice, regimes: Collection[str], population: Population, path: str
) -> Iterator[Problem]:
    if len(assignment.options) < 2:
        allowed = Say("at least two options", "ten minste twee opties")
        yield Problem(f"{path}.options", len(assignment.options), allowed)
    seen: set[str] = set()
    for number, option in enumerate(assignment.options, start=1):
        place = f"{path}.options[{number}]"
        yield from _unknown(option.regime, regimes, f"{place}.regime")
        if option.regime in seen:
            yield Problem(f"{place}.regime", option.regime, Say("each regime once", "elk regime één keer"))
        seen.add(option.regime)
        for position, term in enumerate(option.terms, start=1):
            yield from read_number(term.of, f"{place}.terms[{position}].of", _labels(population))[1]
            if not math.isfinite(term.coefficient) or abs(term.coefficient) > 20:
                yield within(f"{place}.terms[{position}].coefficient", term.coefficient, -20, 20, "log-odds")


def _unknown(name: object, regimes: Collection[str], path: str) -> Iterator[Problem]:
    if name not in regimes:
        yield one_of(path, name, regimes)


def _give(
    population: Population,
    assignment: Assignment,
    index: Mapping[str, int],
    rows: npt.NDArray[np.bool_],
    given: npt.NDArray[np.int16],
    seed: int,
    path: str,
) -> None:
    """Write the regime of the chosen rows into `given`."""
    if isinstance(assignment, Everybody):
        given[rows] = index[assignment.regime]
    elif isinstance(assignment, ByArm):
        _by_arm(population, assignment, index, given, seed, path)
    elif isinstance(assignment, ByRules):
        given[rows] = _by_rules(population, assignment, index, rows, path)[rows]
    elif isinstance(assignment, Shares):
        bounds = np.cumsum(list(assignment.shares.values()))
        drawn = uniform(seed, "assignment", 0, population.person[rows])
        lot = np.minimum(np.searchsorted(bounds, drawn, side="right"), len(bounds) - 1)
        given[rows] = np.array([index[name] for name in assignment.shares], dtype=np.int16)[lot]
    else:
        given[rows] = _chosen(population, assignment, index, seed, path)[rows]


def _by_arm(
    population: Population,
    assignment: ByArm,
    index: Mapping[str, int],
    given: npt.NDArray[np.int16],
    seed: int,
    path: str,
) -> None:
    for arm, target in assignment.arms.items():
        rows = population.arm == population.arms.index(arm)
        nested = Everybody(target) if isinstance(target, str) else target
        _give(population, nested, index, rows, given, seed, f"{path}.{arm}")


def _by_rules(
    population: Population, assignment: ByRules, index: Mapping[str, int], rows: npt.NDArray[np.bool_], path: str
) -> npt.NDArray[np.int16]:
    rules, problems = read_rules(assignment, path, population)
    found = first_match(rules, columns_of(population), len(population))
    counts = np.bincount(found[rows], minlength=len(rules) + 1)
    for number, rule in enumerate(rules):
        later = assignment.reassess_months > 0 and rule.states
        if rows.any() and counts[number] == 0 and not later:
            allowed = Say(
                f"a rule that is the first to hold for somebody in {population.name}",
                f"een regel die als eerste geldt voor iemand in {population.name}",
            )
            problems.append(Problem(rule.path, f"{rule.text} (matches nobody)", allowed))
    InputError.raise_if(problems)
    targets = [index[rule.regime] for rule in assignment.rules] + [index[assignment.otherwise]]
    return np.array(targets, dtype=np.int16)[found]


def _chosen(
    population: Population, assignment: OwnChoice, index: Mapping[str, int], seed: int, path: str
) -> npt.NDArray[np.int16]:
    columns = columns_of(population)
    labels = _labels(population)
    best = np.full(len(population), -np.inf)
    chosen = np.zeros(len(population), dtype=np.int16)
    for number, option in enumerate(assignment.options, start=1):
        # The month slot of the key counts the options: one independent draw for each.
        noise = -np.log(-np.log(uniform(seed, "choice", number, population.person)))
        attraction = noise
        for place, term in enumerate(option.terms, start=1):
            expression, _ = read_number(term.of, f"{path}.options[{number}].terms[{place}].of", labels)
            if expression is not None:
                attraction = attraction + term.coefficient * expression(columns)
        better = attraction > best
        best = np.where(better, attraction, best)
        chosen[better] = index[option.regime]
    return chosen
