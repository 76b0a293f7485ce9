"""The check by true runs finds what it should: half a standard error in one family, a flat emulator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calibration.fit.truth import Check, true_check

DRAWS, ROWS, TRIALS = 40, 24, 96
FAMILIES = tuple(f"town/{'work' if row < 8 else 'mind' if row < 16 else 'words'}" for row in range(ROWS))


def checked(seed: int = 1, **planted: Any) -> Check:
    """True runs of an emulator that is right, but for what is planted."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((DRAWS, 5))
    error = rng.uniform(0.02, 0.08, ROWS)
    emulated = 0.1 + (z @ rng.standard_normal((5, ROWS))) * 0.3 * error
    noise = rng.standard_normal((DRAWS, ROWS)) * error / np.sqrt(TRIALS)
    shift = planted.get("shift", np.zeros(ROWS)) * error
    centre = emulated.mean(axis=0)
    true = centre + (emulated - centre) * planted.get("slope", 1.0) + shift + noise
    return true_check(
        z,
        true,
        emulated,
        variance=error**2,
        replicates=TRIALS,
        error=error,
        claimed=0.05 * error,
        families=FAMILIES,
        log=lambda moments, at: -0.5 * np.square(moments / error).sum(axis=1),
        watched={"a": 0, "b": 1},
    )


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_right_emulator_passes(seed: int) -> None:
    found = checked(seed)
    assert found.faithful
    assert np.abs(found.scores).max() < 4.5
    assert [each.rows for each in found.families] == [8, 8, 8]


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("family", range(3))
def test_half_a_standard_error_in_one_family_is_found_there(seed: int, family: int) -> None:
    shift = np.zeros(ROWS)
    shift[8 * family : 8 * family + 8] = 0.5
    found = checked(seed, shift=shift)
    assert [each.faithful for each in found.families] == [place != family for place in range(3)]
    assert found.worst.gap == pytest.approx(0.5, abs=0.1)
    assert np.abs(found.scores[8 * family : 8 * family + 8]).min() > 3.0


def test_an_emulator_that_moves_too_little_or_the_wrong_way_is_found() -> None:
    assert not checked(slope=1.6).faithful
    assert not checked(slope=0.5).faithful
    assert not checked(slope=-1.0).faithful
    assert checked(slope=0.9).faithful
