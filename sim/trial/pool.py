"""People who can be asked for a planned trial: drawn once, used by every design, draw of parameters and effect.

A pool holds a number of *societies*: separate draws of everybody who is eligible, after the exclusions. Replicate r
takes society r modulo their number and gives its people ids of its own, so that its luck (who signs up, who gets which
arm, who finds work) is its own. What sign-up depends on is known at the start: it changes neither with parameters nor
arms.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.problems import InputError, Problem, Say
from sim.trial.design import TrialDesign
from sim.trial.recruit import People, eligible_people, score

__all__ = ["SOCIETIES", "Pool", "pool_of"]

Array = npt.NDArray[np.float64]
# Enough draws of the town that what they share does not show beside the luck of thousands of trials.
SOCIETIES = 16
_SHIFT = 24


@dataclass(frozen=True)
class Pool:
    """Societies one after the other.

    Attributes:
        people: everybody eligible; `replicate` is the number of the society.
        wish: log-odds of signing up, shape [n].
        first: row of the first person of each society, and one beyond the last, shape [societies + 1].
    """

    people: People
    wish: Array
    first: npt.NDArray[np.int64]

    @property
    def smallest(self) -> int:
        """People in the smallest society: nobody can recruit more."""
        return int(np.diff(self.first).min())

    def society(self, number: int) -> slice:
        """Return the rows of a society."""
        place = number % (len(self.first) - 1)
        return slice(int(self.first[place]), int(self.first[place + 1]))

    def ids(self, number: int, replicate: int) -> npt.NDArray[np.int64]:
        """Return the ids that the people of society `number` have in `replicate`."""
        rows = self.society(number)
        return (np.int64(replicate) << _SHIFT) + np.arange(rows.stop - rows.start, dtype=np.int64)


def pool_of(design: TrialDesign, seed: int, societies: int = SOCIETIES) -> Pool:
    """Return the pool of the town of a design: the same for every design with its eligible people and exclusions.

    Raises:
        InputError: the rules leave nobody.
    """
    return _pool(design.eligible, design.eligible_people, design.exclusions, design.volunteering, seed, societies)


@lru_cache(maxsize=8)
def _pool(
    eligible: str, size: int, exclusions: tuple[str, ...], volunteering: tuple[object, ...], seed: int, societies: int
) -> Pool:
    people = eligible_people(eligible, size, exclusions, seed, societies)
    counts = np.bincount(people.replicate, minlength=int(people.replicate.max(initial=0)) + 1)
    if counts.min() == 0:
        allowed = Say("rules that leave somebody", "regels die iemand overlaten")
        raise InputError([Problem("exclusions", exclusions, allowed)])
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Pool(people, score(volunteering, people, seed), first)  # type: ignore[arg-type]
