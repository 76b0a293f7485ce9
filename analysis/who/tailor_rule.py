"""A rule of assignment written down as a scenario: a TOML file that the program reads and runs."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from analysis.who.policy_tree import Leaf, Node, Split, Tree, leaves
from scenarios.description.people import takes_in
from scenarios.description.schema import Scenario, read_scenario
from sim.problems import Say
from sim.regime.assignment import Everybody

__all__ = ["cannot_combine", "regime_of", "rule_of", "tailored_scenario"]

# What scenarios must have in common before one rule can choose between them.
_COMMON = ("start_month", "delivery", "drift", "drift_towards", "market", "lockdown", "parameters", "mechanisms_off")


def cannot_combine(scenarios: Sequence[Scenario]) -> Say | None:
    """Return why no rule can choose between these scenarios for each person, or None when it can."""
    for scenario in scenarios:
        if not isinstance(scenario.assignment, Everybody):
            return Say(
                f"{scenario.name} does not give everybody one regime",
                f"{scenario.name} geeft niet iedereen hetzelfde regime",
            )
    first = scenarios[0]
    for scenario in scenarios[1:]:
        for name in _COMMON:
            if getattr(scenario, name) != getattr(first, name):
                return Say(
                    f"{scenario.name} and {first.name} differ in {name}",
                    f"{scenario.name} en {first.name} verschillen in {name}",
                )
        if scenario.background.name != first.background.name:
            return Say(
                f"{scenario.name} and {first.name} differ in background",
                f"{scenario.name} en {first.name} verschillen in background",
            )
    regimes = [regime_of(scenario) for scenario in scenarios]
    if len(set(regimes)) < 2:
        return Say("all of them give the same regime", "ze geven allemaal hetzelfde regime")
    tables: dict[str, object] = {}
    for scenario in scenarios:
        for name, table in _own(scenario).items():
            if tables.setdefault(name, table) != table:
                return Say(f"two different regimes are called {name}", f"twee verschillende regimes heten {name}")
    return None


def regime_of(scenario: Scenario) -> str:
    """Return the one regime that a scenario gives everybody."""
    assert isinstance(scenario.assignment, Everybody)
    return scenario.assignment.regime


def rule_of(tree: Tree, splits: Sequence[Split]) -> tuple[list[tuple[str, int]], int]:
    """Return the rules (condition, action) in order, and the action of the rest.

    The leaves of the action that most leaves share come last, as the rest; a first question is not repeated
    where the rules before it have settled the other answer.
    """
    if isinstance(tree, Leaf):
        return [], tree.action
    found = list(leaves(_merged(tree), splits))
    counted = [action for _, action in found]
    rest = max(counted, key=lambda action: (counted.count(action), counted[::-1].index(action) == 0))
    return [(condition, action) for condition, action in found if action != rest], rest


def tailored_scenario(
    name: str,
    title: Say,
    scenarios: Sequence[Scenario],
    rules: Sequence[tuple[str, int]],
    rest: int,
    comments: Sequence[str] = (),
) -> Scenario:
    """Return the scenario in which a rule chooses between the regimes of `scenarios`; its `text` is the file.

    Raises:
        InputError: the schema does not take it.
    """
    first = scenarios[0]
    used = [scenarios[place] for place in dict.fromkeys([*(action for _, action in rules), rest])]
    data: dict[str, Any] = {"name": name, "title": {"en": title.en, "nl": title.nl}}
    data["population"] = first.population
    if first.people is not None:
        data["people"] = first.people
    if first.start is not None:
        data["start"] = first.start
    data["months"] = first.months
    if takes_in(first.population) and first.inflow is not None:
        data["inflow"] = first.inflow
    for key, neutral in (("start_month", 1), ("delivery", 1.0), ("market", "historic")):
        if getattr(first, key) != neutral:
            data[key] = getattr(first, key)
    if "lockdown" in first.given:
        data["lockdown"] = first.lockdown
    if first.background.name != "regular":
        data["background"] = first.background.name
    data |= {"draws": first.draws, "seeds": first.seeds}
    if first.mechanisms_off:
        data["mechanisms_off"] = list(first.mechanisms_off)
    if first.groups:
        data["groups"] = list(first.groups)
    if first.drift_towards is not None:
        data["drift"] = {"per_year": first.drift, "towards": first.drift_towards}
    if first.parameters:
        data["parameters"] = dict(first.parameters)
    data["assignment"] = {
        "rules": [{"when": when, "regime": regime_of(scenarios[action])} for when, action in rules],
        "otherwise": regime_of(scenarios[rest]),
    }
    needed = {regime_of(scenario) for scenario in used}
    regimes = {key: table for scenario in used for key, table in _own(scenario).items()}
    for scenario in scenarios:
        if regime_of(scenario) not in needed:
            regimes = {key: table for key, table in regimes.items() if key != regime_of(scenario)}
    if regimes:
        data["regimes"] = regimes
    text = "".join(f"# {line}\n" for line in comments) + "\n".join(_lines(data)) + "\n"
    return read_scenario(tomllib.loads(text), text=text, place="", default_name=name)


def _own(scenario: Scenario) -> Mapping[str, Any]:
    """Return the regimes that the file of a scenario describes itself."""
    tables: Mapping[str, Any] = tomllib.loads(scenario.text).get("regimes", {}) if scenario.text else {}
    return tables


def _merged(tree: Tree) -> Tree:
    """Take out questions whose answers lead to the same action."""
    if isinstance(tree, Leaf):
        return tree
    yes, no = _merged(tree.yes), _merged(tree.no)
    if isinstance(yes, Leaf) and yes == no:
        return yes
    return Node(tree.number, yes, no)


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    plain = {key: value for key, value in data.items() if not isinstance(value, Mapping) or key == "title"}
    for key, value in plain.items():
        yield f"{_key(key)} = {_value(value)}"
    for key, table in data.items():
        if key in plain:
            continue
        yield ""
        if key == "assignment":
            yield "[assignment]"
            yield "rules = ["
            yield from (f"  {_value(rule)}," for rule in table["rules"])
            yield "]"
            yield f"otherwise = {_value(table['otherwise'])}"
        elif key == "regimes":
            for name, regime in table.items():
                yield f"[regimes.{_key(name)}]"
                yield from (f"{_key(each)} = {_value(value)}" for each, value in regime.items())
        else:
            yield f"[{key}]"
            yield from (f"{_key(each)} = {_value(value)}" for each, value in table.items())


def _key(name: str) -> str:
    bare = name.replace("_", "").replace("-", "")
    return name if bare.isascii() and bare.isalnum() else json.dumps(name)


def _value(value: Any) -> str:
    """Return a value as TOML; tables in one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and '"' in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)
