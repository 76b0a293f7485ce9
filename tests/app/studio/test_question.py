"""A question is its address: it reads back as it was, and everything wrong with an address is told at once."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.studio import question as questions
from app.studio.question import LETTERS, Question, Side, from_query, starts, to_query, to_toml
from scenarios.description.schema import read_scenario
from sim.problems import InputError
from sim.regime.levers import LEVERS


@st.composite
def sides(draw: st.DrawFn) -> Side:
    start = draw(st.sampled_from(sorted(starts())))
    moved = draw(st.lists(st.sampled_from(sorted(LEVERS)), max_size=3, unique=True))
    levers = {}
    for name in moved:
        lever = LEVERS[name]
        value = float(round(draw(st.floats(lever.low, lever.high)), 0 if lever.whole else 2))
        value = min(max(value, lever.low), lever.high)
        if value != questions.value_of(Side(start), lever):
            levers[name] = value
    return Side(start, levers, draw(st.sampled_from(["", "debt > 0", 'household == "single"'])))


@given(st.lists(sides(), min_size=1, max_size=4), st.integers(6, 120))
def test_an_address_reads_back_as_the_question(chosen: list[Side], months: int) -> None:
    question = Question("oss", months, tuple(chosen))
    address = to_query(question)
    again = from_query(dict(parse_qsl(address)))
    assert again == question
    assert to_query(again) == address


def test_a_lever_that_stands_where_it_stood_says_nothing() -> None:
    query = {"pop": "oss", "a": "regular", "b": "intensive", "b.contacts": "1", "b.caseload": "82,5"}
    assert from_query(query).sides[1] == Side("intensive")


def test_levers_of_another_start_are_dropped() -> None:
    query = {"a": "regular", "b": "disregard", "b.from": "intensive", "b.contacts": "1", "b.who": "debt > 0"}
    assert from_query(query).sides[1] == Side("disregard", {}, "debt > 0")


def test_all_problems_come_at_once_each_with_its_field() -> None:
    query = {
        "v": "9",
        "pop": "nijmeegen",
        "months": "1",
        "a": "regulr",
        "b": "intensive",
        "b.contacts": "nan",
        "x": "1",
    }
    with pytest.raises(InputError) as error:
        from_query(query)
    paths = [problem.path for problem in error.value.problems]
    assert paths == ["v", "pop", "months", "a", "b.contacts", "x"]
    assert error.value.problems[1].nearest == "nijmegen"


@pytest.mark.parametrize("start", sorted(starts()))
def test_every_start_becomes_a_scenario_file(start: str) -> None:
    question = Question("nijmegen", 24, (Side("regular"), Side(start, {"contacts": 3.5}, "debt > 0")))
    for place in range(2):
        text = to_toml(question, place)
        assert read_scenario(tomllib.loads(text), text=text).name[0] == LETTERS[place]


def test_reading_an_address_needs_no_numpy() -> None:
    words = "import sys, app.studio.server, app.studio.views; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0
