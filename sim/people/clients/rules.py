"""Impossible people: rules over what a client's columns say together; what is not known breaks no rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.problems import Say

__all__ = ["RULES", "Rule", "mend"]

Columns = Mapping[str, npt.NDArray[np.float64]]
SINGLE, SINGLE_PARENT, COUPLE = 0.0, 1.0, 2.0


@dataclass(frozen=True)
class Rule:
    """What cannot be: `broken` gives a mask [n] from the columns `needs` (NaN = not known)."""

    name: str
    needs: tuple[str, ...]
    says: Say
    broken: Callable[[Columns], npt.NDArray[np.bool_]]


RULES: tuple[Rule, ...] = (
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
        "hours_without_contract",
        ("hours", "contract"),
        Say("working hours together with a contract", "werkuren samen met een contract"),
        lambda c: (c["hours"] > 0) & (c["contract"] == 0),
    ),
    Rule(
        "contract_without_hours",
        ("hours", "contract"),
        Say("a contract together with working hours", "een contract samen met werkuren"),
        lambda c: (c["hours"] == 0) & (c["contract"] > 0),
    ),
    Rule(
        "low_and_high_education",
        ("low_education", "education"),
        Say("a high education or at most MBO level 1, not both", "hoog opgeleid of hoogstens mbo 1, niet beide"),
        lambda c: (c["low_education"] == 1) & (c["education"] == 2),
    ),
)


def mend(
    columns: dict[str, npt.NDArray[np.float64]], given: Mapping[str, npt.NDArray[np.bool_]]
) -> dict[str, npt.NDArray[np.float64]]:
    """Bring drawn values in line with given ones; what the file said (`given`, [n] per column) stays.

    A given child makes a drawn single a single parent; a drawn child of a single goes; a spell, a job and a
    partner's earnings are cut to what is possible; work without hours goes, hours without a contract get a
    temporary one; debt and the flag of problem debt agree.
    """
    fixed = {name: values.copy() for name, values in columns.items()}
    nobody = np.zeros(len(next(iter(fixed.values()))), dtype=bool)

    def put(name: str, where: npt.NDArray[np.bool_], value: object) -> None:
        if name in fixed:
            free = where & ~given.get(name, nobody)
            fixed[name][free] = np.broadcast_to(np.asarray(value, dtype=np.float64), nobody.shape)[free]

    def of(name: str, missing: float) -> npt.NDArray[np.float64]:
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
    put("problem_debt", of("debt", 0) > 0, np.where(given.get("debt", nobody), 1, fixed["problem_debt"]))
    put("debt", fixed["problem_debt"] == 0, 0)
    put("education", (fixed["low_education"] == 1) & (fixed["education"] == 2), 0)
    put("low_education", (fixed["low_education"] == 1) & (fixed["education"] == 2), 0)
    put("spell_months", of("spell_months", 0) > (fixed["age"] - 18) * 12 + 12, np.floor((fixed["age"] - 18) * 12 + 12))
    put("job_months", of("job_months", 0) > (fixed["age"] - 13) * 12, np.floor((fixed["age"] - 13) * 12))
    if "hours" in fixed and "contract" in fixed:
        put("contract", (fixed["hours"] == 0) & (fixed["contract"] > 0), 0)
        put("contract", (fixed["hours"] > 0) & (fixed["contract"] == 0), 2)
        put("hours", (fixed["hours"] > 0) & (fixed["contract"] == 0), 0)
        for name in ("job_months", "wage", "fit"):
            put(name, fixed["hours"] == 0, 0)
        put("wage", (fixed["hours"] > 0) & (of("wage", 0) == 0), 1)
    return fixed
