"""Why an answer lies outside the trials, in words that a council knows: what is asked, and what was seen."""

from __future__ import annotations

from analysis.effects.validity import Distance, Validity
from analysis.effects.words import number
from sim.problems import Say
from sim.regime.levers import LEVERS

__all__ = ["reason_of", "reasons_of"]

Reason = dict[str, str]

_LEVERS: dict[str, Say] = {
    "contacts": Say("{0} talks a month", "{0} gesprekken per maand"),
    "caseload": Say("{0} people per caseworker", "{0} mensen per klantmanager"),
    "disregard_share": Say("{0}% of the wage kept", "{0}% van het loon houden"),
    "disregard_cap": Say("{0} euros of wage kept a month", "{0} euro loon per maand houden"),
    "disregard_months": Say("wage kept for {0} months", "{0} maanden loon houden"),
    "premium_share": Say("{0}% of the wage as a premium", "{0}% van het loon als premie"),
    "premium_cap": Say("a premium of {0} euros a month", "een premie van {0} euro per maand"),
    "exit_bonus": Say("a bonus of {0} euros", "een bonus van {0} euro"),
    "search_duty": Say("another duty to apply for jobs", "een andere plicht om te solliciteren"),
    "sanction_share": Say("another fine", "een andere straf"),
}
_OTHER = Say("another way of working ({0})", "een andere manier van werken ({0})")
_PLAIN: dict[str, Say] = {
    "population": Say("in your town", "in uw gemeente"),
    "combination": Say("all of this together", "dit alles tegelijk"),
    "market": Say("another labour market", "een andere markt voor werk"),
    "law": Say("the law of later years", "de wet van later"),
}
_NOT_SIGNED_UP = Say(
    "with people who did not sign up for the trial", "bij mensen die zich niet aanmeldden voor de proef"
)
_MONTHS = Say("{0} months", "{0} maanden")
_AFTER = Say("{0} months after the plan stops", "{0} maanden na het einde van het plan")
_MEASURED = Say("{0}, measured up to {1}", "{0}, gemeten tot {1}")


def reasons_of(validity: Validity, town: str = "") -> tuple[Reason, ...]:
    """Return the reasons, the largest distance first.

    Args:
        validity: the distances.
        town: the trial town whose people these are: its trial had those who signed up, not everybody.
    """
    if town:
        others = {"population": _both(_NOT_SIGNED_UP)}
        parts = sorted(validity.parts, key=lambda part: -part.distance)
        return tuple(others.get(part.what) or reason_of(part) for part in parts)
    return tuple(reason_of(part) for part in sorted(validity.parts, key=lambda part: -part.distance))


def reason_of(part: Distance) -> Reason:
    """Return one reason: in words by language, and where there is a range what was asked and seen."""
    if part.what in _PLAIN:
        return _both(_PLAIN[part.what])
    if part.what == "horizon":
        return _ranged(_MONTHS, part)
    if part.what == "tail":
        return _ranged(_AFTER, part, seen=_MONTHS)
    name = part.what.removeprefix("lever ")
    if name not in _LEVERS or "{0}" not in _LEVERS[name].en:
        text = _LEVERS.get(name)
        if text is None:
            known = LEVERS[name].text if name in LEVERS else Say(name, name)
            text = Say(_OTHER.en.format(known.en), _OTHER.nl.format(known.nl))
        return _both(text)
    return _ranged(_LEVERS[name], part, factor=100.0 if "%" in _LEVERS[name].en else 1.0)


def _both(text: Say) -> Reason:
    return {"en": text.en, "nl": text.nl}


def _ranged(form: Say, part: Distance, *, seen: Say | None = None, factor: float = 1.0) -> Reason:
    said: Reason = {}
    end = part.high if part.value > part.high else part.low
    for lang in ("en", "nl"):
        asked = form.to(lang).format(_plain(part.value * factor, lang))
        nearest = _plain(end * factor, lang)
        limit = (seen or form).to(lang).format(nearest)
        said[f"asked_{lang}"], said[f"seen_{lang}"] = asked, limit
        said[lang] = _MEASURED.to(lang).format(asked, nearest)
    return said


def _plain(value: float, lang: str) -> str:
    return number(value, 0 if abs(value - round(value)) < 0.05 else 1, lang)
