"""A number with its 90% interval, and the two reasons why it is not known: the one type for both, everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.inference.variance import Parts

__all__ = ["NINETY", "UNKNOWN", "Interval"]

# Half the width of a 90% interval in standard errors: the 95% quantile of the normal distribution.
NINETY = 1.6448536269514722


@dataclass(frozen=True)
class Interval:
    """A mean with its 90% interval; NaN where it is not known.

    Attributes:
        mean, low, high: in the unit of the number.
        monte_carlo_se: standard error that more replicates would take away.
        parameter_sd: standard deviation by what only better knowledge of the parameters would.
    """

    mean: float
    low: float
    high: float
    monte_carlo_se: float
    parameter_sd: float

    @classmethod
    def at(cls, parts: Parts, *place: int) -> Interval:
        """Return the interval of one place of decomposed values (`analysis.inference.variance`)."""
        names = ("mean", "low", "high", "monte_carlo_se", "parameter_sd")
        return Interval(*(float(getattr(parts, name)[place]) for name in names))


UNKNOWN = Interval(*(float("nan"),) * 5)
