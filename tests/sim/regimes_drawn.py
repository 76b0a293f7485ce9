"""Random regimes that can be, for Hypothesis."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from sim.problems import Say
from sim.regime.check import NEEDS
from sim.regime.levers import LEVERS
from sim.regime.regime import Change, Origin, Regime

# Levers that stand on their own, so that any value has an effect.
FREE = [name for name in LEVERS if name not in NEEDS]
# Together these do something, whatever else a regime says.
BUNDLES: list[dict[str, float]] = [
    {},
    {"disregard_share": 0.5, "disregard_cap": 202.0, "disregard_months": 24.0},
    {"premium_share": 0.5, "premium_cap": 200.0, "premium_interval": 3.0},
    {"exit_bonus": 2392.0, "exit_bonus_times": 1.0},
    {"supplement": 100.0, "supplement_hours": 20.0, "supplement_window": 12.0, "supplement_months": 12.0},
]

text = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]), max_size=12)
_some = text.filter(bool)
origins = st.builds(Origin, st.sampled_from(["published", "assumption"]), _some, _some, text)


@st.composite
def regimes(draw: st.DrawFn, name: st.SearchStrategy[str] = text) -> Regime:
    """Draw a regime: free levers at any value, at most one bundle, changes one after another."""
    levers: dict[str, float] = {}
    for lever in draw(st.lists(st.sampled_from([LEVERS[free] for free in FREE]), unique=True, max_size=6)):
        span = int(lever.low), int(lever.high)
        value = st.integers(*span) if lever.whole else st.floats(lever.low, lever.high)
        levers[lever.name] = float(draw(value))
    levers |= draw(st.sampled_from(BUNDLES))
    months = draw(st.none() | st.integers(12, 60))
    to_date = draw(st.none() | st.dates(date(2020, 1, 1), date(2030, 12, 31)))
    ends = months is not None or to_date is not None
    return Regime(
        name=draw(name),
        title=Say(draw(text), draw(text)),
        levers=levers,
        changes=tuple(_changes(draw, levers)),
        months=months,
        to_date=to_date,
        announced=ends and draw(st.booleans()),
        after=draw(st.none() | _some) if ends else None,
        role=draw(st.sampled_from(["treatment", "control", "reference"])),
        origins={lever: draw(origins) for lever in levers if draw(st.booleans())},
        source=draw(text),
        locator=draw(text),
        note=draw(text),
    )


def _changes(draw: st.DrawFn, levers: dict[str, float]) -> list[Change]:
    changes: list[Change] = []
    first = 1
    for value in draw(st.lists(st.floats(2.0, 8.0), max_size=3, unique=True)):
        start = first + draw(st.integers(0, 1))
        stop = start + draw(st.integers(0, 2))
        ramp = draw(st.integers(0, stop - start))
        known = {"contacts": draw(origins)} if draw(st.booleans()) else {}
        if levers.get("contacts") != value:
            changes.append(Change({"contacts": value}, start, stop, None, None, ramp, known))
        first = stop + 1
    if draw(st.booleans()) and levers.get("followed") != 0.25:
        last = draw(st.none() | st.just(date(2019, 8, 31)))
        ramp = draw(st.integers(0, 3))
        changes.append(Change({"followed": 0.25}, 0, None, date(2019, 1, 1), last, ramp))
    return changes
