"""Latent normals behind the traits: correlated by a Gaussian copula, one row per person.

The first axes (those with published figures) come from a scrambled Sobol sequence, so that shares are met far
more closely than by chance also among few people; the others from keyed uniforms (Philox). Row i of both
depends on the seed and on i only: more people never change the ones already there. No matrix library is used,
so that numbers do not depend on threads.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.people.recipe import DATA
from sim.people.sobol import points
from sim.random_numbers import philox, stream

__all__ = ["AXES", "Latents", "dependence", "latents", "reference", "sequence"]

PUBLISHED = (
    "obstacles",
    "spell",
    "age",
    "male",
    "migration",
    "education",
    "household",
    "work",
    "earnings",
    "care",
    "debt",
    "exempt",
    "child",
    "hours",
    "western",
    "contract",
    "earnings_size",
    "employability",
)
KEYED = (
    "motivation",
    "capacity",
    "stress",
    "reporting",
    "trust",
    "social_trust",
    "belonging",
    "buffer",
    "efficacy",
    "volunteering",
    "caring",
    "wage",
    "fit",
    "job_months",
    "sharers",
    "partner",
    "debt_size",
    "skill",
    "couple_child",
    "mobility",
    "service",
)
AXES = PUBLISHED + KEYED
REFERENCE = 14
_BLOCK = 66
_TINY = 1e-9
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Latents:
    """Correlated standard normals by axis, each [n], and their uniforms."""

    normal: dict[str, Array]

    def uniform(self, axis: str) -> Array:
        """Return the uniform of an axis, strictly between 0 and 1, shape [n]."""
        from scipy.special import ndtr

        drawn: Array = np.clip(ndtr(self.normal[axis]), _TINY, 1 - _TINY)
        return drawn


@lru_cache(maxsize=1)
def dependence() -> tuple[dict[str, float], Array]:
    """Return the log odds between impediments and the lower factor of the correlations, [axes, axes]."""
    with (DATA / "dependence.toml").open("rb") as file:
        raw = tomllib.load(file)
    matrix: Array = np.eye(len(AXES))
    for pair, value in raw["correlation"].items():
        first, second = (AXES.index(name) for name in pair.split())
        matrix[first, second] = matrix[second, first] = value
    factor: Array = np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    return dict(raw["odds"]), factor


def sequence(key: int, people: int) -> Array:
    """Return the first `people` points of the scrambled Sobol sequence of a key, [published axes, people]."""
    return points(len(PUBLISHED), people, key)


def latents(key: int, rows: Array, first: int) -> Latents:
    """Return the latents of the people `first`, `first + 1`, ... whose points [axes, n] are given."""
    index = np.arange(first, first + rows.shape[1], dtype=np.int64)
    lanes = [
        (word.astype(np.float64) + 0.5) * (1.0 / 4294967296.0)
        for turn in range((len(KEYED) + 3) // 4)
        for word in philox(key, index, turn, _BLOCK)
    ]
    return _correlate([*rows, *lanes[: len(KEYED)]])


@lru_cache(maxsize=1)
def reference() -> Latents:
    """Return the fixed people on whom cuts are found: 2**14 points in all axes, the same for every seed."""
    return _correlate(list(points(len(AXES), 2**REFERENCE, stream("population", "reference"))))


def _correlate(uniforms: list[Array]) -> Latents:
    from scipy.special import ndtri

    factor = dependence()[1]
    free = [ndtri(np.clip(uniform, _TINY, 1 - _TINY)) for uniform in uniforms]
    normal: dict[str, Array] = {}
    for row, axis in enumerate(AXES):
        total = factor[row, row] * free[row]
        for column in np.flatnonzero(np.abs(factor[row, :row]) > 1e-12):
            total = total + factor[row, column] * free[column]
        normal[axis] = total
    return Latents(normal)
