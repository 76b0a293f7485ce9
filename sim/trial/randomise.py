"""Lots: who gets which arm, which wave, who was assigned by mistake. Exact sizes, keyed luck."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.random_numbers import uniform
from sim.trial.design import Wave

__all__ = ["allot", "rank_within", "wave_of"]

Whole = npt.NDArray[np.int64]


def rank_within(group: Whole, key: npt.NDArray[np.float64]) -> Whole:
    """Return each person's place (0, 1, ...) among those of the same group, lowest key first, shape [n]."""
    order = np.lexsort((key, group))
    sorted_group = group[order]
    starts = np.flatnonzero(np.append(True, sorted_group[1:] != sorted_group[:-1])) if len(order) else order
    first = np.repeat(starts, np.diff(np.append(starts, len(order))))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - first
    return place


def allot(replicate: Whole, stratum: Whole, person: Whole, sizes: Whole, seed: int) -> Whole:
    """Return the arm of each person by lot: stratified, with exactly `sizes` people per arm and replicate.

    People are shuffled within strata; arms are dealt in an even pattern along the strata, so that each
    stratum has every arm in its share (to within one person).
    """
    lot = uniform(seed, "randomisation", 0, person)
    turn = rank_within(replicate, stratum + lot)
    spots = np.concatenate([(np.arange(size) + 0.5) / size for size in sizes])
    arms = np.repeat(np.arange(len(sizes)), sizes)
    pattern = arms[np.lexsort((arms, spots))]
    dealt: Whole = pattern[np.minimum(turn, len(pattern) - 1)].astype(np.int64)
    return dealt


def wave_of(
    waves: Sequence[Wave],
    shares: Sequence[float],
    group: Whole,
    spell_months: npt.NDArray[np.float64],
    person: Whole,
    seed: int,
) -> Whole:
    """Return the wave of each person, shape [n]: exact shares within each group (arm of a replicate).

    Waves that take the newest share those with the shortest spells by lot; the other waves share the rest.
    """
    lot = uniform(seed, "randomisation", 1, person)
    size = np.bincount(group)[group] if len(group) else group
    wave = np.zeros(len(group), dtype=np.int64)
    newest = [number for number, one in enumerate(waves) if one.newest]
    rest = [number for number, one in enumerate(waves) if not one.newest]
    place = rank_within(group, -spell_months + 1e-3 * lot)
    sitting = np.floor(sum(shares[number] for number in rest) * size + 0.5) if newest else size
    is_rest = place < sitting
    for rows, numbers in ((is_rest, rest), (~is_rest, newest)):
        total = sum(shares[number] for number in numbers)
        if not rows.any() or total <= 0:
            continue
        turn = rank_within(group[rows], lot[rows])
        among = np.bincount(group[rows], minlength=int(group.max()) + 1)[group[rows]]
        bounds = np.cumsum([shares[number] for number in numbers]) / total
        spot = (turn + 0.5) / among
        wave[rows] = np.array(numbers)[np.minimum(np.searchsorted(bounds, spot), len(numbers) - 1)]
    return wave
