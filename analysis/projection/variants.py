"""Structural variants: the effect of a policy in models that each lack one mechanism.

Draws and seeds say how sure the numbers are if the model is right. How much hangs on the model itself shows
when a mechanism is left out, under the policy and under its baseline alike. That spread is told apart: it is
in no interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.checks.ablation import ablate, plan_ablation
from analysis.effects.summary import Summary
from analysis.effects.validity import Label
from scenarios.description.schema import Scenario
from scenarios.execution.plan import Options, Plan

__all__ = ["Spread", "plan_variants", "spread"]


@dataclass(frozen=True)
class Spread:
    """What the effect of a policy is in the variants.

    Attributes:
        run_id: the run of the variants.
        scenario, measure, month: which effect.
        whole: the effect with all mechanisms.
        low, high: lowest and highest effect of the variants, without the mechanisms `lowest` and `highest`.
        sd: standard deviation over the variants.
        same_sign: share of the variants whose effect has the sign of the whole.
        variants: how many.
        validity: label of the effect.
    """

    run_id: str
    scenario: str
    measure: str
    month: int
    whole: float
    low: float
    high: float
    lowest: str
    highest: str
    sd: float
    same_sign: float
    variants: int
    validity: Label


def plan_variants(scenario: Scenario, options: Options, mechanisms: Sequence[str] = ()) -> Plan:
    """Return the plan of a policy and its background, then both without each mechanism in turn.

    Raises:
        InputError: all problems of scenario and options.
    """
    return plan_ablation(scenario, options, mechanisms)


def spread(
    ready: Plan,
    summary: Summary,
    *,
    measures: Sequence[str],
    months: Sequence[int],
    progress: Callable[[int, int], None] | None = None,
    workers: int = 1,
) -> Iterator[Spread]:
    """Run the variants and give their spread by measure and month; labels are those of `summary`."""
    found = ablate(ready, measures=measures, months=months, progress=progress, workers=workers)
    if "effect" not in found.kinds:
        return
    for measure in measures:
        for month in found.months:
            rows = [found.row(name, "effect", measure, month) for name in found.mechanisms]
            effects = np.array([row.on + row.change for row in rows])
            whole = rows[0].on
            yield Spread(
                run_id=found.run_id,
                scenario=found.scenario,
                measure=measure,
                month=month,
                whole=whole,
                low=float(effects.min()),
                high=float(effects.max()),
                lowest=rows[int(effects.argmin())].mechanism,
                highest=rows[int(effects.argmax())].mechanism,
                sd=float(effects.std(ddof=1)) if len(effects) > 1 else 0.0,
                same_sign=float(np.mean(np.sign(effects) == np.sign(whole))),
                variants=len(effects),
                validity=summary.difference(found.scenario, measure, month).validity,
            )
