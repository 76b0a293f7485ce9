"""How far a lever's code may be from its value: what the sentences of the reports leave open.

Reports seldom print a number for tone, content or initiative. The value in a regime is then a reading; its range
says what other readings the text allows. A fit treats the position within the range as unknown (`at_positions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sim.problems import InputError, Problem, one_of, within
from sim.regime.levers import LEVERS

if TYPE_CHECKING:
    from sim.regime.regime import Regime

__all__ = ["INPUTS", "Range", "at_positions", "range_problems"]

# What is uncertain about an arm beside its levers: length of treatment, drift of a control group, delivery.
INPUTS: tuple[str, ...] = ("months", "drift_a_year", "delivery")
_FULL = 1e-12


@dataclass(frozen=True)
class Range:
    """What the text allows in the months `from_month` .. `to_month` of treatment (None = to the end).

    `kind`: ``printed`` when the number, or one end, is printed; else ``assumption``.
    """

    low: float
    high: float
    kind: Literal["printed", "assumption"] = "assumption"
    reason: str = ""
    source: str = ""
    from_month: int = 1
    to_month: int | None = None

    @property
    def open(self) -> bool:
        """Whether anything is left open."""
        return self.high - self.low > _FULL


def at_positions(regime: Regime, positions: Mapping[str, float]) -> Regime:
    """Return the regime with levers at a position within their ranges: 0 = lowest reading, 1 = highest.

    A lever whose range differs by window of months stands, in every window, at the same position of that window.
    Levers that are not named keep their coded path. Positions of `INPUTS` other than ``months`` are not levers
    and are refused; ``months`` sets the length of treatment.

    Raises:
        InputError: a lever without a range in this regime, a position outside 0 .. 1.
    """
    from sim.regime.check import NEEDS
    from sim.regime.regime import Change

    problems: list[Problem] = []
    usable = tuple(name for name in regime.ranges if name in LEVERS or name == "months")
    for name, position in positions.items():
        if name not in usable:
            problems.append(one_of(f"{regime.name}.ranges.{name}", name, usable))
        elif not 0.0 <= position <= 1.0:
            problems.append(within(f"{regime.name}.ranges.{name}", position, 0, 1))
    InputError.raise_if(problems)
    levers = dict(regime.levers)
    months = regime.months
    moved = [name for name in positions if name in LEVERS and any(each.open for each in regime.ranges[name])]
    changes = [
        replace(change, levers={name: value for name, value in change.levers.items() if name not in moved})
        for change in regime.changes
    ]
    changes = [change for change in changes if change.levers]
    if "months" in positions and months is not None:
        months = round(_inside(regime.ranges["months"][0], positions["months"]))
    for name in moved:
        levers.pop(name, None)
        for window in regime.ranges[name]:
            value = _inside(window, positions[name])
            value = float(round(value)) if LEVERS[name].whole else value
            last = window.to_month
            if window.from_month <= 1 and window is regime.ranges[name][-1]:
                levers[name] = value
            elif months is None or window.from_month <= months:
                end = None if last is None or window is regime.ranges[name][-1] else last
                end = end if end is None or months is None else min(end, months)
                changes.append(Change({name: value}, max(window.from_month, 1), end))
    # A reading can take away what another lever needs (no duty left to enforce): then that one says nothing.
    standing = {name: lever.regular for name, lever in LEVERS.items()} | levers
    for change in changes:
        standing |= change.levers
    levers = {name: value for name, value in levers.items() if name not in NEEDS or NEEDS[name][0](standing)}
    return replace(regime, levers=levers, changes=tuple(changes), months=months)


def range_problems(regime: Regime, path: str) -> list[Problem]:
    """Return what is wrong with the ranges of a regime."""
    problems: list[Problem] = []
    for name, windows in regime.ranges.items():
        if name not in LEVERS and name not in INPUTS:
            problems.append(one_of(f"{path}.ranges.{name}", name, (*LEVERS, *INPUTS)))
            continue
        low, high = (LEVERS[name].low, LEVERS[name].high) if name in LEVERS else (0.0, 600.0)
        for number, window in enumerate(windows, start=1):
            place = f"{path}.ranges.{name}[{number}]"
            if not low <= window.low <= high:
                problems.append(within(f"{place}.low", window.low, low, high))
            elif not window.low <= window.high <= high:
                problems.append(within(f"{place}.high", window.high, window.low, high))
            before = windows[number - 2].to_month if number > 1 else 0
            if before is None or window.from_month <= before:
                problems.append(within(f"{place}.from_month", window.from_month, 1 + (before or 0), 600))
    return problems


def _inside(window: Range, position: float) -> float:
    return window.low + position * (window.high - window.low)
