"""Lots of a planned trial: by person, or whole caseworkers or districts; and who serves whom.

Everything follows the order of sign-up, so that the first n people have the same arms, clusters and caseworkers
whatever the number that follows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sim.random_numbers import uniform
from sim.trial.randomise import rank_within
from sim.trial.recruit import People

__all__ = ["By", "Lot", "dealt", "staffed"]

By = Literal["person", "caseworker", "district"]
Whole = npt.NDArray[np.int64]
# People per arm in a block: long, so that nobody can guess the last ones and the lot stays (nearly) simple.
_BLOCK = 10
_SEAT = 1 << 20
# Participants that one regular caseworker has: some of a caseload of 125 (Nijmegen: 48 caseworkers, 245 people).
_REGULAR = 5.0
_SEATS_OF_DISTRICT = 4


@dataclass(frozen=True)
class Lot:
    """What is drawn: persons, or `clusters` whole caseworkers or districts."""

    by: By = "person"
    clusters: int = 0


def dealt(
    people: People, turn: Whole, trials: int, lot: Lot, stratum: Whole, shares: Sequence[float], key: int
) -> tuple[Whole, Whole]:
    """Return everybody's arm and cluster, shape [n] each.

    Args:
        people: in the order of sign-up, trial by trial; `turn` is the place in that order.
        trials: how many.
        lot: what is drawn.
        stratum: of each person; a lot of clusters takes no notice of it.
        shares: of the arms.
        key: of the luck.
    """
    if lot.by == "person":
        group = people.replicate * 4096 + stratum
        place = rank_within(group, turn.astype(np.float64))
        drawn = uniform(key, "randomisation", 0, people.person)
        return _blocks(group, place, drawn, shares), turn.copy()
    # Clusters take turns along the order of sign-up: a smaller trial has the same clusters with fewer people.
    cluster = turn % lot.clusters
    ids = (np.arange(trials)[:, None] << 24) + (1 << 23) + np.arange(lot.clusters)
    group = np.repeat(np.arange(trials), lot.clusters)
    drawn = uniform(key, "randomisation", 1, ids.ravel())
    place = np.tile(np.arange(lot.clusters), trials)
    arm = _blocks(group, place, drawn, shares, block=lot.clusters).reshape(trials, lot.clusters)
    return arm[people.replicate, cluster], cluster


def staffed(
    people: People, turn: Whole, cluster: Whole, lot: Lot, office: Whole, clients: npt.NDArray[np.float64], key: int
) -> tuple[Whole, npt.NDArray[np.float64]]:
    """Return everybody's caseworker (trials one after the other) and that one's quality, shape [n] each.

    Args:
        people, turn, cluster, lot: of the lot.
        office: of each person, shape [n]; 0 = the regular caseworkers, who serve all arms without own staff.
        clients: participants of one caseworker of each office but the regular one, shape [offices + 1].
        key: of the luck.
    """
    from scipy.special import ndtri

    if lot.by == "caseworker":
        seat = cluster.copy()
        office = np.zeros_like(office)
    elif lot.by == "district":
        seat = cluster * _SEATS_OF_DISTRICT + turn // lot.clusters % _SEATS_OF_DISTRICT
        office = np.zeros_like(office)
    else:
        place = rank_within(people.replicate * 64 + office, turn.astype(np.float64))
        size = np.where(office > 0, clients[office], _REGULAR)
        seat = np.floor(place / size).astype(np.int64)
    code = office * _SEAT + seat
    ids = (people.replicate << 24) + code + (1 << 22)
    quality = np.clip(ndtri(uniform(key, "caseworker", 0, ids)), -4.0, 4.0)
    _, desk = np.unique(people.replicate * (64 * _SEAT) + code, return_inverse=True)
    return desk.astype(np.int64), quality


def _blocks(
    group: Whole, place: Whole, drawn: npt.NDArray[np.float64], shares: Sequence[float], block: int = 0
) -> Whole:
    """Return the arm of each: in blocks along `place`, arms in an even pattern, dealt by lot within the block."""
    size = block or _BLOCK * len(shares)
    # Spots of all arms on one line: every beginning of the line has the arms in their shares to within one.
    most = int(place.max()) + 1
    total = -(-most // size) * size
    counts = np.ceil(np.asarray(shares) / np.sum(shares) * total).astype(np.int64) + 1
    spots = np.concatenate([(np.arange(n) + 0.5) / share for n, share in zip(counts, shares, strict=True)])
    arms = np.repeat(np.arange(len(shares)), counts)
    pattern = arms[np.lexsort((arms, spots))]
    within = rank_within(group * (total // size + 1) + place // size, drawn)
    arm: Whole = pattern[place // size * size + within].astype(np.int64)
    return arm
