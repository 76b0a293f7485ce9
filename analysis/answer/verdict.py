"""The verdict of an answer, the first that fits, and where the answer and what it rests on contradict each other."""

from __future__ import annotations

import math

from analysis.answer.label import trials_apart
from analysis.answer.measures import kind_of
from analysis.answer.precision import FEWEST_DRAWS, draws_needed, enough
from analysis.answer.triple import Asked, Concluded, Found, Label, Span

__all__ = ["MARKS", "SMALLEST", "VERDICTS", "conflicts_of", "verdict_of"]

SMALLEST = 10  # people in a group, below which nothing is shown

VERDICTS = ("hidden", "zero", "unknown", "outside", "unmeasured", "little", "unclear", "gain", "harm")
# What stands in a table of one line an answer; good and bad are for the person, not the sign of the number.
MARKS: dict[str, str] = {
    "hidden": " ",
    "zero": "0",
    "unknown": "?",
    "outside": ".",
    "unmeasured": ".",
    "little": "=",
    "unclear": "?",
    "gain": "+",
    "harm": "-",
}


def verdict_of(asked: Asked, concluded: Concluded, label: Label) -> tuple[str, int | None]:
    """Return the verdict, and how many draws it would take where it is "unknown" for want of them.

    A difference is claimed only when its interval leaves zero out by more than the Monte Carlo error of its
    ends: with other draws and seeds it would be claimed again. A scenario that gives these people what the
    baseline gives them differs by nothing, however few the draws.
    """
    kind = kind_of(asked.measure)
    if asked.people < SMALLEST:
        return "hidden", None
    if asked.same:
        return "zero", None
    span = concluded.span
    if not enough(concluded.draws, concluded.seeds):
        return "unknown", FEWEST_DRAWS if concluded.draws < FEWEST_DRAWS else None
    if span is None or not span.high > span.low:
        return "unknown", None
    if label.outside == "far" or label.tried == "no":
        return "outside", None
    if label.measured == "no":
        return "unmeasured", None
    if -kind.little <= span.low and span.high <= kind.little:
        return "little", None
    if span.low <= 0.0 <= span.high:
        return "unclear", None
    nearest = span.low if span.low > 0.0 else span.high
    error = math.inf if concluded.end_error is None else concluded.end_error
    if abs(nearest) <= error:
        return "unknown", draws_needed(abs(nearest), error, concluded.draws)
    return ("gain" if kind.good * nearest > 0.0 else "harm"), None


def conflicts_of(
    verdict: str, assumed: Span | None, found: Found | None, concluded: Concluded, label: Label
) -> tuple[str, ...]:
    """Return what contradicts the conclusion: own_town, assumed (it is wider than before), trials.

    Nothing contradicts a conclusion that is not drawn (hidden, unknown) or is sure (the same plan).
    """
    if verdict in ("hidden", "unknown", "zero"):
        return ()
    span, against = concluded.span, []
    if label.own_town == "differs":
        against.append("own_town")
    taught = found is not None and found.trials > 0
    if span is not None and assumed is not None and taught and span.half > assumed.half:
        against.append("assumed")
    if trials_apart(found, span, direct=label.measured == "yes"):
        against.append("trials")
    return tuple(against)
