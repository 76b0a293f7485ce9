"""Parameters of the mechanisms: one vector, its names, bounds, priors and off values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from sim import priors
from sim.mechanisms.base import Mechanism, Parameter
from sim.month import MECHANISMS
from sim.problems import InputError, Problem, one_of, within
from sim.random_numbers import stream

__all__ = [
    "MECHANISMS",
    "PARAMETERS",
    "Mechanism",
    "Parameter",
    "defaults",
    "digest",
    "draw_priors",
    "switch_off",
    "with_values",
]

PARAMETERS: dict[str, Parameter] = {
    each.name: each for mechanism in MECHANISMS.values() for each in mechanism.parameters
}
_INDEX = {name: index for index, name in enumerate(PARAMETERS)}


def defaults() -> npt.NDArray[np.float64]:
    """Return the prior medians, shape [P], in the order of `PARAMETERS`."""
    return np.array([each.value for each in PARAMETERS.values()])


def draw_priors(draws: int, seed: int) -> npt.NDArray[np.float64]:
    """Return independent prior draws, shape [draws, P]; draw d is the same for any number of draws.

    Each is of a municipality that was not studied: where municipalities differ, its deviation is in it.
    """
    latents = np.empty((draws, len(PARAMETERS)))
    spreads, own = np.empty_like(latents), np.empty_like(latents)
    for draw in range(draws):
        latents[draw] = np.random.default_rng(stream("prior", seed, draw)).standard_normal(len(PARAMETERS))
        apart = np.random.default_rng(stream("prior between", seed, draw)).standard_normal((2, len(PARAMETERS)))
        spreads[draw], own[draw] = apart
    values = np.empty((draws, len(PARAMETERS)))
    for index, each in enumerate(PARAMETERS.values()):
        if each.sd == 0.0:
            values[:, index] = each.value
            continue
        z = latents[:, index]
        if each.between > 0.0:
            z = z + each.between * priors.half_normal(spreads[:, index]) * own[:, index]
        values[:, index] = priors.value(each, z)
    return values


def switch_off(
    vector: npt.NDArray[np.float64], mechanisms: Iterable[str], *, core: bool = False
) -> npt.NDArray[np.float64]:
    """Return a copy with the named mechanisms at their neutral values; `core` neutralises core terms too."""
    names = set(mechanisms)
    unknown = [
        one_of("mechanisms_off", name, (each.name for each in MECHANISMS.values() if not each.core))
        for name in sorted(names)
        if name not in MECHANISMS or MECHANISMS[name].core
    ]
    InputError.raise_if(unknown)
    changed = np.array(vector, dtype=np.float64)
    for index, (name, each) in enumerate(PARAMETERS.items()):
        owner = MECHANISMS[name.split(".")[0]]
        if each.off is not None and (owner.name in names or (core and owner.core)):
            changed[..., index] = each.off
    return changed


def with_values(vector: npt.NDArray[np.float64], values: Mapping[str, float]) -> npt.NDArray[np.float64]:
    """Return a copy with named values set; unknown names and values out of bounds are refused together."""
    problems: list[Problem] = []
    changed = np.array(vector, dtype=np.float64)
    for name, value in values.items():
        if name not in PARAMETERS:
            problems.append(one_of(f"parameters.{name}", name, PARAMETERS))
            continue
        each = PARAMETERS[name]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not each.low <= value <= each.high:
            problems.append(within(f"parameters.{name}", value, each.low, each.high, each.unit))
            continue
        changed[..., _INDEX[name]] = value
    InputError.raise_if(problems)
    return changed


def digest(vector: npt.NDArray[np.float64]) -> str:
    """Return a hash of parameter values together with their names."""
    text = hashlib.sha256("|".join(PARAMETERS).encode())
    text.update(np.ascontiguousarray(vector, dtype=np.float64).tobytes())
    return text.hexdigest()
