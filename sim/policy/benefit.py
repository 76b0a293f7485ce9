"""The benefit of one month: the rules, for one household, for a million, and for the compiled month.

All amounts are net euro per month; shares run from 0 to 1; flags are 0 or 1; ``months_used`` counts the
months of disregard used before this one. Nothing is rounded here. Written with `elementwise` only.
"""

from __future__ import annotations

from sim.policy.elementwise import Element, maximum, minimum, where

__all__ = [
    "BY_GENERAL",
    "BY_HOURS_LIMITED",
    "BY_NONE",
    "BY_SINGLE_PARENT",
    "benefit_month",
    "cost_sharer_factor",
    "counted_disregard",
    "disregard_rule",
    "household_norm",
    "kept_earnings",
    "of_age",
    "premium_month",
    "young_child",
]

# What `disregard_rule` returns: no disregard, 31.2.n (or what a regime puts in its place), r, y.
BY_NONE = 0.0
BY_GENERAL = 1.0
BY_SINGLE_PARENT = 2.0
BY_HOURS_LIMITED = 3.0


def kept_earnings(
    earnings: Element, share: Element, cap: Element, months_used: Element, max_months: Element
) -> Element:
    """Return the earnings kept: `share` of them up to `cap`, during the first `max_months` months."""
    return where(months_used < max_months, minimum(earnings * share, cap), earnings * 0.0)


def disregard_rule(
    months_used: Element,
    months_n: Element,
    months_r: Element,
    n_applies: Element,
    r_applies: Element,
    y_applies: Element,
    y_before_r: Element,
) -> Element:
    """Return which disregard holds this month (BY_NONE, BY_GENERAL, BY_SINGLE_PARENT, BY_HOURS_LIMITED).

    Order of art. 31.2: n during its months; then r during its months and y without limit, y giving way
    to r until 2022 and r to y from 2023 (`y_before_r`).
    """
    n_open = (n_applies > 0.0) & (months_used < months_n)
    r_open = (r_applies > 0.0) & (months_used >= months_n) & (months_used < months_n + months_r)
    y_open = y_applies > 0.0
    last = where(y_open, BY_HOURS_LIMITED, BY_NONE)
    then = where(r_open, BY_SINGLE_PARENT, last)
    then = where(y_open & (y_before_r > 0.0), BY_HOURS_LIMITED, then)
    return where(n_open, BY_GENERAL, then)


def counted_disregard(
    earnings: Element,
    share_n: Element,
    cap_n: Element,
    share_r: Element,
    cap_r: Element,
    share_y: Element,
    cap_y: Element,
    months_used: Element,
    months_n: Element,
    months_r: Element,
    n_applies: Element,
    r_applies: Element,
    y_applies: Element,
    y_before_r: Element,
) -> Element:
    """Return the part of one person's earnings that is not counted as income (art. 31.2.n, r, y)."""
    rule = disregard_rule(months_used, months_n, months_r, n_applies, r_applies, y_applies, y_before_r)
    share = where(
        rule == BY_GENERAL,
        share_n,
        where(rule == BY_SINGLE_PARENT, share_r, where(rule == BY_HOURS_LIMITED, share_y, 0.0)),
    )
    cap = where(
        rule == BY_GENERAL, cap_n, where(rule == BY_SINGLE_PARENT, cap_r, where(rule == BY_HOURS_LIMITED, cap_y, 0.0))
    )
    return minimum(earnings * share, cap)


def benefit_month(norm: Element, counted_income: Element, sanction: Element) -> Element:
    """Return the benefit: norm less counted income less `sanction` (a share of the norm), never below 0."""
    return maximum(norm - counted_income - sanction * norm, 0.0)


def premium_month(earnings: Element, norm: Element, counted_income: Element, share: Element, cap: Element) -> Element:
    """Return a premium on top of the benefit (art. 31.2.j), paid while counted income is below the norm."""
    return where(counted_income < norm, minimum(earnings * share, cap), earnings * 0.0)


def cost_sharer_factor(sharers: Element, base: Element, per_person: Element) -> Element:
    """Return the norm per person as a share of the couple norm (art. 22a); `sharers` counts everybody."""
    return (base + per_person * sharers) / sharers


def household_norm(
    couple: Element,
    cost_sharers: Element,
    age: Element,
    full_age: Element,
    single: Element,
    together: Element,
    young_single: Element,
    young_together: Element,
    base: Element,
    per_person: Element,
) -> Element:
    """Return the norm of a household (art. 20 to 22a): by age, and lower with cost sharers from the full age.

    `couple` is 1 for a couple; `cost_sharers` counts everybody who shares the home, the household included.
    """
    is_couple = couple > 0.5
    young = age < full_age
    alone = where(young, young_single, single)
    paired = where(young, young_together, together)
    part = together * cost_sharer_factor(maximum(cost_sharers, 1.0), base, per_person)
    shared = where(is_couple, 2.0 * part, part)
    others = cost_sharers - (1.0 + where(is_couple, 1.0, 0.0))
    sharing = (others > 0.5) & (age >= full_age)
    return where(sharing, shared, where(is_couple, paired, alone))


def of_age(age: Element, min_age: Element) -> Element:
    """Return 1 for who is old enough for n and r (art. 31.5, 31a), else 0."""
    return where(age >= min_age, 1.0, 0.0)


def young_child(single_parent: Element, child_age: Element, below: Element) -> Element:
    """Return 1 for a single parent whose youngest child is younger than the age of art. 31.2.r, else 0.

    `child_age` below 0: no child at home.
    """
    return where((single_parent > 0.5) & (child_age >= 0.0) & (child_age < below), 1.0, 0.0)
