"""The Monte Carlo error of an interval's ends, against runs made many times over."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.answer.precision import draws_needed, end_error, enough
from analysis.inference.precision import Components, components
from analysis.inference.variance import decompose

KNOWN = Components(0.25, 0.01, 0.1)


@pytest.mark.parametrize(("parameter", "own"), [(1.0, 0.2), (1.0, 2.0), (0.3, 2.0)])
def test_the_error_is_how_much_the_ends_move_between_runs(parameter: float, own: float) -> None:
    rng, draws, seeds, runs = np.random.default_rng(5), 30, 4, 600
    shape = (draws, seeds, runs)
    luck = 0.1 * rng.normal(size=(1, seeds, runs)) + own * rng.normal(size=shape)
    values = parameter * rng.normal(size=(draws, 1, runs)) + luck
    parts = decompose(values, 0.9)
    seen = math.sqrt((parts.low.var() + parts.high.var()) / 2.0)
    errors = [
        end_error((high - low) / 2.0, components(values[..., run]), draws, seeds)
        for run, (low, high) in enumerate(zip(parts.low, parts.high, strict=True))
    ]
    assert np.median(errors) == pytest.approx(seen, rel=0.25)
    # Negative control: the error of the mean alone is not that of an end.
    mean_only = np.median(np.sqrt(parts.parameter_sd**2 / draws + parts.monte_carlo_se**2))
    assert mean_only < 0.85 * seen


def test_one_draw_or_one_seed_has_no_error() -> None:
    assert end_error(1.0, KNOWN, 1, 4) == math.inf
    assert end_error(1.0, KNOWN, 30, 1) == math.inf
    assert end_error(1.0, Components(math.nan, math.nan, math.nan), 30, 4) == math.inf


def test_twenty_draws_and_two_seeds_are_enough_and_no_fewer() -> None:
    assert enough(20, 2)
    assert not enough(19, 2)
    assert not enough(20, 1)


def test_four_times_the_draws_halve_the_error() -> None:
    assert draws_needed(0.01, 0.02, 30) == 120
    assert draws_needed(1.0, 0.02, 30) == 20
