"""The path of the levers under one regime, month by month, with what follows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt

from sim.regime.levers import LEVERS
from sim.regime.regime import Change, Regime

__all__ = ["NO_END", "background_path", "last_month", "month_of", "write_instance"]

NO_END = 999.0
# An announced end further away than this counts as this far: NO_END means that no end is announced.
_FARTHEST = 899.0
_NAMES = tuple(LEVERS)
_REGULAR = np.array([lever.regular for lever in LEVERS.values()])

Floats = npt.NDArray[np.float64]


def write_instance(
    target: Floats, clock: Floats, regimes: Mapping[str, Regime], name: str, base: Floats, start: int, first_day: date
) -> None:
    """Write one instance, shapes [months, levers] and [months, 2]: its regime and what follows it."""
    months = len(target)
    clock[:, 0] = NO_END
    clock[:, 1] = np.maximum(np.arange(1, months + 1) - start + 1, 0)
    following: str | None = name
    while following is not None and start <= months:
        regime = regimes[following]
        last = last_month(regime, start, first_day)
        if last is not None and last < start:
            # Over by calendar before it could start: what follows it starts at once.
            following = regime.after
            continue
        stop = months if last is None else min(last, months)
        _write(target, regime, base, start, stop, first_day)
        if regime.announced and last is not None and not _same_after(regime, regimes, base[stop - 1]):
            left = np.arange(last - start + 1, last - stop, -1.0)
            clock[start - 1 : stop, 0] = np.minimum(left, _FARTHEST)
        if last is None:
            break
        start = last + 1
        following = regime.after


def background_path(regime: Regime, first_day: date, months: int) -> Floats:
    """Return the levers of a background in every month of the run, shape [months, levers]."""
    path = np.tile(_REGULAR, (months, 1))
    target = np.full((months, len(_NAMES)), np.nan)
    _write(target, regime, path, 1, months, first_day)
    return np.where(np.isnan(target), path, target)


def last_month(regime: Regime, start: int, first_day: date) -> int | None:
    """Return the last month of treatment on the calendar of the run, None = no end."""
    ends = [] if regime.months is None else [start + regime.months - 1]
    ends += [] if regime.to_date is None else [month_of(regime.to_date, first_day)]
    return min(ends) if ends else None


def month_of(day: date, first_day: date) -> int:
    """Return the month of the run (1, 2, ...; below 1 before it) in which a day falls."""
    return (day.year - first_day.year) * 12 + day.month - first_day.month + 1


def _same_after(regime: Regime, regimes: Mapping[str, Regime], standing: Floats) -> bool:
    """Tell whether nothing changes at the end of a regime: such an end is no news, announced or not."""
    following = None if regime.after is None else regimes[regime.after]
    if regime.changes or (following is not None and following.changes):
        return False
    now = dict(regime.levers)
    then = {} if following is None else dict(following.levers)
    return all(
        now.get(name, standing[_NAMES.index(name)]) == then.get(name, standing[_NAMES.index(name)])
        for name in {*now, *then}
    )


def _write(target: Floats, regime: Regime, base: Floats, start: int, stop: int, first_day: date) -> None:
    """Write levers and changes of a regime in months `start` .. `stop` (calendar of the run)."""
    for name, value in regime.levers.items():
        target[start - 1 : stop, _NAMES.index(name)] = value
    for change in sorted(regime.changes, key=lambda c: _window(c, start, first_day)[0]):
        from_month, to_month = _window(change, start, first_day)
        first, last = max(from_month, start), stop if to_month is None else min(to_month, stop)
        if last < first:
            continue
        for name, value in change.levers.items():
            column = _NAMES.index(name)
            values = np.full(last - first + 1, float(value))
            if change.ramp_months:
                if change.from_date is None:
                    origin = _standing(target, base, column, from_month - 1)
                else:
                    origin = _by_calendar(regime, name, base[:, column], from_month - 1, first_day)
                way = (np.arange(first, last + 1) - from_month + 1) / (change.ramp_months + 1)
                values = np.where(way < 1.0, origin + way * (value - origin), value)
            target[first - 1 : last, column] = values


def _standing(target: Floats, base: Floats, column: int, month: int) -> float:
    """Return where a lever stands in `month`; before the run it stands where the background begins."""
    if month < 1:
        return float(base[0, column])
    planned = target[month - 1, column]
    return float(base[month - 1, column]) if np.isnan(planned) else float(planned)


def _by_calendar(regime: Regime, name: str, base: Floats, month: int, first_day: date) -> float:
    """Return where a lever that moves by date stands in `month`, whoever is treated by then."""
    value = float(regime.levers.get(name, base[max(month, 1) - 1]))
    found: tuple[int, Change] | None = None
    for change in regime.changes:
        if name in change.levers and change.from_date is not None:
            first, last = _window(change, 0, first_day)
            if first <= month and (last is None or month <= last) and (found is None or first > found[0]):
                found = first, change
    if found is None:
        return value
    first, change = found
    way = (month - first + 1) / (change.ramp_months + 1)
    if way >= 1.0:
        return float(change.levers[name])
    origin = _by_calendar(regime, name, base, first - 1, first_day)
    return origin + way * (float(change.levers[name]) - origin)


def _window(change: Change, start: int, first_day: date) -> tuple[int, int | None]:
    """Return first and last month of a change on the calendar of the run."""
    if change.from_date is not None:
        last = None if change.to_date is None else month_of(change.to_date, first_day)
        return month_of(change.from_date, first_day), last
    last = None if change.to_month is None else start + change.to_month - 1
    return start + change.from_month - 1, last
