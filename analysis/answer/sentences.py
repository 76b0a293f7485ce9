"""An answer in sentences: the verdict and its size, then what was assumed, found and concluded."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.answer.measures import Spoken, spoken
from analysis.answer.precision import FEWEST_SEEDS
from analysis.answer.rounding import plain, rounded, two_digits
from analysis.answer.templates import say
from analysis.answer.triple import Answer, Finding, Found, Span
from analysis.answer.wording import capital, count_word, listed, period, signed, whole
from analysis.effects.words import number

__all__ = ["Said", "direction", "place_name", "said"]

_CHANCE_DRAWS = 100


@dataclass(frozen=True)
class Said:
    """An answer in words: each part is one or a few sentences.

    Attributes:
        verdict: yes, no, perhaps, or why nothing is said.
        size: how much, and for how many people of the place.
        sure: what was assumed, what the trials found, what the own town found, what is concluded.
        outside: what of this was not tried.
    """

    verdict: str
    size: tuple[str, ...]
    sure: tuple[str, ...]
    outside: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """All parts in order."""
        return [self.verdict, *self.size, *self.sure, *self.outside]


def said(answer: Answer, lang: str, *, place: str = "", clients: int | None = None) -> Said:
    """Return an answer in words.

    Args:
        answer: the answer.
        lang: "en" or "nl".
        place: the name of the municipality, for sentences about it; empty for nowhere in particular.
        clients: how many people the plan is for in that place; None leaves such sentences out.
    """
    verdict = answer.verdict
    head = say(f"{verdict}_{_strength(answer)}" if verdict in ("gain", "harm") else verdict, lang)
    if verdict == "hidden":
        return Said(head, (), (), ())
    if verdict == "unknown":
        more = [say("needed_seeds", lang)] if answer.concluded.seeds < FEWEST_SEEDS else []
        if answer.needed is not None:
            more = [say("needed", lang, n=whole(answer.needed, lang))]
        return Said(head, tuple(more), (), ())
    if verdict == "zero":
        return Said(head, (), (), ())
    size = (*_size(answer, lang), *_people(answer, lang, place, clients), *_chance(answer, lang))
    sure = [_assumed(answer, lang), _trials(answer, lang), _own(answer, lang, place), _conclusion(answer, lang)]
    return Said(head, size, tuple(text for text in sure if text), _outside(answer, lang))


def place_name(word: str) -> str:
    """Return the name of a town as it is written."""
    return capital(word.replace("_", " "))


def _strength(answer: Answer) -> str:
    return answer.label.support if answer.label.support in ("strong", "fair") else "weak"


def direction(value: float, words: Spoken, lang: str) -> str:
    """Return which way a difference goes, in the word that suits its unit."""
    if words.kind.form == "people":
        pair = ("meer", "minder") if lang == "nl" else ("more", "fewer")
    elif words.kind.form in ("ten", "one"):
        pair = ("hoger", "lager") if lang == "nl" else ("higher", "lower")
    else:
        pair = ("meer", "minder") if lang == "nl" else ("more", "less")
    return pair[0] if value >= 0.0 else pair[1]


def _size(answer: Answer, lang: str) -> tuple[str, ...]:
    span, words = answer.concluded.span, spoken(answer.asked.measure)
    if span is None:
        return ()
    shown, decimals = rounded(span, words.kind)
    verdict, form = answer.verdict, words.kind.form
    one = "" if shown.low <= 0.0 <= shown.high else "_one"  # the whole range lies on one side
    slots = _slots(shown, decimals, words, answer.asked.month, lang)
    base = {"people": "size", "euros": "euros", "other": "other"}.get(form, "score")
    if verdict in ("gain", "harm"):
        key = "life" if answer.asked.measure == "wellbeing" else base
        return (say(key, lang, **slots),)
    if verdict in ("outside", "unmeasured"):
        return (say("size_outside_first", lang), say(f"{base}_outside{one}", lang, **slots))
    return (say(f"{base}_{verdict}{one if verdict == 'little' else ''}", lang, **slots),)


def _slots(shown: Span, decimals: int, words: Spoken, month: int, lang: str) -> dict[str, str]:
    def magnitude(value: float) -> str:
        return number(abs(value), decimals, lang)

    ends = sorted((abs(shown.low), abs(shown.high)))
    return {
        "verb": words.verb.to(lang),
        "rest": words.rest.to(lang),
        "what": words.what.to(lang),
        "scale": "10" if words.kind.form == "ten" else "100",
        "t": period(month, lang),
        "n": magnitude(shown.mean),
        "dir": direction(shown.mean, words, lang),
        "lo": magnitude(ends[0]),
        "hi": magnitude(ends[1]),
        "a": magnitude(min(shown.low, 0.0)),
        "b": magnitude(max(shown.high, 0.0)),
    }


def _people(answer: Answer, lang: str, place: str, clients: int | None) -> tuple[str, ...]:
    words, span = spoken(answer.asked.measure), answer.concluded.span
    claimed = answer.verdict in ("gain", "harm")
    if clients is None or not place or span is None or words.kind.form != "people" or not claimed:
        return ()
    count = two_digits(abs(span.mean) * clients)
    if count < 5:
        return (say("people_few", lang, place=place),)
    return (say("people", lang, place=place, n=whole(count, lang)),)


def _chance(answer: Answer, lang: str) -> tuple[str, ...]:
    """Say the chance in tenths: only where nothing can be claimed and the trials support the answer."""
    above, enough = answer.concluded.above_zero, answer.concluded.draws >= _CHANCE_DRAWS
    supported = answer.label.support in ("fair", "strong")
    if answer.verdict != "unclear" or above is None or not enough or not supported:
        return ()
    return (say("chance", lang, n=str(round(10 * above)), what=spoken(answer.asked.measure).saw.to(lang)),)


def _assumed(answer: Answer, lang: str) -> str:
    if answer.assumed is None:
        return ""
    words = spoken(answer.asked.measure)
    shown, decimals = plain(answer.assumed, words.kind)
    if abs(answer.assumed.mean) < words.kind.little or shown.mean == 0.0:
        return say("assumed_none", lang)
    slots = {"n": number(abs(shown.mean), decimals, lang), "dir": direction(shown.mean, words, lang)}
    if words.kind.form == "people":
        return say("assumed_people", lang, **slots)
    units = {"euros": ("euros a month", "euro per maand"), "other": (words.what.en, words.what.nl)}
    unit = units.get(words.kind.form, ("points", "punten"))[lang == "nl"]
    return say("assumed_other", lang, unit=unit, **slots)


def _trials(answer: Answer, lang: str) -> str:
    found, label = answer.found, answer.label
    if found is None or found.trials == 0:
        return say("trials_none", lang)
    saw = _saw(found, lang)
    key = {"one": "trials_one", "agree": "trials_agree"}.get(label.agreed, "trials_disagree")
    text = say(key, lang, Count=capital(count_word(found.trials, lang)), saw=saw)
    own_is_direct = found.own is not None and found.own.measure == answer.asked.measure
    if label.measured == "neighbour" and not own_is_direct and found.measure in _known():
        text += " " + say("trials_neighbour", lang, measure=spoken(found.measure).short.to(lang).lower())
    return text


def _known() -> frozenset[str]:
    from analysis.answer.measures import SPOKEN

    return frozenset(SPOKEN)


def _saw(found: Found, lang: str) -> str:
    """Return "Two saw more work, four saw less", a sentence without its point."""
    what = spoken(found.measure).saw.to(lang) if found.measure in _known() else found.measure
    ways = [(found.signs(1), "more", "meer"), (found.signs(-1), "less", "minder"), (found.signs(0), "no", "geen")]
    told = [(count, nl if lang == "nl" else en) for count, en, nl in ways if count]
    if len(told) == 1 and found.trials > 1:
        count, way = told[0]
        if found.signs(0):
            return f"Alle {count_word(count, lang)} zagen geen verschil" if lang == "nl" else "None saw a difference"
        if lang == "nl":
            return f"Alle {count_word(count, lang)} zagen {way} {what}" if count > 2 else f"Beide zagen {way} {what}"
        return f"All {count_word(count, lang)} saw {way} {what}" if count > 2 else f"Both saw {way} {what}"
    parts, named = [], False
    for count, way in told:
        saw = ("zag" if count == 1 else "zagen") if lang == "nl" else "saw"
        if way in ("no", "geen"):
            thing = " verschil" if lang == "nl" else " difference"
        else:
            thing, named = ("" if named else f" {what}"), True
        parts.append(f"{count_word(count, lang)} {saw} {way}{thing}")
    return capital(", ".join(parts) if len(parts) == 2 else listed(parts, lang))


def _own(answer: Answer, lang: str, place: str) -> str:
    found = answer.found
    own = None if found is None else found.own
    if own is None:
        # A place that is no trial town is only named when the page is about it.
        return say("own_none", lang, Town=place) if place else ""
    assert found is not None
    town = place_name(own.town)
    words = spoken(own.measure if own.measure in _known() else answer.asked.measure)
    differs = answer.label.own_town == "differs"
    if own.estimate is None or own.low is None or own.high is None:
        if own.direction == 0:
            return say("own_no_difference", lang, Town=town)
        key = "own_direction_differs" if differs else "own_direction"
        return say(key, lang, Town=town, dir=_more(own, lang), what=words.saw.to(lang))
    shown, decimals = plain(Span(own.estimate, own.low, own.high), words.kind)
    slots = _slots(shown, decimals, words, own.month or answer.asked.month, lang)
    if shown.low < 0.0 < shown.high:  # magnitudes would hide that the town's interval holds zero
        slots["lo"], slots["hi"] = (signed(end, decimals, lang) for end in (shown.low, shown.high))
    if words.kind.form != "people":
        text = say("own_score", lang, Town=town, **slots)
    elif not differs:
        text = say("own_same", lang, Town=town, **slots)
    else:
        other = own.month is not None and own.month != answer.asked.month
        after = (" na " if lang == "nl" else " after ") + period(own.month or 0, lang) if other else ""
        text = say("own_differs", lang, Town=town, after=after, **slots)
    if differs and found.trials > 1:
        others = found.trials - 1
        key = "own_why_one" if others == 1 else "own_why"
        text += " " + say(key, lang, k=count_word(others, lang))
    return text


def _more(own: Finding, lang: str) -> str:
    return ("meer" if own.direction > 0 else "minder") if lang == "nl" else ("more" if own.direction > 0 else "less")


def _conclusion(answer: Answer, lang: str) -> str:
    """Say how the conclusion stands to the other two, and why it differs from the trials."""
    parts, span, found = [], answer.concluded.span, answer.found
    if answer.verdict == "unclear":
        parts.append(say("both_ways", lang))
    if "trials" in answer.conflicts:
        parts.append(say("trials_apart", lang))
    elif answer.verdict in ("gain", "harm") and span is not None and found is not None and found.mean is not None:
        kind = spoken(answer.asked.measure).kind
        away = span.mean - found.mean
        new = found.own is None
        below = found.mean < 0.0 and span.mean < 0.0
        ways = ("larger", "smaller") if below else ("lower", "higher")
        key = "fits" if abs(away) < kind.little / 2.0 or not new else ways[away > 0.0]
        parts.append(say(key, lang))
    if "assumed" in answer.conflicts:
        parts.append(say("wider", lang))
    elif _not_learned(answer):
        parts.append(say("not_learned", lang))
    return " ".join(parts)


def _not_learned(answer: Answer) -> bool:
    """Whether the trials took away less than a tenth of the width that was there at first."""
    span, assumed = answer.concluded.span, answer.assumed
    return span is not None and assumed is not None and span.half > 0.9 * assumed.half


def _outside(answer: Answer, lang: str) -> tuple[str, ...]:
    label = answer.label
    if not label.reasons or label.outside == "no":
        return ()
    first = label.reasons[0]
    if label.outside == "far" and f"seen_{lang}" in first:
        return (
            say("outside_far", lang, seen=first[f"seen_{lang}"], asked=first[f"asked_{lang}"]),
            say("outside_lot", lang),
        )
    return (say("outside_little", lang, what=first[lang]),)
