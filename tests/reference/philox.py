"""Philox4x32-10 in plain Python integers (Salmon, Moraes, Dror and Shaw 2011)."""

from __future__ import annotations

MASK = 2**32 - 1


def philox(counter: tuple[int, int, int, int], key: tuple[int, int]) -> tuple[int, int, int, int]:
    """Ten rounds; golden ratio and sqrt(3) - 1 bump the key before every round but the first."""
    a, b, c, d = counter
    k, q = key
    for turn in range(10):
        if turn > 0:
            k = (k + 0x9E3779B9) % 2**32
            q = (q + 0xBB67AE85) % 2**32
        first = a * 0xD2511F53
        second = c * 0xCD9E8D57
        a, b, c, d = (second // 2**32) ^ b ^ k, second % 2**32, (first // 2**32) ^ d ^ q, first % 2**32
    return a, b, c, d


def draws(seed: int, person: int, month: int, names: tuple[str, ...]) -> dict[str, float]:
    """One uniform for each decision: four to a block, in the order of their names."""
    found: dict[str, float] = {}
    for number, name in enumerate(names):
        counter = (person & MASK, person >> 32, month & MASK, number // 4)
        word = philox(counter, (seed & MASK, seed >> 32))[number % 4]
        found[name] = (word + 0.5) / 4294967296.0
    return found
