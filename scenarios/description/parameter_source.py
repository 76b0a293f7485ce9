"""Sets of parameters that a run draws from, other than the priors: those of a posterior, handed down whole.

Draw d of a seed is the same for any number of draws: the sets are taken in an order in which every beginning is
spread evenly over all of them, and which starts elsewhere with every seed. A single draw is the median of each
number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.rows import PLACE
from sim.parameters import PARAMETERS
from sim.problems import InputError, Problem, Say, one_of
from sim.random_numbers import stream

__all__ = ["MEDIA", "Drawn", "ParameterSource", "spread_order"]

Array = npt.NDArray[np.float64]

MEDIA = "application/x-bijstand-parameters"
_MARK = b"BIJSTAND-PARAMETERS-1\n"


@dataclass(frozen=True)
class Drawn:
    """What a run takes: parameters [draws, P] and shifts of the place, each [draws] (`sim.engine.rows.PLACE`)."""

    parameters: Array
    places: Mapping[str, Array]


@dataclass(frozen=True)
class ParameterSource:
    """Equally likely sets of parameters, for a municipality that nobody studied and for those of the trials.

    Attributes:
        name: name of the posterior.
        digest: hash of the posterior it came from.
        label: what stands with every number; begins with ``not calibrated`` when `calibrated` is false.
        calibrated: it may be called so: the fit converged.
        values: [S, P] in the order of `PARAMETERS`, for a new municipality.
        places: shifts of a new municipality by name (`sim.engine.rows.PLACE`), each [S].
        towns: by town what is otherwise there: parameters and shifts by name, each [S].
        facts: plain values about the posterior, kept with the run (date, evidence, what it says of itself).
    """

    name: str
    digest: str
    label: Say
    calibrated: bool
    values: Array
    places: Mapping[str, Array] = field(default_factory=dict)
    towns: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def town_of(self, population: str) -> str | None:
        """Return the town of the trials that a population is of, or None: a new municipality."""
        town = population.removesuffix("_eligible")
        return town if town in self.towns else None

    def draw(self, draws: int, town: str | None = None, seed: int = 1) -> Drawn:
        """Return `draws` sets for a town, or for a new municipality; a single one is the medians.

        Args:
            draws: how many.
            town: a town of the trials, or None.
            seed: base seed of the run: which sets come first.

        Raises:
            InputError: a town without values of its own, or more draws than there are sets.
        """
        if town is not None and town not in self.towns:
            raise InputError([one_of("town", town, self.towns)])
        InputError.raise_if(self.too_many(draws))
        values = self.values.copy()
        places = dict(self.places)
        for name, found in self.towns.get(town or "", {}).items():
            if name in PLACE:
                places[name] = found
            else:
                values[:, list(PARAMETERS).index(name)] = found
        if draws == 1:
            medians = {name: np.median(found, keepdims=True) for name, found in places.items()}
            return Drawn(np.median(values, axis=0, keepdims=True), medians)
        start = stream("posterior draws", seed) % len(self)
        chosen = (spread_order(len(self))[:draws] + start) % len(self)
        return Drawn(values[chosen], {name: found[chosen] for name, found in places.items()})

    def too_many(self, draws: int) -> list[Problem]:
        """Return the problem of asking more draws than there are sets, if it is one."""
        if draws <= len(self):
            return []
        allowed = Say(
            f"at most {len(self)}: posterior {self.name} holds {len(self)} draws",
            f"hoogstens {len(self)}: posterior {self.name} bevat {len(self)} trekkingen",
        )
        return [Problem("--draws", draws, allowed)]

    def to_bytes(self) -> bytes:
        """Return all of it as bytes: the same numbers, the same bytes."""
        arrays = {"values": self.values}
        arrays |= {f"places/{name}": found for name, found in self.places.items()}
        for town, changed in self.towns.items():
            arrays |= {f"towns/{town}/{name}": found for name, found in changed.items()}
        head = {
            "name": self.name,
            "digest": self.digest,
            "label": self.label._asdict(),
            "calibrated": self.calibrated,
            "towns": list(self.towns),
            "facts": dict(self.facts),
            "parameters": list(PARAMETERS),
            "arrays": {name: list(found.shape) for name, found in arrays.items()},
        }
        text = json.dumps(head, ensure_ascii=False, sort_keys=True).encode()
        planes = [np.ascontiguousarray(found, dtype="<f8").tobytes() for found in arrays.values()]
        listed = json.dumps(list(arrays)).encode()
        return b"".join([_MARK, len(text).to_bytes(8, "little"), text, listed, b"\n", *planes])

    @classmethod
    def from_bytes(cls, data: bytes) -> ParameterSource:
        """Return what `to_bytes` wrote.

        Raises:
            InputError: other bytes, or parameters of another version of the model.
        """
        try:
            return _read(data)
        except (ValueError, KeyError, TypeError) as error:
            allowed = Say("parameter sets that this program wrote", "parametersets die dit programma schreef")
            raise InputError([Problem("posterior", str(error)[:100], allowed)]) from error

    @cached_property
    def sha256(self) -> str:
        """The hash of `to_bytes`."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def spread_order(size: int) -> npt.NDArray[np.int64]:
    """Return 0 .. size - 1 in an order of which every beginning is spread evenly (van der Corput, base 2)."""
    bits = max(1, (size - 1).bit_length())
    number = np.arange(1 << bits)
    turned = np.zeros_like(number)
    for bit in range(bits):
        turned |= ((number >> bit) & 1) << (bits - 1 - bit)
    return turned[turned < size].astype(np.int64)


def _read(data: bytes) -> ParameterSource:
    if not data.startswith(_MARK):
        raise ValueError("another kind of bytes")
    place = len(_MARK)
    size = int.from_bytes(data[place : place + 8], "little")
    place += 8
    head = json.loads(data[place : place + size])
    place += size
    end = data.index(b"\n", place)
    names = json.loads(data[place:end])
    place = end + 1
    if head["parameters"] != list(PARAMETERS):
        allowed = Say(
            "the parameters of this version of the model: make the run with its own version",
            "de parameters van deze versie van het model: maak de run met zijn eigen versie",
        )
        raise InputError([Problem("posterior", head["name"], allowed)])
    arrays: dict[str, Array] = {}
    for name in names:
        shape = head["arrays"][name]
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(data, "<f8", count, place).reshape(shape).astype(np.float64)
        place += 8 * count
    if place != len(data):
        raise ValueError("bytes left over")
    towns: dict[str, dict[str, Array]] = {town: {} for town in head["towns"]}
    for name, found in arrays.items():
        if name.startswith("towns/"):
            _, town, what = name.split("/", 2)
            towns[town][what] = found
    return ParameterSource(
        name=head["name"],
        digest=head["digest"],
        label=Say(**head["label"]),
        calibrated=bool(head["calibrated"]),
        values=arrays["values"],
        places={n.removeprefix("places/"): a for n, a in arrays.items() if n.startswith("places/")},
        towns=towns,
        facts=head["facts"],
    )
