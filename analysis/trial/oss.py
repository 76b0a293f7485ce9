"""The tables of the Oss report (2020) from one simulated trial: 2.3.1, 3.1.3, 3.1.4, 3.1.6 to 3.1.14."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from analysis.estimators import logit
from analysis.estimators.matching import Target, match
from analysis.estimators.specifications import matrix
from analysis.estimators.trial_frame import trial_columns
from analysis.trial.cell import WAVES, Cell, Found, control, mean, participants, regressors, signed_up, treatments
from sim.problems import InputError
from sim.trial.data import TrialData

__all__ = ["MATCHED_REPLICATES", "OSS"]

Array = npt.NDArray[np.float64]
_EXIT = "exit_to_full_time_work_24m"
_OTHER = "exit_other_reasons_24m"
# What the registers of Oss hold of everybody (Oss 2020, table 3.1.5).
_BUS = ("male", "age", "migration", "household", "education", "spell_months", "new_inflow")
_WAVES = ("m1", "m2", "m3", "m4")
# Matching is slow: it is done in the first replicates only.
MATCHED_REPLICATES = 40
_OSS_SURVEY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "table 3.1.8": ("wellbeing",),
        "table 3.1.9": ("subjective_health",),
        "table 3.1.10": ("choice_freedom",),
        "table 3.1.11": ("social_participation",),
        "table 3.1.12": ("self_reliance",),
        "table 3.1.13": ("institutional_trust", "social_trust"),
        "table 3.1.14": ("deprivation_poverty", "income_poverty"),
    }
)


def exits(data: TrialData) -> Found:
    """Oss table 2.3.1: how people had left benefit on the last day, of all who were assigned."""
    for arm, who in _groups(data, everybody=True, reference=False):
        for outcome, values in _left(data).items():
            yield (Cell("table 2.3.1", outcome, arm, "", "raw", "24", "all", "incl_withdrawals"), mean(values, who))


def exits_by_stock(data: TrialData) -> Found:
    """Oss tables 3.1.3 and 3.1.4: exit to work by stock and inflow, with and without withdrawals."""
    work = _left(data)[_EXIT]
    new = data.covariates["new_inflow"] > 0.5
    everybody = np.ones(len(data), dtype=bool)
    parts = {"sitting_stock": ~new, "new_inflow": new, "all": everybody}
    for table, sample, stay in (
        ("table 3.1.3", "incl_withdrawals", everybody),
        ("table 3.1.4", "excl_withdrawals", ~data.withdrawn),
    ):
        for arm, who in _groups(data, everybody=False, reference=True):
            for part, rows in parts.items():
                cell = Cell(table, _EXIT, arm, "", "raw", "24", part, sample)
                yield cell, mean(work, who & rows & stay)


def margins(data: TrialData) -> Found:
    """Oss table 3.1.6: predicted margins of a logit on what the registers hold, and their differences."""
    reference = "reference" in data.arms and data.in_arm("reference").any()
    arms = (*participants(data),)
    for sample, stay in (("incl_withdrawals", data.in_itt), ("excl_withdrawals", data.in_itt & ~data.withdrawn)):
        who = stay & (True if reference else signed_up(data))
        dummies = arms if reference else tuple(arm for arm in arms if arm != control(data))
        x = regressors(data, who, dummies, _BUS)
        try:
            values, _ = logit.fit(_left(data)[_EXIT][who], x)
        except InputError:
            continue
        columns = list(range(1, 1 + len(dummies)))
        shares, _ = logit.margins(values, x, columns, [0, *columns])
        level = dict(zip(("reference" if reference else control(data), *dummies), shares, strict=True))
        weights = {arm: float((who & data.in_arm(arm)).sum()) for arm in arms}
        pooled = {"two_treatments": treatments(data), "all_participants": arms}
        for name, members in pooled.items():
            total = sum(weights[arm] for arm in members)
            level[name] = sum(weights[arm] * level[arm] for arm in members) / total
        for arm, share in level.items():
            yield Cell("table 3.1.6", _EXIT, arm, "", "logit", "24", "all", sample), float(share)
        if sample != "incl_withdrawals":
            continue
        standard = control(data)
        pairs = [(arm, standard) for arm in (*treatments(data), "all_participants")]
        if reference:
            pairs += [(arm, "reference") for arm in (*arms, "two_treatments", "all_participants")]
        for arm, other in pairs:
            cell = Cell("table 3.1.6", _EXIT, arm, other, "logit", "24", "all", "mixed_incl_excl")
            yield cell, float(level[arm] - level[other])


def matched(data: TrialData) -> Found:
    """Oss table 3.1.7: nearest-neighbour and propensity matching with bias correction, ATT and ATE."""
    if data.replicate >= MATCHED_REPLICATES or "reference" not in data.arms:
        return
    if not data.in_arm("reference").any():
        return
    treated_arms, standard = treatments(data), control(data)
    for name, arms, other in (
        ("two_treatments", treated_arms, "reference"),
        ("all_participants", participants(data), "reference"),
        ("two_treatments", treated_arms, standard),
    ):
        who = data.in_itt & data.in_arm(*arms, other)
        outcome = _left(data)[_EXIT][who]
        treated = data.in_arm(*arms)[who].astype(np.float64)
        columns = trial_columns(data)
        x, _ = matrix({key: columns[key][who] for key in _BUS}, int(who.sum()))
        scaled = np.asarray((x - x.mean(axis=0)) / x.std(axis=0), dtype=np.float64)
        full = np.column_stack([np.ones(len(scaled)), scaled])
        try:
            odds = full @ logit.fit(treated, full)[0]
        except InputError:
            continue
        for kind, on in (("nn", scaled), ("ps", odds[:, None])):
            targets: tuple[Target, Target] = ("att", "ate")
            for target in targets:
                found = match(outcome, treated, on, target=target, correct_on=scaled, spread_from=None)
                cell = Cell(
                    "table 3.1.7", _EXIT, name, other, f"{kind}_matching_{target}", "24", "all", "incl_withdrawals"
                )
                yield cell, found.value


def reported(data: TrialData) -> Found:
    """Oss tables 3.1.8 to 3.1.14: means of those who answered, by wave and pooled."""
    sample = "questionnaire_respondents"
    shown = list(_groups(data, everybody=False, reference=False))
    for table, names in _OSS_SURVEY.items():
        for name in names:
            answers = data.survey[name]
            for arm, who in shown:
                for wave in range(len(answers)):
                    cell = Cell(table, name, arm, "", "ols", WAVES[wave], "all", sample)
                    yield cell, mean(answers[wave], who & ~np.isnan(answers[wave]))
                kept = answers[:, who]
                pooled = float(np.nanmean(kept)) if np.isfinite(kept).any() else np.nan
                yield Cell(table, name, arm, "", "ols", "pooled", "all", sample), pooled


def _left(data: TrialData) -> dict[str, Array]:
    last = int(data.follow_up.max())
    return {_EXIT: data.at("exit_work_ever", last, cut_off=True), _OTHER: data.at("left_other", last, cut_off=True)}


def _groups(data: TrialData, *, everybody: bool, reference: bool) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    belongs = np.ones(len(data), dtype=bool) if everybody else data.in_itt
    for arm in participants(data):
        yield arm, data.in_arm(arm) & belongs
    yield "all_participants", signed_up(data) & belongs
    if reference and "reference" in data.arms and data.in_arm("reference").any():
        yield "reference", data.in_arm("reference")
        yield "total_population", belongs


OSS: tuple[Callable[[TrialData], Found], ...] = (exits, exits_by_stock, margins, matched, reported)
