"""Participation: being followed in a trial changes behaviour, controls included.

    efficacy_drive += efficacy followed; trust_drive += trust followed
    search_drive += search followed + rivalry compared

`followed` is a lever, 0 .. 1 (Hawthorne, reflection by filling in a survey); `compared` is 1 for who knows to be in
the comparison group of a trial (John Henry: effort up to show it, or down in disappointment). Any sign.
Off: all weights 0.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism

PARTICIPATION = mechanism("participation")


@PARTICIPATION.stage("efficacy_drive", "trust_drive")
def reflect(p: Element, efficacy_drive: Element, trust_drive: Element, lever_followed: Element) -> Element:
    """Raise the targets of self-efficacy and trust."""
    return efficacy_drive + p.efficacy * lever_followed, trust_drive + p.trust * lever_followed


@PARTICIPATION.stage("search_drive")
def be_watched(p: Element, search_drive: Element, lever_followed: Element, lever_compared: Element) -> Element:
    """Being watched, or being the comparison, moves effort."""
    return search_drive + p.search * lever_followed + p.rivalry * lever_compared
