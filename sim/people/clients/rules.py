"""Impossible people: rules over what a client's columns say together; what is not known breaks no rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from sim.people.columns import COLUMNS
from sim.policy.amounts import FULL_TIME_HOURS_WEEK, monthly_amounts
from sim.policy.law import load_law
from sim.problems import Say

__all__ = ["PER_HOUR", "RULES", "Rule", "mend", "per_hour", "work_from_earnings", "works_of"]

Floats = npt.NDArray[np.float64]
Columns = Mapping[str, Floats]
SINGLE, SINGLE_PARENT, COUPLE = 0.0, 1.0, 2.0
# Not a column of people: EUR net a month for one hour a week at the minimum wage of the reference date.
PER_HOUR = "net_minimum_wage_per_hour"
MOST_WAGE, MOST_HOURS = COLUMNS["wage"].high, COLUMNS["hours"].high
# Hours a week of a job that a file tells of without hours: the middle of the usual small job (8 to 12 hours).
SMALL_JOB = 10.0
_TEMPORARY = 2.0
# Problem debt of unknown size, EUR: `debt_median` of `sim/people/data/netherlands.toml`.
USUAL_DEBT = 12000.0
# Somebody this inclined to give care has care duties.
_CARES = 0.8


@dataclass(frozen=True)
class Rule:
    """What cannot be: `broken` gives a mask [n] from the columns `needs` (NaN = not known)."""

    name: str
    needs: tuple[str, ...]
    says: Say
    broken: Callable[[Columns], npt.NDArray[np.bool_]]


# How a column says that somebody works; all but the months in a job (0 in the first month) also say that one does not.
_WORK: Mapping[str, Say] = {
    "hours": Say("working hours", "werkuren"),
    "contract": Say("a contract", "een contract"),
    "earnings": Say("earnings", "inkomsten"),
    "wage": Say("a wage", "een loon"),
    "job_months": Say("months in a job", "maanden in een baan"),
}


def _without(one: str, other: str) -> Rule:
    told = (_WORK[one], _WORK[other])
    return Rule(
        f"{one}_without_{other}",
        (one, other),
        Say(f"{told[0].en} together with {told[1].en}", f"{told[0].nl} samen met {told[1].nl}"),
        lambda c: (c[one] > 0) & (c[other] == 0),
    )


RULES: tuple[Rule, ...] = (
    *(_without(one, other) for one in _WORK for other in _WORK if other not in (one, "job_months")),
    Rule(
        "single_parent_without_child",
        ("household", "youngest_child_age"),
        Say("a single parent has a child at home", "een alleenstaande ouder heeft een kind thuis"),
        lambda c: (c["household"] == SINGLE_PARENT) & (c["youngest_child_age"] < 0),
    ),
    Rule(
        "single_with_child",
        ("household", "youngest_child_age"),
        Say("a single person with a child at home is a single parent", "wie alleen is met kind is alleenstaande ouder"),
        lambda c: (c["household"] == SINGLE) & (c["youngest_child_age"] >= 0),
    ),
    Rule(
        "partner_earnings_without_partner",
        ("household", "partner_earnings"),
        Say("only a couple has partner earnings", "alleen een paar heeft inkomsten van een partner"),
        lambda c: (c["household"] != COUPLE) & ~np.isnan(c["household"]) & (c["partner_earnings"] > 0),
    ),
    Rule(
        "couple_alone_at_home",
        ("household", "cost_sharers"),
        Say("a couple shares a home with two adults or more", "een paar woont met minstens twee volwassenen"),
        lambda c: (c["household"] == COUPLE) & (c["cost_sharers"] < 2),
    ),
    Rule(
        "child_too_old",
        ("age", "youngest_child_age"),
        Say("a child at least 12 years younger", "een kind dat minstens 12 jaar jonger is"),
        lambda c: (c["youngest_child_age"] >= 0) & (c["age"] - c["youngest_child_age"] < 12),
    ),
    Rule(
        "spell_before_eighteen",
        ("age", "spell_months"),
        Say("a spell that began at 18 or later", "een uitkering die op of na 18 jaar begon"),
        lambda c: c["spell_months"] > (c["age"] - 18) * 12 + 12,
    ),
    Rule(
        "job_before_thirteen",
        ("age", "job_months"),
        Say("a job that began at 13 or later", "een baan die op of na 13 jaar begon"),
        lambda c: c["job_months"] > (c["age"] - 13) * 12,
    ),
    Rule(
        "low_and_higher_education",
        ("low_education", "education"),
        Say("at most MBO level 1 is a low education", "hoogstens mbo 1 is laag opgeleid"),
        lambda c: (c["low_education"] == 1) & (c["education"] > 0),
    ),
    Rule(
        "debt_without_problem_debt",
        ("debt", "problem_debt"),
        Say("an amount of problem debt, or no problem debt", "een bedrag aan problematische schuld, of geen schuld"),
        lambda c: (c["debt"] > 0) & (c["problem_debt"] == 0),
    ),
    Rule(
        "problem_debt_without_debt",
        ("debt", "problem_debt"),
        Say("problem debt with an amount above 0", "problematische schulden met een bedrag boven 0"),
        lambda c: (c["debt"] == 0) & (c["problem_debt"] == 1),
    ),
    Rule(
        "caring_without_care",
        ("care", "caring"),
        Say("care duties for somebody who nearly always gives care", "zorgtaken bij wie bijna altijd zorg geeft"),
        lambda c: (c["care"] == 0) & (c["caring"] > _CARES),
    ),
    Rule(
        "earnings_beyond_hours",
        ("earnings", "hours"),
        Say(
            f"net earnings of at most {MOST_WAGE:g} times the minimum wage of the hours",
            f"netto inkomsten tot {MOST_WAGE:g} maal het minimumloon van de uren",
        ),
        lambda c: (c["hours"] > 0) & (c["earnings"] > MOST_WAGE * c["hours"] * c[PER_HOUR]),
    ),
    Rule(
        "earnings_beyond_a_week",
        ("earnings",),
        Say(
            f"net earnings of at most {MOST_WAGE:g} times the minimum wage of 40 hours",
            f"netto inkomsten tot {MOST_WAGE:g} maal het minimumloon van 40 uur",
        ),
        lambda c: c["earnings"] > MOST_WAGE * MOST_HOURS * c[PER_HOUR],
    ),
    Rule(
        "earnings_are_not_hours_times_wage",
        ("earnings", "hours", "wage"),
        Say("earnings that are hours times wage, within 5%", "inkomsten die uren maal loon zijn, op 5% na"),
        lambda c: (
            (c["wage"] > 0) & (np.abs(c["earnings"] - c["hours"] * c["wage"] * c[PER_HOUR]) > 0.05 * c["earnings"])
        ),
    ),
)


def per_hour(day: date) -> float:
    """Return what one hour a week at the minimum wage brings, net, in EUR a month (held outside the known law)."""
    law = load_law()
    held = min(max(day, law.first), law.until - timedelta(days=1)).replace(day=1)
    return float(monthly_amounts(held, 1, law)["net_wage_month"][0]) / FULL_TIME_HOURS_WEEK


def work_from_earnings(
    columns: dict[str, Floats], earnings: Floats, hour: float, given: Mapping[str, npt.NDArray[np.bool_]]
) -> None:
    """Set hours and wage so that ``hours x wage x hour`` is what the file says is earned (NaN: it does not say).

    Hours that the file says stay, and the wage follows; a wage that it says stays, and the hours follow. With neither,
    the lent wage stays and the hours follow, up to a full week; beyond it the wage rises.
    """
    earns = earnings > 0
    count = len(earnings)
    wage = columns.get("wage", np.ones(count))
    wage = np.where(earns & ~(wage > 0), 1.0, wage)
    said = given.get("hours", np.zeros(count, dtype=bool))
    wage_said = given.get("wage", np.zeros(count, dtype=bool))
    hours = columns.get("hours", np.zeros(count))
    paid = np.where(earns, earnings, 1.0) / hour
    free = np.minimum(paid / np.where(wage > 0, wage, 1.0), np.where(wage_said, MOST_HOURS, FULL_TIME_HOURS_WEEK))
    # More than a full week at the highest wage: longer hours, which the rules above have let through.
    free = np.maximum(free, paid / MOST_WAGE)
    columns["hours"] = np.where(earns & ~said, free, np.where((earnings == 0) & ~said, 0.0, hours))
    follows = earns & ~wage_said
    columns["wage"] = np.where(follows, paid / np.where(columns["hours"] > 0, columns["hours"], 1.0), wage)


def mend(
    columns: dict[str, npt.NDArray[np.float64]], given: Mapping[str, npt.NDArray[np.bool_]]
) -> dict[str, npt.NDArray[np.float64]]:
    """Bring drawn values in line with given ones; what the file said (`given`, [n] per column) stays.

    A given child makes a drawn single a single parent; a drawn child of a single goes; a spell, a job and a
    partner's earnings are cut to what is possible; work without hours goes, hours without a contract get a
    temporary one. Columns that tell one fact agree: problem debt is an amount above 0, at most MBO level 1 is a low
    education, care and giving care go together, a trait of the mind and where that mind starts are one answer.
    """
    fixed = {name: values.copy() for name, values in columns.items()}
    nobody = np.zeros(len(next(iter(fixed.values()))), dtype=bool)

    def put(name: str, where: npt.NDArray[np.bool_], value: object) -> None:
        if name in fixed:
            free = where & ~given.get(name, nobody)
            fixed[name][free] = np.broadcast_to(np.asarray(value, dtype=np.float64), nobody.shape)[free]

    def of(name: str, missing: float) -> Floats:
        return fixed.get(name, np.full(len(nobody), missing))

    child = fixed["youngest_child_age"]
    put("youngest_child_age", (child >= 0) & (fixed["age"] - child < 12), np.maximum(fixed["age"] - 18, 0))
    child = fixed["youngest_child_age"]
    put("household", (fixed["household"] == SINGLE) & (child >= 0) & given.get("youngest_child_age", nobody), 1)
    put("household", (fixed["household"] == SINGLE_PARENT) & (child < 0), SINGLE)
    household = fixed["household"]
    put("youngest_child_age", (household == SINGLE) & (child >= 0), -1)
    put("partner_earnings", household != COUPLE, 0)
    put("cost_sharers", (household == COUPLE) & (fixed["cost_sharers"] < 2), 2)
    if "debt" in fixed:
        put("problem_debt", given.get("debt", nobody), fixed["debt"] > 0)
        put("debt", fixed["problem_debt"] == 0, 0)
        put("debt", (fixed["problem_debt"] == 1) & (fixed["debt"] <= 0), USUAL_DEBT)
    else:
        fixed["debt"] = np.where(fixed["problem_debt"] == 1, USUAL_DEBT, 0.0)
    put("education", (fixed["low_education"] == 1) & (fixed["education"] > 0), 0)
    put("low_education", (fixed["low_education"] == 1) & (fixed["education"] > 0), 0)
    caring = of("caring", 0.2)
    put("care", caring > _CARES, 1)
    put("caring", (fixed["care"] == 0) & (caring > _CARES), _CARES)
    _minds(fixed, given, put, nobody)
    put("spell_months", of("spell_months", 0) > (fixed["age"] - 18) * 12 + 12, np.floor((fixed["age"] - 18) * 12 + 12))
    put("job_months", of("job_months", 0) > (fixed["age"] - 13) * 12, np.floor((fixed["age"] - 13) * 12))
    _work(fixed, given, put, nobody)
    return fixed


def works_of(columns: Mapping[str, Floats], count: int) -> Floats:
    """Return 1 for who works by any column, 0 for who does not, NaN where no column tells, shape [n]."""
    works = np.full(count, np.nan)
    for name in _WORK:
        values = columns.get(name, np.full(count, np.nan))
        tells = np.isnan(works) & ~np.isnan(values) & ((values > 0) | (name != "job_months"))
        works[tells] = values[tells] > 0
    return works


def _work(
    fixed: dict[str, Floats],
    given: Mapping[str, npt.NDArray[np.bool_]],
    put: Callable[..., None],
    nobody: npt.NDArray[np.bool_],
) -> None:
    """Hours, contract, wage and job say the same: what the file tells of one of them, the others follow."""
    names = [name for name in _WORK if name in fixed]
    if not names:
        return
    said = {name: np.where(given.get(name, nobody), fixed[name], np.nan) for name in names}
    told, lent = works_of(said, len(nobody)), works_of({name: fixed[name] for name in names}, len(nobody))
    works = np.where(np.isnan(told), lent, told) == 1
    for name, usual in (("hours", SMALL_JOB), ("contract", _TEMPORARY), ("wage", 1.0), ("job_months", 0.0)):
        fixed.setdefault(name, np.zeros(len(nobody)))
        put(name, works & (fixed[name] == 0), usual)
        put(name, ~works, 0)
    put("fit", ~works, 0)


def _minds(
    fixed: dict[str, Floats],
    given: Mapping[str, npt.NDArray[np.bool_]],
    put: Callable[..., None],
    nobody: npt.NDArray[np.bool_],
) -> None:
    """A trait of the mind and the state that settles around it: the one follows the other, as at synthesis."""
    if "motivation" in fixed:
        put("intrinsic_motivation", given.get("motivation", nobody), fixed["motivation"])
        put("motivation", given.get("intrinsic_motivation", nobody), fixed["intrinsic_motivation"])
    if "stress" in fixed:
        shift = 0.3 * fixed["problem_debt"] - 0.2
        inside = np.clip(fixed["stress"], 0.001, 0.999)
        put("stress_trait", given.get("stress", nobody), np.clip((np.log(inside / (1 - inside)) - shift) / 0.8, -4, 4))
        settled = 1.0 / (1.0 + np.exp(-(shift + 0.8 * fixed["stress_trait"])))
        put("stress", given.get("stress_trait", nobody), settled)
