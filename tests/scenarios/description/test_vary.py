"""Variations are scenarios: what is not varied stays, what is varied changes, and a text makes them again."""

from __future__ import annotations

import tomllib

import pytest

from scenarios.description.find import catalogue_names, find_scenario
from scenarios.description.schema import Scenario, read_scenario
from scenarios.description.vary import Variation, background_of, to_toml, treated_regimes, vary
from sim.problems import InputError, Say
from sim.regime.assignment import Everybody

TITLE = Say("varied", "gevarieerd")
FIELDS = ("regimes", "assignment", "background", "months", "people", "inflow", "start", "market", "lockdown")
FIELDS += ("delivery", "drift", "drift_towards", "start_month", "parameters", "mechanisms_off", "groups")


@pytest.mark.parametrize("name", catalogue_names())
def test_a_variation_of_nothing_is_the_scenario(name: str) -> None:
    scenario = find_scenario(name)
    same = vary(scenario, "same", TITLE, Variation())
    for field in FIELDS:
        assert getattr(same, field) == getattr(scenario, field), field


@pytest.mark.parametrize("name", ["intensive", "tailored", "budget_neutral", "nijmegen_trial", "four_views"])
def test_everybody_who_is_treated_gets_the_other_length(name: str) -> None:
    scenario = find_scenario(name)
    varied = vary(scenario, "short", TITLE, Variation(months=12, announced=True))
    assert len(treated_regimes(varied)) == len(treated_regimes(scenario))
    for each in treated_regimes(varied):
        assert (varied.regimes[each].months, varied.regimes[each].announced) == (12, True)
    assert read_scenario(tomllib.loads(varied.text), text=varied.text).regimes == varied.regimes


def test_a_treatment_for_good_has_no_end() -> None:
    scenario = find_scenario("intensive_24_then_regular")
    (name,) = treated_regimes(scenario)
    assert scenario.regimes[name].ends
    varied = vary(scenario, "always", TITLE, Variation(months=0))
    assert not any(regime.ends or regime.announced for regime in varied.regimes.values())


def test_the_background_is_all_that_is_left_of_a_policy() -> None:
    for name in catalogue_names():
        scenario = find_scenario(name)
        base = background_of(scenario, "base", Variation(market="flat"))
        assert base.assignment == Everybody(scenario.background.name)
        assert base.market == "flat"
        assert (base.population, base.people, base.months) == (scenario.population, scenario.people, scenario.months)


def _levers(scenario: Scenario) -> dict[str, float]:
    (name,) = treated_regimes(scenario)
    return dict(scenario.regimes[name].levers)


def test_levers_move_alone_and_take_idle_ones_along() -> None:
    scenario = find_scenario("keep_all")
    half = _levers(vary(scenario, "half", TITLE, Variation(levers={"disregard_share": 0.5})))
    assert half == _levers(scenario) | {"disregard_share": 0.5}
    none = _levers(vary(scenario, "none", TITLE, Variation(levers={"disregard_share": 0.0})))
    assert none == {"disregard_share": 0.0, "statutory_disregard": 0.0}


def test_what_cannot_be_varied_is_told() -> None:
    with pytest.raises(InputError, match="goes over into 'own_direction'"):
        vary(find_scenario("learning_start"), "x", TITLE, Variation(months=12))
    with pytest.raises(InputError, match="no effect"):
        vary(find_scenario("regular"), "x", TITLE, Variation(levers={"disregard_share": 0.5}))
    with pytest.raises(InputError, match="contacts"):
        vary(find_scenario("intensive"), "x", TITLE, Variation(levers={"contacts": 99.0}))


def test_toml_is_read_back_as_it_was() -> None:
    data = {"a": 'quo"te', "b": [1, 2.5], "c": {"d e": True, "f": [{"g": "x"}, {"g": "y"}]}, "h": {}}
    assert tomllib.loads(to_toml(data)) == data
