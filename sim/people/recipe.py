"""A recipe: every figure a synthetic population is made from, with its source, read from one TOML file.

A file holds the figures that are known for its own people, for all (`figures.all`) and per arm
(`figures.<arm>`). What it leaves out is borrowed from the population named in `based_on`; a borrowed figure
counts as an assumption, whatever it was at home.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sim import municipalities
from sim.problems import InputError, Problem, Say, one_of

__all__ = ["Arm", "Figure", "Office", "Recipe", "names", "read"]

Kind = Literal["published", "derived", "assumption"]
DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Figure:
    """One number: `n` is the number of persons it was measured on (0 = not a sample)."""

    value: float
    n: int
    unit: str
    source: str
    kind: Kind
    borrowed: bool = False


@dataclass(frozen=True)
class Arm:
    """One arm of a trial, or everybody (`all`), with its number of people."""

    name: str
    people: int
    source: str
    kind: Kind


@dataclass(frozen=True)
class Office:
    """Caseworkers who serve the people of `arms`: `clients` of this population each.

    A share `crossing` of the people goes to the caseworkers of the next office in the list.
    """

    arms: tuple[str, ...]
    clients: float
    crossing: float
    source: str
    kind: Kind


@dataclass(frozen=True)
class Recipe:
    """What a population is made from. `figures[group][quantity]`; group ``all`` holds every quantity."""

    name: str
    title: Say
    start: date
    municipality: str
    arms: tuple[Arm, ...]
    offices: tuple[Office, ...]
    figures: Mapping[str, Mapping[str, Figure]]
    source: str

    @property
    def people(self) -> int:
        """Number of people as published."""
        return sum(arm.people for arm in self.arms)

    def of(self, group: str) -> dict[str, Figure]:
        """Return the figures of a group: its own, else those of all."""
        return {**self.figures["all"], **self.figures.get(group, {})}

    def values(self, group: str) -> dict[str, float]:
        """Return the numbers of a group."""
        return {name: figure.value for name, figure in self.of(group).items()}


def names() -> tuple[str, ...]:
    """Return the populations that can be drawn; the Netherlands last."""
    towns = [
        [town, *([f"{town}_eligible"] if municipalities.has(town, "eligible") else [])]
        for town in municipalities.names()
    ]
    return (*(name for names_of_town in towns for name in names_of_town), "netherlands")


@lru_cache(maxsize=64)
def read(name: str) -> Recipe:
    """Return the recipe of a population; an unknown name is refused with the nearest one."""
    if name not in names():
        raise InputError((one_of("population", name, names()),))
    raw = _file(name)
    arms = tuple(Arm(key, int(row["value"]), row["source"], row["kind"]) for key, row in raw["arms"].items())
    offices = tuple(
        Office(tuple(row["arms"]), float(row["clients"]), float(row.get("crossing", 0.0)), row["source"], row["kind"])
        for row in raw["offices"]
    )
    served = sorted(arm for office in offices for arm in office.arms)
    if served != sorted(arm.name for arm in arms):
        allowed = Say("every arm in one office", "elke arm bij één kantoor")
        raise InputError((Problem(f"{name}.offices", served, allowed),))
    return Recipe(
        name,
        Say(raw["title_en"], raw["title_nl"]),
        raw["start"],
        raw["municipality"],
        arms,
        offices,
        _figures(raw),
        raw["source"],
    )


def _figures(raw: Mapping[str, Any]) -> dict[str, dict[str, Figure]]:
    groups: dict[str, dict[str, Figure]] = {"all": {}}
    if "based_on" in raw:
        based = _figures(_file(raw["based_on"]))["all"]
        groups["all"] = {name: replace(figure, borrowed=True, kind="assumption") for name, figure in based.items()}
        if raw.get("inflow", False):
            groups["inflow"] = _figures(_file(raw["based_on"])).get("inflow", {})
    for group, rows in raw["figures"].items():
        groups.setdefault(group, {}).update({name: _figure(row) for name, row in rows.items()})
    return groups


def _figure(row: Mapping[str, Any]) -> Figure:
    return Figure(float(row["value"]), int(row["n"]), row["unit"], row["source"], row["kind"])


@lru_cache(maxsize=64)
def _file(name: str) -> dict[str, Any]:
    town = name.removesuffix("_eligible")
    if town in municipalities.names():
        return municipalities.data(town, "eligible" if name != town else "people")
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
