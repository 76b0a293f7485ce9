"""Who gets which regime: lots and choices belong to a person, rules are read in order."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from sim.problems import InputError
from sim.random_numbers import uniform
from sim.regime.assignment import ByArm, ByRules, Everybody, Option, OwnChoice, Rule, Shares, Term, assign, regimes_of
from sim.regime.read_assignment import assignment_from_data
from tests.sim.regime_people import people

NAMES = ("regular", "exemption", "intensive", "disregard")


def _given(population, assignment, seed: int = 0) -> list[str]:
    names, index = assign(population, assignment, NAMES, seed=seed)
    return [names[number] for number in index]


def _problems(assignment, population=None) -> dict[str, str | None]:
    with pytest.raises(InputError) as caught:
        assign(population or people(10), assignment, NAMES)
    return {problem.path.removeprefix("assignment."): problem.nearest for problem in caught.value.problems}


def test_everybody_and_arms() -> None:
    assert _given(people(3), Everybody("exemption")) == ["exemption"] * 3
    trial = people(4, arms=("a", "b"))
    assert _given(trial, ByArm({"b": "intensive", "a": "regular"})) == ["regular", "intensive"] * 2


def test_the_first_rule_that_holds_decides() -> None:
    population = people(4, age=[20, 30, 40, 50], mental=[1, 1, 0, 0])
    rules = ByRules((Rule("age > 45", "intensive"), Rule("not mental", "disregard")), "exemption")
    assert _given(population, rules) == ["exemption", "exemption", "disregard", "intensive"]
    backwards = ByRules((Rule("not mental", "disregard"), Rule("mental and age < 25", "intensive")), "exemption")
    assert _given(population, backwards) == ["intensive", "exemption", "disregard", "disregard"]


def test_a_rule_that_matches_nobody_or_comes_too_late_is_refused() -> None:
    population = people(4, age=[20, 30, 40, 50])
    nobody = ByRules((Rule("age > 60", "intensive"), Rule("age > 10", "disregard")), "exemption")
    assert list(_problems(nobody, population)) == ["rules[1].when"]
    late = ByRules((Rule("age > 25", "intensive"), Rule("age > 35", "disregard")), "exemption")
    assert list(_problems(late, population)) == ["rules[2].when"]


def test_a_rule_on_states_may_match_later_when_it_is_read_again() -> None:
    rules = (Rule("stress > 0.9", "intensive"),)
    assert _problems(ByRules(rules, "exemption")) == {"rules[1].when": None}
    assert _given(people(2), ByRules(rules, "exemption", 6)) == ["exemption"] * 2


def test_problems_come_all_at_once() -> None:
    rules = ByRules((Rule("stres > 0.9", "intensiv"), Rule("interviews > 1", "regular")), "exemptn", -1)
    assert _problems(rules) == {
        "rules[1].when": "stress",
        "rules[2].when": None,
        "rules[1].regime": "intensive",
        "otherwise": "exemption",
        "reassess_months": None,
    }
    assert _problems(ByRules((), "regular")) == {"rules": None, "assignment": None}
    fixed = ByRules((Rule("age > 20", "intensive"),), "regular", 6)
    assert _problems(fixed) == {"reassess_months": None}
    same = ByRules((Rule("age > 20", "regular"),), "regular")
    assert list(_problems(same)) == ["assignment"]
    trial = people(4, arms=("a", "b"))
    assert _problems(ByArm({"aa": "regulr"}), trial) == {"aa": "regular", "a": "aa", "b": None}
    nested = ByRules((Rule("stress > 0", "regular"),), "disregard", 6)
    assert list(_problems(ByArm({"a": nested, "b": "regular"}), trial)) == ["a.reassess_months"]
    assert _problems(Shares({"regular": 0.5, "exemptio": 0.4})) == {"exemptio": "exemption", "assignment": None}
    assert _problems(Shares({"regular": 1.0, "exemption": 0.0})) == {"exemption": None}
    choice = OwnChoice((Option("regular", (Term("stres", 99.0),)),))
    assert _problems(choice) == {
        "options": None,
        "options[1].terms[1].of": "stress",
        "options[1].terms[1].coefficient": None,
    }
    assert _problems(OwnChoice((Option("regular"), Option("regular")))) == {"options[2].regime": None}


def test_lots_have_the_right_shares_and_belong_to_the_person() -> None:
    population = people(20_000)
    lottery = Shares({"regular": 0.5, "exemption": 0.2, "intensive": 0.3})
    drawn = np.array(_given(population, lottery, seed=7))
    for name, share in lottery.shares.items():
        # Four standard errors: a false alarm once in ten thousand draws of the test, and the seed is fixed.
        assert abs(np.mean(drawn == name) - share) < 4 * np.sqrt(share * (1 - share) / len(drawn))
    some = np.arange(0, 20_000, 7)
    assert np.array_equal(np.array(_given(population.take(some), lottery, seed=7)), drawn[some])
    assert not np.array_equal(np.array(_given(population, lottery, seed=8)), drawn)


def test_a_lot_moves_only_those_that_its_share_lets_go() -> None:
    population = people(5000)
    before = np.array(_given(population, Shares({"regular": 0.5, "exemption": 0.5})))
    after = np.array(_given(population, Shares({"regular": 0.6, "exemption": 0.4})))
    assert np.all(after[before == "regular"] == "regular")
    drawn = uniform(0, "assignment", 0, population.person)
    assert np.array_equal(before == "regular", drawn < 0.5)


def test_own_choice_follows_the_logit() -> None:
    n = 40_000
    population = people(n, mental=np.arange(n) % 2)
    choice = OwnChoice((Option("regular"), Option("intensive", (Term("1", -0.5), Term("mental", 1.5)))))
    chosen = np.array(_given(population, choice, seed=3)) == "intensive"
    for flag, utility in ((0, -0.5), (1, 1.0)):
        expected = 1 / (1 + np.exp(-utility))
        group = chosen[population["mental"] == flag]
        assert abs(group.mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / len(group))


def test_taking_the_last_option_away_moves_only_those_who_chose_it() -> None:
    population = people(3000)
    options = (Option("regular"), Option("intensive", (Term("stress", 0.7),)), Option("disregard"))
    before = np.array(_given(population, OwnChoice(options)))
    after = np.array(_given(population, OwnChoice(options[:2])))
    stayed = before != "disregard"
    assert stayed.any()
    assert (~stayed).any()
    assert np.array_equal(before[stayed], after[stayed])


def test_an_arm_may_choose() -> None:
    trial = people(2000, arms=("a", "b"))
    choice = OwnChoice((Option("intensive"), Option("disregard")))
    given = np.array(_given(trial, ByArm({"a": "regular", "b": choice})))
    assert set(given[trial.arm == 0]) == {"regular"}
    assert set(given[trial.arm == 1]) == {"intensive", "disregard"}
    assert regimes_of(ByArm({"a": "regular", "b": choice})) == ("regular", "intensive", "disregard")


def test_every_way_can_be_written_down() -> None:
    text = """
    everybody = "regular"
    one = { everybody = "regular", note = "all" }
    arms = { arms = { a = "regular", b = { shares = { regular = 1 } } } }
    otherwise = "exemption"
    [rules]
    rules = [{ when = "age > 30", regime = "intensive" }]
    otherwise = "exemption"
    reassess_months = 6
    [choice]
    options = [
      { regime = "regular" },
      { regime = "intensive", terms = [{ of = "stress", coefficient = 2, prior_sd = 0.5, source = "s" }] },
    ]
    """
    data = tomllib.loads(text)
    assert assignment_from_data(data["everybody"]) == Everybody("regular")
    assert assignment_from_data(data["one"]) == Everybody("regular")
    assert assignment_from_data(data["arms"]) == ByArm({"a": "regular", "b": Shares({"regular": 1.0})})
    assert assignment_from_data(data["rules"]) == ByRules((Rule("age > 30", "intensive"),), "exemption", 6)
    option = Option("intensive", (Term("stress", 2.0, 0.5, "s"),))
    assert assignment_from_data(data["choice"]) == OwnChoice((Option("regular"), option))


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        (3, ["a"]),
        ({}, ["a"]),
        ({"everybody": "x", "shares": {}}, ["a"]),
        ({"everybody": 3}, ["a.everybody"]),
        ({"everybody": "x", "othrwise": "y"}, ["a.othrwise"]),
        ({"arms": ["x"]}, ["a.arms"]),
        ({"arms": {"x": 3}}, ["a.arms.x"]),
        ({"shares": {"x": "half"}}, ["a.shares.x"]),
        ({"rules": {}}, ["a.rules", "a.otherwise"]),
        (
            {"rules": [{"wen": "x"}], "otherwise": "y", "reassess_months": 1.5},
            ["a.rules[1].wen", "a.rules[1].when", "a.rules[1].regime", "a.reassess_months"],
        ),
        (
            {"options": [{"regime": "x", "terms": [{"of": 3, "coefficient": "y"}]}, 3]},
            ["a.options[2]", "a.options[1].terms[1].coefficient", "a.options[1].terms[1].of"],
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(data: object, paths: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        assignment_from_data(data, "a")
    assert [problem.path for problem in caught.value.problems] == paths
