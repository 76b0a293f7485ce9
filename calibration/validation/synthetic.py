"""Synthetic evidence, for teaching and tests: what the trials would find if a drawn truth were right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calibration.fit.joint import Data
from calibration.fit.simulate import simulated_trials
from calibration.fit.space import Space
from calibration.likelihood.joint import synthetic_readings
from calibration.likelihood.targets import Targets
from scenarios.execution.processes import Pool
from sim.random_numbers import stream

__all__ = ["draw_truth", "synthetic_data"]

Array = NDArray[np.float64]
_TRIALS = 16


def draw_truth(space: Space, seed: int) -> Array:
    """Return one latent vector from the prior, shape [D]; standard errors stay at their medians."""
    z = np.random.default_rng(stream("truth", seed)).standard_normal(space.dimension)
    z[[place for place, name in enumerate(space.names) if name.startswith("error.")]] = 0.0
    return z


def synthetic_data(
    targets: Targets, space: Space, seed: int, *, z: Array | None = None, pool: Pool | None = None
) -> tuple[Data, Array]:
    """Return figures that one simulated set of trials finds, and the truth behind them.

    Args:
        targets: rows.
        space: what z means.
        seed: of the truth and of its trials.
        z: the truth; drawn when left out.
        pool: processes.
    """
    truth = draw_truth(space, seed) if z is None else z
    values = simulated_trials(targets, space, truth, replicates=_TRIALS, seed=seed, pool=pool)
    for name, shift in space.bias(truth).items():
        values = values + float(shift[0]) * targets.bias_matrix[list(targets.biases).index(name)]
    middle = np.nanmean(values, axis=0)
    y = np.where(np.isfinite(values[0]), values[0], middle)
    spread = np.nanstd(values, axis=0, ddof=1)
    t = y / np.where(spread > 0, spread, 1.0)
    return Data(y, synthetic_readings(targets, list(t)), exact=True), truth
