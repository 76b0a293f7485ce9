"""Labour market and shocks: a tightness series moves matching and job loss; the lockdown is a switch.

    match_drive, broker_drive += phi log(tightness) - lockdown_match lockdown
    loss_drive += -phi/2 log(tightness) + lockdown_loss lockdown

Off: neither matching nor job loss follows the market.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.problems import Say

LABOUR_MARKET = mechanism(
    "labour_market",
    Say("labour market and shocks", "arbeidsmarkt en schokken"),
    ("oss:M088", "oss:M112", "nijmegen:m66"),
    (
        par(
            "phi",
            0.4,
            "elasticity",
            0,
            2,
            "tightness in matching",
            "matching literature 0.3-0.5; assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "lockdown_match",
            0.6,
            "log",
            0,
            3,
            "matching lost in a full lockdown",
            "Amsterdam 2022 ch. 1 (direction); assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
        par(
            "lockdown_loss",
            0.5,
            "log-odds",
            0,
            3,
            "job loss added in a full lockdown",
            "Amsterdam 2022 ch. 1 (direction); assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
    ),
)


@LABOUR_MARKET.stage("match_drive", "broker_drive", "loss_drive")
def feel_the_market(
    p: Element, month: Element, match_drive: Element, broker_drive: Element, loss_drive: Element
) -> Element:
    """The market of the month, for everybody."""
    pull = p.phi * month.log_tightness - p.lockdown_match * month.lockdown
    return (
        match_drive + pull,
        broker_drive + pull,
        loss_drive - 0.5 * p.phi * month.log_tightness + p.lockdown_loss * month.lockdown,
    )
