"""Ready scenarios: each runs from end to end, each says what it is, each changes something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios.description.find import catalogue_names, find_scenario, find_scenarios
from scenarios.description.people import takes_in
from scenarios.description.schema import Scenario
from scenarios.execution.plan import Options, plan
from scenarios.execution.run import execute
from sim.regime.assignment import ByArm, OwnChoice

ALL = {name: find_scenario(name) for name in catalogue_names()}


def test_a_municipality_finds_at_least_twenty() -> None:
    asked = {
        *("keep_all", "keep_all_48", "intensive_48", "weekly_coaching", "lower_caseload"),
        *("coaching_then_exemption", "tailored", "four_views", "premium_30", "premium", "premium_monthly"),
        *("simple_settlement", "lockdown", "no_lockdown", "tight_market", "slack_market", "budget_neutral"),
        *("budget_neutral_start", "regular_48", "keep_half_48", "intensive_24_then_regular"),
        *("groningen_trial", "nijmegen_trial", "netherlands_regular"),
    }
    assert len(asked) == 24
    assert asked <= set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_each_says_what_it_is_in_both_languages(name: str) -> None:
    scenario = ALL[name]
    assert scenario.name == name
    assert scenario.title.en != name
    assert scenario.title.nl not in ("", name)
    assert scenario.text.startswith("# ")


def test_each_runs_from_end_to_end() -> None:
    for name, scenario in ALL.items():
        # The lockdowns start in month 9 of their scenarios; a file that never reaches them is refused.
        tiny = Options(people=40, months=12 if "lockdown" in name else 3, draws=1, seeds=1)
        result = execute(plan([replace(scenario, groups=())], tiny))
        assert not result.failures, name
        assert np.isfinite(result.values).all(), name
        assert result.values[0, 0, 0, 0, -1].any(), name


def test_ready_scenarios_of_one_horizon_can_be_compared_and_differ() -> None:
    kinds: dict[tuple[object, ...], list[Scenario]] = {}
    for name, scenario in ALL.items():
        key = (scenario.population, scenario.people, scenario.start, scenario.months)
        if name != "null":
            kinds.setdefault(key, []).append(scenario)
    largest = max(kinds.values(), key=len)
    assert len(largest) >= 20
    alone = [replace(each, groups=()) for each in largest]
    result = execute(plan(alone, Options(people=600, draws=1, seeds=1)))
    found = {result.values[side].tobytes() for side in range(len(largest))}
    assert len(found) == len(largest)


def test_each_trial_has_a_side_without_it() -> None:
    for name in ALL:
        if name.endswith("_trial") and not name.endswith("no_trial"):
            other = ALL[name.replace("_trial", "_no_trial")]
            assert (other.population, other.months) == (ALL[name].population, ALL[name].months)


def test_one_arm_of_groningen_chooses_for_itself() -> None:
    scenario = ALL["groningen_trial"]
    assert isinstance(scenario.assignment, ByArm)
    assert isinstance(scenario.assignment.arms["choice"], OwnChoice)
    made = plan([scenario], Options(draws=1, seeds=2))
    population = made.population
    first, second = (schedule.instance for schedule in made.sides[0].schedules)
    chosen = population.arm == population.arms.index("choice")
    assert len(np.unique(first[chosen])) == 3
    assert (first[chosen] != second[chosen]).any()
    assert (first[~chosen] == second[~chosen]).all()


def test_markets_and_lockdowns_move_the_baseline() -> None:
    sizes = Options(people=300, draws=1, seeds=1)
    for words in (("tight_market", "slack_market"), ("lockdown", "no_lockdown")):
        result = execute(plan(find_scenarios(words), sizes))
        out = dict(zip(words, result.measure("exit_work_ever")[:, 0, 0, 0, -1], strict=True))
        better, worse = ("tight_market", "slack_market") if "tight_market" in out else words[::-1]
        assert out[better] > out[worse]


def test_only_those_populations_take_people_in_that_say_so() -> None:
    assert takes_in("netherlands")
    assert takes_in("oss_eligible")
    assert not takes_in("nijmegen")
    assert not takes_in("/a/folder")
