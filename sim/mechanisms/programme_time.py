"""Time in a programme: it is not spent on own search, and talks about work steer to certain jobs.

    search_drive -= time min(contacts, 3)
    small_drive += small min(contacts work_content, 2); offer_fit += fit min(contacts work_content, 2) / 2

Lock-in of coaching on personal development is in `coaching`. Signs are free: a programme may cost search or
structure the day, steer to small jobs or away from them, to work that fits or to what there is.
Off: contacts take no time from search and steer nobody.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, minimum

PROGRAMME_TIME = mechanism("programme_time")

# Contacts in a month, and talks about work, beyond which no more time or direction is taken.
_MOST_CONTACTS = 3.0
_MOST_TALKS = 2.0


@PROGRAMME_TIME.stage("search_drive", "small_drive")
def be_taken_up(
    p: Element, search_drive: Element, small_drive: Element, contacts: Element, lever_work_content: Element
) -> Element:
    """A programme takes time; talks about work steer to small or large jobs."""
    steered = minimum(contacts * lever_work_content, _MOST_TALKS)
    return search_drive - p.time * minimum(contacts, _MOST_CONTACTS), small_drive + p.small * steered


@PROGRAMME_TIME.stage("offer_fit")
def be_steered(p: Element, offer_fit: Element, contacts: Element, lever_work_content: Element) -> Element:
    """Talks about work steer to work that fits, or to what there is."""
    steered = minimum(contacts * lever_work_content, _MOST_TALKS)
    return clip(offer_fit + p.fit * steered / _MOST_TALKS, 0.0, 1.0)
