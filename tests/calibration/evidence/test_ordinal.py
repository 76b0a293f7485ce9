"""Findings in words are probabilities: they add up, and they follow the effect."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from calibration.evidence.ordinal import Reading, ordinal_log_likelihood, read_finding
from calibration.evidence.registry import load_registry
from calibration.evidence.schema import Row

BASE = Row("a", "s", "m", "x", "c", "o", "ordinal", "ordinal", "text", "ordinal", "p. 1", sign="positive")


def _read(**changes: object) -> Reading | None:
    return read_finding(dataclasses.replace(BASE, **changes))  # type: ignore[arg-type]


def test_the_weakest_reading_is_taken() -> None:
    assert _read() == Reading(0.0, math.inf)
    assert _read(significant="no") == Reading(0.0, pytest.approx(1.6449, abs=1e-4))
    assert _read(marker="p<0.10", significant="yes") == Reading(pytest.approx(1.6449, abs=1e-4), math.inf)
    assert _read(sign="negative", marker="p<0.05") == Reading(-math.inf, pytest.approx(-1.96, abs=1e-3))
    assert _read(sign="zero") == Reading(pytest.approx(-1.6449, abs=1e-4), pytest.approx(1.6449, abs=1e-4))
    assert _read(sign="mixed") is None
    assert _read(sign="between_utrecht_and_nijmegen") is None
    collective = _read(sign="mostly_positive", use="ordinal_weak")
    assert collective is not None
    assert collective.truth < 1


@pytest.mark.parametrize("effect", [-0.3, -0.02, 0.0, 0.05, 0.4])
def test_all_statements_about_one_estimate_add_up(effect: float) -> None:
    cells = [(-math.inf, -1.96), (-1.96, -1.645), (-1.645, 0), (0, 1.645), (1.645, 1.96), (1.96, math.inf)]
    total = sum(math.exp(float(ordinal_log_likelihood(effect, 0.06, Reading(*cell)))) for cell in cells)
    assert total == pytest.approx(1.0, abs=1e-12)


def test_the_probability_is_that_of_drawn_estimates() -> None:
    rng = np.random.default_rng(3)
    t = (0.05 + 0.06 * rng.standard_normal(200_000)) / 0.06
    share = np.mean((t > 0) & (t < 1.645))
    found = math.exp(float(ordinal_log_likelihood(0.05, 0.06, Reading(0.0, 1.645))))
    assert found == pytest.approx(share, abs=5 * math.sqrt(0.25 / 200_000))


def test_positive_findings_favour_positive_effects_and_mirror() -> None:
    effects = np.linspace(-0.5, 0.5, 41)
    positive = ordinal_log_likelihood(effects, 0.05, Reading(1.645, math.inf))
    negative = ordinal_log_likelihood(effects, 0.05, Reading(-math.inf, -1.645))
    assert (np.diff(positive) >= 0).all()
    assert np.allclose(positive, negative[::-1])


def test_far_away_effects_are_improbable_but_not_impossible() -> None:
    value = float(ordinal_log_likelihood(-50.0, 0.05, Reading(1.645, math.inf)))
    assert math.isfinite(value)
    assert value < -600
    tail = float(ordinal_log_likelihood(-0.5, 0.05, Reading(0.0, math.inf)))
    assert tail == pytest.approx(math.log(7.62e-24), rel=1e-3)  # P(z > 10)


def test_a_collective_statement_weighs_less() -> None:
    sure = Reading(0.0, math.inf)
    loose = dataclasses.replace(sure, truth=0.75)
    gain = [float(np.diff(ordinal_log_likelihood(np.array([-0.1, 0.1]), 0.05, one))[0]) for one in (sure, loose)]
    assert gain[0] > gain[1] > 0


def test_a_bias_moves_the_effect() -> None:
    reading = Reading(0.0, math.inf)
    assert float(ordinal_log_likelihood(0.0, 0.05, reading, bias=0.05)) == float(
        ordinal_log_likelihood(0.05, 0.05, reading)
    )


def test_every_finding_of_the_evidence_can_be_read() -> None:
    rows = [row for row in load_registry() if row.is_target and row.kind == "ordinal"]
    assert len(rows) > 100
    assert all(read_finding(row) is not None for row in rows)
