"""What a fit says of its own convergence, as gates: how much of what is allowed was used."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.problems import Say

__all__ = ["Gate", "chains_of", "gates_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Gate:
    """One thing a fit must reach.

    Attributes:
        label: short name with value and limit.
        text: the same in words.
        used: share of what is allowed that was used; below 1 is reached.
    """

    label: str
    text: Say
    used: float


def gates_of(told: Mapping[str, Any]) -> tuple[Gate, ...]:
    """Return the gates in the diagnostics of a posterior; what is not told is left out.

    R-hat is counted from 1, where it is perfect; effective draws as limit over value.
    """
    limits = told.get("gate", {})
    found: list[Gate] = []

    def add(en: str, nl: str, value: float, limit: float, used: float, decimals: int, word: str) -> None:
        shown, ends = f"{value:.{decimals}f}", f"{limit:g}"
        at_most = ("limit", "grens") if word == "<" else ("at least", "minstens")
        text = Say(f"{en} {shown} ({at_most[0]} {ends})", f"{nl} {shown} ({at_most[1]} {ends})".replace(".", ","))
        found.append(Gate(f"{en}: {shown} ({word} {ends})", text, used))

    rhat, ess, k_hat = (_number(told, name) for name in ("rhat_max", "ess_min", "k_hat"))
    most, least, tail, error = (
        _number(limits, name) for name in ("rhat_below", "ess_above", "k_hat_below", "emulator_error_below")
    )
    if math.isfinite(rhat + most):
        add("largest R-hat", "grootste R-hat", rhat, most, (rhat - 1) / (most - 1), 3, "<")
    if math.isfinite(ess + least):
        used = least / max(ess, 1e-9)
        add("fewest effective draws", "minste effectieve trekkingen", ess, least, used, 0, ">")
    if math.isfinite(k_hat + tail):
        add("k-hat of the weights", "k-hat van de gewichten", k_hat, tail, max(k_hat, 0.0) / tail, 2, "<")
    for name, en, nl in (
        ("level_of_true_runs", "emulator error of the level", "emulatorfout in het niveau"),
        ("shape_of_true_runs", "emulator error of differences", "emulatorfout in verschillen"),
    ):
        towns = told.get(name, {})
        if towns and math.isfinite(error):
            value = float(np.mean([float(each) for each in towns.values()]))
            add(en, nl, value, error, value / error, 2, "<")
    return tuple(found)


def chains_of(told: Mapping[str, Any]) -> tuple[list[str], Array, Array] | None:
    """Return names, R-hat and effective draws of every latent, None when the posterior does not tell."""
    chains = told.get("chains")
    if not isinstance(chains, Mapping) or not chains.get("names"):
        return None
    return list(chains["names"]), np.array(chains["rhat"], float), np.array(chains["ess"], float)


def _number(told: Mapping[str, Any], name: str) -> float:
    value = told.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
