"""Contrasts between groups, as the reports estimate them; rows that share regressors are solved together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.schema import Row
from calibration.moments.prepared import Prepared, arm_weights

__all__ = ["linear_contrasts", "logit_margins", "matched_effects", "survey_adjusted", "survey_ancova"]

Array = NDArray[np.float64]
_LINEAR = ("raw", "basic", "loep", "extra")


def linear_contrasts(trial: Prepared, rows: Sequence[Row]) -> Array:
    """Return intention-to-treat contrasts of register outcomes; a change since a month is a contrast of changes."""
    found = _regressed(trial, rows, [trial.register(row) for row in rows], None)
    changed = [place for place, row in enumerate(rows) if row.since_month is not None]
    if changed:
        before = [replace(rows[place], horizon_months=rows[place].since_month, wave="") for place in changed]
        found[changed] -= _regressed(trial, before, [trial.register(row) for row in before], None)
    return found


def survey_ancova(trial: Prepared, rows: Sequence[Row]) -> Array:
    """Return contrasts of survey outcomes given their baseline."""
    waves = [trial.wave(row) for row in rows]
    now = [trial.survey(row, wave) for row, wave in zip(rows, waves, strict=True)]
    return _regressed(trial, rows, now, [trial.survey(row, 0) for row in rows], waves)


def survey_adjusted(trial: Prepared, rows: Sequence[Row]) -> Array:
    """Return contrasts of survey outcomes given covariates, without baseline."""
    waves = [trial.wave(row) for row in rows]
    now = [trial.survey(row, wave) for row, wave in zip(rows, waves, strict=True)]
    return _regressed(trial, rows, now, None)


def logit_margins(trial: Prepared, rows: Sequence[Row]) -> Array:
    """Return differences of predicted margins; without covariates these are differences of shares."""
    from analysis.estimators import logit
    from analysis.estimators.trial_frame import trial_frame

    found = []
    for row in rows:
        frame = trial_frame(trial.data, {"outcome": trial.register(row)}, reference=True)
        estimate = logit.estimate(frame, "outcome", row.arm, control=row.comparator, specification="raw")
        found.append(estimate.value)
    return np.array(found)


def matched_effects(trial: Prepared, rows: Sequence[Row]) -> Array:
    """Return matched effects of a pooled group against another, on the covariates that a register has.

    The report's own covariates were age, sex, household, origin, spell and stock (Oss 2020, par. 3.1.2).
    """
    from analysis.estimators import nearest_neighbour, propensity
    from analysis.estimators.frame import TrialFrame

    columns = trial.columns()
    found = []
    for row in rows:
        first, second = (arm_weights(row, trial.data, name)[trial.data.arm] > 0 for name in (row.arm, row.comparator))
        keep = trial.people(row.subgroup, reference=True) & (first | second)
        outcome = trial.register(row)
        keep &= ~np.isnan(outcome)
        side = np.where(first, "first", "second").astype(object)
        frame = TrialFrame(
            {name: columns[name][keep] for name in _MATCHED_ON} | {"outcome": outcome[keep], "side": side[keep]}
        )
        estimator = nearest_neighbour if row.specification.startswith("nn") else propensity
        estimate = estimator.estimate(
            frame,
            "outcome",
            "first",
            control="second",
            arm="side",
            covariates=_MATCHED_ON,
            target="ate" if row.specification.endswith("ate") else "att",
        )
        found.append(estimate.value)
    return np.array(found)


_MATCHED_ON = ("male", "age", "household", "migration", "spell_months", "new_inflow")


def _regressed(
    trial: Prepared,
    rows: Sequence[Row],
    now: Sequence[Array],
    before: Sequence[Array] | None,
    waves: Sequence[int] | None = None,
) -> Array:
    """Return the contrast of every row; rows with the same regressors share one decomposition."""
    from analysis.estimators.fast import regress

    groups: dict[tuple[str, bool, str, bool], list[int]] = defaultdict(list)
    sides = []
    for place, row in enumerate(rows):
        side = arm_weights(row, trial.data, row.arm) - arm_weights(row, trial.data, row.comparator)
        sides.append(side)
        outside = any(weight != 0 and role == "reference" for weight, role in zip(side, trial.data.roles, strict=True))
        specification = row.specification if row.specification in _LINEAR else "loep"
        based = before is not None and not (waves is not None and waves[place] == 0)
        groups[(specification, outside, row.subgroup, based)].append(place)
    values = np.full(len(rows), np.nan)
    arms = len(trial.data.arms)
    for (specification, outside, subgroup, based), places in groups.items():
        x, keep = trial.matrix(specification, reference=outside, subgroup=subgroup)
        outcome = np.column_stack([now[place][keep] for place in places])
        baseline = np.column_stack([before[place][keep] for place in places]) if before is not None and based else None
        found = regress(outcome, x, np.arange(1, arms), baselines=baseline)
        for place, coefficients in zip(places, found.values, strict=True):
            values[place] = float(sides[place][1:] @ coefficients)
    return values
