"""What questions about persons share: a plan against a baseline, prices, and a run that is stored afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.answering.request import RunSettings, Watch
from sim.problems import InputError, Problem

if TYPE_CHECKING:
    from analysis.cost.prices import Prices
    from scenarios.description.schema import Scenario
    from scenarios.execution.plan import Plan

__all__ = ["USUAL_PRICES", "PriceChanges", "planned_against"]


@dataclass(frozen=True)
class PriceChanges:
    """Prices in place of the usual ones: ``NAME=VALUE`` texts, and a TOML file."""

    given: tuple[str, ...] = ()
    file: Path | None = None

    def read(self, problems: list[Problem]) -> Prices | None:
        """Return all prices; what is wrong joins the problems."""
        from analysis.cost.prices import read_prices

        try:
            return read_prices(self.given, self.file)
        except InputError as error:
            problems += error.problems
            return None


USUAL_PRICES = PriceChanges()


def planned_against(
    against: str | Scenario,
    scenarios: Sequence[str | Scenario],
    settings: RunSettings,
    watch: Watch,
    problems: list[Problem],
) -> Plan:
    """Return the plan of scenarios against a baseline.

    Raises:
        InputError: every problem, those found before included.
    """
    from scenarios.description.find import find_scenarios
    from scenarios.execution.plan import plan

    problems += settings.problems()
    options = settings.options(problems, watch)
    made: Plan | None = None
    try:
        found = find_scenarios([against, *scenarios])
        made = plan(found, options) if not problems else None
    except InputError as error:
        problems += error.problems
    if problems or made is None:
        raise InputError(problems)
    return made
