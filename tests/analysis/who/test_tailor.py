"""Tailoring finds a planted rule, finds none where there is none, and is not deceived by what taught it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from analysis.cost.prices import default_prices
from analysis.who.by_group import who
from analysis.who.observables import OBSERVED, check_observed, splits_of
from analysis.who.policy_tree import Leaf, Node
from analysis.who.tailor import Lessons, learn, tailor
from analysis.who.tailor_rule import cannot_combine, rule_of, tailored_scenario
from scenarios.description.find import find_scenario, find_scenarios
from scenarios.description.parameter_source import ParameterSource
from scenarios.description.people import people_of
from scenarios.description.schema import read_scenario_file
from scenarios.execution.plan import Options, Plan, plan
from sim.parameters import draw_priors
from sim.problems import InputError, Say


def made(*names: str, people: int = 600, **sizes: int) -> Plan:
    return plan(find_scenarios(names), Options(people=people, **{"months": 6, "draws": 2, "seeds": 1} | sizes))


def test_a_planted_rule_is_found_by_people_it_was_not_learned_from() -> None:
    ready = made("regular", "intensive", "exemption", people=1500)
    population = ready.population
    planted = (population.obstacles >= 2) & (population["hours"] <= 0)
    random = np.random.default_rng(1)
    rewards = random.normal(0.0, 0.5, size=(len(population), 3))
    rewards[:, 1] += np.where(planted, 1.0, 0.0)
    rewards[:, 2] += np.where(planted, 0.0, 1.0)
    rules, rest, single, actions = learn(ready, rewards)
    assert (rest, single) == (2, 2)
    (when, action), *_ = rules
    assert action == 1
    assert set(when.split(" and ")) <= {"obstacles >= 2", "hours <= 0"}
    assert len(rules) == 1
    assert (actions == np.where(planted, 1, 2)).mean() > 0.999


def test_no_difference_between_people_gives_one_regime_for_all() -> None:
    ready = made("regular", "intensive", people=1000)
    random = np.random.default_rng(3)
    rewards = random.normal([0.0, 0.3], 1.0, size=(1000, 2))
    rules, rest, single, _ = learn(ready, rewards)
    assert (rules, rest, single) == ([], 1, 1)


def test_what_is_gained_is_measured_where_it_was_not_learned() -> None:
    """Whatever is found, the test has other people and other luck."""
    ready = made("regular", "intensive", "keep_all", people=800, seeds=2)
    lessons = Lessons(ready, "income")
    who(ready, also=lessons.take)
    rule = tailor(ready, lessons, "income", default_prices())
    assert rule.single == "keep_all"  # nothing pays better for anybody
    assert rule.trained + rule.tested == 800
    if rule.scenario is None:
        assert all(gain.mean == 0.0 for gain in rule.gains.values())
    else:
        assert rule.gains["income"].low <= 0.5


def test_a_rule_that_is_found_runs_and_its_gain_is_out_of_sample(tmp_path: Path) -> None:
    ready = made("regular", "intensive", "exemption", people=800)
    lessons = Lessons(ready, "wellbeing")
    hours = ready.population["hours"] > 0
    lessons.rewards[:, 1] = np.where(hours, 0.0, 1.0)
    lessons.rewards[:, 2] = np.where(hours, 1.0, 0.0)
    rule = tailor(ready, lessons, "wellbeing", default_prices())
    assert rule.scenario is not None
    assert rule.result is not None
    assert rule.label is not None
    assert rule.result.scenarios[-1] == "tailored_wellbeing"
    assert abs(sum(share for _, _, share in rule.rules) - 1.0) < 1e-12
    gain = rule.gains["wellbeing"]
    assert gain.low < gain.mean < gain.high
    assert gain.mean < rule.learned / 2  # the rewards were invented; the test is not deceived by them
    file = tmp_path / "rule.toml"
    file.write_text(rule.scenario.text)
    assert read_scenario_file(file).assignment == rule.scenario.assignment
    plan([read_scenario_file(file)], Options(people=800))


def test_the_null_scenario_cannot_be_tailored() -> None:
    reason = cannot_combine(find_scenarios(["regular", "null"]))
    assert reason is not None
    assert "same regime" in reason.en
    assert cannot_combine(find_scenarios(["regular", "intensive"])) is None
    for other in ("tailored", "intensive_tight_market", "duty_lottery"):
        assert cannot_combine([find_scenario("regular"), find_scenario(other)]) is not None


def test_a_scenario_with_regimes_of_its_own_takes_them_along(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'name = "own"\npopulation = "oss"\nmonths = 12\nregime = "much"\ndelivery = 0.8\n'
        'parameters = { "attention.minutes" = 45.0 }\n'
        '[regimes.much]\ntitle = { en = "A \\"lot\\"", nl = "Veel" }\nbased_on = "intensive"\nmonths = 9\n'
        "[regimes.much.levers]\ncontacts = 3.0\n[[regimes.much.changes]]\nfrom_month = 4\n"
        "[regimes.much.changes.levers]\ncontacts = 1.0\n"
    )
    base = tmp_path / "base.toml"
    base.write_text(
        'name = "base"\npopulation = "oss"\nmonths = 12\nregime = "exemption"\ndelivery = 0.8\n'
        'parameters = { "attention.minutes" = 45.0 }\n'
    )
    sides = find_scenarios([str(base), str(own)])
    assert cannot_combine(sides) is None
    made_of = tailored_scenario("both", Say("Both", "Beide"), sides, [("mental and hours <= 0", 1)], 0)
    assert made_of.regimes["much"] == sides[1].regimes["much"]
    assert (made_of.delivery, made_of.parameters) == (0.8, {"attention.minutes": 45.0})
    assert tomllib.loads(made_of.text)["assignment"]["otherwise"] == "exemption"


def test_questions_are_what_a_caseworker_may_ask() -> None:
    assert not {"male", "age", "migration", "stress", "employability", "capacity_to_act"} & set(OBSERVED)
    assert len(check_observed(["male", "spel_months", "stress"])) == 2
    with pytest.raises(InputError):
        splits_of(people_of("nijmegen", 100, None, 0), ["migration"])


def test_questions_and_masks_agree() -> None:
    from sim.regime.assignment import columns_of
    from sim.regime.rules import read_condition

    population = people_of("nijmegen", 400, None, 0)
    splits = splits_of(population, [*OBSERVED, "stress"], 20)
    assert len(splits) > 20
    for split in splits:
        for text, mask in ((split.yes, split.mask), (split.no, ~split.mask)):
            rule, problems = read_condition(text)
            assert not problems
            assert rule is not None
            assert ((rule(columns_of(population)) != 0) == mask).all(), text


def test_questions_with_one_answer_are_left_out() -> None:
    population = people_of("nijmegen", 100, None, 0)
    splits = splits_of(population, ["mental", "care"])
    tree = Node(0, Leaf(1), Node(1, Leaf(0), Leaf(0)))
    rules, rest = rule_of(tree, splits)
    assert (rules, rest) == ([(splits[0].no, 0)], 1) or (rules, rest) == ([(splits[0].yes, 1)], 0)


def test_a_posterior_is_split_in_draws_that_teach_and_draws_that_test() -> None:
    drawn = draw_priors(8, 3)
    source = ParameterSource("own", "0" * 64, Say("calibrated", "gekalibreerd"), True, drawn)
    options = Options(people=400, months=4, draws=4, seeds=1, source=source)
    ready = plan(find_scenarios(["regular", "intensive", "exemption"]), options)
    lessons = Lessons(ready, "stress")
    seen = []
    who(ready, also=lambda pair: (seen.append(pair.draw), lessons.take(pair))[0])
    assert seen == [0, 1, 2, 3]
    assert lessons.pairs == 2  # draws 0 and 1 taught; 2 and 3 are left to test
    lessons.rewards[:, 2] += np.where(ready.population["hours"] > 0, 5.0, -5.0)
    rule = tailor(ready, lessons, "stress", default_prices())
    assert rule.result is not None
    used = rule.result.values[-1, 2:, :, 0, -1]
    assert np.isfinite(used).all()
    assert rule.label is not None
    assert rule.label.calibration.en == "calibrated"
