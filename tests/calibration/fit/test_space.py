"""Latents mean what the priors say; municipalities differ by what they share; wrong priors are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from calibration.fit.prior_file import read_priors
from calibration.fit.space import Space, make_space
from sim.parameters import PARAMETERS, draw_priors
from sim.problems import InputError

ORDER = list(PARAMETERS)


@pytest.fixture(scope="module")
def space() -> Space:
    return make_space(("here", "there"), biases={"here.work": 0.03}, errors=("s.o",))


def test_the_prior_of_the_latents_is_the_prior_of_the_parameters(space: Space) -> None:
    z = np.random.default_rng(1).standard_normal((3000, space.dimension))
    # a prior draw is of a municipality that was not studied
    mine, theirs = space.parameters(z, None), draw_priors(3000, 2)
    apart = [stats.ks_2samp(mine[:, k], theirs[:, k]).pvalue for k, p in enumerate(PARAMETERS.values()) if p.sd]
    assert min(apart) > 1e-4 / len(apart)
    assert np.median(apart) == pytest.approx(0.5, abs=0.15)
    low = np.array([p.low for p in PARAMETERS.values()])
    high = np.array([p.high for p in PARAMETERS.values()])
    assert ((mine >= low) & (mine <= high)).all()


def test_latents_and_parameters_are_two_names_for_one_thing(space: Space) -> None:
    values = draw_priors(20, 3)
    assert np.allclose(space.parameters(space.latent(values), None), values, rtol=1e-8, atol=1e-10)


def test_a_town_differs_from_the_average_by_tau_times_its_own_latent(space: Space) -> None:
    z = np.zeros((1, space.dimension))
    z[0, space.index["here:attention.brokerage"]] = 2.0
    z[0, space.index["there:place_match"]] = -1.0
    brokerage = ORDER.index("attention.brokerage")
    here, there, new = (space.parameters(z, town)[0] for town in ("here", "there", None))
    assert here[brokerage] > there[brokerage] == new[brokerage]
    assert np.array_equal(np.delete(here, brokerage), np.delete(there, brokerage))
    # the median of a half-normal is 0.674 of its scale; brokerage is lognormal
    step = 2.0 * 0.5 * stats.norm.ppf(0.75) * PARAMETERS["attention.brokerage"].sd
    assert np.log(here[brokerage] / new[brokerage]) == pytest.approx(step, rel=0.02)
    assert space.place(z, "there")[0]["place_match"] == pytest.approx(-0.25 * stats.norm.ppf(0.75))
    assert space.place(z, "here")[0] == {"place_match": 0.0, "place_other": 0.0}


def test_spreads_are_half_normal_and_a_small_spread_makes_towns_alike(space: Space) -> None:
    z = np.random.default_rng(4).standard_normal((4000, space.dimension))
    tau = space.spread(z, "place_match") / 0.25
    assert stats.kstest(tau, stats.halfnorm.cdf).pvalue > 1e-3
    z[:, space.index["tau.place_match"]] = -8.0
    assert np.abs(space.deviation(z, "place_match", "here")).max() < 1e-6


def test_inputs_carry_everything_that_moments_depend_on(space: Space) -> None:
    z = np.random.default_rng(5).standard_normal((3, space.dimension))
    inputs = space.inputs(z, "here")
    assert np.array_equal(space.values(inputs), space.parameters(z, "here"))
    shift = [each["place_match"] / 0.25 for each in space.place(z, "here")]
    assert np.allclose(inputs[:, space.input_names.index("place_match")], shift)
    bent = {space.input_names[k] for k in space.curved}
    assert {name for name, p in PARAMETERS.items() if p.free} < bent
    assert space.bias(z)["here.work"] == pytest.approx(0.03 * z[:, space.index["bias.here.work"]])


def test_the_digest_tells_spaces_apart(space: Space) -> None:
    narrow = replace(PARAMETERS["scarcity.chi"], sd=0.01)
    assert space.digest() != make_space(("here", "there"), priors={"scarcity.chi": narrow}).digest()
    assert make_space(("a",)).digest() == make_space(("a",)).digest()


def test_a_prior_without_spread_fixes_its_parameter() -> None:
    fixed = make_space(("a",), priors={"scarcity.chi": replace(PARAMETERS["scarcity.chi"], sd=0.0, value=0.4)})
    assert "scarcity.chi" not in fixed.names
    z = np.random.default_rng(6).standard_normal((5, fixed.dimension))
    column = ORDER.index("scarcity.chi")
    assert set(fixed.parameters(z, None)[:, column]) == {0.4}


def test_wrong_priors_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        make_space((), priors={"nonsense": PARAMETERS["scarcity.chi"]})
    assert len(caught.value.problems) == 2
    off = replace(PARAMETERS["trust.base"], low=2.0, high=3.0, value=2.5, sd=float("inf"))
    with pytest.raises(InputError, match="support"):
        make_space(("a",), priors={"trust.base": off})
    file = tmp_path / "priors.toml"
    file.write_text('[parameters]\n"scarcity.chy" = { sd = 1 }\n"scarcity.chi" = { sd = -1, value = 7, spread = 2 }\n')
    with pytest.raises(InputError) as caught:
        read_priors(file)
    text = str(caught.value)
    assert len(caught.value.problems) == 4
    assert "did you mean 'scarcity.chi'" in text
    assert "'spread'" in text
    file.write_text('[parameters]\n"scarcity.chi" = { sd = 0.05 }\n')
    logit = next(name for name, each in PARAMETERS.items() if each.law == "logit")
    endless = f'[parameters]\n"market.accept_fit" = {{ value = 0 }}\n"{logit}" = {{ value = 1, high = 1 }}\n'
    (tmp_path / "endless.toml").write_text(endless)
    with pytest.raises(InputError, match="support") as nowhere:
        read_priors(tmp_path / "endless.toml")
    assert len(nowhere.value.problems) == 2
    assert read_priors(file)["scarcity.chi"] == replace(PARAMETERS["scarcity.chi"], sd=0.05)
    with pytest.raises(InputError):
        read_priors(tmp_path / "missing.toml")


def test_gradients_are_those_of_the_inputs() -> None:
    space = make_space(("here", "there"), codes={"here": ("usual.tone", "arm.contacts")})
    rng = np.random.default_rng(3)
    z, up = rng.standard_normal((2, space.dimension)), rng.standard_normal((2, len(space.inputs_of("here"))))
    found = space.pulled(up, z, "here")
    for column in range(space.dimension):
        step = np.zeros(space.dimension)
        step[column] = 1e-5
        moved = (space.inputs(z + step, "here") - space.inputs(z - step, "here")) / 2e-5
        assert (up * moved).sum(axis=1) == pytest.approx(found[:, column], abs=1e-6), space.names[column]


def test_codes_are_positions_of_their_own_town_only() -> None:
    space = make_space(("here", "there"), codes={"here": ("usual.tone",)})
    z = np.zeros((1, space.dimension))
    z[0, space.index["code.here.usual.tone"]] = 1.0
    assert space.readings(z, "here") == [{"usual.tone": pytest.approx(stats.norm.cdf(1.0))}]
    assert space.readings(z, "there") == [{}]
    assert space.inputs(z, "here").shape[1] == space.inputs(z, "there").shape[1] + 1
