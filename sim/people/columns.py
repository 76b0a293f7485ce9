"""What a person is: every column with its unit, bounds and meaning, declared once.

Three kinds:

* ``trait``: drawn or read once, never changed by the month (stored as float32; whole numbers are exact).
* ``state``: changed by the month (float64 for continuous states; float32 for flags and counters, exact).
* ``flow``: recomputed every month from traits and states; lives in the engine's work space only and can be
  recorded (hours searched, contacts had, net income, ...).

A population file holds traits and may hold starting values of states; what it leaves out starts at `start`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["COLUMNS", "FLOWS", "OBSTACLES", "STATES", "TRAITS", "Column", "codes"]

Kind = Literal["trait", "state", "flow"]


@dataclass(frozen=True)
class Column:
    """One column: `low`..`high` are the possible values, `start` its value when nothing is given."""

    name: str
    kind: Kind
    unit: str
    low: float
    high: float
    start: float
    text: str
    whole: bool = False
    codes: tuple[str, ...] = ()


def _trait(name: str, unit: str, low: float, high: float, start: float, text: str, *, whole: bool = False) -> Column:
    return Column(name, "trait", unit, low, high, start, text, whole)


def _code(name: str, kind: Kind, start: int, text: str, *codes: str) -> Column:
    return Column(name, kind, "code", 0, len(codes) - 1, start, text, True, codes)


def _flag(name: str, kind: Kind, text: str) -> Column:
    return Column(name, kind, "0/1", 0, 1, 0, text, True)


def _state(name: str, low: float, high: float, start: float, text: str, unit: str = "0..1") -> Column:
    return Column(name, "state", unit, low, high, start, text)


def _count(name: str, unit: str, high: float, text: str, start: float = 0) -> Column:
    return Column(name, "state", unit, min(start, 0), high, start, text, True)


def _flow(name: str, unit: str, low: float, high: float, text: str) -> Column:
    return Column(name, "flow", unit, low, high, 0, text)


_TRAITS: tuple[Column, ...] = (
    _trait("age", "years", 18, 67, 42, "age in the first month (grows by 1/12 a month)"),
    _flag("male", "trait", "registered as a man"),
    _code("household", "trait", 0, "household of the benefit", "single", "single_parent", "couple"),
    _trait("youngest_child_age", "years", -1, 18, -1, "age of the youngest child at home; -1 without children"),
    _trait(
        "cost_sharers",
        "persons",
        1,
        5,
        1,
        "adults sharing the home, the person included (5 = five or more)",
        whole=True,
    ),
    _trait("partner_earnings", "EUR/month", 0, 6000, 0, "net earnings of the partner (couples)"),
    _code("migration", "trait", 0, "migration background", "none", "western", "non_western"),
    _code("education", "trait", 1, "highest level reached", "low", "middle", "high"),
    _flag("poor_dutch", "trait", "speaks Dutch poorly"),
    _flag("low_education", "trait", "no more than MBO level 1"),
    _flag("physical", "trait", "physical health complaints that hinder work"),
    _flag("mental", "trait", "mental health complaints that hinder work"),
    _flag("addiction", "trait", "addiction to alcohol or drugs"),
    _flag("care", "trait", "care duties (young children or informal care)"),
    _flag("problem_debt", "trait", "problematic debt at the start"),
    _trait(
        "employability", "standard deviations", -4, 4, 0, "latent chance on the labour market, beyond the other traits"
    ),
    _trait(
        "mobility",
        "standard deviations",
        -4,
        4,
        0,
        "latent chance of leaving benefit, beyond the other traits: movers and stayers",
    ),
    _trait(
        "service_rank",
        "0..1",
        0,
        1,
        0,
        "place in the queue for employment service: the last are not served for lack of capacity",
    ),
    _trait("intrinsic_motivation", "0..1", 0, 1, 0.5, "wants to work for its own sake (against calculating)"),
    _trait("capacity_to_act", "0..1", 0, 1, 0.5, "doenvermogen: planning, starting, keeping on"),
    _trait("stress_trait", "log-odds", -4, 4, 0, "a person's own level of stress"),
    _trait("reporting_trait", "standard deviations", -4, 4, 0, "a person's own way of answering scales"),
    _trait("earnings_before", "EUR/month", 0, 4000, 0, "mean net earnings in the year before the start"),
    _flag("work_duty_exempt", "trait", "exempted from the duty to work (art. 9.2) before the start"),
    _trait("entry_month", "months", 0, 240, 0, "month in which the person enters; 0 = sitting stock", whole=True),
    _trait("quality", "standard deviations", -4, 4, 0, "the assigned caseworker's own quality"),
)

_STATES: tuple[Column, ...] = (
    # mind
    _state("stress", 0, 1, 0.5, "stress"),
    _state("bandwidth", 0, 1, 0.5, "free mental capacity"),
    _state("trust", 0, 1, 0.5, "trust in the municipality"),
    _state("social_trust", 0, 1, 0.5, "trust in other people"),
    _state("efficacy", 0, 1, 0.5, "self-efficacy in looking for work"),
    _state("motivation", 0, 1, 0.5, "autonomous motivation to work, moves around the intrinsic trait"),
    _state("adaptation", 0, 1, 0, "how far the person has got used to the current regime"),
    _state("support", 0, 1, 0.3, "felt attention of the office (recent contacts)"),
    _state("growth", 0, 1, 0, "personal development gained in coaching (stock that pays later)"),
    _state("direction_skill", 0, 1, 0, "skill of directing oneself learned in the programme"),
    _state("rejection", 0, 4, 0, "recent rejections (fading sum)", "rejections"),
    _state("belonging", 0, 1, 0.5, "contact with family, friends, neighbours"),
    _state("volunteering", 0, 1, 0.2, "propensity to volunteer, settled by habit"),
    _state("caring", 0, 1, 0.2, "propensity to give informal care"),
    # work
    _state("skill", 0, 1, 0.5, "work experience that decays out of work"),
    _state("fit", 0, 1, 0, "fit of the current job"),
    _state("wage", 0, 3, 0, "hourly wage over the minimum wage", "ratio"),
    _state("hours", 0, 40, 0, "hours of work per week", "hours/week"),
    # purse
    _state("buffer", -30000, 60000, 200, "savings above, arrears below zero", "EUR"),
    _state("debt", 0, 200000, 0, "problem debt", "EUR"),
    _state("owed", -5000, 5000, 0, "settlement still to come: positive is owed to the person", "EUR"),
    _state("premium_due", 0, 20000, 0, "premium earned and not yet paid", "EUR"),
    _state("scarcity", 0, 1, 0.5, "scarcity felt"),
    # running sums
    _state("earnings_sum", 0, 1e6, 0, "net earnings since the start", "EUR"),
    _state("benefit_sum", 0, 1e6, 0, "benefit paid since the start", "EUR"),
    _state("income_sum", 0, 2e6, 0, "disposable income since the start", "EUR"),
    _state("contact_sum", 0, 1e4, 0, "contacts had since the start", "contacts"),
    _code(
        "status",
        "state",
        0,
        "where the person is in the benefit system",
        "on_benefit",
        "left_for_work",
        "left_other",
        "not_entered",
    ),
    _code("contract", "state", 0, "current work", "none", "permanent", "temporary", "agency", "self_employed"),
    _count("job_months", "months", 600, "months in the current job"),
    _count("spell_months", "months", 720, "months on benefit in the current spell", 12),
    _count("months_out", "months", 600, "months since the person left benefit"),
    _count("disregard_months", "months", 600, "months in which the regime's disregard was used"),
    _count("statutory_months", "months", 600, "months in which the statutory disregard was used"),
    _count("sanction_months", "months", 12, "months a sanction still runs"),
    _count("sanctions_sum", "sanctions", 600, "sanctions imposed since the start"),
    _count("first_exit_work", "month", 600, "first month out of benefit for work; 0 = never", 0),
    _count("first_exit_any", "month", 600, "first month out of benefit for any reason; 0 = never", 0),
    _count("months_worked", "months", 600, "months with paid work since the start"),
    _count("part_time_months", "months", 600, "months with paid work of less than 32 hours since the start"),
    _count("supplement_months", "months", 600, "months in which the supplement to full-time work was paid"),
    _count("job_starts", "jobs", 600, "jobs started since the start"),
    _count("returns", "spells", 600, "returns to benefit since the start"),
    _count("bonus_paid", "times", 10, "times an exit bonus was paid"),
)

_FLOWS: tuple[Column, ...] = (
    _flow("contacts", "contacts/month", 0, 31, "contacts had this month"),
    _flow("anticipation", "0..1", 0, 1, "nearness of an announced end of the regime"),
    _flow("pressure", "0..1", 0, 1, "obligations felt"),
    _flow("autonomy", "0..1", 0, 1, "own direction felt"),
    _flow("sanctioned", "0/1", 0, 1, "a sanction runs this month"),
    _flow("earnings", "EUR/month", 0, 20000, "net earnings of the person"),
    _flow("kept", "EUR/month", 0, 20000, "earnings that are not deducted"),
    _flow("benefit", "EUR/month", 0, 4000, "benefit to which the household is entitled"),
    _flow("paid", "EUR/month", 0, 4000, "benefit paid, after sanction"),
    _flow("premium", "EUR/month", 0, 20000, "premium and bonus paid"),
    _flow("income", "EUR/month", 0, 50000, "disposable income: what came in"),
    _flow("gain", "share of the norm", -1, 3, "what the best feasible small job would add to income"),
    _flow("obstacle_load", "log", 0, 60, "how much the obstacles weigh in finding work"),
    _flow("search_effort", "0..1", 0, 1, "search effort"),
    _flow("search_hours", "hours/week", 0, 40, "hours of job search"),
    _flow("applications", "per month", 0, 40, "applications sent"),
    _flow("interviews", "per month", 0, 6, "job interviews"),
    _flow("offers", "per month", 0, 6, "job offers"),
    _flow("rejections", "per month", 0, 6, "interviews without an offer"),
    _flow("accepted", "0/1", 0, 1, "a job was accepted this month"),
    _flow("job_lost", "0/1", 0, 1, "a job ended this month"),
    _flow("exit_work", "0/1", 0, 1, "left benefit for work this month"),
    _flow("exit_other", "0/1", 0, 1, "left benefit for another reason this month"),
    _flow("reentry", "0/1", 0, 1, "returned to benefit this month"),
    _flow("volunteer_hours", "hours/week", 0, 40, "hours of volunteering"),
    _flow("wellbeing", "0..10", 0, 10, "well-being, without the noise of a survey"),
    _flow("health", "0..10", 0, 10, "subjective health, without noise"),
    _flow("choice_freedom", "0..10", 0, 10, "felt freedom of choice, without noise"),
    _flow("self_direction", "0..10", 0, 10, "self-reliance as reported, without noise"),
    _flow("participation_score", "0..10", 0, 10, "social participation as reported, without noise"),
    _flow("deprivation", "0..1", 0, 1, "chance of calling oneself deprived"),
    _flow("care_hours", "hours/week", 0, 80, "hours of informal care"),
)

# The impediments to work of the Nijmegen table 1, in its order, then our two.
OBSTACLES: tuple[str, ...] = ("poor_dutch", "physical", "mental", "addiction", "low_education", "care", "problem_debt")

TRAITS: dict[str, Column] = {column.name: column for column in _TRAITS}
STATES: dict[str, Column] = {column.name: column for column in _STATES}
FLOWS: dict[str, Column] = {column.name: column for column in _FLOWS}
COLUMNS: dict[str, Column] = TRAITS | STATES | FLOWS


def codes(name: str) -> tuple[str, ...]:
    """Return the labels of a coded column, in the order of its values 0, 1, ..."""
    return COLUMNS[name].codes
