"""Accounts: what every line is to every party, discounted and added up.

A *transfer* moves money between parties and is nothing to society; a *real* line uses or makes something. The
account of society is the sum of the parties, and so of the real lines alone. Positive is a gain to the party.

| line | participant | municipality | national | kind |
|---|---|---|---|---|
| benefit | + | - (benefit budget, BUIG) | | transfer |
| benefit tax | | - (benefit budget) | + | transfer |
| budget return | | + (benefit budget) | - | transfer |
| premium and bonus | + | - (reintegration budget) | | transfer |
| income elsewhere | + | | - | transfer |
| allowances lost | - | | + | transfer |
| net earnings | + | | | real: what the work makes |
| tax on earnings | | | + | real: what the work makes |
| caseworkers | | - (staff) | | real |
| programme | | - (reintegration budget) | | real |
| starting | | - (reintegration budget) | | real |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt

from analysis.cost.flows import QUANTITIES
from analysis.cost.prices import Prices, default_prices
from sim.problems import Say

__all__ = [
    "EFFECTS",
    "LINES",
    "OUTLAY",
    "PARTIES",
    "Effect",
    "Line",
    "book",
    "discount",
    "effects",
    "growth",
    "lines_in",
    "lines_of",
]

Array = npt.NDArray[np.float64]

PARTIES: dict[str, Say] = {
    "participant": Say("participant", "deelnemer"),
    "municipality": Say("municipality", "gemeente"),
    "national": Say("national government", "rijk"),
    "society": Say("society", "samenleving"),
}
_PARTICIPANT, _MUNICIPALITY, _NATIONAL = range(3)


@dataclass(frozen=True)
class Line:
    """One line of the accounts.

    Attributes:
        name: machine name.
        transfer: moves money between parties; nothing to society.
        budget: the municipality's budget that it falls in, if any.
        text: what it is called.
        prices: the prices that it hangs on, beside the discount rate.
    """

    name: str
    transfer: bool
    budget: str
    text: Say
    prices: tuple[str, ...] = ()


_BUIG, _WORK, _STAFF = "benefits", "reintegration", "staff"
LINES: dict[str, Line] = {
    line.name: line
    for line in (
        Line("benefit", True, _BUIG, Say("benefit", "bijstand")),
        Line("benefit_tax", True, _BUIG, Say("tax on the benefit", "loonheffing over de bijstand"), ("benefit_tax",)),
        Line(
            "budget_return",
            True,
            _BUIG,
            Say("later budget of the state", "later budget van het rijk"),
            ("benefit_tax", "budget_return"),
        ),
        Line("premium", True, _WORK, Say("premium and bonus", "premie en bonus")),
        Line(
            "elsewhere",
            True,
            "",
            Say("income elsewhere, public part", "inkomen elders, publiek deel"),
            ("other_income_national",),
        ),
        Line("allowances", True, "", Say("allowances lost", "verloren toeslagen")),
        Line("earnings", False, "", Say("net earnings", "netto verdiensten")),
        Line("earnings_tax", False, "", Say("tax on earnings", "belasting over verdiensten"), ("earnings_tax",)),
        Line(
            "caseworkers",
            False,
            _STAFF,
            Say("hours of caseworkers", "uren van klantmanagers"),
            ("caseworker_hour", "indirect_hours", "cost_growth"),
        ),
        Line("programme", False, _WORK, Say("cost of the programme", "programmakosten")),
        Line("setup", False, _WORK, Say("cost of starting", "invoeringskosten"), ("setup_cost",)),
    )
}
# What a municipality has to lay out beside benefits.
OUTLAY: tuple[str, ...] = ("premium", "caseworkers", "programme", "setup")


@dataclass(frozen=True)
class Effect:
    """An effect in natural units: a quantity summed over the months, times `factor`; `good` is its sign."""

    name: str
    quantity: str
    factor: float
    good: int
    unit: Say
    text: Say


_POINTS = Say("point-years (0 to 10)", "puntjaren (0 tot 10)")
_SHARES = Say("point-years (0 to 1)", "puntjaren (0 tot 1)")
_MONTHS = Say("months", "maanden")
EFFECTS: dict[str, Effect] = {
    each.name: each
    for each in (
        Effect("months_worked", "works", 1.0, 1, _MONTHS, Say("months with work", "maanden met werk")),
        Effect("months_on_benefit", "on_benefit", 1.0, -1, _MONTHS, Say("months on benefit", "maanden bijstand")),
        Effect("wellbeing", "wellbeing", 1.0 / 12.0, 1, _POINTS, Say("well-being", "welbevinden")),
        Effect("stress", "stress", 1.0 / 12.0, -1, _SHARES, Say("stress", "stress")),
        Effect("bandwidth", "bandwidth", 1.0 / 12.0, 1, _SHARES, Say("bandwidth", "denkruimte")),
        Effect("income", "income", 1.0, 1, Say("EUR", "euro"), Say("household income", "huishoudinkomen")),
    )
}


def discount(rate: float, months: int) -> Array:
    """Return what a euro at the end of months 1 .. `months` is worth at the start, shape [months]."""
    factors: Array = (1.0 + rate) ** (-np.arange(1, months + 1) / 12.0)
    return factors


def growth(rate: float, since: date, start: date, months: int) -> Array:
    """Return by how much a price of the day `since` has grown in months 1 .. `months`, shape [months]."""
    ahead = (start.year - since.year) * 12 + start.month - since.month
    factors: Array = (1.0 + rate) ** ((ahead + np.arange(months)) / 12.0)
    return factors


def book(quantities: Array, prices: Prices, start: date, *, first: bool, needed: str = "needed_hours") -> Array:
    """Return the accounts of each month, shape [..., months, lines, parties]; not discounted, no society.

    Args:
        quantities: [..., months, quantities] per person, as `cost_eye` gives them.
        prices: what things cost.
        start: first day of month 1.
        first: this is the baseline, which costs nothing to start.
        needed: which hours are paid.
    """
    q = {name: quantities[..., place] for place, name in enumerate(QUANTITIES)}
    months = quantities.shape[-2]
    dear = growth(prices["cost_growth"], prices.all["caseworker_hour"].date, start, months)
    tax = prices["benefit_tax"] * q["benefit"]
    returned = prices["budget_return"] * (q["benefit"] + tax)
    once = np.zeros(months)
    once[0] = 0.0 if first else prices["setup_cost"]
    elsewhere = prices["other_income_national"] * q["elsewhere"]
    entries: tuple[tuple[str, tuple[Array | float, Array | float, Array | float]], ...] = (
        ("benefit", (q["benefit"], -q["benefit"], 0.0)),
        ("benefit_tax", (0.0, -tax, tax)),
        ("budget_return", (0.0, returned, -returned)),
        ("premium", (q["premium"], -q["premium"], 0.0)),
        ("elsewhere", (elsewhere, 0.0, -elsewhere)),
        ("allowances", (-q["allowances"], 0.0, q["allowances"])),
        ("earnings", (q["earnings"], 0.0, 0.0)),
        ("earnings_tax", (0.0, 0.0, prices["earnings_tax"] * q["earnings"])),
        ("caseworkers", (0.0, -q[needed] * prices["caseworker_hour"] * dear, 0.0)),
        ("programme", (0.0, -q["programme"], 0.0)),
        ("setup", (0.0, -once, 0.0)),
    )
    accounts = np.zeros((*quantities.shape[:-1], len(LINES), 3))
    for name, row in entries:
        at = list(LINES).index(name)
        for party, amount in enumerate(row):
            accounts[..., at, party] = amount
    return accounts


def lines_in(budget: str) -> tuple[str, ...]:
    """Return the lines that fall in one of the municipality's budgets."""
    return tuple(line.name for line in LINES.values() if line.budget == budget)


@cache
def lines_of(party: str) -> tuple[str, ...]:
    """Return the lines of the account of a party: those in which money of it moves."""
    ones = np.ones((1, len(QUANTITIES)))
    prices = default_prices()
    for name in prices.all:
        prices = prices.with_value(name, 0.0 if name == "cost_growth" else 1.0)
    account = book(ones, prices, prices.all["caseworker_hour"].date, first=False)[0]
    moved = account.sum(axis=-1) if party == "society" else account[:, list(PARTIES).index(party)]
    return tuple(name for name, amount in zip(LINES, moved.tolist(), strict=True) if amount != 0.0)


def effects(quantities: Array) -> Array:
    """Return the effects in natural units, not discounted, shape [..., effects]."""
    found = [quantities[..., QUANTITIES.index(each.quantity)].sum(axis=-1) * each.factor for each in EFFECTS.values()]
    return np.stack(found, axis=-1)
