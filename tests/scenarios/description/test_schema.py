"""A scenario file is read as it stands, or refused with everything that is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.description.find import TEMPLATE, catalogue_names, find_scenario, find_scenarios
from scenarios.description.schema import KEYS, Scenario, read_scenario
from scenarios.execution.plan import Options, plan
from sim.problems import InputError, Problem
from sim.regime.assignment import ByArm, ByRules, Everybody, OwnChoice, Shares

SMALL = Options(people=60, months=2, draws=1, seeds=1)


def read(text: str) -> Scenario:
    return read_scenario(tomllib.loads(text), text=text)


def problems(text: str) -> dict[str, Any]:
    with pytest.raises(InputError) as caught:
        read(text)
    return {problem.path: problem for problem in caught.value.problems}


def test_everything_left_out_has_its_default() -> None:
    scenario = read("name = 'a'\nregime = 'exemption'")
    assert (scenario.population, scenario.months, scenario.start_month) == ("nijmegen", 24, 1)
    assert (scenario.draws, scenario.seeds, scenario.groups) == (20, 5, ())
    assert (scenario.market, scenario.lockdown, scenario.people, scenario.start) == ("historic", True, None, None)
    assert scenario.assignment == Everybody("exemption")
    assert list(scenario.regimes) == ["exemption"]
    assert scenario.background.name == "regular"


def test_every_setting_is_read() -> None:
    scenario = read(
        """
        name = "all"
        title = { en = "All", nl = "Alles" }
        population = "oss"
        people = 50
        start = 2018-01-01
        months = 30
        start_month = 3
        regime = "mine"
        background = "oss.regular"
        delivery = 0.8
        drift = { per_year = 0.1, towards = "mine" }
        market = "tight"
        lockdown = false
        mechanisms_off = ["scarcity"]
        draws = 3
        seeds = 2
        groups = ["arm", "household"]
        [parameters]
        "trust.recall" = 1
        [regimes.mine]
        based_on = "intensive"
        levers = { contacts = 2.0 }
    """.replace('"trust.recall"', f'"{_parameter()}"')
    )
    assert scenario.title.to("nl") == "Alles"
    assert (scenario.population, scenario.people, scenario.start) == ("oss", 50, date(2018, 1, 1))
    assert (scenario.months, scenario.start_month, scenario.delivery) == (30, 3, 0.8)
    assert (scenario.drift, scenario.drift_towards) == (0.1, "mine")
    assert (scenario.market, scenario.lockdown, scenario.mechanisms_off) == ("tight", False, ("scarcity",))
    assert (scenario.draws, scenario.seeds, scenario.groups) == (3, 2, ("arm", "household"))
    assert scenario.regimes["mine"].levers["contacts"] == 2.0
    assert list(scenario.parameters) == [_parameter()]


def _parameter() -> str:
    from sim.parameters import PARAMETERS

    return next(n for n, p in PARAMETERS.items() if p.low <= 1 <= p.high and not n.startswith("scarcity."))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("assignment = 'exemption'", Everybody),
        ("assignment = 'tailored'", ByRules),
        ("[assignment]\nshares = { exemption = 0.25, regular = 0.75 }", Shares),
        ("[assignment]\narms = { control = 'regular', b = 'intensive' }", ByArm),
        ("[assignment]\nrules = [{ when = 'stress > 0.5', regime = 'intensive' }]\notherwise = 'regular'", ByRules),
        ("[assignment]\noptions = [{ regime = 'exemption' }, { regime = 'intensive' }]", OwnChoice),
    ],
)
def test_every_way_to_assign(text: str, kind: type) -> None:
    assert isinstance(read(f"name = 'a'\n{text}").assignment, kind)


def test_all_problems_are_told_at_once_with_the_nearest_name() -> None:
    found = problems("""
        name = "Not A Name"
        titel = "x"
        population = "nijmegn"
        people = -5
        months = 12.5
        start = 2018-01-15
        regime = "exempton"
        market = "hot"
        lockdown = "yes"
        mechanisms_off = ["scarcty", "purse"]
        draws = 0
        seeds = true
        groups = ["arm", "arm", "colour"]
        delivery = nan
        unknown_key = 3
        [parameters]
        "trust.gian" = 1
        [regimes.mine.levers]
        contacts = 99
    """)
    assert {
        "name",
        "titel",
        "population",
        "people",
        "months",
        "start",
        "regime",
        "market",
        "lockdown",
        "mechanisms_off[1]",
        "mechanisms_off[2]",
        "draws",
        "seeds",
        "groups[2]",
        "groups[3]",
        "delivery",
        "unknown_key",
        "parameters.trust.gian",
        "regimes.mine.levers.contacts",
    } <= set(found)
    assert found["titel"].nearest == "title"
    assert found["population"].nearest == "nijmegen"
    assert found["regime"].nearest == "exemption"
    assert found["mechanisms_off[1]"].nearest == "scarcity"
    assert all(problem.to("nl") != problem.to("en") for problem in found.values())


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("months = 6\nstart_month = 7\nregime = 'exemption'", "start_month"),
        ("regime = 'regular'\n[regimes.mine.levers]\ncontacts = 2.0", "regimes.mine"),
        (
            "regime = 'mine'\nmonths = 6\n[regimes.mine.levers]\ncontacts = 1.0\n"
            "[[regimes.mine.changes]]\nfrom_month = 9\nlevers = { contacts = 2.0 }",
            "regimes.mine.changes[1]",
        ),
        ("regime = 'exemption'\ndrift = { per_year = 0.0, towards = 'intensive' }", "drift.per_year"),
        ("regime = 'exemption'\ndrift = { per_year = 0.5 }", "drift.towards"),
        ("regime = 'exemption'\nassignment = 'tailored'", "assignment"),
        ("regime = 'exemption'\nmechanisms_off = ['scarcity', 'scarcity']", "mechanisms_off[2]"),
        ("regime = 'exemption'\nbackground = 'nijmegen.exemption_disregard'", "background"),
        ("months = 6", "regime"),
        ("regime = 'exemption'\n[regimes.exemption.levers]\ncontacts = 1.0", "regimes.exemption"),
        ("[assignment]\nshares = { exemption = 0.5, regular = 0.4 }", "assignment"),
    ],
)
def test_contradictions_and_settings_without_effect(text: str, path: str) -> None:
    assert path in problems(f"name = 'a'\n{text}")


def test_a_parameter_of_a_mechanism_that_is_off_has_no_effect() -> None:
    from sim.parameters import PARAMETERS

    name = next(n for n, p in PARAMETERS.items() if p.off is not None and n.startswith("scarcity."))
    value = PARAMETERS[name].value
    text = f"name = 'a'\nregime = 'regular'\nmechanisms_off = ['scarcity']\n[parameters]\n'{name}' = {value}"
    assert f"parameters.{name}" in problems(text)


def test_a_regime_that_another_is_built_on_is_in_use() -> None:
    read("name = 'a'\nregime = 'b'\n[regimes.base.levers]\ncontacts = 2.0\n[regimes.b]\nbased_on = 'base'")


@pytest.mark.parametrize("name", catalogue_names())
def test_every_ready_scenario_can_be_planned(name: str) -> None:
    scenario = find_scenario(name)
    assert scenario.name == name
    assert scenario.title.en != name
    made = plan([scenario], Options(months=None, draws=1, seeds=1))
    assert made.replicates == 1
    assert len(made.cells.groups) > 1


def test_the_template_is_a_scenario_without_problems(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TEMPLATE.read_text())
    assert plan([find_scenario(str(path))], SMALL).replicates == 1


def test_the_document_describes_every_key_and_no_other() -> None:
    text = (Path(__file__).parents[3] / "docs" / "scenario-files.md").read_text()
    rows = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]
    described = [row for row in rows if row in KEYS]
    assert sorted(described) == sorted(KEYS)


@pytest.mark.parametrize("word", ["regulr", "", "no_such.toml", "a/b", "x" * 5000, "nul\x00"])
def test_words_that_are_no_scenario(word: str) -> None:
    with pytest.raises(InputError):
        find_scenario(word)


def test_two_scenarios_of_one_name_are_refused_and_null_is_the_way() -> None:
    with pytest.raises(InputError, match="null"):
        find_scenarios(["regular", "regular"])
    assert [s.name for s in find_scenarios(["regular", "null"])] == ["regular", "null"]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(data=st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), _VALUES, max_size=8))
def test_no_table_gives_anything_but_a_scenario_or_a_message(data: dict[str, Any]) -> None:
    found: Sequence[Problem] = ()
    try:
        read_scenario(data)
    except InputError as error:
        found = error.problems
    else:
        assert {"name"} <= set(data)
    assert all(problem.to("nl") and problem.to("en") for problem in found)


@pytest.mark.parametrize("bad", ["a\x00b", "\x01", "\x7f", "\ud800", "\u2028"])
def test_texts_that_no_store_or_workbook_can_hold_are_refused(bad: str) -> None:
    regimes = {"x": {"title": bad, "levers": {"contacts": 1.0}}}
    with pytest.raises(InputError) as error:
        read_scenario({"name": "a", "title": bad, "regime": "x", "regimes": regimes})
    assert {problem.path for problem in error.value.problems} == {"title", "regimes.x.title"}
    assert all(str(problem.value).isprintable() for problem in error.value.problems)
