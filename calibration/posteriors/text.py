"""What a posterior says, and what changed between two of them: numbers for tables, and plain sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from calibration.posteriors.posterior import Posterior
from calibration.validation.rows import Contraction, contraction
from sim.parameters import MECHANISMS, PARAMETERS
from sim.problems import Say

__all__ = ["Changes", "Moved", "changes", "learned"]

Array = npt.NDArray[np.float64]
Ends = tuple[float, float, float]

# A mean that moves a fifth of a standard deviation, a spread that changes by a tenth: worth a sentence.
_SHIFT, _NARROWER = 0.2, 0.9
_NAMED = 8
_MORE = Say("{b} uses {rows} more than {a} ({studies}).", "{b} gebruikt {rows} meer dan {a} ({studies}).")
_FEWER = Say("{b} uses {rows} fewer than {a} ({studies}).", "{b} gebruikt {rows} minder dan {a} ({studies}).")
_OTHERWISE = Say("{rows} with another figure ({studies}).", "{rows} met een ander cijfer ({studies}).")


@dataclass(frozen=True)
class Moved:
    """One quantity in two posteriors.

    Attributes:
        name: parameter, or ``town: shift of the place``.
        unit: of the values.
        a, b: 5%, 50% and 95% of each.
        shift: move of the mean in standard deviations of A, on the scale on which its prior is normal.
        ratio: standard deviation of B over that of A.
    """

    name: str
    unit: str
    a: Ends
    b: Ends
    shift: float
    ratio: float

    @property
    def counts(self) -> bool:
        """Whether it moved or became surer enough to tell."""
        return abs(self.shift) >= _SHIFT or not _NARROWER < self.ratio < 1 / _NARROWER


@dataclass(frozen=True)
class Changes:
    """What differs between posteriors A and B.

    Attributes:
        moved: every free parameter and place, the largest move first.
        added, removed, otherwise: rows of evidence only in B, only in A, and with another figure.
        words: the same in sentences.
    """

    moved: tuple[Moved, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    otherwise: tuple[str, ...]
    words: tuple[Say, ...]


def learned(posterior: Posterior, names: Sequence[str] | None = None) -> tuple[Contraction, ...]:
    """Return prior and posterior of each parameter (None = the free ones), in the order given.

    Quantiles are values in their unit; shares and shifts are on the scale on which the prior is normal.
    """
    wanted = list(names if names is not None else (n for n, each in PARAMETERS.items() if each.free))
    columns = [list(PARAMETERS).index(name) for name in wanted]
    before, after = posterior.prior[:, columns], posterior.parameters[:, columns]
    scaled = contraction(wanted, _scaled(wanted, before), _scaled(wanted, after))
    return tuple(
        replace(each, prior=_ends(before[:, k]), posterior=_ends(after[:, k])) for k, each in enumerate(scaled)
    )


def changes(a: Posterior, b: Posterior) -> Changes:
    """Return what was learned from A to B."""
    moved = sorted([*_parameters(a, b), *_places(a, b)], key=lambda each: -abs(each.shift))
    mine, theirs = (dict(zip(each.predictive.rows, each.predictive.published, strict=True)) for each in (a, b))
    added = tuple(name for name in theirs if name not in mine)
    removed = tuple(name for name in mine if name not in theirs)
    otherwise = tuple(
        name for name in mine if name in theirs and not np.array_equal(mine[name], theirs[name], equal_nan=True)
    )
    words = (*_evidence_words(a, b, added, removed, otherwise), *_moved_words(moved), *_model_words(a, b))
    return Changes(tuple(moved), added, removed, otherwise, words)


def _parameters(a: Posterior, b: Posterior) -> list[Moved]:
    names = [name for name, each in PARAMETERS.items() if each.free]
    columns = [list(PARAMETERS).index(name) for name in names]
    one, other = a.parameters[:, columns], b.parameters[:, columns]
    scaled = _scaled(names, one), _scaled(names, other)
    return [
        _moved(name, PARAMETERS[name].unit, one[:, k], other[:, k], scaled[0][:, k], scaled[1][:, k])
        for k, name in enumerate(names)
    ]


def _places(a: Posterior, b: Posterior) -> list[Moved]:
    found = []
    for town in (name for name in a.places if name in b.places):
        for shift in (name for name in a.places[town] if name in b.places[town]):
            one, other = a.places[town][shift], b.places[town][shift]
            found.append(
                _moved(f"{town}: {shift}", "log" if shift == "place_match" else "log-odds", one, other, one, other)
            )
    return found


def _moved(name: str, unit: str, one: Array, other: Array, first: Array, second: Array) -> Moved:
    spread = float(first.std())
    apart = float(second.mean() - first.mean())
    if spread == 0.0:
        return Moved(name, unit, _ends(one), _ends(other), 0.0 if apart == 0.0 else float(np.sign(apart)), 1.0)
    return Moved(name, unit, _ends(one), _ends(other), apart / spread, float(second.std()) / spread)


def _evidence_words(
    a: Posterior, b: Posterior, added: Sequence[str], removed: Sequence[str], otherwise: Sequence[str]
) -> list[Say]:
    if not (added or removed or otherwise):
        same = a.evidence == b.evidence
        return [
            Say("Both were fitted to the same evidence.", "Beide gebruiken hetzelfde bewijs.")
            if same
            else Say(
                "The registry changed, but not the rows that were fitted.",
                "Het register is veranderd, maar niet de gebruikte regels.",
            )
        ]
    told = []
    for rows, text in ((added, _MORE), (removed, _FEWER), (otherwise, _OTHERWISE)):
        starts = list(dict.fromkeys(re.split(r"[:_]", name)[0] for name in rows))
        about = {"a": a.name, "b": b.name, "studies": ", ".join(f"{start}..." for start in starts[:_NAMED])}
        if rows:
            counted = {lang: f"{len(rows)} {_rows(len(rows), lang)}" for lang in ("en", "nl")}
            en, nl = (text.to(lang).format(rows=counted[lang], **about) for lang in ("en", "nl"))
            told.append(Say(en, nl))
    return told


def _rows(count: int, lang: str) -> str:
    if lang == "nl":
        return "regel bewijs" if count == 1 else "regels bewijs"
    return "row of evidence" if count == 1 else "rows of evidence"


def _moved_words(moved: Sequence[Moved]) -> list[Say]:
    counted = [each for each in moved if each.counts]
    if not counted:
        return [
            Say(
                "No free parameter moved by a fifth of its standard deviation or became a tenth surer.",
                "Geen vrije parameter verschoof een vijfde standaardafwijking of werd een tiende zekerder.",
            )
        ]
    told = [
        Say(
            f"{len(counted)} of {len(moved)} quantities changed; the largest first.",
            f"{len(counted)} van {len(moved)} grootheden veranderden; de grootste eerst.",
        )
    ]
    for each in counted[:_NAMED]:
        about, over = _about(each.name), each.shift > 0
        en = f"{'up' if over else 'down'} {abs(each.shift):.1f} standard deviations"
        nl = f"{'omhoog' if over else 'omlaag'} met {abs(each.shift):.1f} standaardafwijking"
        values, surer = f"{each.a[1]:.3g} -> {each.b[1]:.3g} {each.unit}", _surer(each.ratio)
        dutch = f"{nl}, {values}".replace(".", ",")
        told.append(Say(f"{about.en}: {en}, {values}{surer.en}.", f"{about.nl}: {dutch}{surer.nl}."))
    return told


def _about(name: str) -> Say:
    """Return a parameter with what it means (in Dutch: its mechanism), or the name of anything else."""
    if name not in PARAMETERS:
        return Say(name, name)
    title = MECHANISMS[name.split(".")[0]].title
    return Say(f"{name} ({PARAMETERS[name].text})", f"{name} ({title.nl})")


def _surer(ratio: float) -> Say:
    if ratio <= _NARROWER:
        share = round(100 * (1 - ratio))
        return Say(f", {share}% surer", f", {share}% zekerder")
    if ratio >= 1 / _NARROWER:
        share = round(100 * (ratio - 1))
        return Say(f", {share}% less sure", f", {share}% minder zeker")
    return Say("", "")


def _model_words(a: Posterior, b: Posterior) -> list[Say]:
    told = []
    if a.attributes.get("model") != b.attributes.get("model"):
        told.append(
            Say(
                "They were fitted with different versions of the model: part of the change is not evidence.",
                "Ze zijn gefit met verschillende versies van het model: een deel van de verandering is geen bewijs.",
            )
        )
    return told + [
        Say(
            f"{each.name} did not converge: do not read its numbers as findings.",
            f"{each.name} is niet geconvergeerd: lees de getallen niet als bevindingen.",
        )
        for each in (a, b)
        if not each.converged
    ]


def _ends(values: Array) -> Ends:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return float(low), float(middle), float(high)


def _scaled(names: Sequence[str], values: Array) -> Array:
    """Return values on the scale on which each prior is normal."""
    found = values.copy()
    for k, name in enumerate(names):
        each = PARAMETERS[name]
        if each.law == "lognormal":
            found[:, k] = np.log(np.maximum(values[:, k], 1e-12))
        elif each.law == "logit":
            share = np.clip((values[:, k] - each.low) / (each.high - each.low), 1e-9, 1 - 1e-9)
            found[:, k] = np.log(share / (1 - share))
    return found
