"""The strongest reasons not to believe a number: how far it moves under other priors, or without some evidence.

Draws of the posterior are weighed again, which is sound while no few draws carry all the weight: the shape k of the
generalised Pareto tail is told with each (A. Vehtari, D. Simpson, A. Gelman, Y. Yao and J. Gabry, "Pareto smoothed
importance sampling", 2024). Above 0.7 the move is shown as not to be told from these draws.

* another prior: latents of the fit are standard normal, so half or double its width, or its centre moved by one
  standard deviation, is a ratio of normal densities;
* without a family of rows, or a town: minus the log likelihood of those rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.answer.triple import Span
from analysis.inference.interval import NINETY
from sim.problems import Say

__all__ = ["Doubt", "doubts_of", "reweighed"]

Array = npt.NDArray[np.float64]
_LARGEST_K = 0.7
_LEAST_DRAWS = 10.0  # effective draws below which a move is not told


@dataclass(frozen=True)
class Doubt:
    """One reason, and where the number goes.

    Attributes:
        kind: ``prior``, ``rows`` or ``town`` (weighed again), ``market`` or ``mechanism`` (simulated).
        text: the reason.
        span: the number under it.
        moved: how far its middle moves.
        k_hat: shape of the tail of the weights.
        effective: effective number of draws.
    """

    kind: str
    text: Say
    span: Span
    moved: float
    k_hat: float
    effective: float

    @property
    def sound(self) -> bool:
        """Whether the draws can tell this move."""
        if self.kind in ("market", "mechanism"):  # simulated under common random numbers, no weights
            return True
        return self.k_hat <= _LARGEST_K and self.effective >= _LEAST_DRAWS


def reweighed(values: Array, log_ratio: Array) -> tuple[Span, float, float]:
    """Return mean and 90% interval of `values` [D] under other weights, with k-hat and the effective draws."""
    from arviz import psislw

    flat = np.ptp(log_ratio) == 0.0
    weights, k = (np.zeros(len(values)), 0.0) if flat else psislw(log_ratio - log_ratio.max())  # type: ignore[no-untyped-call]
    weights = np.exp(np.asarray(weights) - np.max(weights))
    weights /= weights.sum()
    mean = float(weights @ values)
    half = NINETY * float(np.sqrt(weights @ (values - mean) ** 2))
    return Span(mean, mean - half, mean + half), float(k), float(1.0 / (weights**2).sum())


def doubts_of(
    values: Array,
    latent: Array,
    latent_names: Sequence[str],
    log_likelihood: Array,
    families: Mapping[tuple[str, str], Sequence[int]],
) -> list[Doubt]:
    """Return the reasons, those that move the number furthest first; those that cannot be told last.

    Args:
        values: [D] the number under each draw.
        latent: [D, L] latents of the fit at those draws, standard normal under the prior.
        latent_names: their names; what stands before the first point or colon is what they belong to.
        log_likelihood: [D, T] of each row of evidence.
        families: (kind, name) -> rows; kind is ``rows`` or ``town``.
    """
    base, _, _ = reweighed(values, np.zeros(len(values)))
    found = []
    for kind, text, ratio in (*_priors(latent, latent_names), *_evidence(log_likelihood, families)):
        span, k, effective = reweighed(values, ratio)
        found.append(Doubt(kind, text, span, span.mean - base.mean, k, effective))
    return sorted(found, key=lambda each: (not each.sound, -abs(each.moved)))


def _priors(latent: Array, names: Sequence[str]) -> Iterator[tuple[str, Say, Array]]:
    owners: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        owners.setdefault(name.split(":")[-1].split(".")[0], []).append(place)
    for owner, places in owners.items():
        z = latent[:, places]
        for factor, en, nl in ((0.5, "half as wide", "half zo breed"), (2.0, "twice as wide", "twee keer zo breed")):
            ratio = np.sum(0.5 * z**2 * (1.0 - factor**-2), axis=1)
            yield "prior", Say(f"prior of {owner}: {en}", f"vooraf over {owner}: {nl}"), ratio
        for step, sign in ((1.0, "+"), (-1.0, "\N{MINUS SIGN}")):
            ratio = np.sum(z * step - 0.5 * step**2, axis=1)
            yield "prior", Say(f"prior of {owner}: centre {sign}1 sd", f"vooraf over {owner}: midden {sign}1 sd"), ratio


def _evidence(
    log_likelihood: Array, families: Mapping[tuple[str, str], Sequence[int]]
) -> Iterator[tuple[str, Say, Array]]:
    for (kind, name), rows in families.items():
        ratio = -np.nan_to_num(log_likelihood[:, list(rows)]).sum(axis=1)
        yield kind, Say(f"without the evidence: {name}", f"zonder het bewijs: {name}"), ratio
