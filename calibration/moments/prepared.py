"""A simulated trial, ready for many moments: its matrices and outcomes are made once."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.outcomes import Outcome, outcomes
from calibration.evidence.schema import Row
from sim.problems import InputError, Problem, Say, one_of

if TYPE_CHECKING:
    from sim.trial.data import TrialData

__all__ = ["Prepared", "arm_weights", "asked_in", "months_needed", "registers_needed"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
_WAVES: Mapping[str, int] = {"m1": 0, "m2": 1, "m3": 2}
# Items that the scales of another study call differently.
_ALIASES: Mapping[str, str] = {"social_trust": "trust_people", "wellbeing": "life_satisfaction"}


class Prepared:
    """One trial and what was computed from it so far."""

    def __init__(self, data: TrialData) -> None:
        self.data = data
        roles = np.array(data.roles, dtype=object)
        self.is_reference = (roles == "reference")[data.arm]
        self._outcomes: dict[tuple[object, ...], Array] = {}
        self._matrices: dict[tuple[object, ...], tuple[Array, Mask]] = {}
        self._columns: dict[str, NDArray[np.generic]] | None = None

    def people(self, subgroup: str, *, reference: bool, analysis: bool = True) -> Mask:
        """Return who belongs to a subgroup of the analysis, shape [n]."""
        data = self.data
        keep = np.ones(len(data), dtype=bool) if reference else ~self.is_reference
        if analysis:
            keep &= data.in_itt | self.is_reference
        if subgroup in ("sitting_stock", "new_inflow"):
            keep &= (data.covariates["new_inflow"] > 0.5) == (subgroup == "new_inflow")
        elif subgroup != "all":
            known = ("all", "sitting_stock", "new_inflow")
            raise InputError((one_of("subgroup", subgroup, known),))
        return keep

    def month(self, row: Row) -> int:
        """Return the month of a register row; without one, the last that most people reach."""
        if row.horizon_months is not None:
            return int(row.horizon_months)
        return int(np.median(self.data.follow_up))

    def wave(self, row: Row) -> int:
        """Return the survey wave of a row: as named, else nearest to its horizon, else the last."""
        planned = np.asarray(self.data.survey_months)
        if row.wave in _WAVES:
            return min(_WAVES[row.wave], len(planned) - 1)
        if row.horizon_months is None:
            return len(planned) - 1
        return int(np.abs(planned - row.horizon_months).argmin())

    def register(self, row: Row) -> Array:
        """Return a register outcome of everybody, shape [n]; NaN = beyond the follow-up."""
        outcome = _known(row)
        month = self.month(row)
        # exits are read from the register on one last day; so are figures without a month
        cut = row.horizon_months is None or next(iter(outcome.parts)) in _CUT
        key = (outcome.name, month, cut)
        if key not in self._outcomes:
            total = np.zeros(len(self.data))
            for name, weight in outcome.parts.items():
                total = total + weight * (
                    self._mean_until(name, month) if outcome.since_start else self.data.at(name, month, cut_off=cut)
                )
            if outcome.wage_only:
                total = total * self.data.at("wage_work", month, cut_off=cut)
            self._outcomes[key] = total
        return self._outcomes[key]

    def survey(self, row: Row, wave: int) -> Array:
        """Return the answers of everybody in a wave, shape [n]; NaN = no answer."""
        outcome = _known(row)
        key = (outcome.name, "wave", wave)
        if key not in self._outcomes:
            total = np.zeros(len(self.data))
            for name, weight in outcome.parts.items():
                item = name if name in self.data.survey else _ALIASES.get(name, name)
                if item not in self.data.survey:
                    raise InputError((one_of(f"{row.id}: survey item", name, self.data.survey),))
                table = self.data.survey[item]
                scale = 1.0
                if outcome.standardised:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore", RuntimeWarning)
                        spread = float(np.nanstd(table[0]))
                    scale = 1.0 / spread if spread > 0 else 1.0
                total = total + weight * scale * table[wave]
            self._outcomes[key] = total
        return self._outcomes[key]

    def matrix(self, specification: str, *, reference: bool, subgroup: str) -> tuple[Array, Mask]:
        """Return regressors [m, arms + covariates] (constant, arm 1, ...) and the people in them [n]."""
        key = (specification, reference, subgroup)
        if key not in self._matrices:
            from analysis.estimators.specifications import covariates_of, matrix

            keep = self.people(subgroup, reference=reference)
            arms = self.data.arm[keep]
            dummies = [np.ones(int(keep.sum()))]
            dummies += [(arms == number).astype(float) for number in range(1, len(self.data.arms))]
            columns = self.columns()
            names = [name for name in covariates_of(specification) if name in columns]
            covariates, _ = matrix({name: columns[name][keep] for name in names}, int(keep.sum()))
            self._matrices[key] = np.column_stack([*dummies, covariates]), keep
        return self._matrices[key]

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """Return covariates by name, shape [n] each."""
        if self._columns is None:
            from analysis.estimators.trial_frame import trial_columns

            self._columns = trial_columns(self.data)
        return self._columns

    def _mean_until(self, name: str, month: int) -> Array:
        if name not in self.data.register:
            raise InputError((one_of("register", name, self.data.register),))
        table = self.data.register[name][1 : month + 1].astype(float)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return np.asarray(np.nanmean(table, axis=0))


_CUT = ("exit_work_ever", "exit_any_ever", "left_other")


def arm_weights(row: Row, data: TrialData, name: str) -> Array:
    """Return how a group of a row is made of the arms, shape [arms]: pooled groups weigh their people.

    Raises:
        InputError: a group that the trial does not have.
    """
    roles = np.array(data.roles, dtype=object)
    sizes = np.bincount(data.arm, minlength=len(data.arms)).astype(float)
    own = np.zeros(len(data.arms))
    if row.arm in data.arms:
        own[data.arms.index(row.arm)] = 1.0
    pooled: Mapping[str, NDArray[np.bool_]] = {
        "two_treatments": roles == "treatment",
        "all_arms": roles == "treatment",
        "all_participants": roles != "reference",
        "total_population": np.ones(len(roles), dtype=bool),
        "other_arms": (roles == "treatment") & (own == 0),
        "reference_matched": roles == "reference",
    }
    if name in data.arms:
        weight = np.zeros(len(data.arms))
        weight[data.arms.index(name)] = 1.0
        return weight
    if name not in pooled or not pooled[name].any():
        raise InputError((one_of(f"{row.id}: arm", name, (*data.arms, *pooled)),))
    weight = np.where(pooled[name], sizes, 0.0)
    return np.asarray(weight / weight.sum())


def asked_in(outcome: Outcome, study: str) -> bool:
    """Return whether the survey of a study asks everything that a survey outcome is made of."""
    from sim.outcomes.measurement import items, studies

    asked = items(study) if study in studies() else {}
    return all(name in asked or _ALIASES.get(name) in asked for name in outcome.parts)


def registers_needed(rows: list[Row] | tuple[Row, ...]) -> tuple[str, ...]:
    """Return the register measures that `sim.trial.run.simulate_trial` must keep for these rows."""
    known = outcomes()
    found = [known[row.outcome] for row in rows if row.outcome in known]
    names = [name for outcome in found if outcome.source == "register" for name in outcome.parts]
    wages = any(outcome.wage_only for outcome in found)
    return tuple(dict.fromkeys([*names, *(["wage_work"] if wages else [])]))


def months_needed(rows: list[Row] | tuple[Row, ...], ends: tuple[int, ...]) -> tuple[int, ...]:
    """Return the months to keep; `ends`: the last month of each start wave."""
    known = outcomes()
    longest = max(ends, default=0)
    months = {0, *ends}
    for row in rows:
        outcome = known.get(row.outcome)
        if outcome is None or outcome.source != "register" or row.horizon_months is None:
            continue
        last = min(int(row.horizon_months), longest)
        if row.since_month is not None:
            months.add(min(row.since_month, longest))
        months |= set(range(1, last + 1)) if outcome.since_start else {last}
    return tuple(sorted(months))


def _known(row: Row) -> Outcome:
    found = outcomes().get(row.outcome)
    if found is None:
        allowed = Say("an outcome that the model has", "een uitkomst die het model heeft")
        raise InputError((Problem(row.id, row.outcome, allowed),))
    return found
