"""How exactly the ends of an interval are computed, and when that is enough to say yes or no.

The 90% interval of a difference is ``mean ± t S`` with ``S^2 = P (1 + 1/D) + B/K + E/(D K)``: P the variance over
the parameters, B that of the seeds shared by all draws, E the rest; D draws, K seeds
(`analysis.inference.variance`). With other draws and other seeds the mean moves by its standard error
``sqrt(P/D + B/K + E/(D K))``, and S by about ``S / sqrt(2 nu)``: a variance of nu degrees of freedom
(Satterthwaite's, of the sum of mean squares) has the relative variance 2/nu. The error of an end is the root of the
sum of both squares.
"""

from __future__ import annotations

import math

from analysis.inference.precision import Components

__all__ = ["FEWEST_DRAWS", "FEWEST_SEEDS", "draws_needed", "end_error", "enough"]

FEWEST_DRAWS, FEWEST_SEEDS = 20, 2


def enough(draws: int, seeds: int) -> bool:
    """Whether a verdict may be given: at least 20 draws and 2 seeds."""
    return draws >= FEWEST_DRAWS and seeds >= FEWEST_SEEDS


def end_error(half: float, parts: Components, draws: int, seeds: int) -> float:
    """Return the Monte Carlo standard error of either end of an interval of half width `half`.

    Infinite when there are too few draws or seeds to tell.
    """
    if draws < 2 or seeds < 2 or not all(map(math.isfinite, (half, parts.parameters, parts.shared, parts.own))):
        return math.inf
    by_draw, by_seed = seeds * parts.parameters + parts.own, draws * parts.shared + parts.own
    a, b = (1.0 + 1.0 / draws) / seeds, 1.0 / (draws * seeds)
    noise = (
        (a * by_draw) ** 2 / (draws - 1)
        + (a * parts.own) ** 2 / ((draws - 1) * (seeds - 1))
        + (b * by_seed) ** 2 / (seeds - 1)
    )
    of_mean = parts.parameters / draws + parts.shared / seeds + parts.own / (draws * seeds)
    if noise == 0.0:
        return math.sqrt(of_mean)
    freedom = (parts.parameters * (1.0 + 1.0 / draws) + parts.shared / seeds + parts.own * b) ** 2 / noise
    return math.sqrt(of_mean + half**2 / (2.0 * max(freedom, 1.0)))


def draws_needed(nearest: float, error: float, draws: int) -> int:
    """Return about how many draws bring the error of an end below its distance to zero.

    The error falls with the root of the draws (and of the seeds with them).
    """
    if nearest == 0.0 or not math.isfinite(error):
        return FEWEST_DRAWS
    return max(FEWEST_DRAWS, math.ceil(draws * (error / nearest) ** 2))
