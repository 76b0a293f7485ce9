"""A site of a planned trial, simulated: who signs up, lots, delivery, months, surveys, and its twin without effect.

People stand in the order in which they sign up (the keenest first). Arms are dealt in blocks along that order, by lot
within each block, so that the first n people are exactly the trial of n people: one simulation serves every smaller N.
The *twin* has the same people, caseworkers and luck with every arm under the control regime. Months are those since a
person's own start; every wave is followed equally long.

Luck belongs to (seed, site, draw, replicate, person) and not to the design: designs of one town meet the same people
and the same luck, so that what differs between them is their difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from sim.engine.simulate import Job
from sim.outcomes.measurement import answers, item_response, items
from sim.people.columns import STATES, TRAITS
from sim.people.population import Population
from sim.random_numbers import Draws, stream, uniform
from sim.regime.assignment import Assignment, ByArm, ByRules, Everybody, Rule
from sim.regime.presets import assignment_presets, background_of
from sim.regime.regime import Regime, with_months
from sim.regime.rules import read_number
from sim.regime.schedule import Schedule, compile_schedule
from sim.setting import make_setting
from sim.trial.clusters import Lot, dealt, staffed
from sim.trial.design import TrialDesign
from sim.trial.measure import live
from sim.trial.own_regimes import regimes_of
from sim.trial.pool import Pool, pool_of
from sim.trial.recruit import People, score
from sim.trial.response_law import Loss

__all__ = ["PlannedArm", "Site", "SiteTrials", "cluster_people", "simulate_site"]

Array = npt.NDArray[np.float64]
_REGULAR = "regular"


@dataclass(frozen=True)
class PlannedArm:
    """One arm: a regime, or rules that give each person one of several (`otherwise` for the rest).

    Attributes:
        name: how it is called.
        regime: name of a regime of the site or of a preset; the last resort of `rules`.
        share: share of the participants.
        control: whether it is the control group.
        rules: (condition, regime) in order: tailoring.
    """

    name: str
    regime: str
    share: float
    control: bool = False
    rules: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Site:
    """One site of a planned trial; everything in it is known before the trial.

    Attributes:
        name: of the site; sites of one name in different designs share people and luck.
        town: who is eligible, what makes people sign up, refuse and answer, what is regular (`sim.trial.read.design`).
        people: participants at most.
        arms: the control group among them.
        regimes: regimes of the plan's own, as text (`sim.trial.own_regimes`).
        treatment: months of treatment, its tail included; None = it goes on after the follow-up.
        announced: people know when it ends.
        follow_up: months.
        start, waves: first start, and (months later, share) of each wave.
        lot: by person, or whole clusters (`sim.trial.clusters`).
        strata: rules; lots are drawn within every combination of them.
        loss: withdrawal and answers.
        surveys: months in which people are asked; empty = nobody is asked anything.
        delivery: share of the planned difference that arrives.
        market, lockdown: labour market.
    """

    name: str
    town: TrialDesign
    people: int
    arms: tuple[PlannedArm, ...]
    regimes: str
    treatment: int | None
    announced: bool
    follow_up: int
    start: date
    waves: tuple[tuple[int, float], ...]
    lot: Lot
    strata: tuple[str, ...]
    loss: Loss
    surveys: tuple[int, ...]
    delivery: float
    market: str = "historic"
    lockdown: bool = True

    @property
    def control(self) -> int:
        """Place of the control group."""
        return next(place for place, arm in enumerate(self.arms) if arm.control)


@dataclass(frozen=True)
class SiteTrials:
    """Trials of one site and one set of parameters; people in the order of sign-up, shape [trials, people] each.

    Attributes:
        arm, cluster, wave: of each person; clusters count from 0 in every trial.
        withdrawn: withdrew at the start.
        covariates: what the reports control for (`sim.trial.data`).
        months: months of `register`.
        register, register_twin: outcome -> [months, trials, people].
        survey, survey_twin: item -> [surveys, trials, people]; NaN: no answer.
        survey_all, survey_all_twin: what everybody would have answered.
    """

    arm: npt.NDArray[np.int64]
    cluster: npt.NDArray[np.int64]
    wave: npt.NDArray[np.int64]
    person: npt.NDArray[np.int64]
    withdrawn: npt.NDArray[np.bool_]
    covariates: Mapping[str, Array]
    months: tuple[int, ...]
    register: Mapping[str, Array]
    register_twin: Mapping[str, Array]
    survey: Mapping[str, Array] = field(default_factory=dict)
    survey_twin: Mapping[str, Array] = field(default_factory=dict)
    survey_all: Mapping[str, Array] = field(default_factory=dict)
    survey_all_twin: Mapping[str, Array] = field(default_factory=dict)


def simulate_site(
    site: Site,
    parameters: Array,
    place: Mapping[str, float],
    *,
    seed: int,
    draw: int,
    trials: int,
    months: Sequence[int],
    measures: Sequence[str],
    survey_items: Sequence[str] = (),
    twin: bool = True,
    sites_before: int = 0,
) -> SiteTrials:
    """Return `trials` trials of one site under one set of parameters.

    Args:
        site: the site.
        parameters: one vector of `sim.parameters`, shape [P].
        place: shifts of the municipality (`sim.engine.rows.PLACE`).
        seed: base seed of the plan.
        draw: number of the set of parameters; with the seed it is the key of the luck.
        trials: how many.
        months: months after the start in which registers are kept.
        measures: names of `sim.outcomes.measures.MEASURES`.
        survey_items: items that are analysed; without, no survey is simulated.
        twin: simulate the twin too.
        sites_before: sites of this trial on the same population: each has people of its own.
    """
    pool = pool_of(site.town, seed)
    key = stream("planned", seed, site.name, draw)
    society = draw * trials + 7 * sites_before
    people, turn = _recruited(pool, site, key, society, trials)
    arm, cluster = dealt(people, turn, trials, site.lot, _strata(site, people), [a.share for a in site.arms], key)
    wave = _waves(turn, [share for _, share in site.waves])
    cohort = _withdraws(site, people, key)
    clients = _clients(site)
    # Whoever withdraws at once never meets the arm's own staff; in the twin there is none.
    office = np.where((clients[arm + 1] > 0) & (cohort != 0), arm + 1, 0)
    staff = [staffed(people, turn, cluster, site.lot, each, clients, key) for each in (office, np.zeros_like(office))]
    shape = (trials, site.people)
    kept = sorted({*months, *(site.surveys if survey_items else ())})
    names = _names(site, measures, survey_items)
    states = [np.full((len(kept), len(names), len(people)), np.nan) for _ in range(2 if twin else 1)]
    for number, (later, _) in enumerate(site.waves):
        rows = np.flatnonzero(wave == number)
        if not len(rows):
            continue
        first = _month_later(site.start, later)
        setting = make_setting(first, site.follow_up, market=site.market, lockdown=site.lockdown)
        shifts = {name: np.full(trials, float(value)) for name, value in place.items()}
        for world, state in enumerate(states):
            desk, quality = staff[world]
            own = rows[np.argsort(desk[rows], kind="stable")]
            population = _population(site, people.take(own), arm[own], cohort[own], desk[own], quality[own], first)
            arms = site.arms
            if world:
                arms = tuple(replace(site.arms[site.control], name=one.name) for one in arms)
            job = Job(parameters, _schedule(site, population, arms, key), key, shifts)
            state[:, :, own] = live(population, [job], setting, kept, names, 1)[0]
    at = [kept.index(month) for month in months]

    def register(world: int) -> dict[str, Array]:
        return {name: states[world][at, names.index(name)].reshape(len(at), *shape) for name in measures}

    asked: list[tuple[dict[str, Array], dict[str, Array]]] = [({}, {}), ({}, {})]
    if survey_items:
        luck = Draws(key, people.person)
        for world, taken in enumerate(states):
            asked[world] = _surveyed(site, people, arm, cohort, taken, kept, names, survey_items, luck, shape)
    covariates = {name: values.reshape(shape) for name, values in _covariates(people, site, wave).items()}
    return SiteTrials(
        arm.reshape(shape),
        cluster.reshape(shape),
        wave.reshape(shape),
        people.person.reshape(shape),
        (cohort == 0).reshape(shape),
        covariates,
        tuple(months),
        register(0),
        register(1) if twin else {},
        asked[0][0],
        asked[1][0],
        asked[0][1],
        asked[1][1],
    )


def cluster_people(site: Site) -> float:
    """Return the people that share a cluster of the lot, on average (1 for a lot by person)."""
    return 1.0 if site.lot.by == "person" else site.people / site.lot.clusters


def _recruited(pool: Pool, site: Site, key: int, society: int, trials: int) -> tuple[People, npt.NDArray[np.int64]]:
    """Return who signs up, trial by trial, the keenest first, and everybody's place in that order."""
    rows, ids = [], []
    for trial in range(trials):
        place = pool.society(society + trial)
        person = pool.ids(society + trial, trial)
        drawn = uniform(key, "volunteering_for_trial", 0, person)
        keen = pool.wish[place] + np.log(drawn / (1.0 - drawn))
        best = np.argpartition(-keen, site.people - 1)[: site.people]
        best = best[np.lexsort((best, -keen[best]))]
        rows.append(place.start + best)
        ids.append(person[best])
    people = pool.people.take(np.concatenate(rows))
    replicate = np.repeat(np.arange(trials), site.people)
    people = replace(people, person=np.concatenate(ids), replicate=replicate)
    return people, np.tile(np.arange(site.people), trials)


def _strata(site: Site, people: People) -> npt.NDArray[np.int64]:
    from sim.trial.recruit import excluded

    code = np.zeros(len(people), dtype=np.int64)
    for rule in site.strata:
        code = code * 2 + excluded((rule,), people)
    return code


def _waves(turn: npt.NDArray[np.int64], shares: Sequence[float]) -> npt.NDArray[np.int64]:
    """Return the wave of each place in the order of sign-up: every beginning has the waves in their shares."""
    spot = (turn + 0.5) * 0.6180339887498949 % 1.0
    bounds = np.cumsum(shares) / np.sum(shares)
    return np.minimum(np.searchsorted(bounds, spot, side="right"), len(shares) - 1)


def _withdraws(site: Site, people: People, key: int) -> npt.NDArray[np.int64]:
    """Return the last month of treatment of those who withdraw (0: from the start), -1 for those who stay.

    What moves people to refuse moves who they are; the share is that of the law, whoever takes part.
    """
    drawn = uniform(key, "withdrawal", 0, people.person)
    wish = score(site.town.leaving_terms, people, key) + np.log(drawn / (1.0 - drawn))
    rank = np.empty(len(people))
    rank[np.argsort(-wish, kind="stable")] = (np.arange(len(people)) + 0.5) / len(people)
    found = np.full(len(people), -1, dtype=np.int64)
    before = 0.0
    for month, share in site.loss.cohorts(site.follow_up):
        found[(rank >= before) & (rank < before + share)] = month
        before += share
    return found


def _clients(site: Site) -> Array:
    """Return how many participants one caseworker of each arm has, [arms + 1]: an arm with a caseload has staff.

    0 = the regular caseworkers, who serve the people of all such arms; their own place is the first.
    """
    known = regimes_of(site.regimes)
    found = [0.0]
    for arm in site.arms:
        levers = known[arm.regime].levers if arm.regime in known else {}
        found.append(float(levers.get("caseload", 0.0)) if not arm.control else 0.0)
    return np.array(found)


def _population(
    site: Site,
    people: People,
    arm: npt.NDArray[np.int64],
    cohort: npt.NDArray[np.int64],
    desk: npt.NDArray[np.int64],
    quality: Array,
    start: date,
) -> Population:
    groups = _groups(site)
    cohorts = sorted({month for _, month in groups})
    labels = tuple(f"{site.arms[place].name} {month}" for place, month in groups)
    number = arm * len(cohorts) + np.searchsorted(cohorts, cohort)
    columns = {name: people.columns[name] for name in people.columns if name in TRAITS or name in STATES}
    columns["quality"] = quality
    _, seat = np.unique(desk, return_inverse=True)
    many = int(people.replicate.max()) + 1
    return Population(
        name=site.name,
        start=start,
        person=people.person,
        municipality=people.replicate.astype(np.int16),
        municipalities=tuple(f"{site.name} {trial}" for trial in range(many)),
        caseworker=seat.astype(np.int32),
        arm=number.astype(np.int16),
        arms=labels,
        columns=columns,
        source=site.town.source,
    )


def _groups(site: Site) -> list[tuple[int, int]]:
    """Return every (arm, last month of treatment of those who withdraw; -1: they stay)."""
    months = sorted({-1, *(month for month, _ in site.loss.cohorts(site.follow_up))})
    return [(place, month) for place in range(len(site.arms)) for month in months]


def _schedule(site: Site, population: Population, arms: Sequence[PlannedArm], key: int) -> Schedule:
    background = background_of(site.town.municipality)
    known = regimes_of(site.regimes)
    regimes: dict[str, Regime] = {background.name: background}
    targets: dict[str, str | Assignment] = {}

    def named(name: str, month: int) -> str:
        """Return the name of a regime that lasts as planned, or until somebody withdraws (then nobody announced it)."""
        full = with_months(known[name], site.treatment)
        full = replace(full, announced=site.announced and site.treatment is not None)
        if month > 0 and (site.treatment is None or month < site.treatment):
            full = replace(with_months(known[name], month), announced=False)
        label = f"{name}~{month}"
        regimes[label] = replace(full, name=label, ranges={})
        return label

    for (place, month), label in zip(_groups(site), population.arms, strict=True):
        one = arms[place]
        if month == 0:
            targets[label] = background.name
        elif one.rules:
            rules = tuple(Rule(when, named(regime, month)) for when, regime in one.rules)
            there = bool((population.arm == population.arms.index(label)).any())
            targets[label] = ByRules(rules, named(one.regime, month)) if there else Everybody(background.name)
        elif one.regime in known:
            targets[label] = named(one.regime, month)
        else:
            targets[label] = assignment_presets()[one.regime]
            regimes |= {name: regime for name, regime in known.items() if name not in regimes}
    return compile_schedule(
        population,
        regimes,
        ByArm(targets),
        months=site.follow_up,
        background=background,
        delivery=site.delivery,
        seed=key,
    )


def _names(site: Site, measures: Sequence[str], survey_items: Sequence[str]) -> tuple[str, ...]:
    names = list(measures)
    if survey_items:
        known = items(site.town.survey.study)
        for item in survey_items:
            for part in (item, *known[item].parts):
                names += known[part].loadings
        for term in site.town.survey.terms:
            expression, _ = read_number(term.of, term.name, {"municipality": (), "arm": ()})
            names += sorted(expression.states) if expression is not None else []
    return tuple(dict.fromkeys(names))


def _surveyed(
    site: Site,
    people: People,
    arm: npt.NDArray[np.int64],
    cohort: npt.NDArray[np.int64],
    states: Array,
    kept: Sequence[int],
    names: Sequence[str],
    survey_items: Sequence[str],
    draws: Draws,
    shape: tuple[int, int],
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return answers by item, [surveys, trials, people]: of the share of the law in every arm, and of everybody."""
    survey = site.town.survey
    found = {name: np.full((len(site.surveys), len(people)), np.nan) for name in survey_items}
    everybody = {name: values.copy() for name, values in found.items()}
    persistence = survey.persistence.value
    own = draws.normal("survey_response", 0)
    for wave, month in enumerate(site.surveys):
        now = {name: states[kept.index(month), place] for place, name in enumerate(names)}
        new = draws.normal("survey_response", wave + 1)
        luck = np.pi / np.sqrt(3.0) * (np.sqrt(persistence) * own + np.sqrt(1.0 - persistence) * new)
        given_states = {name: values for name, values in now.items() if name in STATES}
        willing = score(survey.terms, people, draws.seed, states=given_states) + luck
        asked = ~((cohort >= 0) & (cohort <= month))
        responded = np.zeros(len(people), dtype=bool)
        for place in range(len(site.arms)):
            rows = np.flatnonzero((arm == place) & asked)
            if len(rows):
                level = np.quantile(willing[rows], 1.0 - site.loss.answers(month))
                responded[rows] = willing[rows] >= level
        reporting = people.column("reporting_trait")
        given = answers(survey.study, wave, now, reporting, draws, only=survey_items)
        partial = item_response(survey.study, wave, draws)
        for name in survey_items:
            everybody[name][wave] = given[name]
            found[name][wave] = np.where(responded & partial.get(name, np.True_), given[name], np.nan)
    first, second = (
        {name: values.reshape(len(site.surveys), *shape) for name, values in each.items()}
        for each in (found, everybody)
    )
    return first, second


def _covariates(people: People, site: Site, wave: npt.NDArray[np.int64]) -> dict[str, Array]:
    names = ("male", "age", "household", "migration", "education", "spell_months")
    found = {name: people.column(name) for name in names}
    found["household_type"] = people.column("household") * 2.0 + (people.column("youngest_child_age") >= 0)
    before = people.column("earnings_before")
    found["earnings_year_before"], found["earned_before"] = 12.0 * before, (before > 0).astype(np.float64)
    found["wave"] = wave.astype(np.float64)
    found["new_inflow"] = np.zeros(len(people))
    for number, rule in enumerate(site.strata):
        from sim.trial.recruit import excluded

        found[f"stratum{number}"] = excluded((rule,), people).astype(np.float64)
    return found


def _month_later(start: date, months: int) -> date:
    total = start.year * 12 + start.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)
