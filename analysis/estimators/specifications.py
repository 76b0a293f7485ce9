"""What the reports control for, and the matrix of covariates.

``basic``: only method covariates (start wave, sitting stock or new inflow). ``loep``: background of the
registers (Nijmegen 2020, table 11). ``extra``: also health and reasons for not working, asked at the start
(table 12). Wage sums of other windows than the year before the start are not kept by the society.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.problems import InputError, one_of

__all__ = ["CATEGORIES", "SPECIFICATIONS", "covariates_of", "independent", "matrix"]

_METHOD = ("wave", "new_inflow")
_LOEP = (
    "male",
    "education",
    "migration",
    "household",
    "household_type",
    "age",
    "spell_months",
    "earnings_year_before",
    "earned_before",
)
_EXTRA = ("health_at_start", "reason_addiction", "reason_physical", "reason_mental")

SPECIFICATIONS: Mapping[str, tuple[str, ...]] = {
    "raw": (),
    "basic": _METHOD,
    "loep": (*_METHOD, *_LOEP),
    "extra": (*_METHOD, *_LOEP, *_EXTRA),
}
# Coded columns of a simulated trial that are categories; texts are categories anyway.
CATEGORIES = frozenset({"wave", "education", "migration", "household", "household_type"})


def covariates_of(specification: str) -> tuple[str, ...]:
    """Return the columns of a specification; raise InputError with the nearest name."""
    if specification not in SPECIFICATIONS:
        raise InputError((one_of("specification", specification, SPECIFICATIONS),))
    return SPECIFICATIONS[specification]


def matrix(
    columns: Mapping[str, npt.NDArray[Any]], n: int, categories: Sequence[str] | frozenset[str] = CATEGORIES
) -> tuple[npt.NDArray[np.float64], tuple[str, ...]]:
    """Return the covariates as numbers, shape [n, k], with the name of each column.

    Categories become indicators (the first level is left out). Unknown numbers become the mean, with one
    indicator of being unknown. Columns that do not vary, or repeat another one, are left out.
    """
    found: list[tuple[str, npt.NDArray[np.float64]]] = []
    for name, values in columns.items():
        if values.dtype.kind != "f" or name in categories:
            found += _indicators(name, values)
            continue
        unknown = np.isnan(values)
        if unknown.all():
            continue
        if unknown.any():
            values = np.where(unknown, values[~unknown].mean(), values)
            found.append((f"{name} unknown", unknown.astype(np.float64)))
        found.append((name, values))
    kept: dict[bytes, tuple[str, npt.NDArray[np.float64]]] = {}
    for name, values in found:
        if values.size and values.min() < values.max():
            kept.setdefault(values.tobytes(), (name, values))
    if not kept:
        return np.empty((n, 0)), ()
    names, arrays = zip(*kept.values(), strict=True)
    return np.stack(arrays, axis=1), tuple(names)


def independent(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the columns of x that are no combination of the columns before them."""
    if not x.shape[1] or len(x) < x.shape[1]:
        return x
    rest = np.abs(np.diag(np.linalg.qr(x, mode="r")))
    return x[:, rest > 1e-10 * np.maximum(np.sqrt((x**2).sum(axis=0)), 1e-300)]


def _indicators(name: str, values: npt.NDArray[Any]) -> list[tuple[str, npt.NDArray[np.float64]]]:
    if values.dtype.kind == "f":
        levels = np.unique(values)
        return [(f"{name}={level:g}", (values == level).astype(np.float64)) for level in levels[1:]]
    texts = np.array(["" if value is None else str(value) for value in values])
    return [(f"{name}={level}", (texts == level).astype(np.float64)) for level in np.unique(texts)[1:]]
