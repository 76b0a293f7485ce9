"""What a scenario gives, and whether the trials tried it."""

from __future__ import annotations

import pytest

from analysis.answer.treatment import Arm, main_treatment, treatments_of, tried
from sim.regime.levers import LEVERS
from sim.regime.presets import presets


def _moved(name: str) -> dict[str, tuple[float, ...]]:
    return {lever: (value,) for lever, value in presets()[name].levers.items() if value != LEVERS[lever].regular}


def _arm(name: str, *treatments: str) -> Arm:
    return Arm(name.split(".")[0], frozenset(treatments), dict(presets()[name].levers))


ARMS = (
    _arm("nijmegen.intensive_disregard", "guidance", "disregard"),
    _arm("nijmegen.exemption_disregard", "exemption", "disregard"),
    _arm("utrecht.intensive", "guidance"),
    _arm("utrecht.disregard", "disregard"),
    _arm("groningen.exemption", "exemption"),
)


@pytest.mark.parametrize(
    ("preset", "treatments"),
    [
        ("regular", set()),
        ("intensive", {"guidance"}),
        ("exemption", {"exemption"}),
        ("disregard", {"disregard"}),
        ("intensive_disregard", {"guidance", "disregard"}),
        ("exemption_disregard", {"exemption", "disregard"}),
        ("premium", {"premium"}),
        ("bonus", {"bonus"}),
        ("nijmegen.control", set()),
    ],
)
def test_a_bundle_is_told_from_its_levers(preset: str, treatments: set[str]) -> None:
    assert treatments_of(_moved(preset)) == treatments


def test_the_main_treatment_is_the_first_that_trials_measured() -> None:
    assert main_treatment([_moved("intensive_disregard")]) == "guidance"
    assert main_treatment([_moved("exemption_disregard")]) == "exemption"
    assert main_treatment([_moved("premium")]) is None
    assert main_treatment([]) is None


def test_people_of_a_trial_town_are_compared_with_their_own_arms() -> None:
    intensive = [_moved("intensive")]
    assert tried(intensive, ARMS, "nijmegen") == "similar"  # in groups, with half of the wage kept
    assert tried(intensive, ARMS, "utrecht") == "same"
    assert tried(intensive, ARMS, "") == "same"


def test_other_values_are_similar_and_untried_bundles_partly_tried() -> None:
    weekly = [_moved("intensive") | {"contacts": (4.0,)}]
    assert tried(weekly, ARMS) == "similar"
    three = [_moved("intensive_disregard") | {"exit_bonus": (2000.0,)}]
    assert tried(three, ARMS) == "partly"
    assert tried([{"tone": (0.5,)}], ARMS) == "no"
    assert tried([_moved("bonus")], ARMS) == "no"


def test_the_worst_regime_decides() -> None:
    assert tried([_moved("disregard"), _moved("bonus")], ARMS) == "no"
    assert tried([_moved("disregard"), _moved("exemption")], ARMS) == "same"
