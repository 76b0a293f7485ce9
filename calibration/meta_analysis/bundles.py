"""Which arm of which trial was which bundle of treatments (``bundles.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from calibration.evidence.registry import Registry
from calibration.evidence.schema import Row
from calibration.meta_analysis.rows import lever_of
from sim.regime.regime import Regime

__all__ = ["TREATMENTS", "Bundle", "bundles", "own_bundle", "told_of"]

# Treatments that a contrast is counted under, first wins where an arm got several.
TREATMENTS = ("guidance", "exemption", "disregard")
_OF_LEVER: Mapping[str, str] = {"intensive": "guidance", "exemption": "exemption", "disregard": "disregard"}


@dataclass(frozen=True)
class Bundle:
    """What an arm got beside the regular treatment; `main` is what it is counted under."""

    town: str
    arm: str
    treatments: frozenset[str]
    main: str
    source: str


@cache
def bundles() -> Mapping[str, Bundle]:
    """Return the arms of the shipped trials by ``town.arm``."""
    text = files("calibration").joinpath("meta_analysis", "bundles.toml").read_text("utf-8")
    return {
        f"{town}.{arm}": Bundle(town, arm, frozenset(told["treatments"]), told["main"], told["source"])
        for town, arms in tomllib.loads(text).items()
        for arm, told in arms.items()
    }


def own_bundle(trial: str, arm: str, regimes: Mapping[str, Regime], municipality: str = "") -> Bundle | None:
    """Return the bundle of an arm of a researcher's own trial, read from its levers; None for a control."""
    lever = lever_of(trial, arm, regimes, municipality=municipality)
    if lever is None:
        return None
    regime = regimes[f"{trial}.{arm}"]
    found = {_OF_LEVER[lever]}
    if float(regime.levers.get("disregard_share", 0.0)) > 0.25:
        found.add("disregard")
    if float(regime.levers.get("premium_share", 0.0)) > 0:
        found.add("premium")
    return Bundle(trial, arm, frozenset(found), _OF_LEVER[lever], "levers of the own trial")


def told_of(row: Row, registry: Registry, regimes: Mapping[str, Regime] | None = None) -> str:
    """Return which treatment a contrast tells of: what the arm got and its comparison group did not.

    One of `TREATMENTS`, ``choice``, ``pooled`` (several arms at once) or ``arm against arm`` (both got something else).
    """
    study = registry.study(row.study)

    def bundle(arm: str) -> Bundle | None:
        if study.shipped:
            return bundles().get(f"{row.municipality}.{arm}")
        return own_bundle(row.study, arm, regimes or {}, row.municipality)

    arm = bundle(row.arm)
    if arm is None:
        return "pooled"
    if row.comparator == "other_arms":
        return arm.main if arm.main == "disregard" else "arm against arm"
    other = bundle(row.comparator)
    if other is None:
        return arm.main
    if not other.treatments < arm.treatments:
        return "arm against arm"
    extra = arm.treatments - other.treatments
    return next((name for name in TREATMENTS if name in extra), "arm against arm")
