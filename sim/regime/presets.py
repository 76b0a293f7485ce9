"""The regimes that come with the project: headline regimes and every arm of every trial, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from sim import municipalities
from sim.problems import InputError, one_of
from sim.regime.assignment import Assignment, ByArm
from sim.regime.read import regimes_from_dict
from sim.regime.read_assignment import assignment_from_data
from sim.regime.regime import Regime, check_sequences

__all__ = ["TRIALS", "assignment_presets", "background_of", "preset", "presets", "trial_assignment"]

# Arms of each trial as its report has them; `choice` in Groningen is an assignment, not a regime.
TRIALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: tuple(municipalities.data(name, "regimes")["arms"]) for name in municipalities.names()}
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
        one_of(f"trial.{municipality}", arm, TRIALS[municipality]) for arm in wanted if arm not in TRIALS[municipality]
    )
    chosen = assignment_presets()
    names = {arm: f"{municipality}.{arm}" for arm in wanted}
    return ByArm({arm: chosen.get(name, name) for arm, name in names.items()})


@lru_cache(maxsize=1)
def _load() -> tuple[Mapping[str, Regime], Mapping[str, Assignment]]:
    regimes: dict[str, Regime] = {}
    assignments: dict[str, Assignment] = {}
    headline = tomllib.loads(files("sim.regime").joinpath("headline.toml").read_text("utf-8"))
    sources = {"": headline} | {f"{town}.": municipalities.data(town, "regimes") for town in TRIALS}
    for prefix, data in sources.items():
        named = {prefix + name: table for name, table in data["regimes"].items()}
        regimes |= regimes_from_dict(named, known=regimes)
        for name, table in data.get("assignments", {}).items():
            assignments[prefix + name] = assignment_from_data(table, f"assignments.{prefix}{name}")
    InputError.raise_if(check_sequences(regimes))
    return MappingProxyType(regimes), MappingProxyType(assignments)
