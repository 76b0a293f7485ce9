"""Readings of the reports: how a trial's levers may stand otherwise than they were coded.

Few reports print a number for tone, content or initiative; the ranges of a regime say what other readings the
text allows (`sim.regime.ranges`). A *code* is one thing a reader has to decide: where, within the ranges, all
levers of one group stand (`GROUPS`), as a position 0 (lowest reading) .. 1 (highest). What an arm names itself
has a code of the arm, ``<arm>.<group>``; what it leaves to the background moves with the background of the
town, ``usual.<group>``: one sentence then covers the control group and the arm, and duties and enforcement
move together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from sim.regime.levers import LEVERS
from sim.regime.presets import background_of
from sim.regime.ranges import at_positions
from sim.regime.regime import Regime
from sim.trial.design import TrialDesign
from sim.trial.own_regimes import regimes_of

__all__ = ["GROUPS", "USUAL", "code_names", "read_codes"]

USUAL = "usual"
_MONEY = (
    "disregard_share",
    "disregard_cap",
    "disregard_months",
    "premium_share",
    "premium_cap",
    "premium_interval",
    "exit_bonus",
    "exit_bonus_times",
)
# Levers that one reading moves together; those with False run the other way.
GROUPS: Mapping[str, Mapping[str, bool]] = {
    "contacts": {"contacts": True},
    "caseload": {"caseload": True, "group_share": True},
    "content": {"work_content": True, "personal_content": False},
    "tone": {"tone": True},
    "duties": {"search_duty": True, "reintegration_duty": True, "quid_pro_quo": True, "enforcement": True},
    "direction": {"own_direction": True, "own_initiative": True, "self_reliance_training": True},
    "money": dict.fromkeys(_MONEY, True),
    "checks": {"checks": True, "settlement_noise": True},
    # Being followed in the trial is told once for all arms.
    "followed": {"followed": True},
}
_OF_ALL = ("followed", "checks")


@lru_cache(maxsize=64)
def code_names(design: TrialDesign) -> tuple[str, ...]:
    """Return the codes of a trial: ``<arm>.<group>`` and ``usual.<group>``, in the order of the arms."""
    found: dict[str, None] = {}
    regimes = regimes_of(design.regimes)
    for arm in design.arms:
        regime = regimes.get(arm.regime)
        if regime is None:
            continue
        for lever, windows in regime.ranges.items():
            group = _group(lever)
            if group is not None and any(each.open for each in windows):
                found[_owner(arm.name, regime, lever, group)] = None
    return tuple(sorted(found, key=lambda name: (name.split(".")[0] != USUAL, list(found).index(name))))


def read_codes(design: TrialDesign, codes: Mapping[str, float]) -> tuple[Mapping[str, Regime], Regime]:
    """Return the regimes of a trial by name, and its background, at positions of its codes.

    Args:
        design: the trial.
        codes: position 0 .. 1 by name of `code_names`; codes that are left out stand as coded.
    """
    regimes = dict(regimes_of(design.regimes))
    background = background_of(design.municipality)
    usual: dict[str, float] = {}
    for arm in design.arms:
        regime = regimes.get(arm.regime)
        if regime is None:
            continue
        positions: dict[str, float] = {}
        for lever, windows in regime.ranges.items():
            group = _group(lever)
            if group is None or not any(each.open for each in windows):
                continue
            position = codes.get(_owner(arm.name, regime, lever, group))
            if position is None:
                continue
            at = position if GROUPS[group][lever] else 1.0 - position
            if arm.role == "control" and not _names(regime, lever):
                # The control group is what the town usually does: its reading is that of the background.
                usual[lever] = windows[0].low + at * (windows[0].high - windows[0].low)
            elif arm.role != "reference":
                positions[lever] = at
        if positions:
            regimes[arm.regime] = at_positions(regime, positions)
    if usual:
        whole = {name: float(round(value)) if LEVERS[name].whole else value for name, value in usual.items()}
        background = replace(background, levers={**background.levers, **whole})
    return regimes, background


def _group(lever: str) -> str | None:
    return next((name for name, levers in GROUPS.items() if lever in levers), None)


def _names(regime: Regime, lever: str) -> bool:
    """Tell whether a regime names a lever itself."""
    return lever in regime.levers or any(lever in change.levers for change in regime.changes)


def _owner(arm: str, regime: Regime, lever: str, group: str) -> str:
    own = _names(regime, lever) and group not in _OF_ALL
    return f"{arm if own else USUAL}.{group}"
