"""Planning of draws and seeds: unbiased components, and sizes that give what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.inference.precision import NINETY, Components, components, half_width, sizes_for, sizes_in_words
from sim.problems import Say

TRUE = Components(parameters=0.03**2, shared=0.01**2, own=0.02**2)
CAPS = {"most_draws": 2000, "most_seeds": 200, "most_replicates": 100_000}


def table(draws: int, seeds: int, rng: np.random.Generator) -> np.ndarray:
    return (
        math.sqrt(TRUE.parameters) * rng.normal(size=(draws, 1))
        + math.sqrt(TRUE.shared) * rng.normal(size=(1, seeds))
        + math.sqrt(TRUE.own) * rng.normal(size=(draws, seeds))
    )


def test_components_are_those_that_made_the_table() -> None:
    rng = np.random.default_rng(1)
    found = [components(table(30, 20, rng)) for _ in range(300)]
    for name in ("parameters", "shared", "own"):
        mean = np.mean([getattr(each, name) for each in found])
        assert mean == pytest.approx(getattr(TRUE, name), rel=0.08)


def test_the_planned_sizes_give_the_wanted_half_width() -> None:
    """Means of tables of the planned size spread as wide as was asked, no wider and not much narrower."""
    wanted = 0.008
    sizes = sizes_for([TRUE], wanted, **CAPS)
    assert sizes.enough
    rng = np.random.default_rng(2)
    means = np.array([table(sizes.draws, sizes.seeds, rng).mean() for _ in range(3000)])
    assert NINETY * means.std() == pytest.approx(wanted, rel=0.06)


def test_the_planned_sizes_are_the_fewest() -> None:
    sizes = sizes_for([TRUE], 0.008, **CAPS)
    total = sizes.draws * sizes.seeds
    for seeds in range(2, 60):
        draws = (total - 1) // seeds
        if draws >= 20:
            assert half_width([TRUE], draws, seeds) > 0.008, (draws, seeds)


def test_the_least_precise_number_decides() -> None:
    calm = Components(1e-6, 1e-6, 1e-6)
    assert sizes_for([calm, TRUE], 0.008, **CAPS) == sizes_for([TRUE], 0.008, **CAPS)
    assert half_width([calm, TRUE], 10, 5) == half_width([TRUE], 10, 5)


def test_equal_replicates_need_the_fewest_and_unknown_ones_do_not_count() -> None:
    zero = components(np.full((5, 3), 0.1))
    assert zero == Components(0.0, 0.0, 0.0)
    assert sizes_for([zero], 0.001, **CAPS).draws == 20
    alone = components(np.ones((1, 4)))
    assert math.isnan(alone.own)
    assert half_width([alone, TRUE], 10, 5) == half_width([TRUE], 10, 5)


def test_failed_draws_are_left_out() -> None:
    values = table(12, 4, np.random.default_rng(3))
    hurt = np.vstack([values, values[:1]])
    hurt[-1, 2] = np.nan
    assert components(hurt) == components(values)


def test_a_limit_gives_the_best_within_it_and_says_so() -> None:
    sizes = sizes_for([TRUE], 0.0001, most_draws=100, most_seeds=50, most_replicates=600)
    assert not sizes.enough
    assert sizes.draws <= 100
    assert sizes.draws * sizes.seeds <= 600
    others = [half_width([TRUE], min(100, 600 // seeds), seeds) for seeds in range(2, 31)]
    assert sizes.reached == min(others)
    said = sizes_in_words(sizes, [TRUE], [Say("on benefit", "in de bijstand")])
    assert "is not reached" in said.en
    assert "wordt niet gehaald" in said.nl
    assert "leaves ± 4.93" in said.en  # 1.645 x 3 points
    assert "± 4,93" in said.nl
