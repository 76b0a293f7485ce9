"""What a trial costs: people and months, coaching, surveys, data, sites; every price with its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.problems import Problem, Say, one_of, within
from sim.trial.own_regimes import regimes_of

if TYPE_CHECKING:
    from analysis.planning.design import Design

__all__ = ["UNITS", "Costs", "Price", "cost_of", "read_costs"]

# name -> (unit, usual price, what it is). Nobody printed what a trial costs: all of them are assumptions.
UNITS: Mapping[str, tuple[str, float, Say]] = {
    "site": ("EUR/site", 25_000.0, Say("setting up a site", "opzet van een locatie")),
    "participant": ("EUR/person", 100.0, Say("recruiting a participant", "werving van een deelnemer")),
    "participant_month": ("EUR/person/month", 5.0, Say("following a participant", "volgen van een deelnemer")),
    "coaching_hour": ("EUR/hour", 50.0, Say("an hour of coaching beyond the usual", "een uur begeleiding extra")),
    "survey": ("EUR/answer", 30.0, Say("a survey answered", "een beantwoorde enquête")),
    "data": ("EUR/site/year", 5_000.0, Say("register data", "registerdata")),
    "fixed": ("EUR", 50_000.0, Say("research and direction", "onderzoek en regie")),
}
_HOURS_OF_CONTACT = 2.0  # an hour of talk and an hour around it, as in analysis/cost/data/prices.toml


@dataclass(frozen=True)
class Price:
    """One price with its unit and source."""

    value: float
    unit: str
    source: str


@dataclass(frozen=True)
class Costs:
    """All prices by name of `UNITS`."""

    prices: tuple[tuple[str, Price], ...]

    def __getitem__(self, name: str) -> float:
        return dict(self.prices)[name].value


def read_costs(data: object, path: str, problems: list[Problem]) -> Costs:
    """Return the prices; each given one is a table with value, unit and, if wished, source."""
    usual = {name: Price(value, unit, "assumption of ours") for name, (unit, value, _) in UNITS.items()}
    if not isinstance(data, Mapping):
        problems.append(Problem(path, data, Say("a table of prices", "een tabel met prijzen")))
        return Costs(tuple(usual.items()))
    for name, entry in data.items():
        if name not in UNITS:
            problems.append(one_of(f"{path}.{name}", name, UNITS))
            continue
        unit = UNITS[name][0]
        shown = f'{{ value = 50, unit = "{unit}" }}'
        if not isinstance(entry, Mapping) or "unit" not in entry:
            allowed = Say(f"a price with its unit, as {shown}", f"een prijs met eenheid, zoals {shown}")
            problems.append(Problem(f"{path}.{name}", entry if not isinstance(entry, Mapping) else "no unit", allowed))
            continue
        value = entry.get("value")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e9:
            problems.append(within(f"{path}.{name}.value", value, 0, 1e9, unit))
        elif entry["unit"] != unit:
            problems.append(Problem(f"{path}.{name}.unit", entry["unit"], Say(f"'{unit}'", f"'{unit}'")))
        else:
            usual[name] = Price(float(value), unit, str(entry.get("source", "given in the plan")))
    return Costs(tuple(usual.items()))


def cost_of(design: Design) -> dict[str, float]:
    """Return the cost of a design by name of `UNITS`, euros."""
    found = dict.fromkeys(UNITS, 0.0)
    prices = design.costs
    found["fixed"] = prices["fixed"]
    for site in design.sites:
        found["site"] += prices["site"]
        found["participant"] += prices["participant"] * site.people
        found["participant_month"] += prices["participant_month"] * site.people * site.follow_up
        found["data"] += prices["data"] * -(-site.follow_up // 12)
        answers = sum(site.loss.answers(month) for month in site.surveys)
        found["survey"] += prices["survey"] * site.people * (1.0 - site.loss.withdrawn) * answers
        known = regimes_of(site.regimes)
        usual = _contacts(known, site.arms[site.control].regime)
        months = site.follow_up if site.treatment is None else min(site.treatment, site.follow_up)
        for arm in site.arms:
            extra = max(_contacts(known, arm.regime) - usual, 0.0)
            people = site.people * arm.share * (1.0 - site.loss.withdrawn)
            found["coaching_hour"] += prices["coaching_hour"] * _HOURS_OF_CONTACT * extra * people * months
    return found


def _contacts(known: Mapping[str, object], regime: str) -> float:
    """Return the hours of contact a month that a regime plans: group sessions share the hour over ten."""
    levers = getattr(known.get(regime), "levers", {})
    share = float(levers.get("group_share", 0.0))
    return float(levers.get("contacts", 0.25)) * (1.0 - 0.9 * share)
