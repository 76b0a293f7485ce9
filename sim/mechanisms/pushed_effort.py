"""Pushed effort: who searches because of duties or a coach sends more letters and gets fewer offers out of a talk.

More effort, more interviews and fewer jobs go together when the extra interviews fit less. Vacancies that a
coach brings (`attention.broker`) are told apart: they are not pushed.

    coached = min(contacts work_content, 2); pushed = pressure + coached, on benefit
    search_drive += effort coached
    match_drive += interviews pushed; odds of an offer after an own interview *= exp(-offers pushed)
    offer_fit -= fit pushed / 3

The signs are free: a push may as well improve letters and talks.
Off: a push has no effect of its own.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism
from sim.policy.elementwise import clip, exp, minimum

PUSHED_EFFORT = mechanism("pushed_effort")

# Talks about work in a month beyond which a coach pushes no harder.
_MOST = 2.0


@PUSHED_EFFORT.stage("pushed", "search_drive")
def push(
    p: Element,
    search_drive: Element,
    pressure: Element,
    contacts: Element,
    lever_work_content: Element,
    in_benefit: Element,
) -> Element:
    """Duties and the coach push; the coach's part raises effort here, that of duties in `obligations`."""
    coached = minimum(contacts * lever_work_content, _MOST)
    return (pressure + coached) * in_benefit, search_drive + p.effort * coached * in_benefit


@PUSHED_EFFORT.stage("match_drive", "offer_odds_own")
def apply_widely(p: Element, match_drive: Element, offer_odds_own: Element, pushed: Element) -> Element:
    """Pushed letters bring other interviews, which bring other offers."""
    return match_drive + p.interviews * pushed, offer_odds_own * exp(-p.offers * pushed)


@PUSHED_EFFORT.stage("offer_fit")
def fit_less(p: Element, offer_fit: Element, pushed: Element) -> Element:
    """What is offered after pushed letters fits otherwise."""
    return clip(offer_fit - p.fit * pushed / (1.0 + _MOST), 0.0, 1.0)
