"""The emulator finds what it can represent and knows its error; the prepared likelihood is the plain one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from calibration.fit.emulator import Emulator, fit_emulator
from calibration.fit.joint import make_fit_space
from calibration.fit.simulate import Moments
from calibration.fit.space import Space
from calibration.likelihood.covariance import Covariance, log_likelihood
from calibration.likelihood.joint import error_families, prepare_likelihood, synthetic_readings
from calibration.likelihood.targets import Targets, select_targets

SETS, BATCH = 240, 8


@pytest.fixture(scope="module")
def targets() -> Targets:
    return select_targets(ids=[row.id for row in select_targets(only=["utrecht"]).rows][:4])


@pytest.fixture(scope="module")
def space(targets: Targets) -> Space:
    return make_fit_space(targets)


def _truth(space: Space, z: np.ndarray) -> np.ndarray:
    """Four rows: linear in two, curved in a free one, constant, and a product."""
    inputs = space.inputs(z, "utrecht")
    a, b, c = (
        inputs[:, space.input_names.index(name)] for name in ("market.rate", "attention.brokerage", "mind.stress_base")
    )
    return np.stack([0.1 * a - 0.05 * c, 0.1 * b + 0.03 * (b**2 - 1), np.full(len(z), 0.2), 0.05 * a * b], axis=1)


def _design(space: Space, noise: float, shared: float, seed: int = 1) -> Moments:
    random = np.random.default_rng(seed)
    z = random.standard_normal((SETS, space.dimension))
    batch = np.repeat(np.arange(SETS // BATCH), BATCH)
    common = random.standard_normal((SETS // BATCH, 4))[batch]
    own = random.standard_normal((SETS, 4))
    error = noise * (math.sqrt(shared) * common + math.sqrt(1 - shared) * own)
    return Moments(z, _truth(space, z) + error, np.full(4, noise**2 * 4), batch, 4)


@pytest.fixture(scope="module")
def learnt(targets: Targets, space: Space) -> Emulator:
    return fit_emulator(targets, space, _design(space, 0.02, 0.8))


def test_it_predicts_what_it_has_not_seen_and_says_how_well(learnt: Emulator, space: Space) -> None:
    z = np.random.default_rng(99).standard_normal((400, space.dimension))
    missed = learnt.means(z) - _truth(space, z)
    rms = np.sqrt(np.square(missed).mean(axis=0))
    # noise of 0.02 per run, effects of 0.05 to 0.1: most of the variance is found
    assert learnt.r2[[0, 1]].min() > 0.75
    assert rms[2] < 0.01
    assert (rms < np.array([0.06, 0.06, 0.01, 0.06])).all()
    # the error it reports is the error it makes, within a factor
    ratio = learnt.error_sd[[0, 1, 3]] / rms[[0, 1, 3]]
    assert (ratio > 0.5).all()
    assert (ratio < 2.0).all()


def test_luck_shared_in_a_batch_is_seen_through(targets: Targets, space: Space) -> None:
    """With the same noise, sharing it makes slopes sharper, because differences within a batch have less."""
    z = np.random.default_rng(98).standard_normal((400, space.dimension))
    errors = []
    for shared in (0.0, 0.95):
        found = fit_emulator(targets, space, _design(space, 0.1, shared, seed=3)).means(z)
        gap = found - _truth(space, z)
        errors.append(float(np.square((gap - gap.mean(axis=0))[:, [0, 1]]).mean()))
    assert errors[1] < 0.8 * errors[0]


def test_a_prediction_is_a_function_of_z_alone(learnt: Emulator, space: Space) -> None:
    z = np.random.default_rng(97).standard_normal((6, space.dimension))
    assert np.allclose(learnt.means(z)[2:4], learnt.means(z[2:4]), atol=1e-12)
    z[:, space.index["new:place_match"]] += 3.0  # another town
    assert np.allclose(learnt.means(z)[2:4], learnt.means(z[2:4]), atol=1e-12)


@pytest.fixture(scope="module")
def mixed() -> tuple[Targets, Covariance]:
    whole = select_targets(only=["oss", "nijmegen"])
    names = [row.id for row in whole.rows if row.municipality == "nijmegen"][:6]
    names += [row.id for row in whole.rows if row.municipality == "nijmegen" and row.kind == "ordinal"][:2]
    kept = whole.without([row.id for row in whole.rows if row.id not in names])
    k = len(kept.rows)
    random = np.random.default_rng(5).standard_normal((k, 3 * k))
    matrix = random @ random.T
    sd = np.sqrt(np.diag(matrix))
    return kept, Covariance(kept.ids, np.zeros(k), np.full(k, 0.05), matrix / np.outer(sd, sd), 100)


def test_the_prepared_likelihood_is_the_plain_one(mixed: tuple[Targets, Covariance]) -> None:
    targets, covariance = mixed
    exact = {name: replace(each, log_sd=0.0) for name, each in targets.errors.items()}
    known = replace(targets, errors=exact)
    space = make_fit_space(known)
    assert error_families(known) == ()
    prepared = prepare_likelihood(known, space, {"nijmegen": covariance})
    random = np.random.default_rng(6)
    for _ in range(3):
        means = 0.05 * random.standard_normal((1, len(known.rows)))
        z = random.standard_normal((1, space.dimension))
        bias = {
            row.id: float(
                sum(space.bias(z)[name][0] * known.bias_matrix[k, column] for k, name in enumerate(known.biases))
            )
            for column, row in enumerate(known.rows)
        }
        plain = log_likelihood(known.rows, means[0], covariance, exact, bias=bias)
        assert prepared.log(means, z)[0] == pytest.approx(plain, abs=1e-6)


def test_uncertain_errors_and_the_emulators_error_are_heard(mixed: tuple[Targets, Covariance]) -> None:
    targets, covariance = mixed
    space = make_fit_space(targets)
    families = error_families(targets)
    assert families
    plain = prepare_likelihood(targets, space, {"nijmegen": covariance})
    k = len(targets.rows)
    loose = prepare_likelihood(targets, space, {"nijmegen": covariance}, extra={"nijmegen": np.eye(k)})
    far, z = np.full((1, k), 0.8), np.zeros((1, space.dimension))
    assert loose.log(far, z)[0] > plain.log(far, z)[0]
    wide = z.copy()
    wide[0, [space.index[f"error.{name}"] for name in families]] = 2.0
    assert plain.log(far, wide)[0] > plain.log(far, z)[0]
    assert np.allclose(plain.log(np.vstack([far, 0 * far]), np.vstack([z, z]))[0], plain.log(far, z)[0])


def test_half_the_evidence_is_half_as_steep(mixed: tuple[Targets, Covariance]) -> None:
    targets, covariance = mixed
    words = {row.id: None for row in targets.rows if row.kind == "ordinal"}
    space = make_fit_space(targets)
    z = np.zeros((1, space.dimension))
    steep, flat = (
        prepare_likelihood(targets, space, {"nijmegen": covariance}, readings=words, power=power)
        for power in (1.0, 0.5)
    )
    a, b = np.zeros((1, len(targets.rows))), np.full((1, len(targets.rows)), 0.1)
    drop = steep.log(a, z) - steep.log(b, z)
    assert (flat.log(a, z) - flat.log(b, z)) == pytest.approx(0.5 * drop, rel=1e-6)


def test_synthetic_words_repeat_what_the_report_would_have_said(mixed: tuple[Targets, Covariance]) -> None:
    targets, _ = mixed
    t = [2.0 if row.kind == "ordinal" else math.nan for row in targets.rows]
    for row in targets.rows:
        if row.kind == "ordinal":
            told = synthetic_readings(targets, t)[row.id]
            assert told is not None
            assert told.low <= 2.0 <= told.high
            against = synthetic_readings(targets, [-x for x in t])[row.id]
            assert against is not None
            assert against.low <= -2.0 <= against.high
