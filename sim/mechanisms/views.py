"""Four views of people: calculating or intrinsically motivated, self-reliant or limited.

Each suits another regime: a calculating person answers to gain and pressure, an intrinsically motivated
one does not; a person with little capacity to act needs support where a self-reliant one needs room.

    search_drive += calculating max(1/2 - intrinsic, 0)(gain + pressure)
                    + limited (1/2 - capacity_to_act)(support - 0.3), on benefit

That pressure drives out the motivation of the intrinsically motivated is `autonomy` (crowding out); here they
just do not answer.

Off: everybody answers alike.
"""

from __future__ import annotations

from sim.mechanisms.attention import USUAL_SUPPORT
from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import maximum

VIEWS = mechanism("views")


@VIEWS.stage("search_drive")
def answer(
    p: Element,
    search_drive: Element,
    intrinsic_motivation: Element,
    capacity_to_act: Element,
    gain: Element,
    pressure: Element,
    support: Element,
    in_benefit: Element,
) -> Element:
    """Let the same regime mean another thing to another person."""
    calculating = p.calculating * maximum(0.5 - intrinsic_motivation, 0.0) * (gain + pressure)
    limited = p.limited * (0.5 - capacity_to_act) * (support - USUAL_SUPPORT)
    return search_drive + (calculating + limited) * in_benefit
