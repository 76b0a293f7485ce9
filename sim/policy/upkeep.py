"""How old the law of the data is, and what has to be added for the next half-year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sim.policy.law import Law, Parameter, Row, half_year

__all__ = ["Missing", "Upkeep", "upkeep"]


@dataclass(frozen=True)
class Missing:
    """A parameter whose amount is set anew on `day`, and its last row."""

    parameter: Parameter
    last: Row
    day: date


@dataclass(frozen=True)
class Upkeep:
    """The state of the law on a day.

    Attributes:
        last: first day of the last half-year that is known.
        until: the first day that is not known.
        missing: amounts to add for the half-year that begins on `until`.
        gaps: amounts of that renewal which the last known half-year lacks.
        held: rows carried over from the half-year before without a source of their own.
        planned: rules that are printed and not in force yet.
    """

    last: date
    until: date
    missing: tuple[Missing, ...]
    gaps: tuple[Missing, ...]
    held: tuple[Missing, ...]
    planned: tuple[Parameter, ...]

    def known(self, today: date) -> bool:
        """Tell whether the law of `today` is in the data."""
        return today < self.until


def upkeep(law: Law) -> Upkeep:
    """Return what the data lacks for the half-year after the last known one."""
    living = [parameter for parameter in law.parameters.values() if not parameter.planned]
    last = max(day for day in law.breaks if day == half_year(day))
    renewed = [parameter for parameter in living if parameter.renewed in ("half-year", "year")]
    running = [one for one in renewed if one.at(last, law.until) is not None]
    due = [one for one in running if one.renewed == "half-year" or law.until.month == 1]
    return Upkeep(
        last,
        law.until,
        tuple(Missing(one, one.rows[-1], law.until) for one in due),
        tuple(
            Missing(one, one.rows[-1], last)
            for one in renewed
            # Ended long ago: replaced by another name (the minimum wage per week), not forgotten.
            if one.at(last, law.until) is None and (last - one.rows[-1].valid_from).days < 400
        ),
        tuple(Missing(one, one.rows[-1], last) for one in living if one.rows[-1].verified == "held"),
        tuple(parameter for parameter in law.parameters.values() if parameter.planned),
    )
