"""Labour market and shocks: a tightness series moves matching and job loss; the lockdown is a switch.

    match_drive, broker_drive += phi log(tightness) - lockdown_match lockdown
    loss_drive += -loss_share phi log(tightness) + lockdown_loss lockdown

Off: neither matching nor job loss follows the market.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism

LABOUR_MARKET = mechanism("labour_market")


@LABOUR_MARKET.stage("match_drive", "broker_drive", "loss_drive")
def feel_the_market(
    p: Element, month: Element, match_drive: Element, broker_drive: Element, loss_drive: Element
) -> Element:
    """The market of the month, for everybody."""
    pull = p.phi * month.log_tightness - p.lockdown_match * month.lockdown
    return (
        match_drive + pull,
        broker_drive + pull,
        loss_drive - p.loss_share * p.phi * month.log_tightness + p.lockdown_loss * month.lockdown,
    )
