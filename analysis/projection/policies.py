"""Projections: policies of several lengths over one horizon, and the questions that only they can answer.

Every policy is watched for the same months as its baseline, under the same luck. Beside its effect four
kinds of contrasts are taken replicate by replicate, so that each has an interval of its own:

* ``longer``: a longer treatment minus a shorter one, in the same month;
* ``between``: one policy minus another that was named before it, of the same length and ending;
* ``since_end``: the effect in a later month minus that in the last month of treatment: an effect above zero
  that fades has it below zero, a late effect above;
* ``announced``: an end that people know minus the same end that comes as a surprise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.effects.summary import LEVEL, Row, Summary
from analysis.effects.validity import worst
from analysis.inference.variance import Apart, decompose
from scenarios.description.schema import Scenario
from scenarios.description.vary import Variation, background_of, vary
from scenarios.execution.result import RunResult
from sim.problems import InputError, Problem, Say
from sim.regime.assignment import Everybody
from sim.small_groups import SMALLEST

__all__ = ["KINDS", "Policy", "answers", "marks_of", "policies", "question"]

KINDS: dict[str, Say] = {
    "longer": Say("{scenario} minus {baseline}", "{scenario} min {baseline}"),
    "between": Say("{scenario} minus {baseline}", "{scenario} min {baseline}"),
    "since_end": Say(
        "change in the effect since the end of the treatment ({scenario})",
        "verandering van het effect sinds het einde van de behandeling ({scenario})",
    ),
    "announced": Say(
        "{scenario}: end announced minus not announced", "{scenario}: einde aangekondigd min niet aangekondigd"
    ),
}
_MARKS = (12, 24, 36, 48, 60, 84, 120, 180, 240)


@dataclass(frozen=True)
class Policy:
    """One side of a projection: a scenario with a length of treatment.

    Attributes:
        scenario: what is run.
        base: name of the scenario that it is a variation of.
        months: months of treatment; None = as the scenario says, 0 = for good.
        announced: whether people know the end; None = as the scenario says.
        ends: last month of treatment in the run, None when it does not stop within it.
    """

    scenario: Scenario
    base: str
    months: int | None
    announced: bool | None
    ends: int | None


def policies(
    scenarios: Sequence[Scenario],
    *,
    treatments: Sequence[int | None] = (None,),
    endings: Sequence[bool] = (True,),
    market: str | None = None,
    lockdown: bool | None = None,
) -> tuple[Scenario, list[Policy]]:
    """Return the baseline of `scenarios` and their policies, one for each length and way of ending.

    Args:
        scenarios: policies; the background of the first is the baseline.
        treatments: months of treatment, 0 for good, None as the scenario says.
        endings: True for an announced end, False for one that comes as a surprise.
        market, lockdown: path of the labour market, None as the scenarios say.

    Raises:
        InputError: lengths that a scenario cannot have; all problems of all scenarios.
    """
    problems: list[Problem] = []
    around = Variation(market=market, lockdown=lockdown)
    taken = {scenario.name for scenario in scenarios if not _is_background(scenario)}
    name = scenarios[0].background.name.replace(".", "_")
    baseline = background_of(scenarios[0], "baseline" if name in taken else name, around)
    found: list[Policy] = []
    for scenario in scenarios:
        if _is_background(scenario):
            continue
        for months in treatments:
            for announced in endings if months else (None,):
                try:
                    found.append(_policy(scenario, months, announced, around))
                except InputError as error:
                    problems += [
                        Problem(f"{scenario.name}: {p.path}", p.value, p.allowed, p.nearest) for p in error.problems
                    ]
    InputError.raise_if(problems)
    return baseline, found


def marks_of(months: int, found: Sequence[Policy]) -> tuple[int, ...]:
    """Return the months that tables show: every year at first, ends of treatments, and the last."""
    ends = {policy.ends for policy in found if policy.ends is not None and policy.ends <= months}
    return tuple(sorted({month for month in _MARKS if month <= months} | ends | {months}))


def answers(result: RunResult, summary: Summary, found: Sequence[Policy], measures: Sequence[str]) -> Iterator[Row]:
    """Give every contrast as a row of one of the `KINDS`."""
    marks = summary.key_months()
    pairs = [("longer", *pair) for pair in _pairs(found)]
    pairs += [("between", *pair) for pair in _between(found)]
    pairs += [("announced", *pair) for pair in _endings(found)]
    for kind, one, other in pairs:
        for measure in measures:
            for month in marks:
                terms = [(1.0, one.scenario.name, month), (-1.0, other.scenario.name, month)]
                yield _contrast(result, summary, kind, one, other.scenario.name, measure, month, terms)
    for policy in found:
        last = policy.ends
        if last is None or last not in summary.months:
            continue
        name, base = policy.scenario.name, summary.baseline
        for measure in measures:
            for month in (each for each in marks if each > last):
                terms = [(1.0, name, month), (-1.0, base, month), (-1.0, name, last), (1.0, base, last)]
                yield _contrast(result, summary, "since_end", policy, base, measure, month, terms)


def question(row: Row, titles: Mapping[str, str], lang: str) -> str:
    """Return what a contrast asks, with the titles of the scenarios."""
    names = {name: titles.get(name, name) for name in (row.scenario, row.baseline)}
    return KINDS[row.kind].to(lang).format(scenario=names[row.scenario], baseline=names[row.baseline])


def _policy(scenario: Scenario, months: int | None, announced: bool | None, around: Variation) -> Policy:
    name, title = scenario.name, scenario.title
    if months is not None:
        name = f"{name[:26]}-{f'{months}m' if months else 'always'}"
        title = Say(
            f"{title.en}, {f'{months} months' if months else 'for good'}",
            f"{title.nl}, {f'{months} maanden' if months else 'blijvend'}",
        )
    if announced is False:
        name += "-silent"
        title = Say(f"{title.en}, end not announced", f"{title.nl}, einde niet aangekondigd")
    change = Variation(months=months, announced=announced, market=around.market, lockdown=around.lockdown)
    made = vary(scenario, name, title, change)
    ends = [regime.months for regime in made.regimes.values() if regime.months and regime.after is None]
    last = made.start_month - 1 + min(ends) if ends else None
    return Policy(made, scenario.name, months, announced, last)


def _is_background(scenario: Scenario) -> bool:
    return scenario.assignment == Everybody(scenario.background.name)


def _pairs(found: Sequence[Policy]) -> Iterator[tuple[Policy, Policy]]:
    """Give (longer, shorter) neighbours of one scenario and one way of ending; for good ends in no way."""
    for base in dict.fromkeys(policy.base for policy in found):
        mine = [policy for policy in found if policy.base == base and policy.months is not None]
        for way in dict.fromkeys(policy.announced for policy in mine if policy.months):
            same = [policy for policy in mine if policy.announced in (way, None)]
            same.sort(key=lambda policy: policy.months or 10_000)
            yield from ((long, short) for short, long in pairwise(same))


def _between(found: Sequence[Policy]) -> Iterator[tuple[Policy, Policy]]:
    for place, policy in enumerate(found):
        for other in found[:place]:
            same = (policy.months, policy.announced) == (other.months, other.announced)
            if same and policy.base != other.base:
                yield policy, other


def _endings(found: Sequence[Policy]) -> Iterator[tuple[Policy, Policy]]:
    for policy in found:
        for other in found:
            same = (policy.base, policy.months) == (other.base, other.months)
            if same and policy.announced is True and other.announced is False:
                yield policy, other


def _contrast(
    result: RunResult,
    summary: Summary,
    kind: str,
    policy: Policy,
    baseline: str,
    measure: str,
    month: int,
    terms: Sequence[tuple[float, str, int]],
) -> Row:
    """Return a weighted sum of means as a row, taken replicate by replicate."""
    months = [int(each) for each in result.months]
    values = result.measure(measure)[..., 0, :]
    total = np.zeros(values.shape[1:3])
    for weight, name, when in terms:
        total = total + weight * values[result.scenarios.index(name), ..., months.index(when)]
    parts = decompose(total[..., None], LEVEL)
    valid = worst(
        [summary.validity[summary.scenarios.index(name)][summary.months.index(when)] for _, name, when in terms]
    )
    fewest = min(
        int(summary.people[summary.scenarios.index(name), 0, summary.months.index(when)]) for _, name, when in terms
    )
    hidden = fewest < SMALLEST

    def shown(value: object) -> float:
        return float("nan") if hidden else float(np.asarray(value)[0])

    return Row(
        run_id=summary.run_id,
        kind=kind,
        scenario=policy.scenario.name,
        baseline=baseline,
        group="all",
        measure=measure,
        month=month,
        mean=shown(parts.mean),
        low=shown(parts.low),
        high=shown(parts.high),
        monte_carlo_se=shown(parts.monte_carlo_se),
        parameter_sd=shown(parts.parameter_sd),
        share_above=shown(parts.share_above),
        share_below=shown(parts.share_below),
        apart=Apart(int(parts.apart[0])),
        replicates=int(parts.used[0]),
        failed=summary.draws * summary.seeds - int(parts.used[0]),
        people=fewest,
        suppressed=hidden,
        validity=valid.label,
        distance=valid.distance,
        reasons=Say(valid.reasons("en"), valid.reasons("nl")),
        calibration=summary.calibration,
    )
