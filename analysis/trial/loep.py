"""What the LOEP comparison (Me Judice 2020, figures 1 and 2) shows, from one simulated trial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from analysis.estimators.fast import regress
from analysis.trial.cell import WORK, Cell, Contrast, Found, control, regressors, signed_up, treatments, work
from sim.trial.data import TrialData

__all__ = ["LOEP"]

# Treatments that the article compares with each other.
_PAIRS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "groningen": (("intensive", "exemption"),),
        "tilburg": (("intensive_disregard_bonus", "intensive"), ("exemption_disregard_bonus", "intensive")),
    }
)


def loep_work(data: TrialData) -> Found:
    """Work at the end of the follow-up in the LOEP model (Me Judice 2020, figure 1 shows over 8 hours)."""
    last = int(data.follow_up.max())
    arms = treatments(data)
    clean = data.design in ("groningen", "deventer")  # a random reference group was set aside
    for comparator in (control(data), "reference"):
        if comparator not in data.arms or not data.in_arm(comparator).any():
            continue
        if comparator == "reference" and not clean:
            continue
        who = data.in_itt & data.in_arm(*arms, comparator)
        found = regress(
            work(data, last, wage_only=False)[who], regressors(data, who, arms, "loep"), range(1, 1 + len(arms))
        )
        values = found.values
        for number, outcome in enumerate(WORK):
            for place, arm in enumerate(arms):
                cell = Cell("figure 1 (text)", outcome, arm, comparator, "mejudice_fig1")
                yield cell, Contrast(float(values[number, place]), float(found.errors[number, place]))
            for one, other in _PAIRS.get(data.design, ()) if comparator == control(data) else ():
                cell = Cell("figure 1 (text)", outcome, one, other, "mejudice_fig1")
                yield cell, float(values[number, arms.index(one)] - values[number, arms.index(other)])


def loep_survey(data: TrialData) -> Found:
    """Survey outcomes at the last measurement, given the first (Me Judice 2020, figure 2)."""
    names = {"social_trust": "trust_people", "wellbeing_index": "wellbeing_index", "health_index": "health_index"}
    names |= {"trust_municipality": "trust_municipality", "job_search_confidence": "job_search_confidence"}
    if any(item not in data.survey for item in names.values()):
        names = {name: name for name in ("social_trust", "wellbeing", "subjective_health", "self_reliance")}
    arms = treatments(data)
    who = data.in_itt & signed_up(data)
    before = np.stack([data.survey[item][0][who] for item in names.values()], axis=1)
    after = np.stack([data.survey[item][-1][who] for item in names.values()], axis=1)
    found = regress(after, regressors(data, who, arms, "loep"), range(1, 1 + len(arms)), baselines=before)
    for number, outcome in enumerate(names):
        for place, arm in enumerate(arms):
            cell = Cell("figure 2 (text)", outcome, arm, control(data), "mejudice_fig2")
            yield cell, Contrast(float(found.values[number, place]), float(found.errors[number, place]))


LOEP: tuple[Callable[[TrialData], Found], ...] = (loep_work, loep_survey)
