"""A posterior comes back as it went to disk, ArviZ reads it, and it is refused when anything is wrong."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path

import h5netcdf
import numpy as np
import pytest

from calibration.fit import model_version
from calibration.posteriors import file as posterior_file
from calibration.posteriors import posterior
from calibration.posteriors.file import from_bytes, save, to_bytes
from calibration.posteriors.furthest import furthest_effects
from calibration.posteriors.posterior import (
    Posterior,
    Predictive,
    default_posterior,
    load_posterior,
    source_of,
    why_not_shipped,
)
from sim.parameters import PARAMETERS
from sim.problems import InputError
from tests.calibration.sample_posteriors import DELIVERY, small


@pytest.fixture(scope="module")
def hand() -> Posterior:
    return small()


@pytest.fixture
def path(hand: Posterior, tmp_path: Path) -> Path:
    return save(hand, tmp_path / "hand.nc")


def test_it_comes_back_exactly(hand: Posterior, path: Path) -> None:
    back = load_posterior(path)
    assert back.digest == hand.digest
    assert back.arrays().keys() == hand.arrays().keys()
    for name, values in hand.arrays().items():
        np.testing.assert_array_equal(back.arrays()[name], values)
    assert (back.name, back.latent_names, back.predictive.rows) == (hand.name, hand.latent_names, hand.predictive.rows)
    assert back.attributes == hand.attributes
    assert not list(path.parent.glob("*.partial"))


def test_the_digest_is_of_the_content_not_of_the_file_or_the_moment(hand: Posterior) -> None:
    later = replace(hand, attributes={**hand.attributes, "created": "2030-01-01", "timings": {"sample": 9.0}})
    assert later.digest == hand.digest
    assert from_bytes(to_bytes(later)).digest == hand.digest
    assert small(seed=4).digest != hand.digest
    for changed in ({"converged": False}, {"evidence": "f" * 16}, {"seeds": {"base": 9}}):
        assert replace(hand, attributes={**hand.attributes, **changed}).digest != hand.digest


def test_arviz_reads_it(hand: Posterior, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz

        read = arviz.from_netcdf(str(path))
        assert {"posterior", "prior", "posterior_predictive", "observed_data"} <= set(read.groups())
        assert dict(read.posterior.sizes)["chain"] == 2
        found = read.posterior["coaching.half_life"].to_numpy().reshape(-1)
        table = arviz.summary(read, var_names=["new:place_match", "nijmegen:attention.brokerage"])
        assert {"log_likelihood", "sample_stats"} <= set(read.groups())
        loo = arviz.loo(read, var_name="moment")
        compared = arviz.compare({"one": read, "other": read}, var_name="moment")
        axes = arviz.plot_trace(read, var_names=["coaching.lock_in"])
    assert np.isfinite(loo.elpd_loo)
    assert list(compared["rank"]) == [0, 1]
    assert axes.shape == (1, 2)
    np.testing.assert_array_equal(found, hand.parameters[:, list(PARAMETERS).index("coaching.half_life")])
    assert len(table) == 2
    units = dict(zip(read.constant_data["parameter"].values, read.constant_data["unit"].values, strict=True))
    assert units["coaching.half_life"] == PARAMETERS["coaching.half_life"].unit
    assert read.attrs["evidence"] == hand.evidence


def test_numbers_stay_within_the_bounds(hand: Posterior) -> None:
    low, high = (np.array([getattr(each, side) for each in PARAMETERS.values()]) for side in ("low", "high"))
    at_the_edge = small(parameters=np.tile(high, (16, 1)), towns={}, places={})
    assert (at_the_edge.parameters <= high).all()
    assert (hand.parameters >= low).all()
    assert (hand.parameters.astype(np.float32).astype(float) == hand.parameters).all()


def test_a_cut_off_file_is_refused_at_any_length(hand: Posterior) -> None:
    data = to_bytes(hand)
    for size in (0, 1, 7, 8, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(InputError):
            from_bytes(data[:size])


def test_a_changed_number_or_attribute_is_refused(path: Path) -> None:
    with h5netcdf.File(path, "a") as file:
        file["posterior"]["coaching.half_life"][0, 0] += 0.5
        attributes = json.loads(file.attrs["attributes"])
        file.attrs["attributes"] = json.dumps({**attributes, "created": "1999-01-01"})
    with pytest.raises(InputError) as told:
        load_posterior(path)
    assert {problem.path.split(": ")[1] for problem in told.value.problems} == {"attributes", "content_sha256"}


def test_changed_bytes_never_give_another_posterior(hand: Posterior) -> None:
    data = to_bytes(hand)
    rng = np.random.default_rng(1)
    for place in rng.integers(0, len(data), 40):
        wrong = bytearray(data)
        wrong[place] ^= 0xFF
        try:
            found = from_bytes(bytes(wrong))
        except InputError:
            continue
        assert found.digest == hand.digest
        assert found.attributes == hand.attributes


def test_missing_groups_and_other_parameters_are_told_together(path: Path) -> None:
    with h5netcdf.File(path, "a") as file:
        names = file["constant_data"]["parameter"]
        names[0] = "gone.parameter"
        del file._h5file["prior"]
        del file._h5file["observed_data"]
    with pytest.raises(InputError) as told:
        load_posterior(path)
    text = "\n".join(problem.to("en") for problem in told.value.problems)
    assert len(told.value.problems) == 3
    for word in ("prior", "observed_data", "gone.parameter"):
        assert word in text


def test_other_names_are_another_model_and_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fewer = dict(list(PARAMETERS.items())[::-1])
    monkeypatch.setattr(posterior_file, "PARAMETERS", fewer)
    with pytest.raises(InputError, match="another order"):
        load_posterior(path)


def test_changed_equations_are_flagged_not_refused(
    hand: Posterior, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not hand.stale()
    monkeypatch.setattr(posterior, "mechanisms_digest", lambda: "0" * 16)
    old = load_posterior(path)
    assert len(old.stale()) == 1
    assert "older version" in old.label().en
    assert "oudere versie" in source_of(old).label.nl
    assert source_of(old).facts["stale"]


def test_words_do_not_change_the_equations() -> None:
    one = '"""A."""\n\ndef pay(p, growth):\n    """Pay."""\n    return p.gain * growth  # so much'
    words = '"""B\nb."""\n\n\ndef pay(\n    p, growth\n):\n    """Pay now."""\n    return p.gain * growth\n'
    told = model_version.equations_of
    assert told(one).replace("<in>", "") == told(words).replace("<in>", "")
    assert told(one) != told(one.replace("*", "+"))
    assert told("x = 1\nif x:\n    y = 2\nz = 3\n") != told("x = 1\nif x:\n    y = 2\n    z = 3\n")
    assert len(model_version.mechanisms_digest()) == 16


def test_a_mechanism_more_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps the shipped posterior from being used is said, in both languages."""
    place = tmp_path / "posterior.nc"
    save(small(), place)
    assert why_not_shipped(place) is None
    more = {**PARAMETERS, "weather.rain": next(iter(PARAMETERS.values()))}
    with monkeypatch.context() as changed:
        changed.setattr(posterior_file, "PARAMETERS", more)
        posterior._judged.cache_clear()  # the program's own parameters do not change while it runs
        told = why_not_shipped(place)
        assert default_posterior(place) is None
    assert told is not None
    assert "weather.rain" in told.en
    assert "bijstand calibrate" in told.en
    assert "weather.rain" in told.nl
    posterior._judged.cache_clear()
    with monkeypatch.context() as changed:
        changed.setattr(posterior, "mechanisms_digest", lambda: "0" * 16)
        told = why_not_shipped(place)
        found = default_posterior(place)
        assert found is not None
        assert not found.calibrated
        assert found.label().en.startswith("not calibrated")
    assert told is not None
    assert "equations" in told.en
    for wrong in (b"nonsense", place.read_bytes()[:-2000]):
        place.write_bytes(wrong)
        assert why_not_shipped(place) is not None
    assert why_not_shipped(tmp_path / "absent.nc") is not None


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n" + bytes(500)])
def test_what_is_no_netcdf_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.nc").write_bytes(content)
    with pytest.raises(InputError):
        load_posterior(tmp_path / "x.nc")
    for wrong in (tmp_path, tmp_path / "absent.nc", Path("a\x00b")):
        with pytest.raises(InputError):
            load_posterior(wrong)


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    hand: Posterior, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = path.read_bytes()
    monkeypatch.setattr(posterior_file.os, "replace", full)
    with pytest.raises(InputError, match="No space"):
        save(small(seed=9), path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    with pytest.raises(InputError):
        save(hand, path.parent / "absent" / "x.nc")


def test_only_a_fit_that_converged_becomes_the_default(tmp_path: Path) -> None:
    place = tmp_path / "posterior.nc"
    assert default_posterior(place) is None
    place.write_bytes(b"nonsense")
    assert default_posterior(place) is None
    save(small(converged=False), place)
    assert default_posterior(place) is None
    save(small(), place)
    found = default_posterior(place)
    assert found is not None
    assert found.name == "hand"


def test_arrays_that_do_not_fit_are_told_together() -> None:
    with pytest.raises(InputError) as told:
        small(latent=np.zeros((3, 4)), prior=np.full((2, len(PARAMETERS)), np.nan), places={"delft": {"x": [1]}})
    paths = {problem.path for problem in told.value.problems}
    assert paths >= {"latent", "prior", "places", "places/delft"}
    with pytest.raises(InputError, match="name"):
        small(name="prior")


def test_a_run_draws_what_the_posterior_holds(hand: Posterior) -> None:
    source = source_of(hand)
    assert source.calibrated
    assert source.label.en.startswith("calibrated (posterior hand, ")
    assert len(source.label.nl) < 150
    assert set(source.towns["oss"]) == {DELIVERY, "place_match", "place_other"}
    for town in (None, "oss"):
        drawn = source.draw(len(hand), town)
        meant = hand.parameters if town is None else hand.towns[town]
        assert {row.tobytes() for row in drawn.parameters} == {row.tobytes() for row in meant}
    not_converged = source_of(small(converged=False))
    assert not not_converged.calibrated
    assert not_converged.label.en.startswith("not calibrated")
    assert not_converged.label.nl.startswith("niet gekalibreerd")


def test_it_says_how_well_it_predicts_the_evidence(hand: Posterior) -> None:
    assert "hold 1 of the 2 published numbers (50%)" in hand.misfit().en
    assert "1 van de 2" in hand.misfit().nl


def test_a_large_posterior_is_a_small_file() -> None:
    rng = np.random.default_rng(1)
    rows = tuple(f"r{k}" for k in range(150))
    large = small(
        draws=400,
        latent=rng.normal(size=(400, 240)),
        latent_names=tuple(f"z{k}" for k in range(240)),
        predictive=posterior.Predictive(rows, np.zeros(150), rng.normal(size=(400, 150)), np.eye(150)),
    )
    assert len(to_bytes(large)) < 4_000_000


def test_the_face_names_the_effects_of_the_town_that_the_fit_does_not_reach() -> None:
    rows = (
        "nij_t3_hours_gt_12_in_vs_co_extra",
        "nij_t3_hours_gt_12_ex_vs_co_extra",
        "nij_t3_earnings_gt_70pct_wml_in_vs_co_extra",
    )
    simulated = np.tile([0.02, 0.01, -0.08], (16, 1))
    told = Predictive(rows, np.array([-0.10, -0.10, -0.08]), simulated, np.diag([0.0025] * 3))
    said = furthest_effects(small(predictive=told))
    assert set(said) == {"nijmegen"}
    assert "works over 12 hours" in said["nijmegen"].en
    assert "\u221210.0 points, expected +2.0 (90% \u22126.2 to +10.2)" in said["nijmegen"].en
    assert "\u221210,0 procentpunt, verwacht +2,0 (90% \u22126,2 tot +10,2)" in said["nijmegen"].nl
    assert "exemption" not in said["nijmegen"].en  # one contrast per outcome, the furthest
    assert "70%" not in said["nijmegen"].en  # reached
    assert furthest_effects(small()) == {}


def test_the_file_holds_the_priors_of_its_fit_not_the_shipped_ones(tmp_path: Path) -> None:
    import arviz

    mine = {"trust.tone": {"value": 0.5, "low": 0.1, "high": 2.0, "sd": 0.05}}
    save(small(settings={"other_priors": mine}), tmp_path / "mine.nc")
    held = arviz.from_netcdf(tmp_path / "mine.nc").constant_data
    for name, value in mine["trust.tone"].items():
        assert held[f"prior_{name}"].sel(parameter="trust.tone").item() == pytest.approx(value)
    other = held["prior_value"].sel(parameter="attention.brokerage").item()
    assert other == pytest.approx(PARAMETERS["attention.brokerage"].value)
