"""The effects of a municipality's own trial that its posterior reaches least, for the face of a report."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analysis.outcomes import outcomes
from calibration.evidence.registry import load_registry
from calibration.posteriors.posterior import Posterior
from sim.problems import Say

__all__ = ["furthest_effects"]

# Beyond this many standard deviations of the prediction an effect is told of; this many outcomes at most.
_LEAST = 1.0
_MOST = 3
_NINETY = 1.6449
_FACE = Say(
    "{town}'s own trial found, furthest from what the fit expects there (what the lots did to its groups "
    "included): {items}. Weigh that before quoting an effect on work.",
    "Het eigen experiment van {town} vond, het verst van wat de schatting daar verwacht (wat de loting met "
    "de groepen deed inbegrepen): {items}. Weeg dat mee voor u een effect op werk aanhaalt.",
)
_ITEM = Say(
    '"{outcome}" after {month} months, {arm} against {other}: {published} points, expected {mean} '
    "(90% {low} to {high})",
    '"{outcome}" na {month} maanden, {arm} tegenover {other}: {published} procentpunt, verwacht {mean} '
    "(90% {low} tot {high})",
)


def furthest_effects(posterior: Posterior) -> Mapping[str, Say]:
    """Return, per municipality, a sentence on its randomised effects that lie furthest from the prediction.

    Only shares in the register (work, exits) of assigned groups, one contrast per outcome; effects within one
    standard deviation of the prediction (sampling error included) are not told.
    """
    known = {row.id: row for row in load_registry().rows}
    told = posterior.predictive
    spread = np.sqrt(told.simulated.var(axis=0) + np.diag(told.covariance))
    found: dict[str, dict[str, tuple[float, Say]]] = {}
    for place, name in enumerate(told.rows):
        row = known.get(name)
        if row is None or row.use != "causal_itt" or row.unit != "proportion" or not spread[place] > 0:
            continue
        published, mean = float(told.published[place]), float(told.simulated[:, place].mean())
        away, reach = abs(published - mean) / float(spread[place]), _NINETY * float(spread[place])
        inside = found.setdefault(row.municipality, {})
        if not away >= max(_LEAST, inside.get(row.outcome, (0.0,))[0]):
            continue
        numbers = {"published": published, "mean": mean, "low": mean - reach, "high": mean + reach}
        text = {
            lang: _ITEM.to(lang).format(
                outcome=outcomes()[row.outcome].text.to(lang),
                month=round(row.horizon_months or 0),
                arm=row.arm,
                other=row.comparator,
                **{key: _points(100 * value, lang) for key, value in numbers.items()},
            )
            for lang in ("en", "nl")
        }
        inside[row.outcome] = away, Say(**text)
    return {town: _face(town, inside) for town, inside in found.items() if inside}


def _face(town: str, inside: Mapping[str, tuple[float, Say]]) -> Say:
    ordered = sorted(inside.values(), key=lambda each: -each[0])[:_MOST]
    said = {
        lang: _FACE.to(lang).format(town=town.capitalize(), items="; ".join(text.to(lang) for _, text in ordered))
        for lang in ("en", "nl")
    }
    return Say(**said)


def _points(value: float, lang: str) -> str:
    text = f"{value:+.1f}".replace("-", "\u2212")
    return text.replace(".", ",") if lang == "nl" else text
