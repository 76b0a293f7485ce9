"""What the headline hangs on, at small size: mirrors mirror, trials added are heard, without rows the prior returns."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from calibration.fit.emulator import TownEmulator
from calibration.fit.joint import Machinery
from calibration.validation.headline import (
    Headline,
    answers,
    guidance_rows,
    mirrored,
    spread_reweighed,
    with_trial,
    work_rows,
)
from calibration.validation.refits import part_of
from calibration.validation.town_effects import covered_towns, world
from calibration.validation.town_scores import score_town, summed
from scenarios.execution.processes import Pool
from tests.calibration.machines import small_machinery

TYPES = ("guidance", "exemption", "disregard")


@lru_cache(maxsize=1)
def responding() -> tuple[Machinery, Headline]:
    """The small machinery whose work rows are moved by the responses, and a headline that is the response itself."""
    from dataclasses import replace

    core = small_machinery()
    space = core.space
    place = {kind: space.input_names.index(f"response.{kind}_work") for kind in TYPES}
    towns = {}
    for town, each in core.emulator.towns.items():
        weights = np.zeros_like(each.weights)
        for column, at in enumerate(core.targets.places[town]):
            row = core.targets.rows[at]
            if row.use == "causal_itt":
                kind = "guidance" if "intensive" in row.arm else "exemption"
                weights[1 + place[kind], column] = 0.04
        towns[town] = replace(each, weights=weights)
    moved = replace(core, emulator=replace(core.emulator, towns=towns))
    curved = len(space.curved)
    weights = np.zeros((1 + len(space.input_names) + curved * (curved + 1) // 2, 3))
    for column, kind in enumerate(TYPES):
        weights[1 + place[kind], column] = 0.04
    fitted = TownEmulator(space.curved, weights, 1e-8 * np.eye(3), np.ones(3), (0.1, 0.1))
    return moved, Headline(space, "nijmegen", fitted)


def guidance(core: Machinery, headline: Headline, likelihood: object, town: str | None = "nijmegen") -> float:
    chains = core.sample(likelihood, draws=40, warm=24, seed=3)  # type: ignore[arg-type]
    return answers(headline, chains.flat(), [town])[0].mean


def test_turned_findings_turn_the_answer() -> None:
    core, headline = responding()
    work = work_rows(core)
    assert work.any()
    own = guidance(core, headline, core.likelihood())
    turned = guidance(core, headline, core.likelihood(mirrored(core, work)))
    assert own * turned < 0
    # Short chains and a spread that is sampled with the rest leave a few tenths of a point.
    assert turned == pytest.approx(-own, abs=0.025)
    data = mirrored(core, work)
    assert data.y is not None
    np.testing.assert_array_equal(data.y[work], -core.targets.observed[work])
    np.testing.assert_array_equal(data.y[~work], core.targets.observed[~work])


def test_without_findings_on_guidance_the_prior_returns() -> None:
    core, headline = responding()
    part = part_of(core, ~(guidance_rows(core) & work_rows(core)))
    assert abs(guidance(part.core, headline, part.likelihood)) < 0.015


@pytest.mark.parametrize("effect", [-0.08, 0.08])
def test_a_large_trial_is_heard_in_its_town_and_less_elsewhere(effect: float) -> None:
    core, headline = responding()
    row = int(np.flatnonzero(work_rows(core) & guidance_rows(core))[0])
    town = core.targets.of[row]
    likelihood = with_trial(core, core.likelihood(), row, effect, 0.0179)
    log, gradient = core.log(likelihood), core.gradient(likelihood)
    z = 0.3 * np.random.default_rng(1).standard_normal((2, core.space.dimension))
    way = np.random.default_rng(2).standard_normal(core.space.dimension)
    slope = (log(z + 1e-5 * way) - log(z - 1e-5 * way)) / 2e-5
    np.testing.assert_allclose(gradient(z) @ way, slope, rtol=1e-4, atol=1e-3)
    here, elsewhere = (guidance(core, headline, likelihood, place) for place in (town, None))
    assert np.sign(here) == np.sign(elsewhere) == np.sign(effect)
    assert abs(elsewhere) < abs(here) <= abs(effect) * 1.2


def test_the_spread_between_towns_is_reweighed() -> None:
    core, headline = responding()
    z = np.random.default_rng(4).standard_normal((4000, core.space.dimension))
    wide = [
        answers(headline, z, [None], spread_reweighed(core.space, z, factor)[0])[0].sd for factor in (0.5, 1.0001, 2.0)
    ]
    assert wide[0] < wide[1] < wide[2]


def test_worlds_differ_by_up_to_eight_points_and_coverage_is_counted() -> None:
    core, headline = responding()
    spread = [core.space.spread(world(core, seed)[0][None], "response.guidance_work")[0] for seed in range(60)]
    assert max(spread) == pytest.approx(2.0, abs=0.15)
    assert np.mean(spread) == pytest.approx(1.0, abs=0.25)
    covered, rhat = covered_towns(core, headline, worlds=4, draws=30, warm=30, pool=Pool(1))
    assert {each.name for each in covered} == {"projected, towns", "projected, a new town", "measured arms"}
    ninety = [each for each in covered if each.level == 0.9]
    assert all(each.inside / each.trials > 0.7 for each in ninety)
    assert rhat < 1.6


def test_a_town_left_out_is_scored_by_kind_against_two_rivals() -> None:
    core, _ = responding()
    scores = [each for town in core.targets.towns for each in score_town(core, town, draws=20, warm=20)]
    assert {each.method for each in scores} == {"model", "no_effect", "pooled"}
    none = [each for each in scores if each.method == "no_effect"]
    assert all(each.gain == 0.0 and each.sharpness == 0.0 for each in none)
    gain, error, rows = summed(scores, "work numbers", "model")
    assert rows == 3
    assert np.isfinite([gain, error]).all()
