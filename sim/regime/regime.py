"""A regime: where the levers stand, and when. Data, never a class of its own.

A regime says what differs from the background, which is the regular regime of the municipality in that
calendar month. What it does not name follows the background: a regime that names nothing is the
background, exactly. Two clocks move levers within a run: the regime's own clock (month 1 is the first
month of a person's treatment) and the calendar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from sim.problems import InputError, Problem, Say, nearest_name
from sim.regime.ranges import Range

__all__ = ["ROLES", "Change", "Origin", "Regime", "check_sequences", "with_months"]

Kind = Literal["published", "assumption"]
Role = Literal["treatment", "control", "reference"]
ROLES: tuple[Role, ...] = ("treatment", "control", "reference")


@dataclass(frozen=True)
class Origin:
    """Where a lever's value comes from; `note` keeps a doubt."""

    kind: Kind = "assumption"
    source: str = ""
    locator: str = ""
    note: str = ""


@dataclass(frozen=True)
class Change:
    """Levers that stand elsewhere for a while, on one of two clocks.

    Attributes:
        levers: the values reached.
        from_month: first month on the regime's own clock (1 = the first month of treatment); 0 = dated.
        to_month: last month; None = until a later change of the same lever, or the end.
        from_date: first day on which it holds, the first of a month; None = on the own clock.
        to_date: last day on which it holds.
        ramp_months: months on the way before the value is reached, in equal steps from where the lever stood
            in the month before: in the background, when that was before the treatment. A ramp by date is the
            same for everybody, whenever treatment starts.
        origins: sources by lever.
    """

    levers: Mapping[str, float]
    from_month: int = 0
    to_month: int | None = None
    from_date: date | None = None
    to_date: date | None = None
    ramp_months: int = 0
    origins: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True)
class Regime:
    """What a group of people meets; refused on construction when it cannot be (all problems at once).

    Attributes:
        name: name by which scenarios call it.
        title: what policy staff read.
        levers: values that differ from the background, from the first month of treatment.
        changes: what moves within the treatment.
        months: months of treatment, None = the whole run.
        to_date: last calendar day of treatment for everybody, None = no such day.
        announced: people know when it ends.
        after: regime that follows at the end; None = back to the background.
        role: ``treatment`` (delivery can be incomplete), ``control`` (drifts towards the treated arms) or
            ``reference`` (outside the trial: never drifts).
        origins: sources by lever.
        ranges: what the text leaves open, by lever (or one of `sim.regime.ranges.INPUTS`), by window of months.
        source, locator, note: where the regime as a whole is described.
    """

    name: str
    title: Say
    levers: Mapping[str, float] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    months: int | None = None
    to_date: date | None = None
    announced: bool = False
    after: str | None = None
    role: Role = "treatment"
    origins: Mapping[str, Origin] = field(default_factory=dict)
    ranges: Mapping[str, tuple[Range, ...]] = field(default_factory=dict)
    source: str = ""
    locator: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        from sim.regime.check import regime_problems

        InputError.raise_if(regime_problems(self, f"regimes.{self.name}"))

    @property
    def ends(self) -> bool:
        """Whether the treatment ends at all."""
        return self.months is not None or self.to_date is not None


def with_months(regime: Regime, months: int | None) -> Regime:
    """Return the same treatment for another time (24 or 48 months; None = for good), without an end date.

    Changes that would start after the new end are left out; a window that crosses it stops there, a ramp that
    crosses it reaches its value in the last month.
    """
    kept: list[Change] = []
    for change in regime.changes:
        if months is not None and change.from_month > months:
            continue
        to_month = change.to_month
        if months is not None and to_month is not None:
            to_month = min(to_month, months)
        ramp = change.ramp_months
        if months is not None and change.from_month:
            ramp = min(ramp, months - change.from_month)
        kept.append(replace(change, to_month=to_month, ramp_months=ramp))
    return replace(
        regime,
        months=months,
        to_date=None,
        changes=tuple(kept),
        announced=regime.announced and months is not None,
        after=regime.after if months is not None else None,
    )


def check_sequences(regimes: Mapping[str, Regime]) -> list[Problem]:
    """Return the problems of `after`: names that do not exist, and sequences that never end."""
    problems: list[Problem] = []
    for name, regime in regimes.items():
        path = f"regimes.{name}.after"
        seen = {name}
        following = regime.after
        while following is not None:
            if following not in regimes:
                allowed = Say("name of a regime of this scenario", "naam van een regime uit dit scenario")
                if following == regime.after:
                    problems.append(Problem(path, following, allowed, nearest_name(following, regimes)))
                break
            if following in seen:
                allowed = Say("a sequence without a circle", "een volgorde zonder kringloop")
                problems.append(Problem(path, " > ".join([*seen, following]), allowed))
                break
            seen.add(following)
            following = regimes[following].after
    return problems
