"""Draws are Philox4x32-10 as published, one lane for each decision, and no stream meets another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.random_numbers import BLOCKS, DECISIONS, OUTSIDE, philox, stream, uniform

keys = st.integers(0, 2**64 - 1)

# Known answers published with Random123: counter, key, the four words.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_philox_gives_the_published_words(counter, key, words):
    person = np.array([counter[0] | counter[1] << 32], dtype=np.uint64).astype(np.int64)
    found = philox(key[0] | key[1] << 32, person, counter[2], counter[3])
    assert tuple(int(word[0]) for word in found) == words


def test_uniforms_stay_strictly_between_0_and_1():
    lowest, highest = (np.array([word], dtype=np.uint64) for word in (0, 0xFFFFFFFF))
    for word, bound in ((lowest, 2.0**-33), (highest, 1 - 2.0**-33)):
        assert (word.astype(float) + 0.5)[0] / 4294967296.0 == bound
    drawn = uniform(stream("x"), "offer", 3, np.arange(200_000))
    assert drawn.min() > 0.0
    assert drawn.max() < 1.0
    assert abs(drawn.mean() - 0.5) < 4 * (1 / 12 / 200_000) ** 0.5


def test_every_decision_has_a_lane_of_its_own():
    lanes = [*DECISIONS.values(), *OUTSIDE.values()]
    assert len(set(lanes)) == len(lanes)
    assert max(DECISIONS.values()) < 4 * BLOCKS <= 256 <= min(OUTSIDE.values())


def test_lanes_are_permanent():
    """A new decision takes a new lane behind these; moving one changes every published number."""
    assert list(DECISIONS)[:20] == [
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
    ]


@given(keys, st.integers(-11, 600), st.lists(st.integers(0, 2**62), min_size=1, max_size=5))
def test_a_draw_belongs_to_the_person_not_to_the_company(seed, month, people):
    together = uniform(seed, "accept", month, np.array(people))
    alone = [uniform(seed, "accept", month, np.array([person]))[0] for person in people]
    assert together.tolist() == alone


def test_neighbouring_seeds_share_no_draws():
    people = np.arange(5000)
    streams = [stream("replicate", 1, number) for number in range(20)]
    assert len(set(streams)) == 20
    drawn = np.concatenate([uniform(seed, "offer", month, people) for seed in streams for month in (1, 2)])
    # 200,000 draws of 32 bits: about 4.7 pairs coincide by chance alone.
    assert len(drawn) - len(np.unique(drawn)) < 25
    matrix = np.corrcoef(drawn.reshape(40, -1))
    assert np.abs(matrix[np.triu_indices(40, 1)]).max() < 5 / 5000**0.5


def test_streams_tell_names_apart():
    assert stream("a", "bc") != stream("ab", "c")
    assert stream("replicate", 1, 2) == stream("replicate", 1, 2)
