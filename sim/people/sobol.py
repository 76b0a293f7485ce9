"""Scrambled Sobol points: row i depends on the key and on i only, whatever the machine or library version.

Direction numbers of Joe and Kuo (2008); scrambled with a random lower-triangular bit matrix per dimension
and a digital shift (Matousek 1998), both from Philox. Written here because the usual implementation takes
seconds to import and may change its scrambling from version to version.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from sim.people.recipe import DATA
from sim.random_numbers import philox

__all__ = ["BITS", "directions", "points"]

BITS = 30
_BLOCK = 200


def points(dimensions: int, people: int, key: int) -> npt.NDArray[np.float64]:
    """Return the first `people` scrambled points, strictly between 0 and 1, shape [dimensions, people]."""
    columns, shift = _scrambled(dimensions, key)
    index = np.arange(people, dtype=np.uint32)
    out = np.empty((dimensions, people))
    digits = [(index >> np.uint32(bit)) & np.uint32(1) for bit in range(max(people - 1, 0).bit_length())]
    for row in range(dimensions):
        word = np.full(people, shift[row], dtype=np.uint32)
        for bit, digit in enumerate(digits):
            word ^= digit * columns[row, bit]
        out[row] = (word.astype(np.float64) + 0.5) * 2.0**-BITS
    return out


@lru_cache(maxsize=4)
def directions(dimensions: int) -> npt.NDArray[np.uint32]:
    """Return the unscrambled direction numbers, shape [dimensions, BITS]."""
    with (DATA / "sobol.toml").open("rb") as file:
        table = tomllib.load(file)
    numbers = np.zeros((dimensions, BITS), dtype=np.uint32)
    for row in range(dimensions):
        polynomial, odd = table["polynomial"][row], list(table["first"][row])
        degree = polynomial.bit_length() - 1
        for bit in range(len(odd), BITS):
            if degree == 0:
                odd.append(1)
                continue
            new = odd[bit - degree] ^ (odd[bit - degree] << degree)
            for term in range(1, degree):
                if (polynomial >> (degree - term)) & 1:
                    new ^= odd[bit - term] << term
            odd.append(new)
        numbers[row] = [value << (BITS - 1 - bit) for bit, value in enumerate(odd)]
    return numbers


def _scrambled(dimensions: int, key: int) -> tuple[npt.NDArray[np.uint32], list[int]]:
    plain = directions(dimensions)
    mixed = np.zeros_like(plain)
    rows = np.arange(dimensions * BITS, dtype=np.int64)
    low = (np.uint64(1) << np.uint64(BITS)) - np.uint64(1)
    words = (philox(key, rows, 0, _BLOCK)[0] & low).reshape(dimensions, BITS)
    shifts = philox(key, rows[:dimensions], 0, _BLOCK)[1] & low
    for digit in range(BITS):
        # Digit `digit` (0 = most significant) of the result: itself plus random earlier digits.
        own = 1 << (BITS - 1 - digit)
        earlier = ((1 << BITS) - 1) ^ ((own << 1) - 1)
        for row in range(dimensions):
            mask = np.uint32((int(words[row, digit]) & earlier) | own)
            mixed[row] |= _parity(plain[row] & mask) << np.uint32(BITS - 1 - digit)
    return mixed, [int(shift) for shift in shifts]


def _parity(word: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    for step in (16, 8, 4, 2, 1):
        word = word ^ (word >> np.uint32(step))
    return word & np.uint32(1)
