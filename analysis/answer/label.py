"""The label of an answer: was this tried, was it measured, do the trials agree, and the own town; how far outside.

"Inside" needs all of it: a number is supported by trials of this bundle that measured this outcome and agree in
sign. What a distance in levers, months or people says (`analysis.effects.validity`) is one of the five answers,
never the whole label.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from analysis.answer.triple import Concluded, Finding, Found, Label, Span
from sim.problems import Say

__all__ = ["LABEL_TEXTS", "agreement", "label_of", "outside_of", "own_town_of", "support_of", "trials_apart"]

_DISSENT = 5  # with so many trials one that points the other way still counts as agreement
_WIDER = 1e-9

LABEL_TEXTS: dict[str, dict[str, Say]] = {
    "support": {
        "strong": Say("strong", "sterk"),
        "fair": Say("fair", "redelijk"),
        "weak": Say("weak", "zwak"),
        "none": Say("no trial", "geen"),
    },
    "tried": {
        "same": Say("yes, the same", "ja, hetzelfde"),
        "similar": Say("something like it", "iets wat erop lijkt"),
        "partly": Say("in part", "deels"),
        "no": Say("no", "nee"),
    },
    "measured": {"yes": Say("yes", "ja"), "neighbour": Say("something close", "iets verwants"), "no": Say("no", "nee")},
    "agreed": {
        "agree": Say("yes", "ja"),
        "mixed": Say("no", "nee"),
        "one": Say("one trial", "één proef"),
        "none": Say("no trial", "geen proef"),
    },
    "own_town": {
        "same": Say("the same", "hetzelfde"),
        "differs": Say("something else", "iets anders"),
        "none": Say("no trial", "geen proef"),
    },
    "outside": {"no": Say("no", "nee"), "little": Say("a little", "iets"), "far": Say("far", "ver")},
}


def _contrary(found: Found, concluded: Span) -> bool:
    """Whether most trials do not point where an interval that leaves zero out lies."""
    if concluded.low <= 0.0 <= concluded.high:
        return False
    return 2 * found.signs(1 if concluded.low > 0.0 else -1) <= found.trials


def agreement(found: Found | None) -> str:
    """Return whether the trials point one way: agree, mixed, one or none."""
    if found is None or found.trials == 0:
        return "none"
    if found.trials == 1:
        return "one"
    most = max(found.signs(sign) for sign in (-1, 0, 1))
    dissent = found.trials - most
    return "agree" if dissent == 0 or (dissent == 1 and found.trials >= _DISSENT) else "mixed"


def outside_of(distance: float) -> str:
    """Return how far outside the trials a distance of `analysis.effects.validity` is."""
    return "no" if distance <= 0.0 else "little" if distance <= 1.0 + 1e-9 else "far"


def own_town_of(own: Finding | None, concluded: Span | None) -> str:
    """Return whether the town's own trial found the same as is concluded: same, differs or none."""
    if own is None:
        return "none"
    if concluded is None:
        return "same"
    if own.estimate is None:
        opposite = concluded.low > 0.0 > own.direction or concluded.high < 0.0 < own.direction
        return "differs" if opposite else "same"
    apart = not concluded.low <= own.estimate <= concluded.high
    # A town whose own interval leaves zero out is not told that nothing can be seen as if it had found that.
    above = own.low is not None and own.low > 0.0 and concluded.low <= 0.0
    below = own.high is not None and own.high < 0.0 and concluded.high >= 0.0
    return "differs" if apart or above or below else "same"


def trials_apart(found: Found | None, concluded: Span | None, *, direct: bool) -> bool:
    """Return whether the trials together and the conclusion differ by more than both their errors.

    Only where the trials measured what is asked (`direct`): a neighbour outcome may differ.
    """
    if not direct or concluded is None or found is None or found.mean is None:
        return False
    if found.low is None or found.high is None:
        return False
    return abs(found.mean - concluded.mean) > math.hypot((found.high - found.low) / 2.0, concluded.half)


def support_of(
    found: Found | None,
    assumed: Span | None,
    concluded: Span | None,
    *,
    tried: str,
    measured: str,
    agreed: str,
    own_town: str,
    outside: str,
    apart: bool = False,
) -> str:
    """Return how well the trials support an answer: none, weak, strong or fair; the first that fits."""
    if found is None or tried == "no" or measured == "no" or outside == "far" or found.trials == 0:
        return "none"
    # A model that contradicts the trials together is not supported by them, however many agree; nor is a claim
    # of a difference by trials of which most saw none, or the other.
    apart = apart or (concluded is not None and _contrary(found, concluded))
    wider = assumed is not None and concluded is not None and concluded.half > assumed.half + _WIDER
    if found.trials <= 2 or agreed == "mixed" or own_town == "differs" or measured == "neighbour" or wider or apart:
        return "weak"
    clear = found.low is not None and found.high is not None and (found.low > 0.0 or found.high < 0.0)
    if found.trials >= 3 and found.numbers >= 2 and clear and outside == "no":
        return "strong"
    return "fair"


def label_of(
    measure: str,
    found: Found | None,
    assumed: Span | None,
    concluded: Concluded,
    *,
    tried: str,
    distance: float,
    reasons: Sequence[dict[str, str]] = (),
) -> Label:
    """Return the label of an answer.

    Args:
        measure: what was asked.
        found: what the trials of this kind of treatment say; None when none measured anything near it.
        assumed, concluded: the other two of the triple.
        tried: same, similar, partly or no: how near the trials' arms come to this bundle of levers.
        distance: how far the levers, months and people lie outside what the trials saw.
        reasons: in words, what was asked and what was seen.
    """
    measured = "no" if found is None or found.trials == 0 else "yes" if found.measure == measure else "neighbour"
    agreed, outside = agreement(found), outside_of(distance)
    own_town = own_town_of(None if found is None else found.own, concluded.span)
    return Label(
        support=support_of(
            found,
            assumed,
            concluded.span,
            tried=tried,
            measured=measured,
            agreed=agreed,
            own_town=own_town,
            outside=outside,
            apart=trials_apart(found, concluded.span, direct=measured == "yes"),
        ),
        tried=tried,
        measured=measured,
        agreed=agreed,
        own_town=own_town,
        outside=outside,
        reasons=tuple(reasons),
    )
