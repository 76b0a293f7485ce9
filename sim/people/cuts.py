"""Cuts: the thresholds and scales that make shares and means come out as published, found once.

They are found on the fixed reference people (`latents.reference`), never on the people drawn: that is why a
person does not depend on how many others there are.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["Cuts", "banded"]

Array = npt.NDArray[np.float64]


class Cuts:
    """Numbers by name: found while drawing the reference people, then only read."""

    def __init__(self) -> None:
        self._found: dict[str, float] = {}
        self._closed = False

    def close(self) -> Cuts:
        """Return the cuts, from now on only read."""
        self._closed = True
        return self

    def at(self, name: str, find: Callable[[], float]) -> float:
        """Return the number of this name; on the reference people it is found first."""
        if not self._closed:
            self._found[name] = find()
        return self._found[name]

    def top(self, name: str, score: Array, share: float) -> npt.NDArray[np.bool_]:
        """Return who is among the `share` of people with the highest score, shape [n]."""
        if share <= 0.0:
            return np.zeros(len(score), dtype=bool)
        if share >= 1.0:
            return np.ones(len(score), dtype=bool)
        return score > self.at(name, lambda: float(np.quantile(score, 1.0 - share)))

    def solve(self, name: str, mean_at: Callable[[float], float], goal: float, low: float, high: float) -> float:
        """Return the number in [low, high] where an increasing `mean_at` meets the goal, or an end."""

        def find() -> float:
            left, right = low, high
            for _ in range(60):
                middle = float(np.sqrt(left * right))
                if mean_at(middle) < goal:
                    left = middle
                else:
                    right = middle
            return float(np.sqrt(left * right))

        return self.at(name, find)


def banded(uniform: Array, edges: list[float], shares: list[float], power: float = 1.0) -> Array:
    """Return values with the given shares between the edges, shape [n].

    Inside a band values are spread as ``u ** power`` (1 = evenly), which moves the mean and not the shares.
    """
    total = np.cumsum([0.0, *shares]) / sum(shares)
    band = np.clip(np.searchsorted(total, uniform, side="right") - 1, 0, len(shares) - 1)
    width = np.array(shares) / sum(shares)
    inside = (uniform - total[band]) / np.where(width > 0, width, 1.0)[band]
    low, high = np.array(edges[:-1])[band], np.array(edges[1:])[band]
    drawn: Array = low + (high - low) * np.clip(inside, 0.0, 1.0) ** power
    return drawn
