"""The budget curve of a household and its effective marginal rate, by regime."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.figures.style import GREY, axes_of, line_of, stamp
from sim.policy.curve import BudgetCurve
from sim.policy.problems import Say

__all__ = ["draw_budget"]

_WORDS = {
    "income": Say("Net income per month (euro)", "Netto inkomen per maand (euro)"),
    "rate": Say("Lost of each extra euro", "Verlies van elke extra euro"),
    "earnings": Say("Net earnings per month (euro)", "Netto inkomsten per maand (euro)"),
    "norm": Say("norm", "norm"),
    "work": Say("earnings alone", "alleen inkomsten"),
    "label": Say("computed from the law, no estimate", "berekend uit de wet, geen schatting"),
}


def draw_budget(curves: Sequence[BudgetCurve], norm: float, subtitle: str, lang: str) -> Figure:
    """Return two panels over net earnings: net income, and the effective marginal rate.

    `norm` (euro per month) is drawn as a level; `subtitle` says which household and law.
    """
    words = {key: word.to(lang) for key, word in _WORDS.items()}
    with axes_of(7.5, 7.0, rows=2, sharex=True) as (figure, (top, bottom)):
        earnings = curves[0].earnings
        top.plot(earnings, earnings, color=GREY, linewidth=1.0, label=words["work"])
        top.axhline(norm, color=GREY, linewidth=1.0, linestyle=(0, (1, 2)), label=words["norm"])
        for number, curve in enumerate(curves):
            look = line_of(number)
            top.plot(curve.earnings, curve.net_income, color=look.colour, linestyle=look.dash, label=curve.regime)
            rate = np.append(curve.marginal_rate[1:], curve.marginal_rate[-1])
            bottom.step(curve.earnings, rate, where="post", color=look.colour, linestyle=look.dash, label=curve.regime)
        top.set_title(subtitle)
        top.set_ylabel(words["income"])
        top.set_ylim(bottom=0.0)
        top.legend(loc="lower right")
        bottom.set_ylabel(words["rate"])
        bottom.set_xlabel(words["earnings"])
        bottom.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        # A premium that ends at the norm is a loss of many times the last euro: shown up to 150%.
        bottom.set_ylim(-0.05, 1.1 if all(np.nanmax(c.marginal_rate) <= 1.0 for c in curves) else 1.5)
        stamp(figure, [words["label"]])
    return figure
