"""A simulated trial: sizes, luck, selection, and no effect where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.estimators.fast import regress
from sim.parameters import PARAMETERS, defaults, with_values
from sim.problems import InputError
from sim.trial.data import TrialData
from sim.trial.design import TrialDesign
from sim.trial.design import with_values as moved
from sim.trial.read import design
from sim.trial.run import block_size, simulate_many, simulate_trial

VALUES = defaults()


def same(one: TrialData, two: TrialData) -> bool:
    """Whether two trials are equal to the last bit."""
    arrays = ("arm", "person", "caseworker", "wave", "in_itt", "withdrawn", "responded")
    equal = all(np.array_equal(getattr(one, name), getattr(two, name)) for name in arrays)
    tables = ("register", "survey", "covariates")
    return equal and all(
        np.array_equal(values, getattr(two, table)[name], equal_nan=True)
        for table in tables
        for name, values in getattr(one, table).items()
    )


@pytest.fixture(scope="module")
def nijmegen() -> list[TrialData]:
    return simulate_trial(design("nijmegen"), VALUES, 1, replicates=3, reference=300)


def null_design() -> TrialDesign:
    """Nijmegen with the control regime for all, small, recruited at random."""
    plain = design("nijmegen")
    arms = tuple(replace(arm, regime="nijmegen.control", withdrawn=0) for arm in plain.participant_arms)
    return replace(plain, name="null", arms=arms, eligible_people=800, waves=plain.waves[:1])


def test_sizes_are_those_of_the_report(nijmegen: list[TrialData]) -> None:
    for trial in nijmegen:
        assert np.bincount(trial.arm).tolist() == [130, 128, 131, 300]
        people = trial.arm < 3
        assert trial.in_itt[people].sum() == 366
        assert (trial.in_itt & ~trial.withdrawn)[people].sum() == 306
        assert not trial.withdrawn[~trial.in_itt].any()
        assert trial.responded[:, people].sum(axis=1).tolist() == pytest.approx([316, 264, 230], abs=2)
        assert not trial.responded[:, ~people].any()
        assert (trial.wave[people] == 1).sum() / 389 == pytest.approx(64 / 306, abs=0.005)
        assert set(trial.follow_up) == {21, 25}


def test_registers_follow_everybody_to_the_last_day_only(nijmegen: list[TrialData]) -> None:
    trial = nijmegen[0]
    assert not np.isnan(trial.at("on_benefit", 16)).any()
    assert np.isnan(trial.at("on_benefit", 24)[trial.follow_up < 24]).all()
    assert not np.isnan(trial.at("on_benefit", 25, cut_off=True)).any()
    assert trial.at("on_benefit", 0).min() == 1.0
    assert np.isnan(trial.register["on_benefit"][5]).all()
    with pytest.raises(InputError, match="on_benefit"):
        trial.at("on_benfit", 3)
    with pytest.raises(InputError, match="control"):
        trial.in_arm("contrl")


def test_the_published_imbalance_is_there(nijmegen: list[TrialData]) -> None:
    means = np.array(
        [[trial.covariates["earnings_year_before"][trial.arm == arm].mean() for arm in range(3)] for trial in nijmegen]
    ).mean(axis=0)
    assert means[2] > 1.25 * max(means[:2])


def test_a_replicate_is_the_same_in_any_company(nijmegen: list[TrialData]) -> None:
    plain = design("nijmegen")
    alone = simulate_trial(plain, VALUES, 1, replicates=1, reference=300, threads=2)
    assert same(alone[0], nijmegen[0])
    other = simulate_trial(plain, VALUES, 2, replicates=1, reference=300)
    assert not same(other[0], nijmegen[0])
    assert not same(nijmegen[0], nijmegen[1])


def test_a_replicate_is_the_same_across_blocks() -> None:
    plain = design("oss")
    size = block_size(plain, 0)
    many = simulate_trial(plain, VALUES, 1, replicates=size + 1, reference=0)
    again = simulate_trial(plain, VALUES, 1, replicates=size + 2, reference=0, threads=2)
    assert [trial.replicate for trial in again] == list(range(size + 2))
    for number in (0, size - 1, size):
        assert same(many[number], again[number])


def test_parameter_sets_share_people_and_luck() -> None:
    vectors = np.stack(
        [VALUES, with_values(VALUES, {"market.rate": VALUES[tuple(PARAMETERS).index("market.rate")] - 0.3}), VALUES]
    )
    rows = list(simulate_many(design("oss"), vectors, 1, replicates=2, reference=0))
    for first, other, third in rows:
        assert same(first, third)
        assert np.array_equal(first.arm, other.arm)
        assert not np.array_equal(first.register["works"], other.register["works"], equal_nan=True)


def test_a_trial_without_effect_rejects_as_often_as_it_says() -> None:
    trials = simulate_trial(null_design(), VALUES, 3, replicates=150, source="eligible", months=(12,))
    rejected, estimates = [], []
    for trial in trials:
        who = trial.in_itt
        x = np.column_stack([np.ones(who.sum()), trial.arm[who] == 0, trial.arm[who] == 1]).astype(float)
        y = np.stack([trial.at(name, 12)[who] for name in ("on_benefit", "hours_over_8")], axis=1)
        found = regress(y, x, [1, 2])
        rejected.append(np.abs(found.values / found.errors) > 1.966)
        estimates.append(found.values)
    share = float(np.mean(rejected))
    # Four tests a trial, correlated: count them as two.
    band = 3.5 * np.sqrt(0.05 * 0.95 / (150 * 2))
    assert abs(share - 0.05) < band
    mean = np.mean(estimates, axis=0)
    spread = np.std(estimates, axis=0) / np.sqrt(150)
    assert (np.abs(mean) < 4 * spread).all()


def test_the_same_trial_with_an_effect_rejects_more_often() -> None:
    plain = null_design()
    arms = (replace(plain.arms[0], regime="nijmegen.exemption_disregard"), *plain.arms[1:])
    trials = simulate_trial(
        replace(plain, arms=arms), VALUES, 3, replicates=40, source="eligible", months=(12,), measures=("contacts",)
    )
    gaps = [
        trial.at("contacts", 12)[trial.arm == 0].mean() - trial.at("contacts", 12)[trial.arm == 2].mean()
        for trial in trials
    ]
    assert np.mean(gaps) < -3 * np.std(gaps) / np.sqrt(len(gaps))


def test_intervals_cover_the_effect_of_assignment() -> None:
    """The effect is known from many trials; 90% intervals of single ones hold it nine times in ten."""
    plain = null_design()
    arms = (replace(plain.arms[0], regime="nijmegen.intensive_disregard"), *plain.arms[1:])
    trials = simulate_trial(
        replace(plain, arms=arms, name="known"),
        VALUES,
        5,
        replicates=200,
        source="eligible",
        months=(16,),
        measures=("contacts", "on_benefit"),
    )
    values, errors = [], []
    for trial in trials:
        who = trial.in_itt
        x = np.column_stack([np.ones(who.sum()), trial.arm[who] == 0, trial.arm[who] == 1]).astype(float)
        found = regress(trial.at("on_benefit", 16)[who][:, None], x, [1])
        values.append(found.values[0, 0])
        errors.append(found.errors[0, 0])
    truth = np.mean(values)
    held = np.abs(np.array(values) - truth) < 1.649 * np.array(errors)
    assert abs(held.mean() - 0.90) < 3.5 * np.sqrt(0.09 / 200)
    # The band can fail: intervals of half the width do not hold it.
    narrow = np.abs(np.array(values) - truth) < 0.82 * np.array(errors)
    assert abs(narrow.mean() - 0.90) > 3.5 * np.sqrt(0.09 / 200)


def test_who_speaks_little_dutch_signs_up_less_when_the_coefficient_says_so() -> None:
    plain = design("nijmegen")
    shares = []
    for value in (0.0, -3.0):
        other = moved(plain, {"volunteering.poor_dutch": value})
        trials = simulate_trial(
            other, VALUES, 1, replicates=3, source="eligible", reference=300, months=(0,), measures=("works",)
        )
        signed = np.concatenate([trial.covariates["poor_dutch"][trial.arm < 3] for trial in trials])
        rest = np.concatenate([trial.covariates["poor_dutch"][trial.arm == 3] for trial in trials])
        shares.append((signed.mean(), rest.mean()))
    assert shares[1][0] < 0.5 * shares[0][0]
    assert abs(shares[1][1] - shares[0][1]) < 0.05


def test_assignment_before_sign_up_keeps_the_arms_sizes() -> None:
    plain = design("deventer")
    trial = simulate_trial(plain, VALUES, 1, source="eligible", months=(0,), measures=("works",))[0]
    assert np.bincount(trial.arm).tolist() == [arm.randomised for arm in plain.arms]
    assert len(set(trial.person)) == len(trial)


def test_those_who_answer_are_less_stressed_and_tend_to_answer_again() -> None:
    trials = simulate_trial(design("oss"), VALUES, 1, replicates=12, reference=0, measures=("stress",), months=(12,))
    stress = np.concatenate([trial.at("stress", 12) for trial in trials])
    asked = np.concatenate([trial.in_itt & ~trial.withdrawn for trial in trials])
    answered = np.concatenate([trial.responded for trial in trials], axis=1)[:, asked]
    assert stress[asked][answered[1]].mean() < stress[asked][~answered[1]].mean()
    assert answered[2][answered[1]].mean() > answered[2][~answered[1]].mean() + 0.05


def test_withdrawn_people_get_the_regular_treatment() -> None:
    plain = design("nijmegen")
    trial = simulate_trial(plain, VALUES, 1, replicates=8, reference=0, months=(6,), measures=("contacts",))
    exempt = np.concatenate([one.arm == 0 for one in trial])
    out = np.concatenate([one.withdrawn for one in trial])
    contacts = np.concatenate([one.at("contacts", 6) for one in trial])
    assert contacts[exempt & out].mean() > contacts[exempt & ~out].mean()


def test_full_contamination_wipes_out_the_control_group() -> None:
    plain = replace(design("oss"), drift=replace(design("oss").drift, value=0.0))
    settings = {"replicates": 6, "reference": 0, "months": (6,), "measures": ("contacts",)}
    clean = simulate_trial(moved(plain, {"contamination": 0.0, "delivery": 1.0}), VALUES, 1, **settings)
    mixed = simulate_trial(moved(plain, {"contamination": 1.0, "delivery": 1.0}), VALUES, 1, **settings)

    def contacts(trials: list[TrialData]) -> float:
        return float(np.mean([one.at("contacts", 6)[(one.arm == 2) & ~one.withdrawn].mean() for one in trials]))

    assert contacts(mixed) > 1.2 * contacts(clean)


def test_being_followed_changes_the_control_group_too() -> None:
    plain = design("nijmegen")
    settings = {"replicates": 4, "reference": 0, "months": (12,), "measures": ("efficacy",)}
    levels = [
        np.mean(
            [
                one.at("efficacy", 12)[one.arm == 2].mean()
                for one in simulate_trial(replace(plain, followed=value), VALUES, 1, **settings)
            ]
        )
        for value in (0.0, 1.0)
    ]
    assert levels[1] > levels[0] + 0.01


def test_bad_numbers_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        simulate_trial(design("oss"), VALUES[:-1], 1, replicates=0, reference=-1, measures=("wrks",), months=(99,))
    assert len(caught.value.problems) == 5
