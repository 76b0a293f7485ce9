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

    rhat, ess = (_number(told, name) for name in ("rhat_max", "ess_min"))
    most, least, gap = (_number(limits, name) for name in ("rhat_below", "ess_above", "family_gap_below"))
    if math.isfinite(rhat + most):
        add("largest R-hat", "grootste R-hat", rhat, most, (rhat - 1) / (most - 1), 3, "<")
    if math.isfinite(ess + least):
        used = least / max(ess, 1e-9)
        add("fewest effective draws", "minste effectieve trekkingen", ess, least, used, 0, ">")
    families = [each for each in told.get("families", ()) if isinstance(each, Mapping)]
    if families and math.isfinite(gap):
        sure = [max(abs(float(each["gap"])) - 2.0 * float(each["gap_error"]), 0.0) for each in families]
        worst = max(sure)
        add(
            "error of the emulator in a family of rows (s.e.)",
            "fout van de emulator in een groep rijen (s.e.)",
            worst,
            gap,
            worst / gap,
            2,
            "<",
        )
    ends = limits.get("slope_between")
    slopes = [each for each in families if isinstance(each.get("slope"), int | float)]
    if slopes and isinstance(ends, list) and len(ends) == 2:
        sure = [max(abs(float(each["slope"]) - 1.0) - 2.0 * float(each["slope_error"]), 0.0) for each in slopes]
        worst, allowed = max(sure), (float(ends[1]) - float(ends[0])) / 2.0
        add(
            "slope of the simulator on the emulator, from 1",
            "helling van de simulator op de emulator, vanaf 1",
            worst,
            allowed,
            worst / allowed,
            2,
            "<",
        )
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
