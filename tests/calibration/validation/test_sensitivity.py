"""Sensitivity has its known answers, and refuses what cannot carry it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration.fit.checkpoint import Checkpoint
from calibration.fit.emulator import TownEmulator
from calibration.posteriors.projections import QUANTITIES, ProjectionEmulator, fit_projections, project
from calibration.validation.sensitivity import (
    PriorShift,
    Variant,
    check_emulator,
    prior_refits,
    prior_sensitivity,
    sobol,
    variants,
)
from sim.problems import InputError
from tests.calibration.machines import small_machinery


def _projections() -> ProjectionEmulator:
    """Two outcomes: 3 a + 4 b of two free parameters, and a product of the two."""
    space = small_machinery().space
    curved = len(space.curved)
    weights = np.zeros((1 + len(space.inputs_of("nijmegen")) + curved * (curved + 1) // 2, 2))
    inputs = [space.input_names.index(name) for name in ("obligations.search", "trust.effort")]
    weights[1 + inputs[0], 0], weights[1 + inputs[1], 0] = 3.0, 4.0
    first, second = np.triu_indices(curved)
    pair = sorted(int(np.flatnonzero(space.curved == column)[0]) for column in inputs)
    product = int(np.flatnonzero((first == pair[0]) & (second == pair[1]))[0])
    weights[1 + len(space.inputs_of("nijmegen")) + product, 1] = 1.0
    fitted = TownEmulator(space.curved, weights, 0.01 * np.eye(2), np.ones(2), (0.1, 0.1))
    return ProjectionEmulator(space, "nijmegen", QUANTITIES[:2], fitted)


def test_sobol_indices_of_a_sum_and_of_a_product() -> None:
    added, product = sobol(_projections(), np.ones(2), points=1024)
    places = [added.groups.index(name) for name in ("obligations.search", "trust.effort")]
    assert added.first[places] == pytest.approx([9 / 25, 16 / 25], abs=0.05)
    assert added.total[places] == pytest.approx([9 / 25, 16 / 25], abs=0.05)
    others = [k for k in range(len(added.groups)) if k not in places]
    assert np.abs(added.total[others]).max() < 0.01
    assert np.abs(product.first[places]).max() < 0.1
    assert product.total[places] == pytest.approx([1.0, 1.0], abs=0.15)


def test_a_poor_emulator_is_refused() -> None:
    poor, good = sobol(_projections(), np.array([0.3, 0.95]), points=64)
    assert poor.refused
    assert not good.refused
    with pytest.raises(InputError):
        sobol(_projections(), np.ones(2), points=100)


def test_r2_of_new_runs_sees_a_wrong_emulator() -> None:
    made = _projections()
    z = np.random.default_rng(2).standard_normal((200, made.space.dimension))
    right = made.means(z)
    noise = np.random.default_rng(3).standard_normal(right.shape) * right.std(axis=0)
    assert check_emulator(made, z, right) == pytest.approx([1.0, 1.0])
    assert check_emulator(made, z, right + noise) == pytest.approx([0.5, 0.5], abs=0.12)
    with pytest.raises(InputError):
        check_emulator(made, z[:5], right[:5])


def test_reweighting_a_normal_posterior_gives_the_posterior_under_the_other_prior() -> None:
    rng = np.random.default_rng(5)
    # prior N(0, 1), one figure 1.5 with standard error 1: posterior N(0.75, 1/2)
    draws = 0.75 + np.sqrt(0.5) * rng.standard_normal((20_000, 2))
    draws[:, 1] = rng.standard_normal(20_000)
    found = {(each.parameter, each.factor): each for each in prior_sensitivity("ab", ["x"], draws, 2 * draws[:, :1])}
    narrow, wide = found["a", 0.5], found["a", 2.0]
    assert narrow.after[0] == pytest.approx(2 * 1.5 * 0.25 / 1.25, abs=0.05)
    assert narrow.after[1] == pytest.approx(2 * np.sqrt(0.2), abs=0.03)
    assert wide.after[0] == pytest.approx(2 * 1.5 * 4 / 5, abs=0.1)
    assert abs(found["b", 0.5].moved) < 0.05
    assert narrow.trusted
    with pytest.raises(InputError):
        prior_sensitivity("ab", ["x"], draws, draws[:10])


def test_projections_are_repeatable_and_emulated() -> None:
    space = small_machinery().space
    z = np.random.default_rng(1).standard_normal((3, space.dimension))
    chosen = QUANTITIES[:2]
    first = project(space, z, people=60, seeds=1, quantities=chosen)
    assert np.array_equal(first, project(space, z, people=60, seeds=1, quantities=chosen))
    assert np.array_equal(first[1:2], project(space, z[1:2], people=60, seeds=1, quantities=chosen))
    with pytest.raises(InputError):
        project(space, z, town="atlantis")
    z = np.random.default_rng(2).standard_normal((400, space.dimension))
    place = space.index["trust.effort"]
    values = np.stack([z[:, place], 2.0 - z[:, place]], axis=1)
    made = fit_projections(space, z, values, quantities=chosen)
    fresh = np.random.default_rng(3).standard_normal((50, space.dimension))
    assert made.means(fresh)[:, 0] == pytest.approx(fresh[:, place], abs=0.35)
    assert (made.r2 > 0.8).all()
    assert made.draws(fresh, 1).shape == (50, 2)
    with pytest.raises(InputError):
        fit_projections(space, z[:5], values[:5])


def test_variants_refuse_mechanisms_that_do_not_exist() -> None:
    core = small_machinery()
    with pytest.raises(InputError):
        variants(core, np.zeros((4, core.space.dimension)), mechanisms=["scarcityy"])
    with pytest.raises(InputError):
        variants(replace(core), np.zeros((1, core.space.dimension)))


def test_variants_are_lived_and_what_is_kept_is_of_the_same_codes(tmp_path: Path) -> None:
    core = small_machinery()
    z = 0.3 * np.random.default_rng(3).standard_normal((4, core.space.dimension))
    kept = Checkpoint(tmp_path, {"what": "variants"}, resume=False)

    def without_obligations(latents: np.ndarray) -> Variant:
        (found,) = variants(core, latents, mechanisms=["obligations"], replicates=1, checkpoint=kept)
        return found

    found = without_obligations(z)
    assert found.mechanism == "obligations"
    assert found.change != 0.0
    assert np.isfinite([found.change, found.error, found.misfit, found.evidence]).all()
    files = sorted(tmp_path.rglob("*.npz"))
    assert without_obligations(z) == found
    assert sorted(tmp_path.rglob("*.npz")) == files
    coded = [place for name, place in core.space.index.items() if name.startswith("code.nijmegen.")]
    z[:, coded] += 1.0
    without_obligations(z)
    assert len(list(tmp_path.rglob("*.npz"))) == len(files) + 2  # Nijmegen alone, with and without


def test_weights_that_cannot_be_trusted_give_way_to_a_refit() -> None:
    core, made = small_machinery(), _projections()
    outcomes = [each.name for each in made.quantities]
    wild = [PriorShift("all", factor, name, (0.0, 1.0), (9.0, 1.0), 3.0) for factor in (0.5, 2.0) for name in outcomes]
    kept = PriorShift("trust.effort", 0.5, outcomes[0], (0.0, 1.0), (0.1, 1.0), 0.2)
    found = prior_refits(core, outcomes, made.means, [*wild, kept])
    narrow, wide = found[0], found[2]
    assert found[-1] is kept
    assert all(each.refitted for each in found[:-1])
    assert narrow.before == wide.before
    assert narrow.after[1] < 0.8 * narrow.before[1] < 1.3 * narrow.before[1] < wide.after[1]
    assert narrow.trusted
    assert wide.beyond > 0.05
    assert not wide.trusted
    assert prior_refits(core, outcomes, made.means, [kept]) == (kept,)
