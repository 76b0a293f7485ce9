"""A fit goes on after a kill with the same bits, refuses other fits' batches, and finds known answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calibration.fit.checkpoint import Checkpoint
from calibration.fit.joint import QUICK, Fit, Settings, fit, fit_identity, make_fit_space, smoothed_weights
from calibration.fit.result import diagnostics, misfits, posterior_of
from calibration.fit.space import Space
from calibration.likelihood.targets import Targets, select_targets
from calibration.posteriors.file import load, save
from calibration.validation.cross_check import compare, smoother
from calibration.validation.synthetic import synthetic_data
from sim.problems import InputError

TINY = replace(
    QUICK,
    points=(16, 8),
    replicates=1,
    covariance=16,
    check=8,
    check_replicates=1,
    draws=12,
    warm=9,
    halves=6,
    keep=8,
    seed=3,
)
SIZE = 400


@pytest.fixture(scope="module")
def targets() -> Targets:
    return select_targets(only=["utrecht"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fit")


def _fit(targets: Targets, folder: Path, settings: Settings = TINY, *, resume: bool = False) -> Fit:
    space = make_fit_space(targets)
    kept = Checkpoint(folder, fit_identity(targets, space, settings), resume=resume)
    return fit(targets, settings, space=space, checkpoint=kept)


@pytest.fixture(scope="module")
def first(targets: Targets, folder: Path) -> Fit:
    return _fit(targets, folder)


def test_a_killed_fit_goes_on_bit_for_bit(targets: Targets, folder: Path, first: Fit) -> None:
    batches = sorted(folder.rglob("*.npz"))
    assert len(batches) >= 6
    before = {path: path.stat().st_mtime_ns for path in batches}
    batches[1].unlink()  # lost
    batches[3].write_bytes(batches[3].read_bytes()[:100])  # cut off
    again = _fit(targets, folder, resume=True)
    assert np.array_equal(first.z, again.z)
    assert np.array_equal(first.means, again.means)
    assert np.array_equal(first.chains.z, again.chains.z)
    assert first.halves is not None
    assert again.halves is not None
    assert np.array_equal(first.halves, again.halves)
    assert np.ptp(first.halves, axis=0).max() > 0
    made = [path for path in batches if path.stat().st_mtime_ns != before[path]]
    assert set(made) == {batches[1], batches[3]}


def test_batches_of_another_fit_are_refused(targets: Targets, folder: Path, first: Fit) -> None:
    with pytest.raises(InputError, match="--resume"):
        _fit(targets, folder)
    with pytest.raises(InputError, match="settings"):
        _fit(targets, folder, replace(TINY, seed=4), resume=True)
    fewer = targets.without([targets.ids[0]])
    with pytest.raises(InputError, match="rows"):
        _fit(fewer, folder, resume=True)


def test_a_tiny_fit_is_whole_and_never_called_converged(first: Fit, tmp_path: Path) -> None:
    assert not first.converged
    assert 0 < diagnostics(first)["design_error"]["prior_sd"] < 3
    space = first.machinery.space
    made = posterior_of(first, "tiny", settings={"command": "bijstand calibrate"})
    assert not made.converged
    assert made.parameters.shape == (len(first.z), space.parameters(first.z, None).shape[1])
    assert set(made.places) == {"new", "utrecht"}
    back = load(save(made, tmp_path / "tiny.nc"))
    assert back.digest == made.digest
    told = diagnostics(first)
    assert told["rhat_max"] == pytest.approx(first.rhat.max())
    assert [each.town for each in misfits(first)] == ["utrecht"]
    assert first.check is not None
    assert len(first.check.scores) == len(first.machinery.targets.ids)


def test_synthetic_figures_are_a_draw_from_the_truth(targets: Targets) -> None:
    space = make_fit_space(targets)
    data, z = synthetic_data(targets, space, 5)
    again, same = synthetic_data(targets, space, 5)
    assert data.y is not None
    assert again.y is not None
    assert np.array_equal(data.y, again.y)
    assert np.array_equal(z, same)
    assert data.exact
    assert set(data.readings or {}) == set(targets.ids)
    other, _ = synthetic_data(targets, space, 6)
    assert other.y is not None
    assert not np.array_equal(data.y, other.y)


def test_weights_tell_whether_a_proposal_covers_the_truth() -> None:
    random = np.random.default_rng(1)
    even, k_even = smoothed_weights(np.zeros(SIZE) + 1e-9 * random.standard_normal(SIZE))
    assert even == pytest.approx(1 / SIZE, rel=1e-3)
    z = random.standard_normal(SIZE)
    near, k_near = smoothed_weights(-0.5 * (z - 0.3) ** 2 + 0.5 * z**2)
    assert near @ z == pytest.approx(0.3, abs=0.2)
    # a normal proposal for Cauchy-like tails
    _, k_far = smoothed_weights(0.5 * z**2 * 0.95 - np.log1p(z**2))
    assert k_even < 0.7
    assert k_near < 0.7 < k_far


def test_the_smoother_finds_a_normal_posterior() -> None:
    """z ~ N(0, I), y = A z + e: the posterior is known."""
    random = np.random.default_rng(11)
    slopes = random.standard_normal((6, 3))
    sigma = 0.5 * np.eye(6) + 0.5
    y = random.standard_normal(6)
    precision = np.eye(3) + slopes.T @ np.linalg.inv(sigma) @ slopes
    mean = np.linalg.solve(precision, slopes.T @ np.linalg.solve(sigma, y))
    root = np.linalg.cholesky(sigma)
    luck = np.random.default_rng(12)

    def run(z: np.ndarray, step: int) -> np.ndarray:
        return np.asarray(z @ slopes.T + luck.standard_normal((len(z), 6)) @ root.T)

    found = smoother(run, random.standard_normal((4000, 3)), y, sigma, generator=np.random.default_rng(13))
    sd = np.sqrt(np.diag(np.linalg.inv(precision)))
    assert found.mean(axis=0) == pytest.approx(mean, abs=0.08)
    assert found.std(axis=0) / sd == pytest.approx(np.ones(3), abs=0.12)


def test_two_methods_are_called_agreeing_only_when_they_do(first: Fit) -> None:
    space: Space = first.machinery.space
    random = np.random.default_rng(14)
    draws = random.standard_normal((SIZE, space.dimension))
    ensembles = [random.standard_normal((SIZE, space.dimension)) for _ in range(2)]
    effective = np.full(space.dimension, float(SIZE))
    assert compare(space, draws, effective, ensembles)["agree"]
    moved = [each + 0.6 for each in ensembles]
    assert not compare(space, draws, effective, moved)["agree"]
