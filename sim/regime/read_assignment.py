"""Assignments as text: read from TOML, every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.problems import InputError, Problem, Say, nearest_name
from sim.regime.assignment import Assignment, ByArm, ByRules, Everybody, Option, OwnChoice, Rule, Shares, Term

__all__ = ["assignment_from_data"]

_WAYS = ("everybody", "arms", "rules", "shares", "options")
_EXTRA = {"rules": ("otherwise", "reassess_months")}


def assignment_from_data(data: object, path: str = "assignment") -> Assignment:
    """Return the assignment that a name or a TOML table describes.

    A text is a regime for everybody; a table has one of ``everybody = "x"``; ``arms = { arm = "x", ... }``
    (an arm may hold a table of its own); ``rules = [{ when, regime }, ...]`` with ``otherwise`` and perhaps
    ``reassess_months``; ``shares = { x = 0.5, ... }``; ``options = [{ regime, terms = [{ of, coefficient,
    prior_sd, source }] }]``. ``note`` is free text.

    Raises:
        InputError: with every problem of the form; names and rules are checked against the people by
            `sim.regime.assignment.assign`.
    """
    problems: list[Problem] = []
    assignment = _read(data, path, problems)
    InputError.raise_if(problems)
    return assignment


def _read(data: object, path: str, problems: list[Problem]) -> Assignment:
    if isinstance(data, str):
        return Everybody(data)
    if not isinstance(data, Mapping):
        allowed = Say("the name of a regime, or a table", "de naam van een regime, of een tabel")
        problems.append(Problem(path, data, allowed))
        return Everybody("")
    table: Mapping[str, Any] = data
    ways = [way for way in _WAYS if way in table]
    listed = ", ".join(_WAYS)
    if len(ways) != 1:
        allowed = Say(f"exactly one of {listed}", f"precies één van {listed}")
        problems.append(Problem(path, ", ".join(ways) or "none", allowed))
        return Everybody("")
    way = ways[0]
    _keys(table, (way, "note", *_EXTRA.get(way, ())), path, problems)
    if way == "everybody":
        return Everybody(_text(table, way, path, problems))
    if way == "arms":
        arms = _table(table[way], f"{path}.arms", problems)
        return ByArm({arm: _arm(given, f"{path}.arms.{arm}", problems) for arm, given in arms.items()})
    if way == "shares":
        shares = _table(table[way], f"{path}.shares", problems)
        return Shares({name: _number(shares, name, f"{path}.shares", problems) for name in shares})
    if way == "rules":
        return _rules(table, path, problems)
    return _options(table, path, problems)


def _arm(given: object, path: str, problems: list[Problem]) -> str | Assignment:
    return given if isinstance(given, str) else _read(given, path, problems)


def _rules(table: Mapping[str, Any], path: str, problems: list[Problem]) -> ByRules:
    rules: list[Rule] = []
    for place, entry in _tables(table, "rules", path, problems):
        _keys(entry, ("when", "regime"), place, problems)
        rules.append(Rule(_text(entry, "when", place, problems), _text(entry, "regime", place, problems)))
    every = table.get("reassess_months", 0)
    if isinstance(every, bool) or not isinstance(every, int):
        allowed = Say("a whole number of months", "een geheel aantal maanden")
        problems.append(Problem(f"{path}.reassess_months", every, allowed))
        every = 0
    return ByRules(tuple(rules), _text(table, "otherwise", path, problems), every)


def _options(table: Mapping[str, Any], path: str, problems: list[Problem]) -> OwnChoice:
    options: list[Option] = []
    for place, entry in _tables(table, "options", path, problems):
        _keys(entry, ("regime", "terms"), place, problems)
        terms: list[Term] = []
        for spot, term in _tables(entry, "terms", place, problems) if "terms" in entry else []:
            _keys(term, ("of", "coefficient", "prior_sd", "source"), spot, problems)
            coefficient = _number(term, "coefficient", spot, problems)
            spread = _number(term, "prior_sd", spot, problems) if "prior_sd" in term else 0.0
            source = _text(term, "source", spot, problems) if "source" in term else ""
            terms.append(Term(_text(term, "of", spot, problems), coefficient, spread, source))
        options.append(Option(_text(entry, "regime", place, problems), tuple(terms)))
    return OwnChoice(tuple(options))


def _table(data: object, path: str, problems: list[Problem]) -> Mapping[str, Any]:
    if isinstance(data, Mapping):
        return data
    problems.append(Problem(path, data, Say("a table", "een tabel")))
    return {}


def _tables(
    table: Mapping[str, Any], key: str, path: str, problems: list[Problem]
) -> list[tuple[str, Mapping[str, Any]]]:
    given = table[key]
    if not isinstance(given, list):
        problems.append(Problem(f"{path}.{key}", given, Say("a list of tables", "een lijst met tabellen")))
        return []
    places = [f"{path}.{key}[{number}]" for number in range(1, len(given) + 1)]
    pairs = list(zip(places, given, strict=True))
    allowed = Say("a table", "een tabel")
    problems += [Problem(place, entry, allowed) for place, entry in pairs if not isinstance(entry, Mapping)]
    return [(place, entry) for place, entry in pairs if isinstance(entry, Mapping)]


def _keys(table: Mapping[str, Any], keys: tuple[str, ...], path: str, problems: list[Problem]) -> None:
    listed = ", ".join(keys)
    allowed = Say(f"one of {listed}", f"één van {listed}")
    problems += [Problem(f"{path}.{key}", key, allowed, nearest_name(key, keys)) for key in table if key not in keys]


def _text(table: Mapping[str, Any], key: str, path: str, problems: list[Problem]) -> str:
    value = table.get(key)
    if isinstance(value, str):
        return value
    shown = "missing" if value is None else value
    problems.append(Problem(f"{path}.{key}", shown, Say("a text", "een tekst")))
    return ""


def _number(table: Mapping[str, Any], key: str, path: str, problems: list[Problem]) -> float:
    value = table.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    shown = "missing" if value is None else value
    problems.append(Problem(f"{path}.{key}", shown, Say("a number", "een getal")))
    return 0.0
