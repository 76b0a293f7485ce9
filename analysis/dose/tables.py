"""A dose-response as tables: every point with its interval, label, distance and run."""

from __future__ import annotations

import csv
import io
from typing import Any

from analysis.dose.response import Dose, Shape
from analysis.effects.tables import COLUMNS, full_rows

__all__ = ["dose_columns", "dose_csv", "dose_rows", "shape_columns", "shape_rows"]

_SHAPES = (
    "run_id",
    "scenario",
    "measure",
    "month",
    "lever",
    "probability_diminishing_returns",
    "probability_turning_point",
    "enough_low",
    "enough_high",
    "label",
)


def dose_columns(dose: Dose) -> tuple[str, ...]:
    """Return the columns of `dose_rows`: the levers, then those of every table."""
    return (*(f"lever {axis.lever}" for axis in dose.axes), *COLUMNS)


def dose_rows(dose: Dose, lang: str = "en") -> list[dict[str, Any]]:
    """Return every point of every measure."""
    found: list[dict[str, Any]] = []
    for line in dose.rows:
        for point, row in zip(dose.points, full_rows(line, lang), strict=True):
            levers = {f"lever {axis.lever}": x for axis, x in zip(dose.axes, point, strict=True)}
            found.append({**levers, **row, "scenario": dose.scenario})
    return found


def shape_columns() -> tuple[str, ...]:
    """Return the columns of `shape_rows`."""
    return _SHAPES


def shape_rows(dose: Dose, lang: str = "en") -> list[dict[str, Any]]:
    """Return per measure and lever the probabilities of diminishing returns and of a turning point."""
    return [_shape(dose, shape, lang) for shape in dose.shapes]


def dose_csv(dose: Dose, lang: str = "en") -> str:
    """Return `dose_rows` as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, dose_columns(dose), lineterminator="\n")
    writer.writeheader()
    writer.writerows(dose_rows(dose, lang))
    return text.getvalue()


def _shape(dose: Dose, shape: Shape, lang: str) -> dict[str, Any]:
    """A probability over a range is labelled as its farthest point."""
    line = dose.rows[dose.measures.index(shape.measure)]
    farthest = max(line, key=lambda row: row.distance)
    numbers = (shape.diminishing, shape.turning, shape.enough_low, shape.enough_high)
    known = [None if x != x else round(x, 6) for x in numbers]
    axis = next(axis for axis in dose.axes if axis.lever == shape.lever)
    found: dict[str, Any] = dict(
        zip(
            _SHAPES,
            (dose.run_id, dose.scenario, shape.measure, dose.month, shape.lever, *known, farthest.label(lang)),
            strict=True,
        )
    )
    enough = zip(axis.values, shape.enough, strict=True)
    found["probability_enough"] = {f"{value:g}": None if p != p else round(p, 6) for value, p in enough}
    return found
