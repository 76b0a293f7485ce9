"""What stands on the face of a report: whether the trials taught the parameters, and which posterior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.report.text import words
from scenarios.execution.result import RunResult
from sim.problems import Say

__all__ = ["Face", "face"]

_CALIBRATED = Say("CALIBRATED", "GEKALIBREERD")
_OLDER = Say("CALIBRATED ON AN OLDER MODEL", "GEKALIBREERD OP EEN OUDER MODEL")
_FITTED = Say(
    "The parameters are draws from posterior {name}, fitted on {date} to {rows} rows of evidence ({hash}).",
    "De parameters zijn trekkingen uit posterior {name}, gefit op {date} aan {rows} regels bewijs ({hash}).",
)
_MEDIANS = Say(
    "One draw: the medians. The uncertainty of the parameters is missing from every interval.",
    "Eén trekking: de medianen. De onzekerheid van de parameters ontbreekt in elke marge.",
)
_TOWN = Say(
    "What differs between municipalities is taken as it was found in {town}.",
    "Wat tussen gemeenten verschilt is genomen zoals het in {town} is gevonden.",
)
_NEW = Say(
    "These people live where no trial was fitted: how far municipalities lie apart is part of the intervals.",
    "Deze mensen wonen waar geen proef is gefit: hoe ver gemeenten uiteen liggen zit in de marges.",
)
_UNSURE = Say(
    "The fit of posterior {name} did not converge; its numbers are no findings.",
    "De fit van posterior {name} is niet geconvergeerd; de cijfers zijn geen bevindingen.",
)
_TAUGHT = Say(
    "Posterior {name} was fitted to synthetic data, for teaching; its numbers are no findings.",
    "Posterior {name} is gefit aan synthetische gegevens, als oefening; de cijfers zijn geen bevindingen.",
)
_STALE = Say("Since the fit: {reasons}. Fit again.", "Sinds de fit: {reasons}. Fit opnieuw.")


@dataclass(frozen=True)
class Face:
    """A heading, what stands under it, and whether it is a warning."""

    title: str
    texts: tuple[str, ...]
    warn: bool

    @property
    def text(self) -> str:
        """All sentences in one paragraph."""
        return " ".join(self.texts)


def face(result: RunResult, lang: str) -> Face:
    """Return what a report says first about its numbers."""
    made: Mapping[str, Any] = result.provenance.parameters.get("posterior") or {}
    w = words(lang)
    if not made:
        return Face(w["not_calibrated"], (w["not_calibrated_text"],), warn=True)
    name = str(made.get("name", ""))
    if made.get("synthetic"):
        return Face(w["not_calibrated"], (_TAUGHT.to(lang).format(name=name),), warn=True)
    if not made.get("calibrated"):
        return Face(w["not_calibrated"], (_UNSURE.to(lang).format(name=name),), warn=True)
    about = {"name": name, "date": str(made.get("created", ""))[:10], "rows": made.get("rows", 0)}
    texts = [_FITTED.to(lang).format(**about, hash=made.get("evidence", ""))]
    texts.append(str(made.get("misfit", {}).get(lang, "")))
    town = str(made.get("town", ""))
    texts.append(_TOWN.to(lang).format(town=town.capitalize()) if town else _NEW.to(lang))
    texts.append(str((made.get("furthest") or {}).get(town, {}).get(lang, "")))
    if made.get("draws") and len(result.parameters) == 1:
        texts.append(_MEDIANS.to(lang))
    stale = [str(each.get(lang, "")) for each in made.get("stale", [])]
    if stale:
        texts.append(_STALE.to(lang).format(reasons="; ".join(stale)))
    title = (_OLDER if stale else _CALIBRATED).to(lang)
    return Face(title, tuple(text for text in texts if text), warn=bool(stale))
