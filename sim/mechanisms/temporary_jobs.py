"""Temporary jobs return: most jobs are temporary, temporary jobs end, and people come back.

    loss_drive += temporary | agency | self_employed, by contract; 0 for a permanent one

The mix of contracts among offers is in `market`.
Off: every contract ends like a permanent one.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.policy.elementwise import where
from sim.problems import Say

TEMPORARY_JOBS = mechanism(
    "temporary_jobs",
    Say("temporary jobs return", "tijdelijk werk keert terug"),
    ("oss:M085", "oss:B-tempjob", "oss:B-reentry"),
    (
        par(
            "temporary",
            1.4,
            "log-odds",
            0,
            5,
            "hazard of a temporary contract over a permanent one",
            "Oss 2020: 80% of jobs temporary, about 15% back within two years",
            sd=0.25,
            law="lognormal",
            off=0.0,
        ),
        par(
            "agency",
            1.9,
            "log-odds",
            0,
            6,
            "hazard of agency work over a permanent contract",
            "assumption",
            sd=0.25,
            law="lognormal",
            off=0.0,
        ),
        par(
            "self_employed",
            0.8,
            "log-odds",
            0,
            5,
            "hazard of self-employment over a permanent contract",
            "assumption",
            sd=0.3,
            law="lognormal",
            off=0.0,
        ),
    ),
)


@TEMPORARY_JOBS.stage("loss_drive")
def run_out(p: Element, loss_drive: Element, contract: Element) -> Element:
    """Contracts differ in how soon they end."""
    return (
        loss_drive
        + where((contract > 1.5) & (contract < 2.5), p.temporary, 0.0)
        + where((contract > 2.5) & (contract < 3.5), p.agency, 0.0)
        + where(contract > 3.5, p.self_employed, 0.0)
    )
