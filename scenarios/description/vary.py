"""Variations of a scenario: other doses, lengths, announcements and times, each one a scenario again.

A variation is written as the TOML of a scenario file and read back, so that everything is checked as in a
file of the user's own, and a stored run can be made again from its text.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from scenarios.description.schema import Scenario, read_scenario
from sim.policy.number_text import toml_number
from sim.problems import InputError, Problem, Say
from sim.regime.assignment import ByRules, Everybody, regimes_of
from sim.regime.read import regime_to_toml
from sim.regime.regime import Regime, with_months

__all__ = ["Variation", "among_people_of", "background_of", "to_toml", "treated_regimes", "vary"]


@dataclass(frozen=True)
class Variation:
    """What to change; None or empty = as it is.

    Attributes:
        levers: values for the whole treatment; steps and ramps of these levers fall away.
        months: months of treatment; 0 = for good.
        announced: whether people know the end (only of a treatment that ends).
        market, lockdown: path of the labour market.
        mechanisms_off: mechanisms to switch off beside those that are off already.
    """

    levers: Mapping[str, float] = field(default_factory=dict)
    months: int | None = None
    announced: bool | None = None
    market: str | None = None
    lockdown: bool | None = None
    mechanisms_off: tuple[str, ...] = ()


def vary(scenario: Scenario, name: str, title: Say, variation: Variation) -> Scenario:
    """Return `scenario` under another name with `variation`.

    Raises:
        InputError: a length for a treatment that another follows, values out of bounds or without effect.
    """
    data = _data(scenario, name, title)
    if variation.levers or variation.months is not None or variation.announced is not None:
        renamed: dict[str, str] = {}
        own = dict(data.get("regimes", {}))
        for each in treated_regimes(scenario):
            changed = _varied(scenario.regimes[each], variation, f"{each.replace('.', '_')}_varied")
            renamed[each] = changed.name
            own[changed.name] = tomllib.loads(regime_to_toml(changed))["regimes"][changed.name]
        if "regime" in data:
            data["regime"] = renamed.get(data["regime"], data["regime"])
        elif "assignment" in data:
            data["assignment"] = _renamed(_written_out(data["assignment"], scenario), renamed)
        data["regimes"] = {key: table for key, table in own.items() if key not in renamed}
    return _in_another_world(data, scenario, variation)


def background_of(scenario: Scenario, name: str, variation: Variation | None = None) -> Scenario:
    """Return the same people and months, everybody under the background: what effects are taken from."""
    data = _data(scenario, name, scenario.background.title)
    for key in ("assignment", "drift", "delivery", "start_month"):
        data.pop(key, None)
    kept = scenario.background.name
    own = data.pop("regimes", {})
    if kept in own:
        data["regimes"] = {kept: own[kept]}
    data["regime"] = kept
    return _in_another_world(data, scenario, variation or Variation())


def treated_regimes(scenario: Scenario) -> tuple[str, ...]:
    """Return the regimes that people are given, but for the background."""
    given = regimes_of(scenario.assignment)
    return tuple(name for name in dict.fromkeys(given) if name != scenario.background.name) or (
        tuple(given) if isinstance(scenario.assignment, Everybody) else ()
    )


def to_toml(data: Mapping[str, Any]) -> str:
    """Return a table as TOML: plain values first, then its tables."""
    return "\n".join(_lines(data, "")).strip() + "\n"


def _data(scenario: Scenario, name: str, title: Say) -> dict[str, Any]:
    data = tomllib.loads(scenario.text) if scenario.text else {}
    data |= {"name": name, "title": title._asdict(), "population": scenario.population}
    for key in ("people", "months"):
        value = getattr(scenario, key)
        if value is not None:
            data[key] = value
    data |= {"draws": scenario.draws, "seeds": scenario.seeds}
    data.pop("groups", None)
    if scenario.groups:
        data["groups"] = list(scenario.groups)
    return data


def _read(data: dict[str, Any], scenario: Scenario) -> Scenario:
    text = to_toml(data)
    made = read_scenario(tomllib.loads(text), text=text)
    return replace(made, inflow=scenario.inflow)


def _varied(regime: Regime, variation: Variation, name: str) -> Regime:
    path = f"regimes.{regime.name}"
    if variation.months is not None and regime.after is not None:
        allowed = Say(
            f"a regime that no other follows ('{regime.name}' goes over into '{regime.after}')",
            f"een regime waarop geen ander volgt ('{regime.name}' gaat over in '{regime.after}')",
        )
        raise InputError([Problem(f"{path}.months", variation.months, allowed)])
    changed = replace(regime, name=name)
    if variation.months is not None:
        changed = with_months(changed, variation.months or None)
    if variation.announced is not None and changed.ends:
        changed = replace(changed, announced=variation.announced)
    if not variation.levers:
        return changed
    kept = []
    for change in changed.changes:
        rest = {key: value for key, value in change.levers.items() if key not in variation.levers}
        if rest:
            kept.append(replace(change, levers=rest))
    origins = {key: origin for key, origin in changed.origins.items() if key not in variation.levers}
    levers = {**changed.levers, **variation.levers}
    return _working(replace(changed, levers={}, changes=(), origins={}), levers, tuple(kept), origins, variation)


def _working(
    bare: Regime, levers: dict[str, float], changes: tuple[Any, ...], origins: Mapping[str, Any], asked: Variation
) -> Regime:
    """Return the regime without levers that do nothing beside the asked ones (a cap on a share of zero)."""
    while True:
        try:
            used = {key: origin for key, origin in origins.items() if key in levers}
            return replace(bare, levers=levers, changes=changes, origins=used)
        except InputError as error:
            idle = [
                key
                for key in levers
                if any(
                    each.path.endswith(f".levers.{key}") and "no effect" in str(each.value) for each in error.problems
                )
            ]
            beside = [key for key in idle if key not in asked.levers]
            if not beside and len(asked.levers) > 1:
                beside = idle
            if not beside:
                raise
            levers = {key: value for key, value in levers.items() if key not in beside}


def _written_out(given: Any, scenario: Scenario) -> Any:
    """Return a ready assignment, named in the file, as the table that it stands for."""
    found = scenario.assignment
    if not isinstance(given, str) or not isinstance(found, ByRules):
        return given
    rules = [{"when": rule.when, "regime": rule.regime} for rule in found.rules]
    table: dict[str, Any] = {"rules": rules, "otherwise": found.otherwise}
    return table | ({"reassess_months": found.reassess_months} if found.reassess_months else {})


def _renamed(given: Any, names: Mapping[str, str], key: str = "") -> Any:
    """Return an assignment with other names of regimes; keys are names in shares and options only."""
    if isinstance(given, str):
        return given if key == "when" else names.get(given, given)
    if isinstance(given, list):
        return [_renamed(each, names) for each in given]
    if isinstance(given, dict):
        keyed = key in ("shares", "options")
        return {(names.get(k, k) if keyed else k): _renamed(v, names, k) for k, v in given.items()}
    return given


def _lines(data: Mapping[str, Any], head: str) -> list[str]:
    plain = {key: value for key, value in data.items() if not _is_table(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in data.items():
        if not _is_table(value):
            continue
        place = f"{head}.{_key(key)}" if head else _key(key)
        if isinstance(value, Mapping):
            lines += ["", f"[{place}]", *_lines(value, place)]
        else:
            for each in value:
                lines += ["", f"[[{place}]]", *_lines(each, place)]
    return lines


def _is_table(value: Any) -> bool:
    if isinstance(value, Mapping):
        return True
    return isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _quoted(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    if isinstance(value, float):
        return toml_number(value)
    return value.isoformat() if isinstance(value, date) else repr(value)


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def among_people_of(scenario: Scenario, other: Scenario) -> Scenario:
    """Return a scenario among the people of another and for as many months; the same one when nothing differs."""
    keys = ("population", "people", "start", "months", "inflow")
    if all(getattr(scenario, key) == getattr(other, key) for key in keys):
        return scenario
    data = tomllib.loads(scenario.text) if scenario.text else {"name": scenario.name}
    for key in keys:
        data.pop(key, None)
        value = getattr(other, key)
        if value is not None:
            data[key] = value
    text = to_toml(data)
    return read_scenario(tomllib.loads(text), text=text, default_name=scenario.name)


def _in_another_world(data: dict[str, Any], scenario: Scenario, variation: Variation) -> Scenario:
    """Read the scenario with the labour market and the mechanisms of `variation`."""
    if variation.market is not None:
        data["market"] = variation.market
    if variation.lockdown is not None:
        data["lockdown"] = variation.lockdown
    if variation.mechanisms_off:
        data["mechanisms_off"] = list(dict.fromkeys([*scenario.mechanisms_off, *variation.mechanisms_off]))
    return _read(data, scenario)
