"""The tables of the Nijmegen report (2020) from one simulated trial: tables 2 to 8."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from analysis.estimators.fast import regress
from analysis.trial.cell import (
    WAVES,
    WORK,
    Cell,
    Contrast,
    Found,
    contrasts,
    control,
    mean,
    participants,
    regressors,
    signed_up,
    treatments,
    work,
)
from sim.trial.data import TrialData

__all__ = ["NIJMEGEN"]

_SURVEY_TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "table 6": (
            "job_search_confidence",
            "expects_to_find_work",
            "can_make_good_impression",
            "can_find_job_matching_education",
            "can_find_work_with_effort",
            "job_search_intensity",
            "job_search_hours",
            "job_applications",
            "job_interview_invitations",
        ),
        "table 7": (
            "voluntary_activities_index",
            "volunteering_hours",
            "informal_care_hours",
            "trust_people",
            "trust_municipality",
            "trust_income_department",
            "trust_werkbedrijf",
            "trust_national_government",
            "contact_family",
            "contact_friends",
            "contact_neighbours",
        ),
        "table 8": (
            "health_index",
            "general_health",
            "not_nervous",
            "not_down_in_the_dumps",
            "calm_and_peaceful",
            "not_gloomy",
            "happy",
            "wellbeing_index",
            "life_satisfaction",
            "life_meaningful",
        ),
    }
)
# Asked (or reported) at 24 months only.
_LATE = frozenset(_SURVEY_TABLES["table 6"][:5])
# Asked (or reported) at 24 months only.


def baseline(data: TrialData) -> Found:
    """Nijmegen table 2: who was in each arm; complaints are those of the first survey."""
    known = data.covariates
    asked = data.responded[0]
    columns = {
        "age_years": (known["age"], data.in_itt),
        "male": (known["male"], data.in_itt),
        "non_western_migration_background": (1.0 * (known["migration"] == 2), data.in_itt),
        "current_welfare_spell_months": (known["spell_months"], data.in_itt),
        "earnings_3_to_15_months_before_start": (known["earnings_year_before"], data.in_itt),
        "little_chance_of_work_addiction": (known["addiction"], data.in_itt & asked),
        "little_chance_of_work_physical": (known["physical"], data.in_itt & asked),
        "little_chance_of_work_mental": (known["mental"], data.in_itt & asked),
    }
    for outcome, (values, who) in columns.items():
        for arm in participants(data):
            yield Cell("table 2", outcome, arm), mean(values, who & data.in_arm(arm))


def work_16(data: TrialData) -> Found:
    """Nijmegen table 3: work and part-time work after 16 months, three models."""
    yield from linear(data, "table 3", ("basic", "loep", "extra"), 16, third="extra")


def self_employment(data: TrialData) -> Found:
    """Nijmegen table 4: self-employment. Sums are over quarterly states, three months each."""
    months = [month for month in range(1, len(data.register["earnings"])) if month % 3 == 0]
    own = np.stack([data.at("self_employed", month, cut_off=True) for month in months])
    earned = np.stack([data.at("earnings", month, cut_off=True) for month in months])
    on = np.stack([data.at("on_benefit", month, cut_off=True) for month in months])
    inside = np.array(months)[:, None] <= data.follow_up[None]
    total = 3.0 * np.where(inside, own * earned, 0.0).sum(axis=0)
    side = 1.0 * (np.where(inside, own * on, 0.0).max(axis=0) > 0)
    for arm in participants(data):
        who = data.in_arm(arm) & data.in_itt
        yield Cell("table 4", "self_employment_earnings_eur", arm, when="25"), mean(total, who)
        yield Cell("table 4", "self_employment_side_income", arm, when="25"), mean(side, who)
        for wave, month in ((1, 12), (2, 24)):
            answered = who & data.responded[wave]
            state = data.at("self_employed", month, cut_off=True)
            left = state * data.at("left_for_work", month, cut_off=True)
            when = WAVES[wave]
            yield Cell("table 4", "exit_to_self_employment", arm, when=when), mean(left, answered)
            yield Cell("table 4", "self_employed_full_or_part_time", arm, when=when), mean(state, answered)


def against_reference(data: TrialData) -> Found:
    """Nijmegen table 5: each arm against those who did not apply (selection, attention and effect)."""
    if "reference" not in data.arms or not data.in_arm("reference").any():
        return
    who = data.in_itt
    arms = participants(data)
    outcomes = work(data, 16, wage_only=True)[who]
    found = regress(outcomes, regressors(data, who, arms, "loep"), range(1, 1 + len(arms)))
    for number, outcome in enumerate(WORK):
        for place, arm in enumerate(arms):
            cell = Cell("table 5", outcome, arm, "reference", "loep", "16")
            yield cell, Contrast(float(found.values[number, place]), float(found.errors[number, place]))


def surveys(data: TrialData) -> Found:
    """Nijmegen tables 6 to 8: answers after one and two years, given the answer at the start (ANCOVA)."""
    arms = treatments(data)
    other = control(data)
    names = [name for table in _SURVEY_TABLES.values() for name in table]
    who = data.in_itt & signed_up(data)
    x = regressors(data, who, arms, "loep")
    before = np.stack([data.survey[name][0][who] for name in names], axis=1)
    for wave in (1, 2):
        after = np.stack([data.survey[name][wave][who] for name in names], axis=1)
        found = regress(after, x, range(1, 1 + len(arms)), baselines=before)
        for table, listed in _SURVEY_TABLES.items():
            for name in listed:
                if wave == 1 and name in _LATE:
                    continue
                place = names.index(name)
                row, errors = found.values[place], found.errors[place]
                yield from contrasts(table, name, arms, other, row, errors, "loep", WAVES[wave], third=True)


def linear(data: TrialData, table: str, specifications: tuple[str, ...], month: int, *, third: str) -> Found:
    arms = treatments(data)
    who = data.in_itt & signed_up(data)
    outcomes = work(data, month, wage_only=True)[who]
    for specification in specifications:
        x = regressors(data, who, arms, specification)
        found = regress(outcomes, x, range(1, 1 + len(arms)))
        for number, outcome in enumerate(WORK):
            yield from contrasts(
                table,
                outcome,
                arms,
                control(data),
                found.values[number],
                found.errors[number],
                specification,
                str(month),
                third=specification == third,
            )


NIJMEGEN: tuple[Callable[[TrialData], Found], ...] = (baseline, work_16, self_employment, against_reference, surveys)
