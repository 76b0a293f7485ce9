"""Policies for the whole caseload: net benefit and effects, from a run of scenarios and not from a trial's own arms.

A policy is an arm's regime for everybody on benefit, for as long as the horizon; the baseline is the control group's.
It is the same for every design with these arms, so that designs differ in their data only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from analysis.cost.accounts import EFFECTS
from analysis.cost.of_run import cost
from analysis.cost.prices import Prices
from analysis.outcomes import outcomes
from analysis.planning.design import Design
from scenarios.description.parameter_source import ParameterSource
from scenarios.description.schema import Scenario
from scenarios.execution.plan import Options, plan
from scenarios.execution.run import execute
from sim.problems import Say
from sim.regime.assignment import Assignment, ByRules, Everybody, Rule
from sim.regime.presets import assignment_presets, background_of
from sim.regime.regime import with_months
from sim.trial.own_regimes import regimes_of
from sim.trial.planned import PlannedArm, Site

__all__ = ["Caseload", "caseload_key", "caseload_of"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Caseload:
    """What policies do to the caseload.

    Attributes:
        benefit: net benefit per person, [K, 1 + treatments]; the first is the control regime: 0.
        effects: (outcome, month, arm) -> effect in units of the outcome, [K].
        people: eligible people of the sites.
        parameters: [K, P].
    """

    benefit: Array
    effects: Mapping[tuple[str, int, str], Array]
    people: int
    parameters: Array


def caseload_key(design: Design) -> tuple[object, ...]:
    """Return what the run depends on: designs with the same key share it."""
    sites = tuple(
        (site.name, site.town.eligible, site.arms, site.regimes, site.start, site.market) for site in design.sites
    )
    readings = tuple((one.outcome, one.months) for one in design.readings)
    return (sites, readings, repr(design.worth))


def caseload_of(
    design: Design,
    source: ParameterSource | None,
    prices: Prices,
    *,
    draws: int,
    people: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
    workers: int = 1,
) -> Caseload:
    """Return net benefit and effects of every arm's regime, averaged over the sites by their eligible people.

    Args:
        design: arms, sites and what it is worth.
        source: parameters; the same draws as the trials', for the town of each site.
        prices: of the accounts.
        draws: sets of parameters.
        people: simulated in each site.
        seed: of the plan.
        progress: called with (replicates done, replicates).
        workers: threads.
    """
    weights, benefits, effects, parameters = [], [], [], None
    months = max(design.worth.months, *(month for one in design.readings for month in one.months))
    for site in design.sites:
        scenarios = [_scenario(site, arm, months, people) for arm in _arms(site)]
        options = Options(source=source, draws=draws, seeds=1, seed=seed)
        made = plan(scenarios, options)
        found = cost(made, prices, partial(execute, progress=progress, workers=workers))
        parameters = made.draws if parameters is None else parameters
        weights.append(float(site.town.eligible_people))
        benefits.append(_benefit(design, found, len(scenarios)))
        effects.append(_effects(design, found.result.values, found.result.measures))
    share = np.array(weights) / np.sum(weights)
    mean = {key: np.sum([w * one[key] for w, one in zip(share, effects, strict=True)], axis=0) for key in effects[0]}
    assert parameters is not None
    total = np.sum([w * one for w, one in zip(share, benefits, strict=True)], axis=0)
    return Caseload(total, mean, int(np.sum(weights)), parameters)


def _arms(site: Site) -> list[PlannedArm]:
    """Return the control group first."""
    return [site.arms[site.control], *(arm for arm in site.arms if not arm.control)]


def _scenario(site: Site, arm: PlannedArm, months: int, people: int) -> Scenario:
    known = {name: with_months(regime, None) for name, regime in regimes_of(site.regimes).items()}
    assignment: Assignment
    if arm.rules:
        assignment = ByRules(tuple(Rule(when, regime) for when, regime in arm.rules), arm.regime)
    else:
        assignment = assignment_presets().get(arm.regime, Everybody(arm.regime))
    return Scenario(
        name=arm.name,
        title=Say(arm.name, arm.name),
        population=site.town.eligible,
        people=people if _drawn(site) else None,
        start=site.start,
        months=months,
        inflow=0,
        regimes={name: replace(regime, ranges={}) for name, regime in known.items()},
        assignment=assignment,
        start_month=1,
        background=background_of(site.town.municipality),
        delivery=site.delivery,
        drift=0.0,
        drift_towards=None,
        market=site.market,
        lockdown=site.lockdown,
        parameters={},
        mechanisms_off=(),
        draws=1,
        seeds=1,
        groups=(),
    )


def _drawn(site: Site) -> bool:
    from scenarios.description.people import is_shipped

    return is_shipped(site.town.eligible)


def _benefit(design: Design, found: object, sides: int) -> Array:
    from analysis.cost.of_run import Cost

    assert isinstance(found, Cost)
    columns = []
    for name in found.scenarios[:sides]:
        total = found.account(name, design.worth.party).mean(axis=1)
        for effect, euros in design.worth.per_unit.items():
            total = total + EFFECTS[effect].good * euros * found.gained(name, effect).mean(axis=1)
        columns.append(total)
    return np.stack(columns, axis=1)


def _effects(design: Design, values: Array, measures: tuple[str, ...]) -> dict[tuple[str, int, str], Array]:
    """Return effects of register outcomes; those that count wage work only have no mean here and are left out."""
    found = {}
    for reading in design.readings:
        outcome = outcomes()[reading.outcome]
        if outcome.source != "register" or outcome.wage_only:
            continue
        for month in reading.months:
            means = sum(
                (w * values[:, :, :, 0, month - 1, measures.index(name)] for name, w in outcome.parts.items()),
                np.zeros(1),
            ).mean(axis=2)
            for number, arm in enumerate(design.treatments, start=1):
                found[reading.outcome, month, arm] = np.asarray(means[number] - means[0])
    return found
