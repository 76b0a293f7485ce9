"""Labour market and shocks: tightness moves matching and job loss; the lockdown is a switch; people compete.

    match_drive, broker_drive += phi log(tightness) - lockdown_match lockdown - compete crowding
    loss_drive += -loss_share phi log(tightness) + lockdown_loss lockdown

`crowding` is a lever: the share of the job seekers of the town who get extra help. In a trial that is next to
nobody; where everybody gets it, they compete for the same jobs, and with others (displacement).
Off: neither matching nor job loss follows the market, and nobody competes.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism

LABOUR_MARKET = mechanism("labour_market")


@LABOUR_MARKET.stage("match_drive", "broker_drive", "loss_drive")
def feel_the_market(
    p: Element,
    month: Element,
    match_drive: Element,
    broker_drive: Element,
    loss_drive: Element,
    lever_crowding: Element,
) -> Element:
    """The market of the month, and the crowd on it."""
    pull = p.phi * month.log_tightness - p.lockdown_match * month.lockdown - p.compete * lever_crowding
    return (
        match_drive + pull,
        broker_drive + pull,
        loss_drive - p.loss_share * p.phi * month.log_tightness + p.lockdown_loss * month.lockdown,
    )
