"""How many draws and seeds a wanted precision takes, from a small pilot.

In a full table of draws by seeds ``y[d, k] = mean + A[d] + B[k] + E[d, k]`` (see `analysis.inference.variance`) the
mean of D draws and K seeds has the error variance ``var A / D + var B / K + var E / (D K)``; the half width
of its 90% interval is 1.645 times the root. More draws and seeds make it as small as one likes. What stays
is the spread of the outcome over the parameters (root of var A), which is knowledge, not computing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.effects.words import number
from analysis.inference.interval import NINETY
from sim.problems import Say

__all__ = ["NINETY", "Components", "Sizes", "components", "half_width", "sizes_for", "sizes_in_words"]

Array = npt.NDArray[np.float64]

FEWEST_DRAWS, FEWEST_SEEDS = 20, 2


@dataclass(frozen=True)
class Components:
    """Variances of one number: over parameters, of the luck shared by the draws of a seed, of other luck."""

    parameters: float
    shared: float
    own: float


@dataclass(frozen=True)
class Sizes:
    """What was chosen: draws, seeds, the half width they promise, and the one that was asked for."""

    draws: int
    seeds: int
    reached: float
    wanted: float

    @property
    def enough(self) -> bool:
        """Whether the wanted half width is promised."""
        return self.reached <= self.wanted * (1.0 + 1e-9)


def components(values: Array) -> Components:
    """Return the variance components of one number; `values` [draw, seed]; negative ones are 0.

    Draws with a failed replicate (NaN) are left out.
    """
    whole = values[np.isfinite(values).all(axis=1)]
    draws, seeds = whole.shape
    if draws < 2 or seeds < 2:
        return Components(math.nan, math.nan, math.nan)
    away = whole - whole[0, 0]  # equal replicates give exactly zero
    mean, by_draw, by_seed = away.mean(), away.mean(axis=1), away.mean(axis=0)
    between = seeds * ((by_draw - mean) ** 2).sum() / (draws - 1)
    shared = draws * ((by_seed - mean) ** 2).sum() / (seeds - 1)
    rest = away - by_draw[:, None] - by_seed[None, :] + mean
    own = (rest**2).sum() / ((draws - 1) * (seeds - 1))
    return Components(max(float(between - own) / seeds, 0.0), max(float(shared - own) / draws, 0.0), float(own))


def half_width(parts: Sequence[Components], draws: int, seeds: int) -> float:
    """Return the largest half width of the 90% interval of the means that `draws` x `seeds` promise."""
    variances = [
        each.parameters / draws + each.shared / seeds + each.own / (draws * seeds)
        for each in parts
        if math.isfinite(each.own)
    ]
    return NINETY * math.sqrt(max(variances, default=0.0))


def sizes_for(
    parts: Sequence[Components], wanted: float, *, most_draws: int, most_seeds: int, most_replicates: int
) -> Sizes:
    """Return the fewest replicates (draws x seeds) with which every number is as precise as `wanted`.

    Where the caps do not allow it: the sizes within the caps that come nearest.
    """
    best: tuple[int, int, int] | None = None
    nearest = (math.inf, 0, 0)
    fewest = min(FEWEST_DRAWS, most_draws)
    for seeds in range(min(FEWEST_SEEDS, most_seeds), most_seeds + 1):
        top = min(most_draws, most_replicates // seeds)
        if top < fewest:
            break
        reached = half_width(parts, top, seeds)
        if reached < nearest[0]:
            nearest = (reached, top, seeds)
        if reached > wanted:
            continue
        low, high = fewest, top  # the half width falls with the draws
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if half_width(parts, middle, seeds) <= wanted else (middle + 1, high)
        if best is None or low * seeds < best[0]:
            best = (low * seeds, low, seeds)
    draws, seeds = (best[1], best[2]) if best else (nearest[1] or fewest, nearest[2] or most_seeds)
    return Sizes(draws, seeds, half_width(parts, draws, seeds), wanted)


def sizes_in_words(sizes: Sizes, parts: Sequence[Components], shown: Sequence[Say]) -> Say:
    """Return what was asked, what it takes, and what computing cannot take away, in percentage points."""
    return Say(_said(sizes, parts, shown, "en"), _said(sizes, parts, shown, "nl"))


def _said(sizes: Sizes, parts: Sequence[Components], shown: Sequence[Say], lang: str) -> str:
    known = [each.parameters for each in parts if math.isfinite(each.parameters)]
    wanted, reached, stays = (
        number(100.0 * half, 2, lang)
        for half in (sizes.wanted, sizes.reached, NINETY * math.sqrt(max(known, default=0.0)))
    )
    names = ", ".join(each.to(lang) for each in shown)
    asked = Say(
        f"precision: ± {wanted} percentage points from computing alone ({names}) takes {sizes.draws} draws x "
        f"{sizes.seeds} seeds: ± {reached}",
        f"precisie: ± {wanted} procentpunt door het rekenen alleen ({names}) vraagt {sizes.draws} trekkingen "
        f"x {sizes.seeds} herhalingen: ± {reached}",
    )
    capped = Say(
        f"precision: ± {wanted} percentage points from computing alone ({names}) is not reached: the limit "
        f"(--most) allows {sizes.draws} draws x {sizes.seeds} seeds, which give ± {reached}",
        f"precisie: ± {wanted} procentpunt door het rekenen alleen ({names}) wordt niet gehaald: de grens "
        f"(--most) laat {sizes.draws} trekkingen x {sizes.seeds} herhalingen toe, die geven ± {reached}",
    )
    rest = Say(
        f"not knowing the parameters leaves ± {stays}, which no computing takes away",
        f"dat de parameters onbekend zijn laat ± {stays}, wat geen rekenwerk wegneemt",
    )
    return f"{(asked if sizes.enough else capped).to(lang)}; {rest.to(lang)}"
