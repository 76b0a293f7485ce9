"""Ablation: every mechanism off, one at a time, and what that does to the headline outcomes.

All societies share people, parameter draws and luck, so a difference is taken replicate by replicate. Two
questions are told apart: what the mechanism does to the *level* of an outcome under the scenario, and what it
does to the *effect* of the scenario, its difference from the background regime.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.effects.positions import circumstances, evidence_of_trials, positions
from analysis.effects.validity import LABELS, judge, worst
from analysis.inference.variance import Parts, decompose
from scenarios.description.schema import Scenario
from scenarios.execution.plan import Options, Plan, plan
from scenarios.execution.result import RunResult
from scenarios.execution.run import execute
from sim.outcomes.measures import HEADLINE, MEASURES
from sim.parameters import MECHANISMS
from sim.problems import InputError, Problem, Say, one_of
from sim.regime.assignment import Everybody

__all__ = ["MONTHS", "Ablation", "AblationRow", "ablate", "ablation_csv", "plan_ablation"]

MONTHS = (16, 24)
_LEVEL = 0.9
_HEADS = (
    "scenario",
    "background",
    "mechanism",
    "kind",
    "measure",
    "unit",
    "month",
    "on",
    "change",
    "low",
    "high",
    "monte_carlo_se",
    "parameter_sd",
    "differs",
    "label",
    "run_id",
)


@dataclass(frozen=True)
class AblationRow:
    """One number: what switching a mechanism off does to an outcome.

    Attributes:
        mechanism: which was off.
        kind: ``level`` (outcome under the scenario) or ``effect`` (difference from the background).
        measure, month: which outcome, when.
        on: the level or effect with everything on.
        change: off minus on, with its 90% interval `low`..`high`.
        monte_carlo_se, parameter_sd: from luck alone, from the parameters alone.
    """

    mechanism: str
    kind: str
    measure: str
    month: int
    on: float
    change: float
    low: float
    high: float
    monte_carlo_se: float
    parameter_sd: float

    @property
    def differs(self) -> bool:
        """Whether the interval leaves zero out."""
        return bool(self.low > 0.0 or self.high < 0.0)


@dataclass(frozen=True)
class Ablation:
    """All changes of one scenario.

    Attributes:
        run_id: the run that made them.
        scenario, title, background: what was run, and against what effects are taken (empty: no effects).
        mechanisms, kinds, measures, months: the axes of the rows.
        rows: every row.
        people, draws, seeds: sizes.
        label: ``not calibrated`` while the parameters are priors, and the validity of the farthest month.
    """

    run_id: str
    scenario: str
    title: Say
    background: str
    mechanisms: tuple[str, ...]
    kinds: tuple[str, ...]
    measures: tuple[str, ...]
    months: tuple[int, ...]
    rows: tuple[AblationRow, ...]
    people: int
    draws: int
    seeds: int
    label: Say

    def row(self, mechanism: str, kind: str, measure: str, month: int) -> AblationRow:
        """Return one row."""
        names = (self.mechanisms, self.kinds, self.measures, self.months)
        at = 0
        for axis, name in zip(names, (mechanism, kind, measure, month), strict=True):
            at = at * len(axis) + axis.index(name)
        return self.rows[at]


def plan_ablation(scenario: Scenario, options: Options, mechanisms: Sequence[str] = ()) -> Plan:
    """Return the plan: the scenario (and its background), then each with one mechanism off.

    Args:
        scenario: what is taken apart; what it has switched off stays off.
        options: sizes of the run.
        mechanisms: which to switch off; none = every one that can be.

    Raises:
        InputError: all problems of scenario, options and names.
    """
    known = [name for name, each in MECHANISMS.items() if not each.core and name not in scenario.mechanisms_off]
    problems: list[Problem] = [one_of("--mechanism", name, known) for name in mechanisms if name not in known]
    try:
        options.check()
    except InputError as error:
        problems += error.problems
    InputError.raise_if(problems)
    plain = replace(scenario, groups=())
    sides = [plain]
    if not _is_background(scenario):
        sides.append(_background(plain))
    for name in mechanisms or known:
        sides += [
            replace(side, name=f"{side.name}|{name}", mechanisms_off=(*side.mechanisms_off, name))
            for side in sides[: 1 if _is_background(scenario) else 2]
        ]
    return plan(sides, options)


def ablate(
    ready: Plan,
    *,
    measures: Sequence[str] = HEADLINE,
    months: Sequence[int] = MONTHS,
    progress: Callable[[int, int], None] | None = None,
    workers: int = 1,
) -> Ablation:
    """Run a plan of `plan_ablation` and return what each mechanism does.

    Args:
        ready: the plan.
        measures: outcomes.
        months: months of interest; those beyond the run are left out, and the last month stands in for none.
        progress: called with (replicates done, all).
        workers: threads.
    """
    result = execute(ready, progress, workers=workers)
    scenario = ready.sides[0].scenario
    effects = not _is_background(scenario)
    width = 2 if effects else 1
    mechanisms = tuple(name.split("|")[1] for name in result.scenarios[width::width])
    chosen = tuple(month for month in months if month <= ready.months) or (ready.months,)
    at = [month - 1 for month in chosen]
    which = [result.measures.index(name) for name in measures]
    values = result.values[:, :, :, 0][:, :, :, at][..., which]  # side, draw, seed, month, measure
    on = values[:width]
    found: list[Parts] = []
    stands: list[Parts] = []
    for place in range(len(mechanisms)):
        off = values[width * (place + 1) : width * (place + 2)]
        pairs = [(on[0], off[0])] + ([(on[0] - on[1], off[0] - off[1])] if effects else [])
        for with_it, without in pairs:
            found.append(decompose(without - with_it, _LEVEL))
            stands.append(decompose(with_it, _LEVEL))
    kinds = ("level", "effect") if effects else ("level",)
    label, far = result.provenance.label, _validity(result, width, chosen)
    return Ablation(
        run_id=result.run_id,
        scenario=scenario.name,
        title=scenario.title,
        background=scenario.background.name if effects else "",
        mechanisms=mechanisms,
        kinds=kinds,
        measures=tuple(measures),
        months=chosen,
        rows=tuple(_rows(mechanisms, kinds, tuple(measures), chosen, found, stands)),
        people=len(ready.population),
        draws=len(result.parameters),
        seeds=len(result.seeds),
        label=Say(f"{label['en']}; {far.to('en')}", f"{label['nl']}; {far.to('nl')}"),
    )


def ablation_csv(found: Ablation) -> str:
    """Return every row as CSV, with its unit, label and run id."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADS)
    for row in found.rows:
        numbers = (row.on, row.change, row.low, row.high, row.monte_carlo_se, row.parameter_sd)
        shown = ["" if np.isnan(x) else f"{x:.9g}" for x in numbers]
        unit = MEASURES[row.measure].unit
        names = (found.scenario, found.background, row.mechanism, row.kind, row.measure, unit, row.month)
        writer.writerow([*names, *shown, int(row.differs), found.label.en, found.run_id])
    return text.getvalue()


def _rows(
    mechanisms: tuple[str, ...],
    kinds: tuple[str, ...],
    measures: tuple[str, ...],
    months: tuple[int, ...],
    found: Sequence[Parts],
    stands: Sequence[Parts],
) -> Iterator[AblationRow]:
    for m, mechanism in enumerate(mechanisms):
        for k, kind in enumerate(kinds):
            parts, level = found[m * len(kinds) + k], stands[m * len(kinds) + k]
            for o, measure in enumerate(measures):
                for t, month in enumerate(months):
                    yield AblationRow(
                        mechanism,
                        kind,
                        measure,
                        month,
                        float(level.mean[t, o]),
                        float(parts.mean[t, o]),
                        float(parts.low[t, o]),
                        float(parts.high[t, o]),
                        float(parts.monte_carlo_se[t, o]),
                        float(parts.parameter_sd[t, o]),
                    )


def _validity(result: RunResult, sides: int, months: Sequence[int]) -> Say:
    """Return the validity label of the scenario and its background in the farthest of `months`."""
    population = str(result.provenance.population.get("name", ""))
    around = list(zip(positions(result), circumstances(result), strict=True))[:sides]
    seen = evidence_of_trials()
    judged = [judge(month, one, population, seen, each) for one, each in around for month in months]
    return LABELS[worst(judged).label]


def _is_background(scenario: Scenario) -> bool:
    return scenario.assignment == Everybody(scenario.background.name)


def _background(scenario: Scenario) -> Scenario:
    """Return the same people and months with everybody under the background."""
    regime = scenario.background
    return replace(
        scenario,
        name="background",
        assignment=Everybody(regime.name),
        regimes={**scenario.regimes, regime.name: regime},
    )
