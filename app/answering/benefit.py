"""The benefit of one household in one month under the law of a date, to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sim.policy.assess import BenefitCase, BenefitResult, assess
from sim.policy.explain import law_facts, reasons
from sim.policy.law import Law, load_law
from sim.policy.reading import read_case
from sim.problems import Say

__all__ = ["AMOUNTS", "Benefit", "BenefitRequest", "benefit", "record_of"]

AMOUNTS = {
    "norm": Say("norm", "norm"),
    "disregarded": Say("disregarded", "vrijgelaten"),
    "benefit": Say("benefit", "bijstand"),
    "premium": Say("premium", "premie"),
    "net_income": Say("net income", "netto inkomen"),
}


@dataclass(frozen=True)
class BenefitRequest:
    """A household as `sim.policy.reading.read_case` reads it: euros per month, a date as YYYY-MM-DD.

    Attributes:
        household: ``single``, ``single_parent`` or ``couple``.
        date: a day in the month.
        age: of the earner.
        net_earnings, partner_net_earnings: euros per month.
        cost_sharers: people who share the costs of the home, all counted.
        months_used: months of disregard used before this one.
        sanction: percentage of the norm.
        regime: a name, or a TOML file.
        partner_age: of the partner of a couple, that of the earner when left out.
        children: under 18, at home.
    """

    household: str = "single"
    date: str = "2026-07-01"
    age: str | int = 40
    net_earnings: str | float = 0
    partner_net_earnings: str | float = 0
    cost_sharers: str | int = 1
    months_used: str | int = 0
    sanction: str | float = 0
    regime: str = "regular"
    partner_age: str | int = ""
    children: str | int = 0


@dataclass(frozen=True)
class Benefit:
    """The household, its amounts (euros per month), and the law that was applied."""

    case: BenefitCase
    result: BenefitResult
    law: Law

    @property
    def amounts(self) -> Mapping[str, float]:
        """Amounts by name; a premium only where the regime has one."""
        shown = [name for name in AMOUNTS if name != "premium" or self.case.regime.premium_share != 0.0]
        return {name: float(getattr(self.result, name)) for name in shown}


def benefit(request: BenefitRequest) -> Benefit:
    """Return the benefit of a household.

    Raises:
        InputError: every problem of the household, the date and the regime.
    """
    law = load_law()
    case = read_case({name: str(value) for name, value in asdict(request).items()}, law)
    return Benefit(case, assess(case, law), law)


def record_of(found: Benefit) -> dict[str, Any]:
    """Return the amounts to the cent, with every dated number that was used and why."""
    why = reasons(found.case, found.law)
    facts = law_facts(found.case, found.law) | {
        "reasons": {lang: [one.to(lang) for one in why] for lang in ("en", "nl")}
    }
    return {**{name: round(amount, 2) for name, amount in found.amounts.items()}, "law": facts}
