"""Two fits that share no trial tell how far the luck of the design moves the answer."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.fit.halves import design_error


def test_the_error_of_the_whole_is_half_the_difference_of_halves():
    """Means of 2n draws each: the mean of all 4n draws errs by sd / sqrt(4n)."""
    luck = np.random.default_rng(3)
    halves = luck.normal(size=(2, 4000, 50)).mean(axis=2) + luck.normal(size=4000)
    places = np.arange(4000)
    assert design_error(halves, places) == pytest.approx(1.0 / np.sqrt(100), rel=0.05)
    assert design_error(halves, places[:1]) == pytest.approx(abs(halves[0, 0] - halves[1, 0]) / 2)
