"""The answer to one question as data: assumed, found, concluded, with its label and its verdict.

Values are in the unit of the measure: shares as fractions, euros a month, scale points. What does not exist is
None, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sim.outcomes.measures import MEASURES

__all__ = ["Answer", "Asked", "Concluded", "Finding", "Found", "Label", "Span", "record", "stored"]


@dataclass(frozen=True)
class Span:
    """A number with its 90% interval."""

    mean: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2.0


@dataclass(frozen=True)
class Finding:
    """What one town's trial says: a number with its interval, or only a direction (-1, 0, +1)."""

    town: str
    measure: str
    month: int | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    direction: int = 0
    row: str = ""


@dataclass(frozen=True)
class Found:
    """What the trials say together; `measure` is what they measured, `mean` None where no number is told.

    Attributes:
        mean, low, high: mean of the trials together, random effects, with its 90% interval.
        new_town_low, new_town_high: 90% interval for another town.
        tau: standard deviation between towns.
        measure: what was measured, perhaps a neighbour of what was asked.
        towns: one finding for each trial, the own town's among them.
        own: the finding of the town that the answer is about.
    """

    mean: float | None
    low: float | None
    high: float | None
    measure: str
    towns: tuple[Finding, ...] = ()
    own: Finding | None = None
    new_town_low: float | None = None
    new_town_high: float | None = None
    tau: float | None = None

    @property
    def trials(self) -> int:
        """Number of trials."""
        return len(self.towns)

    @property
    def numbers(self) -> int:
        """Number of trials that printed a number."""
        return sum(each.estimate is not None for each in self.towns)

    def signs(self, sign: int) -> int:
        """Return how many trials point one way: -1, 0 (no difference told) or +1."""
        return sum(_sign(each) == sign for each in self.towns)


def _sign(finding: Finding) -> int:
    if finding.estimate is None:
        return finding.direction
    return (finding.estimate > 0) - (finding.estimate < 0)


@dataclass(frozen=True)
class Concluded:
    """What the model concludes.

    Attributes:
        mean, low, high: the difference and its 90% interval; None when no interval can be made.
        above_zero: share of the draws above zero.
        parameter_sd: standard deviation that comes from the parameters.
        monte_carlo_se: standard error of the mean that comes from computing with few seeds.
        end_error: Monte Carlo standard error of the interval's ends, new draws and new seeds.
        draws, seeds: how often it was computed.
    """

    mean: float | None
    low: float | None
    high: float | None
    above_zero: float | None
    parameter_sd: float | None
    monte_carlo_se: float | None
    end_error: float | None
    draws: int
    seeds: int

    @property
    def span(self) -> Span | None:
        """The interval, where there is one."""
        if self.mean is None or self.low is None or self.high is None:
            return None
        return Span(self.mean, self.low, self.high)


@dataclass(frozen=True)
class Label:
    """Five short answers and what they come to; `reasons` say in words what lies outside the trials."""

    support: str
    tried: str
    measured: str
    agreed: str
    own_town: str
    outside: str
    reasons: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Asked:
    """The question.

    Attributes:
        measure, month, scenario, baseline, group: what it is about.
        people: simulated people in the group.
        town: the trial town whose people these are; empty for any other.
        same: the scenario gives these people nothing else than the baseline does.
    """

    measure: str
    month: int
    scenario: str
    baseline: str
    group: str = "all"
    people: int = 0
    town: str = ""
    same: bool = False


@dataclass(frozen=True)
class Answer:
    """One answer; `sentence` holds it in words, by language."""

    asked: Asked
    assumed: Span | None
    found: Found | None
    concluded: Concluded
    label: Label
    verdict: str
    conflicts: tuple[str, ...]
    needed: int | None = None
    prices_assumed: tuple[str, ...] = ()
    sentence: dict[str, list[str]] = field(default_factory=dict)

    @property
    def suppressed(self) -> bool:
        """Fewer than ten people: nothing is shown."""
        return self.verdict == "hidden"


def record(answer: Answer) -> dict[str, Any]:
    """Return the answer as one JSON object."""
    asked, hidden = answer.asked, answer.suppressed
    known = MEASURES.get(asked.measure)
    return {
        "measure": asked.measure,
        "month": asked.month,
        "scenario": asked.scenario,
        "baseline": asked.baseline,
        "group": asked.group,
        "unit": known.unit if known is not None else "",
        "people": None if hidden else asked.people,
        "assumed": None if hidden or answer.assumed is None else asdict(answer.assumed),
        "found": _found(answer.found),
        "concluded": None if hidden else asdict(answer.concluded),
        "label": {**asdict(answer.label), "reasons": list(answer.label.reasons)},
        "verdict": answer.verdict,
        "draws_needed": answer.needed,
        "conflicts": list(answer.conflicts),
        "prices_assumed": list(answer.prices_assumed),
        "suppressed": hidden,
        "sentence": answer.sentence,
    }


def _found(found: Found | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "new_town_low": found.new_town_low,
        "new_town_high": found.new_town_high,
        "tau": found.tau,
        "measure": found.measure,
        "trials": found.trials,
        "numbers": found.numbers,
        "directions": found.trials - found.numbers,
        "positive": found.signs(1),
        "negative": found.signs(-1),
        "no_difference": found.signs(0),
        "own": None if found.own is None else asdict(found.own),
        "towns": [asdict(each) for each in found.towns],
    }


def stored(entry: Mapping[str, Any]) -> Answer:
    """Return the answer of a JSON object that `record` made.

    Raises:
        KeyError: no such object.
    """
    found, concluded = entry["found"], entry["concluded"]
    unknown = Concluded(None, None, None, None, None, None, None, 0, 0)
    asked = Asked(
        measure=entry["measure"],
        month=entry["month"],
        scenario=entry["scenario"],
        baseline=entry["baseline"],
        group=entry["group"],
        people=entry["people"] or 0,
        town=(found or {}).get("own", {}).get("town", "") if (found or {}).get("own") else "",
        same=entry["verdict"] == "zero",
    )
    label = entry["label"]
    return Answer(
        asked=asked,
        assumed=None if entry["assumed"] is None else Span(**entry["assumed"]),
        found=None if found is None else _stored_found(found),
        concluded=unknown if concluded is None else Concluded(**concluded),
        label=Label(**{**label, "reasons": tuple(label["reasons"])}),
        verdict=entry["verdict"],
        conflicts=tuple(entry["conflicts"]),
        needed=entry["draws_needed"],
        prices_assumed=tuple(entry["prices_assumed"]),
        sentence={lang: list(lines) for lang, lines in entry["sentence"].items()},
    )


def _stored_found(found: Mapping[str, Any]) -> Found:
    own = found["own"]
    return Found(
        **{name: found[name] for name in ("mean", "low", "high", "measure", "new_town_low", "new_town_high", "tau")},
        towns=tuple(Finding(**each) for each in found["towns"]),
        own=None if own is None else Finding(**own),
    )
