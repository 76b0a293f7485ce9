"""How far the luck of the design moves the answer: the same figures fitted from each half of the design.

Every simulated trial of the design has luck of its own, and the emulator learns that luck with the rest.
Chains cannot see it: they only say how well the posterior *of this emulator* is known. Two emulators that
share no trial can: with half the trials each, their posterior means differ by twice the error of the whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from calibration.fit.emulator import fit_emulator

if TYPE_CHECKING:
    from calibration.fit.joint import Data, Machinery
    from scenarios.execution.processes import Pool

__all__ = ["design_error", "half_means"]

Array = NDArray[np.float64]


def half_means(
    machinery: Machinery, data: Data, *, draws: int, warm: int, thin: int, chains: int, seed: int, pool: Pool
) -> Array:
    """Return the posterior means [2, D] of the latents when only every other batch of the design is known.

    Args:
        machinery: with its design.
        data: figures that were fitted.
        draws, warm, thin, chains, seed: of the sampler.
        pool: processes that fit the emulators.
    """
    design = machinery.design
    if design is None:
        raise ValueError("machinery without its design")
    means = []
    for half in (0, 1):
        mine = design.batch % 2 == half
        local = None if machinery.region is None else machinery.region[mine]
        region = local if local is not None and local.any() else None
        part = replace(design, z=design.z[mine], mean=design.mean[mine], batch=design.batch[mine])
        emulator = fit_emulator(machinery.targets, machinery.space, part, region=region, pool=pool)
        learnt = replace(machinery, emulator=emulator)
        found = learnt.sample(
            learnt.likelihood(data), draws=draws, warm=warm, thin=thin, chains=chains, seed=seed + half
        )
        means.append(found.flat().mean(axis=0))
    return np.array(means)


def design_error(halves: Array, places: NDArray[np.int64]) -> float:
    """Return the standard error of a posterior mean by the luck of the design, in prior standard deviations.

    Pooled over the latents at `places`: each difference has one degree of freedom only.
    """
    return float(np.sqrt(np.mean(np.square(halves[0, places] - halves[1, places])))) / 2.0
