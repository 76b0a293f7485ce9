"""Weighing draws again gives what a fit under other assumptions would have given."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.answer.doubt import doubts_of, reweighed

# One latent with prior N(0, 1), two rows of evidence y ~ N(z, 1) at 1.0 and -0.4: the posterior is known.
_ROWS = np.array([1.0, -0.4])
_NAMES = ("coaching.size", "stress.level")


def _draws(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    precision = 1.0 + len(_ROWS)
    z = rng.normal(_ROWS.sum() / precision, precision**-0.5, count)
    latent = np.column_stack([z, rng.normal(size=count)])
    return latent, -0.5 * (z[:, None] - _ROWS) ** 2


def test_each_move_is_that_of_the_exact_posterior() -> None:
    latent, likely = _draws()
    found = doubts_of(latent[:, 0], latent, _NAMES, likely, {("rows", "first"): [0], ("town", "second"): [1]})
    means = {each.text.en: each.span.mean for each in found}
    total = _ROWS.sum()
    assert means["without the evidence: first"] == pytest.approx(-0.4 / 2, abs=0.06)
    assert means["without the evidence: second"] == pytest.approx(1.0 / 2, abs=0.06)
    assert means["prior of coaching: half as wide"] == pytest.approx(total / (4 + 2), abs=0.06)
    assert means["prior of coaching: twice as wide"] == pytest.approx(total / (0.25 + 2), abs=0.06)
    assert means["prior of coaching: centre +1 sd"] == pytest.approx((total + 1) / 3, abs=0.06)
    # A latent that the number does not hang on moves it by nothing but chance.
    moved = {each.text.en: each.moved for each in found}
    assert abs(moved["prior of stress: half as wide"]) < 0.06
    assert found[0].text.en.startswith(("without the evidence: first", "prior of coaching", "without"))
    assert abs(found[0].moved) >= abs(found[1].moved)


def test_weights_that_hang_on_one_draw_are_not_sound_and_come_last() -> None:
    latent, likely = _draws(200)
    likely = likely.copy()
    likely[:, 0] = -30.0 * latent[:, 0]
    found = doubts_of(latent[:, 0], latent, _NAMES, likely, {("rows", "wild"): [0]})
    wild = next(each for each in found if each.text.en == "without the evidence: wild")
    assert not wild.sound
    assert found[-1] is wild


def test_the_same_weights_change_nothing() -> None:
    values = np.random.default_rng(1).normal(size=50)
    span, k, effective = reweighed(values, np.full(50, 3.0))
    assert span.mean == pytest.approx(values.mean())
    assert (k, effective) == (0.0, pytest.approx(50.0))
