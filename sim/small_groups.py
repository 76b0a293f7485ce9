"""Groups too small to be shown, in every table, file and page: fewer than `SMALLEST` people.

A hidden group must not be found by subtracting what is shown from the total: what is hidden in a table is always
at least two groups that hold `SMALLEST` people together (complementary suppression). Where several outputs show
the same people, each hides by this one rule, so that none shows what another hides.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["SMALLEST", "hide", "hide_in_strata"]

SMALLEST = 10


def hide(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which groups (rows) of a table of counts are not shown, shape [groups].

    Args:
        counts: people by group and by what is said about them, shape [groups, parts]; rows of zeros are
            no groups and hide nothing.
    """
    people = counts.sum(axis=1)
    hidden = (people > 0) & (counts < SMALLEST).any(axis=1)
    by_size = np.argsort(people, kind="stable")
    for group in by_size:
        pooled = counts[hidden].sum(axis=0)
        if not hidden.any() or (hidden.sum() >= 2 and (pooled >= SMALLEST).all()):
            break
        if not hidden[group] and people[group] > 0:
            hidden[group] = True
    return np.asarray(hidden, dtype=bool)


def hide_in_strata(groups: tuple[str, ...], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which groups are not shown, shape [..., groups], when groups of one stratum add up to everybody.

    Args:
        groups: ``stratum: label``; one without a stratum (``all``) stands alone.
        counts: people, shape [..., groups].
    """
    hidden: npt.NDArray[np.bool_] = counts < SMALLEST
    strata: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        stratum, sign, _ = group.partition(": ")
        if sign:
            strata.setdefault(stratum, []).append(place)
    flat, out = counts.reshape(-1, len(groups)), hidden.reshape(-1, len(groups)).copy()
    for places in (np.array(found) for found in strata.values()):
        # Most rows (months) have the same groups: each distinct row is judged once.
        found, index = np.unique(flat[:, places], axis=0, return_inverse=True)
        masks = np.stack([hide(row[:, None]) | (row < SMALLEST) for row in found])
        out[:, places] = masks[index.reshape(-1)]
    return out.reshape(counts.shape)
