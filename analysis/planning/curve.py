"""Curves of power over people, months and effects, and the surface from which designs are searched.

The probit of power is nearly linear in effect times the root of n: counted powers are smoothed along it, by weighted
least squares with a term for each month, so that a curve has less error than each of its points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from analysis.planning.design import Design, in_points
from analysis.planning.power import found_significant, smooth_of
from analysis.planning.trials import Library

__all__ = ["Curve", "Surface", "contour", "curves", "fitted_surface"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """Power over participants for one stated effect (points), of one outcome, month and arm: [sizes] each."""

    outcome: str
    month: int
    arm: str
    effect: float
    people: Array
    power: Array


@dataclass(frozen=True)
class Surface:
    """Probit of power = a + b x + c x month + d month, x = |effect| sqrt(people); `rest`: spread of the residuals."""

    coefficients: Array
    rest: float

    def power(self, effect: npt.ArrayLike, people: npt.ArrayLike, month: npt.ArrayLike) -> Array:
        """Return the power at any effect (points), number of participants and month."""
        x = np.abs(np.asarray(effect, dtype=np.float64)) * np.sqrt(people)
        m = np.asarray(month, dtype=np.float64)
        found: Array = ndtr(np.stack(np.broadcast_arrays(np.ones_like(x), x, x * m, m), axis=-1) @ self.coefficients)
        return found


def curves(design: Design, library: Library, outcome: str, month: int, arm: str) -> list[Curve]:
    """Return power over participants, from a quarter to four times the design, for every stated effect."""
    reading = next(one for one in design.readings if one.outcome == outcome)
    question = library.question(outcome, month, reading.specification, reading.errors)
    smooth = smooth_of(design, library, question, design.treatments.index(arm))
    people = np.round(np.geomspace(design.people / 4, design.people * 4, 25))
    return [
        Curve(
            outcome, month, arm, points, people,
            np.array([smooth.power(points / in_points(outcome), float(n)).mean() for n in people]),
        )
        for points in design.stated
    ]  # fmt: skip


def contour(design: Design, library: Library, outcome: str, arm: str) -> tuple[Array, tuple[int, ...], Array]:
    """Return the smallest effect (points) over participants and months: people [P], months, [P, months]."""
    reading = next(one for one in design.readings if one.outcome == outcome)
    people = np.round(np.geomspace(design.people / 4, design.people * 4, 13))
    place = design.treatments.index(arm)
    columns = []
    for month in reading.months:
        smooth = smooth_of(
            design, library, library.question(outcome, month, reading.specification, reading.errors), place
        )
        columns.append([smooth.mde(design.power, float(n)) * in_points(outcome) for n in people])
    return people, reading.months, np.array(columns).T


def fitted_surface(design: Design, library: Library, outcome: str, arm: str) -> Surface:
    """Return the probit surface of the counted powers of one outcome, over every size and month that was simulated."""
    reading = next(one for one in design.readings if one.outcome == outcome)
    place = design.treatments.index(arm)
    rows, probits, weights = [], [], []
    for month in reading.months:
        question = library.question(outcome, month, reading.specification, reading.errors)
        for size, people in enumerate(library.family.sizes):
            for number, effect in enumerate(design.stated):
                hits = _hits(design, library, size, question, place, 2 + number)
                n, share = hits.size, float(np.nanmean(hits))
                share = min(max(share, 0.5 / n), 1 - 0.5 / n)
                z = float(ndtri(share))
                x = abs(effect) * np.sqrt(sum(people))
                rows.append([1.0, x, x * month, month])
                probits.append(z)
                # Error of a probit by the delta method.
                weights.append(np.exp(-(z**2)) / (2.0 * np.pi) * n / (share * (1.0 - share)))
    a, b, w = np.array(rows), np.array(probits), np.sqrt(np.array(weights))
    found = np.linalg.lstsq(a * w[:, None], b * w, rcond=None)[0]
    return Surface(found, float(np.sqrt(np.average((b - a @ found) ** 2, weights=w**2))))


def _hits(design: Design, library: Library, size: int, question: int, arm: int, world: int) -> Array:
    estimate, error = (x[:, :, size, question, arm, world] for x in (library.estimates, library.errors))
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.abs(estimate / np.where(error > 0, error, np.nan))
    found: Array = np.where(np.isnan(z), np.nan, z >= -ndtri(design.alpha / 2.0))
    return found


def asked_error(design: Design, library: Library) -> float:
    """Return the counting error of the power nearest to the one asked: where the next trials are needed most."""
    errors = []
    place = design.treatments.index(design.decision.arm)
    for world in range(2, 2 + len(design.stated)):
        hits = found_significant(design, library, world)
        for (_, arm), each in hits.items():
            if arm == place:
                share = float(np.nanmean(each))
                errors.append((abs(share - design.power), np.sqrt(share * (1 - share) / each.size)))
    return float(min(errors)[1]) if errors else 0.0


def totals(designs: Sequence[Design]) -> Array:
    """Return the participants of every design."""
    return np.array([one.people for one in designs], dtype=np.float64)
