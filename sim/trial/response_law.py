"""How answers and participants are lost over the years: a law fitted to the eight trials, for months 36 and 48 too.

Answers: share(m) = start * exp(-rate * m / 12) of those who are still in the trial. Withdrawal: a share at the start
and a yearly rate after it; no report prints the latter, so it is 0 unless a plan gives it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.trial.read import NAMES, design

__all__ = ["Loss", "fitted_loss"]


@dataclass(frozen=True)
class Loss:
    """Shares and yearly rates; `start_sd`, `yearly_sd`: spread between the arms of the trials (0 = given).

    Attributes:
        start: share that answers at the start.
        yearly: rate at which answers are lost, per year.
        withdrawn: share that withdraws right after assignment and gets the regular treatment.
        withdrawn_yearly: rate of withdrawal per year after that.
    """

    start: float
    yearly: float
    withdrawn: float
    withdrawn_yearly: float = 0.0
    start_sd: float = 0.0
    yearly_sd: float = 0.0

    def answers(self, month: int) -> float:
        """Return the share that answers a survey in a month after the start."""
        return float(self.start * np.exp(-self.yearly * month / 12.0))

    def cohorts(self, follow_up: int) -> list[tuple[int, float]]:
        """Return (last month of treatment, share of all) of those who withdraw: 0, 12, 24, ... before the end."""
        found = [(0, self.withdrawn)]
        left = 1.0 - self.withdrawn
        for month in range(12, follow_up, 12):
            gone = left * (1.0 - float(np.exp(-self.withdrawn_yearly)))
            left -= gone
            if gone > 0:
                found.append((month, gone))
        return found


@cache
def fitted_loss() -> Loss:
    """Return the law that fits the arms of the eight trials best (least squares on the log of the shares)."""
    starts, rates, gone = [], [], []
    for name in NAMES:
        one = design(name)
        months = np.asarray(one.survey.months, dtype=np.float64) / 12.0
        for arm in one.participant_arms:
            gone.append(arm.withdrawn / arm.itt)
            shares = np.asarray(arm.response)
            if len(shares) == len(months) and (shares > 0).all() and len(shares) > 1:
                slope, level = np.polyfit(months, np.log(shares), 1)
                starts.append(min(float(np.exp(level)), 1.0))
                rates.append(max(-float(slope), 0.0))
    return Loss(
        float(np.mean(starts)),
        float(np.mean(rates)),
        float(np.mean(gone)),
        0.0,
        float(np.std(starts, ddof=1)),
        float(np.std(rates, ddof=1)),
    )
