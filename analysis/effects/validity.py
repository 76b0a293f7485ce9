"""Say of every number how far it stands from what the trials observed: inside, extrapolated or speculative.

The rule (in words: docs/validity.md). Eight distances are measured; 0 means that it was observed.

* horizon: (month - H) / H beyond the longest follow-up H: 25 months (Nijmegen, first wave); 48 (36 + 12) for
  levels under a regime that pays the part-time premium and moves only what the Amsterdam arms moved.
* lever: how far a value lies outside the range over all trial arms and the regular regime, as a share of the
  width of that range. Published values make the range; a lever for which no report prints a value (tone) has
  the values by which the reports' words were coded. A lever that no trial moved counts 1, and its share of
  the lever's bounds on top. What a programme costs does not count.
* combination: 0.5 when no single arm moved all the levers that this regime moves, 0 otherwise.
* population: 0 for the municipalities of the trials, 0.5 for any other population.
* tail: months since the end of a treatment that stops, beyond the months in which people were still followed
  (1; Amsterdam 12), over 24. What stays after the end is the model's word, no trial's.
* market: 0.5 on a path that did not happen (flat, tight, slack, or without the lockdowns that came).
* law: years of a law that is not known yet and held at its last amounts, over 4.
* several stretches at once: the distances of horizon and levers are added.

A distance of 0 is *inside*, up to 1 *extrapolated*, beyond 1 *speculative*; the worst one labels the number.
That a number is inside says nothing about calibration: while the parameters are priors every number is
*not calibrated* as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sim.problems import Say
from sim.regime.levers import LEVERS

__all__ = ["LABELS", "Circumstances", "Distance", "Evidence", "Label", "Lever", "Validity", "judge", "worst"]

# One regime as the levers that differ from the background, with every value they take in the run.
Lever = Mapping[str, Sequence[float]]

_TOLERANCE = 1e-9
_ACCOUNTS = frozenset({"programme_cost"})  # changes no behaviour
_PATH = 0.5  # a labour market that did not happen
_TAIL_LONG, _LAW_LONG = 24.0, 48.0  # months


class Label(StrEnum):
    """How far a number is from the evidence, from near to far."""

    INSIDE = "inside"
    EXTRAPOLATED = "extrapolated"
    SPECULATIVE = "speculative"


LABELS: dict[Label, Say] = {
    Label.INSIDE: Say("inside", "binnen bewijs"),
    Label.EXTRAPOLATED: Say("extrapolated", "geëxtrapoleerd"),
    Label.SPECULATIVE: Say("speculative", "speculatief"),
}

_ORDER = (Label.INSIDE, Label.EXTRAPOLATED, Label.SPECULATIVE)


@dataclass(frozen=True)
class Evidence:
    """What the trials observed.

    Attributes:
        levers: lowest and highest value of every lever over the arms and the regular regime.
        arms: per arm the levers that it moved.
        horizon: months of the longest follow-up of the trials.
        long_levers: levers of the arms that were followed for `long_horizon` months.
        long_key: the lever without which `long_horizon` does not hold.
        long_horizon: those months.
        tail, long_tail: months after the end of a treatment in which people were still followed.
        populations: names of the populations that took part.
    """

    levers: Mapping[str, tuple[float, float]]
    arms: tuple[frozenset[str], ...]
    horizon: int = 25
    long_levers: frozenset[str] = frozenset({"premium_share", "premium_cap", "premium_interval"})
    long_key: str = "premium_share"
    long_horizon: int = 48
    tail: int = 1
    long_tail: int = 12
    populations: frozenset[str] = frozenset(
        {"nijmegen", "oss", "amsterdam", "groningen", "utrecht", "tilburg", "deventer", "wageningen"}
    )

    @classmethod
    def of(cls, arms: Iterable[Lever]) -> Evidence:
        """Return the evidence of `arms`, each the levers that it moved and the values they took."""
        listed = tuple(arms)
        ranges: dict[str, tuple[float, float]] = {}
        for name, lever in LEVERS.items():
            seen = [lever.regular, *(value for arm in listed for value in arm.get(name, ()))]
            ranges[name] = (min(seen), max(seen))
        return cls(ranges, tuple(frozenset(arm) for arm in listed))


@dataclass(frozen=True)
class Circumstances:
    """What a number rests on beside levers and people.

    Attributes:
        ended: last month of treatment of the regime that stops first; None = no treatment stops.
        market: the path of the labour market.
        real_market: the path is what happened.
        law_known: last month of which the law is known; None = all.
    """

    ended: int | None = None
    market: str = "historic"
    real_market: bool = True
    law_known: int | None = None


@dataclass(frozen=True)
class Distance:
    """How far one thing is from what was observed; `low` and `high` are the observed range (or 0, 0)."""

    what: str
    value: float
    low: float
    high: float
    distance: float
    text: Say

    @property
    def label(self) -> Label:
        """The label that this distance alone would give."""
        return _label(self.distance)


@dataclass(frozen=True)
class Validity:
    """The label of a number, the largest distance, and every distance that is not zero."""

    label: Label
    distance: float
    parts: tuple[Distance, ...] = ()

    def reasons(self, lang: str) -> str:
        """Return the parts with their distances in one line, largest first."""
        word = "afstand" if lang == "nl" else "distance"
        parts = sorted(self.parts, key=lambda part: -part.distance)
        told = [(part.text.to(lang), f"{part.distance:.2f}") for part in parts]
        return "; ".join(f"{text} ({word} {far.replace('.', ',') if lang == 'nl' else far})" for text, far in told)


def judge(
    month: int,
    regimes: Sequence[Lever],
    population: str,
    evidence: Evidence,
    circumstances: Circumstances | None = None,
) -> Validity:
    """Return the validity of an outcome after `month` months under `regimes` in `population`."""
    regimes = [{name: one[name] for name in one if name not in _ACCOUNTS} for one in regimes]
    parts = _levers(regimes, evidence)
    far_horizon = _horizon(month, regimes, evidence)
    if far_horizon is not None:
        parts.append(far_horizon)
    stretched = sum(part.distance for part in parts)
    parts += _combinations(regimes, evidence)
    if population.lower().split("-")[0].split(" ")[0] not in evidence.populations:
        text = Say(f"population '{population}' took part in no trial", f"populatie '{population}' zat in geen proef")
        parts.append(Distance("population", 0.0, 0.0, 0.0, 0.5, text))
    parts += _around(month, regimes, evidence, circumstances or Circumstances())
    largest = max([stretched, *(part.distance for part in parts)])
    return Validity(_label(largest), largest, tuple(parts))


def worst(validities: Sequence[Validity]) -> Validity:
    """Return the validity of a number made of several: the worst label and all distances, each once."""
    parts: dict[tuple[str, float], Distance] = {}
    for validity in validities:
        parts.update({(part.what, part.value): part for part in validity.parts})
    largest = max(validity.distance for validity in validities)
    return Validity(_label(largest), largest, tuple(parts.values()))


def _label(distance: float) -> Label:
    return _ORDER[0 if distance <= 0 else 1 if distance <= 1 + _TOLERANCE else 2]


def _followed_long(regimes: Sequence[Lever], evidence: Evidence) -> bool:
    moved = frozenset[str]().union(*regimes)
    return evidence.long_key in moved and moved <= evidence.long_levers


def _horizon(month: int, regimes: Sequence[Lever], evidence: Evidence) -> Distance | None:
    horizon = evidence.long_horizon if _followed_long(regimes, evidence) else evidence.horizon
    if month <= horizon:
        return None
    text = Say(
        f"month {month}, observed up to month {horizon}", f"maand {month}, waargenomen tot en met maand {horizon}"
    )
    return Distance("horizon", float(month), 0.0, float(horizon), (month - horizon) / horizon, text)


def _around(month: int, regimes: Sequence[Lever], evidence: Evidence, around: Circumstances) -> list[Distance]:
    """Return the distances of the tail, the labour market and the law."""
    parts: list[Distance] = []
    since = 0 if around.ended is None else month - around.ended
    seen = evidence.long_tail if _followed_long(regimes, evidence) else evidence.tail
    if since > seen:
        text = Say(
            f"{since} months after the end of the treatment, observed up to {seen}",
            f"{since} maanden na het einde van de behandeling, waargenomen tot en met {seen}",
        )
        parts.append(Distance("tail", float(since), 0.0, float(seen), (since - seen) / _TAIL_LONG, text))
    if not around.real_market:
        text = Say(
            f"labour market '{around.market}' that did not happen",
            f"arbeidsmarkt '{around.market}' die zich niet heeft voorgedaan",
        )
        parts.append(Distance("market", 0.0, 0.0, 0.0, _PATH, text))
    if around.law_known is not None and month > around.law_known:
        beyond = month - around.law_known
        text = Say(
            f"law of the last {beyond} months not known yet, held at the last amounts",
            f"wet van de laatste {beyond} maanden nog onbekend, laatst bekende bedragen aangehouden",
        )
        parts.append(Distance("law", float(month), 0.0, float(around.law_known), beyond / _LAW_LONG, text))
    return parts


def _levers(regimes: Sequence[Lever], evidence: Evidence) -> list[Distance]:
    parts: list[Distance] = []
    for name in sorted(frozenset[str]().union(*regimes)):
        low, high = evidence.levers[name]
        values = [value for regime in regimes for value in regime.get(name, ())]
        value = max(values, key=lambda value: max(low - value, value - high), default=low)
        outside = max(low - value, value - high)
        if outside <= _TOLERANCE:
            continue
        lever = LEVERS[name]
        never = high - low <= _TOLERANCE
        distance = 1.0 + outside / (lever.high - lever.low) if never else outside / (high - low)
        seen_en = f"only {low:g}" if never else f"{low:g} to {high:g}"
        seen_nl = f"alleen {low:g}" if never else f"{low:g} tot {high:g}"
        text = Say(
            f"{lever.text.en} {value:g} {lever.unit}, observed {seen_en}",
            f"{lever.text.nl} {value:g}, waargenomen {seen_nl}".replace(".", ","),
        )
        parts.append(Distance(f"lever {name}", value, low, high, distance, text))
    return parts


def _combinations(regimes: Sequence[Lever], evidence: Evidence) -> list[Distance]:
    for regime in regimes:
        moved = frozenset(regime)
        if moved and not any(moved <= arm for arm in evidence.arms):
            text = Say("no trial arm moved all these levers together", "geen proefgroep kreeg al deze knoppen tegelijk")
            return [Distance("combination", float(len(moved)), 0.0, 0.0, 0.5, text)]
    return []
