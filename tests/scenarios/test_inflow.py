"""New people: who takes them in, how one says no, and that they move nobody who was there."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from scenarios.description.schema import Scenario, read_scenario
from scenarios.execution.plan import Options, inflow_months, plan
from scenarios.execution.run import execute
from sim.problems import InputError

SMALL = Options(people=100, months=12, draws=1, seeds=1)


def scenario(text: str = "", name: str = "a") -> Scenario:
    return read_scenario(tomllib.loads(f"name = '{name}'\nregime = 'regular'\n{text}"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("population = 'netherlands'", 12),
        ("population = 'netherlands'\ninflow = true", 12),
        ("population = 'netherlands'\ninflow = false", 0),
        ("population = 'oss_eligible'\ninflow = 5", 5),
        ("population = 'oss_eligible'\ninflow = 500", 12),
        ("population = 'oss'", 0),
        ("population = 'oss'\ninflow = false", 0),
    ],
)
def test_who_enters(text: str, expected: int) -> None:
    made = plan([scenario(text)], SMALL)
    assert inflow_months(made.sides[0].scenario) == expected
    entered = made.population["entry_month"]
    # Of a hundred people about one comes a month, evenly: the last may come in the last month but one.
    assert max(expected - 1, 0) <= entered.max() <= expected
    assert (len(made.population) > 100) == (expected > 0)


def test_entrants_come_month_by_month_and_the_first_people_stay_the_same() -> None:
    open_, closed = (
        execute(plan([scenario(f"population = 'netherlands'\ninflow = {word}")], SMALL)) for word in ("true", "false")
    )
    people = open_.people[0, 0, 0, 0]
    assert (np.diff(people) >= 0).all()
    assert people[0] < people[-1]
    assert (closed.people[0, 0, 0, 0] == 100).all()


def test_the_command_line_decides_over_the_file() -> None:
    text = "population = 'netherlands'\ninflow = 3"
    for given, expected in ((True, 12), (False, 0), (None, 3)):
        made = plan([scenario(text)], Options(people=50, months=12, inflow=given, draws=1, seeds=1))
        assert inflow_months(made.sides[0].scenario) == expected


@pytest.mark.parametrize("word", ["true", "12"])
def test_nobody_can_be_made_to_enter_a_trial(word: str) -> None:
    with pytest.raises(InputError) as caught:
        plan([scenario(f"population = 'nijmegen'\ninflow = {word}")], SMALL)
    assert "inflow" in caught.value.problems[0].path
    with pytest.raises(InputError) as caught:
        plan([scenario("population = 'nijmegen'")], Options(inflow=True))
    assert caught.value.problems[0].path == "--inflow"


@pytest.mark.parametrize("word", ["'yes'", "-1", "601", "1.5"])
def test_bad_inflow(word: str) -> None:
    with pytest.raises(InputError) as caught:
        scenario(f"inflow = {word}")
    assert [problem.path for problem in caught.value.problems] == ["inflow"]


def test_scenarios_with_and_without_inflow_are_not_compared() -> None:
    both = [scenario("population = 'netherlands'", "a"), scenario("population = 'netherlands'\ninflow = 3", "b")]
    with pytest.raises(InputError) as caught:
        plan(both, SMALL)
    assert [problem.path for problem in caught.value.problems] == ["b: inflow"]
    assert plan(both, Options(people=50, months=2, inflow=False, draws=1, seeds=1)).replicates == 2
