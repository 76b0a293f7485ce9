"""From law, regime and household to the plain numbers that the rules of `benefit` take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sim.policy.benefit import cost_sharer_factor
from sim.policy.elementwise import Element, round_cents
from sim.policy.law import Law, Parameter, Row
from sim.policy.problems import InputError, Problem
from sim.policy.regimes import BenefitRegime

__all__ = ["HOUSEHOLDS", "Terms", "Used", "terms_of"]

HOUSEHOLDS = ("single", "single_parent", "couple")


class Terms(NamedTuple):
    """What the law and the regime say of one household on one day; floats or arrays, as in `benefit`."""

    norm: Element
    share_n: Element
    cap_n: Element
    share_r: Element
    cap_r: Element
    share_y: Element
    cap_y: Element
    months_n: Element
    months_r: Element
    n_applies: Element
    r_applies: Element
    y_applies: Element
    y_before_r: Element
    premium_share: Element
    premium_cap: Element


class Used(NamedTuple):
    """A parameter and the row of it that was used."""

    parameter: Parameter
    row: Row


def terms_of(
    law: Law,
    regime: BenefitRegime,
    household: str,
    day: date,
    age: int,
    cost_sharers: int,
    path: str = "date",
    *,
    partner_age: int | None = None,
    children: int = 0,
) -> tuple[Terms, tuple[Used, ...]]:
    """Return the terms and the dated rows they come from; the disregards are those of somebody of `age`.

    `cost_sharers` counts everybody who shares the home's costs, the person and the partner included;
    for a couple 1 and 2 both mean: nobody else. Under 21 there is no cost sharers norm (art. 22a).
    `partner_age`: of a couple, taken to be `age` when left out; `children`: at home, of a couple.

    Raises:
        InputError: one or more numbers are not known on that day.
    """
    used: list[Used] = []
    problems: list[Problem] = []

    def look(name: str, holder: str = "any") -> float:
        try:
            row = law.row(name, holder, day, path)
        except InputError as error:
            problems.extend(error.problems)
            return 0.0
        used.append(Used(law.parameter(name, holder), row))
        return row.value

    def amount(number: float | str) -> float:
        return look(number) if isinstance(number, str) else number

    norm = _norm(look, household, age, cost_sharers, partner_age, children)
    n_share = n_cap = n_months = r_share = r_cap = r_months = y_share = y_cap = 0.0
    n_applies = r_applies = y_applies = y_before_r = 0.0
    if regime.letters:
        old_enough = float(age >= look("disregard_min_age"))
        n_share, n_cap = look("disregard_general_rate"), look("disregard_general_cap")
        n_months, n_applies = look("disregard_general_max_months"), old_enough
        if household == "single_parent" and ("r" in regime.letters or "y" in regime.letters):
            r_share = look("disregard_single_parent_rate", household)
            r_cap = look("disregard_single_parent_cap", household)
            r_months = look("disregard_single_parent_max_months", household)
            r_applies = old_enough
        if "y" in regime.letters:
            y_share, y_cap = look("disregard_hours_limited_rate"), look("disregard_hours_limited_cap")
            y_before_r = look("disregard_y_before_r")
            y_applies = 1.0
    else:
        n_share, n_cap, n_months = amount(regime.share), amount(regime.cap), regime.max_months
        n_applies = float(age >= regime.min_age)
    premium_share, premium_cap = 0.0, 0.0
    if regime.premium_share != 0.0 and age >= regime.premium_min_age:
        premium_share, premium_cap = amount(regime.premium_share), amount(regime.premium_cap)
    InputError.raise_if(problems)
    terms = Terms(
        norm=norm,
        share_n=n_share,
        cap_n=n_cap,
        share_r=r_share,
        cap_r=r_cap,
        share_y=y_share,
        cap_y=y_cap,
        months_n=n_months,
        months_r=r_months,
        n_applies=n_applies,
        r_applies=r_applies,
        y_applies=y_applies,
        y_before_r=y_before_r,
        premium_share=premium_share,
        premium_cap=premium_cap,
    )
    return terms, tuple(used)


def _norm(
    look: Callable[[str, str], float],
    household: str,
    age: int,
    cost_sharers: int,
    partner_age: int | None,
    children: int,
) -> float:
    adult = look("norm_full_age", "any")
    ages = (age, age if partner_age is None else partner_age) if household == "couple" else (age,)
    young = sum(one < adult for one in ages)
    if young == len(ages):
        # Art. 20.1 (without) and 20.2 (with children).
        with_children = household == "couple" and children > 0
        return look("norm_18_20_with_children" if with_children else "norm_18_20", household)
    alone = len(ages)
    if cost_sharers <= alone and not young:
        return look("norm_21_to_pension", household)
    couple_norm = look("norm_21_to_pension", "couple")
    if cost_sharers <= alone:
        own = couple_norm / 2.0
    else:
        base = look("kostendelers_formula_base_share", "any")
        per_person = look("kostendelers_formula_per_person_share", "any")
        # Art. 22a.2: a couple gets the sum of two norms, each of which is printed to the cent.
        own = float(round_cents(couple_norm * cost_sharer_factor(float(cost_sharers), base, per_person)))
    if not young:
        return own * alone
    # Art. 20.1.c, 20.2.c and 22a.3: the partner under 21 adds what one of 18-20 gets, with the children's part.
    part = look("norm_18_20", "single")
    if children > 0:
        part = look("norm_18_20_with_children", "couple") - part
    return float(round_cents(own + part))
