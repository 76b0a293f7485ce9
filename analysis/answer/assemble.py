"""From one run to its council page: who gets what, for whom it works, what it costs, in one set of draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.answer.council import Council, Group, Rule, question_of
from analysis.answer.money_words import Amount
from analysis.answer.plan_words import EVERYBODY, OTHERS, what_people_get, who_they_are
from analysis.answer.precision import end_error, enough
from analysis.answer.sentences import place_name
from analysis.answer.treatment import main_treatment
from analysis.answer.triple import Answer, Span
from analysis.answer.verdict import SMALLEST
from analysis.answer.wording import period
from analysis.cost.accounts import PARTIES
from analysis.cost.of_run import Cost
from analysis.cost.prices import Prices
from analysis.effects.positions import positions
from analysis.effects.words import number
from analysis.inference.precision import components
from analysis.inference.variance import decompose
from scenarios.execution.plan import Plan, Side
from scenarios.reproduction.provenance import code_version
from sim.people.population import Population
from sim.problems import InputError, Problem, Say
from sim.regime.assignment import ByRules, Everybody, assign, columns_of, first_match, read_rules
from sim.regime.rules import read_condition

__all__ = ["Part", "council_of_run", "parts_of", "policy_of"]

Array = npt.NDArray[np.float64]

# Groups of which the largest are shown when nobody asked for any: never groups chosen because they differ.
_USUAL = ('household == "single"', 'household == "single_parent"', 'household == "couple"', "debt > 0", "hours > 0")
_MOST_ASKED = 4


@dataclass(frozen=True)
class Part:
    """A group of people: `member` [n] of the whole population; `own` when the plan's own rules make it."""

    name: Say
    member: npt.NDArray[np.bool_]
    own: bool


def parts_of(plan: Plan, asked: Sequence[str] = ()) -> list[Part]:
    """Return the groups of the page: the plan's own, then those asked for, or else the largest usual ones.

    Raises:
        InputError: an expression that cannot be read, or that nobody fits.
    """
    population = plan.population
    there = np.asarray(population["entry_month"] <= 0)
    side = plan.sides[1]
    own = [Part(who, member & there, own=True) for who, _, member in _rules(side, population, plan.keys[0])]
    if len(own) < 2:
        own = []  # everybody is the first row of the table already
    problems: list[Problem] = []
    others: list[Part] = []
    for text in asked[:_MOST_ASKED] if asked else _USUAL:
        member = _people(text, population, problems if asked else []) & there
        if asked and not problems and not member.any():
            problems.append(Problem("--group", text, Say("somebody of these people", "iemand van deze mensen")))
        others.append(Part(Say(who_they_are(text, "en"), who_they_are(text, "nl")), member, own=False))
    InputError.raise_if(problems)
    if not asked:
        others = [part for part in others if part.member.any() and not part.member[there].all()]
        others = sorted(others, key=lambda part: -int(part.member.sum()))[:_MOST_ASKED]
    return [*own, *others]


def policy_of(plan: Plan) -> dict[str, tuple[Rule, ...]]:
    """Return for every scenario who gets what, and what share of the people they are."""
    there = np.asarray(plan.population["entry_month"] <= 0)
    return {
        side.scenario.name: tuple(
            Rule(who, what, float(member[there].mean()))
            for who, what, member in _rules(side, plan.population, plan.keys[0])
        )
        for side in plan.sides
    }


def council_of_run(
    plan: Plan,
    answer: Answer,
    accounts: Cost,
    parts: Sequence[Part],
    table: Array,
    *,
    place: str,
    question: Say | None = None,
    calibrated: bool,
) -> Council:
    """Return the data of the page.

    Args:
        plan: baseline and plan.
        answer: what the page is about.
        accounts: of the same run.
        parts: the groups.
        table: [2, draw, seed, groups + 1] means of the answer's outcome in its month, everybody last.
        place: name of the municipality, or empty.
        question: the title, when one was given.
        calibrated: the parameters were fitted to the trials.
    """
    side, result = plan.sides[1], accounts.result
    scenario, name = side.scenario, result.scenarios[1]
    there = np.asarray(plan.population["entry_month"] <= 0)
    treatment = main_treatment([regime for regime in positions(result)[1] if regime])
    years = plan.months / 12.0
    net = _yearly(accounts.account(name, "municipality"), years)
    outlay = _yearly(accounts.outlay(name), years)
    return Council(
        run_id=result.run_id,
        created=result.provenance.created,
        version=code_version(),
        place=place,
        question=question or question_of(treatment, answer.asked.measure, place, scenario.title),
        plan=_plan(scenario.title, plan),
        answer=answer,
        treatment=treatment or "",
        rules=policy_of(plan)[scenario.name],
        groups=tuple(_groups(parts, table, there)),
        amounts=tuple(_amounts(accounts, name, years)),
        net=net,
        outlay=outlay,
        price=_price(accounts, name),
        years=years,
        calibrated=calibrated,
        notes=tuple(_notes(answer)),
    )


def _rules(side: Side, population: Population, key: int) -> Iterator[tuple[Say, Say, npt.NDArray[np.bool_]]]:
    """Give who, what and which people, for every rule of the plan."""
    scenario, everyone = side.scenario, np.ones(len(population), dtype=np.bool_)
    assignment = scenario.assignment

    def what(regime: str) -> Say:
        levers = scenario.regimes[regime].levers
        return Say(what_people_get(levers, "en"), what_people_get(levers, "nl"))

    if isinstance(assignment, Everybody):
        yield EVERYBODY, what(assignment.regime), everyone
        return
    if isinstance(assignment, ByRules):
        read, _ = read_rules(assignment, "assignment", population)
        which = first_match(read, columns_of(population), len(population))
        for number_of, rule in enumerate(assignment.rules):
            who = Say(who_they_are(rule.when, "en"), who_they_are(rule.when, "nl"))
            yield who, what(rule.regime), which == number_of
        yield OTHERS, what(assignment.otherwise), which == len(assignment.rules)
        return
    names, given = assign(population, assignment, scenario.regimes, seed=key)
    for index, regime in enumerate(names):
        title = scenario.regimes[regime].title
        yield title, what(regime), given == index


def _people(text: str, population: Population, problems: list[Problem]) -> npt.NDArray[np.bool_]:
    labels = {"municipality": population.municipalities, "arm": population.arms}
    condition, wrong = read_condition(text, "--group", labels)
    problems += wrong
    if condition is None or wrong:
        return np.zeros(len(population), dtype=np.bool_)
    return np.broadcast_to(condition(columns_of(population)) != 0, (len(population),)).copy()


def _groups(parts: Sequence[Part], table: Array, there: npt.NDArray[np.bool_]) -> Iterator[Group]:
    whole, count = table[1] - table[0], int(there.sum())
    for place, part in enumerate(parts):
        size = int(part.member.sum())
        # Neither a small group nor everybody but a few: those few could be found by subtraction.
        if size < SMALLEST or 0 < count - size < SMALLEST:
            yield Group(part.name, size / count, None, part.own)
            continue
        values = whole[..., place]
        # The last row of the table is everybody: what is left of them when the group is taken out.
        rest = (count * whole[..., -1] - size * values) / max(count - size, 1)
        yield Group(
            part.name,
            size / count,
            _span(values),
            part.own,
            clear=_clear(values),
            apart=count > size and _clear(values - rest),
        )


def _span(values: Array) -> Span | None:
    parts = decompose(values[..., None], 0.9)
    ends = (float(parts.mean[0]), float(parts.low[0]), float(parts.high[0]))
    return Span(*ends) if np.isfinite(ends).all() else None


def _clear(values: Array) -> bool:
    """Whether a difference leaves zero out by more than computing alone can move it, as a verdict asks."""
    span = _span(values)
    draws, seeds = values.shape
    if span is None or not enough(draws, seeds) or span.low <= 0.0 <= span.high:
        return False
    nearest = min(abs(span.low), abs(span.high))
    return nearest > end_error(span.half, components(values), draws, seeds)


def _yearly(values: Array, years: float) -> Span:
    span = _span(values / years)
    return span if span is not None else Span(0.0, 0.0, 0.0)


def _amounts(accounts: Cost, name: str, years: float) -> Iterator[Amount]:
    assumed = bool(accounts.assumed_of("municipality"))
    outlay = accounts.outlay(name)
    benefits = accounts.account(name, "municipality") + outlay
    delivery = Say("Carrying it out", "Uitvoering")
    if np.any(outlay):
        yield Amount("delivery", delivery, "part", _yearly(-outlay, years), assumed)
    if np.any(benefits):
        yield Amount("benefit", Say("Benefits", "Uitkeringen"), "part", _yearly(benefits, years))
    texts = {
        "municipality": Say("Municipality", "Gemeente"),
        "participant": Say("People on benefit", "Mensen met bijstand"),
        "national": Say("National government", "Rijk"),
        "society": Say("Together", "Samen"),
    }
    for party in ("municipality", *(each for each in PARTIES if each != "municipality")):
        kind = {"municipality": "municipality", "society": "sum"}.get(party, "party")
        yield Amount(party, texts[party], kind, _yearly(accounts.account(name, party), years))


def _price(accounts: Cost, name: str) -> Say:
    prices: Prices = accounts.prices
    if not np.any(accounts.outlay(name)) or "caseworker_hour" not in accounts.assumed_of("municipality"):
        return Say("", "")
    value = prices["caseworker_hour"]
    en, nl = (number(value, 0 if value == round(value) else 2, lang) for lang in ("en", "nl"))
    return Say(f"{en} euros for an hour of a caseworker", f"{nl} euro voor een uur van een klantmanager")


def _plan(title: Say, plan: Plan) -> Say:
    en, nl = (period(plan.months, lang) for lang in ("en", "nl"))
    today = plan.sides[0].scenario.name == "regular"
    against = (
        Say("We compare it with how it is today.", "Wij vergelijken het met hoe het nu gaat.")
        if today
        else Say(
            f"We compare it with: {plan.sides[0].scenario.title.en}.",
            f"Wij vergelijken het met: {plan.sides[0].scenario.title.nl}.",
        )
    )
    return Say(f"{title.en}. We look at {en}. {against.en}", f"{title.nl}. Wij kijken naar {nl}. {against.nl}")


def _notes(answer: Answer) -> Iterator[Say]:
    found = answer.found
    if found is not None and found.own is not None and answer.label.own_town == "differs":
        town = place_name(found.own.town)
        yield Say(f"Why the trial in {town} found something else.", f"Waarom de proef in {town} iets anders vond.")
