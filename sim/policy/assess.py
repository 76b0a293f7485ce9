"""The benefit of a household to the cent: one household, or arrays of them, by the same rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.policy.benefit import benefit_month, counted_disregard, premium_month
from sim.policy.elementwise import Element, round_cents
from sim.policy.law import Law
from sim.policy.problems import InputError, Problem, Say, one_of, within
from sim.policy.regimes import REGIMES, BenefitRegime
from sim.policy.terms import HOUSEHOLDS, Terms, Used, terms_of

__all__ = ["LIMITS", "BenefitCase", "BenefitResult", "assess", "assess_many", "check_values", "result_of"]

# Lowest, highest, unit. The highest amounts are far beyond any case and keep cents exact.
LIMITS: dict[str, tuple[float, float, str]] = {
    "net_earnings": (0.0, 50_000.0, "EUR"),
    "partner_net_earnings": (0.0, 50_000.0, "EUR"),
    "cost_sharers": (1, 50, ""),
    "months_used": (0, 600, ""),
    "sanction": (0.0, 100.0, "%"),
    "children": (0, 20, ""),
}
_YOUNGEST = 18


@dataclass(frozen=True)
class BenefitCase:
    """One household in one month; amounts in net euro per month.

    `age` is that of the earner, `partner_age` that of the partner of a couple (the same when left out), `children`
    counts those under 18 at home (it sets the norm of couples with a partner at 18-20), `months_used` counts the months
    of disregard before this one, `sanction` is a percentage of the norm, `cost_sharers` counts the person
    (couples: 1 and 2 mean nobody else).
    """

    household: str
    date: date
    age: int = 40
    net_earnings: float = 0.0
    partner_net_earnings: float = 0.0
    cost_sharers: int = 1
    months_used: int = 0
    regime: BenefitRegime = REGIMES["regular"]
    sanction: float = 0.0
    partner_age: int | None = None
    children: int = 0

    def terms(self, law: Law) -> tuple[Terms, tuple[Used, ...]]:
        """Return what the law says of this household, by the age of the earner."""
        return terms_of(
            law,
            self.regime,
            self.household,
            self.date,
            self.age,
            self.cost_sharers,
            partner_age=self.partner_age,
            children=self.children,
        )

    def partner_terms(self, law: Law) -> Terms:
        """Return the same with the disregards and the premium by the age of the partner."""
        if self.partner_age is None:
            return self.terms(law)[0]
        return replace(self, age=self.partner_age, partner_age=self.age).terms(law)[0]


@dataclass(frozen=True)
class BenefitResult:
    """Amounts in euro to the cent, floats or arrays.

    `disregarded` is the amount of the formula, also when no benefit is left; `net_income` is earnings
    plus benefit plus premium.
    """

    norm: Any
    disregarded: Any
    benefit: Any
    net_income: Any
    premium: Any


def assess(case: BenefitCase, law: Law) -> BenefitResult:
    """Return the benefit of one household.

    Raises:
        InputError: all that is wrong with the case, or not known on its date.
    """
    InputError.raise_if(check_values(vars(case), law))
    terms, _ = case.terms(law)
    return result_of(
        terms,
        float(case.net_earnings),
        float(case.partner_net_earnings),
        float(case.months_used),
        float(case.sanction),
        case.partner_terms(law),
    )


def result_of(
    terms: Terms,
    earnings: Element,
    partner_earnings: Element,
    months_used: Element,
    sanction_pct: Element,
    partner: Terms | None = None,
) -> BenefitResult:
    """Return the amounts under `terms`, rounded half-up to the cent; each earner has an own disregard.

    `partner`: the terms at the partner's age, when it is another.
    """
    theirs = terms if partner is None else partner
    disregarded = counted_disregard(earnings, *terms[1:7], months_used, *terms[7:13]) + counted_disregard(
        partner_earnings, *theirs[1:7], months_used, *theirs[7:13]
    )
    together = earnings + partner_earnings
    counted = together - disregarded
    benefit = round_cents(benefit_month(terms.norm, counted, sanction_pct * 0.01))
    premium = round_cents(
        premium_month(earnings, terms.norm, counted, terms.premium_share, terms.premium_cap)
        + premium_month(partner_earnings, terms.norm, counted, theirs.premium_share, theirs.premium_cap)
    )
    return BenefitResult(
        norm=terms.norm,
        disregarded=round_cents(disregarded),
        benefit=benefit,
        net_income=round_cents(together + benefit + premium),
        premium=premium,
    )


def assess_many(
    law: Law,
    household: ArrayLike,
    day: ArrayLike | date,
    *,
    age: ArrayLike = 40,
    net_earnings: ArrayLike = 0.0,
    partner_net_earnings: ArrayLike = 0.0,
    cost_sharers: ArrayLike = 1,
    months_used: ArrayLike = 0,
    sanction: ArrayLike = 0.0,
    regime: BenefitRegime = REGIMES["regular"],
) -> BenefitResult:
    """Return the benefit of many households under one regime; fields of `BenefitCase`, broadcast together.

    `household` holds names, `day` days (``datetime64[D]``). Equal to `assess`, household by household.

    Raises:
        InputError: what is wrong, with the first place where it is.
    """
    names, days = np.asarray(household), np.asarray(day, dtype="datetime64[D]")
    numbers = {
        "age": age,
        "net_earnings": net_earnings,
        "partner_net_earnings": partner_net_earnings,
        "cost_sharers": cost_sharers,
        "months_used": months_used,
        "sanction": sanction,
    }
    columns = {key: np.asarray(value, dtype=np.float64) for key, value in numbers.items()}
    names, days, *rest = np.broadcast_arrays(names, days, *columns.values())
    columns = dict(zip(columns, (np.atleast_1d(column).ravel() for column in rest), strict=True))
    names, days = np.atleast_1d(names).ravel(), np.atleast_1d(days).ravel()
    kind = np.select([names == name for name in HOUSEHOLDS], range(len(HOUSEHOLDS)), -1)
    InputError.raise_if(_column_problems(law, names, kind, days, columns))
    terms = _gather(law, regime, kind, days, columns["age"], columns["cost_sharers"])
    return result_of(
        terms, columns["net_earnings"], columns["partner_net_earnings"], columns["months_used"], columns["sanction"]
    )


def check_values(values: Mapping[str, Any], law: Law, name_of: Callable[[str], str] = lambda key: key) -> list[Problem]:
    """Return all problems of the fields of a case; keys that are missing are not looked at.

    `name_of` turns a field into the path that the user knows (``--net-earnings``).
    """
    problems: list[Problem] = []
    household, day, regime = values.get("household"), values.get("date"), values.get("regime")
    if "household" in values and household not in HOUSEHOLDS:
        problems.append(one_of(name_of("household"), household, HOUSEHOLDS))
        household = None
    if isinstance(day, date) and not law.first <= day < law.until:
        known = " .. ".join(str(edge) for edge in law.known("norm_21_to_pension", "single")[0])
        problems.append(
            Problem(
                name_of("date"),
                str(day),
                Say(f"a date in {known}, the law that is known", f"een datum in {known}, het bekende recht"),
            )
        )
        day = None
    age = values.get("age")
    if age is not None and not (_YOUNGEST <= age <= _oldest(law, day)):
        problems.append(
            Problem(
                name_of("age"),
                age,
                Say(
                    f"a whole number of years in {_YOUNGEST} .. {_oldest(law, day)} (below pension age)",
                    f"een heel aantal jaren van {_YOUNGEST} .. {_oldest(law, day)} (onder de AOW-leeftijd)",
                ),
            )
        )
        age = None
    partner_age = values.get("partner_age")
    if partner_age is not None and not (_YOUNGEST <= partner_age <= _oldest(law, day)):
        problems.append(within(name_of("partner_age"), partner_age, _YOUNGEST, _oldest(law, day)))
        partner_age = None
    if partner_age is not None and household not in (None, "couple"):
        told = Say("only with household couple", "alleen met huishouden couple")
        problems.append(Problem(name_of("partner_age"), partner_age, told))
    if values.get("children", 0) > 0 and household == "single":
        told = Say("0: a single person with a child is a single_parent", "0: alleenstaand met kind is single_parent")
        problems.append(Problem(name_of("children"), values["children"], told))
    for key, (low, high, unit) in LIMITS.items():
        if key in values and not low <= values[key] <= high:
            problems.append(within(name_of(key), values[key], low, high, unit))
    if household not in (None, "couple") and values.get("partner_net_earnings", 0.0) > 0.0:
        problems.append(
            Problem(
                name_of("partner_net_earnings"),
                values["partner_net_earnings"],
                Say("0, unless the household is a couple", "0, tenzij het huishouden een paar (couple) is"),
            )
        )
    if isinstance(regime, BenefitRegime) and "r" in regime.letters and household not in (None, "single_parent"):
        problems.append(
            Problem(
                name_of("regime"),
                regime.name,
                Say(
                    "only with household single_parent: 31.2.r is for single parents",
                    "alleen met huishouden single_parent: 31.2.r geldt voor alleenstaande ouders",
                ),
            )
        )
    if None not in (household, day, age, regime):
        sharers = values.get("cost_sharers", 1)
        try:
            terms_of(
                law,
                values["regime"],
                str(household),
                values["date"],
                values["age"],
                max(1, int(sharers)),
                name_of("date"),
                partner_age=partner_age,
                children=values.get("children", 0),
            )
        except InputError as error:
            problems.extend(error.problems)
    return problems


def _oldest(law: Law, day: date | None) -> int:
    """Return the highest whole age at which somebody may still be below pension age."""
    at = day if day is not None else law.breaks[-1]
    months = law.value("pension_age_extra_months", "any", at)
    return int(law.value("pension_age_years", "any", at)) - (0 if months > 0 else 1)


def _gather(
    law: Law,
    regime: BenefitRegime,
    kind: NDArray[Any],
    days: NDArray[Any],
    age: NDArray[Any],
    cost_sharers: NDArray[Any],
) -> Terms:
    """Return the terms as arrays: looked up once for each different combination."""
    breaks = np.array(law.breaks, dtype="datetime64[D]")
    period = np.searchsorted(breaks, days, side="right") - 1
    edges = {row.value for row in law.parameter("disregard_min_age").rows}
    edges |= {row.value for row in law.parameter("norm_full_age").rows}
    edges |= {float(_YOUNGEST), float(regime.min_age), float(regime.premium_min_age)}
    ages = np.array(sorted(edges))
    band = np.searchsorted(ages, age, side="right") - 1
    width = int(LIMITS["cost_sharers"][1]) + 1
    key = ((period * len(HOUSEHOLDS) + kind) * len(ages) + band) * width + cost_sharers.astype(np.int64)
    combinations, place = np.unique(key, return_inverse=True)
    found: list[Terms] = []
    problems: dict[Problem, None] = {}
    for combination in combinations.tolist():
        rest, sharers = divmod(combination, width)
        rest, age_band = divmod(rest, len(ages))
        which, holder = divmod(rest, len(HOUSEHOLDS))
        try:
            terms, _ = terms_of(law, regime, HOUSEHOLDS[holder], law.breaks[which], int(ages[age_band]), sharers)
        except InputError as error:
            problems.update(dict.fromkeys(error.problems))
            continue
        found.append(terms)
    InputError.raise_if(problems)
    return Terms(*np.array(found).T[:, place])


def _column_problems(
    law: Law, names: NDArray[Any], kind: NDArray[Any], days: NDArray[Any], columns: Mapping[str, NDArray[Any]]
) -> list[Problem]:
    problems: list[Problem] = []

    def first(bad: NDArray[Any]) -> int | None:
        return int(bad.argmax()) if bad.any() else None

    if (at := first(kind < 0)) is not None:
        problems.append(one_of(f"household[{at}]", str(names[at]), HOUSEHOLDS))
    known = (days >= np.datetime64(law.first)) & (days < np.datetime64(law.until))
    if (at := first(~known)) is not None:
        problems += check_values({"date": days[at].item()}, law, lambda key: f"{key}[{at}]") or [
            Problem(f"date[{at}]", str(days[at]), Say("a date", "een datum"))
        ]
    breaks = np.array(law.breaks, dtype="datetime64[D]")
    period = np.clip(np.searchsorted(breaks, days, side="right") - 1, 0, None)
    oldest = np.array([_oldest(law, start) for start in law.breaks])[period.clip(max=len(breaks) - 1)]
    age = columns["age"]
    if (at := first(known & ~((age >= _YOUNGEST) & (age <= oldest) & (age == np.floor(age))))) is not None:
        problems.append(within(f"age[{at}]", age[at], _YOUNGEST, oldest[at]))
    for key, (low, high, unit) in LIMITS.items():
        if key not in columns:
            continue
        column = columns[key]
        whole = key in ("cost_sharers", "months_used")
        good = (column >= low) & (column <= high) & ((column == np.floor(column)) | (not whole))
        if (at := first(~good)) is not None:
            problems.append(within(f"{key}[{at}]", column[at], low, high, unit))
    alone = (kind != HOUSEHOLDS.index("couple")) & (columns["partner_net_earnings"] > 0.0)
    if (at := first(alone)) is not None:
        problems += check_values(
            {"household": str(names[at]), "partner_net_earnings": float(columns["partner_net_earnings"][at])},
            law,
            lambda key: f"{key}[{at}]",
        )
    return problems
