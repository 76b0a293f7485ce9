"""Temporary jobs return: most jobs are temporary, temporary jobs end, and people come back.

    loss_drive += temporary | agency | self_employed, by contract; 0 for a permanent one

The mix of contracts among offers is in `market`.
Off: every contract ends like a permanent one.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import where

TEMPORARY_JOBS = mechanism("temporary_jobs")


@TEMPORARY_JOBS.stage("loss_drive")
def run_out(p: Element, loss_drive: Element, contract: Element) -> Element:
    """Contracts differ in how soon they end."""
    return (
        loss_drive
        + where((contract > 1.5) & (contract < 2.5), p.temporary, 0.0)
        + where((contract > 2.5) & (contract < 3.5), p.agency, 0.0)
        + where(contract > 3.5, p.self_employed, 0.0)
    )
