"""Random numbers keyed by (seed, decision, month, person): Philox4x32-10, counter-based.

A draw belongs to what it decides, not to when it is asked for. Adding a person, another regime, another
thread or another order of work changes nobody else's luck: that is what makes scenarios comparable
(common random numbers) and results bit-identical.

``key = seed (64 bits)``; ``counter = (person low, person high, month, block)``. One call gives four
uniforms (lanes). `DECISIONS` maps each decision to its permanent (block, lane): a new decision takes a
new lane and no lane is ever given to another decision. Neither the regime nor the parameters are in the key.

Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", known-answer
vectors in the tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["BLOCKS", "DECISIONS", "KEY_STEPS", "MULTIPLIERS", "Draws", "lend", "philox", "stream", "uniform"]

# decision -> number; block = number // 4, lane = number % 4. Append only.
DECISIONS: dict[str, int] = {
    name: number
    for number, name in enumerate(
        (
            "stress_shock_a",
            "stress_shock_b",
            "contact_taken",
            "sanction",
            "check",
            "settlement_error",
            "interviews",
            "brokered",
            "offer",
            "offer_hours",
            "offer_contract",
            "offer_fit",
            "accept",
            "job_loss",
            "hours_growth",
            "start_self_employed",
            "exit_other",
            "reentry",
            "wage_growth",
            "expense_shock",
        )
    )
}

# Blocks that one month of the society needs; draws made once (assignment, surveys, trials) live above.
BLOCKS = (len(DECISIONS) + 3) // 4

# Decisions outside the month, in blocks of their own from 64 upwards.
OUTSIDE: dict[str, int] = {
    name: 256 + number
    for number, name in enumerate(
        (
            "choice",
            "assignment",
            "volunteering_for_trial",
            "randomisation",
            "withdrawal",
            "survey_response",
            "survey_noise_a",
            "survey_noise_b",
            "population",
            "caseworker",
            "fidelity",
            "contamination",
            "stated_effect",
        )
    )
}

# Constants of Philox4x32: what the two halves are multiplied by, and what is added to the key every round.
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)

_M0, _M1 = (np.uint64(each) for each in MULTIPLIERS)
_W0, _W1 = KEY_STEPS
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


# The engine's machine code, once it is loaded.
_compiled: Callable[[int, npt.NDArray[np.int64], int, int], npt.NDArray[np.float64]] | None = None


def philox(
    key: int, person: npt.NDArray[np.int64], month: int, block: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Return the four 32-bit words (as uint64 arrays of shape [n]) of one block for each person."""
    ids = np.asarray(person, dtype=np.int64).astype(np.uint64)
    c0, c1 = ids & _LOW, ids >> _SHIFT
    c2 = np.full_like(c0, month & 0xFFFFFFFF)
    c3 = np.full_like(c0, block)
    k0, k1 = key & 0xFFFFFFFF, (key >> 32) & 0xFFFFFFFF
    for _ in range(10):
        product0, product1 = _M0 * c0, _M1 * c2
        c0, c1, c2, c3 = (
            (product1 >> _SHIFT) ^ c1 ^ np.uint64(k0),
            product1 & _LOW,
            (product0 >> _SHIFT) ^ c3 ^ np.uint64(k1),
            product0 & _LOW,
        )
        k0, k1 = (k0 + _W0) & 0xFFFFFFFF, (k1 + _W1) & 0xFFFFFFFF
    return c0, c1, c2, c3


def uniform(seed: int, decision: str, month: int, person: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return one uniform per person, strictly between 0 and 1 (32 bits), for a named decision.

    Args:
        seed: key of the replicate, from `stream`.
        decision: a name of `DECISIONS` or `OUTSIDE`.
        month: 1, 2, ...; 0 and below for what comes before month 1 (as 32 bits, two's complement).
        person: stable ids, shape [n].
    """
    number = DECISIONS[decision] if decision in DECISIONS else OUTSIDE[decision]
    if _compiled is not None:
        return _compiled(seed, person, month, number)
    words = philox(seed, person, month, number // 4)[number % 4]
    drawn: npt.NDArray[np.float64] = (words.astype(np.float64) + 0.5) * (1.0 / 4294967296.0)
    return drawn


def lend(function: Callable[[int, npt.NDArray[np.int64], int, int], npt.NDArray[np.float64]]) -> None:
    """Let `uniform` use the engine's machine code: ``function(seed, person, month, number)`` gives the same bits."""
    global _compiled
    _compiled = function


class Draws:
    """Draws of the same people under one seed, kept: every parameter set that they live under asks for the same."""

    def __init__(self, seed: int, person: npt.NDArray[np.int64]) -> None:
        """Draw nothing yet."""
        self.seed, self.person = seed, person
        self._normal: dict[tuple[str, int], npt.NDArray[np.float64]] = {}

    def uniform(self, decision: str, slot: int) -> npt.NDArray[np.float64]:
        """Return `uniform` of the decision, `slot` in place of the month."""
        return uniform(self.seed, decision, slot, self.person)

    def normal(self, decision: str, slot: int) -> npt.NDArray[np.float64]:
        """Return the standard normal quantile of `uniform`; not to be written to."""
        from scipy.special import ndtri

        if (decision, slot) not in self._normal:
            self._normal[decision, slot] = ndtri(self.uniform(decision, slot))
        return self._normal[decision, slot]


def stream(*names: object) -> int:
    """Return a 64-bit key for named things, e.g. ``stream("replicate", seed, 3)``.

    Neighbouring seeds do not overlap.
    """
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
