"""What stands beside the numbers of a run: the trials' own findings, and the same scenarios under the prior."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.answering.request import Watch
from app.answering.runner import Runner
from sim.problems import Say

if TYPE_CHECKING:
    from analysis.answer.build import Beside, Place
    from analysis.answer.triple import Answer, Span
    from analysis.effects.summary import Summary
    from scenarios.execution.plan import Plan
    from scenarios.execution.result import RunResult
    from scenarios.store.store import Store

__all__ = ["answers_of_run", "assumed_by", "beside_of", "found_in", "keep_assumed", "kept_assumed", "town_of"]

_ASSUMED = Say("what was assumed", "wat vooraf gold")
_KIND = "assumed"
# The interval of what was assumed needs no more seeds than a verdict does.
_SEEDS = 2


def answers_of_run(
    result: RunResult,
    summary: Summary,
    assumed: Mapping[Place, Span] | None = None,
    *,
    months: Sequence[int] | None = None,
    groups: Sequence[str] = ("all",),
) -> tuple[Answer, ...]:
    """Return the answers of a run, none when it has nothing to compare."""
    from analysis.answer.build import answers_of

    if len(summary.scenarios) < 2:
        return ()
    return tuple(answers_of(result, summary, beside_of(result, assumed), months=months, groups=groups))


def beside_of(result: RunResult, assumed: Mapping[Place, Span] | None = None) -> Beside:
    """Return the direct evidence for the people of a run, and what was assumed."""
    from analysis.answer.build import Beside, arms_of
    from calibration.meta_analysis.bundles import bundles
    from sim.regime.presets import presets

    declared = {(each.town, each.arm): frozenset(each.treatments) for each in bundles().values()}
    town = town_of(str(result.provenance.population.get("name", "")))
    return Beside(found_in, arms_of(declared, presets()), dict(assumed or {}), town)


def town_of(population: str) -> str:
    """Return the trial town of a population; empty for any other."""
    from sim.regime.presets import TRIALS

    town = population.removesuffix("_eligible")
    return town if town in TRIALS else ""


def found_in(treatment: str, measure: str, town: str) -> Mapping[str, Any] | None:
    """Return what the trials found, as the "found" block of an answer; None where none measured it."""
    from calibration.meta_analysis.found import found

    told = found(treatment, measure, town=town)
    return None if told is None else told.as_json(town)


def assumed_by(plan: Plan, runner: Runner, watch: Watch) -> dict[Place, Span]:
    """Return what the scenarios of a plan do under the prior: the same people and random numbers, fewer seeds.

    A plan that draws from the prior already gives what it assumes; one scenario alone has no difference.
    """
    from analysis.answer.build import assumed_of
    from analysis.effects.summary import summarise
    from scenarios.execution.plan import under_priors

    if len(plan.sides) < 2:
        return {}
    before = under_priors(plan, seeds=_SEEDS)
    return assumed_of(summarise(runner.simulate(before, watch, _ASSUMED)))


def keep_assumed(store: Store, run_id: str, assumed: Mapping[Place, Span]) -> None:
    """Store what was assumed with its run."""
    rows = [[*place, asdict(span)] for place, span in assumed.items()]
    store.add_source(_KIND, f"{run_id}.json", json.dumps(rows).encode(), run_id=run_id)


def kept_assumed(store: Store, run_id: str) -> dict[Place, Span]:
    """Return what was assumed of a stored run; empty where that was not kept."""
    from analysis.answer.triple import Span

    named = [source for source in store.sources_of(run_id) if source.kind == _KIND]
    if not named:
        return {}
    _, data = store.source(named[-1].sha256)
    return {
        (scenario, measure, month, group): Span(**span) for scenario, measure, month, group, span in json.loads(data)
    }


