"""The regimes that come with the project: headline regimes and every arm of every trial, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from sim.assignment import Assignment, ByArm
from sim.assignment_toml import assignment_from_data
from sim.problems import InputError, one_of
from sim.regime import Regime, check_sequences
from sim.regime_toml import regimes_from_dict

__all__ = ["TRIALS", "assignment_presets", "background_of", "preset", "presets", "trial_assignment"]

# Arms of each trial as its report has them; `choice` in Groningen is an assignment, not a regime.
TRIALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "nijmegen": ("exemption_disregard", "intensive_disregard", "control", "reference"),
        "oss": ("own_direction", "intensive", "standard", "reference"),
        "amsterdam": ("extra_attention", "self_direction", "comparison"),
        "groningen": ("exemption", "intensive", "disregard", "choice", "control", "reference"),
        "utrecht": ("exemption", "intensive", "disregard", "control"),
        "tilburg": (
            "exemption_disregard_bonus",
            "intensive",
            "intensive_disregard_bonus",
            "control",
            "reference",
        ),
        "deventer": (
            "exemption_disregard",
            "intensive_disregard",
            "self_app_disregard",
            "control",
            "reference",
        ),
        "wageningen": ("exemption", "intensive", "disregard", "control", "reference"),
    }
)


def presets() -> Mapping[str, Regime]:
    """Return all preset regimes by name: ``exemption``, ``oss.own_direction``, ..."""
    return _load()[0]


def assignment_presets() -> Mapping[str, Assignment]:
    """Return all preset assignments by name: ``tailored``, ``groningen.choice``, ..."""
    return _load()[1]


def preset(name: str, path: str = "regime") -> Regime:
    """Return one preset regime; raise InputError with the nearest name when there is none."""
    if name not in presets():
        raise InputError((one_of(path, name, presets()),))
    return presets()[name]


def background_of(municipality: str) -> Regime:
    """Return the regular regime of a municipality; that of the country where none is known."""
    return presets().get(f"{municipality}.regular", presets()["regular"])


def trial_assignment(municipality: str, arms: Collection[str] | None = None) -> ByArm:
    """Return the assignment of a trial: each published arm its own regime (or choice).

    Args:
        municipality: a name of `TRIALS`.
        arms: the arms wanted, such as those of a population; None = all.
    """
    if municipality not in TRIALS:
        raise InputError((one_of("trial", municipality, TRIALS),))
    wanted = TRIALS[municipality] if arms is None else tuple(arms)
    InputError.raise_if(
        one_of(f"trial.{municipality}", arm, TRIALS[municipality])
        for arm in wanted
        if arm not in TRIALS[municipality]
    )
    chosen = assignment_presets()
    names = {arm: f"{municipality}.{arm}" for arm in wanted}
    return ByArm({arm: chosen.get(name, name) for arm, name in names.items()})


@lru_cache(maxsize=1)
def _load() -> tuple[Mapping[str, Regime], Mapping[str, Assignment]]:
    regimes: dict[str, Regime] = {}
    assignments: dict[str, Assignment] = {}
    for stem in ("headline", *TRIALS):
        data: dict[str, Any] = tomllib.loads(
            files("sim").joinpath("regimes", f"{stem}.toml").read_text("utf-8")
        )
        prefix = "" if stem == "headline" else f"{stem}."
        named = {prefix + name: table for name, table in data["regimes"].items()}
        regimes |= regimes_from_dict(named, known=regimes)
        for name, table in data.get("assignments", {}).items():
            assignments[prefix + name] = assignment_from_data(table, f"assignments.{prefix}{name}")
    InputError.raise_if(check_sequences(regimes))
    return MappingProxyType(regimes), MappingProxyType(assignments)
