"""Participation: being followed in a trial changes behaviour, controls included.

    efficacy_drive += efficacy followed; trust_drive += trust followed; search_drive += search followed

`followed` is a lever, 0 .. 1 (Hawthorne, John Henry, reflection by filling in a survey).
Off: all weights 0.
"""

from __future__ import annotations

from sim.mechanisms.base import Element, mechanism, par
from sim.problems import Say

PARTICIPATION = mechanism(
    "participation",
    Say("participation effect of a trial", "deelname-effect van een proef"),
    ("nijmegen:m10", "nijmegen:m11", "nijmegen:m12", "oss:M060", "oss:M061"),
    (
        par(
            "efficacy",
            0.3,
            "log-odds",
            0,
            3,
            "self-efficacy of being followed",
            "Nijmegen 2020 table 5: controls against reference +0.06..+0.17 (selection and attention)",
            sd=0.6,
            law="lognormal",
            off=0.0,
            free=True,
        ),
        par("trust", 0.2, "log-odds", 0, 3, "trust of being followed", "assumption", sd=0.6, law="lognormal", off=0.0),
        par(
            "search",
            0.15,
            "log-odds",
            0,
            3,
            "effort of being watched",
            "Nijmegen 2020 par. 1.4; assumption",
            sd=0.6,
            law="lognormal",
            off=0.0,
        ),
    ),
)


@PARTICIPATION.stage("efficacy_drive", "trust_drive")
def reflect(p: Element, efficacy_drive: Element, trust_drive: Element, lever_followed: Element) -> Element:
    """Raise the targets of self-efficacy and trust."""
    return efficacy_drive + p.efficacy * lever_followed, trust_drive + p.trust * lever_followed


@PARTICIPATION.stage("search_drive")
def be_watched(p: Element, search_drive: Element, lever_followed: Element) -> Element:
    """Raise effort."""
    return search_drive + p.search * lever_followed
