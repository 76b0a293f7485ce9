"""Everything that can be wrong with a regime, found in one go."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from sim.problems import Problem, Say, nearest_name, one_of, within
from sim.regime.levers import LEVERS
from sim.regime.ranges import range_problems

if TYPE_CHECKING:
    from sim.regime.regime import Change, Regime

__all__ = ["MOST_MONTHS", "NEEDS", "lever_problems", "regime_problems"]

MOST_MONTHS = 600

Levers = Mapping[str, float]


def regime_problems(regime: Regime, path: str) -> list[Problem]:
    """Return what is wrong with `regime`; paths start with `path`."""
    from sim.regime.regime import ROLES

    problems = lever_problems(regime.levers, f"{path}.levers") + range_problems(regime, path)
    if regime.months is not None and not 1 <= regime.months <= MOST_MONTHS:
        problems.append(within(f"{path}.months", regime.months, 1, MOST_MONTHS, "months"))
    if regime.role not in ROLES:
        problems.append(one_of(f"{path}.role", regime.role, ROLES))
    if not regime.ends:
        allowed = Say("only with an end (months or to_date)", "alleen met een einde (months of to_date)")
        if regime.announced:
            problems.append(Problem(f"{path}.announced", regime.announced, allowed))
        if regime.after is not None:
            problems.append(Problem(f"{path}.after", regime.after, allowed))
    for number, change in enumerate(regime.changes, start=1):
        problems += _change(regime, change, f"{path}.changes[{number}]")
    if not problems:
        problems += _contradictions(regime, path)
    if not problems:
        problems += _without_effect(regime, path)
    return problems


def lever_problems(levers: Levers, path: str) -> list[Problem]:
    """Return unknown levers (with the nearest name) and values of the wrong type or out of bounds."""
    problems: list[Problem] = []
    for name, value in levers.items():
        place = f"{path}.{name}"
        if name not in LEVERS:
            allowed = Say("one of the levers (bijstand levers)", "één van de knoppen (bijstand levers)")
            problems.append(Problem(place, name, allowed, nearest_name(name, LEVERS)))
            continue
        lever = LEVERS[name]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not lever.low <= value <= lever.high:
            problems.append(within(place, value, lever.low, lever.high, lever.unit))
        elif lever.whole and value != math.floor(value):
            allowed = Say(f"a whole number of {lever.unit}", f"een geheel aantal {lever.unit}")
            problems.append(Problem(place, value, allowed))
    return problems


def _change(regime: Regime, change: Change, path: str) -> Iterator[Problem]:
    if not change.levers:
        yield Problem(f"{path}.levers", "none", Say("at least one lever", "ten minste één knop"))
    yield from lever_problems(change.levers, f"{path}.levers")
    dated = change.from_date is not None or change.to_date is not None
    if dated and (change.from_month or change.to_month is not None):
        allowed = Say(
            "one clock: months of treatment or calendar dates", "één klok: maanden behandeling of kalenderdata"
        )
        yield Problem(path, "months and dates", allowed)
    elif dated:
        yield from _dated(regime, change, path)
    else:
        yield from _on_own_clock(regime, change, path)
    if change.ramp_months < 0 or change.ramp_months > MOST_MONTHS:
        yield within(f"{path}.ramp_months", change.ramp_months, 0, MOST_MONTHS, "months")
    for name in change.levers if change.ramp_months else ():
        if name in LEVERS and LEVERS[name].whole:
            allowed = Say("0: this lever moves in one step", "0: deze knop gaat in één stap")
            yield Problem(f"{path}.ramp_months", f"{change.ramp_months} for {name}", allowed)


def _on_own_clock(regime: Regime, change: Change, path: str) -> Iterator[Problem]:
    start, stop = change.from_month, change.to_month
    if not 1 <= start <= MOST_MONTHS:
        yield within(f"{path}.from_month", start, 1, MOST_MONTHS, "months of treatment")
        return
    if regime.months is not None and start > regime.months:
        allowed = Say(
            f"at most {regime.months}, the last month of treatment",
            f"hoogstens {regime.months}, de laatste maand van de behandeling",
        )
        yield Problem(f"{path}.from_month", start, allowed)
        return
    if stop is not None:
        if stop < start:
            allowed = Say(f"at least {start} (from_month)", f"minstens {start} (from_month)")
            yield Problem(f"{path}.to_month", stop, allowed)
            return
        if regime.months is not None and stop > regime.months:
            allowed = Say(
                f"at most {regime.months}, the last month of treatment",
                f"hoogstens {regime.months}, de laatste maand van de behandeling",
            )
            yield Problem(f"{path}.to_month", stop, allowed)
            return
    last = stop if stop is not None else regime.months
    if last is not None:
        yield from _short_enough(change.ramp_months, last - start + 1, path)


def _dated(regime: Regime, change: Change, path: str) -> Iterator[Problem]:
    start, stop = change.from_date, change.to_date
    if start is None:
        yield Problem(f"{path}.from_date", "missing", Say("the first day", "de eerste dag"))
        return
    if start.day != 1:
        yield Problem(f"{path}.from_date", start, Say("the first day of a month", "de eerste van een maand"))
    if regime.to_date is not None and start > regime.to_date:
        allowed = Say(f"up to {regime.to_date}, the end of treatment", f"tot en met {regime.to_date}, het einde")
        yield Problem(f"{path}.from_date", start, allowed)
    if stop is not None and stop < start:
        yield Problem(f"{path}.to_date", stop, Say(f"after {start} (from_date)", f"na {start} (from_date)"))
    elif stop is not None:
        months = (stop.year - start.year) * 12 + stop.month - start.month + 1
        yield from _short_enough(change.ramp_months, months, path)


def _short_enough(ramp: int, window: int, path: str) -> Iterator[Problem]:
    if ramp >= window:
        allowed = Say(
            f"at most {window - 1}: the value must be reached within the {window} months of the change",
            f"hoogstens {window - 1}: de waarde moet bereikt zijn binnen de {window} maanden ervan",
        )
        yield Problem(f"{path}.ramp_months", ramp, allowed)


def _span(change: Change) -> tuple[float, float]:
    """Return first and last month of a change as numbers that can be compared within one clock."""
    if change.from_date is not None:
        start = change.from_date.year * 12 + change.from_date.month
        stop = change.to_date.year * 12 + change.to_date.month if change.to_date else math.inf
        return start, stop
    return change.from_month, change.to_month if change.to_month is not None else math.inf


def _contradictions(regime: Regime, path: str) -> Iterator[Problem]:
    """Two changes of one lever may follow each other, never overlap, and keep to one clock."""
    numbered = [
        (change, number, name) for number, change in enumerate(regime.changes, start=1) for name in change.levers
    ]
    for position, (later, number, name) in enumerate(numbered):
        for earlier, other, other_name in numbered[:position]:
            if name != other_name or number == other:
                continue
            place = f"{path}.changes[{number}].levers.{name}"
            shown = f"also moved by changes[{other}]"
            if (earlier.from_date is None) != (later.from_date is None):
                allowed = Say("one clock for one lever", "één klok voor één knop")
                yield Problem(place, shown, allowed)
                continue
            first, second = sorted((_span(earlier), _span(later)))
            if first[0] == second[0] or (math.isfinite(first[1]) and second[0] <= first[1]):
                allowed = Say(
                    "changes of one lever that do not overlap", "wijzigingen van één knop die niet overlappen"
                )
                yield Problem(place, shown, allowed)


def _any_duty(lever: Levers) -> bool:
    return lever["search_duty"] + lever["reintegration_duty"] + lever["quid_pro_quo"] > 0


def _talks(lever: Levers) -> bool:
    return lever["contacts"] + lever["own_initiative"] > 0


# lever -> when it does something, and what it needs.
_SUPPLEMENTED: tuple[Callable[[Levers], bool], Say] = (
    lambda lever: lever["supplement"] > 0 and lever["supplement_months"] > 0,
    Say("only with supplement above 0", "alleen met supplement boven 0"),
)
_TALKING: tuple[Callable[[Levers], bool], Say] = (
    _talks,
    Say("only with contacts or own_initiative above 0", "alleen met contacts of own_initiative boven 0"),
)
NEEDS: dict[str, tuple[Callable[[Levers], bool], Say]] = {
    "enforcement": (_any_duty, Say("only with a duty to enforce", "alleen met een plicht om te handhaven")),
    "sanction_share": (
        lambda lever: _any_duty(lever) and lever["enforcement"] > 0 and lever["sanction_duration"] > 0,
        Say(
            "only with a duty, enforcement and sanction_duration above 0",
            "alleen met een plicht, enforcement en sanction_duration boven 0",
        ),
    ),
    "sanction_duration": (
        lambda lever: _any_duty(lever) and lever["enforcement"] > 0 and lever["sanction_share"] > 0,
        Say(
            "only with a duty, enforcement and sanction_share above 0",
            "alleen met een plicht, enforcement en sanction_share boven 0",
        ),
    ),
    "group_share": (
        lambda lever: lever["contacts"] > 0,
        Say("only with contacts above 0", "alleen met contacts boven 0"),
    ),
    "personal_content": _TALKING,
    "work_content": _TALKING,
    "caseload": _TALKING,
    "disregard_share": (
        lambda lever: lever["disregard_cap"] > 0 and lever["disregard_months"] > 0,
        Say(
            "only with disregard_cap and disregard_months above 0",
            "alleen met disregard_cap en disregard_months boven 0",
        ),
    ),
    "disregard_cap": (
        lambda lever: lever["disregard_share"] > 0 and lever["disregard_months"] > 0,
        Say(
            "only with disregard_share and disregard_months above 0",
            "alleen met disregard_share en disregard_months boven 0",
        ),
    ),
    "disregard_months": (
        lambda lever: lever["disregard_share"] > 0 and lever["disregard_cap"] > 0,
        Say(
            "only with disregard_share and disregard_cap above 0", "alleen met disregard_share en disregard_cap boven 0"
        ),
    ),
    "premium_share": (
        lambda lever: lever["premium_cap"] > 0,
        Say("only with premium_cap above 0", "alleen met premium_cap boven 0"),
    ),
    "premium_cap": (
        lambda lever: lever["premium_share"] > 0,
        Say("only with premium_share above 0", "alleen met premium_share boven 0"),
    ),
    "premium_interval": (
        lambda lever: lever["premium_share"] > 0 and lever["premium_cap"] > 0,
        Say("only with a premium (share and cap above 0)", "alleen met een premie (share en cap boven 0)"),
    ),
    "exit_bonus": (
        lambda lever: lever["exit_bonus_times"] > 0,
        Say("only with exit_bonus_times above 0", "alleen met exit_bonus_times boven 0"),
    ),
    "supplement_hours": _SUPPLEMENTED,
    "supplement_window": _SUPPLEMENTED,
    "supplement_months": (
        lambda lever: lever["supplement"] > 0,
        Say("only with supplement above 0", "alleen met supplement boven 0"),
    ),
    "supplement": (
        lambda lever: lever["supplement_months"] > 0,
        Say("only with supplement_months above 0", "alleen met supplement_months boven 0"),
    ),
    "exit_bonus_times": (
        lambda lever: lever["exit_bonus"] > 0,
        Say("only with exit_bonus above 0", "alleen met exit_bonus boven 0"),
    ),
}


def _without_effect(regime: Regime, path: str) -> Iterator[Problem]:
    """A setting that does nothing in any stage of the regime is an error.

    A lever set to its regular value is left alone: it may undo what the municipality does.
    """
    stages = _stages(regime)
    places = [(f"{path}.levers.{name}", name, value) for name, value in regime.levers.items()]
    for number, change in enumerate(regime.changes, start=1):
        place = f"{path}.changes[{number}].levers"
        places += [(f"{place}.{name}", name, value) for name, value in change.levers.items()]
    for place, name, value in places:
        if name not in NEEDS or value == LEVERS[name].regular:
            continue
        works, need = NEEDS[name]
        if not any(stage[name] == value and works(stage) for stage in stages):
            yield Problem(place, f"{value:g} has no effect", need)
    yield from _standing_already(regime, path)


def _stages(regime: Regime) -> list[dict[str, float]]:
    """Return every combination of lever values that the regime can reach (ramps at their ends)."""
    base = {name: lever.regular for name, lever in LEVERS.items()} | dict(regime.levers)
    own = [change for change in regime.changes if change.from_date is None]
    dated = [change for change in regime.changes if change.from_date is not None]
    return [base | a | b for a in _layers(own) for b in _layers(dated)]


def _layers(changes: list[Change]) -> list[dict[str, float]]:
    moments = {_span(change)[0] for change in changes}
    moments |= {_span(change)[1] + 1 for change in changes if math.isfinite(_span(change)[1])}
    layers: list[dict[str, float]] = [{}]
    for moment in sorted(moments):
        layer: dict[str, float] = {}
        for change in sorted(changes, key=_span):
            start, stop = _span(change)
            if start <= moment <= stop:
                layer |= change.levers
        layers.append(layer)
    return layers


def _standing_already(regime: Regime, path: str) -> Iterator[Problem]:
    """A change to where the lever stands already changes nothing."""
    for number, change in enumerate(regime.changes, start=1):
        start, _ = _span(change)
        for name, value in change.levers.items():
            same_clock = [
                other
                for other in regime.changes
                if other is not change and name in other.levers and _span(other)[0] < start
            ]
            open_ended = [other for other in same_clock if not math.isfinite(_span(other)[1])]
            if open_ended:
                standing: float | None = max(open_ended, key=_span).levers[name]
            else:
                standing = regime.levers.get(name)
            if standing == value:
                allowed = Say(
                    "another value: the lever stands there already", "een andere waarde: daar staat de knop al"
                )
                yield Problem(f"{path}.changes[{number}].levers.{name}", value, allowed)
