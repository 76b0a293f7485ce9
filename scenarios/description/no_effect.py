"""Settings of a scenario that change nothing: an error, since somebody meant something by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sim.parameters import PARAMETERS
from sim.problems import Problem, Say
from sim.regime.regime import Change, Regime

if TYPE_CHECKING:
    from scenarios.description.schema import Scenario

__all__ = ["without_effect"]


def without_effect(scenario: Scenario, own: Mapping[str, Regime]) -> Iterator[Problem]:
    """Yield a problem for every setting of `scenario` without effect; `own` are the regimes of its file."""
    horizon = scenario.months - scenario.start_month + 1
    if horizon < 1:
        allowed = Say(f"at most {scenario.months} (months)", f"hoogstens {scenario.months} (months)")
        yield Problem("start_month", scenario.start_month, allowed)
    for name in own:
        if name not in scenario.regimes and name != scenario.background.name and not _is_base(name, scenario):
            allowed = Say("a regime that somebody gets", "een regime dat iemand krijgt")
            yield Problem(f"regimes.{name}", "nobody gets it", allowed)
    for name, regime in own.items():
        for number, change in enumerate(regime.changes, start=1):
            if horizon >= 1 and _too_late(change, horizon, scenario):
                allowed = Say(
                    f"a change within the {scenario.months} months of the run",
                    f"een wijziging binnen de {scenario.months} maanden van de simulatie",
                )
                yield Problem(f"regimes.{name}.changes[{number}]", "starts after the run", allowed)
    yield from _parameters(scenario)
    if "drift" in scenario.given and scenario.drift == 0:
        yield Problem("drift.per_year", 0, Say("above 0, or no drift", "boven 0, of geen drift"))


def _is_base(name: str, scenario: Scenario) -> bool:
    """Return whether another regime of the file is built on this one (then it has done its work)."""
    import tomllib

    tables = tomllib.loads(scenario.text).get("regimes", {}) if scenario.text else {}
    bases = [table.get("based_on", []) for table in tables.values() if isinstance(table, dict)]
    return any(name == base or name in base for base in bases)


def _too_late(change: Change, horizon: int, scenario: Scenario) -> bool:
    if change.from_date is None:
        return change.from_month > horizon
    if scenario.start is None:
        return False
    months = (change.from_date.year - scenario.start.year) * 12 + change.from_date.month - scenario.start.month
    return months >= scenario.months


def _parameters(scenario: Scenario) -> Iterator[Problem]:
    for name in scenario.parameters:
        owner = name.split(".")[0]
        if owner in scenario.mechanisms_off and PARAMETERS[name].off is not None:
            allowed = Say(f"'{owner}' is switched off: leave one out", f"'{owner}' staat uit: laat één weg")
            yield Problem(f"parameters.{name}", scenario.parameters[name], allowed)
