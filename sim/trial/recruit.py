"""Who takes part: people drawn for every replicate, excluded, invited, signed up.

Replicates are stacked: person ids say which replicate (the upper bits), so that one run of the engine
simulates many trials and each has its own luck. Two ways: `published` takes participants with the published
baseline (its imbalance included) arm by arm; `recruited` lets an eligible population sign up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.people import catalogue
from sim.people import recipe as recipes
from sim.people.clients.read import read as read_clients
from sim.people.columns import STATES
from sim.problems import InputError, Problem, Say
from sim.random_numbers import stream, uniform
from sim.regime.rules import read_condition, read_number
from sim.trial.design import Term, TrialDesign
from sim.trial.randomise import allot, rank_within

__all__ = ["People", "eligible_people", "excluded", "published", "recruited", "score"]

Array = npt.NDArray[np.float64]
_SHIFT = 24
_REFERENCE = 1 << 23
_UNASKED = -1e9
_LABELS: dict[str, tuple[str, ...]] = {"municipality": (), "arm": ()}


@dataclass(frozen=True)
class People:
    """People of several replicates, sorted by replicate; arrays of shape [n].

    `arm` is the index of the design's arm; `recipe` the population that a person was drawn from (0
    participants, 1 eligible).
    """

    columns: Mapping[str, Array]
    person: npt.NDArray[np.int64]
    replicate: npt.NDArray[np.int64]
    arm: npt.NDArray[np.int64]
    recipe: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.person.shape[0])

    def take(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_]) -> People:
        """Return the chosen rows."""
        columns = {name: values[rows] for name, values in self.columns.items()}
        return People(columns, self.person[rows], self.replicate[rows], self.arm[rows], self.recipe[rows])

    def column(self, name: str) -> Array:
        """Return a trait or starting state, as rules read them."""
        return self.columns[name] if name in self.columns else np.full(len(self), STATES[name].start)


def published(design: TrialDesign, seed: int, first: int, count: int, reference: int) -> People:
    """Return participants with the published baseline, and `reference` people of the reference group.

    Args:
        design: the trial.
        seed: key of the trial.
        first: number of the first replicate; `count` replicates are drawn.
        reference: people of the reference group in each replicate.
    """
    recipe = recipes.read(design.participants)
    places = {arm.name: number for number, arm in enumerate(recipe.arms)}
    missing = [arm.name for arm in design.participant_arms if arm.name not in places]
    allowed = Say(f"an arm of population {design.participants}", f"een groep van {design.participants}")
    InputError.raise_if(Problem(f"{design.name}.arms", name, allowed) for name in missing)
    sizes = {places[arm.name]: arm.randomised for arm in design.participant_arms}
    people = _draw(design.participants, sizes, design.name, seed, first, count, 0)
    number = np.full(len(recipe.arms), -1, dtype=np.int64)
    for place, arm in enumerate(design.arms):
        if arm.name in places:
            number[places[arm.name]] = place
    people = People(people.columns, people.person, people.replicate, number[people.arm], people.recipe)
    if not reference or design.reference is None:
        return people
    pool = _eligible(design, seed, first, count)
    if design.reference_random:
        stays = np.ones(len(pool), dtype=bool)
    else:
        stays = _place(pool, _wishes(design, pool, seed), seed, "volunteering_for_trial") >= design.people
    return _joined(people, _reference(pool.take(stays), design, seed, reference))


def recruited(design: TrialDesign, seed: int, first: int, count: int, reference: int) -> People:
    """Return those of the eligible population who signed up, assigned to arms, and the reference group."""
    pool = _eligible(design, seed, first, count)
    arms = design.participant_arms
    wanted = np.array([arm.randomised for arm in arms], dtype=np.int64)
    if design.moment == "after_sign_up":
        place = _place(pool, _wishes(design, pool, seed), seed, "volunteering_for_trial")
        joins = place < design.people
        members = pool.take(joins)
        arm = allot(members.replicate, _strata(design, members), members.person, wanted, seed)
        members = _with_arm(members, arm)
        rest = pool.take(~joins)
    else:
        lots = [*wanted, design.reference.randomised] if design.reference_random and design.reference else wanted
        invited = _invited(design, pool, seed)
        asked = pool.take(invited)
        asked = _with_arm(
            asked, allot(asked.replicate, _strata(design, asked), asked.person, _shares(lots, asked), seed)
        )
        offered = asked.arm < len(arms)
        wishes = score(design.volunteering, asked, seed, names=[arm.name for arm in design.arms])
        place = _place(asked, wishes, seed, "volunteering_for_trial", by_arm=True)
        joins = offered & (place < np.append(wanted, 0)[np.minimum(asked.arm, len(arms))])
        members = asked.take(joins)
        rest = asked.take(~offered) if design.reference_random else pool.take(~np.isin(pool.person, members.person))
    if not reference or design.reference is None:
        return members
    return _joined(members, _reference(rest, design, seed, reference))


def score(
    terms: Sequence[Term],
    people: People,
    seed: int,
    *,
    names: Sequence[str] = (),
    states: Mapping[str, Array] | None = None,
) -> Array:
    """Return the sum of the terms in log-odds, shape [n]; `states` replace what people started with."""
    known = states or {}

    def column(name: str) -> Array:
        return known[name] if name in known else people.column(name)

    total = np.zeros(len(people))
    for term in terms:
        expression, problems = read_number(term.of, term.name, _LABELS)
        InputError.raise_if(problems)
        if expression is None:
            continue
        part = term.coefficient.value * np.asarray(expression(column), dtype=np.float64)
        if term.arms:
            here = np.isin(people.arm, [names.index(arm) for arm in term.arms if arm in names])
            part = np.where(here, part, 0.0)
        total = total + part
    return total


def excluded(rules: Sequence[str], people: People) -> npt.NDArray[np.bool_]:
    """Return who is excluded by any of the rules, shape [n]."""
    out = np.zeros(len(people), dtype=bool)
    for rule in rules:
        expression, problems = read_condition(rule, "exclusions", _LABELS)
        InputError.raise_if(problems)
        if expression is not None:
            out |= np.broadcast_to(expression(people.column) != 0, (len(people),))
    return out


def eligible_people(name: str, size: int, exclusions: Sequence[str], seed: int, societies: int) -> People:
    """Return `societies` separate draws of `size` people of a population without the excluded ones."""
    if name in recipes.names():
        people = _draw(name, {0: size}, "planned", seed, 0, societies, 1)
    else:  # people of the user's own: they are who they are in every society
        own = read_clients(Path(name))
        none = np.zeros(len(own), dtype=np.int64)
        people = People(dict(own.columns), own.person.astype(np.int64), none, none, none)
    return people.take(~excluded(exclusions, people))


def _eligible(design: TrialDesign, seed: int, first: int, count: int) -> People:
    pool = _draw(design.eligible, {0: design.eligible_people}, design.name, seed, first, count, 1)
    pool = pool.take(~excluded(design.exclusions, pool))
    left = int(np.bincount(pool.replicate - first, minlength=count).min())
    if left < design.people:
        allowed = Say(
            f"rules that leave at least {design.people} people",
            f"regels die ten minste {design.people} mensen overlaten",
        )
        raise InputError((Problem(f"{design.name}.exclusions", "too few people left", allowed),))
    if _asked(design, left) < design.people:
        allowed = Say(
            f"a share that invites at least {design.people} people of {left}",
            f"een aandeel dat ten minste {design.people} van de {left} mensen uitnodigt",
        )
        raise InputError((Problem(f"{design.name}.invited", design.invited.value, allowed),))
    return pool


def _asked(design: TrialDesign, people: int) -> int:
    return int(np.floor(design.invited.value * people + 0.5))


def _invited(design: TrialDesign, pool: People, seed: int) -> npt.NDArray[np.bool_]:
    """Return who is invited, by lot, shape [n]."""
    if design.invited.value >= 1.0:
        return np.ones(len(pool), dtype=bool)
    turn = rank_within(pool.replicate, uniform(seed, "randomisation", 4, pool.person))
    size = np.bincount(pool.replicate - pool.replicate.min())[pool.replicate - pool.replicate.min()]
    chosen: npt.NDArray[np.bool_] = turn < np.floor(design.invited.value * size + 0.5)
    return chosen


def _wishes(design: TrialDesign, pool: People, seed: int) -> Array:
    """Return the log-odds of signing up, shape [n]; whoever is not invited stands last in the queue."""
    wishes = score(design.volunteering, pool, seed)
    return np.where(_invited(design, pool, seed), wishes, _UNASKED)


def _draw(name: str, sizes: Mapping[int, int], trial: str, seed: int, first: int, count: int, source: int) -> People:
    """Return `count` replicates of `sizes` people by arm of the population `name`.

    The draw belongs to (trial, seed, first); consecutive people of an arm make consecutive replicates.
    """
    recipe = recipes.read(name)
    arms = len(recipe.arms)
    need = max(size * count * recipe.people / recipe.arms[arm].people for arm, size in sizes.items())
    key = stream("trial people", trial, seed, name, first) >> 1
    drawn = catalogue.load(name, people=int(np.ceil(need)) + arms, seed=key)
    number = drawn.person // arms
    arm = drawn.person % arms
    size = np.array([sizes.get(place, 0) for place in range(arms)], dtype=np.int64)[arm]
    rows = np.flatnonzero(number < size * count)
    number, arm, size = number[rows], arm[rows], size[rows]
    replicate = first + number // size
    own = (number % size) * arms + arm + (_REFERENCE if source else 0)
    person = (replicate << _SHIFT) + own
    order = np.lexsort((own, replicate))
    columns = {column: np.asarray(values[rows][order]) for column, values in drawn.columns.items()}
    return People(columns, person[order], replicate[order], arm[order], np.full(len(rows), source, dtype=np.int64))


def _place(people: People, wishes: Array, seed: int, decision: str, *, by_arm: bool = False) -> npt.NDArray[np.int64]:
    """Return each person's place in the queue of their replicate (and arm): the keenest first."""
    drawn = uniform(seed, decision, 0, people.person)
    keen = wishes + np.log(drawn / (1.0 - drawn))
    group = people.replicate * 64 + people.arm if by_arm else people.replicate
    return rank_within(group, -keen)


def _reference(pool: People, design: TrialDesign, seed: int, size: int) -> People:
    turn = rank_within(pool.replicate, uniform(seed, "randomisation", 3, pool.person))
    members = pool.take(turn < size)
    return _with_arm(members, np.full(len(members), len(design.arms) - 1, dtype=np.int64))


def _strata(design: TrialDesign, people: People) -> npt.NDArray[np.int64]:
    code = np.zeros(len(people), dtype=np.int64)
    for rule in design.strata:
        code = code * 2 + excluded((rule,), people)
    return code


def _shares(lots: Sequence[int] | npt.NDArray[np.int64], pool: People) -> npt.NDArray[np.int64]:
    """Return sizes for everybody eligible in the proportions of `lots`."""
    total = int(np.bincount(pool.replicate - pool.replicate.min()).max())
    return np.ceil(np.asarray(lots) / np.sum(lots) * total).astype(np.int64)


def _with_arm(people: People, arm: npt.NDArray[np.int64]) -> People:
    return People(people.columns, people.person, people.replicate, arm, people.recipe)


def _joined(members: People, others: People) -> People:
    columns = {name: np.concatenate([members.columns[name], others.columns[name]]) for name in members.columns}
    person = np.concatenate([members.person, others.person])
    order = np.argsort(person, kind="stable")
    return People(
        columns,
        person,
        np.concatenate([members.replicate, others.replicate]),
        np.concatenate([members.arm, others.arm]),
        np.concatenate([members.recipe, others.recipe]),
    ).take(order)
