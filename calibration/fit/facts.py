"""Facts of the country that the society must keep whatever the trials teach: how long people stay, who comes back.

They are rows of the evidence (`population_level`) without a trial: their expected values depend on the parameters
alone, of a country at its average place, under the regular regime. They hold a posterior where the baseline is;
most prior centres were tuned to them, so that they say little else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.evidence.registry import Registry, load_registry
from calibration.fit.checkpoint import Arrays, Checkpoint, array_digest
from calibration.fit.emulator import TownEmulator, fit_town
from calibration.fit.space import Space
from scenarios.execution.processes import Pool, one_thread

__all__ = ["Facts", "KnownFacts", "fit_facts", "known_facts", "simulate_facts"]

Array = NDArray[np.float64]
# People of each of the two populations: a fact then has a Monte Carlo error below a point.
_PEOPLE = 2_000
_BATCH = 16


@dataclass(frozen=True)
class KnownFacts:
    """Published facts: row ids, their name in `analysis.checks.long_run`, values and errors [F]."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    values: Array
    errors: Array


@dataclass(frozen=True)
class Facts:
    """Facts with what the society is expected to give for them."""

    known: KnownFacts
    space: Space
    fitted: TownEmulator

    def means(self, z: Array) -> Array:
        """Return the expected facts, [K, D] -> [K, F]."""
        return self.fitted.predict(_country(self.space, z))

    def white(self, z: Array) -> Array:
        """Return residuals that are standard normal when all is well, [K, F]."""
        return np.asarray((self.known.values - self.means(z)) / self._spread)

    def log(self, z: Array) -> Array:
        """Return the log likelihood of the facts, [K]."""
        return np.asarray(-0.5 * np.square(self.white(z)).sum(axis=1))

    def gradient(self, z: Array) -> Array:
        """Return the gradient of `log` in z, [K, D]."""
        inputs = _country(self.space, z)
        up = self.fitted.pulled(self.white(z) / self._spread, inputs)
        found = np.zeros_like(z)
        found[:, : len(self.space.priors)] = up[:, : len(self.space.priors)]
        return found

    @property
    def _spread(self) -> Array:
        return np.asarray(np.sqrt(np.square(self.known.errors) + np.diag(self.fitted.error)))


def known_facts(registry: Registry | None = None) -> KnownFacts | None:
    """Return the published facts that are fitted, None when there are none."""
    registry = registry or load_registry()
    rows = registry.select(use="population_level")
    if not len(rows):
        return None
    return KnownFacts(
        tuple(row.id for row in rows),
        tuple(row.outcome for row in rows),
        np.array([float(row.estimate or 0.0) for row in rows]),
        np.array([registry.errors[row.id].median for row in rows]),
    )


def simulate_facts(
    known: KnownFacts,
    space: Space,
    z: Array,
    *,
    stage: str,
    pool: Pool,
    checkpoint: Checkpoint | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Array:
    """Return the facts at latent vectors z [K, D], shape [K, F]: the same people and luck for all of them."""
    found = np.empty((len(z), len(known.names)))
    tasks: list[tuple[Callable[..., Arrays], tuple[object, ...]]] = []
    where, names, digests = [], [], []
    firsts = range(0, len(z), _BATCH)
    for number, first in enumerate(firsts):
        vectors = space.values(_country(space, z[first : first + _BATCH]))
        digest, name = array_digest(vectors, known.names, _PEOPLE), f"{stage}/facts_{number:04d}"
        kept = checkpoint.load(name, digest) if checkpoint else None
        if kept is not None:
            found[first : first + _BATCH] = kept["values"]
            continue
        tasks.append((_simulated, (vectors, known.names)))
        where.append(first)
        names.append(name)
        digests.append(digest)
    for task, result in pool.run(tasks):
        found[where[task] : where[task] + _BATCH] = result["values"]
        if checkpoint:
            checkpoint.save(names[task], digests[task], result)
        if progress:
            progress(len(firsts) - len(tasks) + task + 1, len(firsts))
    return found


def fit_facts(known: KnownFacts, space: Space, z: Array, values: Array) -> Facts:
    """Return the emulator of the facts, taught by values [K, F] at z."""
    batch = np.arange(len(z), dtype=np.int64) // _BATCH
    with one_thread():
        fitted = fit_town(_country(space, z), values, batch, space.curved, np.zeros(values.shape[1]), None)
    return Facts(known, space, fitted)


def _country(space: Space, z: Array) -> Array:
    """Return the inputs of the average place: no deviation of a municipality, no codes."""
    z = np.atleast_2d(z)
    found = np.zeros((len(z), len(space.input_names)))
    found[:, : len(space.priors)] = z[:, : len(space.priors)]
    return found


def _simulated(vectors: Array, names: Sequence[str]) -> Arrays:
    from analysis.checks.long_run import LONG_RUN, STOCK, long_run, stock_facts

    whole = np.hstack([long_run(vectors, people=_PEOPLE), stock_facts(vectors, people=_PEOPLE)])
    order = (*LONG_RUN, *STOCK)
    return {"values": np.nan_to_num(whole[:, [order.index(name) for name in names]])}
