"""Which caseworker serves whom: contiguous numbers, offices in the order of the recipe, filled one by one.

A caseworker's quality is keyed by (office, place in the office): it does not change with the number of
people.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.people.recipe import Recipe
from sim.random_numbers import uniform

__all__ = ["assign"]

_OFFICE = 1 << 20


def assign(
    recipe: Recipe, arm: npt.NDArray[np.int64], key: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return each person's caseworker and that caseworker's quality (standard deviations), shape [n] each."""
    from scipy.special import ndtri

    names = [row.name for row in recipe.arms]
    home = np.array([next(k for k, office in enumerate(recipe.offices) if name in office.arms) for name in names])
    turn = _rank(arm, len(names))
    crossing = np.array([office.crossing for office in recipe.offices])
    own = home[arm]
    moves = np.floor((turn + 1) * crossing[own]) > np.floor(turn * crossing[own])
    office = np.where(moves, (own + 1) % len(recipe.offices), own)
    # Arms of one office take turns, so that each of its caseworkers serves all of them.
    order = np.lexsort((arm, turn, office))
    place = np.empty(len(arm), dtype=np.int64)
    place[order] = _rank(office[order], len(recipe.offices))
    clients = np.array([row.clients for row in recipe.offices])
    seat = np.floor(place / clients[office]).astype(np.int64)
    code = office * _OFFICE + seat
    codes, caseworker = np.unique(code, return_inverse=True)
    quality = np.clip(ndtri(uniform(key, "caseworker", 0, codes)), -4.0, 4.0)
    return caseworker, quality[caseworker]


def _rank(group: npt.NDArray[np.int64], groups: int) -> npt.NDArray[np.int64]:
    """Return each person's place among those of the same group, in the given order, shape [n]."""
    rank = np.empty(len(group), dtype=np.int64)
    for number in range(groups):
        rows = np.flatnonzero(group == number)
        rank[rows] = np.arange(len(rows))
    return rank
