"""What stands beside the numbers of a run: the trials' own findings, and the same scenarios under the prior."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.answering.request import FailedRunError, Watch
from app.answering.runner import Runner
from sim.problems import Say

if TYPE_CHECKING:
    from analysis.answer.build import Beside, Place
    from analysis.answer.council import Council, Rule
    from analysis.answer.triple import Answer, Span
    from analysis.effects.summary import Summary
    from scenarios.execution.plan import Plan
    from scenarios.execution.result import RunResult
    from scenarios.store.store import Store

__all__ = [
    "PAGE",
    "answers_of_run",
    "assumed_of_run",
    "beside_of",
    "found_in",
    "keep_assumed",
    "kept_assumed",
    "kept_page",
    "kept_policy",
    "policy_of_run",
    "records_of",
    "town_of",
    "write_answers",
]

_ASSUMED = Say("what was assumed", "wat vooraf gold")
_KIND, _NAME, _POLICY, PAGE = "other", "assumed.json", "policy.json", "council.json"
# The interval of what was assumed needs no more seeds than a verdict does.
_SEEDS = 2


def answers_of_run(
    result: RunResult,
    summary: Summary,
    assumed: Mapping[Place, Span] | None = None,
    *,
    measures: Sequence[str] | None = None,
    months: Sequence[int] | None = None,
    groups: Sequence[str] = ("all",),
) -> tuple[Answer, ...]:
    """Return the answers of a run, none when it has nothing to compare."""
    from analysis.answer.build import answers_of

    if len(summary.scenarios) < 2:
        return ()
    return tuple(
        answers_of(result, summary, beside_of(result, assumed), measures=measures, months=months, groups=groups)
    )


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

    told = found(treatment, measure)
    return None if told is None else told.as_json(town)


def assumed_of_run(result: RunResult, plan: Plan, runner: Runner, watch: Watch) -> dict[Place, Span]:
    """Return what the scenarios of a run do under the prior, and keep it with the run where there is a database.

    The same people and random numbers, fewer seeds. One scenario alone has no difference; a run that itself drew
    from the prior is what was assumed.
    """
    from analysis.answer.build import assumed_of
    from analysis.effects.summary import summarise
    from scenarios.execution.plan import under_priors

    if len(plan.sides) < 2:
        return {}
    before = result
    if plan.source is not None:
        try:
            before = runner.simulate(under_priors(plan, seeds=_SEEDS), watch, _ASSUMED)
        except FailedRunError as error:  # the run itself is whole: its answers then do not say what was assumed
            if watch.note is not None:
                watch.note(error.text)
            return {}
    assumed = assumed_of(summarise(before))
    if runner.store is not None:
        keep_assumed(runner.store, result.run_id, assumed)
    return assumed


def keep_assumed(store: Store, run_id: str, assumed: Mapping[Place, Span]) -> None:
    """Store what was assumed with its run."""
    rows = [[*place, asdict(span)] for place, span in assumed.items()]
    store.add_source(_KIND, _NAME, json.dumps(rows).encode(), run_id=run_id)


def kept_assumed(store: Store, run_id: str) -> dict[Place, Span]:
    """Return what was assumed of a stored run; empty where that was not kept."""
    from analysis.answer.triple import Span

    data = _kept(store, run_id, _NAME)
    if data is None:
        return {}
    return {
        (scenario, measure, month, group): Span(**span) for scenario, measure, month, group, span in json.loads(data)
    }


def policy_of_run(plan: Plan, result: RunResult, runner: Runner) -> dict[str, tuple[Rule, ...]]:
    """Return who gets what under every scenario, and how many they are; kept with the run where there is a database."""
    from analysis.answer.assemble import policy_of

    policy = policy_of(plan)
    if runner.store is not None:
        rows = {
            name: [[rule.who._asdict(), rule.what._asdict(), rule.share] for rule in rules]
            for name, rules in policy.items()
        }
        runner.store.add_source(_KIND, _POLICY, json.dumps(rows).encode(), run_id=result.run_id)
    return policy


def kept_policy(store: Store, run_id: str) -> dict[str, tuple[Rule, ...]]:
    """Return who got what in a stored run; empty where that was not kept."""
    from analysis.answer.council import Rule

    data = _kept(store, run_id, _POLICY)
    rows = {} if data is None else json.loads(data)
    return {
        name: tuple(Rule(Say(**who), Say(**what), share) for who, what, share in rules) for name, rules in rows.items()
    }


def kept_page(store: Store, run_id: str) -> Council | None:
    """Return the council page of a stored run; None where it has none."""
    from analysis.answer.council import council_of

    data = _kept(store, run_id, PAGE)
    return None if data is None else council_of(json.loads(data))


def _kept(store: Store, run_id: str, name: str) -> bytes | None:
    named = [source for source in store.sources_of(run_id) if source.name == name]
    return store.source(named[-1].sha256)[1] if named else None


def records_of(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Return answers for machines."""
    from analysis.answer.triple import record

    return [record(answer) for answer in answers]


def write_answers(answers: Sequence[Answer], folder: Path, run_id: str) -> list[Path]:
    """Write answers and the towns' findings beside them as tables; nothing where there are none."""
    from analysis.answer.records import answers_csv, towns_csv

    if not answers:
        return []
    paths = [folder / "answers.csv", folder / "found_towns.csv"]
    paths[0].write_text(answers_csv(answers, run_id), encoding="utf-8")
    paths[1].write_text(towns_csv(answers, run_id), encoding="utf-8")
    return paths
