"""Scenarios by name or by file: a name of the catalogue works wherever a file does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from scenarios.description.schema import Scenario, read_scenario_file
from scenarios.description.vary import among_people_of
from sim.problems import InputError, Problem, Say, nearest_name, one_of

__all__ = ["TEMPLATE", "catalogue_names", "find_scenario", "find_scenarios", "word_of"]

_FOLDER = Path(__file__).parents[1] / "catalogue"
TEMPLATE = Path(__file__).parents[1] / "template.toml"


@cache
def catalogue_names() -> tuple[str, ...]:
    """Return the names of the ready scenarios, the headline ones first."""
    found = [path.stem for path in _FOLDER.glob("*.toml")]
    first = ("regular", "exemption", "intensive", "disregard")
    return (*(name for name in first if name in found), *sorted(set(found) - set(first)))


def find_scenario(word: str) -> Scenario:
    """Return the scenario that a name of the catalogue or a path of a TOML file means.

    Raises:
        InputError: neither, or a file with problems.
    """
    if word in catalogue_names():
        return read_scenario_file(_FOLDER / f"{word}.toml")
    is_file = word.endswith(".toml") or "/" in word or "\\" in word
    if is_file or ("\x00" not in word and len(word) < 1000 and word and Path(word).exists()):
        return read_scenario_file(Path(word))
    problem = one_of("scenario", word, catalogue_names())
    allowed = Say(f"{problem.allowed.en}, or a TOML file", f"{problem.allowed.nl}, of een TOML-bestand")
    raise InputError([Problem("scenario", word, allowed, nearest_name(word, catalogue_names()))])


def word_of(scenario: Scenario) -> str:
    """Return the word that finds this scenario: its name in the catalogue, else its file."""
    place = Path(scenario.place)
    return place.stem if place.parent == _FOLDER else scenario.place or scenario.name


def _at_home(found: list[Scenario]) -> list[Scenario]:
    """Return the scenarios with those of the catalogue among the people of the first own file, for as many months.

    A scenario of one's own is compared with the regular regime of its own people: whoever writes one does not also
    have to write its baseline. Files that disagree with each other are told apart later, as they always were.
    """
    own = next((one for one in found if Path(one.place).parent != _FOLDER and one.place), None)
    if own is None:
        return found
    return [one if Path(one.place).parent != _FOLDER else among_people_of(one, own) for one in found]


def find_scenarios(words: Sequence[str | Scenario]) -> list[Scenario]:
    """Return several scenarios, by name, by file or as they were read, each under a name of its own.

    Raises:
        InputError: the problems of all of them together; two different scenarios of one name.
    """
    problems: list[Problem] = []
    found: list[Scenario] = []
    for word in words:
        try:
            found.append(word if isinstance(word, Scenario) else find_scenario(word))
        except InputError as error:
            problems += error.problems
    found = _at_home(found)
    names = [scenario.name for scenario in found]
    for place, scenario in enumerate(found):
        if scenario.name in names[:place]:
            allowed = Say(
                "a name of its own ('name' in the file); `null` is `regular` under another name",
                "een eigen naam ('name' in het bestand); `null` is `regular` onder een andere naam",
            )
            problems.append(Problem(f"scenario {place + 1}", scenario.name, allowed))
    InputError.raise_if(problems)
    return found
