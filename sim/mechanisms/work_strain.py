"""Work strain: for single parents and the ill, work itself raises stress.

    heavy = 1 for physical or mental complaints or a single parent, else 0
    stress_drive += hours/38 (strain heavy - relief fit)
    accept_drive -= accept heavy offer_hours/38
    loss_drive += loss (stress - 1/2)

Off: no strain, no relief.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.mechanisms.codes import is_single_parent
from sim.policy.amounts import FULL_TIME_HOURS_WEEK
from sim.policy.elementwise import minimum

WORK_STRAIN = mechanism("work_strain")


@WORK_STRAIN.stage("stress_drive")
def be_strained(
    p: Element,
    stress_drive: Element,
    hours: Element,
    fit: Element,
    household: Element,
    physical: Element,
    mental: Element,
) -> Element:
    """Work strains some and relieves those whose job fits."""
    heavy = minimum(physical + mental + is_single_parent(household), 1.0)
    share = hours / FULL_TIME_HOURS_WEEK
    return stress_drive + share * (p.strain * heavy - p.relief * fit)


@WORK_STRAIN.stage("accept_drive")
def foresee_strain(
    p: Element, accept_drive: Element, offer_hours: Element, household: Element, physical: Element, mental: Element
) -> Element:
    """Expected strain holds back."""
    heavy = minimum(physical + mental + is_single_parent(household), 1.0)
    return accept_drive - p.accept * heavy * offer_hours / FULL_TIME_HOURS_WEEK


@WORK_STRAIN.stage("loss_drive")
def give_out(p: Element, loss_drive: Element, stress: Element) -> Element:
    """Stress makes jobs end."""
    return loss_drive + p.loss * (stress - 0.5)
