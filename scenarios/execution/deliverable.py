"""Contacts that a scenario plans and its caseloads cannot deliver: said before anybody reads that they cost nothing."""

from __future__ import annotations

import numpy as np

from scenarios.execution.plan import Plan, Side
from sim.parameters import PARAMETERS
from sim.problems import Say
from sim.regime.schedule import LEVER_ROWS

__all__ = ["undeliverable"]

# A shortfall below this share is rounding: nobody plans contacts to the percent.
_SLACK = 0.02


def undeliverable(plan: Plan) -> tuple[Say, ...]:
    """Return a sentence for each regime whose planned contacts take more hours than its caseload leaves.

    A caseworker has ``attention.hours`` a month for ``caseload`` clients; a contact takes ``attention.minutes`` (group
    contacts less), as in the mechanism `attention`. What clients seek of their own accord comes on top.
    """
    found: dict[str, Say] = {}
    for side in plan.sides:
        for name, (planned, caseload, needed, share) in _short(side).items():
            found.setdefault(
                name,
                Say(
                    f"{name}: of {planned:g} planned contacts a month at most {share:.0%} take place with {caseload:g} "
                    f"clients per caseworker; for all set caseload = {needed:.0f} (more caseworkers, at a cost)",
                    f"{name}: van de {planned:g} geplande contacten per maand gaat hoogstens {share:.0%} door met "
                    f"{caseload:g} klanten per klantmanager; voor alle: caseload = {needed:.0f} (meer klantmanagers, "
                    "dat kost geld)",
                ),
            )
    return tuple(found.values())


def _short(side: Side) -> dict[str, tuple[float, float, float, float]]:
    """Return (contacts, caseload, caseload that would do, share delivered) of the regimes that fall short."""
    hours, minutes, group = (
        float(np.median(side.parameters[:, list(PARAMETERS).index(f"attention.{name}")]))
        for name in ("hours", "minutes", "group_minutes")
    )
    schedule = side.schedules[0]
    planned, caseload, shared = (
        schedule.table[:, :, LEVER_ROWS.index(name)] for name in ("contacts", "caseload", "group_share")
    )
    asked = planned * minutes * (1.0 - shared * (1.0 - group)) / 60.0
    share = np.where(asked > 0, hours / np.maximum(asked * caseload, 1e-9), np.inf)
    short: dict[str, tuple[float, float, float, float]] = {}
    for instance in np.argsort(share.min(axis=0)):
        month = int(share[:, instance].argmin())
        worst = float(share[month, instance])
        name = schedule.regimes[schedule.instance_regime[instance]]
        if worst < 1.0 - _SLACK and name not in short:
            needed = np.floor(hours / asked[month, instance])
            short[name] = (float(planned[month, instance]), float(caseload[month, instance]), float(needed), worst)
    return short
