"""Small things that the sections of the validation share: spans of rows, Dutch decimals."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.figures.calibration import Span
from calibration.validation.rows import RowCheck

__all__ = ["dutch", "spans"]


def spans(rows: Sequence[RowCheck]) -> list[Span]:
    """Return rows as lines of a figure."""
    return [Span(row.id, row.median, row.half, row.most, row.published, row.outside) for row in rows]


def dutch(value: float, decimals: int) -> str:
    """Return a number with a decimal comma."""
    return f"{value:.{decimals}f}".replace(".", ",")
