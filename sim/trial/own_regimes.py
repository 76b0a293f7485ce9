"""Regimes that a design brings along, kept as text so that a design stays a plain value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from sim.problems import InputError, Problem, Say
from sim.regime.presets import assignment_presets, presets
from sim.regime.read import regime_to_toml, regimes_from_dict
from sim.regime.regime import Regime

__all__ = ["read_own", "regimes_of"]


def read_own(data: object, path: str, problems: list[Problem]) -> str:
    """Return the table ``[regimes.<name>]`` of a design as text for `regimes_of`; problems join `problems`.

    Each one is written as in a scenario file (`sim.regime.read`) and may be based on a preset. An end
    (`months`, `to_date`, `announced`) gives a tail after it.
    """
    if data is None:
        return ""
    if not isinstance(data, Mapping):
        problems.append(Problem(f"{path}.regimes", data, Say("a table", "een tabel")))
        return ""
    taken = {*presets(), *assignment_presets()} & set(data)
    allowed = Say("a name that no preset has", "een naam die geen preset heeft")
    problems += [Problem(f"{path}.regimes.{name}", name, allowed) for name in sorted(taken)]
    try:
        own = regimes_from_dict(data, f"{path}.regimes", known=presets())
    except InputError as error:
        problems += error.problems
        return ""
    return "\n".join(regime_to_toml(regime) for regime in own.values())


@lru_cache(maxsize=64)
def regimes_of(text: str) -> Mapping[str, Regime]:
    """Return the presets and the regimes of `text` (see `read_own`) by name."""
    own = regimes_from_dict(tomllib.loads(text)["regimes"]) if text else {}
    return MappingProxyType({**presets(), **own})
