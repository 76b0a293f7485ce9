"""What a run found: means per scenario, draw, seed, group, month and measure, and where they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from scenarios.description.parameter_source import ParameterSource
from scenarios.reproduction.provenance import Provenance

__all__ = ["Failure", "Finished", "Means", "RunResult"]

# Means [group, month, measure] over the people [group, month] of one replicate.
Means = tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Failure:
    """One replicate that gave no numbers: `draw` and `seed` are indices; its values are NaN in the result."""

    scenario: str
    draw: int
    seed: int
    reason: str


@dataclass(frozen=True)
class Finished:
    """What a task gave: per (draw, seed) the means and people of one scenario, or why there are none.

    `observed` is what an observer kept of each, None where it failed; empty when nobody observed.
    """

    side: int
    pairs: tuple[tuple[int, int], ...]
    outcomes: tuple[Means | str, ...]
    observed: tuple[Mapping[str, npt.NDArray[np.float64]] | None, ...] = ()


@dataclass(frozen=True)
class RunResult:
    """Everything that a run found.

    Draws and seeds are shared by all scenarios (common random numbers): differences pair by (draw, seed).

    Attributes:
        run_id: time-ordered id.
        scenarios: names; the first is the baseline of differences.
        groups: ``all`` first, then arms and strata such as ``household: couple``.
        months: recorded months 1..T.
        measures: names of `sim.outcomes.measures.MEASURES`.
        values: [scenario, draw, seed, group, month, measure] means over the people present; NaN where a
            replicate failed or nobody was present.
        people: [scenario, draw, seed, group, month] people present.
        parameters: [draw, P] in the order of `sim.parameters.PARAMETERS`.
        seeds: numbers of the replicates, each a stream of the run's base seed.
        provenance: what the run was made with.
        titles: title of each scenario by language, for tables and reports.
        failures: replicates that failed; they are told, never averaged.
        source: what the parameters were drawn from; None = the priors. Its hash stands in the provenance.
    """

    run_id: str
    scenarios: tuple[str, ...]
    groups: tuple[str, ...]
    months: npt.NDArray[np.int64]
    measures: tuple[str, ...]
    values: npt.NDArray[np.float64]
    people: npt.NDArray[np.int64]
    parameters: npt.NDArray[np.float64]
    seeds: tuple[int, ...]
    provenance: Provenance
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    source: ParameterSource | None = None

    def digest(self) -> str:
        """Return a hash of the numbers: equal for equal inputs on any number of workers."""
        text = hashlib.sha256(repr((self.scenarios, self.groups, self.measures, self.seeds)).encode())
        for name, values in self.arrays().items():
            text.update(f"{name}{values.dtype.str}{values.shape}".encode())
            text.update(np.ascontiguousarray(values).tobytes())
        return text.hexdigest()

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays by name, as the store keeps them."""
        return {"months": self.months, "values": self.values, "people": self.people, "parameters": self.parameters}

    def measure(self, name: str) -> npt.NDArray[np.float64]:
        """Return one measure, shape [scenario, draw, seed, group, month]."""
        chosen: npt.NDArray[np.float64] = self.values[..., self.measures.index(name)]
        return chosen

    def title(self, scenario: str, lang: str) -> str:
        """Return the title of a scenario in `lang`, or its name."""
        return self.titles.get(scenario, {}).get(lang, scenario)
