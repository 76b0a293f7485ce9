"""What was learned, and what changed: numbers that agree with the draws, and sentences in both languages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration.evidence.registry import load_registry
from calibration.posteriors.check import doubts
from calibration.posteriors.posterior import Predictive
from calibration.posteriors.text import changes, learned
from sim.parameters import PARAMETERS
from tests.calibration.sample_posteriors import FREE, small


def test_nothing_changed_between_a_posterior_and_itself() -> None:
    found = changes(small(), small())
    assert all(each.shift == 0 and each.ratio == 1 and each.a == each.b for each in found.moved)
    assert (found.added, found.removed, found.otherwise) == ((), (), ())
    assert found.words[0].en == "Both were fitted to the same evidence."
    assert len(found.words) == 2


def test_a_parameter_that_moved_is_told_first_with_its_size() -> None:
    one = small(draws=64)
    name = "trust.tone"
    place, width = list(PARAMETERS).index(name), float(one.parameters[:, FREE_AT[name]].std())
    drawn = one.parameters.copy()
    drawn[:, place] += 2.0 * width
    found = changes(one, replace(one, name="later", parameters=drawn, towns={}, places={}))
    assert found.moved[0].name == name
    assert found.moved[0].shift == pytest.approx(2.0, abs=0.01) or PARAMETERS[name].law != "normal"
    assert found.moved[0].shift > 1.0
    sentence = found.words[2]
    assert sentence.en.startswith(f"{name} (trust by the tone): up ")
    assert sentence.nl.startswith(f"{name} (")
    assert "omhoog met" in sentence.nl
    assert "." not in sentence.nl.split("omhoog met")[1].split("standaard")[0]


def test_a_parameter_known_twice_as_well_is_said_to_be_surer() -> None:
    one = small(draws=64)
    place = FREE_AT["autonomy.crowds"]
    drawn = one.parameters.copy()
    drawn[:, place] = drawn[:, place].mean() + 0.5 * (drawn[:, place] - drawn[:, place].mean())
    found = changes(one, replace(one, parameters=drawn))
    moved = next(each for each in found.moved if each.name == "autonomy.crowds")
    assert 0.4 < moved.ratio < 0.6
    text = next(each for each in found.words if each.en.startswith("autonomy.crowds"))
    assert "% surer" in text.en
    assert "% zekerder" in text.nl


def test_rows_that_came_went_or_changed_are_told() -> None:
    one = small()
    rows = ("nij_a", "oss_b", "own_c")
    old = replace(one, predictive=Predictive(rows, *_numbers(one, [0.1, 0.2, 0.3])))
    rows = ("nij_a", "oss_b", "ams_d")
    new = replace(one, name="new", predictive=Predictive(rows, *_numbers(one, [0.1, 0.25, 0.3])))
    found = changes(old, new)
    assert (found.added, found.removed, found.otherwise) == (("ams_d",), ("own_c",), ("oss_b",))
    told = " ".join(each.en for each in found.words)
    for part in ("1 row of evidence more than hand (ams...)", "fewer than hand (own...)", "another figure (oss...)"):
        assert part in told
    assert "1 regel bewijs meer dan hand" in " ".join(each.nl for each in found.words)


def test_other_models_and_failed_fits_are_told() -> None:
    one = small()
    other = replace(one, attributes={**one.attributes, "model": {}, "converged": False})
    words = " ".join(each.en for each in changes(one, other).words)
    assert "different versions of the model" in words
    assert "did not converge" in words


def test_what_was_learned_agrees_with_the_draws() -> None:
    found = small(draws=64)
    told = {each.name: each for each in learned(found)}
    assert list(told) == FREE
    for name, each in told.items():
        column = found.parameters[:, FREE_AT[name]]
        assert each.posterior[1] == pytest.approx(np.median(column))
        assert each.prior[1] == pytest.approx(np.median(found.prior[:, FREE_AT[name]]))
        assert 0.5 < each.share < 1.0
    assert [each.name for each in learned(found, ["mind.stress_half_life"])] == ["mind.stress_half_life"]


def test_doubts_name_every_reason() -> None:
    registry = load_registry()
    ids = tuple(row.id for row in registry)[:3]
    one = small(evidence=registry.digest())
    sound = replace(one, predictive=Predictive(ids, *_numbers(one, [0.1, 0.2, 0.3])))
    assert doubts(sound, [registry]) == []
    attributes = {**sound.attributes, "converged": False, "evidence": "x", "model": {}}
    attributes["settings"] = {"synthetic": 3}
    paths = [each.path for each in doubts(replace(one, attributes=attributes), [registry])]
    assert paths == ["converged", "settings.synthetic", "model", "model", "evidence", "evidence.rows"]


FREE_AT = {name: list(PARAMETERS).index(name) for name in FREE}


def _numbers(one, published):  # type: ignore[no-untyped-def]
    return np.array(published), one.predictive.simulated, one.predictive.covariance
