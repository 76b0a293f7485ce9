"""What kind of treatment a scenario gives, and how near the arms of the trials come to it.

A regime is a bundle of treatments, told from the levers that it moves away from the regular regime. What an arm
of a trial gave is declared by arm (`calibration.meta_analysis.bundles`) and passed in: it is not inferred from the
ranges of levers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.effects.validity import Lever
from sim.regime.levers import LEVERS

__all__ = ["FOUND_FOR", "Arm", "main_treatment", "treatments_of", "tried"]

# Treatments of which the trials measured outcomes; of several the first is the main one.
FOUND_FOR: tuple[str, ...] = ("guidance", "exemption", "disregard")

# The levers that make a treatment what it is, for "the same values".
_CORE: dict[str, tuple[str, ...]] = {
    "guidance": ("contacts", "caseload", "group_share"),
    "exemption": ("search_duty", "reintegration_duty"),
    "disregard": ("disregard_share", "disregard_cap"),
    "premium": ("premium_share", "premium_cap"),
    "bonus": ("exit_bonus",),
    "self_reliance": ("self_reliance_training",),
}
_NEAR = 0.10  # values within a tenth of each other are the same
_RELAXED = 0.7  # duties at or below this share of the regular ones are an exemption


@dataclass(frozen=True)
class Arm:
    """An arm of a trial: what it gave, and where its levers stood."""

    town: str
    treatments: frozenset[str]
    levers: Mapping[str, float]


def treatments_of(regime: Lever) -> frozenset[str]:
    """Return the treatments of a regime, told from the levers it moves and the values they take."""

    def reaches(name: str, test: str) -> bool:
        values, regular = regime.get(name, ()), LEVERS[name].regular
        return any(value > regular * 1.2 + 1e-9 if test == "more" else value < regular * 0.9 for value in values)

    found = set()
    if reaches("contacts", "more") or (reaches("caseload", "less") and not reaches("contacts", "less")):
        found.add("guidance")
    if any(min(regime.get(name, (1.0,))) <= _RELAXED for name in ("search_duty", "reintegration_duty")):
        found.add("exemption")
    for name, lever in (
        ("disregard", "disregard_share"),
        ("premium", "premium_share"),
        ("bonus", "exit_bonus"),
        ("self_reliance", "self_reliance_training"),
    ):
        if reaches(lever, "more"):
            found.add(name)
    return frozenset(found)


def main_treatment(regimes: Iterable[Lever]) -> str | None:
    """Return the treatment whose trials stand beside the answer; None when the trials measured none of it."""
    given = frozenset[str]().union(*(treatments_of(regime) for regime in regimes))
    return next((name for name in FOUND_FOR if name in given), None)


def tried(regimes: Sequence[Lever], arms: Sequence[Arm], town: str = "") -> str:
    """Return whether the trials tried what a scenario gives: same, similar, partly or no.

    Args:
        regimes: every regime that the scenario gives, as the levers it moves.
        arms: the arms of all trials.
        town: people of a trial town are compared with their own arms, where these gave any of it.

    The worst regime decides. *same*: an arm with exactly these treatments at these values; *similar*: an arm with
    all of them, at other values or with more beside; *partly*: only some were tried together; *no*: none.
    """
    answers = [_tried(regime, arms, town) for regime in regimes if regime]
    order = ("no", "partly", "similar", "same")
    return min(answers, key=order.index, default="no")


def _tried(regime: Lever, arms: Sequence[Arm], town: str) -> str:
    mine = treatments_of(regime)
    if not mine:
        return "no"
    near = [arm for arm in arms if arm.town == town and arm.treatments & mine] if town else []
    near = near or [arm for arm in arms if arm.treatments & mine]
    if any(arm.treatments == mine and _equal(regime, arm, mine) for arm in near):
        return "same"
    if any(mine <= arm.treatments for arm in near):
        return "similar"
    return "partly" if near else "no"


def _equal(regime: Lever, arm: Arm, treatments: frozenset[str]) -> bool:
    names = [name for treatment in treatments for name in _CORE.get(treatment, ())]
    return all(
        _close(regime.get(name, (LEVERS[name].regular,)), arm.levers.get(name, LEVERS[name].regular)) for name in names
    )


def _close(values: Sequence[float], other: float) -> bool:
    return all(abs(value - other) <= _NEAR * max(abs(value), abs(other), 1e-9) for value in values)
