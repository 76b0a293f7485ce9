"""Coverage in worlds whose towns differ: truths with town effects of either sign, up to twice the prior spread.

A truth is drawn from the prior, but for the spread of the response between towns: that is even between none and 8
points on works over 12 hours. Its figures carry bias, the sampling error of the trials and the error of the
emulator; a refit then says what each town's effect is. Judged are the effects of the headline presets in every town
(projected on one population), in a town that was not studied, and the effects of the arms that the trials measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.checks.prior_effects import TREATMENTS
from calibration.evidence.bias import family_of
from calibration.fit.joint import Data, Machinery
from calibration.fit.sampler import diagnose
from calibration.fit.space import POOLED
from calibration.likelihood.joint import synthetic_readings
from calibration.validation.headline import Headline
from calibration.validation.scores import expected_inside
from scenarios.execution.processes import Pool
from sim.random_numbers import stream

__all__ = ["Covered", "covered_towns", "one_world", "world"]

Array = NDArray[np.float64]
LEVELS = (0.5, 0.9)
# Spread between towns of the widest truths, over the scale of its prior (about 4 points).
_WIDEST = 2.0


@dataclass(frozen=True)
class Covered:
    """How often intervals held the truth: `inside` of `trials`, and the counts a right calibration keeps to.

    Trials of one world are not independent: the bounds count worlds, with quantities beside each other as spread.
    """

    name: str
    level: float
    inside: int
    trials: int
    low: int
    high: int

    @property
    def right(self) -> bool:
        """Whether the count lies within its bounds."""
        return self.low <= self.inside <= self.high


def world(core: Machinery, seed: int) -> tuple[Array, Array]:
    """Return a truth [D] whose towns differ by up to 8 points, and the figures [T] that its trials publish."""
    from scipy.special import ndtr, ndtri

    rng = np.random.default_rng(stream("town effects", seed))
    z = rng.standard_normal(core.space.dimension)
    for name in POOLED:
        if name.startswith("response.") and name.endswith("_work"):
            tau = rng.uniform(0.0, _WIDEST)
            z[core.space.index[f"tau.{name}"]] = ndtri(np.clip(2.0 * ndtr(tau) - 1.0, 1e-6, 1 - 1e-6))
    likelihood = core.likelihood()
    y = likelihood.shifted(core.emulator.means(z[None]), z[None])[0]
    for town, place in core.targets.places.items():
        whole = core.covariances[town].matrix + core.emulator.towns[town].error
        y[place] += rng.multivariate_normal(np.zeros(len(place)), whole, method="eigh")
    counted = np.array([row.kind == "level" and row.unit == "proportion" for row in core.targets.rows])
    y[counted] = np.clip(y[counted], 0.001, 0.999)
    return z, y


def one_world(core: Machinery, headline: Headline, seed: int, draws: int, warm: int) -> dict[str, Array]:
    """Return of one world, by quantity, ``truth`` [Q], ``ends`` [levels, 2, Q] and ``sd`` [Q], and ``rhat``."""
    truth, y = world(core, seed)
    sd = np.empty(len(y))
    for town, place in core.targets.places.items():
        sd[place] = core.covariances[town].sd
    readings = synthetic_readings(core.targets, [float(t) for t in y / np.maximum(sd, 1e-9)])
    likelihood = core.likelihood(Data(y, readings, exact=True))
    chains = core.sample(likelihood, draws=draws, warm=warm, seed=seed)
    look = np.array([at for name, at in core.space.index.items() if name.startswith("response.")])
    z = chains.flat()
    true, found = _quantities(core, headline, truth[None])[0], _quantities(core, headline, z)
    ends = np.stack([np.quantile(found, [0.5 - level / 2, 0.5 + level / 2], axis=0) for level in LEVELS])
    spread = np.std(found, axis=0)
    return {"truth": true, "ends": ends, "sd": spread, "rhat": np.array(diagnose(chains, look)["rhat"][:-1].max())}


def covered_towns(
    core: Machinery, headline: Headline, *, worlds: int, draws: int = 100, warm: int = 120, seed: int = 1, pool: Pool
) -> tuple[tuple[Covered, ...], float]:
    """Return the coverage by kind of quantity over so many worlds, and the largest R-hat of the refits."""
    tasks = [(one_world, (core, headline, seed * 1_000_003 + number, draws, warm)) for number in range(worlds)]
    found = dict(pool.run(tasks))
    names = _names(core, headline)
    kinds = np.array([name.split("/")[0] for name in names])
    result = []
    for kind in dict.fromkeys(kinds):
        mine = kinds == kind
        for place, level in enumerate(LEVELS):
            held = np.array(
                [
                    (each["truth"] >= each["ends"][place, 0]) & (each["truth"] <= each["ends"][place, 1])
                    for each in (found[number] for number in range(worlds))
                ]
            )[:, mine]
            low, high = _bounds(held, level)
            result.append(Covered(str(kind), level, int(held.sum()), held.size, low, high))
    return tuple(result), max(float(each["rhat"]) for each in found.values())


def _bounds(held: NDArray[np.bool_], level: float) -> tuple[int, int]:
    """Return the counts that hold in 95% of right calibrations, the quantities of a world counted as they agree."""
    worlds, quantities = held.shape
    # Design effect: how much the quantities of one world are held or missed together.
    own = float(held.mean(axis=1).var(ddof=1)) if worlds > 1 else 0.0
    alone = max(level * (1 - level) / quantities, 1e-9)
    size = max(round(held.size / max(own / alone, 1.0)), 1)
    low, high = expected_inside(size, level, 0.05)
    return int(np.floor(low / size * held.size)), int(np.ceil(high / size * held.size))


def _quantities(core: Machinery, headline: Headline, z: Array) -> Array:
    parts = [headline.effects(z, town) for town in (*core.targets.towns, None)]
    return np.hstack([*parts, core.emulator.means(z)[:, _measured(core)]])


def _names(core: Machinery, headline: Headline) -> Sequence[str]:
    names = [f"projected, towns/{town}/{each}" for town in core.targets.towns for each in TREATMENTS]
    names += [f"projected, a new town/{each}" for each in TREATMENTS]
    return [*names, *(f"measured arms/{core.targets.ids[row]}" for row in _measured(core))]


def _measured(core: Machinery) -> NDArray[np.int64]:
    """Return one row per town and arm: its effect on work against the control group."""
    found: dict[tuple[str, str], int] = {}
    for place, (row, town, role) in enumerate(zip(core.targets.rows, core.targets.of, core.targets.roles, strict=True)):
        control = core.targets.designs[town].control
        if role == "effect" and family_of(row.outcome) == "work" and control and row.comparator == control.name:
            found.setdefault((town, row.arm), place)
    return np.array(list(found.values()), dtype=np.int64)
