"""The measurement model: from states and expected scales to answers on each report's own scale.

    answer = round(floor <= base + f x sum(loading x state) + person + noise <= ceiling)

`person` is how somebody always answers this item (part own to the item, part the person's own way of
answering all items: `reporting_trait`), `noise` is new in every wave. Numbers live in `data/scales.toml`,
with the doubts about the scales. `f` (default 1) is the item's measurement parameter, with a prior, so that a
scale never fits by itself. Kinds: ``scale``; ``count`` (multiplied by noise, zero stays zero); ``share``
(yes or no, the value is a log-odds); ``index`` (mean of other items, stretched to its own scale).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from sim.outcomes.measures import MEASURES
from sim.problems import InputError, Problem, Say, one_of
from sim.random_numbers import Draws

__all__ = ["Item", "answers", "item_response", "items", "measures_of", "studies"]

Array = npt.NDArray[np.float64]
Kind = Literal["scale", "count", "share", "index"]

# Slots of the month in the key of a draw: (item, wave); slot 0 is the person effect shared by the waves.
_WAVES = 64
_REPORTING = 0.5


@dataclass(frozen=True)
class Item:
    """One survey question.

    Attributes:
        name: outcome name, as in the evidence.
        text: what is asked.
        kind: how an answer is made (see the module).
        table: table of the report.
        low, high, step: floor, ceiling and smallest step of the answer (step 0: none).
        base: answer where all loaded states are 0 (log-odds for a share).
        loadings: answer units (log-odds) per unit of a measure.
        parts: items of an index; `stretch` is its factor from the items' scale.
        person_sd: spread of a person's own level, of which half the variance is the reporting trait.
        noise_sd: spread of one answer.
        prior_sd: prior spread of the factor f on the loadings, in log units.
        answered: share of respondents who answer the item, by wave (1 where nothing is published).
        number: place in the file, key of the noise.
        source: where scale and spread come from; with the doubt.
    """

    name: str
    text: Say
    kind: Kind
    table: str
    low: float
    high: float
    step: float
    base: float
    loadings: Mapping[str, float]
    parts: tuple[str, ...]
    stretch: float
    person_sd: float
    noise_sd: float
    prior_sd: float
    answered: tuple[float, ...]
    number: int
    source: str


def studies() -> tuple[str, ...]:
    """Return the studies that have scales."""
    return tuple(_load())


def items(study: str) -> dict[str, Item]:
    """Return the items of a study by name, in the order of its tables; raise InputError without such."""
    if study not in _load():
        raise InputError((one_of("study", study, _load()),))
    return _load()[study]


def measures_of(study: str) -> tuple[str, ...]:
    """Return the measures that the items of a study load on."""
    return tuple(dict.fromkeys(name for item in items(study).values() for name in item.loadings))


def answers(
    study: str,
    wave: int,
    states: Mapping[str, Array],
    reporting: Array,
    draws: Draws,
    factors: Mapping[str, float] | None = None,
    only: Sequence[str] | None = None,
) -> dict[str, Array]:
    """Return everybody's answer to every item of a study, shape [n] each (all answer; see `item_response`).

    Args:
        study: a name of `studies()`.
        wave: 0, 1, ...; each wave has its own noise, a person's own level stays.
        states: values of `measures_of(study)`, shape [n] each.
        reporting: the reporting trait of the people, standard deviations.
        draws: luck of the same people.
        factors: measurement parameters f by item, default 1.
        only: items that are asked (with those that an index is made of); None = all.
    """
    known = items(study)
    if only is not None:
        needed = {*only, *(part for name in only for part in known[name].parts)}
        known = {name: item for name, item in known.items() if name in needed}
    factors = factors or {}
    InputError.raise_if(one_of("factors", name, known) for name in factors if name not in known)
    given: dict[str, Array] = {}
    for item in known.values():
        if item.kind == "index":
            parts: Array = np.mean([given[name] - known[name].low for name in item.parts], axis=0)
            given[item.name] = item.low + item.stretch * parts
        else:
            value = _expected(item, states, factors.get(item.name, 1.0))
            own = draws.normal("survey_noise_b", item.number * _WAVES)
            level = np.sqrt(1.0 - _REPORTING) * own + np.sqrt(_REPORTING) * reporting
            noise = draws.normal("survey_noise_a", item.number * _WAVES + wave + 1)
            given[item.name] = _answer(item, value, item.person_sd * level, item.noise_sd * noise)
    return given


def item_response(study: str, wave: int, draws: Draws) -> dict[str, npt.NDArray[np.bool_]]:
    """Return who of the respondents answers each item, shape [n] each; items that all answer are left out."""
    found = {}
    for item in items(study).values():
        share = item.answered[min(wave, len(item.answered) - 1)]
        if share < 1.0:
            drawn = draws.uniform("survey_response", 1000 + item.number * _WAVES + wave)
            found[item.name] = drawn < share
    return found


def _expected(item: Item, states: Mapping[str, Array], factor: float) -> Array:
    total: Array = sum((weight * states[name] for name, weight in item.loadings.items()), np.zeros(1))
    value: Array = item.base + factor * total
    return value


def _answer(item: Item, value: Array, level: Array, noise: Array) -> Array:
    if item.kind == "share":
        # Noise on the log-odds scale, then a threshold: the same person tends to answer the same.
        chance: Array = (value + level + noise > 0.0).astype(np.float64)
        return chance
    if item.kind == "count":
        spread = item.person_sd**2 + item.noise_sd**2
        raw = np.maximum(value, 0.0) * np.exp(level + noise - spread / 2.0)
    else:
        raw = value + level + noise
    raw = np.clip(raw, item.low, item.high)
    if item.step > 0.0:
        raw = item.low + item.step * np.floor((raw - item.low) / item.step + 0.5)
    answer: Array = np.clip(raw, item.low, item.high)
    return answer


@cache
def _load() -> dict[str, dict[str, Item]]:
    data: dict[str, Any] = tomllib.loads(files("sim").joinpath("data", "scales.toml").read_text(encoding="utf-8"))
    problems: list[Problem] = []
    found: dict[str, dict[str, Item]] = {}
    number = 0
    for study, table in data.items():
        found[study] = {}
        for name, row in table.items():
            number += 1
            item = _item(name, row, number)
            found[study][name] = item
            problems += _wrong(f"scales.{study}.{name}", item, found[study])
    InputError.raise_if(problems)
    return found


def _item(name: str, row: Mapping[str, Any], number: int) -> Item:
    return Item(
        name,
        Say(row["en"], row["nl"]),
        row["kind"],
        str(row["table"]),
        float(row["low"]),
        float(row["high"]),
        float(row.get("step", 0.0)),
        float(row.get("base", 0.0)),
        {key: float(value) for key, value in row.get("loadings", {}).items()},
        tuple(row.get("parts", ())),
        float(row.get("stretch", 1.0)),
        float(row.get("person_sd", 0.0)),
        float(row.get("noise_sd", 0.0)),
        float(row.get("prior_sd", 0.2)),
        tuple(float(value) for value in row.get("answered", (1.0,))),
        number,
        row["source"],
    )


def _wrong(path: str, item: Item, earlier: Mapping[str, Item]) -> list[Problem]:
    problems = [one_of(f"{path}.loadings", name, MEASURES) for name in item.loadings if name not in MEASURES]
    problems += [one_of(f"{path}.parts", name, earlier) for name in item.parts if name not in earlier]
    if not item.low < item.high:
        problems.append(Problem(f"{path}.low", item.low, Say("below high", "lager dan high")))
    if (item.kind == "index") != bool(item.parts):
        allowed = Say("parts for an index only", "onderdelen alleen bij een index")
        problems.append(Problem(f"{path}.parts", item.kind, allowed))
    return problems
