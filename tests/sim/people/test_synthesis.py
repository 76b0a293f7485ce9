"""Laws of synthetic people: figures met, same seed same people, more people change nobody, dependence."""

from __future__ import annotations

import numpy as np
import pytest

from sim.people import recipe as recipes
from sim.people.catalogue import load
from sim.people.clients.rules import RULES
from sim.people.fit import fit_table
from sim.people.impediments import FIVE, patterns
from sim.people.latents import AXES, dependence
from sim.people.population import Population
from sim.people.starting import FULL_WEEK

NAMES = recipes.names()


def test_nijmegen_joint_number_of_impediments_is_exactly_that_of_table_1() -> None:
    recipe = recipes.read("nijmegen")
    joint = patterns(recipe, dependence()[0])
    size = np.array([arm.people for arm in recipe.arms]) / recipe.people
    whole = size @ np.array([joint.shares[arm.name] for arm in recipe.arms])
    number = joint.table.sum(axis=1)
    counts = [whole[number == k].sum() * 352 for k in range(6)]
    np.testing.assert_allclose(counts, [134, 127, 73, 18, 0, 0], atol=0.03)
    np.testing.assert_allclose(whole @ joint.table * 352, [27, 122, 98, 8, 72], atol=0.03)


def test_nobody_in_nijmegen_has_more_than_three_impediments() -> None:
    assert load("nijmegen", people=20_000).obstacles.max() == 3


@pytest.mark.parametrize("name", ["nijmegen", "netherlands"])
def test_impediments_compound(name: str) -> None:
    """The number per person varies more than if impediments were independent (Nijmegen table 1: 15% more)."""
    people = load(name, people=20_000)
    shares = np.array([people[flag].mean() for flag in FIVE])
    assert 1.10 < people.obstacles.var() / (shares * (1 - shares)).sum() < 1.25


@pytest.mark.parametrize("name", NAMES)
def test_every_published_figure_lies_inside_its_band_at_the_published_size(name: str) -> None:
    size = min(recipes.read(name).people, 50_000)
    rows = [row for row in fit_table(load(name, people=size)) if row.kind != "assumption"]
    assert [(row.group, row.quantity) for row in rows if not row.inside] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_is_met_in_a_large_draw(name: str) -> None:
    wrong = [
        (row.group, row.quantity, row.published, row.simulated)
        for row in fit_table(load(name, people=30_000))
        if abs(row.simulated - row.published) > max(0.02, 0.03 * abs(row.published))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_no_impossible_people(name: str) -> None:
    people = load(name, people=5_000, inflow_months=12)
    people.check()
    columns = {column: people[column] for column in people.columns}
    rules = [rule for rule in RULES if set(rule.needs) <= set(columns)]
    assert {rule.name: int(rule.broken(columns).sum()) for rule in rules if rule.broken(columns).any()} == {}


def test_same_seed_same_people_and_another_seed_others() -> None:
    assert load("oss", seed=3).digest() == load("oss", seed=3).digest()
    assert load("oss", seed=3).digest() != load("oss", seed=4).digest()


@pytest.mark.parametrize("name", ["nijmegen", "netherlands"])
def test_more_people_change_nobody(name: str) -> None:
    small, large = load(name, people=300), load(name, people=20_000)
    ours = _by_id(large, small.person)
    for column in small.columns:
        if column != "quality":
            np.testing.assert_array_equal(small[column], large[column][ours], err_msg=column)
    assert [small.arms[a] for a in small.arm] == [large.arms[a] for a in large.arm[ours]]


def test_inflow_changes_nobody_and_enters_later() -> None:
    without, grown = load("netherlands", people=2_000), load("netherlands", people=2_000, inflow_months=24)
    new = grown["entry_month"] > 0
    ours = _by_id(grown, without.person)
    np.testing.assert_array_equal(without["age"], grown["age"][ours])
    share = recipes.read("netherlands").values("all")["inflow_per_month"]
    assert new.sum() == round(2_000 * share * 24)
    assert set(grown["status"][new]) == {3.0}
    assert grown["entry_month"][new].max() == 24
    assert grown["spell_months"][new].max() == 0
    assert grown["age"][new].mean() < without["age"].mean() - 4
    assert grown["employability"][new].mean() > without["employability"].mean() + 0.3
    assert len(load("nijmegen", inflow_months=24)) == 366


def test_dependence_has_the_signs_of_the_reports() -> None:
    people = load("netherlands", people=50_000)

    def together(first: str, second: str) -> float:
        values = people.obstacles if first == "obstacles" else people[first]
        return float(np.corrcoef(values, people[second])[0, 1])

    assert together("age", "spell_months") > 0.25
    assert together("obstacles", "spell_months") > 0.1
    assert together("obstacles", "employability") < -0.15
    assert together("spell_months", "employability") < -0.15
    assert together("problem_debt", "stress_trait") > 0.2
    assert together("mental", "stress_trait") > 0.2
    assert together("obstacles", "capacity_to_act") < -0.25
    assert together("low_education", "capacity_to_act") < -0.15
    assert together("hours", "earnings_before") > 0.3
    assert together("obstacles", "work_duty_exempt") > 0.2
    assert together("hours", "work_duty_exempt") < 0


def test_correlations_are_positive_definite_and_name_known_axes() -> None:
    factor = dependence()[1]
    assert factor.shape == (len(AXES), len(AXES))
    assert np.diag(factor).min() > 0.3


def test_part_time_earners_stay_below_their_norm() -> None:
    people = load("netherlands", people=50_000)
    works = people["hours"] > 0
    net = (people["hours"] / FULL_WEEK * 1420 * people["wage"])[works]
    norm = np.where(people["household"] == 2, 1417, 992)[works]
    assert (net + people["partner_earnings"][works] < norm).all()
    assert (people["hours"][works] < 20).mean() > 0.75
    assert (people["contract"][works] > 0).all()
    assert net.mean() == pytest.approx(550, abs=15)


def test_caseworkers_are_contiguous_and_each_has_one_quality() -> None:
    people = load("nijmegen")
    assert set(people.caseworker) == set(range(people.caseworker.max() + 1))
    for worker in range(people.caseworker.max() + 1):
        assert len(set(people["quality"][people.caseworker == worker])) == 1
    intensive = people.arm == people.arms.index("intensive_disregard")
    coaches = set(people.caseworker[intensive])
    assert len(coaches) == 3
    assert coaches.isdisjoint(people.caseworker[~intensive])


def test_counsellors_in_oss_are_mostly_tied_to_one_arm() -> None:
    people = load("oss")
    largest = [
        np.bincount(people.arm[people.caseworker == worker]).max() / (people.caseworker == worker).sum()
        for worker in set(people.caseworker)
    ]
    assert 0.5 < min(largest) < 1.0
    assert np.mean(largest) > 0.8


def _by_id(people: Population, person: np.ndarray) -> np.ndarray:
    order = np.argsort(people.person)
    return order[np.searchsorted(people.person[order], person)]
