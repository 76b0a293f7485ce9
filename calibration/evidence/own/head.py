"""The head and the arms of a researcher's trial."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from calibration.evidence.own.file import Cells
from calibration.evidence.own.values import Reader
from sim.problems import Problem, Say, one_of

__all__ = ["Arm", "read_arms", "read_head"]

_STUDY_KEYS = (
    "name",
    "title",
    "publisher",
    "year",
    "municipality",
    "control",
    "reference",
    "start",
    "months",
    "randomised",
    "population",
    "survey",
    "confidence_level",
    "source",
)
_MUST = ("name", "title", "year", "municipality", "control")
_TAKEN = ("study", "source", "rows")  # names of the files of an import
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Arm:
    """One arm: a preset regime, and levers that differ from it."""

    name: str
    people: int
    regime: str
    role: str
    levers: Mapping[str, float] = field(default_factory=dict)


def read_head(lines: Sequence[Cells], file: str, problems: list[Problem]) -> dict[str, str]:
    """Return the key-value pairs of the study; what is wrong joins `problems`."""
    from sim.outcomes.measurement import studies
    from sim.people import catalogue

    head: dict[str, str] = {}
    for line in lines:
        key, value = line["key"], line["value"]
        if key not in _STUDY_KEYS:
            problems.append(one_of(f"{line.path}:key", key, _STUDY_KEYS))
        elif key in head:
            problems.append(Problem(f"{line.path}:key", key, Say("each key once", "elke sleutel eenmaal")))
        elif value:
            head[key] = value
    read = Reader(f"{file}:study", problems, lines[0].decimal if lines else "")
    filled = Say("a value", "een waarde")
    problems += [Problem(f"{file}:study:{key}", "missing", filled) for key in _MUST if key not in head]
    for key in ("name", "municipality", "control", "reference"):
        if key in head and not _SLUG.fullmatch(head[key]):
            allowed = Say("small letters, digits and _ (at most 40)", "kleine letters, cijfers en _ (max 40)")
            problems.append(Problem(f"{file}:study:{key}", head[key], allowed))
    if head.get("name") in _TAKEN:
        allowed = Say("a name for the trial", "een naam voor de trial")
        problems.append(Problem(f"{file}:study:name", head["name"], allowed))
    for key, low, high, whole in (
        ("year", 1900, 2200, True),
        ("months", 1, 600, True),
        ("confidence_level", 0.5, 0.999, False),
    ):
        number = read.number(key, head.pop(key, ""), low, high, whole=whole)
        if number is not None:
            head[key] = f"{number:.12g}"
    if "start" in head and not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])(-01)?", head["start"]):
        allowed = Say("a month such as 2024-01", "een maand zoals 2024-01")
        problems.append(Problem(f"{file}:study:start", head["start"], allowed))
    for key, known in (
        ("randomised", ("after_sign_up", "before_sign_up")),
        ("population", tuple(info.name for info in catalogue.names())),
        ("survey", studies()),
    ):
        if key in head and head[key] not in known:
            problems.append(one_of(f"{file}:study:{key}", head[key], known))
    return head


def read_arms(lines: Sequence[Cells], head: Mapping[str, str], file: str, problems: list[Problem]) -> dict[str, Arm]:
    """Return the arms by name; what is wrong joins `problems`."""
    from sim.regime.levers import LEVERS
    from sim.regime.presets import assignment_presets, presets

    known = {*presets(), *assignment_presets()}
    arms: dict[str, Arm] = {}
    columns = ("arm", "people", "regime", *LEVERS)
    given = sorted({column for line in lines for column in line.cells if column})
    problems += [one_of(f"{file}:arms:{column}", column, columns) for column in given if column not in columns]
    for line in lines:
        read = Reader(line.path, problems, line.decimal)
        name = line["arm"]
        if not _SLUG.fullmatch(name):
            allowed = Say("a name in small letters, digits and _", "een naam in kleine letters, cijfers en _")
            problems.append(Problem(f"{line.path}:arm", name, allowed))
        if name in arms:
            problems.append(Problem(f"{line.path}:arm", name, Say("each arm once", "elke groep eenmaal")))
        people = read.number("people", line["people"], 1, 1_000_000, whole=True, must=True)
        levers = {}
        for lever in LEVERS.values():
            value = read.number(lever.name, line[lever.name], lever.low, lever.high, whole=lever.whole)
            if value is not None:
                levers[lever.name] = value
        regime = line["regime"]
        if not regime:
            allowed = Say(
                "a regime that this arm is (and, in lever columns, what differs from it)",
                "een regime dat deze groep krijgt (en in hefboomkolommen wat daarvan afwijkt)",
            )
            problems.append(Problem(f"{line.path}:regime", "unmapped arm", allowed))
        elif regime not in known:
            problems.append(one_of(f"{line.path}:regime", regime, known))
        elif levers and regime not in presets():
            allowed = Say(
                "one regime when levers differ from it, not a choice between several",
                "een regime als er hefbomen van afwijken, geen keuze uit meerdere",
            )
            problems.append(Problem(f"{line.path}:regime", regime, allowed))
        role = {head.get("control"): "control", head.get("reference"): "reference"}.get(name, "treatment")
        arms[name] = Arm(name, int(people or 1), regime, role, levers)
    problems += [
        one_of(f"{file}:study:{key}", head[key], arms or ("(no arms)",))
        for key in ("control", "reference")
        if key in head and head[key] not in arms
    ]
    if len([arm for arm in arms.values() if arm.role != "reference"]) < 2:
        allowed = Say("at least two arms beside a reference group", "ten minste twee groepen naast een referentie")
        problems.append(Problem(f"{file}:arms", f"{len(arms)} arms", allowed))
    return arms
