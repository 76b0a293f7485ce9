"""Lots: exact sizes, balanced strata, waves by length of spell."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.trial.design import Wave
from sim.trial.randomise import allot, rank_within, wave_of


def test_ranks_count_up_within_groups() -> None:
    group = np.array([2, 1, 2, 1, 2])
    key = np.array([0.3, 0.9, 0.1, 0.2, 0.2])
    assert rank_within(group, key).tolist() == [2, 1, 0, 0, 1]
    assert rank_within(np.array([], dtype=np.int64), np.array([])).tolist() == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(5, 60), min_size=2, max_size=5), st.integers(0, 10**6))
def test_every_arm_has_its_size_and_every_stratum_every_arm(sizes: list[int], seed: int) -> None:
    n = sum(sizes)
    person = np.arange(n, dtype=np.int64)
    stratum = person % 2
    arm = allot(np.zeros(n, dtype=np.int64), stratum, person, np.array(sizes), seed)
    assert np.bincount(arm, minlength=len(sizes)).tolist() == sizes
    for each in (0, 1):
        inside = np.bincount(arm[stratum == each], minlength=len(sizes))
        expected = np.array(sizes) * (stratum == each).sum() / n
        assert np.abs(inside - expected).max() <= 2.0


def test_lots_are_lots() -> None:
    n = 400
    person = np.arange(n, dtype=np.int64)
    zero = np.zeros(n, dtype=np.int64)
    draws = [allot(zero, zero, person, np.array([200, 200]), seed) for seed in range(200)]
    share = np.mean(draws, axis=0)
    # Everybody is in the second arm half of the time: 200 fair lots each, 400 people.
    assert abs(share.mean() - 0.5) < 1e-9
    assert np.abs(share - 0.5).max() < 5 * np.sqrt(0.25 / 200)


def test_new_inflow_has_the_short_spells_and_exact_shares() -> None:
    waves = [Wave(date(2017, 10, 1), 0.6, newest=False, reference_share=1.0)]
    waves += [Wave(date(2017, month, 1), 0.2, newest=True, reference_share=0.0) for month in (11, 12)]
    rng = np.random.default_rng(0)
    spell = rng.integers(0, 120, 100).astype(float)
    person = np.arange(100, dtype=np.int64)
    wave = wave_of(waves, [one.share for one in waves], np.zeros(100, dtype=np.int64), spell, person, 4)
    assert np.bincount(wave).tolist() == [60, 20, 20]
    assert spell[wave > 0].max() <= spell[wave == 0].min()
