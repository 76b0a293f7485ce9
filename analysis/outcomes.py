"""Which quantity of a simulated trial an outcome of the evidence is.

An outcome is a register measure (`sim.outcomes.measures`) or a survey item (`sim.outcomes.measurement`), or a
sum of them with weights. A researcher's own trial may use these names, any measure and any survey item.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from sim.problems import Say

__all__ = ["Outcome", "outcomes"]

Source = Literal["register", "survey", "process"]


@dataclass(frozen=True)
class Outcome:
    """One outcome.

    Attributes:
        name: as in the evidence.
        source: register (monthly), survey (by wave) or process (withdrawal, response).
        parts: measure or item -> weight; the outcome is the weighted sum.
        unit: as the evidence has it (`proportion`: a share).
        text: what it is.
        wage_only: people who are self-employed count as 0 (a register of wages).
        standardised: parts are divided by their standard deviation at the first wave before they are summed.
        since_start: mean over the months up to the horizon, not the state in that month.
    """

    name: str
    source: Source
    parts: Mapping[str, float]
    unit: str
    text: Say
    wage_only: bool = False
    standardised: bool = False
    since_start: bool = False


def _register(name: str, parts: Mapping[str, float], en: str, nl: str) -> Outcome:
    return Outcome(name, "register", parts, "proportion", Say(en, nl), name in _WAGES)


# Tables of Nijmegen 2020 count wage work only.
_WAGES = frozenset(
    {
        "earnings_gt_70pct_wml",
        "hours_gt_27",
        "hours_gt_12",
        "hours_gt_8",
        "hours_13_to_27",
        "permanent_contract",
        "work_outcomes_all",
    }
)
_WORK = {"wml_over_70": 0.25, "hours_over_8": 0.25, "hours_over_12": 0.25, "hours_over_27": 0.25}
_NAMED: tuple[Outcome, ...] = (
    _register(
        "earnings_gt_70pct_wml",
        {"wml_over_70": 1.0},
        "earns over 70% of the minimum wage",
        "verdient meer dan 70% van het minimumloon",
    ),
    _register("hours_gt_27", {"hours_over_27": 1.0}, "works over 27 hours", "werkt meer dan 27 uur"),
    _register("hours_gt_12", {"hours_over_12": 1.0}, "works over 12 hours", "werkt meer dan 12 uur"),
    _register("hours_gt_8", {"hours_over_8": 1.0}, "works over 8 hours", "werkt meer dan 8 uur"),
    _register(
        "hours_13_to_27", {"hours_over_12": 1.0, "hours_over_27": -1.0}, "works 13 to 27 hours", "werkt 13 tot 27 uur"
    ),
    _register("permanent_contract", {"permanent": 1.0}, "has a permanent contract", "heeft een vast contract"),
    _register("work_outcomes_all", _WORK, "work outcomes together", "werkuitkomsten samen"),
    _register("self_employed_full_or_part_time", {"self_employed": 1.0}, "is self-employed", "is zelfstandige"),
    _register("exit_to_self_employment", {"self_employed": 1.0}, "is self-employed", "is zelfstandige"),
    _register("exit_to_full_time_work_24m", {"exit_work_ever": 1.0}, "left benefit for work", "uitgestroomd naar werk"),
    _register(
        "exit_other_reasons_24m", {"left_other": 1.0}, "left benefit for another reason", "uitgestroomd om andere reden"
    ),
    _register("exit_any_reason_24m", {"exit_any_ever": 1.0}, "left benefit", "uitgestroomd"),
    Outcome(
        "reintegration_contacts_2018",
        "register",
        {"contacts": 1.0},
        "count",
        Say("contacts with the office in the first year", "contacten in het eerste jaar"),
        since_start=True,
    ),
    Outcome(
        "withdrawal_after_assignment",
        "process",
        {"withdrawn": 1.0},
        "proportion",
        Say("withdrew after assignment", "trok zich terug na toewijzing"),
    ),
    Outcome(
        "survey_response",
        "process",
        {"responded": 1.0},
        "proportion",
        Say("answered the questionnaire", "vulde de vragenlijst in"),
    ),
    Outcome(
        "social_trust",
        "survey",
        {"social_trust": 1.0},
        "scale_0_10",
        Say("trust in other people", "vertrouwen in de medemens"),
    ),
    Outcome(
        "trust_municipality_and_werkbedrijf",
        "survey",
        {"trust_municipality": 0.5, "trust_werkbedrijf": 0.5},
        "scale_0_10",
        Say("trust in municipality and work office", "vertrouwen in gemeente en WerkBedrijf"),
    ),
    Outcome(
        "trust_local_index",
        "survey",
        {"trust_municipality": 1 / 3, "trust_income_department": 1 / 3, "trust_werkbedrijf": 1 / 3},
        "scale_0_10",
        Say("trust in local offices", "vertrouwen in lokale instanties"),
    ),
    Outcome(
        "income_and_deprivation_poverty",
        "survey",
        {"income_poverty": 0.5, "deprivation_poverty": 0.5},
        "proportion",
        Say("poor by income or by deprivation", "arm naar inkomen of naar gemis"),
    ),
    Outcome(
        "job_search_all",
        "survey",
        {"job_search_hours": 1 / 3, "job_applications": 1 / 3, "job_interview_invitations": 1 / 3},
        "index_unit_unclear",
        Say("job search together", "zoekgedrag samen"),
        standardised=True,
    ),
)
# Units of survey items whose report names another scale than the item has.
_ITEM_UNITS: Mapping[str, str] = {
    "job_search_hours": "hours_per_week",
    "volunteering_hours": "hours_per_week",
    "informal_care_hours": "hours_per_week",
    "job_applications": "count_4_weeks",
    "job_interview_invitations": "count_4_weeks",
    "job_search_intensity": "index_unit_unclear",
    "contact_family": "scale_1_6",
    "contact_friends": "scale_1_6",
    "contact_neighbours": "scale_1_6",
    "income_poverty": "proportion",
    "deprivation_poverty": "proportion",
}


@cache
def outcomes() -> Mapping[str, Outcome]:
    """Return every outcome by name: those of the evidence, then survey items, then register measures."""
    from sim.outcomes.measurement import items, studies
    from sim.outcomes.measures import MEASURES

    found = {outcome.name: outcome for outcome in _NAMED}
    for study in studies():
        for item in items(study).values():
            unit = _ITEM_UNITS.get(item.name) or ("scale_0_10" if study == "oss" else "scale_1_10")
            if item.name.startswith("trust_"):
                unit = "scale_0_10"
            found.setdefault(item.name, Outcome(item.name, "survey", {item.name: 1.0}, unit, item.text))
    for measure in MEASURES.values():
        unit = "proportion" if measure.unit == "share" else "model_units"
        found.setdefault(measure.name, Outcome(measure.name, "register", {measure.name: 1.0}, unit, measure.text))
    return MappingProxyType(found)
