"""Parameters of the mechanisms: one vector, its names, bounds, priors and off values."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import numpy.typing as npt

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

    Normal, lognormal or logit-normal around the median, truncated to the bounds by drawing through the
    quantile function between the bounds' probabilities.
    """
    from scipy.special import ndtr, ndtri

    values = np.empty((draws, len(PARAMETERS)))
    uniforms = (
        np.stack([np.random.default_rng(stream("prior", seed, draw)).random(len(PARAMETERS)) for draw in range(draws)])
        if draws
        else np.empty((0, len(PARAMETERS)))
    )
    for index, each in enumerate(PARAMETERS.values()):
        if each.sd == 0.0:
            values[:, index] = each.value
            continue
        to, back = _scale(each)
        centre = to(each.value)
        low, high = ndtr((to(each.low) - centre) / each.sd), ndtr((to(each.high) - centre) / each.sd)
        z = ndtri(low + uniforms[:, index] * (high - low))
        values[:, index] = np.clip([back(centre + each.sd * step) for step in z], each.low, each.high)
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


def _scale(each: Parameter) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Return the maps from a value to the scale on which the prior is normal, and back."""
    if each.law == "lognormal":
        return (lambda x: math.log(max(x, 1e-12))), math.exp
    if each.law == "logit":
        width = each.high - each.low

        def to(x: float) -> float:
            share = min(max((x - each.low) / width, 1e-12), 1.0 - 1e-12)
            return math.log(share / (1.0 - share))

        return to, lambda y: each.low + width / (1.0 + math.exp(-y))
    return float, float
